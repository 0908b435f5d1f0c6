"""How large a pixel of a picture is, as readers typed it. Nothing is overwritten: the newest row of a picture holds."""

from __future__ import annotations

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.ruler import RulerCalibration
from workstation.records.database import Database, text_of, time_of
from workstation.records.signing_table import held_until


class RulerTable:
    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, ruler: RulerCalibration) -> None:
        """A new one; `mm_per_pixel` 0 takes back what was there. raises READING_SIGNED"""
        with self._database.write() as connection:
            if held_until(connection, ruler.stack_id):
                raise WorkstationError(ErrorCode.READING_SIGNED)
            connection.execute(
                "INSERT INTO rulers (stack_id, mm_per_pixel, reader, at) VALUES (?, ?, ?, ?)",
                (ruler.stack_id, ruler.mm_per_pixel, ruler.by, text_of(ruler.at)),
            )

    def of_stack(self, stack_id: str) -> RulerCalibration | None:
        """None where it was never calibrated, or no longer is."""
        query = "SELECT * FROM rulers WHERE stack_id = ? ORDER BY number DESC LIMIT 1"
        for found in self._database.read(query, (stack_id,)):
            if found["mm_per_pixel"] > 0:
                return RulerCalibration(
                    stack_id=stack_id,
                    mm_per_pixel=found["mm_per_pixel"],
                    by=found["reader"],
                    at=time_of(found["at"]),
                )
        return None
