"""The bar on top: open, layouts, tools, window presets, overlays, language, keys, settings."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QToolButton, QWidget

from workstation.domain.figures import figure, window_places
from workstation.domain.series import VoiWindow
from workstation.domain.words import say
from workstation.ui.keys import BY_COMMAND, Command, key_text
from workstation.ui.overflow import OverflowRow
from workstation.ui.recent_list import Recent, fill_recent
from workstation.ui.said import KeyButton, SaidLabel
from workstation.ui.signs import Sign, SignButton, SignMark
from workstation.ui.speech import Speech
from workstation.ui.theme import GRID, TOOLBAR_HEIGHT
from workstation.ui.viewport.presets import PRESETS

# What the buttons say, from the left; the menu beside them holds all layouts.
LAYOUTS: Final = {
    Command.LAYOUT_ONE: say("1×1"),
    Command.LAYOUT_MPR: say("MPR"),
    Command.LAYOUT_FOUR: say("2×2"),
    Command.LAYOUT_COMPARE: say("Compare"),
}
LAYOUT_MENU: Final = (
    Command.LAYOUT_ONE,
    Command.LAYOUT_TWO,
    Command.LAYOUT_FOUR,
    Command.LAYOUT_NINE,
    Command.LAYOUT_MPR,
    Command.LAYOUT_VOLUME,
    Command.LAYOUT_COMPARE,
    Command.LAYOUT_PHOTO,
)
LAYOUT_SHOWN: Final = {"photo": "1x1"}  # a single view, too: a button of its own stands in the menu only
VIEW_MENU: Final = (Command.MAXIMISE, Command.LINK, Command.KEEP_HANGING, Command.FORGET_HANGING)
OPENING: Final = {Command.OPEN: say("Open a folder…"), Command.OPEN_FILES: say("Open files…")}
TOOLS: Final = (Command.TOOL_WINDOW, Command.TOOL_PAN, Command.TOOL_ZOOM, Command.TOOL_LENGTH)
MEASURES: Final = (
    Command.TOOL_LENGTH,
    Command.TOOL_ANGLE,
    Command.TOOL_COBB,
    Command.TOOL_ELLIPSE,
    Command.TOOL_RECTANGLE,
    Command.TOOL_FREEHAND,
    Command.TOOL_PROBE,
    Command.TOOL_ARROW,
    Command.TOOL_TEXT,
)
DRAWING: Final = (Command.TOOL_BRUSH, Command.TOOL_ERASER, Command.TOOL_POLYGON)
MASKS: Final = (Command.NEW_MASK, Command.FILL_HOLES, Command.CUT_OUT)
PRESET_COMMANDS: Final = (
    Command.WINDOW_AUTO,
    Command.WINDOW_FILE,
    Command.WINDOW_SOFT,
    Command.WINDOW_LUNG,
    Command.WINDOW_BONE,
    Command.WINDOW_BRAIN,
    Command.WINDOW_ABDOMEN,
    Command.WINDOW_LIVER,
    Command.WINDOW_VESSEL,
    Command.WINDOW_CALCIUM,
)

SHORT: Final = {
    Command.WINDOW_SOFT: say("Soft tissue"),
    Command.WINDOW_LUNG: say("Lung"),
    Command.WINDOW_BONE: say("Bone"),
    Command.WINDOW_BRAIN: say("Brain"),
    Command.WINDOW_ABDOMEN: say("Abdomen"),
    Command.WINDOW_LIVER: say("Liver"),
    Command.WINDOW_VESSEL: say("Vessels"),
    Command.WINDOW_CALCIUM: say("Calcium"),
}


_SETTLE_MS: Final = 100  # a dragged window is named so often: each time the whole bar is laid out again


class Toolbar(QWidget):
    """command_asked: a Command of the key table. The others are intents of their own."""

    command_asked = Signal(object)
    overlays_asked = Signal(bool)
    recent_asked = Signal(object)  # tuple[Path, ...]
    clear_asked = Signal()
    reopen_asked = Signal(bool)

    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._layout = "1x1"
        self._window: VoiWindow | None = None
        self._settling = QTimer(self, interval=_SETTLE_MS, singleShot=True)
        self._settling.timeout.connect(self._name_window)
        self._recent: Recent = ()
        self._reopen = False
        self.setProperty("surface", "toolbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(TOOLBAR_HEIGHT)
        self.row = OverflowRow(speech)
        self._right = QHBoxLayout()
        self._right.setSpacing(GRID)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(10, 0, 10, 0)
        whole.setSpacing(GRID)
        whole.addWidget(SaidLabel(speech, say("Yingtai"), role="title"))
        whole.addSpacing(8)
        whole.addWidget(self.row, 1)
        whole.addLayout(self._right)
        self._add_open()
        self.row.rule()
        self._layouts = self._add_layouts()
        self.row.rule()
        self._tools = self._add_tools()
        self.row.rule()
        self._add_presets()
        self._overlays = self.row.add(KeyButton(speech, say("Overlays"), command=Command.OVERLAYS), 6)
        self._overlays.setCheckable(True)
        self._overlays.setChecked(True)
        self._overlays.clicked.connect(self.overlays_asked)
        self.row.rule()
        tip = say("Translate a text; questions and answers about skin. Nothing that is open is sent.")
        texts = self.row.add(KeyButton(speech, say("Text"), command=Command.TEXTS, tip=tip, hint=False), 1)
        texts.clicked.connect(lambda: self.command_asked.emit(Command.TEXTS))
        self._add_right()
        speech.changed.connect(self._render_menus)
        self._render_menus()
        self.show_layout(self._layout)

    def show_tool(self, command: Command) -> None:
        """Mark the tool that the left button has now."""
        button = self._tools.get(command)
        if button is not None:
            button.setChecked(True)
        draws = command in DRAWING
        self._draw.setChecked(draws)
        self._draw.say(BY_COMMAND[command].title if draws else say("Drawing"))
        other = command in self._measure_actions and button is None
        self._measure.setChecked(other)
        self._measure.say(BY_COMMAND[command].title if other else say("Measuring"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk along the bar, as in a menu."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Right)
        else:
            super().keyPressEvent(event)

    def show_recent(self, recent: Recent, reopen: bool) -> None:
        """What the menu of “Open…” offers to open again."""
        self._recent, self._reopen = recent, reopen

    def show_layout(self, value: str) -> None:
        """Mark the layout in use: "1x1", "2x2", "mpr" and so on, as in the commands' names."""
        self._layout = value
        for command, button in self._layouts.items():
            button.setChecked(command.value == f"layout-{LAYOUT_SHOWN.get(value, value)}")
        for command, action in self._layout_actions.items():
            action.setChecked(command.value == f"layout-{value}")

    def show_window(self, window: VoiWindow | None) -> None:
        """Name the window that the picture is shown in: a preset's name where it is one."""
        self._window = window
        dragged = window is not None and window not in PRESETS.values()
        if not (dragged and self._settling.isActive()):
            self._name_window()
        if dragged and not self._settling.isActive():
            self._settling.start()

    def _name_window(self) -> None:
        window = self._window
        if window is None:
            self._preset.say(say("Presets"))
            return
        named = next((command for command, preset in PRESETS.items() if preset == window), None)
        places = window_places(window.width)
        figures = f"{figure(window.center, places)}/{figure(window.width, places)}"
        if named is None:
            self._preset.say(say("Window {figures}", figures=figures))
        else:
            self._preset.say(say("{name} {figures}", name=SHORT[named], figures=figures))

    def show_overlays(self, shown: bool) -> None:
        self._overlays.setChecked(shown)

    def show_presets_usable(self, in_hu: bool, *, coloured: bool = False) -> None:
        """Presets are in Hounsfield units; on other values only automatic and the file's own mean something. A picture
        in its own colours has no window at all."""
        self.row.offer(self._preset, not coloured)
        for command, action in self._preset_actions.items():
            action.setEnabled(in_hu or command in (Command.WINDOW_AUTO, Command.WINDOW_FILE))

    def _add_open(self) -> None:
        tip = say("Open a folder or files; they can also be dropped on the window")
        self._open = self.row.add(KeyButton(self._speech, say("Open…"), command=Command.OPEN, tip=tip, hint=False), 9)
        menu = QMenu(self._open)
        menu.aboutToShow.connect(lambda: self._fill_open(menu))
        self._open.setMenu(menu)
        self._open.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _fill_open(self, menu: QMenu) -> None:
        menu.clear()
        for command, words in OPENING.items():
            action = menu.addAction(f"{self._speech.tr(words)}\t{key_text(command)}")
            action.triggered.connect(lambda _=False, asked=command: self.command_asked.emit(asked))
        if not self._recent:
            return
        menu.addSection(self._speech.tr(say("Recent studies")))
        fill_recent(menu, self._speech, self._recent, self.recent_asked.emit)
        menu.addSeparator()
        reopen = menu.addAction(self._speech.tr(say("Open the last one at start")))
        reopen.setCheckable(True)
        reopen.setChecked(self._reopen)
        reopen.triggered.connect(self.reopen_asked)
        menu.addAction(self._speech.tr(say("Clear the list"))).triggered.connect(self.clear_asked)

    def _add_layouts(self) -> dict[Command, KeyButton]:
        layouts: dict[Command, KeyButton] = {}
        for command, words in LAYOUTS.items():
            button = KeyButton(self._speech, words, command=command, tip=BY_COMMAND[command].title, hint=False)
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, asked=command: self._ask_layout(asked))
            layouts[command] = self.row.add(button, 4)
        more = KeyButton(self._speech, say("Layout"), tip=say("All layouts"), mark=SignMark(Sign.DOWN))
        self._layout_menu = QMenu(more)
        self._layout_actions = self._fill_menu(self._layout_menu, LAYOUT_MENU)
        for action in self._layout_actions.values():
            action.setCheckable(True)
            action.triggered.connect(lambda _=False: self.show_layout(self._layout))  # marked when the grid took it
        self._layout_menu.addSeparator()
        self._view_actions = self._fill_menu(self._layout_menu, VIEW_MENU)
        more.setMenu(self._layout_menu)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.row.add(more, 7)
        return layouts

    def _ask_layout(self, command: Command) -> None:
        """The button pressed is not marked by the press: the grid says which layout it took."""
        self.show_layout(self._layout)
        self.command_asked.emit(command)

    def _fill_menu(self, menu: QMenu, commands: tuple[Command, ...]) -> dict[Command, QAction]:
        actions: dict[Command, QAction] = {}
        for command in commands:
            actions[command] = action = menu.addAction("")
            action.triggered.connect(lambda _=False, asked=command: self.command_asked.emit(asked))
        return actions

    def _add_tools(self) -> dict[Command, KeyButton]:
        group = QButtonGroup(self)
        tools: dict[Command, KeyButton] = {}
        for command in TOOLS:
            button = self.row.add(KeyButton(self._speech, BY_COMMAND[command].title, command=command), 5)
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, asked=command: self.command_asked.emit(asked))
            group.addButton(button)
            tools[command] = button
        tools[Command.TOOL_WINDOW].setChecked(True)
        self._measure = self.row.add(
            KeyButton(self._speech, say("Measuring"), tip=say("All measures"), mark=SignMark(Sign.DOWN)), 5
        )
        self._measure.setCheckable(True)
        group.addButton(self._measure)
        menu = QMenu(self._measure)
        self._measure_actions = self._fill_menu(menu, MEASURES)
        menu.addSeparator()
        self._measure_actions |= self._fill_menu(menu, (Command.CALIBRATE, Command.DELETE_MEASURE))
        self._measure.setMenu(menu)
        self._measure.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._add_drawing(group)
        return tools

    def _add_drawing(self, group: QButtonGroup) -> None:
        """Beside the measures, where a single picture is looked at."""
        self._draw = self.row.add(
            KeyButton(self._speech, say("Drawing"), tip=say("Draw masks on the picture"), mark=SignMark(Sign.DOWN)), 4
        )
        self._draw.setCheckable(True)
        group.addButton(self._draw)
        menu = QMenu(self._draw)
        self._draw_actions = self._fill_menu(menu, DRAWING)
        menu.addSeparator()
        self._draw_actions |= self._fill_menu(menu, MASKS)
        self._draw.setMenu(menu)
        self._draw.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.row.offer(self._draw, False)

    def show_drawing(self, possible: bool) -> None:
        """Whether what is looked at can be drawn on."""
        self.row.offer(self._draw, possible)

    def _add_presets(self) -> None:
        self._preset = self.row.add(
            KeyButton(self._speech, say("Presets"), tip=say("Window presets"), mark=SignMark(Sign.DOWN)), 8
        )
        menu = QMenu(self._preset)
        self._preset_actions = self._fill_menu(menu, PRESET_COMMANDS)
        self._preset.setMenu(menu)
        self._preset.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _add_right(self) -> None:
        for sign, command in ((Sign.LEFT_PANEL, Command.FOLD_LEFT), (Sign.RIGHT_PANEL, Command.FOLD_RIGHT)):
            button = SignButton(self._speech, sign, BY_COMMAND[command].title, command=command, size=28)
            button.clicked.connect(lambda _=False, asked=command: self.command_asked.emit(asked))
            self._right.addWidget(button)
        for words, command, tip in (
            (say("中 / EN"), Command.LANGUAGE, say("切换到中文 · switch to Chinese")),
            (say("?"), Command.KEY_SHEET, say("Keys and mouse")),
            (say("Settings"), Command.SETTINGS, say("Settings")),
        ):
            fixed = KeyButton(self._speech, words, command=command, tip=tip, hint=False)
            fixed.clicked.connect(lambda _=False, asked=command: self.command_asked.emit(asked))
            self._right.addWidget(fixed)

    def _render_menus(self) -> None:
        menus = (
            self._preset_actions,
            self._measure_actions,
            self._draw_actions,
            self._layout_actions,
            self._view_actions,
        )
        for command, action in (pair for actions in menus for pair in actions.items()):
            action.setText(f"{self._speech.tr(BY_COMMAND[command].title)}\t{key_text(command)}")
