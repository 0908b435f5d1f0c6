"""What a pixel's size in millimetres is worth: true in the patient, only at the detector, or not known at all.

A radiograph is a shadow: what is twice as far from the detector as another thing is cast larger, so a length in its
plane is no length in the patient unless the file says how the size was corrected.
source: DICOM PS3.3 10.7.1.3 (pixel spacing calibration), C.8.11.3 (imager pixel spacing), C.8.5.5 (ultrasound regions)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from workstation.domain.words import Words, say

Spacing = tuple[float, float]  # between rows, between columns, mm


class SpacingKind(StrEnum):
    """Where the millimetres of a spacing are true.

    PATIENT     in the patient: a slice of CT, MR …
    CALIBRATED  a projection whose file says that it was calibrated by geometry or by an object of known size
    ESTIMATED   a projection, divided by the magnification that its file estimates
    DETECTOR    at the detector: in the patient things are smaller than that by an unknown magnification
    FILM        on the film that was scanned, likewise
    UNSTATED    a projection whose file gives a size without saying whether it was calibrated
    BY_HAND     in the plane of a ruler that the reader marked in the picture
    REGIONS     within the regions of an ultrasound picture, and nowhere else
    """

    PATIENT = "patient"
    CALIBRATED = "calibrated"
    ESTIMATED = "estimated"
    DETECTOR = "detector"
    FILM = "film"
    UNSTATED = "unstated"
    REGIONS = "regions"
    BY_HAND = "by-hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part of an ultrasound picture with a size of its own: first and last row and column, and mm a pixel."""

    top: int
    left: int
    bottom: int
    right: int
    spacing: Spacing

    def holds(self, row: float, column: float) -> bool:
        """A pixel's center is whole, so its edge is half a pixel further."""
        return self.top - 0.5 <= row <= self.bottom + 0.5 and self.left - 0.5 <= column <= self.right + 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """
    magnification  that the spacing was divided by
    regions        of an ultrasound picture, the smallest first
    """

    kind: SpacingKind = SpacingKind.PATIENT
    magnification: float | None = None
    regions: tuple[Region, ...] = ()

    def spacing_at(self, spacing: Spacing | None, points: Sequence[tuple[float, float]]) -> Spacing | None:
        """The spacing that holds for all of these points (column, row); None: measure in pixels.

        spacing  of the whole picture, None where it has none
        """
        if self.kind is not SpacingKind.REGIONS:
            return spacing
        inside = (region.spacing for region in self.regions if all(region.holds(row, column) for column, row in points))
        return next(inside, None)


IN_PATIENT: Final = Calibration()


# What stands behind a length and behind an area: "mm" alone only where it is one in the patient.
_TRUE: Final = (say("mm"), say("mm²"))
_UNITS: Final[Mapping[SpacingKind, tuple[Words, Words]]] = {
    SpacingKind.DETECTOR: (say("mm at the detector"), say("mm² at the detector")),
    SpacingKind.FILM: (say("mm on the film"), say("mm² on the film")),
    SpacingKind.ESTIMATED: (say("mm, estimated"), say("mm², estimated")),
    SpacingKind.UNSTATED: (say("mm, calibration not stated"), say("mm², calibration not stated")),
    SpacingKind.BY_HAND: (say("mm, calibrated by hand"), say("mm², calibrated by hand")),
    SpacingKind.PATIENT: _TRUE,
    SpacingKind.CALIBRATED: _TRUE,
    SpacingKind.REGIONS: _TRUE,
}


def length_unit(spacing: Spacing | None, calibration: Calibration) -> Words:
    return _UNITS[calibration.kind][0] if spacing is not None else say("px")


def area_unit(spacing: Spacing | None, calibration: Calibration) -> Words:
    return _UNITS[calibration.kind][1] if spacing is not None else say("px²")


def calibration_words(spacing: Spacing | None, calibration: Calibration) -> Words | None:
    """One line on what lengths are worth; None where there is nothing to warn of."""
    if spacing is None:
        return say("no pixel size: lengths in px")
    match calibration.kind:
        case SpacingKind.PATIENT:
            return None
        case SpacingKind.CALIBRATED:
            return say("calibrated")
        case SpacingKind.ESTIMATED:
            return say("÷ {factor} magnification, estimated", factor=f"{calibration.magnification:.3g}")
        case SpacingKind.DETECTOR:
            return say("size at the detector, not in the patient")
        case SpacingKind.FILM:
            return say("size on the film, not in the patient")
        case SpacingKind.UNSTATED:
            return say("calibration not stated")
        case SpacingKind.BY_HAND:
            return say("calibrated by hand")
        case SpacingKind.REGIONS:
            return say("calibrated within the ultrasound regions")
