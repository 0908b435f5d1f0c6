"""What a reader finds: made of a measure or a place, with a name from a short list or the reader's own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.measure import Measure, MeasureKind, outline, shapes_of
from workstation.domain.measuring import Scale, figures_of
from workstation.domain.shapes import Angle, Box2D, Point, Shape
from workstation.domain.words import Words, say

OTHER: Final = "other"
OWN_READING: Final = "own-reading"  # stands for the operation where a series was read without any
KINDS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "nodule": say("Nodule"),
        "lesion": say("Focal lesion"),
        "mass": say("Mass"),
        "fracture": say("Fracture"),
        "calcification": say("Calcification"),
        "lymph-node": say("Lymph node"),
        "effusion": say("Effusion"),
        "consolidation": say("Consolidation"),
        "cyst": say("Cyst"),
        "variant": say("Variant, not a disease"),
    }
)
MEASURED: Final[Mapping[str, Words]] = MappingProxyType(
    {"length": say("Length"), "area": say("Area"), "angle": say("Angle"), "diameter": say("Diameter")}
)
LONGEST: Final = 60  # characters of a reader's own name for something


def label_of(code: str, text: str) -> Words:
    """What a reader calls it: the list's name in every language, or the reader's own words as they are."""
    return KINDS[code] if code in KINDS else say("{text}", text=text)


def own_job(stack_id: str) -> str:
    """What stands for a job where a reader found something on a series without any analysis."""
    return f"reader-{hashlib.sha256(stack_id.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def shapes_from_measure(measure: Measure) -> tuple[Shape, ...]:
    """A measure as what it is about: an arrow's tip, a rectangle, three points of an angle."""
    points = measure.points
    match measure.kind:
        case MeasureKind.ARROW:
            return (Point(at=points[0]),)
        case MeasureKind.ANGLE:
            return (Angle(start=points[0], vertex=points[1], end=points[2]),)
        case MeasureKind.RECTANGLE:
            a, b, c, d = outline(measure)
            return (Box2D(corners=(a, b, c, d)),)
        case _:
            return shapes_of(measure)


def measured_by(measure: Measure, scale: Scale) -> tuple[Measurement, ...]:
    """Its figures where they are millimetres in the patient, or degrees: nothing is said that could be taken for it."""
    figures = figures_of(measure, scale)
    found = []
    if figures.length is not None and not measure.in_pixels:
        found.append(_measured("length", figures.length, "mm"))
    if figures.area is not None and not measure.in_pixels:
        found.append(_measured("area", figures.area, "mm2"))
    if figures.angle_deg is not None:
        found.append(_measured("angle", figures.angle_deg, "deg"))
    return tuple(found)


def own_finding(
    finding_id: str, code: str, label: Words, shapes: tuple[Shape, ...], measurements: tuple[Measurement, ...] = ()
) -> Finding:
    return Finding(
        id=finding_id,
        code=code,
        label=label,
        shapes=shapes,
        measurements=measurements,
        confidence=None,
        basis=Basis.READER,
    )


def _measured(name: str, value: float, unit: str) -> Measurement:
    return Measurement(name=name, label=MEASURED[name], value=value, unit=unit, basis=Basis.READER)
