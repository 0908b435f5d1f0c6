"""Run the local cloud until it is stopped: what `yingtai localcloud` does."""

from __future__ import annotations

import logging
import os
import signal
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import IO, Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.localcloud import faults, note, state
from workstation.localcloud.engine_pool import Engine, built_in_engine
from workstation.localcloud.server import CloudOptions, LocalCloud

log = logging.getLogger(__name__)
_OTHER_STARTS_S: Final = 50.0
DONE, FAILED = 0, 1


def serve(
    options: CloudOptions,
    *,
    faults_file: Path | None = None,
    engine: Engine = built_in_engine,
    executor: Executor | None = None,
    say_line: Callable[[str], None] | None = None,
) -> int:
    """Serve, after one line of JSON on standard output that says where; the answer is the exit code.

    A state that is being served already answers with that service's line and 0, at once. In the main thread only.
    raises WorkstationError for a fault plan that cannot be used
    """
    say_line = say_line or _print_line
    plan = _read_plan(faults_file) if faults_file is not None else None
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs whole addresses, signatures included
    os.umask(0o077)  # what callers store is for the owner of the state only
    try:
        options.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise WorkstationError(ErrorCode.CANNOT_WRITE) from None
    held = _lock_or_find(options, say_line)
    if not isinstance(held, int):
        with held:
            return _run(options, plan, engine, executor, say_line)
    return held


def _read_plan(file: Path) -> faults.FaultPlan:
    try:
        return faults.read_plan(file)
    except OSError as error:
        raise WorkstationError(ErrorCode.UNREADABLE) from error
    except ValueError as error:
        allowed = ", ".join(faults.FaultKind)
        raise WorkstationError(ErrorCode.BAD_PARAMETER, value=file.name, name="--faults", allowed=allowed) from error


def _lock_or_find(options: CloudOptions, say_line: Callable[[str], None]) -> IO[bytes] | int:
    """The lock, to serve; or the exit code, when another service has it. One that is just ending is waited for."""
    deadline = time.monotonic() + _OTHER_STARTS_S
    while time.monotonic() < deadline:
        held = state.lock(options.state)
        if held is not None:
            return held
        running = note.find_running(options.state)
        if running is not None and note.add_owner(running, options.owner):
            say_line(running.line())
            return DONE
        time.sleep(0.1)
    log.error("another local cloud holds this state and does not answer")
    return FAILED


def _run(
    options: CloudOptions,
    plan: faults.FaultPlan | None,
    engine: Engine,
    executor: Executor | None,
    say_line: Callable[[str], None],
) -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        # The server takes the signals while it runs and raises them again at its end; by then all is done.
        signal.signal(number, lambda *_: None)
    try:
        cloud = LocalCloud(options, faults=plan, engine=engine, executor=executor)
        cloud.run(lambda running: say_line(running.line()))
    except (OSError, sqlite3.Error) as error:
        log.error("the local cloud cannot run: %s", error.strerror if isinstance(error, OSError) else error)
        return FAILED
    except state.Damaged as error:
        log.error("the local cloud cannot run: %s of its state is damaged; move it away to start with new keys", error)
        return FAILED
    return DONE


def _print_line(line: str) -> None:
    print(line, flush=True)
