"""Jobs of the service: accepted at once, worked on later, kept over restarts."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import sqlite3
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from workstation.localcloud.defects import frames_of
from workstation.localcloud.engine.asked import Analysis, Answer, AnswerFile, Talk
from workstation.localcloud.engine_pool import EnginePool, NotAnalysed
from workstation.localcloud.fetching import fetch, fetched
from workstation.localcloud.job_list import CANCELLED
from workstation.localcloud.operations.row import Checked, Operation
from workstation.localcloud.refusal import NoSpace, RpcRefusal
from workstation.localcloud.result_files import ResultFiles
from workstation.localcloud.sessions import Sessions

log = logging.getLogger(__name__)
_MOST_ATTEMPTS: Final = 3


class Status(StrEnum):
    QUEUING = "QUEUING"
    PROCESSING = "PROCESSING"
    SUCCESS = "PROCESS_SUCCESS"
    FAILED = "PROCESS_FAILED"
    TIMEOUT = "TIMEOUT_FAILED"
    GAVE_UP = "LIMIT_RETRY_FAILED"


@dataclass(frozen=True, slots=True)
class JobState:
    """What a caller may know of a job. `result` is JSON text."""

    id: str
    status: str
    result: str | None
    error_code: str | None
    error_message: str | None
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRules:
    """least_s: no answer comes sooner. truth_dirs: only with the truth engine."""

    least_s: float = 0.5
    truth_dirs: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job, or one attempt at it, ended."""

    status: Status
    code: str | None = None
    message: str | None = None
    result: str | None = None


_TOO_OFTEN: Final = Ending(Status.GAVE_UP, "InternalError", "The service was stopped too often during this job.")


class Jobs:
    """The queue. Everything is written before it happens; signed addresses are forgotten once they were fetched."""

    def __init__(
        self,
        folder: Path,
        database: sqlite3.Connection,
        pool: EnginePool,
        operations: tuple[Operation, ...],
        files: ResultFiles,
        now: Callable[[], float],
        rules: JobRules,
    ) -> None:
        self._folder, self._database, self._pool, self._now, self._rules = folder, database, pool, now, rules
        self._files, self._sessions = files, Sessions(database, now)
        self._operations = {(row.product.code, row.action): row for row in operations}
        self._gate = asyncio.Semaphore(pool.workers)
        self._running: set[asyncio.Task[None]] = set()
        self._closed = False
        folder.mkdir(exist_ok=True)

    @property
    def running(self) -> int:
        return len(self._running)

    def submit(self, operation: Operation, checked: Checked) -> str:
        """The id of a new job; it is safe on disk when this returns."""
        job = str(uuid.uuid4()).upper()
        self._database.execute(
            "INSERT INTO jobs (id, product, action, parameters, urls, status, submitted) VALUES (?,?,?,?,?,?,?)",
            (
                job,
                operation.product.code,
                operation.action,
                json.dumps({"values": checked.values, "lists": checked.lists}),
                json.dumps(checked.addresses),
                Status.QUEUING,
                self._now(),
            ),
        )
        self._start(job)
        return job

    def find(self, product: str | None, job: str) -> JobState | None:
        """A job of this product, those of others are not shown; None: of any."""
        row = self._database.execute(
            "SELECT id, status, result, error_code, error_message, action FROM jobs "
            "WHERE id=? AND product=ifnull(?, product)",
            (job, product),
        ).fetchone()
        return JobState(*row) if row else None

    def resume(self) -> None:
        """Start again what a stop or a kill left undone, oldest first; drop folders of jobs that are over."""
        rows = self._database.execute(
            "SELECT id FROM jobs WHERE status IN (?,?) ORDER BY submitted", (Status.QUEUING, Status.PROCESSING)
        ).fetchall()
        undone = {job for (job,) in rows}
        for folder in self._folder.iterdir():
            if folder.name not in undone:
                shutil.rmtree(folder, ignore_errors=True)
        for (job,) in rows:
            self._set(job, status=Status.QUEUING)
            self._start(job)

    async def close(self) -> None:
        """Stop working; what was not finished begins again at the next start. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        # Being asked to stop is nobody's fault, so this try does not count.
        self._database.execute("UPDATE jobs SET attempts=attempts-1 WHERE status=?", (Status.PROCESSING,))
        self._pool.close()

    def _start(self, job: str) -> None:
        if self._closed:
            return  # it is written down, and begins at the next start
        task = asyncio.get_running_loop().create_task(self._run(job))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _set(self, job: str, **columns: str | int | float | None) -> None:
        names = ", ".join(f"{name}=?" for name in columns)
        self._database.execute(f"UPDATE jobs SET {names} WHERE id=?", (*columns.values(), job))

    def _finish(self, job: str, ending: Ending) -> None:
        self._set(
            job,
            status=ending.status,
            result=ending.result,
            error_code=ending.code,
            error_message=ending.message,
            urls=None,
            finished=self._now(),
        )
        shutil.rmtree(self._folder / job, ignore_errors=True)
        log.info("job %s: %s %s", job, ending.status, ending.code or "")

    async def _run(self, job: str) -> None:
        await asyncio.sleep(self._rules.least_s)
        async with self._gate:
            attempts, status = self._database.execute("SELECT attempts, status FROM jobs WHERE id=?", (job,)).fetchone()
            if status == CANCELLED:
                return
            ending = _TOO_OFTEN
            while attempts < _MOST_ATTEMPTS:
                attempts += 1
                self._set(job, status=Status.PROCESSING, attempts=attempts)
                ending = await self._try(job)
                if ending.status is not Status.GAVE_UP:
                    break
            self._finish(job, ending)

    async def _try(self, job: str) -> Ending:
        """One attempt; GAVE_UP says that another one may succeed."""
        try:
            return Ending(Status.SUCCESS, result=await self._work(job))
        except NotAnalysed as refused:
            return Ending(Status.GAVE_UP if refused.repeat else Status.FAILED, refused.code, refused.message)
        except TimeoutError:
            return Ending(Status.TIMEOUT, "Timeout", "The analysis took too long.")
        except NoSpace:
            return Ending(Status.FAILED, "InternalError", "The local service has no space left.")
        except Exception as defect:  # noqa: BLE001  the service outlives any algorithm
            log.error("defect in job %s: %s", job, frames_of(defect))
            return Ending(Status.FAILED, "InternalError.Algo", f"The analysis failed ({type(defect).__name__}).")

    async def _work(self, job: str) -> str:
        product, action, parameters, urls = self._database.execute(
            "SELECT product, action, parameters, urls FROM jobs WHERE id=?", (job,)
        ).fetchone()
        operation = self._operations[product, action]
        folder = self._folder / job
        if urls is not None:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            await fetch(json.loads(urls), folder, operation.file_bytes)
            self._set(job, urls=None)
        given = json.loads(parameters)
        answer = await self._analyse(operation, folder, given["values"], given["lists"])
        return json.dumps(self._linked(answer, job, operation), ensure_ascii=False, allow_nan=False)

    async def answer(self, operation: Operation, checked: Checked) -> Answer:
        """The result at once, for actions that are no jobs. raises RpcRefusal, NoSpace"""
        talk = self._sessions.of(operation, checked)
        number = str(uuid.uuid4()).upper()
        folder = self._folder / number
        try:
            folder.mkdir()
            await fetch(checked.addresses, folder, operation.file_bytes)
            async with self._gate:
                answer = await self._analyse(operation, folder, checked.values, checked.lists, talk)
            self._sessions.keep(talk, operation, checked)
            return self._linked(answer, number, operation)
        except NotAnalysed as refused:
            raise RpcRefusal(refused.code, refused.message) from None
        except TimeoutError:
            raise RpcRefusal("Timeout", "The analysis took too long.") from None
        except (RpcRefusal, NoSpace):
            raise
        except Exception as defect:  # noqa: BLE001  a caller is answered, whatever an algorithm does
            log.error("defect in %s: %s", operation.action, frames_of(defect))
            raise RpcRefusal("InternalError.Algo", f"The analysis failed ({type(defect).__name__}).", 500) from None
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    async def _analyse(
        self,
        operation: Operation,
        folder: Path,
        values: dict[str, str],
        lists: dict[str, tuple[str, ...]],
        talk: Talk | None = None,
    ) -> Answer:
        files = fetched(folder)
        return await self._pool.run(Analysis(operation.action, files, values, self._rules.truth_dirs, lists, talk))

    def _linked(self, answer: Answer, job: str, operation: Operation) -> Answer:
        """Files of the answer are published, and links to them put in their places."""

        def linked(value: object) -> object:
            match value:
                case AnswerFile():
                    return self._files.publish(job, value.name, value.content, operation.link_s)
                case dict():
                    return {name: linked(entry) for name, entry in value.items()}
                case list() | tuple():
                    return [linked(entry) for entry in value]
            return value

        return {name: linked(value) for name, value in answer.items()}
