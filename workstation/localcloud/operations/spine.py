"""MR of the spine."""

from __future__ import annotations

from typing import Final

from workstation.localcloud.operations.row import IMAGEPROCESS, ORGANISATION, Answer, Kind, Mode, Operation, Parameter

_LARGEST_MR_SLICE: Final = 16 * 1024**2  # the documents set no limit


def _enveloped(request_id: str, answer: Answer) -> Answer:
    """As the documents' example has it, not as their table: lower-case keys, and more of them."""
    return {"data": answer, "httpCode": 200, "requestId": request_id.lower(), "success": True}


DETECT_SPINE_MRI: Final = Operation(
    product=IMAGEPROCESS,
    action="DetectSpineMRI",
    mode=Mode.AT_ONCE,
    file_bytes=_LARGEST_MR_SLICE,
    wrap=_enveloped,
    parameters=(
        Parameter(wire="DataFormat", values=("DICOM",)),
        *ORGANISATION,
        Parameter(wire="URLList.N.URL", kind=Kind.ADDRESS, items=(20, 300)),
    ),
)
