"""The worker itself: reads requests from a channel, one after the other, until the channel or the parent is gone."""

from __future__ import annotations

import math
import mmap
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.imaging.worker import limits
from workstation.imaging.worker.block import SharedArray, as_array, make_pages, map_block
from workstation.imaging.worker.messages import Drop, Give, Kind, Request, packed, unpack_request
from workstation.imaging.worker.quarantine import Barred, reason

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_LOOK_S: Final = 1.0  # between two looks whether the parent lives


@dataclass(slots=True, eq=False)
class _Here:
    """What this process knows while it works on a request."""

    channel: Connection | None = None
    barred: Mapping[bytes, Barred] = field(default_factory=dict)
    blocks: dict[int, mmap.mmap] = field(default_factory=dict)
    made: dict[SharedArray, Callable[[], None]] = field(default_factory=dict)  # whose pages this process has


_here: Final = _Here()


def starting(path: str) -> None:
    """Tell which member of an archive is read next: it takes the blame if this process ends there.

    raises  the error that the member earned before; then it is left out, and the others are read
    """
    if (code := reason(_here.barred, path)) is not None:
        raise WorkstationError(code)
    if _here.channel is not None:
        _here.channel.send_bytes(packed((Kind.STARTING, path)))


def more_time(seconds: float) -> None:
    """Tell that the work in hand takes so long from now on, because of what the file was found to be."""
    if _here.channel is not None:
        _here.channel.send_bytes(packed((Kind.MORE_TIME, seconds)))


def inside() -> bool:
    """Whether this process is a worker."""
    return _here.channel is not None


def open_array(shared: SharedArray, whole: bool = False) -> npt.NDArray[Any]:
    """The array in this process. Don't keep it beyond the request. whole: it will be written from end to end"""
    array = as_array(_here.blocks[shared.block], shared)
    if whole and shared not in _here.made:
        _here.made[shared] = make_pages(array)
    return array


def open_before(shared: SharedArray) -> npt.NDArray[np.uint8]:
    """The bytes of the array's block up to the array's end: what lies before it, and its own."""
    end = shared.offset + math.prod(shared.shape) * np.dtype(shared.dtype).itemsize
    return as_array(_here.blocks[shared.block], SharedArray(shared.block, "|u1", (end,)))


def main(handle: int, parent: int) -> None:
    _close_the_usual_channels()
    sys.modules["requests"] = None  # type: ignore[assignment]  # pydicom takes 0.1 s to import what only downloads tests
    limits.leave_no_core()
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection

        channel: Any = PipeConnection(handle)
    else:
        from multiprocessing.connection import Connection

        channel = Connection(handle)
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    _here.channel = channel
    _preload()
    channel.send_bytes(packed((Kind.READY, None)))
    first = limits.held_bytes()
    while True:
        try:
            message = unpack_request(channel.recv_bytes())
        except (EOFError, OSError):
            os._exit(0)
        if isinstance(message, Give):
            _take(channel, message)
        elif isinstance(message, Drop):
            _drop(message)
        else:
            held = limits.held_bytes()
            kept = held - first - sum(map(len, _here.blocks.values()))
            limits.allow(message.room - max(0, kept - limits.MOST_KEPT), held)
            _here.barred = message.barred
            _answer(channel, message)
            if hasattr(os, "sched_yield"):
                os.sched_yield()  # to the one who waits for it: where all processors are busy, he would wait for 3 ms


def _preload() -> None:
    """Import what most requests need while nobody's patience is measured: no file pays for a starved machine."""
    import pydicom.filereader  # noqa: F401

    import workstation.imaging.series.learn  # noqa: F401


def _take(channel: Any, block: Give) -> None:
    descriptor = -1
    if sys.platform != "win32":
        from multiprocessing.reduction import recv_handle

        descriptor = recv_handle(channel)
    limits.allow(block.size + limits.ROOM, limits.held_bytes())
    _here.blocks[block.number] = map_block(block.size, block.name, descriptor)


def _drop(block: Drop) -> None:
    """Its memory is gone at once: it would count as kept, and leave the next request no room for a thread's start."""
    for shared in [array for array in _here.made if array.block == block.number]:
        _here.made.pop(shared)()
    _here.blocks.pop(block.number, None)


def _answer(channel: Any, request: Request) -> None:
    try:
        value = request.function(*request.arguments)
        if request.many:
            for item in value:
                channel.send_bytes(packed((Kind.ITEM, item)))
            answer = packed((Kind.END, None))
        else:
            answer = packed((Kind.RESULT, value))
    except MemoryError:
        answer = packed((Kind.ERROR, WorkstationError(ErrorCode.READING_MEMORY)))
    except RecursionError:
        answer = packed((Kind.ERROR, WorkstationError(ErrorCode.UNREADABLE)))
    except Exception as error:  # noqa: BLE001  the worker's runner: a defect here is told where it can be logged
        if type(error).__module__.startswith("workstation."):
            answer = packed((Kind.ERROR, error))
        else:
            import traceback

            frames = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
            answer = packed((Kind.DEFECT, (type(error).__name__, " < ".join(reversed(frames[-8:])))))
    channel.send_bytes(answer)


def _close_the_usual_channels() -> None:
    """Whatever a library prints may quote the file: nothing of it goes to our terminal or log."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for usual in (0, 1, 2):
        os.dup2(nothing, usual)
    os.close(nothing)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_S)
    os._exit(0)
