"""Shapes as JSON and back, bit for bit: for what the records keep and what is signed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from workstation.domain.geometry import Vector
from workstation.domain.shapes import Angle, Box2D, Box3D, Contour, Label, Line, Mask, Point, Polyline, Shape, Sphere

_NAMES: Final[dict[type[Shape], str]] = {
    Point: "point",
    Line: "line",
    Polyline: "polyline",
    Angle: "angle",
    Box2D: "box2d",
    Box3D: "box3d",
    Sphere: "sphere",
    Contour: "contour",
    Label: "label",
    Mask: "mask",
}


def shapes_data(shapes: Sequence[Shape]) -> list[dict[str, object]]:
    """Plain values, by the names of their fields."""
    return [{"type": _NAMES[type(shape)], **asdict(shape)} for shape in shapes]


def shapes_text(shapes: Sequence[Shape]) -> str:
    return json.dumps(shapes_data(shapes), separators=(",", ":"))


def shapes_from(text: str) -> tuple[Shape, ...]:
    """raises ValueError, KeyError, TypeError"""
    return tuple(map(_shape, json.loads(text)))


def _shape(data: dict[str, object]) -> Shape:
    match data["type"]:
        case "point":
            return Point(at=_vector(data["at"]))
        case "line":
            return Line(start=_vector(data["start"]), end=_vector(data["end"]))
        case "polyline":
            return Polyline(points=_vectors(data["points"]))
        case "angle":
            return Angle(start=_vector(data["start"]), vertex=_vector(data["vertex"]), end=_vector(data["end"]))
        case "box2d":
            a, b, c, d = _vectors(data["corners"])
            return Box2D(corners=(a, b, c, d))
        case "box3d":
            a, b, c, d, e, f, g, h = _vectors(data["corners"])
            return Box3D(
                min_index=_index(data["min_index"]),
                max_index=_index(data["max_index"]),
                corners=(a, b, c, d, e, f, g, h),
            )
        case "sphere":
            return Sphere(center=_vector(data["center"]), radius=_number(data["radius"]))
        case "contour":
            return Contour(points=_vectors(data["points"]))
        case "label":
            return Label(text=str(data["text"]), at=_vector(data["at"]))
        case "mask":
            return Mask(volume=str(data["volume"]), label=int(_number(data["label"])))
    raise ValueError(str(data["type"]))


def _number(value: object) -> float:
    if not isinstance(value, int | float):
        raise TypeError
    return float(value)


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _vector(value: object) -> Vector:
    x, y, z = map(_number, _list(value))
    return (x, y, z)


def _vectors(value: object) -> tuple[Vector, ...]:
    return tuple(map(_vector, _list(value)))


def _index(value: object) -> tuple[int, int, int]:
    a, b, c = map(_number, _list(value))
    return (int(a), int(b), int(c))
