"""Run the local cloud until it is stopped: what `yingtai localcloud` does."""

from __future__ import annotations

import logging
import signal
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import Final

from workstation.localcloud import faults, note, state
from workstation.localcloud.engine_pool import Engine, built_in_engine
from workstation.localcloud.server import CloudOptions, LocalCloud

log = logging.getLogger(__name__)
_OTHER_STARTS_S: Final = 20.0
DONE, FAILED, USAGE, BAD_INPUT = 0, 1, 2, 4


def serve(
    options: CloudOptions,
    *,
    faults_file: Path | None = None,
    engine: Engine = built_in_engine,
    executor: Executor | None = None,
    say_line: Callable[[str], None] | None = None,
) -> int:
    """Serve, after one line of JSON on standard output that says where; the answer is the exit code.

    A state that is being served already answers with that service's line and 0, at once.
    """
    say_line = say_line or _print_line
    options.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = state.lock(options.state)
    if held is None:
        return _point_to_running(options, say_line)
    with held:
        try:
            plan = faults.read_plan(faults_file) if faults_file is not None else None
        except (OSError, ValueError) as error:
            log.error("the fault plan cannot be used: %s", type(error).__name__)
            return BAD_INPUT
        for number in (signal.SIGINT, signal.SIGTERM):
            # The server takes the signals while it runs and raises them again at its end; by then all is done.
            signal.signal(number, lambda *_: None)
        try:
            cloud = LocalCloud(options, faults=plan, engine=engine, executor=executor)
            cloud.run(lambda running: say_line(running.line()))
        except (OSError, sqlite3.Error) as error:
            log.error("the local cloud cannot run: %s", error.strerror if isinstance(error, OSError) else error)
            return FAILED
    return DONE


def _print_line(line: str) -> None:
    print(line, flush=True)


def _point_to_running(options: CloudOptions, say_line: Callable[[str], None]) -> int:
    deadline = time.monotonic() + _OTHER_STARTS_S
    while time.monotonic() < deadline:
        running = note.find_running(options.state)
        if running is not None and note.add_owner(running, options.owner):
            say_line(running.line())
            return DONE
        time.sleep(0.1)
    log.error("another local cloud holds this state and does not answer")
    return FAILED
