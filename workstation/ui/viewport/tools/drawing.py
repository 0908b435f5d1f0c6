"""The points of a measure while it is drawn: by press, drag and release, or by clicks with the mouse up in between."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from workstation.domain.measure import MeasureKind
from workstation.domain.projection import XY
from workstation.ui.viewport.source import Spacing

_ANCHORS: Final[Mapping[MeasureKind, int]] = {
    MeasureKind.LENGTH: 2,
    MeasureKind.ANGLE: 3,
    MeasureKind.COBB: 4,
    MeasureKind.ELLIPSE: 2,
    MeasureKind.RECTANGLE: 2,
    MeasureKind.PROBE: 1,
    MeasureKind.ARROW: 2,
    MeasureKind.TEXT: 1,
}
_BOXES: Final = (MeasureKind.ELLIPSE, MeasureKind.RECTANGLE)
_LEAST_CORNERS: Final = 3


class Drawing:
    """Slice pixels (column, row); what counts as a drag, and what as far enough, is the caller's to say.

    anchors  set so far
    pointer  where the mouse is: the next anchor, as it would be
    """

    def __init__(self, kind: MeasureKind) -> None:
        self.kind = kind
        self.anchors: list[XY] = []
        self.pointer: XY | None = None
        self._held = False

    def press(self, at: XY) -> None:
        self._held = True
        if not self._full:
            self.anchors.append(at)
        self.pointer = at

    def hover(self, at: XY, *, far: bool = True) -> None:
        """far: further from the last anchor than a hand trembles; a freehand line gets a corner then."""
        self.pointer = at
        if self.kind is MeasureKind.FREEHAND and self._held and far:
            self.anchors.append(at)

    def release(self, at: XY, *, dragged: bool) -> bool:
        """Whether it is finished."""
        self._held, self.pointer = False, at
        if self.kind is MeasureKind.FREEHAND:
            return dragged and len(self.anchors) >= _LEAST_CORNERS
        if dragged and self._full and len(self.anchors) > 1:
            self.anchors[-1] = at  # the last one was set by the press, and may still be moved
        elif dragged and not self._full:
            self.anchors.append(at)
        return self._full

    def close(self) -> bool:
        """End a region of single corners. Whether it has enough of them."""
        return self.kind is MeasureKind.FREEHAND and len(self.anchors) >= _LEAST_CORNERS

    @property
    def _full(self) -> bool:
        needed = _ANCHORS.get(self.kind)
        return needed is not None and len(self.anchors) >= needed

    @property
    def last(self) -> XY | None:
        """What the next anchor is constrained against; None for the beginning of a line."""
        count = len(self.anchors)
        if not count or (self.kind is MeasureKind.COBB and count % 2 == 0):
            return None
        return self.anchors[-1]

    @property
    def finished(self) -> tuple[XY, ...]:
        """The points of the measure."""
        return points_of(self.kind, self.anchors)

    @property
    def preview(self) -> tuple[XY, ...]:
        """What is set, and the pointer."""
        anchors = list(self.anchors)
        if self.pointer is not None and anchors and anchors[-1] != self.pointer:
            if self._full and self._held:
                anchors[-1] = self.pointer
            elif not self._full:
                anchors.append(self.pointer)
        return points_of(self.kind, anchors)


def points_of(kind: MeasureKind, anchors: Sequence[XY]) -> tuple[XY, ...]:
    """A box has four corners, in order around it, of the two that are drawn."""
    if kind in _BOXES and len(anchors) == 2:
        (x0, y0), (x1, y1) = anchors
        return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    return tuple(anchors)


def constrained(kind: MeasureKind, start: XY, at: XY, shape: Spacing) -> XY:
    """A line becomes level, upright or diagonal; a box becomes a square, an ellipse a circle.

    shape  height and width of a pixel: both are so in the patient
    """
    across, along = (at[0] - start[0]) * shape[1], (at[1] - start[1]) * shape[0]
    if kind in _BOXES:
        side = max(abs(across), abs(along))
        across, along = math.copysign(side, across), math.copysign(side, along)
    else:
        eighth = round(math.atan2(along, across) / (math.pi / 4)) * (math.pi / 4)
        way = across * math.cos(eighth) + along * math.sin(eighth)
        across, along = way * math.cos(eighth), way * math.sin(eighth)
    return (start[0] + across / shape[1], start[1] + along / shape[0])
