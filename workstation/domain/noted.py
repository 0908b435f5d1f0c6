"""What a reader measured and drew on a picture, for its report: letters, words, marks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from string import ascii_lowercase
from typing import Final

from workstation.domain.blocks import Column, Row, TableBlock
from workstation.domain.calibration import area_unit
from workstation.domain.drawn_mask import DrawnMask
from workstation.domain.figures import figure, with_unit
from workstation.domain.finding import Basis
from workstation.domain.measure import Measure, MeasureKind
from workstation.domain.measuring import Scale, figures_of
from workstation.domain.ruler import RulerCalibration
from workstation.domain.words import NOTHING, Words, say

KINDS: Final[Mapping[MeasureKind, Words]] = {
    MeasureKind.LENGTH: say("Length"),
    MeasureKind.ANGLE: say("Angle"),
    MeasureKind.COBB: say("Cobb angle"),
    MeasureKind.ELLIPSE: say("Ellipse"),
    MeasureKind.RECTANGLE: say("Rectangle"),
    MeasureKind.FREEHAND: say("Freehand region"),
    MeasureKind.PROBE: say("Value at a point"),
    MeasureKind.ARROW: say("Arrow"),
    MeasureKind.TEXT: say("Words at a place"),
}


_NO_SIZE: Final = Scale()


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """
    measures  in the order drawn, counted in pixels of the picture
    drawn     the masks that are painted
    scale     what its pixels are worth
    later     how many measures and masks are no part of it: they were added after the reading was signed
    """

    measures: tuple[Measure, ...] = ()
    drawn: tuple[DrawnMask, ...] = ()
    scale: Scale = _NO_SIZE
    later: int = 0

    def signed(self, at: datetime) -> Noted:
        """What of it was signed at that time."""
        measures = tuple(one for one in self.measures if is_held(one, at))
        drawn = tuple(one for one in self.drawn if is_held(one, at))
        later = len(self.measures) - len(measures) + len(self.drawn) - len(drawn)
        return replace(self, measures=measures, drawn=drawn, later=later)

    @property
    def lettered(self) -> tuple[tuple[str, Measure], ...]:
        """Findings have numbers."""
        return tuple((letter_of(place), measure) for place, measure in enumerate(self.measures))

    def table(self) -> TableBlock | None:
        """Everything in one table; None where nothing was noted."""
        rows = [
            Row(
                cells=(say("{letter} · {kind}", letter=letter, kind=KINDS[measure.kind]), self._told(measure)),
                basis=Basis.READER,
            )
            for letter, measure in self.lettered
        ]
        rows += [
            Row(cells=(say("■ {name}", name=mask.title), self._areas(mask)), basis=mask.basis) for mask in self.drawn
        ]
        if not rows:
            return None
        columns = (Column(label=say("What")), Column(label=say("Size")))
        return TableBlock(title=say("Measured and drawn by the reader"), columns=columns, rows=tuple(rows))

    def _told(self, measure: Measure) -> Words:
        """The reader's words and the size."""
        parts = [say("{text}", text=measure.text)] if measure.text else []
        return _dotted([*parts, *size_lines(measure, self.scale)])

    def _areas(self, mask: DrawnMask) -> Words:
        """In the same unit as measures."""
        covered, spacing = int(mask.covered.sum()), self.scale.spacing
        area = covered * spacing[0] * spacing[1] if spacing is not None else covered
        share = with_unit(figure(100 * covered / (mask.rows * mask.columns), 1), "%")
        unit = area_unit(spacing, self.scale.calibration)
        return say("area {area} {unit} · share of the picture {share}", area=_size(area), unit=unit, share=share)


NOTHING_NOTED: Final = Noted()


def is_held(noted: Measure | DrawnMask | RulerCalibration, until: datetime | None) -> bool:
    """Whether a signature of that time holds it; None: there is no signature."""
    return until is not None and noted.at <= until


def letter_of(place: int) -> str:
    """a … z, aa … zz, as columns of a sheet."""
    letters = ""
    place += 1
    while place:
        place, last = divmod(place - 1, len(ascii_lowercase))
        letters = ascii_lowercase[last] + letters
    return letters


def size_lines(measure: Measure, scale: Scale) -> list[Words]:
    """Length, angle, or area and perimeter, each with its unit."""
    figures = figures_of(measure, scale)
    if figures.length is not None:
        return [say("{length} {unit}", length=_size(figures.length), unit=figures.length_unit)]
    if figures.angle_deg is not None:
        angle = f"{figures.angle_deg:.1f}°"
        return [say("Cobb {angle}", angle=angle) if measure.kind is MeasureKind.COBB else say("{text}", text=angle)]
    if figures.area is not None and figures.perimeter is not None:
        return [
            say("area {area} {unit}", area=_size(figures.area), unit=figures.area_unit),
            say("perimeter {length} {unit}", length=_size(figures.perimeter), unit=figures.length_unit),
        ]
    return []


def _dotted(parts: list[Words]) -> Words:
    if not parts:
        return NOTHING
    said = parts[0]
    for one in parts[1:]:
        said = say("{first} · {second}", first=said, second=one)
    return said


def _size(value: float) -> str:
    return figure(value, 1 if value < 1000 else 0)
