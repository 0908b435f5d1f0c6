"""What the reader finds and reshapes: undone and redone, refused once signed, never in the service's place."""

from __future__ import annotations

import pytest

from tests.workspace.sitting import LATER, NOON, result, scan, stack
from workstation.domain.answer import PlacementState
from workstation.domain.decision import OPEN, Decision, DecisionState
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis
from workstation.domain.own_finding import OWN_READING, own_job
from workstation.domain.shapes import Line, Mask, Point, Sphere
from workstation.workspace.decisions import changed_decisions, reject, reopen, set_reader
from workstation.workspace.finding_list import entries
from workstation.workspace.findings import add_result, select_finding
from workstation.workspace.history import redo, undo
from workstation.workspace.opening import add_scan, choose_stack
from workstation.workspace.own import add_own, changed_own, reshape, shapes_as_answered, take_away, take_back_own
from workstation.workspace.signing import sign
from workstation.workspace.state import Changed, Reader, Workspace

LUNG, SOFT = stack("1.2.3#0"), stack("1.2.4#0")
LINE = (Line(start=(1.0, 2.0, 10.0), end=(9.0, 2.0, 10.0)),)
BALL = (Sphere(center=(9.0, 8.0, 10.0), radius=5.0),)


def opened() -> Workspace:
    state, _ = add_scan(Workspace(reader=Reader("Li", "radiologist")), scan(LUNG, SOFT))
    return choose_stack(state, LUNG.id)[0]


def reading() -> Workspace:
    return add_result(opened(), result(LUNG.id), {})[0]


def with_own(state: Workspace) -> tuple[Workspace, str]:
    found, _ = add_own(state, LUNG.id, "nodule", "", LINE, (), NOON)
    return found, found.selected


def test_it_joins_the_reading_that_is_shown_with_the_next_number_accepted_by_its_reader() -> None:
    state, own = with_own(reading())
    finding = state.finding(own)

    assert own.startswith("job1/4.")
    assert finding is not None
    assert (finding.number, finding.basis, finding.shapes) == (4, Basis.READER, LINE)
    assert state.decision(own) == Decision(state=DecisionState.ACCEPTED, by="Li", role="radiologist", at=NOON)
    assert [one.number for one in entries(state)] == [1, 2, 3, 4]


def test_without_an_analysis_it_makes_a_reading_of_its_own() -> None:
    state, own = with_own(opened())
    made = state.shown_result

    assert made is not None
    assert (made.operation, made.job.id, made.basis) == (OWN_READING, own_job(LUNG.id), Basis.READER)
    assert [f.id for f in made.findings] == [own]
    assert undo(state)[0].shown_result is None


@pytest.mark.parametrize("placement", [PlacementState.CONTRADICTED])
def test_it_does_not_join_a_result_that_is_not_painted(placement: PlacementState) -> None:
    state, _ = add_result(opened(), result(LUNG.id, placement=placement), {})
    state, own = with_own(state)

    assert own.startswith(own_job(LUNG.id))


def test_it_stays_painted_when_another_result_of_the_series_is_shown() -> None:
    state, own = with_own(reading())
    state, _ = select_finding(state, "")
    state, _ = add_result(state, result(LUNG.id, job="job2", confidences=(0.9,)), {})
    shown = state.shown_result
    assert shown is not None
    selected, _ = select_finding(state, own)

    assert [f.id for f in state.painted_with(shown)] == ["job2/1", own]
    assert selected.shown_result is shown


def test_it_is_undone_and_redone_with_its_decision() -> None:
    start = reading()
    state, own = with_own(start)
    back, _ = undo(choose_stack(state, SOFT.id)[0])
    again, _ = redo(back)

    assert (back.finding(own), back.decision(own), back.chosen) == (None, OPEN, LUNG.id)
    assert (again.finding(own), again.decision(own)) == (state.finding(own), state.decision(own))
    assert {id_: finding for id_, (_, finding) in changed_own(state, back).items()} == {own: None}
    assert [finding for _, finding in changed_own(back, again).values()] == [state.finding(own)]
    assert changed_own(start, start) == {}


def test_rejecting_it_takes_it_away_and_reopening_leaves_it() -> None:
    state, own = with_own(reading())
    gone, _ = reject(state, own, LATER)

    assert gone.finding(own) is None
    assert undo(gone)[0].finding(own) == state.finding(own)
    assert reopen(state, own, LATER) == (state, Changed.NOTHING)


def test_a_changed_shape_stands_beside_the_services_and_goes_back() -> None:
    state, changed = reshape(reading(), "job1/1", BALL, LATER)
    answered, _ = shapes_as_answered(state, "job1/1", LATER)
    before = reading().finding("job1/1")

    assert changed == Changed.DECISIONS
    assert state.finding("job1/1") == before
    assert state.visible_findings[0].shapes == BALL
    assert state.visible_findings[0].measurements[0].value == 10.0
    assert changed_decisions(reading(), state)["job1/1"].shapes == BALL
    assert state.decision("job1/1").state is DecisionState.OPEN
    assert undo(state)[0].visible_findings[0] == before
    assert answered.decision("job1/1").shapes is None


def test_a_shape_of_the_readers_own_is_its_own_from_then_on() -> None:
    state, own = with_own(reading())
    longer = (Line(start=(1.0, 2.0, 10.0), end=(20.0, 2.0, 10.0)),)
    after, _ = reshape(state, own, longer, LATER)
    finding = after.finding(own)

    assert finding is not None
    assert finding.shapes == longer
    assert after.decision(own).shapes is None
    assert undo(after)[0].finding(own) == state.finding(own)


def test_a_mask_is_not_reshaped() -> None:
    state, own = add_own(opened(), LUNG.id, "nodule", "", (Mask(volume="m", label=1),), (), NOON)[0], ""
    own = state.selected

    assert reshape(state, own, (Point(at=(0, 0, 0)),), LATER) == (state, Changed.NOTHING)


def test_a_signed_reading_refuses_all_of_it_and_nothing_of_it_is_undone() -> None:
    state, own = with_own(reading())
    state, _ = reshape(state, "job1/1", BALL, NOON)
    signed, _ = sign(state, LATER)
    refused = (
        lambda: with_own(signed),
        lambda: take_away(signed, own),
        lambda: reject(signed, own, LATER),
        lambda: reshape(signed, own, BALL, LATER),
        lambda: reshape(signed, "job1/2", BALL, LATER),
        lambda: shapes_as_answered(signed, "job1/1", LATER),
    )
    for attempt in refused:
        with pytest.raises(WorkstationError) as error:
            attempt()
        assert error.value.code is ErrorCode.READING_SIGNED

    assert undo(signed) == (signed, Changed.NOTHING)


def test_what_could_not_be_written_is_not_shown_as_found() -> None:
    start = reading()
    state, own = with_own(start)
    back, _ = take_back_own(state, own, state.finding(own), start)
    gone, _ = take_away(state, own)

    assert (back.finding(own), back.history.past, back.selected) == (None, (), "")
    assert take_back_own(gone, own, state.finding(own), start) == (gone, Changed.NOTHING)


def test_a_name_given_later_stands_beside_what_was_found() -> None:
    state, own = with_own(set_reader(reading(), Reader())[0])
    named, _ = set_reader(state, Reader("Wang"))

    assert named.decision(own).by == "Wang"


def test_a_result_that_is_fetched_again_keeps_what_was_found_in_it_meanwhile() -> None:
    state, own = with_own(reading())
    again, _ = add_result(state, result(LUNG.id), {})

    assert again.finding(own) == state.finding(own)
