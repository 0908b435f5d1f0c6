"""What was measured on each series. Nothing is overwritten: of each measure the newest row holds."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict
from datetime import datetime

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.geometry import Vector
from workstation.domain.measure import Measure, MeasureKind
from workstation.domain.projection import ViewPlane
from workstation.domain.slab import NO_SLAB, Slab, SlabKind
from workstation.records.database import Database, text_of, time_of
from workstation.records.signing_table import held_until


class MeasureTable:
    """Every write raises READING_SIGNED where that measure was there when a reading of its series was signed, or would
    have been: it comes late from a window that does not know of the signature."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, measure: Measure) -> None:
        """A new one, or what has become of one."""
        what = json.dumps(
            {
                "points": measure.points,
                "plane": asdict(measure.plane),
                "in_pixels": measure.in_pixels,
                "slab": [measure.slab.kind.value, measure.slab.thickness_mm],
            },
            separators=(",", ":"),
        )
        self._add(measure.stack_id, measure.id, measure.kind.value, what, measure.text, measure.by, measure.at)

    def delete(self, stack_id: str, measure_id: str, at: datetime) -> None:
        """It is not there any more; what it was stays on record."""
        self._add(stack_id, measure_id, "", "", "", "", at)

    def of_stack(self, stack_id: str) -> tuple[Measure, ...]:
        """Those that are there, in the order in which they were drawn first."""
        query = (
            "SELECT newest.*, ends.first FROM measures AS newest JOIN "
            "(SELECT min(number) AS first, max(number) AS last FROM measures WHERE stack_id = ? GROUP BY measure_id) "
            "AS ends ON newest.number = ends.last WHERE newest.kind <> '' ORDER BY ends.first"
        )
        return tuple(map(_measure, self._database.read(query, (stack_id,))))

    def _add(self, stack_id: str, measure_id: str, *row: str | datetime) -> None:
        values = tuple(text_of(value) if isinstance(value, datetime) else value for value in row)
        signed = "SELECT 1 FROM measures WHERE stack_id = ? AND measure_id = ? AND at <= ?"
        with self._database.write() as connection:
            until = held_until(connection, stack_id)
            late = values[0] and values[-1] <= until  # a deletion without a kind may come at any time
            if late or connection.execute(signed, (stack_id, measure_id, until)).fetchone():
                raise WorkstationError(ErrorCode.READING_SIGNED)
            connection.execute(
                "INSERT INTO measures (stack_id, measure_id, kind, place, text, reader, at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (stack_id, measure_id, *values),
            )


def _measure(found: sqlite3.Row) -> Measure:
    place = json.loads(found["place"])
    plane, slab = place["plane"], place.get("slab")
    return Measure(
        id=found["measure_id"],
        stack_id=found["stack_id"],
        kind=MeasureKind(found["kind"]),
        points=tuple(map(_vector, place["points"])),
        plane=ViewPlane(
            position=_vector(plane["position"]),
            right=_vector(plane["right"]),
            down=_vector(plane["down"]),
            spacing=(float(plane["spacing"][0]), float(plane["spacing"][1])),
            rows=plane["rows"],
            columns=plane["columns"],
            thickness=plane["thickness"],
        ),
        in_pixels=place["in_pixels"],
        slab=Slab(SlabKind(slab[0]), float(slab[1])) if slab is not None else NO_SLAB,
        text=found["text"],
        by=found["reader"],
        at=time_of(found["at"]),
    )


def _vector(values: list[float]) -> Vector:
    x, y, z = values
    return (float(x), float(y), float(z))
