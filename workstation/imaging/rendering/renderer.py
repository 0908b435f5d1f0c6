"""The process that draws, as the program sees it. What happens to it costs a picture, and never the program."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.imaging.rendering import drawing
from workstation.imaging.rendering.lessened import Lessened, Solid
from workstation.imaging.rendering.scene import Shot
from workstation.imaging.worker.block import Block
from workstation.imaging.worker.messages import Kind, Request, packed
from workstation.imaging.worker.process import Gone, Worker, start

log = logging.getLogger(__name__)

MOST_PIXELS: Final = 1536 * 1536  # of one picture
_ROOM: Final = 8 * 2**30  # address space: graphics drivers reserve far more than they use; what is sent is small
_STARTING_S: Final = 60.0
_PATIENCE_S: Final = 60.0

R = TypeVar("R")
Picture = npt.NDArray[np.uint8]  # [row, column, 3]


class Renderer:
    """One process for one view, started when it is first needed. All but `close` may take long: call them in a pool.

    They come one after the other. Once something went wrong, or it was closed, it stays ended: make another one.
    raises (all but `close`) NO_RENDERER; Cancelled once it was closed
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._worker: Worker | None = None
        self._picture: Block | None = None
        self._stop: npt.NDArray[np.uint8] | None = None
        self._closed = False

    @property
    def process_id(self) -> int:
        """0 while there is none."""
        worker = self._worker
        return worker.process.pid if worker is not None else 0

    def take_volume(self, volume: Lessened) -> None:
        with self._lock:
            block = Block(max(1, volume.values.nbytes))
            try:
                shared = block.part(volume.values.dtype, volume.values.shape)
                block.array(shared)[:] = volume.values
                self._call(drawing.take_volume, (shared, volume.spacing, volume.matrix), (block,))
            finally:
                block.close()

    def take_solids(self, solids: tuple[Solid, ...]) -> None:
        """These surfaces, in place of all earlier ones."""
        with self._lock:
            block = Block(max(1, sum(solid.values.nbytes for solid in solids)))
            try:
                sent, offset = [], 0
                for solid in solids:
                    shared = block.part(np.uint8, solid.values.shape, offset)
                    block.array(shared)[:] = solid.values
                    offset += solid.values.nbytes
                    sent.append(drawing.SentSolid(shared, solid.spacing, solid.matrix, solid.colour, solid.opacity))
                self._call(drawing.take_solids, (tuple(sent),), (block,))
            finally:
                block.close()

    def draw(self, shot: Shot) -> Picture | None:
        """A picture of at most `MOST_PIXELS`; None where it was given up."""
        with self._lock:
            if self._picture is None:
                self._picture = Block(MOST_PIXELS * 3 + 1, lent=True)
            block = self._picture
            shared = block.part(np.uint8, (shot.height, shot.width, 3))
            stop = block.part(np.uint8, (1,), MOST_PIXELS * 3)
            self._stop = block.array(stop)
            self._stop[0] = 0
            if not self._call(drawing.draw, (shot, shared, stop), (block,)):
                return None
            made: Picture = block.array(shared).copy()
            return made

    def give_up(self) -> None:
        """What is being drawn now is no longer wanted. From any thread, at once."""
        if self._stop is not None:
            self._stop[0] = 1

    def close(self) -> None:
        """Nobody looks any more. At once: what is being drawn is given up."""
        self._closed = True
        worker = self._worker
        if worker is not None:
            worker.process.kill()
        if self._lock.acquire(blocking=False):  # else the one who waits for an answer hears of it, and clears away
            try:
                self._end()
            finally:
                self._lock.release()

    def _call(self, function: Callable[..., R], arguments: tuple[object, ...], blocks: tuple[Block, ...]) -> R:
        if self._closed:
            raise Cancelled
        try:
            worker = self._started()
            worker.drop_blocks()
            for block in blocks:
                worker.give(block)
            worker.ask(packed(Request(function, arguments, many=False, room=_ROOM)), None)
            kind, value = self._answer(worker, _PATIENCE_S)
            worker.queued.popleft()
        except (Gone, OSError):
            self._end()
            if self._closed:
                raise Cancelled from None
            raise WorkstationError(ErrorCode.NO_RENDERER) from None
        if kind is not Kind.RESULT:
            if kind is Kind.DEFECT:
                log.error("defect while drawing: %s, %s", *value)
            self._end()
            raise WorkstationError(ErrorCode.NO_RENDERER)
        made: R = value
        return made

    def _started(self) -> Worker:
        """raises Gone, OSError"""
        if self._worker is None:
            self._worker = start()
            if self._closed:  # meanwhile
                raise Gone
            self._answer(self._worker, _STARTING_S)
        return self._worker

    @staticmethod
    def _answer(worker: Worker, seconds: float) -> tuple[Kind, Any]:
        """raises Gone"""
        if not worker.channel.poll(seconds):
            raise Gone
        return worker.receive()

    def _end(self) -> None:
        if self._worker is not None:
            self._worker.kill()
            self._worker = None
        if self._picture is not None:
            self._picture.close()
            self._picture = self._stop = None
