"""What readers found themselves. Nothing is overwritten: of each finding the newest row holds."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Final

from workstation.domain.decision import Decision
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.own_finding import KINDS, MEASURED, label_of, own_finding
from workstation.domain.shape_text import shapes_data, shapes_from
from workstation.domain.words import Language, render
from workstation.records.database import Database
from workstation.records.reading_tables import insert_decision

_NEWEST: Final = (
    "SELECT newest.* FROM own_findings AS newest JOIN "
    "(SELECT min(number) AS first, max(number) AS last FROM own_findings WHERE {where} GROUP BY finding_id) "
    "AS ends ON newest.number = ends.last WHERE newest.content <> '' ORDER BY ends.first"
)


@dataclass(frozen=True, slots=True)
class KeptOwn:
    """`in_pixels`: its places are pixels of a picture."""

    finding: Finding
    in_pixels: bool


class OwnTable:
    """By the job of the reading that it belongs to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(
        self, job_id: str, finding_id: str, finding: Finding | None, decision: Decision, *, in_pixels: bool = False
    ) -> None:
        """A new one, what has become of one, or None: it is taken away. What it was stays on record.

        decision  by whom and when; written with it, or neither is
        raises    READING_SIGNED
        """
        content = _text(finding, in_pixels=in_pixels) if finding is not None else ""
        try:
            with self._database.write() as connection:
                connection.execute(
                    "INSERT INTO own_findings (job_id, finding_id, content) VALUES (?, ?, ?)",
                    (job_id, finding_id, content),
                )
                insert_decision(connection, finding_id, decision)
        except sqlite3.IntegrityError:
            raise WorkstationError(ErrorCode.READING_SIGNED) from None

    def of_job(self, job_id: str) -> tuple[KeptOwn, ...]:
        """Those that are there, in the order in which they were found."""
        return tuple(map(_kept, self._database.read(_NEWEST.format(where="job_id = ?"), (job_id,))))

    def text_of_job(self, job_id: str) -> tuple[str, ...]:
        """The same as it is kept, for what is signed."""
        found = self._database.read(_NEWEST.format(where="job_id = ?"), (job_id,))
        return tuple(f"{row['finding_id']} {row['content']}" for row in found)


def _text(finding: Finding, *, in_pixels: bool) -> str:
    return json.dumps(
        {
            "code": finding.code,
            "label": "" if finding.code in KINDS else render(finding.label, Language.ENGLISH),
            "shapes": shapes_data(finding.shapes),
            "measured": [[m.name, m.value, m.unit] for m in finding.measurements if isinstance(m.value, int | float)],
            "in_pixels": in_pixels,
        },
        separators=(",", ":"),
    )


def _kept(found: sqlite3.Row) -> KeptOwn:
    content = json.loads(found["content"])
    measured = tuple(
        Measurement(name=name, label=MEASURED[name], value=float(value), unit=str(unit), basis=Basis.READER)
        for name, value, unit in content["measured"]
        if name in MEASURED
    )
    code = str(content["code"])
    finding = own_finding(
        str(found["finding_id"]),
        code,
        label_of(code, str(content["label"])),
        shapes_from(json.dumps(content["shapes"])),
        measured,
    )
    return KeptOwn(finding, content["in_pixels"] is True)
