"""Cutting things out of photographs.

The documents have `Async` and no `ReturnForm`, the vendor's client has it the other way round: both are taken.
"""

from __future__ import annotations

from typing import Final

from workstation.localcloud.operations.row import Mode, Operation, Parameter, Product, photo_address

IMAGESEG: Final = Product("imageseg", "2019-12-30")
_MB: Final = 1024**2
_IMAGE: Final = photo_address("ImageURL")
_ASYNC: Final = Parameter(wire="Async", required=False, values=("true", "false"))
_FORM: Final = Parameter(wire="ReturnForm", required=False, values=("mask", "crop", "whiteBK"))
_HEAD_FORM: Final = Parameter(wire="ReturnForm", required=False, values=("mask",))


def _segment(action: str, megabytes: int, *more: Parameter, later: str = "") -> Operation:
    return Operation(
        product=IMAGESEG,
        action=action,
        mode=Mode.AT_ONCE,
        later=later,
        file_bytes=megabytes * _MB,
        parameters=(_IMAGE, *more),
    )


SEGMENTATIONS: Final = (
    _segment("SegmentBody", 3, _ASYNC, _FORM, later="Async"),
    _segment("SegmentHead", 3, _HEAD_FORM),
    _segment("SegmentFace", 3),
    _segment("SegmentHair", 3),
    _segment("ParseFace", 4),
    _segment("SegmentCommodity", 3, _FORM),
    _segment("SegmentFurniture", 4),
    _segment("SegmentCommonImage", 3, _FORM),
    _segment("SegmentVehicle", 3),
    Operation(
        product=IMAGESEG,
        action="RefineMask",
        mode=Mode.AT_ONCE,
        file_bytes=3 * _MB - 1,  # "smaller than", where the others say "at most"
        parameters=(_IMAGE, photo_address("MaskImageURL")),
    ),
    Operation(
        product=IMAGESEG,
        action="GetAsyncJobResult",
        mode=Mode.JOB_QUERY,
        parameters=(Parameter(wire="JobId"),),
    ),
)
