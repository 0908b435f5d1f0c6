"""Have a local cloud: find the one of this state, or start it as a process of its own.

Light to import; the server's own code runs in the other process only.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.localcloud.note import Running, add_owner, find_running, read_line

_START_S: Final = 60.0
_LOG: Final = "server.log"
if sys.platform == "win32":
    _NO_WINDOW: Final = subprocess.CREATE_NO_WINDOW
else:
    _NO_WINDOW: Final = 0


def ensure_running(state: Path, command: Sequence[str], owner: int | None, patience_s: float = _START_S) -> Running:
    """The local cloud of a state folder, ready for requests.

    command     starts `yingtai localcloud` on this state with this owner, if none answers
    owner       process whose end also ends the service; None: it stays until it is stopped
    patience_s  how long a start may take
    raises      WorkstationError(LOCAL_CLOUD_FAILED)
    """
    running = find_running(state)
    if running is not None and add_owner(running, owner):
        return running
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(state / _LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as log:
            process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                # Ctrl-C in a terminal is for the program, not for the service that may be in the middle of a job.
                start_new_session=True,
                creationflags=_NO_WINDOW,
            )
    except OSError as error:
        raise WorkstationError(ErrorCode.LOCAL_CLOUD_FAILED) from error
    assert process.stdout is not None
    line = _first_line(process.stdout, patience_s)
    if not line:
        process.kill()
        process.wait()
        raise WorkstationError(ErrorCode.LOCAL_CLOUD_FAILED)
    # The process goes on without us; this only reaps it when it ends while we still run.
    threading.Thread(target=process.wait, daemon=True, name="local-cloud").start()
    return read_line(line)


def _first_line(output: IO[bytes], patience_s: float) -> str:
    """One line, or an empty text when the process ended or took too long."""
    lines: queue.Queue[bytes] = queue.Queue()

    def read() -> None:
        with output:
            lines.put(output.readline(65536))

    threading.Thread(target=read, daemon=True, name="local-cloud-line").start()
    try:
        return lines.get(timeout=patience_s).decode("utf-8", "replace").strip()
    except queue.Empty:
        return ""
