"""The records of one PC, shared by every window and command of its user."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from workstation.records.calls_table import CallTable
from workstation.records.coverage_table import CoverageTable
from workstation.records.database import Database
from workstation.records.drawn_table import DrawnTable
from workstation.records.hold import hold, is_held
from workstation.records.jobs_table import JobTable
from workstation.records.measures_table import MeasureTable
from workstation.records.own_table import OwnTable
from workstation.records.quarantine_table import QuarantineTable
from workstation.records.reading_tables import AnswerTable, DecisionTable, UidTable
from workstation.records.receipts import Receipts
from workstation.records.rulers_table import RulerTable
from workstation.records.sent_table import SentTable
from workstation.records.signing_table import SigningTable


class Records:
    """The database file `path` and, beside it, a folder with one lock and one receipt for each job at work.

    Safe between threads and between processes. Every write is on the disk when the call returns.
    raises (any call) RECORDS_BUSY, NO_SPACE (nothing of that write was done), HOME_NOT_USABLE
    raises (opening) SCHEMA_TOO_NEW, RECORDS_DAMAGED too
    """

    def __init__(self, path: Path, opened: Callable[[Path], Database] = Database) -> None:
        self._database = opened(path)
        self._beside = path.parent / f"{path.name}-jobs"
        self.jobs = JobTable(self._database)
        self.sent = SentTable(self._database)
        self.calls = CallTable(self._database)
        self.answers = AnswerTable(self._database)
        self.decisions = DecisionTable(self._database)
        self.own = OwnTable(self._database)
        self.measures = MeasureTable(self._database)
        self.drawn = DrawnTable(self._database)
        self.rulers = RulerTable(self._database)
        self.signings = SigningTable(self._database)
        self.coverage = CoverageTable(self._database)
        self.uids = UidTable(self._database)
        self.quarantine = QuarantineTable(self._database)
        self.receipts = Receipts(self._beside)

    def hold(self, job_id: str) -> AbstractContextManager[None]:
        """Work on a job alone. raises JOB_BUSY"""
        return hold(self._beside, job_id)

    def is_held(self, job_id: str) -> bool:
        """Whether a window or command works on the job at this moment."""
        return is_held(self._beside, job_id)

    def tidy(self, job_id: str) -> None:
        """Take away the lock and the receipt of a job that has ended."""
        with suppress(OSError):  # Windows keeps a file that another process has open
            (self._beside / f"{job_id}.lock").unlink(missing_ok=True)
            self.receipts.close(job_id)

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
