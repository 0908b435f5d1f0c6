"""Where analyses run: a process of its own, so that a crash or a stuck algorithm costs one job and not the service."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

from workstation.localcloud.engine.asked import Analysis, Answer, BadInput


class NotAnalysed(Exception):
    """The analysis refused or failed: `code` and `message` for the job. `repeat`: another try may succeed."""

    def __init__(self, code: str, message: str, repeat: bool = False) -> None:
        super().__init__(code)
        self.code, self.message, self.repeat = code, message, repeat


@dataclass(frozen=True, slots=True)
class Refused:
    """An engine's no, as a value: it has to cross between processes."""

    code: str
    message: str


Engine = Callable[[Analysis], Answer | Refused]


def built_in_engine(analysis: Analysis) -> Answer | Refused:
    """Our own analyses. Runs in the worker process; the heavy imports happen there."""
    from workstation.localcloud.engine.analyses import analyse

    try:
        return analyse(analysis)
    except BadInput as bad:
        return Refused(bad.code, bad.message)


def _end_with_service(line: Connection) -> None:
    """In a worker: exit once the other end of `line` is closed, be it on purpose (a stuck analysis) or by a kill.

    Not an `Event`: setting one waits for every waiter, for ever if a worker died while it waited.
    """

    def watch() -> None:
        with suppress(EOFError, OSError):
            line.recv_bytes()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


class EnginePool:
    """Runs analyses in an executor that is started with the first one.

    executor  a department's own (a cluster); without it processes of this machine, `workers` of them
    """

    def __init__(
        self,
        engine: Engine = built_in_engine,
        *,
        workers: int = 1,
        longest_s: float = 1800.0,
        executor: Executor | None = None,
    ) -> None:
        self.workers = workers
        self._engine, self._longest_s = engine, longest_s
        self._given = executor
        self._own: ProcessPoolExecutor | None = None
        self._line: Connection | None = None

    def _executor(self) -> Executor:
        if self._given is not None:
            return self._given
        if self._own is None:
            context = multiprocessing.get_context("spawn")
            far, self._line = context.Pipe(duplex=False)
            self._own = ProcessPoolExecutor(self.workers, context, _end_with_service, (far,))
        return self._own

    def close(self) -> None:
        """End our own processes, at once, whatever they do."""
        if self._own is not None and self._line is not None:
            self._line.close()
            self._own.shutdown(wait=False, cancel_futures=True)
        self._own = None

    async def run(self, analysis: Analysis) -> dict[str, object]:
        """raises NotAnalysed, TimeoutError"""
        loop = asyncio.get_running_loop()
        try:
            answer = await asyncio.wait_for(
                loop.run_in_executor(self._executor(), self._engine, analysis), self._longest_s
            )
        except TimeoutError:
            self.close()
            raise
        except BrokenExecutor as error:
            self.close()
            raise NotAnalysed("InternalError.Algo", "The analysis process ended unexpectedly.", repeat=True) from error
        if isinstance(answer, Refused):
            # The documents name some refusals by a number that goes with one common code.
            numbered = answer.code.isdecimal()
            message = f"{answer.code}: {answer.message}" if numbered else answer.message
            raise NotAnalysed("InvalidParameter" if numbered else answer.code, message)
        if not isinstance(answer.get("YingtaiBasis"), dict):
            raise NotAnalysed("InternalError.Algo", "The analysis did not say what its answer is based on.")
        return answer
