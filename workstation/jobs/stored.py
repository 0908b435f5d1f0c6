"""Values as JSON text in the ledger, and back: what was sent, words, facts, the upload plan."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, TypedDict

import numpy as np

from workstation.catalogue.operation import ROLES, SERIES
from workstation.domain.answer import SentSeries
from workstation.domain.geometry import Geometry, Vector
from workstation.domain.request import Parameters
from workstation.domain.words import Fact, Words


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One prepared copy.

    name  in the job's folder, with `/`: what lies in a folder there has its name as role ("floating/0001.dcm")
    md5   lower-case hex
    """

    name: str
    bytes: int
    md5: str

    @property
    def role(self) -> str:
        folder, slash, _ = self.name.rpartition("/")
        return folder if slash else SERIES

    @property
    def form(self) -> str:
        """What kind of file it is by its name: "dcm", "nii.gz", "jpg" …"""
        return self.name.rpartition("/")[2].partition(".")[2]


@dataclass(frozen=True, slots=True)
class OtherSeries:
    """A further original series (`UID#k`) that a job is done on, and its study."""

    stack_id: str
    study_uid: str


def others_json(others: Mapping[str, OtherSeries]) -> str:
    """Equal series in equal roles give equal text; none give ""."""
    stored = {role: [other.stack_id, other.study_uid] for role, other in others.items()}
    return json.dumps(stored, sort_keys=True) if stored else ""


def others_from_json(text: str) -> dict[str, OtherSeries]:
    return {role: OtherSeries(stack_id, study_uid) for role, (stack_id, study_uid) in json.loads(text or "{}").items()}


def canonical_json(parameters: Parameters) -> str:
    """Equal parameters give equal text."""
    return json.dumps(dict(parameters), sort_keys=True)


def plan_json(files: Iterable[PlannedFile]) -> str:
    return json.dumps([[file.name, file.bytes, file.md5] for file in files])


def plan_from_json(text: str) -> tuple[PlannedFile, ...]:
    return tuple(PlannedFile(_inside(name), size, md5) for name, size, md5 in json.loads(text or "[]"))


def _inside(name: str) -> str:
    """A name that leads to no place but the job's own folder."""
    path = PurePosixPath(name)
    return f"{path.parent.name}/{path.name}" if path.parent.name in ROLES else path.name


def sent_json(sent: SentSeries) -> str:
    """Floats are written so that they come back bit for bit."""
    return json.dumps(_stored_sent(sent))


def _stored_sent(sent: SentSeries) -> dict[str, object]:
    return {
        "series_uid": sent.series_uid,
        "instances": sent.sop_instance_uids,
        "geometry": _stored_geometry(sent.geometry),
        "original": _stored_geometry(sent.original),
        "pixels": sent.pixels,
        "moving": None if sent.moving is None else _stored_sent(sent.moving),
        "moving_id": sent.moving_id,
    }


def _stored_geometry(geometry: Geometry | None) -> dict[str, object] | None:
    if geometry is None:
        return None
    return {
        "positions": geometry.positions.tolist(),
        "row_cosine": geometry.row_cosine,
        "column_cosine": geometry.column_cosine,
        "spacing": geometry.spacing,
        "rows": geometry.rows,
        "columns": geometry.columns,
        "thickness": geometry.thickness,
    }


def sent_from_json(text: str) -> SentSeries:
    return _sent(json.loads(text))


def _sent(stored: dict[str, Any]) -> SentSeries:
    """Of any version of the program: what it does not tell is as it was then."""
    moving = stored.get("moving")
    return SentSeries(
        geometry=None if stored["geometry"] is None else _geometry(stored["geometry"]),
        series_uid=stored["series_uid"],
        sop_instance_uids=tuple(stored["instances"]),
        original=_geometry(original) if (original := stored.get("original")) is not None else None,
        pixels=bool(stored.get("pixels", False)),
        moving=None if moving is None else _sent(moving),
        moving_id=str(stored.get("moving_id", "")),
    )


class _StoredGeometry(TypedDict):
    positions: list[list[float]]
    row_cosine: list[float]
    column_cosine: list[float]
    spacing: list[float]
    rows: int
    columns: int
    thickness: float


def _geometry(stored: _StoredGeometry) -> Geometry:
    return Geometry(
        positions=np.array(stored["positions"], dtype=np.float64),
        row_cosine=_vector(stored["row_cosine"]),
        column_cosine=_vector(stored["column_cosine"]),
        spacing=(stored["spacing"][0], stored["spacing"][1]),
        rows=stored["rows"],
        columns=stored["columns"],
        thickness=stored["thickness"],
    )


def _vector(numbers: list[float]) -> Vector:
    return (numbers[0], numbers[1], numbers[2])


def notes_json(notes: Iterable[Words]) -> str:
    return json.dumps([_words(note) for note in notes])


def notes_from_json(text: str) -> tuple[Words, ...]:
    return tuple(_words_back(note) for note in json.loads(text or "[]"))


def facts_json(facts: Mapping[str, Fact]) -> str:
    return json.dumps({name: _words(fact) if isinstance(fact, Words) else fact for name, fact in facts.items()})


def facts_from_json(text: str) -> dict[str, Fact]:
    stored: dict[str, Stored] = json.loads(text or "{}")
    return {name: _fact_back(fact) for name, fact in stored.items()}


Stored = str | int | float | dict[str, "Stored"]


def _words(words: Words) -> dict[str, Stored]:
    return {
        "message": words.message,
        "facts": {name: _words(fact) if isinstance(fact, Words) else fact for name, fact in words.facts},
        "plural": words.plural,
        "count": words.count,
    }


def _words_back(stored: dict[str, Stored]) -> Words:
    facts, count = stored["facts"], stored["count"]
    return Words(
        str(stored["message"]),
        tuple((name, _fact_back(fact)) for name, fact in facts.items()) if isinstance(facts, dict) else (),
        str(stored["plural"]),
        count if isinstance(count, int) else 0,
    )


def _fact_back(stored: Stored) -> Fact:
    return _words_back(stored) if isinstance(stored, dict) else stored
