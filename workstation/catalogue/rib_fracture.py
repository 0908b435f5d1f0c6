"""DetectRibFracture: fractures in three-dimensional boxes, and a segmentation.

Origin and Spacing come as z, y, x, boxes as x, y, z; indices count from 0 along ascending z. Verified with the
documents' figures, whose millimetres are cut towards zero: so a box is drawn from `CoordinateImage`, and `Coordinates`
only serves as a check.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from workstation.catalogue.operation import CallInput, WireAnswer
from workstation.catalogue.series_form import labels_of, series_arguments, the_label_image
from workstation.catalogue.wire import Bases, Node, bad_answer, opened
from workstation.domain.answer import (
    AnalysisResult,
    AnswerFinding,
    AnswerGrid,
    AnswerMask,
    IndexBox,
    IndexShape,
    MaskShape,
    ServiceAnswer,
    WireFrame,
)
from workstation.domain.blocks import Block, Cell, Column, Level, Row, StripBlock, StripItem, TableBlock
from workstation.domain.finding import Finding, Measurement, worst
from workstation.domain.geometry import Vector
from workstation.domain.volume import ResultVolume
from workstation.domain.words import Words, say

MASK: Final = "ResultURL"  # wire path of the link
FRACTURES: Final = "fractures"  # name of the label image
FRAME: Final = WireFrame(axes="xyz", base=0)  # of the boxes; origin and spacing are z, y, x
_RIB: Final = re.compile(r"([LR])0?([1-9]|1[0-2])")
_CATEGORIES: Final[Mapping[str, Words]] = {
    "1": say("displaced"),
    "2": say("non-displaced"),
    "3": say("cortical buckling"),
    "4": say("old fracture"),
}
_SEGMENTS: Final[Mapping[str, Words]] = {"0": say("anterior"), "1": say("axillary"), "2": say("posterior")}
_UNKNOWN: Final = say("not told apart")


def arguments(call: CallInput) -> Mapping[str, str]:
    """Here the parameter is `SourceType`, elsewhere `DataSourceType`."""
    return series_arguments(call, "SourceType")


def parse(answer: WireAnswer) -> ServiceAnswer:
    """`Result` of the finished job → typed answer. raises BAD_ANSWER, NO_BASIS"""
    root, basis = opened(answer.text, expect_basis=answer.expect_basis)
    if not any(root.has(name) for name in ("Detections", "Origin", "Spacing", MASK)):
        raise bad_answer("Data")
    return read_branch(root, basis, answer.files.get(MASK, ()), unknown=True)


def read_branch(node: Node, basis: Bases, images: tuple[ResultVolume, ...], *, unknown: bool = False) -> ServiceAnswer:
    """The same answer where it is a part of another one, which may leave boxes and geometry empty.

    images   what the link at `ResultURL` gave
    unknown  whether to tell what nobody read
    raises   BAD_ANSWER
    """
    entries = node.items("Detections")
    numbers = [entry.number("FractureId") for entry in entries]
    image, notes = the_label_image(images)
    labels = labels_of(image) if image is not None else ()
    numbered = set(labels) == set(numbers)
    if node.text(MASK) and image is not None and not numbered:
        notes = (*notes, say("The segmentation does not tell the fractures apart: it is written, not painted."))
    mask_basis = basis.of(_path(node, MASK))
    names = {label: say("Rib fracture {number}", number=label) for label in labels}
    return ServiceAnswer(
        findings=tuple(
            _finding(entry, basis, number if numbered else None) for entry, number in zip(entries, numbers, strict=True)
        ),
        grid=_grid(node),
        basis=worst([basis.of(node.path), *basis.parts.values()]),
        masks=() if image is None else (AnswerMask(name=FRACTURES, volume=image, names=names, basis=mask_basis),),
        notes=notes,
        unknown=node.unread() if unknown else (),
    )


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """The ribs that are broken, numbered, and every fracture as one row."""
    if not result.findings:
        return ()
    columns = (
        Column(label=say("No."), decimals=0),
        Column(label=say("Rib")),
        Column(label=say("Part")),
        Column(label=say("Type")),
        Column(label=say("Confidence"), decimals=2),
    )
    rows = tuple(
        Row(
            cells=(found.number, *(_cell(found, name) for name in ("rib", "segment", "type")), found.confidence),
            finding=found.id,
        )
        for found in result.findings
    )
    table = TableBlock(columns=columns, rows=rows, title=say("Rib fractures"))
    items = tuple(_ribs(result.findings))
    return (StripBlock(items=items, title=say("Broken ribs")), table) if items else (table,)


def _ribs(findings: tuple[Finding, ...]) -> Iterator[StripItem]:
    """One place for each broken rib, left ones first, each from the top."""
    broken: dict[str, list[Finding]] = {}
    for finding in findings:
        rib = _cell(finding, "rib")
        if isinstance(rib, str):
            broken.setdefault(rib, []).append(finding)
    for rib in sorted(broken, key=lambda name: (name[0], int(name[1:]))):
        words = [cell for found in broken[rib] if isinstance(cell := _cell(found, "type"), Words)]
        yield StripItem(label=rib, words=tuple(words), finding=broken[rib][0].id, level=Level.NOTED)


def _cell(finding: Finding, name: str) -> Cell:
    measured = finding.measurement(name)
    return measured.value if measured is not None else None


def _grid(node: Node) -> AnswerGrid:
    """Both as z, y, x."""
    origin, spacing = node.triple("Origin"), node.triple("Spacing")
    if spacing is not None and min(spacing) <= 0:
        raise bad_answer(_path(node, "Spacing"))
    return AnswerGrid(origin=(origin[2], origin[1], origin[0]) if origin is not None else None, spacing=spacing)


def _finding(entry: Node, basis: Bases, label: float | None) -> AnswerFinding:
    shapes: tuple[IndexShape, ...] = tuple(_box(entry))
    if label is not None:
        shapes = (*shapes, MaskShape(mask=FRACTURES, label=int(label)))
    measurements = tuple(_measurements(entry, basis))
    confidence = entry.number("FractureConfidence")
    if confidence is not None and not 0 <= confidence <= 1:
        raise bad_answer(f"{entry.path}.FractureConfidence")
    return AnswerFinding(
        code="rib-fracture",
        label=_label(entry.text("FractureLocation")),
        shapes=shapes,
        measurements=measurements,
        confidence=confidence,
        basis=worst([basis.of(entry.path), *(measurement.basis for measurement in measurements)]),
    )


def _box(entry: Node) -> Iterator[IndexBox]:
    """First and last voxel, both taken as inside; nothing where no box is given."""
    image, stated = _six(entry, "CoordinateImage"), _six(entry, "Coordinates")
    if image is None:
        return
    if any(not value.is_integer() for value in (*image[0], *image[1])):
        raise bad_answer(f"{entry.path}.CoordinateImage")
    first, last = FRAME.index(image[0]), FRAME.index(image[1])
    if any(a > b for a, b in zip(first, last, strict=True)):
        raise bad_answer(f"{entry.path}.CoordinateImage")
    yield IndexBox(
        first=(int(first[0]), int(first[1]), int(first[2])),
        last=(int(last[0]), int(last[1]), int(last[2])),
        stated_mm=stated,
    )


def _six(entry: Node, name: str) -> tuple[Vector, Vector] | None:
    """minX, minY, minZ, maxX, maxY, maxZ; None where empty. raises BAD_ANSWER"""
    numbers = entry.numbers(name)
    if not numbers:
        return None
    if len(numbers) != 6:
        raise bad_answer(f"{entry.path}.{name}")
    a, b, c, d, e, f = numbers
    return (a, b, c), (d, e, f)


def _measurements(entry: Node, basis: Bases) -> Iterator[Measurement]:
    rib, part, kind = (entry.text(key) for key in ("FractureLocation", "FractureSegment", "FractureCategory"))
    if match := _RIB.fullmatch(rib):
        value = "".join(match.groups())
        yield Measurement(
            name="rib", label=say("Rib"), value=value, unit="", basis=basis.of(f"{entry.path}.FractureLocation")
        )
    if part:
        words, where = _SEGMENTS.get(part, _UNKNOWN), basis.of(f"{entry.path}.FractureSegment")
        yield Measurement(name="segment", label=say("Part of the rib"), value=words, unit="", basis=where)
    if kind:
        words, where = _CATEGORIES.get(kind, _UNKNOWN), basis.of(f"{entry.path}.FractureCategory")
        yield Measurement(name="type", label=say("Type"), value=words, unit="", basis=where)


def _label(rib: str) -> Words:
    match = _RIB.fullmatch(rib)
    if match is None:
        return say("Rib fracture")
    side, number = match.groups()
    if side == "L":
        return say("Rib fracture, left rib {number}", number=int(number))
    return say("Rib fracture, right rib {number}", number=int(number))


def _path(node: Node, key: str) -> str:
    return f"{node.path}.{key}" if node.path else key
