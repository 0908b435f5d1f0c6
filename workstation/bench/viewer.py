"""Figures of the reading room: the real window with four marks and a mask in it, moved as hands move it."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from workstation.bench.frames import marks_over, mask_over
from workstation.bench.timing import Figures
from workstation.cli.program import Latency, Program
from workstation.domain.answer import AnalysisResult, JobStamp, Placement, PlacementState
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis
from workstation.domain.series import Stack
from workstation.domain.words import say
from workstation.workspace.layouts import Layout

if TYPE_CHECKING:
    from workstation.ui.rehearsal import Frame, Rehearsal

FRAMES: Final = 200
SIDE: Final = 1024  # pixels of all views together
RATE: Final = 60.0  # slices a second
SCROLL_S: Final = 5.0
BUSY_S: Final = 3.0


def layout(program: Program, data: Path) -> dict[str, Figures]:
    """One notch of the wheel to all pictures painted: views that share 1024², and four of 1024² each."""
    with _rehearsal(program, data) as room:
        figures = {}
        for name, how, side in (
            ("1x1", Layout.ONE, SIDE),
            ("2x2", Layout.FOUR, SIDE),
            ("2x2, each 1024²", Layout.FOUR, 2 * SIDE + 2),
        ):
            room.lay_out(how, side)
            figures[name] = _of_frames(room.scroll(FRAMES))
        return figures


def window_drag(program: Program, data: Path) -> dict[str, Figures]:
    """Window and level dragged: one step of the hand to all pictures painted, in one view and in four."""
    with _rehearsal(program, data) as room:
        figures = {}
        for how in (Layout.ONE, Layout.FOUR):
            room.lay_out(how, SIDE)
            figures[how.value] = _of_frames(room.drag_window(FRAMES))
        return figures


def scroll60(program: Program, data: Path) -> dict[str, Figures]:
    """Sixty slices a second asked for: how many no paint showed."""
    with _rehearsal(program, data) as room:
        figures = {}
        for how in (Layout.ONE, Layout.FOUR):
            room.lay_out(how, SIDE)
            done = room.scroll_at(RATE, SCROLL_S)
            detail: dict[str, object] = {"asked": done.asked, "dropped": done.dropped}
            late = of_latency(done.latency)
            figures[how.value] = Figures(seconds=late.seconds, items=late.items, detail={**detail, **late.detail})
        return figures


def busy_heartbeats(program: Program, data: Path) -> dict[str, Figures]:
    """How late the window's thread is while hands are at work, and while a folder comes into four views."""
    with _rehearsal(program, data) as room:
        room.lay_out(Layout.FOUR, SIDE)
        scrolling = room.scroll_at(RATE, BUSY_S).latency
        room.lay_out(Layout.MPR, SIDE)
        turning = room.turn_plane(BUSY_S)
    with _rehearsal(program, data, marked=False, opened=False) as room:
        four = room.load_into(Layout.FOUR, [data])
    return {
        "scrolling": of_latency(scrolling),
        "turning a plane": of_latency(turning),
        "loading into 2x2": of_latency(four),
    }


def of_latency(latency: Latency) -> Figures:
    """Seconds of the latest beat."""
    detail: dict[str, object] = {
        "p99_ms": latency.p99_ms,
        "max_ms": latency.max_ms,
        "beat_median_ms": latency.median_ms,
    }
    return Figures(seconds=(latency.max_ms / 1000,), items=latency.beats, detail=detail)


def _of_frames(frames: Sequence[Frame]) -> Figures:
    working = sorted(frame.working * 1000 for frame in frames)
    detail: dict[str, object] = {
        "thread_median_ms": statistics.median(working),
        "thread_p95_ms": working[int(0.95 * len(working))],
    }
    return Figures(seconds=tuple(frame.seconds for frame in frames), detail=detail)


@contextmanager
def _rehearsal(program: Program, data: Path, *, marked: bool = True, opened: bool = True) -> Iterator[Rehearsal]:
    from workstation.ui.rehearsal import Rehearsal
    from workstation.ui.screen import QtScreen

    screen = program.screen()
    assert isinstance(screen, QtScreen)  # the only one there is
    room = Rehearsal(screen.window, [data] if opened else [])
    try:
        if marked:
            room.show_result(_result(room.stack))
        yield room
    finally:
        room.close()


def _result(stack: Stack) -> AnalysisResult:
    if stack.geometry is None:
        raise WorkstationError(ErrorCode.NO_GEOMETRY)
    now = datetime.now(UTC)
    return AnalysisResult(
        operation="lung-nodule",
        connection="local",
        basis=Basis.ALGORITHM,
        parameters={},
        stack_id=stack.id,
        study_uid=stack.study.uid,
        job=JobStamp(id="BENCH", request_id="", submitted=now, finished=now, cost_yuan=0.0),
        service_name="bench",
        service_version="1",
        placement=Placement(PlacementState.PROVEN, say("Known by construction.")),
        findings=marks_over(stack.geometry),
        masks=(mask_over(stack.geometry),),
    )
