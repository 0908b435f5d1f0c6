"""Commands in processes of their own that have their libraries already: forked from one that imported them once.

A command is as the user's in all else: its own process, environment, arguments, pipes, signals, and the interpreter's
own end. `tests/cli/test_start.py` and every journey on Windows start it from nothing.
"""

from __future__ import annotations

import atexit
import json
import os
import runpy
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parents[2]
HAS_FORK = sys.platform == "linux"
LIBRARIES = (
    *("workstation.app", "oss2", "httpx", "pydantic", "rich.table", "PIL.Image"),
    *("uvicorn", "starlette.applications", "typst", "pydicom"),
)
_MOST = 1 << 18  # bytes of arguments and environment


class Warm(subprocess.Popen[str]):
    """`python -m workstation` with these arguments; what `Popen` is for a process started from nothing."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self._asked = json.dumps({"arguments": list(arguments), "environment": dict(environment)}).encode()
        super().__init__(
            [sys.executable], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, encoding="utf-8",
        )  # fmt: skip

    def _execute_child(self, *given: Any) -> None:
        pipes = given[10:16]
        p2cread, _, _, c2pwrite, _, errwrite = pipes
        self._told, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(_forker(), [self._asked], [theirs.fileno(), p2cread, c2pwrite, errwrite])
        self._child_created = True
        (self.pid,) = struct.unpack("q", self._told.recv(8))
        self._close_pipe_fds(*pipes)  # type: ignore[attr-defined]

    def _try_wait(self, flags: int) -> tuple[int, int]:
        """It is the child of another process, which tells how it ended."""
        self._told.setblocking(not flags & os.WNOHANG)
        try:
            (status,) = struct.unpack("q", self._told.recv(8))
        except BlockingIOError:
            return 0, 0
        self._told.close()
        return self.pid, status

    def _internal_poll(self, *_: object, **__: object) -> int | None:
        if self.returncode is None:
            pid, status = self._try_wait(os.WNOHANG)
            if pid:
                self._handle_exitstatus(status)  # type: ignore[attr-defined]
        return self.returncode


@cache
def _forker() -> socket.socket:
    """The line to the process that forks; it ends when this one does."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _MOST)
    with theirs:
        forker = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.warm", str(theirs.fileno())],
            cwd=ROOT, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()], env=os.environ | {"LC_ALL": "C.UTF-8"},
        )  # fmt: skip
    atexit.register(forker.wait, 30)
    atexit.register(ours.close)  # before that: the last registered is called first
    return ours


def _requests(line: socket.socket) -> list[str]:
    """Returns, in each new process, the arguments for it."""
    reports: dict[int, socket.socket] = {}

    def reap(*_: object) -> None:
        while reports:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            with reports.pop(pid) as report, suppress(BrokenPipeError):  # nobody waits for it
                report.send(struct.pack("q", status))

    signal.signal(signal.SIGCHLD, reap)
    while True:
        asked, files, _, _ = socket.recv_fds(line, _MOST, 4)
        if not asked:
            sys.exit()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        pid = os.fork()
        if not pid:
            break
        reports[pid] = socket.socket(fileno=files[0])
        for file in files[1:]:
            os.close(file)
        reports[pid].send(struct.pack("q", pid))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    for report in (*reports.values(), line):
        report.close()
    for number, file in enumerate(files[1:]):
        os.dup2(file, number)
    for file in files:
        os.close(file)
    read = json.loads(asked)
    os.environ.clear()
    os.environ.update(read["environment"])
    arguments: list[str] = read["arguments"]
    return arguments


def main() -> NoReturn:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for library in LIBRARIES:
        __import__(library)
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "a thread would be lost in the fork"
    sys.argv = ["workstation", *_requests(socket.socket(fileno=int(sys.argv[1])))]
    runpy.run_module("workstation", run_name="__main__", alter_sys=True)
    sys.exit()


if __name__ == "__main__":
    main()
