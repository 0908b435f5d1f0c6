"""What came back and what the doctor decided: answers, decisions with their history, UIDs of the copies."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from workstation.domain.decision import Decision, DecisionState
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.shape_text import shapes_from, shapes_text
from workstation.records.database import Database, text_of, time_of, time_or_none


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """`answer`: the result text that is parsed; `raw`: the whole answer as it came; `result`: result.json, or ""."""

    answer: str
    raw: str
    result: str
    at: datetime


class AnswerTable:
    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, job_id: str, answer: str, raw: str, at: datetime) -> None:
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO answers VALUES (?, ?, ?, ?, '') "
                "ON CONFLICT DO UPDATE SET at = excluded.at, answer = excluded.answer, raw = excluded.raw",
                (job_id, text_of(at), answer, raw),
            )

    def save_result(self, job_id: str, result_json: str) -> None:
        """The result as written for others, beside the answer it was made from."""
        with self._database.write() as connection:
            connection.execute("UPDATE answers SET result = ? WHERE job_id = ?", (result_json, job_id))

    def of_job(self, job_id: str) -> StoredAnswer | None:
        found = self._database.read("SELECT * FROM answers WHERE job_id = ?", (job_id,))
        if not found:
            return None
        return StoredAnswer(found[0]["answer"], found[0]["raw"], found[0]["result"], time_of(found[0]["at"]))


class DecisionTable:
    """Keyed by finding id (`job/n`). Nothing is overwritten: the newest row holds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, finding_id: str, decision: Decision) -> None:
        """raises READING_SIGNED"""
        try:
            with self._database.write() as connection:
                insert_decision(connection, finding_id, decision)
        except sqlite3.IntegrityError:
            raise WorkstationError(ErrorCode.READING_SIGNED) from None

    def of_job(self, job_id: str) -> dict[str, Decision]:
        """The decision that holds, for each finding of the job that has one."""
        query = (
            "SELECT * FROM decisions WHERE number IN "
            "(SELECT max(number) FROM decisions WHERE substr(finding_id, 1, ?) = ? GROUP BY finding_id)"
        )
        start = f"{job_id}/"
        return {str(r["finding_id"]): _decision(r) for r in self._database.read(query, (len(start), start))}

    def history(self, finding_id: str) -> tuple[Decision, ...]:
        """All decisions about one finding, oldest first."""
        query = "SELECT * FROM decisions WHERE finding_id = ? ORDER BY number"
        return tuple(map(_decision, self._database.read(query, (finding_id,))))


def insert_decision(connection: sqlite3.Connection, finding_id: str, decision: Decision) -> None:
    """Within a write that may hold more than it. raises sqlite3.IntegrityError where the reading is signed"""
    at = None if decision.at is None else text_of(decision.at)
    shapes = "" if decision.shapes is None else shapes_text(decision.shapes)
    connection.execute(
        "INSERT INTO decisions (finding_id, state, comment, reader, role, at, shapes) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (finding_id, decision.state.value, decision.comment, decision.by, decision.role, at, shapes),
    )


class UidTable:
    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, job_id: str, replacements: Mapping[str, str]) -> None:
        """Original UID → its replacement in this job's copies; saving again replaces all of it."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM uid_map WHERE job_id = ?", (job_id,))
            connection.executemany(
                "INSERT INTO uid_map VALUES (?, ?, ?)", [(job_id, old, new) for old, new in replacements.items()]
            )

    def of_job(self, job_id: str) -> dict[str, str]:
        found = self._database.read("SELECT original, replacement FROM uid_map WHERE job_id = ?", (job_id,))
        return {str(r["original"]): str(r["replacement"]) for r in found}


def _decision(found: sqlite3.Row) -> Decision:
    return Decision(
        state=DecisionState(found["state"]),
        comment=found["comment"],
        by=found["reader"],
        role=found["role"],
        at=time_or_none(found["at"]),
        shapes=shapes_from(found["shapes"]) if found["shapes"] else None,
    )
