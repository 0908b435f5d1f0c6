"""Reading DetectLymph's answer: enlarged lymph nodes, each with a box and two diameters on its key slice.

Indices count from 0; x and y are fractional pixels. The documents don't state which way slices count; they are taken
in ascending order, as those of lung nodules, and shown as assumed. The advice of the documents (confidence above 0.5,
a short axis from about 7 mm) fades a row in the table; nothing that the service reports is left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Final

from workstation.catalogue.operation import CallInput, WireAnswer
from workstation.catalogue.wire import Bases, Node, bad_answer, opened
from workstation.domain.answer import (
    AnalysisResult,
    AnswerFinding,
    AnswerGrid,
    IndexBox,
    IndexPolyline,
    IndexShape,
    ServiceAnswer,
    Triple,
    WireFrame,
)
from workstation.domain.blocks import Block, Column, Level, Row, TableBlock
from workstation.domain.finding import Finding, Measurement, worst
from workstation.domain.words import say

ADVISED_CONFIDENCE: Final = 0.5  # only what is above it
ADVISED_SHORT_MM: Final = 7.0
_LONG: Final = "long-axis"
_SHORT: Final = "short-axis"


def arguments(call: CallInput) -> Mapping[str, str]:
    """The documents name neither format nor organisation here."""
    return {"DataSourceType": "HTTP_FILES", **{f"URLList.{n}.URL": url for n, url in enumerate(call.urls, start=1)}}


def parse(answer: WireAnswer) -> ServiceAnswer:
    """`Result` of the finished job → typed answer. raises BAD_ANSWER, NO_BASIS"""
    root, basis = opened(answer.text, expect_basis=answer.expect_basis)
    if not root.has("Lesions"):
        raise bad_answer("Lesions")
    return ServiceAnswer(
        findings=tuple(_finding(lesion, answer.frame, basis) for lesion in root.items("Lesions")),
        grid=AnswerGrid(),
        basis=worst([basis.everything, *basis.parts.values()]),
        unknown=root.unread(),
    )


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """The nodes as one table, the longest short axis first; those below the service's advice are faded."""
    if not result.findings:
        return ()
    columns = (
        Column(label=say("No."), decimals=0),
        Column(label=say("Short axis"), unit="mm"),
        Column(label=say("Long axis"), unit="mm"),
        Column(label=say("Confidence"), decimals=2),
    )
    numbered = list(enumerate(result.findings, start=1))
    numbered.sort(key=lambda pair: (not _advised(pair[1]), -(_value(pair[1], _SHORT) or 0.0)))
    rows = tuple(
        Row(
            cells=(number, _value(node, _SHORT), _value(node, _LONG), node.confidence),
            finding=node.id,
            level=Level.PLAIN if _advised(node) else Level.FADED,
        )
        for number, node in numbered
    )
    title = say(
        "Lymph nodes (faded: confidence not above {confidence}, or short axis below {short:g} mm)",
        confidence=ADVISED_CONFIDENCE,
        short=ADVISED_SHORT_MM,
    )
    return (TableBlock(columns=columns, rows=rows, title=title),)


def _advised(node: Finding) -> bool:
    """Whether the documents would keep it; what was not given speaks against nothing."""
    short = _value(node, _SHORT)
    sure = node.confidence is None or node.confidence > ADVISED_CONFIDENCE
    return sure and (short is None or short >= ADVISED_SHORT_MM)


def _value(node: Finding, name: str) -> float | None:
    measured = node.measurement(name)
    return measured.value if measured is not None and isinstance(measured.value, float) else None


def _finding(lesion: Node, frame: WireFrame, basis: Bases) -> AnswerFinding:
    box = _box(lesion, frame)
    measurements = tuple(_measurements(lesion, basis))
    return AnswerFinding(
        code="lymph-node",
        label=say("Lymph node"),
        shapes=(box, *_axes(lesion, frame, box)),
        measurements=measurements,
        confidence=_confidence(lesion),
        basis=worst([basis.of(lesion.path), *(measurement.basis for measurement in measurements)]),
    )


def _box(lesion: Node, frame: WireFrame) -> IndexBox:
    numbers, where = lesion.numbers("Boxes"), f"{lesion.path}.Boxes"
    if len(numbers) != 6:
        raise bad_answer(where)
    x1, y1, z1, x2, y2, z2 = numbers
    if x1 > x2 or y1 > y2 or z1 > z2:
        raise bad_answer(where)
    # The voxels that hold its first and last point.
    return IndexBox(first=_nearest(frame.index((x1, y1, z1))), last=_nearest(frame.index((x2, y2, z2))))


def _axes(lesion: Node, frame: WireFrame, box: IndexBox) -> Iterator[IndexShape]:
    """The two diameters on the key slice; the table shows three points, the example four."""
    if not lesion.has("Recist"):
        return
    points = tuple(_points(lesion))
    if len(points) not in (2, 3, 4):
        raise bad_answer(f"{lesion.path}.Recist")
    slice_ = lesion.required("KeySlice")
    at = [frame.index((x, y, slice_)) for x, y in points]
    if not box.first[0] <= at[0][0] <= box.last[0]:
        raise bad_answer(f"{lesion.path}.KeySlice")
    if not all(_beside(point, box) for point in at):
        raise bad_answer(f"{lesion.path}.Recist")
    for pair in (at[:2], at[2:4]):
        if len(pair) == 2:
            yield IndexPolyline(points=tuple(pair))


def _beside(point: Triple, box: IndexBox) -> bool:
    """Within the box, or as far from it as it is long: x and y that were swapped are elsewhere."""
    far = max(last - first for first, last in zip(box.first[1:], box.last[1:], strict=True)) + 1
    return all(box.first[k] - far <= point[k] <= box.last[k] + far for k in (1, 2))


def _points(lesion: Node) -> Iterator[tuple[float, float]]:
    """Pairs of x and y: an array of pairs, or all numbers in a row as the table's words have them."""
    entries, where = lesion.items("Recist"), f"{lesion.path}.Recist"
    if entries and not isinstance(entries[0].value, list):
        numbers = lesion.numbers("Recist")
        if len(numbers) % 2:
            raise bad_answer(where)
        yield from zip(numbers[::2], numbers[1::2], strict=True)
        return
    for entry in entries:
        pair = Node({"at": entry.value}, where, lesion.read).numbers("at")
        lesion.read.add(entry.path)
        if len(pair) != 2:
            raise bad_answer(where)
        yield pair[0], pair[1]


def _measurements(lesion: Node, basis: Bases) -> Iterator[Measurement]:
    """Millimetres as the service gives them: [long, short]."""
    lengths, where = lesion.numbers("Diametermm"), f"{lesion.path}.Diametermm"
    if not lengths:
        return
    if len(lengths) != 2 or min(lengths) < 0 or lengths[0] < lengths[1]:
        raise bad_answer(where)
    labels = ((_LONG, say("Long axis")), (_SHORT, say("Short axis")))
    for (name, label), value in zip(labels, lengths, strict=True):
        yield Measurement(name=name, label=label, value=value, unit="mm", basis=basis.of(where))


def _confidence(lesion: Node) -> float | None:
    value = lesion.number("Score")
    if value is not None and not 0 <= value <= 1:
        raise bad_answer(f"{lesion.path}.Score")
    return value


def _nearest(at: Triple) -> tuple[int, int, int]:
    slice_, row, column = (math.floor(value + 0.5) for value in at)
    return (slice_, row, column)
