"""Paid calls by month: how many, and how much. Open and unknown calls count as billed until the opposite is known."""

from __future__ import annotations

from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.records.database import Database, text_of, time_of
from workstation.records.rows import CallRow

OPEN: Final = "open"
BILLED: Final = "billed"
FREE: Final = "free"
UNKNOWN: Final = "unknown"


_OTHERS: Final = (
    "SELECT total(cost_yuan) FROM calls WHERE month = ? AND outcome <> 'free' AND NOT (job_id = ? AND attempt = ?)"
)


class CallTable:
    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, row: CallRow, month_limit_yuan: float | None = None) -> None:
        """Written before the call; the same attempt again replaces itself.

        The limit is that of all connections together. Looking at the month's sum and adding to it is one step, so two
        jobs at once can't pass it.
        raises OVER_MONTH_LIMIT (nothing is written)
        """
        values = (
            *(row.job_id, row.attempt, row.connection, row.source, row.month),
            *(text_of(row.at), row.cost_yuan, row.outcome, row.uses),
        )
        with self._database.write() as connection:
            if month_limit_yuan is not None:
                others = (row.month, row.job_id, row.attempt)
                total = float(connection.execute(_OTHERS, others).fetchone()[0]) + row.cost_yuan
                if total > month_limit_yuan:
                    raise WorkstationError(ErrorCode.OVER_MONTH_LIMIT, total=total, limit=month_limit_yuan)
            connection.execute("INSERT OR REPLACE INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)

    def settle(self, job_id: str, attempt: int, outcome: str) -> None:
        """How it went: billed, free or unknown. A free call costs nothing."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE calls SET outcome = ?, cost_yuan = CASE WHEN ? = 'free' THEN 0.0 ELSE cost_yuan END "
                "WHERE job_id = ? AND attempt = ?",
                (outcome, outcome, job_id, attempt),
            )

    def bill(self, job_id: str, attempt: int, uses: int) -> None:
        """It was done, and counts as `uses` calls: fewer than asked for where a part failed, which costs nothing."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE calls SET outcome = 'billed', cost_yuan = cost_yuan * ? / max(uses, 1), uses = ? "
                "WHERE job_id = ? AND attempt = ?",
                (float(uses), uses, job_id, attempt),
            )

    def count(self, connection: str, source: str, month: str) -> int:
        """Calls of one operation that are or may be on the month's bill, as the price list counts them."""
        query = (
            "SELECT coalesce(sum(uses), 0) FROM calls "
            "WHERE connection = ? AND source = ? AND month = ? AND outcome <> 'free'"
        )
        return int(self._database.read(query, (connection, source, month))[0][0])

    def spent_yuan(self, month: str) -> float:
        """What is or may be on the bills of the month, of all connections together."""
        query = "SELECT total(cost_yuan) FROM calls WHERE month = ? AND outcome <> 'free'"
        return float(self._database.read(query, (month,))[0][0])

    def of_job(self, job_id: str) -> tuple[CallRow, ...]:
        found = self._database.read("SELECT * FROM calls WHERE job_id = ? ORDER BY attempt", (job_id,))
        return tuple(
            CallRow(
                job_id=r["job_id"],
                attempt=r["attempt"],
                connection=r["connection"],
                source=r["source"],
                month=r["month"],
                at=time_of(r["at"]),
                cost_yuan=r["cost_yuan"],
                outcome=r["outcome"],
                uses=r["uses"],
            )
            for r in found
        )
