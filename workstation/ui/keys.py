"""One table of commands and their keys: menus, tool tips, the key sheet and the widgets all read it.

Keys bind to commands, never to places in a list, and the reader may choose others (`hands`). A view performs the
commands of scope VIEW (`SliceView.perform`); the window performs the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from PySide6.QtGui import QKeyEvent

from workstation.domain.words import Words, say
from workstation.ui.key_map import KeyMap, native, spellings


class Scope(StrEnum):
    WINDOW = "window"
    VIEW = "view"
    FINDINGS = "findings"


class Command(StrEnum):
    OPEN = "open"
    FULL_SCREEN = "full-screen"
    KEY_SHEET = "key-sheet"
    PALETTE = "all-commands"
    SETTINGS = "settings"
    LANGUAGE = "switch-language"
    THEME = "switch-theme"
    TEXTS = "texts"
    OPEN_FILES = "open-files"
    FIND = "find-series"
    TOOLBAR = "to-toolbar"
    NEXT_PART = "next-part"
    PREVIOUS_PART = "previous-part"
    FOLD_LEFT = "fold-left"
    FOLD_RIGHT = "fold-right"
    FLOAT_RIGHT = "float-right"
    SHOW_ANALYSES = "show-analyses"
    SHOW_FINDINGS = "show-findings"
    SHOW_REPORT = "show-report"
    UNDO = "undo"
    REDO = "redo"
    SIGN = "sign"
    NEXT_VIEW = "next-view"
    PREVIOUS_VIEW = "previous-view"
    NEXT_SERIES = "next-series"
    PREVIOUS_SERIES = "previous-series"
    NEXT_STUDY = "next-study"
    PREVIOUS_STUDY = "previous-study"
    LAYOUT_ONE = "layout-1x1"
    LAYOUT_TWO = "layout-1x2"
    LAYOUT_FOUR = "layout-2x2"
    LAYOUT_NINE = "layout-3x3"
    LAYOUT_MPR = "layout-mpr"
    LAYOUT_VOLUME = "layout-3d"
    LAYOUT_COMPARE = "layout-compare"
    LAYOUT_PHOTO = "layout-photo"
    MAXIMISE = "maximise-view"
    LINK = "link-scrolling"
    KEEP_HANGING = "keep-layout"
    FORGET_HANGING = "forget-layout"
    OVERLAYS = "overlays"
    STRAIGHTEN = "straighten"
    CROSSHAIR = "crosshair"
    CROSSHAIR_STRAIGHT = "crosshair-straight"
    SLAB = "slab"
    SLAB_THICKER = "slab-thicker"
    SLAB_THINNER = "slab-thinner"
    LOAD_SMALLER = "load-smaller"
    NEXT_SLICE = "next-slice"
    PREVIOUS_SLICE = "previous-slice"
    TEN_ON = "ten-slices-on"
    TEN_BACK = "ten-slices-back"
    FIRST_SLICE = "first-slice"
    LAST_SLICE = "last-slice"
    WINDOW_AUTO = "window-auto"
    WINDOW_FILE = "window-file"
    WINDOW_SOFT = "window-soft-tissue"
    WINDOW_LUNG = "window-lung"
    WINDOW_BONE = "window-bone"
    WINDOW_BRAIN = "window-brain"
    WINDOW_ABDOMEN = "window-abdomen"
    WINDOW_LIVER = "window-liver"
    WINDOW_VESSEL = "window-vessel"
    WINDOW_CALCIUM = "window-calcium"
    TOOL_WINDOW = "tool-window"
    TOOL_PAN = "tool-pan"
    TOOL_ZOOM = "tool-zoom"
    TOOL_LENGTH = "tool-length"
    TOOL_ANGLE = "tool-angle"
    TOOL_COBB = "tool-cobb"
    TOOL_ELLIPSE = "tool-ellipse"
    TOOL_RECTANGLE = "tool-rectangle"
    TOOL_FREEHAND = "tool-freehand"
    TOOL_PROBE = "tool-probe"
    TOOL_ARROW = "tool-arrow"
    TOOL_TEXT = "tool-text"
    TOOL_BRUSH = "tool-brush"
    TOOL_ERASER = "tool-eraser"
    TOOL_POLYGON = "tool-polygon"
    NEW_MASK = "new-mask"
    FILL_HOLES = "fill-holes"
    CUT_OUT = "cut-out"
    ZOOM_IN = "zoom-in"
    ZOOM_OUT = "zoom-out"
    ONE_TO_ONE = "one-to-one"
    FIT = "fit"
    RESET = "reset"
    INVERT = "invert"
    FLIP_ACROSS = "flip-left-right"
    FLIP_DOWN = "flip-up-down"
    TURN_RIGHT = "turn-right"
    TURN_LEFT = "turn-left"
    COLOURS = "next-colour-table"
    CINE = "cine"
    SMOOTH = "smooth"
    INFO = "info-text"
    FLICKER = "flicker"
    DIFFERENCE = "difference"
    DELETE_MEASURE = "delete-measure"
    CALIBRATE = "calibrate"
    ACCEPT = "accept-finding"
    REJECT = "reject-finding"
    COMMENT = "comment-finding"
    NEXT_FINDING = "next-finding"
    PREVIOUS_FINDING = "previous-finding"
    OWN_FINDING = "own-finding"
    EDIT_SHAPE = "edit-shape"
    SHAPE_BACK = "shape-of-the-answer"


@dataclass(frozen=True, slots=True)
class Key:
    """`key` is Qt's portable text ("Shift+Up"); it can be typed into a QKeySequence or a QAction."""

    command: Command
    key: str
    title: Words
    scope: Scope


_W, _V, _F = Scope.WINDOW, Scope.VIEW, Scope.FINDINGS

KEYS: Final[tuple[Key, ...]] = (
    Key(Command.OPEN, "Ctrl+O", say("Open a folder"), _W),
    Key(Command.FULL_SCREEN, "F11", say("Full screen"), _W),
    Key(Command.KEY_SHEET, "?", say("Keys and mouse"), _W),
    Key(Command.PALETTE, "Ctrl+Shift+P", say("All commands"), _W),
    Key(Command.SETTINGS, "Ctrl+,", say("Settings"), _W),
    Key(Command.LANGUAGE, "Ctrl+Shift+E", say("The other language"), _W),
    Key(Command.THEME, "Ctrl+Shift+D", say("Dark or light"), _W),
    Key(Command.TEXTS, "Ctrl+T", say("Texts: translate, ask about skin"), _W),
    Key(Command.OPEN_FILES, "Ctrl+Shift+O", say("Open files"), _W),
    Key(Command.FIND, "Ctrl+F", say("Find a patient, study or series"), _W),
    Key(Command.TOOLBAR, "F10", say("To the bar on top"), _W),
    Key(Command.NEXT_PART, "F6", say("Next part of the window"), _W),
    Key(Command.PREVIOUS_PART, "Shift+F6", say("Previous part of the window"), _W),
    Key(Command.FOLD_LEFT, "F7", say("Show or hide the studies"), _W),
    Key(Command.FOLD_RIGHT, "F8", say("Show or hide analyses, findings and report"), _W),
    Key(Command.FLOAT_RIGHT, "Shift+F8", say("Analyses, findings and report in a window of their own"), _W),
    Key(Command.SHOW_ANALYSES, "Alt+1", say("Show the analyses"), _W),
    Key(Command.SHOW_FINDINGS, "Alt+2", say("Show the findings"), _W),
    Key(Command.SHOW_REPORT, "Alt+3", say("Show the report"), _W),
    Key(Command.UNDO, "Ctrl+Z", say("Undo"), _W),
    Key(Command.REDO, "Ctrl+Y", say("Redo"), _W),
    Key(Command.SIGN, "Ctrl+Return", say("Sign the reading"), _W),
    Key(Command.NEXT_VIEW, "Tab", say("Next view"), _W),
    Key(Command.PREVIOUS_VIEW, "Shift+Tab", say("Previous view"), _W),
    Key(Command.NEXT_SERIES, "PgDown", say("Next series"), _W),
    Key(Command.PREVIOUS_SERIES, "PgUp", say("Previous series"), _W),
    Key(Command.NEXT_STUDY, "Ctrl+Right", say("Next study"), _W),
    Key(Command.PREVIOUS_STUDY, "Ctrl+Left", say("Previous study"), _W),
    Key(Command.LAYOUT_ONE, "Ctrl+1", say("One view"), _W),
    Key(Command.LAYOUT_TWO, "Ctrl+2", say("Two views"), _W),
    Key(Command.LAYOUT_FOUR, "Ctrl+4", say("Four views"), _W),
    Key(Command.LAYOUT_NINE, "Ctrl+9", say("Nine views"), _W),
    Key(Command.LAYOUT_MPR, "Ctrl+M", say("Three planes (MPR)"), _W),
    Key(Command.LAYOUT_VOLUME, "Ctrl+3", say("3-D view and three planes"), _W),
    Key(Command.LAYOUT_COMPARE, "Ctrl+K", say("Compare two series"), _W),
    Key(Command.LAYOUT_PHOTO, "Ctrl+5", say("Photograph with its masks"), _W),
    Key(Command.MAXIMISE, "Return", say("This view alone, and back"), _W),
    Key(Command.LINK, "Y", say("Scroll, zoom and pan the views together"), _W),
    Key(Command.KEEP_HANGING, "Ctrl+Shift+K", say("Always show series like this as now"), _W),
    Key(Command.FORGET_HANGING, "Ctrl+Shift+J", say("Show series like this as usual again"), _W),
    Key(Command.OVERLAYS, "O", say("Findings over the picture"), _W),
    Key(Command.LOAD_SMALLER, "Ctrl+Shift+L", say("Larger pixels, where memory is short"), _W),
    Key(Command.STRAIGHTEN, "Shift+S", say("Straighten (resampled)"), _W),
    Key(Command.CROSSHAIR, "J", say("Crosshair"), _W),
    Key(Command.CROSSHAIR_STRAIGHT, "Shift+J", say("Planes along the slices again"), _W),
    Key(Command.SLAB, "Shift+M", say("Slab: off, MIP, MinIP, mean"), _W),
    Key(Command.SLAB_THICKER, "Ctrl+Up", say("Thicker slab"), _W),
    Key(Command.SLAB_THINNER, "Ctrl+Down", say("Thinner slab"), _W),
    Key(Command.NEW_MASK, "Ctrl+B", say("Draw a new mask"), _W),
    Key(Command.FILL_HOLES, "Shift+F", say("Fill the holes of the mask"), _W),
    Key(Command.CALIBRATE, "Ctrl+R", say("Calibrate by a ruler in the picture"), _W),
    Key(Command.CUT_OUT, "Ctrl+Shift+X", say("Cut out what the mask covers"), _W),
    Key(Command.NEXT_SLICE, "Down", say("Next slice"), _V),
    Key(Command.PREVIOUS_SLICE, "Up", say("Previous slice"), _V),
    Key(Command.TEN_ON, "Shift+Down", say("10 slices on"), _V),
    Key(Command.TEN_BACK, "Shift+Up", say("10 slices back"), _V),
    Key(Command.FIRST_SLICE, "Home", say("First slice"), _V),
    Key(Command.LAST_SLICE, "End", say("Last slice"), _V),
    Key(Command.WINDOW_AUTO, "0", say("Window: automatic"), _V),
    Key(Command.WINDOW_FILE, "1", say("Window: from the file"), _V),
    Key(Command.WINDOW_SOFT, "2", say("Window: soft tissue"), _V),
    Key(Command.WINDOW_LUNG, "3", say("Window: lung"), _V),
    Key(Command.WINDOW_BONE, "4", say("Window: bone"), _V),
    Key(Command.WINDOW_BRAIN, "5", say("Window: brain"), _V),
    Key(Command.WINDOW_ABDOMEN, "6", say("Window: abdomen"), _V),
    Key(Command.WINDOW_LIVER, "7", say("Window: liver"), _V),
    Key(Command.WINDOW_VESSEL, "8", say("Window: vessels"), _V),
    Key(Command.WINDOW_CALCIUM, "9", say("Window: calcium"), _V),
    Key(Command.TOOL_WINDOW, "W", say("Window"), _V),
    Key(Command.TOOL_PAN, "P", say("Pan"), _V),
    Key(Command.TOOL_ZOOM, "Z", say("Zoom"), _V),
    Key(Command.TOOL_LENGTH, "L", say("Length"), _V),
    Key(Command.TOOL_ANGLE, "G", say("Angle"), _V),
    Key(Command.TOOL_COBB, "Shift+G", say("Cobb angle"), _V),
    Key(Command.TOOL_ELLIPSE, "E", say("Ellipse"), _V),
    Key(Command.TOOL_RECTANGLE, "B", say("Rectangle"), _V),
    Key(Command.TOOL_FREEHAND, "Shift+E", say("Freehand region"), _V),
    Key(Command.TOOL_PROBE, "K", say("Value at a point"), _V),
    Key(Command.TOOL_ARROW, "Shift+A", say("Arrow"), _V),
    Key(Command.TOOL_TEXT, "Shift+T", say("Words at a place"), _V),
    Key(Command.TOOL_BRUSH, "Shift+B", say("Brush"), _V),
    Key(Command.TOOL_ERASER, "Shift+X", say("Eraser"), _V),
    Key(Command.TOOL_POLYGON, "Shift+P", say("Polygon"), _V),
    Key(Command.ZOOM_IN, "+", say("Zoom in"), _V),
    Key(Command.ZOOM_OUT, "-", say("Zoom out"), _V),
    Key(Command.ONE_TO_ONE, "=", say("One to one"), _V),
    Key(Command.FIT, "F", say("Fit to the view"), _V),
    Key(Command.RESET, "R", say("Reset zoom, place, turn and window"), _V),
    Key(Command.INVERT, "I", say("Invert"), _V),
    Key(Command.FLIP_ACROSS, "H", say("Flip left and right"), _V),
    Key(Command.FLIP_DOWN, "V", say("Flip top and bottom"), _V),
    Key(Command.TURN_RIGHT, "]", say("Turn to the right"), _V),
    Key(Command.TURN_LEFT, "[", say("Turn to the left"), _V),
    Key(Command.COLOURS, "U", say("Next colour table"), _V),
    Key(Command.CINE, "Space", say("Play and stop"), _V),
    Key(Command.SMOOTH, "S", say("Smooth pixels"), _V),
    Key(Command.INFO, "T", say("Text over the picture"), _V),
    Key(Command.FLICKER, "M", say("Moved series in the place of this one"), _V),
    Key(Command.DIFFERENCE, "D", say("Difference from the moved series"), _V),
    Key(Command.DELETE_MEASURE, "Del", say("Delete the measure that is selected, else the last one here"), _V),
    Key(Command.ACCEPT, "A", say("Accept the finding"), _F),
    Key(Command.REJECT, "X", say("Reject the finding"), _F),
    Key(Command.COMMENT, "C", say("Comment on the finding"), _F),
    Key(Command.NEXT_FINDING, "N", say("Next finding"), _F),
    Key(Command.PREVIOUS_FINDING, "Shift+N", say("Previous finding"), _F),
    Key(Command.OWN_FINDING, "Q", say("A finding of your own, of the last measure or at the pointer"), _F),
    Key(Command.EDIT_SHAPE, "Shift+Q", say("Change the shape of the finding"), _F),
    Key(Command.SHAPE_BACK, "Ctrl+Shift+Q", say("The shape of the answer again"), _F),
)

MOUSE: Final[tuple[tuple[Words, Words], ...]] = (
    (say("Left drag"), say("the chosen tool; window and level at first")),
    (say("Middle drag"), say("pan")),
    (say("Right drag"), say("zoom")),
    (say("Right click"), say("menu")),
    (say("Wheel"), say("scroll slices")),
    (say("Ctrl+wheel"), say("zoom about the pointer")),
    (say("Left and right drag"), say("scroll fast")),
    (say("Shift with pan or zoom"), say("this view alone, where views go together")),
    (say("Drag or clicks with a measuring tool"), say("measure; with Shift straight, square or round; Esc leaves it")),
    (say("Drag a measure or its ends"), say("move or change it, with any tool that does not measure")),
    (say("Double click on a measure"), say("write words beside it")),
    (say("Drag with brush or eraser"), say("draw a mask on a picture; wheel, [ and ] size the brush")),
    (say("Clicks with the polygon"), say("its corners; the first one or a double click closes it, Esc leaves it")),
    (say("Drag the crosshair"), say("near the point: move; a line: move its plane; its end: turn")),
    (say("Shift+click"), say("set the crosshair")),
)

BY_COMMAND: Final[Mapping[Command, Key]] = {key.command: key for key in KEYS}


DEFAULTS: Final[Mapping[str, str]] = {key.command.value: key.key for key in KEYS}
# These move in lists, boxes and sliders too: they reach the window only when the widget in focus leaves them alone.
LEFT_TO_WIDGETS: Final = frozenset(
    f"{shift}{key}"
    for shift in ("", "Shift+")
    for key in ("Up", "Down", "Left", "Right", "Home", "End", "Del", "Tab", "Return", "Space")
)


@dataclass(frozen=True, slots=True)
class Hands:
    """What keys and mouse do for this reader.

    narrows_right  dragging to the right makes the window narrower; as a rule it widens it
    lowers_down    dragging down lowers the level; as a rule it raises it
    """

    keys: KeyMap = field(default_factory=lambda: KeyMap(DEFAULTS))
    narrows_right: bool = False
    lowers_down: bool = False


class _Held:
    hands = Hands()


def hands() -> Hands:
    """What holds now. It is the whole program's, as its look is: each tool tip and each view goes by it."""
    return _Held.hands


def use_hands(taken: Hands) -> None:
    """Go by these from now on; whoever asks lets the words be said again."""
    _Held.hands = taken


def key_of(command: Command) -> str:
    """The key in Qt's portable text; "" where the reader took it away."""
    return hands().keys.keys[command.value]


def key_text(command: Command) -> str:
    """The key as this platform writes it ("Shift+N", "⇧N")."""
    return native(key_of(command))


def command_of(event: QKeyEvent, scopes: Iterable[Scope]) -> Command | None:
    """The command of a pressed key; the keypad counts as the same keys. Shift is part of `?` and `+`, not beside it."""
    wanted = tuple(scopes)
    for spelling in spellings(event):
        name = hands().keys.commands.get(spelling)
        if name is not None:
            key = BY_COMMAND[Command(name)]
            return key.command if key.scope in wanted else None
    return None
