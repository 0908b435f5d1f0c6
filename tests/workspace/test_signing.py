"""Signing: what is counted before, and that nothing changes after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.workspace.sitting import LATER, NOON, result, scan, stack
from workstation.domain.coverage import Glance, WindowGroup
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.signature import OpenPoints, Signed
from workstation.workspace.coverage import look
from workstation.workspace.decisions import accept, comment, reject, reopen, set_reader
from workstation.workspace.findings import add_result, set_threshold
from workstation.workspace.history import undo
from workstation.workspace.opening import add_scan, choose_stack
from workstation.workspace.signing import addendum, open_points, sign, signature, take_signed
from workstation.workspace.state import Changed, Reader, Workspace

LUNG = stack("1.2.3#0")
LI = Reader("Li", "radiologist")


def reading() -> Workspace:
    state, _ = choose_stack(add_scan(Workspace(reader=LI), scan(LUNG))[0], LUNG.id)
    return add_result(state, result(LUNG.id), {})[0]


def signed() -> Workspace:
    return sign(accept(reading(), "job1/1", NOON)[0], LATER)[0]


def test_open_points_count_unread_slices_and_undecided_findings() -> None:
    state, _ = add_result(reading(), result(LUNG.id, job="job0", confidences=(0.9, 0.8)), {})
    state, _ = add_result(state, result(LUNG.id), {})
    state, _ = look(accept(state, "job1/1", NOON)[0], Glance(LUNG.id, 4, WindowGroup.LUNG))
    state, _ = set_threshold(state, 0.5)

    points = open_points(state)
    assert points == OpenPoints(slices=30, unread=29, undecided=2, hidden=1, elsewhere=2, measures=0)
    assert points.any


def test_nothing_is_open_once_all_is_read_and_decided() -> None:
    state = reading()
    for number in (1, 2, 3):
        state, _ = reject(state, f"job1/{number}", NOON)
    for k in range(LUNG.slices):
        state, _ = look(state, Glance(LUNG.id, k, WindowGroup.LUNG))

    assert not open_points(state).any


def test_a_signature_says_who_and_when() -> None:
    assert signature(signed()) == Signed(by="Li", role="radiologist", at=LATER)


def test_nobody_signs_without_a_name_or_twice() -> None:
    nameless, once = set_reader(reading(), Reader())[0], signed()

    assert sign(nameless, NOON) == (nameless, Changed.NOTHING)
    assert sign(once, LATER) == (once, Changed.NOTHING)


@pytest.mark.parametrize(
    "change", [reject, reopen, lambda state, id_, at: comment(state, id_, "later", at)], ids=["reject", "reopen", "say"]
)
def test_a_signed_reading_does_not_change(
    change: Callable[[Workspace, str, datetime], tuple[Workspace, Changed]],
) -> None:
    with pytest.raises(WorkstationError) as refused:
        change(signed(), "job1/1", LATER)

    assert refused.value.code is ErrorCode.READING_SIGNED


def test_what_was_decided_before_signing_is_not_taken_back() -> None:
    state = signed()

    assert undo(state) == (state, Changed.NOTHING)


def test_another_result_of_the_series_stays_open_to_decisions() -> None:
    state, _ = add_result(signed(), result(LUNG.id, job="job2"), {})

    assert accept(state, "job2/1", LATER)[1] == Changed.DECISIONS


def test_a_signature_that_could_not_be_written_is_none() -> None:
    back, _ = take_signed(signed(), "job1", None)

    assert signature(back) is None
    assert reject(back, "job1/1", LATER)[1] == Changed.DECISIONS


def test_an_addendum_needs_a_signature_a_name_and_words() -> None:
    made = addendum(signed(), " Prior seen. ", LATER)

    assert made is not None
    assert (made.text, made.by, made.role, made.at) == ("Prior seen.", "Li", "radiologist", LATER)
    assert addendum(signed(), "  ", LATER) is None
    with pytest.raises(WorkstationError) as refused:
        addendum(reading(), "Prior seen.", LATER)
    assert refused.value.code is ErrorCode.NOT_SIGNED
