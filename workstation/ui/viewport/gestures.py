"""Mouse buttons and their movement told as what the reader wants: which drag, how far, or a click."""

from __future__ import annotations

from enum import Enum
from typing import Final

from PySide6.QtCore import QPointF, Qt

from workstation.domain.measure import MeasureKind
from workstation.domain.words import Words
from workstation.ui.keys import BY_COMMAND, Command

CLICK_PX: Final = 4.0
_Button = Qt.MouseButton


class Tool(Enum):
    """What a left drag does."""

    WINDOW = Command.TOOL_WINDOW
    PAN = Command.TOOL_PAN
    ZOOM = Command.TOOL_ZOOM
    LENGTH = Command.TOOL_LENGTH
    ANGLE = Command.TOOL_ANGLE
    COBB = Command.TOOL_COBB
    ELLIPSE = Command.TOOL_ELLIPSE
    RECTANGLE = Command.TOOL_RECTANGLE
    FREEHAND = Command.TOOL_FREEHAND
    PROBE = Command.TOOL_PROBE
    ARROW = Command.TOOL_ARROW
    TEXT = Command.TOOL_TEXT
    BRUSH = Command.TOOL_BRUSH
    ERASER = Command.TOOL_ERASER
    POLYGON = Command.TOOL_POLYGON

    @property
    def title(self) -> Words:
        return BY_COMMAND[self.value].title

    @property
    def measure(self) -> MeasureKind | None:
        """What it draws; None for a tool that moves the picture."""
        return next((kind for kind in MeasureKind if kind.name == self.name), None)

    @property
    def brush(self) -> bool:
        """Whether it has a size."""
        return self in (Tool.BRUSH, Tool.ERASER)

    @property
    def draws(self) -> bool:
        """Whether it draws masks."""
        return self.brush or self is Tool.POLYGON


class Drag(Enum):
    NONE = "none"
    WINDOW = "window"
    PAN = "pan"
    ZOOM = "zoom"
    MEASURE = "measure"
    DRAW = "draw"
    SCROLL = "scroll"
    SCRUB = "scrub"


_BY_TOOL: Final = {
    Tool.WINDOW: Drag.WINDOW,
    Tool.PAN: Drag.PAN,
    Tool.ZOOM: Drag.ZOOM,
    Tool.BRUSH: Drag.DRAW,
    Tool.ERASER: Drag.DRAW,
    Tool.POLYGON: Drag.DRAW,
}


class Gesture:
    """One press of the mouse until all buttons are up again.

    start  where the drag began; moved whether it went further than a click may
    """

    def __init__(self) -> None:
        self.drag = Drag.NONE
        self.start = QPointF()
        self.last = QPointF()
        self.moved = False

    def press(self, button: Qt.MouseButton, held: Qt.MouseButton, at: QPointF, tool: Tool, on_scrubber: bool) -> None:
        """held: every button that is down now, the new one included."""
        both = _Button.LeftButton | _Button.RightButton
        if held & both == both:
            self.drag, self.moved = Drag.SCROLL, True
        elif button == _Button.LeftButton and on_scrubber:
            self.drag, self.moved = Drag.SCRUB, True
        elif button == _Button.LeftButton:
            self.drag, self.moved = _BY_TOOL.get(tool, Drag.MEASURE), False
        elif button == _Button.MiddleButton:
            self.drag, self.moved = Drag.PAN, True
        elif button == _Button.RightButton:
            self.drag, self.moved = Drag.ZOOM, False
        self.start = self.last = at

    def end(self) -> None:
        """What was dragged is done with, although a button is still down."""
        self.drag = Drag.NONE

    def measure(self) -> None:
        """This press is about a measure, whatever tool is chosen."""
        self.drag = Drag.MEASURE

    def move(self, at: QPointF) -> QPointF | None:
        """The way since the last call; None while it may still become a click."""
        if self.drag is Drag.NONE:
            return None
        if not self.moved:
            if (at - self.start).manhattanLength() < CLICK_PX:
                return None
            self.moved = True
        way = at - self.last
        self.last = at
        return way

    def release(self, held: Qt.MouseButton) -> bool:
        """Whether this was a click. The drag ends when the last button is up."""
        clicked = not self.moved and self.drag is not Drag.NONE
        if held == _Button.NoButton or clicked:
            self.drag = Drag.NONE
        return clicked
