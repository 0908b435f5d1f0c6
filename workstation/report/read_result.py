"""Reading a `result.json` back, for showing it over the series that it was made from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import cast

from workstation.domain.answer import AnalysisResult, Curve, JobStamp, Placement, PlacementState
from workstation.domain.decision import Decision, DecisionState
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.geometry import Vector
from workstation.domain.sentences import sentence
from workstation.domain.shapes import Angle, Box2D, Box3D, Contour, Label, Line, Mask, Point, Polyline, Shape, Sphere
from workstation.domain.volume import LabelVolume
from workstation.domain.words import Words, say
from workstation.report.kept_files import read_files, read_moved
from workstation.report.mask_files import read_mask
from workstation.report.result_json import SCHEMA

Json = Mapping[str, object]


def read_result(file: Path) -> tuple[AnalysisResult, Mapping[str, Decision]]:
    """The result with its masks, and what was decided. A mask whose file is not there is said to be missing.

    raises NOT_FOUND, SCHEMA_TOO_NEW, NO_RESULT
    """
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except OSError:
        raise WorkstationError(ErrorCode.NOT_FOUND) from None
    except ValueError:
        raise WorkstationError(ErrorCode.NO_RESULT) from None
    if not isinstance(data, dict) or not str(data.get("schema", "")).startswith("yingtai-result/"):
        raise WorkstationError(ErrorCode.NO_RESULT)
    if data["schema"] != SCHEMA:
        raise WorkstationError(ErrorCode.SCHEMA_TOO_NEW)
    try:
        result = _result(data)
        decisions = {entry["id"]: _decided(entry) for entry in data["findings"]}
        masks, lost = _masks(_list(data["masks"]), file.parent)
        files = read_files(_list(data.get("files", [])), file.parent)
    except (KeyError, TypeError, ValueError):
        raise WorkstationError(ErrorCode.NO_RESULT) from None
    volumes = read_moved(files) if result.moving_id else ()
    return replace(result, masks=masks, files=files, volumes=volumes, notes=(*result.notes, *lost)), decisions


def _result(data: Json) -> AnalysisResult:
    job, service, placement = _map(data["job"]), _map(data["service"]), _map(data["placement"])
    return AnalysisResult(
        operation=str(data["operation"]),
        connection=str(data["connection"]),
        basis=Basis(str(data["basis"])),
        parameters=cast("Mapping[str, str | int | float | bool]", _map(data["parameters"])),
        stack_id=str(data["series_id"]),
        study_uid=str(data.get("study_uid", "")),
        job=JobStamp(
            id=str(job["id"]),
            request_id=str(job["request_id"]),
            submitted=datetime.fromisoformat(str(job["submitted"])),
            finished=datetime.fromisoformat(str(job["finished"])),
            cost_yuan=_number(job["cost_yuan"]),
        ),
        service_name=str(service["name"]),
        service_version=str(service["version"]),
        placement=Placement(PlacementState(str(placement["state"])), _said(placement)),
        findings=tuple(_finding(_map(entry)) for entry in _list(data["findings"])),
        measurements=tuple(_measurement(_map(entry)) for entry in _list(data["measurements"])),
        texts=tuple(str(text) for text in _list(data["texts"])),
        curves=tuple(_curve(_map(entry)) for entry in _list(data.get("curves", []))),
        moving_id=str(data.get("moving_id", "")),
        in_pixels=data.get("in_pixels") is True,
        notes=tuple(literal(str(note)) for note in _list(data.get("notes", []))),
    )


def _masks(listed: list[object], folder: Path) -> tuple[tuple[LabelVolume, ...], tuple[Words, ...]]:
    """Label images from their files, and a sentence for each that can't be read."""
    names: dict[str, dict[int, Words]] = {}
    bases: dict[str, Basis | None] = {}
    for entry in map(_map, listed):
        name, basis = str(entry["name"]), entry.get("basis")
        names.setdefault(name, {})[int(_number(entry["label"]))] = literal(str(entry.get("title", "")))
        bases[name] = None if basis is None else Basis(str(basis))
    masks: list[LabelVolume] = []
    lost: list[Words] = []
    for name, labels in names.items():
        try:
            masks.append(read_mask(folder, name, labels, bases[name]))
        except WorkstationError as error:
            lost.append(say("Mask {name} is not painted: {reason}", name=name, reason=sentence(error).says))
    return tuple(masks), tuple(lost)


def _said(data: Json) -> Words:
    """The sentence as it was said: by its message id where the file has it, so that it can change its language."""
    facts = data.get("facts")
    if isinstance(data.get("code"), str) and isinstance(facts, dict):
        return say(str(data["code"]), **{name: _plain(value) for name, value in facts.items()})
    return literal(str(data["sentence"]))


def literal(text: str) -> Words:
    """Words that are shown as they are, in every language."""
    return Words("{text}", (("text", text),))


def _plain(value: object) -> str | int | float:
    return value if isinstance(value, (int, float)) else str(value)


def _finding(data: Json) -> Finding:
    confidence = data["confidence"]
    return Finding(
        id=str(data["id"]),
        code=str(data["code"]),
        label=literal(str(data["label"])),
        shapes=tuple(shape for entry in _list(data["shapes"]) for shape in _shape(_map(entry))),
        measurements=tuple(_measurement(_map(entry)) for entry in _list(data["measurements"])),
        confidence=None if confidence is None else _number(confidence),
        basis=Basis(str(data["basis"])),
    )


def _measurement(data: Json) -> Measurement:
    value = data["value"]
    return Measurement(
        name=str(data["name"]),
        label=literal(str(data.get("title", data["name"]))),
        value=float(value) if isinstance(value, (int, float)) else literal(str(data.get("text", value))),
        unit=str(data["unit"]),
        basis=Basis(str(data["basis"])),
    )


def _curve(data: Json) -> Curve:
    marked = data["marked"]
    return Curve(
        name=str(data["name"]),
        label=literal(str(data["title"])),
        x=tuple(_number(entry) for entry in _list(data["x"])),
        y=tuple(_number(entry) for entry in _list(data["y"])),
        x_unit=str(data["x_unit"]),
        y_unit=str(data["y_unit"]),
        basis=Basis(str(data["basis"])),
        marked=None if marked is None else int(_number(marked)),
    )


def _decided(entry: Json) -> Decision:
    decision, changed = _decision(_map(entry["decision"])), entry.get("edited")
    if changed is None:
        return decision
    shapes = tuple(shape for one in _list(_map(changed)["shapes"]) for shape in _shape(_map(one)))
    return replace(decision, shapes=shapes)


def _decision(data: Json) -> Decision:
    at = data["at"]
    return Decision(
        state=DecisionState(str(data["state"])),
        comment=str(data["comment"]),
        by=str(data["by"]),
        role=str(data.get("role", "")),
        at=None if at is None else datetime.fromisoformat(str(at)),
    )


def _shape(data: Json) -> tuple[Shape, ...]:
    """Keys end in `_mm`, or in `_px` where the result is in pixels of a picture."""
    kind, at = data["type"], {name.removesuffix("_mm").removesuffix("_px"): value for name, value in data.items()}
    match kind:
        case "sphere":
            return (Sphere(center=_point(at["center"]), radius=_number(at["radius"])),)
        case "box3d":
            a, b, c, d, e, f, g, h = _points(at["corners"])
            first, last = _index(at["min_index"]), _index(at["max_index"])
            return (Box3D(min_index=first, max_index=last, corners=(a, b, c, d, e, f, g, h)),)
        case "box2d":
            a, b, c, d = _points(at["corners"])
            return (Box2D(corners=(a, b, c, d)),)
        case "point":
            return (Point(at=_point(at["at"])),)
        case "label":
            return (Label(text=str(at["text"]), at=_point(at["at"])),)
        case "line":
            return (Line(start=_point(at["start"]), end=_point(at["end"])),)
        case "angle":
            return (Angle(start=_point(at["start"]), vertex=_point(at["vertex"]), end=_point(at["end"])),)
        case "polyline":
            return (Polyline(points=_points(at["points"])),)
        case "contour":
            return (Contour(points=_points(at["points"])),)
        case "mask":
            return (Mask(volume=str(at["volume"]), label=int(_number(at["label"]))),) if "volume" in at else ()
    raise ValueError(str(kind))


def _map(value: object) -> Json:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError
    return float(value)


def _point(value: object) -> Vector:
    """Three numbers; two of a picture."""
    numbers = [_number(entry) for entry in _list(value)]
    x, y, z = numbers if len(numbers) == 3 else (*numbers, 0.0)
    return (x, y, z)


def _index(value: object) -> tuple[int, int, int]:
    a, b, c = (int(_number(entry)) for entry in _list(value))
    return (a, b, c)


def _points(value: object) -> tuple[Vector, ...]:
    return tuple(_point(entry) for entry in _list(value))
