"""How large findings on a picture are by the ruler that the reader marked in it, beside what was counted in pixels."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from workstation.domain.answer import AnalysisResult
from workstation.domain.calibration import SpacingKind
from workstation.domain.decision import Reading
from workstation.domain.finding import Finding, Measurement
from workstation.domain.measuring import Scale
from workstation.domain.photo_area import AREA, PIXELS
from workstation.domain.words import say

BY_HAND: Final = "area-by-hand"


def with_square_mm(finding: Finding, scale: Scale) -> Finding:
    """The same finding with its area in mm² before that in pixels; unchanged where no ruler calibrates the picture."""
    counted, spacing = finding.measurement(AREA), scale.spacing
    if spacing is None or scale.calibration.kind is not SpacingKind.BY_HAND:
        return finding
    if counted is None or counted.unit != PIXELS or not isinstance(counted.value, float):
        return finding
    square_mm = Measurement(
        name=BY_HAND,
        label=say("Area, calibrated by hand"),
        value=counted.value * spacing[0] * spacing[1],
        unit="mm2",
        basis=counted.basis,
    )
    place = finding.measurements.index(counted)
    return replace(finding, measurements=(*finding.measurements[:place], square_mm, *finding.measurements[place:]))


def result_with_square_mm(result: AnalysisResult, scale: Scale) -> AnalysisResult:
    """The same of every finding of a result in pixels."""
    if not result.in_pixels or scale.calibration.kind is not SpacingKind.BY_HAND:
        return result
    return replace(result, findings=tuple(with_square_mm(finding, scale) for finding in result.findings))


def reading_with_square_mm(reading: Reading) -> Reading:
    """The same for a report, by what the reader noted on the picture."""
    return replace(reading, result=result_with_square_mm(reading.result, reading.noted.scale))
