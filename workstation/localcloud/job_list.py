"""The list of jobs of all products, and taking one out of the queue."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from workstation.localcloud.operations.queries import CHINA, TIME_FORM, read_time
from workstation.localcloud.operations.row import Answer, Checked
from workstation.localcloud.refusal import RpcRefusal

CANCELLED: Final = "JOB_CANCELED"
_PAGE: Final = 20
_CALLER: Final = "1000000000000001"
_COLUMNS: Final = {"JobId": "id", "PopProduct": "product", "PopApiName": "action", "Status": "status"}


class JobList:
    def __init__(self, database: sqlite3.Connection, now: Callable[[], float]) -> None:
        self._database, self._now = database, now

    def page(self, checked: Checked) -> Answer:
        """`Data` of one page, the newest job first."""
        wheres = [f"{column}=?" for name, column in _COLUMNS.items() if name in checked.values]
        values: list[str | float] = [checked.values[name] for name in _COLUMNS if name in checked.values]
        for name, compared in (("StartTime", ">="), ("EndTime", "<=")):
            if name in checked.values:
                wheres.append(f"CAST(submitted AS INTEGER) {compared} ?")
                values.append(read_time(checked.values[name]).timestamp())
        where = f"WHERE {' AND '.join(wheres)}" if wheres else ""
        number, size = int(checked.values.get("PageNum", 1)), int(checked.values.get("PageSize", _PAGE))
        (total,) = self._database.execute(f"SELECT COUNT(*) FROM jobs {where}", values).fetchone()
        rows = self._database.execute(
            f"SELECT id, product, action, status, submitted, finished FROM jobs {where} "
            "ORDER BY submitted DESC, id LIMIT ? OFFSET ?",
            (*values, size, (number - 1) * size),
        )
        return {
            "CurrentPage": number,
            "PageSize": size,
            "TotalPage": max(1, -(-total // size)),
            "TotalRecord": total,
            "Result": [_entry(*row) for row in rows],
        }

    def cancel(self, job: str) -> None:
        """raises RpcRefusal for a job that is not known, or not in the queue any more"""
        row = self._database.execute("SELECT status FROM jobs WHERE id=?", (job,)).fetchone()
        if row is None:
            raise RpcRefusal("InvalidParameter", "The parameter JobId names no job.")
        done = self._database.execute(
            "UPDATE jobs SET status=?, urls=NULL, finished=? WHERE id=? AND status='QUEUING'",
            (CANCELLED, self._now(), job),
        )
        if not done.rowcount:
            raise RpcRefusal("InvalidParameter", "Only a job that waits in the queue can be cancelled.")


def _entry(job: str, product: str, action: str, status: str, submitted: float, finished: float | None) -> Answer:
    times = {"GmtCreate": _time(submitted), "StartTime": _time(submitted)}
    if finished is not None:
        times["EndTime"] = _time(finished)
    return {
        "JobId": job,
        "PopProduct": product,
        "PopApiName": action,
        "Status": status,
        "CallerParentId": _CALLER,
        **times,
    }


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone(CHINA).strftime(TIME_FORM)
