"""How much of burnt-in text is found on frames of a folder, and how many of its clean frames are taken for lettered."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from workstation.bench.timing import Figures
from workstation.cli.program import Program
from workstation.domain.error import ErrorCode, WorkstationError

FRAMES: Final = 200
_LEAST_SIDE: Final = 200  # pixels: letters of 28 need some room


def text_search(program: Program, data: Path) -> Figures:
    """200 frames with names, numbers and dates burnt in, and up to as many as they are. Seconds are of all of it."""
    from workstation.imaging.series.scan import scan
    from workstation.imaging.text_search.trial import grounds_of, try_search

    stacks = [one for one in scan([data]).stacks if min(one.rows, one.columns) >= _LEAST_SIDE]
    if not stacks:
        raise WorkstationError(ErrorCode.NOTHING_FOUND)
    grounds = grounds_of(stacks, FRAMES)
    started = time.perf_counter()
    trial = try_search(grounds, FRAMES)
    detail: dict[str, object] = {
        "lettered": trial.lettered,
        "hidden_percent": round(100 * trial.hidden / trial.lettered, 1),
        "clean": trial.clean,
        "flagged_percent": round(100 * trial.flagged / trial.clean, 1),
    }
    return Figures(seconds=(time.perf_counter() - started,), items=trial.lettered + trial.clean, detail=detail)
