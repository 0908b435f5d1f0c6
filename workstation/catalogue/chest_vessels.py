"""AnalyzeChestVessel: cross-sections of aorta and pulmonary artery along their length, and where they are widest.

Center lines are in patient coordinates, one point for each millimetre; the documents don't say whether left or right is
positive: DICOM's own (LPS) is assumed. Areas and coordinates may be cut short, so the index of the widest place may lie
beyond them. Largest diameter and area do not describe a circle; neither is derived from the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from workstation.catalogue.operation import CallInput, WireAnswer
from workstation.catalogue.series_form import labels_of, series_arguments, the_label_image
from workstation.catalogue.wire import Bases, Node, bad_answer, opened
from workstation.domain.answer import (
    AnalysisResult,
    AnswerFinding,
    AnswerGrid,
    AnswerMask,
    Curve,
    IndexShape,
    MaskShape,
    PatientPolyline,
    ServiceAnswer,
)
from workstation.domain.blocks import Block, Cell, Column, CurveBlock, Row, TableBlock
from workstation.domain.finding import Finding, Measurement, worst
from workstation.domain.volume import ResultVolume
from workstation.domain.words import Words, say

MASK: Final = "ResultURL"  # wire path of the link
VESSELS: Final = "vessels"  # name of the label image


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vessel:
    """`label`: in the mask, the same in every answer."""

    key: str
    code: str
    words: Words
    curve: Words
    label: int


_VESSELS: Final = (
    _Vessel(key="AortaInfo", code="aorta", words=say("Aorta"), curve=say("Area of the aorta"), label=2),
    _Vessel(
        key="PulmonaryInfo",
        code="pulmonary-artery",
        words=say("Pulmonary artery"),
        curve=say("Area of the pulmonary artery"),
        label=1,
    ),
)
# name, wire key, label, unit
_MEASURES: Final = (
    ("max-diameter", "MaxDiameter", say("Largest diameter"), "mm"),
    ("max-area", "MaxArea", say("Largest cross-section"), "mm2"),
    ("nearest-aorta-area", "NearestAortaArea", say("Aorta beside it"), "mm2"),
)


def arguments(call: CallInput) -> Mapping[str, str]:
    return series_arguments(call, "DataSourceType")


def parse(answer: WireAnswer) -> ServiceAnswer:
    """`Result` of the finished job → typed answer. raises BAD_ANSWER, NO_BASIS"""
    root, basis = opened(answer.text, expect_basis=answer.expect_basis)
    return read_branch(root, basis, answer.files.get(MASK, ()), unknown=True)


def read_branch(node: Node, basis: Bases, images: tuple[ResultVolume, ...], *, unknown: bool = False) -> ServiceAnswer:
    """The same answer where it is a part of another one, which may leave coordinates and areas empty.

    images   what the link at `ResultURL` gave
    unknown  whether to tell what nobody read
    raises   BAD_ANSWER
    """
    found = [(vessel, info) for vessel in _VESSELS if (info := node.child(vessel.key)) is not None]
    if not found and not node.text(MASK):
        raise bad_answer(node.path or "Data")
    node.text(MASK)
    image, notes = the_label_image(images)
    labels = labels_of(image) if image is not None else ()
    masks: tuple[AnswerMask, ...] = ()
    if image is not None and set(labels) <= {vessel.label for vessel in _VESSELS}:
        names = {vessel.label: vessel.words for vessel in _VESSELS if vessel.label in labels}
        masks = (AnswerMask(name=VESSELS, volume=image, names=names, basis=basis.of(_path(node, MASK))),)
    elif image is not None:
        notes = (*notes, say("The segmentation holds labels that are none of the two vessels: it is not painted."))
    curves = tuple(curve for vessel, info in found for curve in _curve(vessel, info, basis))
    return ServiceAnswer(
        findings=tuple(_finding(vessel, info, basis, labels if masks else ()) for vessel, info in found),
        grid=AnswerGrid(),
        basis=worst([basis.of(node.path), *basis.parts.values()]),
        curves=curves,
        masks=masks,
        notes=(*notes, *(note for vessel, info in found for note in _cut_short(vessel, info))),
        unknown=node.unread() if unknown else (),
    )


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """Both curves over one axis, and the figures of both vessels."""
    blocks: list[Block] = []
    curves = tuple(curve for curve in result.curves if len(curve.y) > 1)
    if curves:
        blocks.append(CurveBlock(curves=curves, title=say("Cross-section along the vessel")))
    if result.findings:
        columns = (
            Column(label=say("Vessel")),
            Column(label=say("Largest diameter"), unit="mm"),
            Column(label=say("Largest cross-section"), unit="mm2", decimals=0),
            Column(label=say("Aorta beside it"), unit="mm2", decimals=0),
        )
        rows = tuple(
            Row(cells=(found.label, *(_cell(found, name) for name, _, _, _ in _MEASURES)), finding=found.id)
            for found in result.findings
        )
        blocks.append(TableBlock(columns=columns, rows=rows, title=say("Great vessels")))
    return tuple(blocks)


def _cell(finding: Finding, name: str) -> Cell:
    measured = finding.measurement(name)
    return measured.value if measured is not None else None


def _finding(vessel: _Vessel, info: Node, basis: Bases, labels: tuple[int, ...]) -> AnswerFinding:
    stated = info.number("LabelValue")
    if stated is not None and stated != vessel.label:
        raise bad_answer(f"{info.path}.LabelValue")
    points, widest = info.points("Coordinates"), _widest(info)
    shapes: tuple[IndexShape, ...] = (PatientPolyline(points=points),) if points else ()
    if widest is not None and 1 < len(points) > widest:
        shapes = (*shapes, PatientPolyline(points=(points[widest],)))
    if vessel.label in labels:
        shapes = (*shapes, MaskShape(mask=VESSELS, label=vessel.label))
    measurements = tuple(_measurements(info, basis))
    parts = [basis.of(f"{info.path}.{key}") for key in ("Coordinates", "Area")]
    return AnswerFinding(
        code=vessel.code,
        label=vessel.words,
        shapes=shapes,
        measurements=measurements,
        confidence=None,
        basis=worst([basis.of(info.path), *parts, *(measurement.basis for measurement in measurements)]),
    )


def _measurements(info: Node, basis: Bases) -> Iterator[Measurement]:
    for name, key, label, unit in _MEASURES:
        value = info.number(key)
        if value is None:
            continue
        if value < 0:
            raise bad_answer(f"{info.path}.{key}")
        yield Measurement(name=name, label=label, value=value, unit=unit, basis=basis.of(f"{info.path}.{key}"))


def _curve(vessel: _Vessel, info: Node, basis: Bases) -> Iterator[Curve]:
    """One area for each millimetre, marked where it is largest."""
    areas, widest = info.numbers("Area"), _widest(info)
    if areas:
        yield Curve(
            name=f"{vessel.code}-area",
            label=vessel.curve,
            x=tuple(float(n) for n in range(len(areas))),
            y=areas,
            x_unit="mm",
            y_unit="mm2",
            basis=basis.of(f"{info.path}.Area"),
            marked=widest if widest is not None and widest < len(areas) else None,
        )


def _widest(info: Node) -> int | None:
    index = info.number("MaxAreaIndex")
    if index is not None and (index < 0 or not index.is_integer()):
        raise bad_answer(f"{info.path}.MaxAreaIndex")
    return int(index) if index is not None else None


def _cut_short(vessel: _Vessel, info: Node) -> Iterator[Words]:
    widest, count = _widest(info), len(info.numbers("Area"))
    if widest is not None and 0 < count <= widest:
        yield say(
            "{vessel}: {count} cross-sections came, the widest is number {number}.",
            vessel=vessel.words,
            count=count,
            number=widest + 1,
        )


def _path(node: Node, key: str) -> str:
    return f"{node.path}.{key}" if node.path else key
