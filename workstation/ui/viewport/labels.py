"""Where the label of a mark goes: beside its shape, over no other label or shape, inside the view."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF

_GAP = 6.0
_RINGS = (0.0, 14.0, 30.0, 50.0, 76.0, 108.0)
_WAYS = tuple((math.cos(a), math.sin(a)) for a in (-0.35, 0.35, math.pi + 0.35, math.pi - 0.35, -1.1, 1.1, -2.0, 2.0))


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
    blocked = [*small, *taken]
    placed: list[PlacedLabel] = []
    for shape, size in zip(shapes, sizes, strict=True):
        rect = _best(shape, size, [*blocked, *(label.rect for label in placed)], area)
        placed.append(PlacedLabel(rect, _leader(shape, rect)))
    return placed


def _best(shape: QRectF, size: QSizeF, blocked: Sequence[QRectF], area: QRectF) -> QRectF:
    """The first candidate that is free; else the one that hides least."""
    least, best = math.inf, QRectF()
    for rect in _candidates(shape, size):
        if area.contains(rect) and not any(rect.intersects(other) for other in blocked):
            return rect
        outside = rect.width() * rect.height() - _overlap(rect, area)
        hidden = sum(_overlap(rect, other) for other in blocked) + 4 * outside
        if hidden < least:
            least, best = hidden, rect
    return best


def _candidates(shape: QRectF, size: QSizeF) -> Iterator[QRectF]:
    """Beside the shape first (right, left, above, below), then further out all around."""
    width, height = size.width(), size.height()
    middle = shape.center()
    yield QRectF(shape.right() + _GAP, middle.y() - height * 0.9, width, height)
    yield QRectF(shape.right() + _GAP, middle.y() - height / 2, width, height)
    yield QRectF(shape.left() - _GAP - width, middle.y() - height / 2, width, height)
    yield QRectF(middle.x() - width / 2, shape.top() - _GAP / 2 - height, width, height)
    yield QRectF(middle.x() - width / 2, shape.bottom() + _GAP / 2, width, height)
    for ring in _RINGS:
        for across, along in _WAYS:
            x = middle.x() + across * (shape.width() / 2 + _GAP + ring) + (0 if across > 0 else -width)
            y = middle.y() + along * (shape.height() / 2 + _GAP + ring + height) - height / 2
            yield QRectF(x, y, width, height)


def _overlap(a: QRectF, b: QRectF) -> float:
    both = a.intersected(b)
    return max(0.0, both.width()) * max(0.0, both.height())


def _leader(shape: QRectF, label: QRectF) -> QLineF | None:
    start = _nearest(label, shape.center())
    end = _nearest(shape, start)
    line = QLineF(start, end)
    return line if line.length() > _GAP * 1.5 else None


def _nearest(rect: QRectF, point: QPointF) -> QPointF:
    return QPointF(min(max(point.x(), rect.left()), rect.right()), min(max(point.y(), rect.top()), rect.bottom()))
