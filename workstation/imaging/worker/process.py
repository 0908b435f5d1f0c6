"""One worker as the program sees it: started, spoken to, ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Pipe
from pickle import UnpicklingError
from typing import Any, Final

from workstation.imaging.worker import limits
from workstation.imaging.worker.block import Block
from workstation.imaging.worker.messages import Drop, Give, Kind, packed, unpack_answer

SWITCH: Final = "--reading-worker"  # the bundle is started again with this
_START: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from workstation.imaging.worker.child import main; main(int(sys.argv[2]), int(sys.argv[3]))"
)
_QUIET: Final = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONFAULTHANDLER": "", "PYTHONINSPECT": ""}


_ASKED_TO_END: Final = frozenset({signal.SIGTERM, signal.SIGINT, *([signal.SIGHUP] if os.name != "nt" else [])})


class Gone(Exception):
    """The worker has ended, or says what no worker of ours says."""


@dataclass(slots=True, eq=False)
class Worker:
    """A process and our end of its channel. `queued`: what it was asked and has not answered yet, oldest first."""

    process: subprocess.Popen[bytes]
    channel: Any  # Connection, or PipeConnection on Windows
    confined: object
    queued: deque[Any] = field(default_factory=deque)
    blocks: dict[int, Block] = field(default_factory=dict)
    ready: bool = False
    since: float = 0.0  # when it last answered, or began on the first in the queue

    def ask(self, request: bytes, what: object) -> None:
        """raises Gone"""
        if not self.queued:
            self.since = time.monotonic()
        self.queued.append(what)
        self._send(request)

    def receive(self) -> tuple[Kind, Any]:
        """The next answer; waits for it. raises Gone"""
        try:
            answer = unpack_answer(self.channel.recv_bytes())
        except (EOFError, OSError, UnpicklingError, ValueError, TypeError, AttributeError, ImportError, LookupError):
            raise Gone from None
        self.since = time.monotonic()
        self.ready = True
        return answer

    def give(self, block: Block) -> None:
        """raises Gone"""
        if block.number in self.blocks:
            return
        self.blocks[block.number] = block
        self._send(packed(Give(block.number, block.size, block.name)))
        if sys.platform != "win32":
            from multiprocessing.reduction import send_handle

            try:
                send_handle(self.channel, block.descriptor, self.process.pid)
            except OSError:
                raise Gone from None

    def drop_blocks(self) -> None:
        """Those that nobody will ask about again. raises Gone"""
        self._drop([number for number, block in self.blocks.items() if not block.lent or block.closed])

    def drop_other_blocks(self, blocks: Sequence[Block]) -> None:
        """What a load before this one used is out of a worker's reach. raises Gone"""
        kept = {block.number for block in blocks}
        self._drop([number for number in self.blocks if number not in kept])

    def _drop(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self._send(packed(Drop(number)))
            del self.blocks[number]

    def settle(self, seconds: float) -> bool:
        """Wait for the answers that nobody wants any more; False where they don't come."""
        end = time.monotonic() + seconds
        try:
            while self.queued:
                if not self.channel.poll(max(0.0, end - time.monotonic())):
                    return False
                kind, _ = self.receive()
                if kind not in (Kind.READY, Kind.ITEM, Kind.STARTING, Kind.MORE_TIME):
                    self.queued.popleft()
        except (Gone, OSError):
            return False
        return True

    def ended_from_outside(self) -> bool:
        """Whether a person or the system told it to end, as at the end of a session: no file is to blame for that."""
        try:
            return -self.process.wait(1.0) in _ASKED_TO_END
        except subprocess.TimeoutExpired:
            return False

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.channel.close()
        limits.release(self.confined)

    def _send(self, message: bytes) -> None:
        try:
            self.channel.send_bytes(message)
        except OSError:
            raise Gone from None


def start() -> Worker:
    """A new process. It imports what it needs when it is first asked for something."""
    ours, theirs = Pipe()
    try:
        handle = theirs.fileno()
        options: dict[str, Any] = {}
        if sys.platform == "win32":
            os.set_handle_inheritable(handle, True)
            options["startupinfo"] = subprocess.STARTUPINFO(lpAttributeList={"handle_list": [handle]})
            options["creationflags"] = subprocess.CREATE_NO_WINDOW
        else:
            options["pass_fds"] = (handle,)
            options["process_group"] = 0  # what the terminal interrupts is the program; its workers end with it
        command, environment = _command(handle)
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=environment, **options,
        )  # fmt: skip
    finally:
        theirs.close()
    return Worker(process, ours, limits.confine(process))


def _command(handle: int) -> tuple[list[str], dict[str, str]]:
    environment = os.environ | _QUIET
    numbers = [str(handle), str(os.getpid())]
    if getattr(sys, "frozen", False):
        return [sys.executable, SWITCH, *numbers], environment
    executable = sys.executable
    own = getattr(sys, "_base_executable", executable)
    if sys.platform == "win32" and own != executable:
        # A virtual environment's python.exe starts the real one and keeps our handle for itself.
        environment["__PYVENV_LAUNCHER__"] = executable
        executable = own
    mode = ["-X", "utf8"] if sys.flags.utf8_mode else []
    return [executable, *mode, "-P", "-c", _START, json.dumps(sys.path), *numbers], environment
