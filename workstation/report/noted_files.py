"""What the reader measured and drew, in `result.json` and as pictures of masks beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from workstation.domain.calibration import SpacingKind, calibration_words
from workstation.domain.drawn_mask import DrawnMask, area_of
from workstation.domain.finding import Basis, Measurement
from workstation.domain.measure import Measure
from workstation.domain.measuring import Scale, figures_of
from workstation.domain.noted import KINDS, Noted
from workstation.domain.photo_area import PIXELS
from workstation.domain.words import Language, Words, render, say

Json = dict[str, object]
PIXEL_SIZE: Final = "pixel_size"


def noted_json(noted: Noted, language: Language) -> Json:
    """Nothing where nothing was noted: then the key is not there."""
    if not (noted.measures or noted.drawn or noted.later or calibration(noted) is not None):
        return {}
    return {
        "noted": {
            "calibration": _calibration(noted.scale, language),
            "measures": [_measure(letter, one, noted, language) for letter, one in noted.lettered],
            "masks": [_drawn(mask, noted, language) for mask in noted.drawn],
            **({"added_after_signing": noted.later} if noted.later else {}),
        }
    }


def calibration(noted: Noted) -> Measurement | None:
    """How large a pixel is by a ruler in the picture; None where nobody laid one."""
    spacing = noted.scale.spacing
    if spacing is None or noted.scale.calibration.kind is not SpacingKind.BY_HAND:
        return None
    label = say("Size of a pixel")
    return Measurement(name=PIXEL_SIZE, label=label, value=spacing[0], unit="mm", basis=Basis.READER)


def sizes_of(measure: Measure, noted: Noted) -> tuple[Measurement, ...]:
    """Its figures in millimetres where they may be said, else in pixels; whether those are of a ruler by hand stands
    once, in the calibration."""
    figures = figures_of(measure, noted.scale)
    length_unit, area_unit = ("mm", "mm2") if figures.in_mm else (PIXELS, PIXELS)
    every: tuple[tuple[str, Words, float | None, str], ...] = (
        ("length", say("Length"), figures.length, length_unit),
        ("angle", say("Angle"), figures.angle_deg, "deg"),
        ("area", say("Area"), figures.area, area_unit),
        ("perimeter", say("Perimeter"), figures.perimeter, length_unit),
    )
    return tuple(
        Measurement(name=name, label=label, value=value, unit=unit, basis=Basis.READER)
        for name, label, value, unit in every
        if value is not None
    )


def areas_of(mask: DrawnMask, noted: Noted) -> tuple[Measurement, ...]:
    """Area and share of the picture."""
    return area_of(int(mask.covered.sum()), mask.rows * mask.columns, noted.scale.spacing, mask.basis)


def drawn_file(mask: DrawnMask) -> str:
    """Where its picture lies, seen from `result.json`: white where it is, black elsewhere."""
    return f"masks/drawn-{mask.number}.png"


def drawn_pictures(noted: Noted) -> Iterator[tuple[str, bytes]]:
    """By file, each as large as the picture it was drawn on."""
    from workstation.imaging.picture.cut_out import mask_content

    for mask in noted.drawn:
        yield drawn_file(mask), mask_content(mask.covered, simulated=mask.basis is Basis.SIMULATED)


def _calibration(scale: Scale, language: Language) -> Json:
    """Where millimetres are true, and how large a pixel is; null where only each measure tells."""
    words = calibration_words(scale.spacing, scale.calibration)
    return {
        "kind": scale.calibration.kind.value,
        "spacing_mm": None if scale.spacing is None else list(scale.spacing),
        "text": "" if words is None or scale.calibration.kind is SpacingKind.PATIENT else render(words, language),
    }


def _measure(letter: str, measure: Measure, noted: Noted, language: Language) -> Json:
    numbers: Mapping[str, object] = (
        {"points_px": [[x, y] for x, y, _ in measure.points], "slice": round(measure.points[0][2])}
        if measure.in_pixels
        else {"points_mm": [[round(value, 4) for value in point] for point in measure.points]}
    )
    return {
        "letter": letter,
        "kind": measure.kind.value,
        "title": render(KINDS[measure.kind], language),
        "text": measure.text,
        **numbers,
        "sizes": [_size(one, language) for one in sizes_of(measure, noted)],
        "basis": Basis.READER.value,
        "by": measure.by,
        "at": measure.at.isoformat(timespec="seconds"),
    }


def _drawn(mask: DrawnMask, noted: Noted, language: Language) -> Json:
    return {
        "number": mask.number,
        "title": render(mask.title, language),
        "colour": list(mask.colour),
        "file": drawn_file(mask),
        "pixels": int(mask.covered.sum()),
        "sizes": [_size(one, language) for one in areas_of(mask, noted)],
        "basis": mask.basis.value,
        "by": mask.by,
        "at": mask.at.isoformat(timespec="seconds"),
    }


def _size(size: Measurement, language: Language) -> Json:
    return {"name": size.name, "title": render(size.label, language), "value": size.value, "unit": size.unit}
