"""Masks drawn on pictures. Nothing is overwritten: of each mask the newest row holds."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime

from workstation.domain.drawn_mask import DrawnMask
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis
from workstation.records.database import Database, text_of, time_of
from workstation.records.signing_table import held_until


class DrawnTable:
    """Every write raises READING_SIGNED where that mask was there when a reading of its picture was signed, or would
    have been: it comes late from a window that does not know of the signature."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, mask: DrawnMask) -> None:
        """A new one, or what has become of one."""
        size = {"rows": mask.rows, "columns": mask.columns}
        look = {"number": mask.number, "colour": mask.colour, "basis": mask.basis.value, **size}
        self._add(mask.stack_id, mask.id, mask.name, json.dumps(look), mask.packed, mask.by, mask.at)

    def delete(self, stack_id: str, mask_id: str, at: datetime) -> None:
        """It is not there any more; what it was stays on record."""
        self._add(stack_id, mask_id, "", "", b"", "", at)

    def of_stack(self, stack_id: str) -> tuple[DrawnMask, ...]:
        """Those that are there, in the order in which they were drawn first."""
        query = (
            "SELECT newest.*, ends.first FROM drawn_masks AS newest JOIN "
            "(SELECT min(number) AS first, max(number) AS last FROM drawn_masks WHERE stack_id = ? GROUP BY mask_id) "
            "AS ends ON newest.number = ends.last WHERE newest.about <> '' ORDER BY ends.first"
        )
        return tuple(map(_mask, self._database.read(query, (stack_id,))))

    def _add(
        self, stack_id: str, mask_id: str, name: str, about: str, packed: bytes, reader: str, at: datetime
    ) -> None:
        signed = "SELECT 1 FROM drawn_masks WHERE stack_id = ? AND mask_id = ? AND at <= ?"
        with self._database.write() as connection:
            until = held_until(connection, stack_id)
            late = about and text_of(at) <= until  # a deletion may come at any time
            if late or connection.execute(signed, (stack_id, mask_id, until)).fetchone():
                raise WorkstationError(ErrorCode.READING_SIGNED)
            connection.execute(
                "INSERT INTO drawn_masks (stack_id, mask_id, name, about, packed, reader, at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (stack_id, mask_id, name, about, packed, reader, text_of(at)),
            )


def _mask(found: sqlite3.Row) -> DrawnMask:
    about = json.loads(found["about"])
    red, green, blue = about["colour"]
    return DrawnMask(
        id=found["mask_id"],
        stack_id=found["stack_id"],
        number=about["number"],
        name=found["name"],
        colour=(red, green, blue),
        rows=about["rows"],
        columns=about["columns"],
        packed=found["packed"],
        by=found["reader"],
        at=time_of(found["at"]),
        basis=Basis(about.get("basis", Basis.READER)),
    )
