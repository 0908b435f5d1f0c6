"""Reading key points of a radiograph: a place, a probability, a name and a side each.

The documents call `Coordinates` a box, every example is a point: of four numbers the middle is taken. Points that the
service is not sure of lie anywhere, also off the picture; they are listed without a place and define nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from workstation.catalogue.femoral_neck import ECHOES
from workstation.catalogue.operation import CallInput, WireAnswer
from workstation.catalogue.pixel_boxes import probability, read_echoes
from workstation.catalogue.wire import Bases, Node, bad_answer, opened
from workstation.domain.answer import (
    AnswerFinding,
    AnswerGrid,
    IndexAngle,
    IndexPoint,
    IndexPolyline,
    IndexShape,
    ServiceAnswer,
    Triple,
)
from workstation.domain.finding import Basis, Measurement, worst
from workstation.domain.words import Words, say, say_count

SURE: Final = 0.3  # ours: less probable points define no line, and their place is not painted
XY = tuple[float, float]  # column, row, pixels

_SIDES: Final[Mapping[str, Words]] = {"L": say("left"), "R": say("right"), "M": say("midline")}


@dataclass(frozen=True, slots=True)
class KeyPoint:
    """`name` "v1" …; `side` L, R or M as the service says."""

    name: str
    side: str
    at: XY
    probability: float
    basis: Basis


@dataclass(frozen=True, slots=True)
class Limb:
    """The sure points of one side, by name. `other` those of the other side, `middle` those of the midline."""

    side: str
    points: Mapping[str, KeyPoint]
    other: Mapping[str, KeyPoint]
    middle: Mapping[str, KeyPoint]

    @property
    def words(self) -> Words:
        return _SIDES[self.side]

    def has(self, *names: str) -> bool:
        return all(name in self.points for name in names)

    def at(self, name: str) -> XY:
        return self.points[name].at


Measured = Callable[[Limb], Sequence[AnswerFinding]]


def arguments(call: CallInput) -> Mapping[str, str]:
    return {"ImageUrl": call.picture, "DataFormat": call.form, **call.organisation}


def read_points(answer: WireAnswer, names: Mapping[str, Words], measured: Measured) -> ServiceAnswer:
    """The whole answer → each point as a finding, then what the sure ones of each side define.

    names   what the points are
    raises  BAD_ANSWER, NO_BASIS
    """
    root, basis = opened(answer.text, expect_basis=answer.expect_basis)
    read_echoes(root, *ECHOES)
    points = [_point(node, basis) for node in root.items("KeyPoints")]
    unsure = sum(point.probability < SURE for point in points)
    notes: tuple[Words, ...] = ()
    if unsure:
        notes = (
            say_count(
                "{count} key point is less probable than {least:.2f}: it is listed, not painted or measured by.",
                "{count} key points are less probable than {least:.2f}: they are listed, not painted or measured by.",
                unsure,
                least=SURE,
            ),
        )
    defined = [finding for limb in _limbs(points) for finding in measured(limb)]
    return ServiceAnswer(
        findings=(*(_finding(point, names) for point in points), *defined),
        grid=AnswerGrid(),
        basis=worst([basis.everything, *basis.parts.values()]),
        notes=notes,
        unknown=root.unread(),
    )


def _point(node: Node, bases: Bases) -> KeyPoint:
    where = f"{node.path}.Coordinates"
    numbers = node.numbers("Coordinates")
    if len(numbers) == 4:
        numbers = ((numbers[0] + numbers[2]) / 2, (numbers[1] + numbers[3]) / 2)
    if len(numbers) != 2:
        raise bad_answer(where)
    tag = node.child("Tag")
    if tag is None:
        raise bad_answer(f"{node.path}.Tag")
    sure = probability(node.number("Value"), f"{node.path}.Value")
    return KeyPoint(
        name=tag.text("Label").strip().lower(),
        side=tag.text("Direction").strip().upper(),
        at=(numbers[0], numbers[1]),
        probability=1.0 if sure is None else sure,
        basis=bases.of(node.path),
    )


def _finding(point: KeyPoint, names: Mapping[str, Words]) -> AnswerFinding:
    what = names.get(point.name, say("Point {name} that is not documented", name=point.name or "–"))
    side = _SIDES.get(point.side)
    return AnswerFinding(
        code="key-point",
        label=what if side is None else say("{point}, {side}", point=what, side=side),
        shapes=(IndexPoint(at=index(point.at)),) if point.probability >= SURE else (),
        measurements=(),
        confidence=point.probability,
        basis=point.basis,
    )


def _limbs(points: Sequence[KeyPoint]) -> list[Limb]:
    """Of points that come twice the surest counts."""
    sides: dict[str, dict[str, KeyPoint]] = {"R": {}, "L": {}, "M": {}}
    for point in sorted(points, key=lambda point: point.probability):
        if point.probability >= SURE and point.side in sides:
            sides[point.side][point.name] = point
    right, left, middle = sides["R"], sides["L"], sides["M"]
    return [Limb("R", right, left, middle), Limb("L", left, right, middle)]


# Geometry of a picture: x to the right, y down


def index(at: XY) -> Triple:
    return (0.0, at[1], at[0])


def way(start: XY, end: XY) -> XY:
    return (end[0] - start[0], end[1] - start[1])


def middle_of(points: Sequence[XY]) -> XY:
    return (sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points))


def turn_deg(a: XY, b: XY) -> float:
    """From direction a to direction b, clockwise on the picture, −180 to 180 degrees."""
    return math.degrees(math.atan2(a[0] * b[1] - a[1] * b[0], a[0] * b[0] + a[1] * b[1]))


def line(*points: XY) -> IndexPolyline:
    return IndexPolyline(points=tuple(index(at) for at in points))


def arms(start: XY, vertex: XY, end: XY) -> IndexAngle:
    return IndexAngle(start=index(start), vertex=index(vertex), end=index(end))


def measured_angle(
    limb: Limb,
    code: str,
    label: Words,
    degrees: float,
    shapes: Sequence[IndexShape],
    points: Sequence[str],
    verdict: Words | None = None,
    others: Sequence[KeyPoint] = (),
) -> AnswerFinding:
    """An angle in degrees, with the points that it is made of, as sure as the least sure of them."""
    used = [*(limb.points[name] for name in points), *others]
    basis = worst([point.basis for point in used])
    measurements = [Measurement(name="angle", label=say("Angle"), value=degrees, unit="deg", basis=basis)]
    if verdict is not None:
        measurements.append(Measurement(name="way", label=say("Direction"), value=verdict, unit="", basis=basis))
    made_of = ", ".join(dict.fromkeys(point.name for point in used))
    measurements.append(Measurement(name="points", label=say("From points"), value=made_of, unit="", basis=basis))
    return AnswerFinding(
        code=code,
        label=say("{measure}, {side}", measure=label, side=limb.words),
        shapes=tuple(shapes),
        measurements=tuple(measurements),
        confidence=min(point.probability for point in used),
        basis=basis,
    )
