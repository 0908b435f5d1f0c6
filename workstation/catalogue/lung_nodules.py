"""Reading DetectLungNodule's answer.

One series may be split over several `Series` elements (report and uid; `Elements`; `Origin` and `Spacing`): they are
merged. Origin and spacing are x, y, z; image indices count from 0 along ascending z and are fractional. The sample's
diameter, volume and report contradict one another, so none is derived from another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from workstation.catalogue.operation import CallInput, WireAnswer
from workstation.catalogue.wire import Bases, Node, bad_answer, opened
from workstation.domain.answer import (
    AnalysisResult,
    AnswerFinding,
    AnswerGrid,
    IndexPoint,
    IndexSphere,
    ServiceAnswer,
    WireFrame,
)
from workstation.domain.blocks import Block, Cell, Column, Row, TableBlock
from workstation.domain.finding import Basis, Finding, Measurement, worst
from workstation.domain.words import Words, say

_LOBES: Final[Mapping[tuple[str, str], Words]] = {
    ("left", "up"): say("Nodule, left upper lobe"),
    ("left", "down"): say("Nodule, left lower lobe"),
    ("left", ""): say("Nodule, left lung"),
    ("right", "up"): say("Nodule, right upper lobe"),
    ("right", "middle"): say("Nodule, right middle lobe"),
    ("right", "down"): say("Nodule, right lower lobe"),
    ("right", ""): say("Nodule, right lung"),
}
_ELSEWHERE: Final = say("Nodule")
_CATEGORIES: Final[Mapping[str, Words]] = {
    "0": say("ground-glass"),
    "1": say("part-solid"),
    "2": say("solid"),
    "3": say("unknown type"),
}
# name, wire key, label, unit
_MEASURES: Final = (
    ("diameter", "Diameter", say("Diameter"), "mm"),
    ("volume", "Volume", say("Volume"), "mm3"),
    ("mean", "MeanValue", say("Mean density"), "HU"),
)


def arguments(call: CallInput) -> Mapping[str, str]:
    """The business parameters of the call; the threshold is always sent, as its documented defaults differ."""
    links = {f"URLList.{n}.URL": url for n, url in enumerate(call.urls, start=1)}
    return {
        "DataFormat": "DICOM",
        **call.organisation,
        "Threshold": f"{float(call.parameters['threshold']):.2f}",
        **links,
    }


def parse(answer: WireAnswer) -> ServiceAnswer:
    """`Result` of the finished job → typed answer. raises BAD_ANSWER, NO_BASIS"""
    root, basis = opened(answer.text, expect_basis=answer.expect_basis)
    return read_branch(root, basis, answer.frame, unknown=True)


def read_branch(node: Node, basis: Bases, frame: WireFrame, *, unknown: bool = False) -> ServiceAnswer:
    """The same answer where it is a part of another one, which may leave the geometry empty.

    unknown  whether to tell what nobody read
    raises   BAD_ANSWER
    """
    series = node.items("Series")
    if not series:
        raise bad_answer(f"{node.path}.Series" if node.path else "Series")
    uids = {part.text("SeriesInstanceUid") for part in series} - {""}
    if len(uids) > 1:
        raise bad_answer("Series[].SeriesInstanceUid")
    elements = [element for part in series for element in part.items("Elements")]
    findings = tuple(_finding(element, frame, basis) for element in elements)
    texts = tuple(part.text("Report") for part in series if part.text("Report"))
    return ServiceAnswer(
        findings=findings,
        grid=_grid(series),
        basis=worst([basis.everything, *basis.parts.values()]),
        series_uid=next(iter(uids), ""),
        texts=texts,
        unknown=node.unread() if unknown else (),
    )


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """The nodules as one table, in the answer's order."""
    if not result.findings:
        return ()
    columns = (
        Column(label=say("No."), decimals=0),
        Column(label=say("Place")),
        Column(label=say("Diameter"), unit="mm"),
        Column(label=say("Volume"), unit="mm3", decimals=0),
        Column(label=say("Density"), unit="HU", decimals=0),
        Column(label=say("Type")),
    )
    rows = tuple(
        Row(
            cells=(
                finding.number,
                finding.label,
                *(_cell(finding, name) for name in ("diameter", "volume", "mean", "type")),
            ),
            finding=finding.id,
        )
        for finding in result.findings
    )
    return (TableBlock(columns=columns, rows=rows, title=say("Nodules")),)


def _cell(finding: Finding, name: str) -> Cell:
    measured = finding.measurement(name)
    return measured.value if measured is not None else None


def _grid(series: tuple[Node, ...]) -> AnswerGrid:
    origins = [origin for part in series if (origin := part.triple("Origin")) is not None]
    spacings = [spacing for part in series if (spacing := part.triple("Spacing")) is not None]
    if len(set(origins)) > 1 or len(set(spacings)) > 1:
        raise bad_answer("Series[].Origin")
    spacing = (spacings[0][2], spacings[0][1], spacings[0][0]) if spacings else None
    return AnswerGrid(origin=origins[0] if origins else None, spacing=spacing)


def _finding(element: Node, frame: WireFrame, basis: Bases) -> AnswerFinding:
    image = (element.required("ImageX"), element.required("ImageY"), element.required("ImageZ"))
    stated = tuple(element.number(axis) for axis in "XYZ")
    x, y, z = stated
    diameter = element.number("Diameter")
    if diameter is not None and diameter < 0:
        raise bad_answer(f"{element.path}.Diameter")
    center = frame.index(image)
    millimetres = (x, y, z) if x is not None and y is not None and z is not None else None
    shape = (
        IndexSphere(center=center, diameter_mm=diameter, stated_mm=millimetres) if diameter else IndexPoint(at=center)
    )
    measurements = tuple(_measurements(element, basis))
    parts = [basis.of(element.path), *(measurement.basis for measurement in measurements)]
    return AnswerFinding(
        code="nodule",
        label=_label(element.text("Lung"), element.text("Lobe")),
        shapes=(shape,),
        measurements=measurements,
        confidence=_confidence(element),
        basis=worst(parts),
        sop_instance_uid=element.text("SOPInstanceUID"),
    )


def _label(lung: str, lobe: str) -> Words:
    return _LOBES.get((lung, lobe)) or _LOBES.get((lung, "")) or _ELSEWHERE


def _measurements(element: Node, basis: Bases) -> Iterator[Measurement]:
    for name, key, label, unit in _MEASURES:
        value = element.number(key)
        if value is not None:
            yield Measurement(name=name, label=label, value=value, unit=unit, basis=_of(basis, element, key))
    category = element.text("Category")
    if category:
        words = _CATEGORIES.get(category, _CATEGORIES["3"])
        yield Measurement(name="type", label=say("Type"), value=words, unit="", basis=_of(basis, element, "Category"))


def _of(basis: Bases, element: Node, key: str) -> Basis:
    return basis.of(f"{element.path}.{key}")


def _confidence(element: Node) -> float | None:
    value = element.number("Confidence")
    if value is not None and not 0 <= value <= 1:
        raise bad_answer(f"{element.path}.Confidence")
    return value
