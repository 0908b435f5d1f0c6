"""A ruler in a picture: two points on it and the millimetres between them tell how large a pixel is."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from workstation.domain.calibration import Calibration, SpacingKind
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.measure import Measure, MeasureKind
from workstation.domain.measuring import Scale
from workstation.domain.series import Stack

SHORTEST_PX: Final = 5.0  # a click is half a pixel off: below this the error is above a fifth


@dataclass(frozen=True, slots=True, kw_only=True)
class RulerCalibration:
    """What a reader typed of one picture. `mm_per_pixel` 0: the calibration was taken back. `at` aware, UTC."""

    stack_id: str
    mm_per_pixel: float
    by: str = ""
    at: datetime

    def __post_init__(self) -> None:
        if not math.isfinite(self.mm_per_pixel) or self.mm_per_pixel < 0:
            raise WorkstationError(ErrorCode.BAD_SPACING, spacing_mm=self.mm_per_pixel)


def pixels_of(line: Measure) -> float:
    """How long a line is on the picture."""
    (x0, y0, _), (x1, y1, _) = line.points
    return math.hypot(x1 - x0, y1 - y0)


def calibrated_by(measure: Measure, millimetres: float, by: str, at: datetime) -> RulerCalibration:
    """From a length that was measured in pixels. raises BAD_GEOMETRY for another measure, a place in a patient or a
    line of a few pixels; BAD_SPACING"""
    if measure.kind is not MeasureKind.LENGTH or not measure.in_pixels:
        raise WorkstationError(ErrorCode.BAD_GEOMETRY)
    pixels = pixels_of(measure)
    if pixels < SHORTEST_PX:
        raise WorkstationError(ErrorCode.BAD_GEOMETRY)
    if not millimetres > 0:
        raise WorkstationError(ErrorCode.BAD_SPACING, spacing_mm=millimetres)
    return RulerCalibration(stack_id=measure.stack_id, mm_per_pixel=millimetres / pixels, by=by, at=at)


def knows_better(stack: Stack) -> bool:
    """Whether lengths in it are lengths in the patient already. A size at the detector, on a film, estimated or of
    unknown worth is none of the patient: a thing of known length in the picture tells more."""
    return stack.geometry is not None or any(
        one.calibration.kind is SpacingKind.REGIONS
        or (one.spacing is not None and one.calibration.kind in (SpacingKind.PATIENT, SpacingKind.CALIBRATED))
        for one in stack.instances
    )


def with_ruler(stack: Stack, ruler: RulerCalibration | None) -> Stack:
    """The stack with square pixels of that size, calibrated by hand; as it is where there is none, or it knows
    better."""
    if ruler is None or ruler.mm_per_pixel == 0 or knows_better(stack):
        return stack
    side = ruler.mm_per_pixel
    by_hand = Calibration(kind=SpacingKind.BY_HAND)
    instances = tuple(replace(one, spacing=(side, side), calibration=by_hand) for one in stack.instances)
    return replace(stack, instances=instances)


def scale_by(stack: Stack, ruler: RulerCalibration | None) -> Scale:
    """What its pixels are worth, by its file or by that ruler."""
    first = with_ruler(stack, ruler).instances[0]
    return Scale(spacing=first.spacing, calibration=first.calibration, aspect=first.aspect)
