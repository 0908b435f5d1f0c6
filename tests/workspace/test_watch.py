"""What arrives in a watched folder is added once it has settled, and nothing moves under the reader's eyes."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.jobs.fakes import TestClock
from tests.workspace.sitting import result, scan, stack
from workstation.domain.error import Cancelled, ErrorCode
from workstation.domain.series import LeftOut, ScanResult, Stack
from workstation.domain.words import say
from workstation.domain.work import CancelToken
from workstation.workspace.findings import add_result
from workstation.workspace.opening import add_arrived, add_scan, begin_scan, choose_stack, take_grown
from workstation.workspace.state import Changed, Workspace
from workstation.workspace.watch import LEAST_S, RESTS, Arrived, FileState, watch

LUNG = stack("1.2.3#0", number=2)
MORE = stack("1.2.3#0", number=2, slices=33)
SOFT = stack("1.2.4#0", number=3)


@dataclass
class Drive:
    """A drive that shows one listing after the other, then cancels. Every file is a slice of LUNG."""

    listings: list[dict[str, FileState]]
    clock: TestClock
    takes_s: float = 0.0
    left: list[set[str]] = field(default_factory=list)

    def files(self, paths: Sequence[Path], cancel: CancelToken) -> Mapping[str, FileState]:
        self.clock.seconds += self.takes_s
        if not self.listings:
            cancel.cancel()
            cancel.check()
        self.now = self.listings.pop(0)
        return self.now

    def scan(self, paths: Sequence[Path], later: Container[str], cancel: CancelToken) -> ScanResult:
        self.left.append({path for path in self.now if path in later})
        there = [path for path in self.now if path not in later]
        whole = stack("1.2.3#0", slices=len(there))
        named = [replace(instance, path=path) for instance, path in zip(whole.instances, there, strict=True)]
        return scan(replace(whole, instances=tuple(named)))


def watched(
    *listings: dict[str, FileState], takes_s: float = 0.0, open_now: tuple[Stack, ...] = ()
) -> tuple[list[Arrived], Drive]:
    drive, told = Drive(list(listings), TestClock(), takes_s), list[Arrived]()
    with pytest.raises(Cancelled):
        watch([Path("d")], open_now, drive, told.append, drive.clock, CancelToken())
    return told, drive


def test_a_file_is_read_when_it_was_the_same_at_two_looks() -> None:
    told, drive = watched(
        {"a": (1, 1, 1)},
        {"a": (1, 1, 1), "b": (5, 1, 1)},
        {"a": (1, 1, 1), "b": (9, 2, 2)},
        {"a": (1, 1, 1), "b": (9, 2, 2)},
    )

    assert [[stack.slices for stack in one.stacks] for one in told] == [[1], [2]]
    assert drive.left == [{"b"}, set()]


def test_what_is_open_already_is_not_told_again() -> None:
    there = {"a": (1, 1, 1)}
    (first,), _ = watched(there, there)
    told, _ = watched(there, there, open_now=first.stacks)

    assert [one.stacks for one in told] == [()]


def test_a_folder_where_nothing_happens_is_not_scanned_again() -> None:
    told, _ = watched(*[{"a": (1, 1, 1)}] * 6)

    assert len(told) == 1


def test_a_drive_that_is_away_for_a_while_changes_nothing() -> None:
    there = {"a": (1, 1, 1)}
    told, _ = watched(there, there, {}, {}, there, there)

    assert len(told) == 1


def test_a_slow_drive_is_left_in_peace() -> None:
    _, quick = watched({}, {}, {})
    _, slow = watched({}, {}, {}, takes_s=3.0)

    assert quick.clock.slept == [LEAST_S] * 3
    assert slow.clock.slept == [3.0 * RESTS] * 3


def opened(*stacks: Stack) -> Workspace:
    return add_scan(begin_scan(Workspace())[0], scan(*stacks))[0]


def test_a_new_series_is_added_and_the_one_looked_at_stays() -> None:
    state = add_result(opened(LUNG), result(LUNG.id), {})[0]
    after, changed = add_arrived(state, Arrived((SOFT,), scan(LUNG, SOFT)))

    assert [one.id for one in after.stacks] == [LUNG.id, SOFT.id]
    assert (after.chosen, after.results, after.grown) == (state.chosen, state.results, None)
    assert after.stacks[0] is state.stacks[0]
    assert changed == Changed.STACKS


def test_slices_that_come_to_the_series_looked_at_wait_until_they_are_asked_for() -> None:
    waiting, _ = add_arrived(opened(LUNG, SOFT), Arrived((MORE,), scan(MORE, SOFT)))
    taken, changed = take_grown(waiting)

    assert (waiting.chosen_stack, waiting.grown) == (LUNG, MORE)
    assert (taken.chosen_stack, taken.grown, changed) == (MORE, None, Changed.STACKS)


def test_slices_that_waited_are_there_when_the_reader_comes_back() -> None:
    waiting, _ = add_arrived(opened(LUNG, SOFT), Arrived((MORE,), scan(MORE, SOFT)))
    left, changed = choose_stack(waiting, SOFT.id)

    assert (left.stack(LUNG.id), left.grown) == (MORE, None)
    assert Changed.STACKS in changed


def test_a_series_that_nobody_looks_at_grows_at_once() -> None:
    grown = stack(SOFT.id, number=3, slices=40)
    after, _ = add_arrived(opened(LUNG, SOFT), Arrived((grown,), scan(LUNG, grown)))

    assert after.stack(SOFT.id) == grown


def test_what_is_gone_from_the_folder_stays_open() -> None:
    after, _ = add_arrived(opened(LUNG, SOFT), Arrived((), scan(LUNG)))

    assert [one.id for one in after.stacks] == [LUNG.id, SOFT.id]


def test_a_file_that_was_cut_short_while_it_came_is_no_longer_left_out() -> None:
    cut = LeftOut(MORE.instances[32].path, ErrorCode.TRUNCATED, say("cut"))
    state = replace(opened(LUNG), left_out=(cut,))
    after, _ = add_arrived(state, Arrived((MORE,), scan(MORE)))

    assert after.left_out == ()


def test_the_first_series_that_arrives_in_an_empty_window_is_shown() -> None:
    after, changed = add_arrived(Workspace(), Arrived((LUNG,), scan(LUNG)))

    assert after.chosen == LUNG.id
    assert Changed.CHOSEN in changed
