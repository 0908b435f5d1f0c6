"""Where the label of a mark goes: beside its shape, over no other label or shape, inside the view."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF

Edges = tuple[float, float, float, float]  # left, top, right, bottom
Points = npt.NDArray[np.float64]

_GAP: Final = 6.0
_RINGS: Final = (0.0, 14.0, 30.0, 50.0, 76.0, 108.0)
_ANGLES: Final = (-0.35, 0.35, math.pi + 0.35, math.pi - 0.35, -1.1, 1.1, -2.0, 2.0)
_WAYS: Final = tuple((math.cos(angle), math.sin(angle)) for angle in _ANGLES)


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
    # Whole in the view wherever it has room: half a figure is another figure.
    left, top = area.left(), area.top()
    right, bottom = max(left, area.right() - width), max(top, area.bottom() - height)
    asked = list(_beside(shape, size))
    for x, y in asked:
        if left <= x <= right and top <= y <= bottom and _free((x, y, x + width, y + height), blocked):
            return QRectF(x, y, width, height)
    asked.extend(_around(shape, size))
    rects: list[Edges] = []
    for x, y in asked:  # mostly one of the first will do, and a few comparisons cost less than arrays
        x, y = min(max(x, left), right), min(max(y, top), bottom)
        rects.append((x, y, x + width, y + height))
        if _free(rects[-1], blocked):
            return QRectF(x, y, width, height)
    hidden = _overlaps(np.array(rects), np.array(blocked)).sum(axis=1)
    x, y, *_ = rects[int(np.argmin(hidden))]
    return QRectF(x, y, width, height)


def _free(rect: Edges, blocked: Sequence[Edges]) -> bool:
    left, top, right, bottom = rect
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


def _around(shape: QRectF, size: QSizeF) -> Iterator[tuple[float, float]]:
    """Upper left corners further and further out."""
    width, height = size.width(), size.height()
    x, y = shape.center().x(), shape.center().y() - height / 2
    for ring in _RINGS:
        across = shape.width() / 2 + _GAP + ring
        along = shape.height() / 2 + _GAP + ring + height
        for right, down in _WAYS:
            yield x + right * across - (0 if right > 0 else width), y + down * along


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
