"""Where the label of a mark goes: beside its shape, over no other label or shape, inside the view."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF

Edges = tuple[float, float, float, float]  # left, top, right, bottom
Points = npt.NDArray[np.float64]

_GAP: Final = 6.0
_NEAR: Final = 5  # places right beside the shape, before those further out
_RINGS: Final = np.array([0.0, 14.0, 30.0, 50.0, 76.0, 108.0])
_ANGLES: Final = np.array([-0.35, 0.35, math.pi + 0.35, math.pi - 0.35, -1.1, 1.1, -2.0, 2.0])
_WAYS: Final = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)
_OFFSETS: Final = np.tile(_WAYS, (len(_RINGS), 1))


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """`leader` joins a label that had to move away with its shape."""

    rect: QRectF
    leader: QLineF | None


def place_labels(
    shapes: Sequence[QRectF], sizes: Sequence[QSizeF], taken: Sequence[QRectF], area: QRectF
) -> list[PlacedLabel]:
    """One place for each shape's label, in order; earlier ones keep theirs, so a selection moves nothing.

    shapes  outer rectangles of the shapes, widget pixels
    taken   what no label may hide besides (corner text)
    """
    # A shape that fills much of the view can't be kept free: its label may lie over it.
    small = [r for r in shapes if r.width() < area.width() / 2 and r.height() < area.height() / 2]
    blocked = [_edges(rect) for rect in (*small, *taken)]
    placed: list[PlacedLabel] = []
    for shape, size in zip(shapes, sizes, strict=True):
        rect = _best(shape, size, blocked, area)
        blocked.append(_edges(rect))
        placed.append(PlacedLabel(rect, _leader(shape, rect)))
    return placed


def _edges(rect: QRectF) -> Edges:
    return (rect.left(), rect.top(), rect.right(), rect.bottom())


def _best(shape: QRectF, size: QSizeF, blocked: Sequence[Edges], area: QRectF) -> QRectF:
    """The first candidate that hides nothing and lies inside; else the one that hides least."""
    width, height = size.width(), size.height()
    middle = shape.center()
    near = _beside(shape, size)
    for x, y in near:  # mostly the first one will do, and a few comparisons cost less than arrays
        if _free((x, y, x + width, y + height), blocked, area):
            return QRectF(x, y, width, height)
    corners = np.concatenate([np.array(near), _OFFSETS * _reach(shape, height)])
    corners[_NEAR:] += (middle.x(), middle.y() - height / 2)
    corners[_NEAR:, 0] -= np.where(_OFFSETS[:, 0] > 0, 0, width)
    # Whole in the view wherever it has room: half a figure is another figure.
    last = np.array([max(area.left(), area.right() - width), max(area.top(), area.bottom() - height)])
    corners = np.clip(corners, (area.left(), area.top()), last)
    rects = np.concatenate([corners, corners + np.array([width, height])], axis=1)
    outside = width * height - _overlaps(rects, np.array([_edges(area)]))[:, 0]
    hidden = 4 * np.round(outside, 6)
    if blocked:
        hidden += _overlaps(rects, np.array(blocked)).sum(axis=1)
    x, y = corners[int(np.argmin(hidden))]
    return QRectF(float(x), float(y), width, height)


def _free(rect: Edges, blocked: Sequence[Edges], area: QRectF) -> bool:
    left, top, right, bottom = rect
    if left < area.left() or top < area.top() or right > area.right() or bottom > area.bottom():
        return False
    return not any(left < far and right > low and top < deep and bottom > high for low, high, far, deep in blocked)


def _beside(shape: QRectF, size: QSizeF) -> Sequence[tuple[float, float]]:
    """Upper left corners right beside the shape: right, right lower, left, above, below."""
    width, height, middle = size.width(), size.height(), shape.center()
    return (
        (shape.right() + _GAP, middle.y() - height * 0.9),
        (shape.right() + _GAP, middle.y() - height / 2),
        (shape.left() - _GAP - width, middle.y() - height / 2),
        (middle.x() - width / 2, shape.top() - _GAP / 2 - height),
        (middle.x() - width / 2, shape.bottom() + _GAP / 2),
    )


def _reach(shape: QRectF, height: float) -> Points:
    """How far each ring around the shape is from its middle, across and along."""
    across = shape.width() / 2 + _GAP + _RINGS
    along = shape.height() / 2 + _GAP + _RINGS + height
    return np.repeat(np.stack([across, along], axis=1), len(_WAYS), axis=0)


def _overlaps(a: Points, b: Points) -> Points:
    """Areas common to each rectangle of `a` and each of `b`, [len(a), len(b)]; a rectangle is its `Edges`."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    return np.asarray(np.clip(high - low, 0, None).prod(axis=-1))


def _leader(shape: QRectF, label: QRectF) -> QLineF | None:
    start = _nearest(label, shape.center())
    end = _nearest(shape, start)
    line = QLineF(start, end)
    return line if line.length() > _GAP * 1.5 else None


def _nearest(rect: QRectF, point: QPointF) -> QPointF:
    return QPointF(min(max(point.x(), rect.left()), rect.right()), min(max(point.y(), rect.top()), rect.bottom()))
