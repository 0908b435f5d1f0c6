"""Findings of the reader's on record: as drawn, with who and when; gone when taken away; fixed once signed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.workspace.sitting import LATER, NOON
from workstation.domain.decision import OPEN, Decision, DecisionState
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.own_finding import MEASURED, label_of, own_finding
from workstation.domain.shapes import Angle, Box2D, Box3D, Contour, Label, Line, Mask, Point, Polyline, Shape, Sphere
from workstation.records import Records

A, B, C, D = (1 / 3, 2.0, -7.25), (4.0, 0.1, 1e-9), (-3.0, 5.0, 2.0), (8.0, 8.0, 8.0)
EVERY: tuple[Shape, ...] = (
    Point(at=A),
    Line(start=A, end=B),
    Polyline(points=(A, B, C)),
    Angle(start=A, vertex=B, end=C),
    Box2D(corners=(A, B, C, D)),
    Box3D(min_index=(1, 2, 3), max_index=(4, 5, 6), corners=(A, B, C, D, A, B, C, D)),
    Sphere(center=A, radius=2 / 3),
    Contour(points=(A, B, C)),
    Label(text="L3 “x”", at=A),
    Mask(volume="lung", label=2),
)
ACCEPTED = Decision(state=DecisionState.ACCEPTED, by="Li", role="radiologist", at=NOON)


def own(finding_id: str = "job1/4.ab", code: str = "nodule", text: str = "") -> Finding:
    size = Measurement(name="length", label=MEASURED["length"], value=8.4, unit="mm", basis=Basis.READER)
    return own_finding(finding_id, code, label_of(code, text), (Line(start=A, end=B),), (size,))


def test_a_finding_comes_back_as_it_was_with_who_and_when(tmp_path: Path) -> None:
    named = own("job1/5.cd", "other", "小结节 · a “b”")
    with Records(tmp_path / "r.sqlite") as records:
        records.own.put("job1", "job1/4.ab", own(), ACCEPTED)
        records.own.put("job1", "job1/5.cd", named, ACCEPTED, in_pixels=True)

    with Records(tmp_path / "r.sqlite") as records:
        assert [(one.finding, one.in_pixels) for one in records.own.of_job("job1")] == [(own(), False), (named, True)]
        assert records.decisions.of_job("job1") == {"job1/4.ab": ACCEPTED, "job1/5.cd": ACCEPTED}
        assert records.own.of_job("job") == ()


def test_one_taken_away_is_gone_until_it_is_put_again(tmp_path: Path) -> None:
    with Records(tmp_path / "r.sqlite") as records:
        records.own.put("job1", "job1/4.ab", own(), ACCEPTED)
        records.own.put("job1", "job1/4.ab", None, OPEN)
        gone = records.own.of_job("job1")
        records.own.put("job1", "job1/4.ab", own(), ACCEPTED)

        assert gone == ()
        assert [one.finding for one in records.own.of_job("job1")] == [own()]


def test_nothing_is_added_to_a_signed_reading(tmp_path: Path) -> None:
    with Records(tmp_path / "r.sqlite") as records:
        records.signings.sign("job1", "{}")
        with pytest.raises(WorkstationError) as refused:
            records.own.put("job1", "job1/4.ab", own(), ACCEPTED)

        assert refused.value.code is ErrorCode.READING_SIGNED
        assert (records.own.of_job("job1"), records.decisions.of_job("job1")) == ((), {})


def test_changed_shapes_of_every_kind_come_back_bit_for_bit_and_the_first_ones_again(tmp_path: Path) -> None:
    changed = replace(ACCEPTED, shapes=EVERY)
    back = replace(ACCEPTED, at=LATER)
    with Records(tmp_path / "r.sqlite") as records:
        records.decisions.add("job1/1", changed)
        assert records.decisions.of_job("job1") == {"job1/1": changed}
        records.decisions.add("job1/1", back)

        assert records.decisions.of_job("job1") == {"job1/1": back}
        assert records.decisions.history("job1/1") == (changed, back)
