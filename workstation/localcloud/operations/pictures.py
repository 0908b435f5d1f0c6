"""One picture: radiographs of knee, leg and hip, photographs of the skin."""

from __future__ import annotations

from typing import Final

from workstation.localcloud.operations.row import IMAGEPROCESS, ORGANISATION, Kind, Mode, Operation, Parameter

_HIP_FORMATS: Final = ("jpeg", "jpg", "png", "dcm")
_POINT_FORMATS: Final = (*_HIP_FORMATS, "bmp", "tiff", "heic")
_MOST_BYTES: Final = 100 * 1024**2


def _radiograph(action: str, formats: tuple[str, ...]) -> Operation:
    """The table has the formats in lower case, the example in upper case: both are taken."""
    return Operation(
        product=IMAGEPROCESS,
        action=action,
        mode=Mode.AT_ONCE,
        file_bytes=_MOST_BYTES,
        parameters=(
            Parameter(wire="ImageUrl", kind=Kind.ADDRESS),
            Parameter(wire="DataFormat", values=(*formats, *(name.upper() for name in formats))),
            *ORGANISATION,
            Parameter(wire="TracerId", required=False),
        ),
    )


DETECT_KNEE_XRAY: Final = Operation(
    product=IMAGEPROCESS,
    action="DetectKneeXRay",
    mode=Mode.AT_ONCE,
    file_bytes=_MOST_BYTES,
    parameters=(
        Parameter(wire="Url", kind=Kind.ADDRESS),
        Parameter(wire="DataFormat", values=("DICOM",)),
        *ORGANISATION,
    ),
)
CLASSIFY_FNF: Final = _radiograph("ClassifyFNF", _HIP_FORMATS)
DETECT_KNEE_KEYPOINTS: Final = _radiograph("DetectKneeKeypointXRay", _POINT_FORMATS)
DETECT_HIP_KEYPOINTS: Final = _radiograph("DetectHipKeypointXRay", _POINT_FORMATS)
DETECT_SKIN_DISEASE: Final = Operation(
    product=IMAGEPROCESS,
    action="DetectSkinDisease",
    mode=Mode.AT_ONCE,
    file_bytes=20 * 1024**2,
    parameters=(Parameter(wire="Url", kind=Kind.ADDRESS), *ORGANISATION),
)
PICTURES: Final = (
    DETECT_KNEE_XRAY, DETECT_KNEE_KEYPOINTS, DETECT_HIP_KEYPOINTS, CLASSIFY_FNF, DETECT_SKIN_DISEASE,
)  # fmt: skip
