"""Handles of a measure, and what becomes of it when one is pulled. Points are slice pixels (column, row)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from workstation.domain.measure import MeasureKind
from workstation.domain.projection import XY

_MOST_HANDLES: Final = 24  # of a freehand region; one with more corners is moved as a whole


def handles_of(kind: MeasureKind, points: Sequence[XY]) -> tuple[XY, ...]:
    """Where it can be pulled: ends and corners; of an ellipse the ends of its axes."""
    if kind is MeasureKind.ELLIPSE:
        return tuple(_middle(points[side], points[(side + 1) % 4]) for side in range(4))
    if kind is MeasureKind.FREEHAND and len(points) > _MOST_HANDLES:
        return ()
    return tuple(points)


def anchor_of(kind: MeasureKind, points: Sequence[XY], handle: int) -> XY | None:
    """What a pulled handle is constrained against: the other end, the opposite corner; None: nothing."""
    match kind:
        case MeasureKind.LENGTH | MeasureKind.ARROW:
            return points[1 - handle]
        case MeasureKind.ANGLE:
            return points[1] if handle != 1 else points[0]
        case MeasureKind.COBB:
            return points[handle ^ 1]
        case MeasureKind.RECTANGLE:
            return points[(handle + 2) % 4]
        case _:
            return None


def reshaped(kind: MeasureKind, points: Sequence[XY], handle: int, to: XY) -> tuple[XY, ...]:
    """Its points when a handle is pulled there; what lies opposite stays."""
    pulled = list(points)
    if kind is MeasureKind.ELLIPSE:
        for corner in (handle, (handle + 1) % 4):
            x, y = points[corner]
            pulled[corner] = (x, to[1]) if _level(points, handle) else (to[0], y)
        return tuple(pulled)
    pulled[handle] = to
    if kind is MeasureKind.RECTANGLE:
        after, before, opposite = (handle + 1) % 4, (handle + 3) % 4, points[(handle + 2) % 4]
        beside = ((opposite[0], to[1]), (to[0], opposite[1]))
        pulled[after], pulled[before] = beside if _level(points, handle) else beside[::-1]
    return tuple(pulled)


def moved(points: Sequence[XY], way: XY) -> tuple[XY, ...]:
    return tuple((x + way[0], y + way[1]) for x, y in points)


def _level(points: Sequence[XY], side: int) -> bool:
    """Whether the side from this corner to the next runs along a row."""
    (x0, y0), (x1, y1) = points[side], points[(side + 1) % 4]
    if (x0, y0) == (x1, y1):  # flat: the other two sides tell
        (x0, y0), (x1, y1) = points[(side + 2) % 4], points[(side + 3) % 4]
    return abs(x1 - x0) >= abs(y1 - y0)


def _middle(a: XY, b: XY) -> XY:
    return ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
