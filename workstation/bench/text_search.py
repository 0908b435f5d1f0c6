"""How much of burnt-in text is found and covered on frames of a folder, and how many clean frames are taken for
lettered."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from workstation.bench.timing import Figures
from workstation.cli.program import Program
from workstation.domain.error import ErrorCode, WorkstationError

if TYPE_CHECKING:
    from workstation.imaging.text_search.trial import Trial

FRAMES: Final = 200
CLEAN: Final = 120


def text_search(program: Program, data: Path) -> dict[str, Figures]:
    """200 frames with names, numbers and dates burnt in as devices do, and 200 in other manners; clean ones beside.

    Seconds are of a group's whole run.
    """
    from workstation.imaging.phantom.lettering import as_devices_do, otherwise
    from workstation.imaging.series.scan import scan
    from workstation.imaging.text_search.trial import try_search
    from workstation.imaging.text_search.trial_frames import grounds_of

    def unread(error: WorkstationError) -> None:
        program.output.write(f"a series is left out: {error.code.value}")

    stacks = scan([data]).stacks
    figures = {}
    for seed, (name, manner) in enumerate((("as-devices-do", as_devices_do()), ("otherwise", otherwise())), start=1):
        grounds = grounds_of(stacks, FRAMES, seed, unread)
        if not grounds:
            raise WorkstationError(ErrorCode.NOTHING_FOUND)

        def told(trial: Trial, name: str = name) -> None:
            hidden, flagged = trial.hidden, trial.flagged
            program.output.write(
                f"{name}: {hidden.hit} of {hidden.all} hidden, {flagged.hit} of {flagged.all} clean ones flagged"
            )

        started = time.perf_counter()
        trial = try_search(grounds, FRAMES, CLEAN, manner, seed, told)
        figures[name] = Figures(
            seconds=(time.perf_counter() - started,), items=FRAMES + CLEAN, detail={"detail": detail_of(trial)}
        )
    return figures


def detail_of(trial: Trial) -> dict[str, object]:
    return {
        "hidden_percent": trial.hidden.percent,
        "exact_percent": trial.exact.percent,
        "clean": trial.flagged.all,
        "flagged_percent": trial.flagged.percent,
        "lines": {name: [share.hit, share.all] for name, share in sorted(trial.lines.items())},
        "missed": [f"{kind} {size} px {text}" for kind, size, text in trial.missed],
    }
