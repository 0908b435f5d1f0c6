"""What the records keep of a series takes the place of what a window shows of it, and of nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.drawn import disc, mask, picture
from tests.measures import drawn
from tests.workspace.sitting import NOON, result, scan, stack
from workstation.domain.decision import Decision, DecisionState
from workstation.domain.measure import Measure, MeasureKind
from workstation.domain.ruler import RulerCalibration
from workstation.domain.series import Stack
from workstation.domain.shapes import Point
from workstation.domain.signature import Signed
from workstation.workspace.decisions import accept, set_reader
from workstation.workspace.drawn_masks import take_drawn
from workstation.workspace.elsewhere import KeptNow, seen, take_kept
from workstation.workspace.findings import add_result, select_finding
from workstation.workspace.history import undo
from workstation.workspace.intents import EarlierResult
from workstation.workspace.measures import put_measure, take_measures
from workstation.workspace.opening import add_scan, choose_stack
from workstation.workspace.own import add_own
from workstation.workspace.rulers import take_ruler
from workstation.workspace.state import Changed, Reader, Workspace

LUNG, SOFT, PHOTO = stack("1.2.3#0"), stack("1.2.4#0"), picture()
REJECTED = Decision(state=DecisionState.REJECTED, by="Wang", at=NOON + timedelta(seconds=9))


def length(on: Stack, name: str = "m1") -> Measure:
    assert on.geometry is not None
    return replace(drawn(MeasureKind.LENGTH, on.geometry, 3, (5, 5), (25, 5), stack_id=on.id), id=name, at=NOON)


def reading() -> Workspace:
    """A finding accepted on each of two series, one of them measured."""
    state, _ = add_scan(Workspace(), scan(LUNG, SOFT))
    state, _ = set_reader(state, Reader("Li"))
    state, _ = choose_stack(state, LUNG.id)
    state, _ = add_result(state, result(LUNG.id), {})
    state, _ = add_result(state, result(SOFT.id, job="job2"), {})
    for finding in ("job2/1", "job1/1"):
        state, _ = accept(state, finding, NOON)
    state, _ = take_measures(state, LUNG.id, ())
    return put_measure(state, length(LUNG))[0]


def test_decisions_and_signatures_of_the_records_hold_and_other_series_are_as_they_were() -> None:
    before = reading()
    signed = Signed(by="Wang", at=NOON)
    kept = KeptNow(
        results=(EarlierResult(result(LUNG.id), {"job1/1": REJECTED}, signed),), measures=(length(LUNG, "m2"),)
    )
    now, _ = take_kept(before, LUNG, kept)

    assert now.decision("job1/1") == REJECTED
    assert now.decision("job2/1") == before.decision("job2/1")
    assert now.signed == {"job1": signed}
    assert [one.id for one in now.measures[LUNG.id]] == ["m2"]
    back, _ = undo(now)  # of what was done last on another series
    assert back.decision("job2/1").state is DecisionState.OPEN
    assert (back.decision("job1/1"), back.measures) == (REJECTED, now.measures)


def test_a_draft_of_the_records_is_a_draft() -> None:
    before = replace(reading(), signed={"job1": Signed(by="Li", at=NOON), "job2": Signed(by="Li", at=NOON)})
    now, _ = take_kept(before, LUNG, KeptNow(results=(EarlierResult(result(LUNG.id), {}),)))

    assert list(now.signed) == ["job2"]
    assert now.decision("job1/1").state is DecisionState.OPEN


def test_own_findings_that_were_taken_away_are_gone_and_selected_no_more() -> None:
    before, _ = choose_stack(reading(), SOFT.id)
    before = replace(before, results={LUNG.id: before.results[LUNG.id]}, decisions={}, selected="")
    before, _ = add_own(before, SOFT.id, "nodule", "", (Point(at=(1.0, 2.0, 3.0)),), (), NOON, in_pixels=False)
    ((own,),) = [one.findings for one in before.results[SOFT.id]]
    before, _ = select_finding(before, own.id)
    now, _ = take_kept(before, SOFT, KeptNow())

    assert (before.selected, now.selected) == (own.id, "")
    assert now.results[SOFT.id] == ()
    assert now.results[LUNG.id] == before.results[LUNG.id]


def test_what_a_reader_saw_is_told_from_what_is_kept() -> None:
    state = reading()
    here = seen(state, LUNG)

    assert seen(state, SOFT) is None  # nobody asked yet what is kept of it
    assert here is not None
    assert here.is_all_of((length(LUNG),), (), None)
    assert not here.is_all_of((length(LUNG), length(LUNG, "m2")), (), None)
    assert not here.is_all_of((), (), None)
    assert not here.is_all_of((replace(length(LUNG), text="6 mm"),), (), None)


def test_a_ruler_and_masks_of_a_picture_are_seen_where_they_mean_something() -> None:
    """What is kept of a picture from a time when it was another one must not keep anybody from signing."""
    ruler = RulerCalibration(stack_id=PHOTO.id, mm_per_pixel=0.5, at=NOON)
    drawn_here = mask(disc(60, 80, (20, 20), 9), stack_id=PHOTO.id)
    of_another = mask(disc(20, 20, (9, 9), 5), stack_id=PHOTO.id)
    state, _ = add_scan(Workspace(), scan(PHOTO, LUNG))
    for stack_id in (PHOTO.id, LUNG.id):
        state, _ = take_measures(state, stack_id, ())
        state, _ = take_drawn(state, stack_id, ())
        state, _ = take_ruler(state, stack_id, None)
    photo, lung = seen(state, PHOTO), seen(state, LUNG)

    assert photo is not None
    assert lung is not None
    assert photo.is_all_of((), (of_another,), None)
    assert not photo.is_all_of((), (), ruler)
    assert not photo.is_all_of((), (drawn_here,), None)
    assert lung.is_all_of((), (drawn_here,), ruler)


def test_where_the_records_keep_what_is_shown_everything_can_still_be_taken_back() -> None:
    state = reading()
    held = state.results[LUNG.id][0]
    kept = KeptNow(results=(EarlierResult(held, state.decisions),), measures=state.measures[LUNG.id])
    other = KeptNow(results=(EarlierResult(held, {"job1/1": REJECTED}),), measures=state.measures[LUNG.id])

    assert take_kept(state, LUNG, kept) == (state, Changed.NOTHING)
    assert take_kept(state, LUNG, other)[0].history != state.history
