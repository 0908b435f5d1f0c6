"""All commands with their keys and what the mouse does: to look up, to search, and to choose other keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from workstation.domain.words import Words, say
from workstation.ui.key_map import NO_KEY, KeyMap, native
from workstation.ui.key_row import KeyRow
from workstation.ui.keys import BY_COMMAND, KEYS, MOUSE, Command, Hands, Key, Scope, hands
from workstation.ui.said import SaidButton, SaidCheck, SaidLabel
from workstation.ui.speech import Speech

# Part of the sheet → what the names of its commands begin with; the rest go by where they work.
_BY_NAME: Final[tuple[tuple[Words, tuple[str, ...]], ...]] = (
    (say("Window presets"), ("window-",)),
    (say("Tools"), ("tool-", "measure-", "delete-")),
    (say("Layouts"), ("layout-", "maximise-", "link-")),
)
_BY_SCOPE: Final = {
    Scope.VIEW: say("Picture"),
    Scope.FINDINGS: say("Findings"),
    Scope.WINDOW: say("Window and studies"),
}
_COLUMNS: Final = 3


def parts() -> Mapping[str, tuple[Words, tuple[Key, ...]]]:
    """The table in parts that a reader would name: message of the title → title, keys."""
    titles = [*_BY_SCOPE.values(), *(title for title, _ in _BY_NAME)]
    return {title.message: (title, tuple(key for key in KEYS if part_of(key) == title)) for title in titles}


def part_of(key: Key) -> Words:
    for title, beginnings in _BY_NAME:
        if key.command.value.startswith(beginnings):
            return title
    return _BY_SCOPE[key.scope]


class KeySheet(QDialog):
    """hands_asked: a Hands, as chosen; it is to hold at once."""

    hands_asked = Signal(object)

    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._hands = hands()
        self._rows: dict[Command, KeyRow] = {}
        self._blocks: list[tuple[QWidget, SaidLabel, list[QWidget]]] = []
        self.resize(1120, 700)
        self._search = QLineEdit()
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._filter)
        self._columns = [QVBoxLayout() for _ in range(_COLUMNS)]
        self._fill()
        columns = QHBoxLayout()
        columns.setSpacing(28)
        for column in self._columns:
            column.addStretch(1)
            columns.addLayout(column, 1)
        inside = QWidget()
        inside.setLayout(columns)
        inside.setProperty("surface", "raised")
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(20, 18, 20, 16)
        whole.setSpacing(10)
        whole.addLayout(self._head())
        whole.addWidget(scroll, 1)
        whole.addWidget(self._make_question())
        whole.addLayout(self._foot())
        speech.changed.connect(self._render)
        self._render()
        self._show_hands()

    @property
    def search(self) -> QLineEdit:
        return self._search

    def row(self, command: Command) -> KeyRow:
        return self._rows[command]

    # Made once

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(SaidLabel(self._speech, say("Keys and mouse"), role="heading"))
        row.addWidget(self._search, 1)
        hint = say("Click on a key to choose another one.")
        row.addWidget(SaidLabel(self._speech, hint, role="second"))
        return row

    def _fill(self) -> None:
        """The parts one after the other, each into the column that is shortest so far."""
        heights = [0] * _COLUMNS
        blocks: list[tuple[Words, list[QWidget]]] = [
            (title, [self._row_of(key) for key in keys]) for title, keys in parts().values() if keys
        ]
        blocks.sort(key=lambda block: -len(block[1]))
        blocks.append((say("Mouse"), self._mouse_rows()))
        for title, rows in blocks:
            place = heights.index(min(heights))
            heights[place] += len(rows) + 2
            self._columns[place].addWidget(self._block(title, rows))

    def _row_of(self, key: Key) -> KeyRow:
        row = KeyRow(self._speech, key)
        row.key_asked.connect(self._key_asked)
        row.default_asked.connect(lambda command=key.command: self._key_asked(command, BY_COMMAND[command].key))
        self._rows[key.command] = row
        return row

    def _mouse_rows(self) -> list[QWidget]:
        rows: list[QWidget] = []
        for act, effect in MOUSE:
            row = QWidget()
            grid = QGridLayout(row)
            grid.setContentsMargins(0, 1, 0, 1)
            grid.setHorizontalSpacing(12)
            grid.setColumnStretch(1, 1)
            grid.addWidget(SaidLabel(self._speech, act), 0, 0, Qt.AlignmentFlag.AlignTop)
            words = SaidLabel(self._speech, effect, role="second", wrap=True)
            words.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(words, 0, 1)
            rows.append(row)
        self._narrows = SaidCheck(self._speech, say("Drag to the right narrows the window"))
        self._lowers = SaidCheck(self._speech, say("Drag down lowers the level"))
        for box in (self._narrows, self._lowers):
            box.clicked.connect(self._ways_chosen)
            rows.append(box)
        return rows

    def _block(self, title: Words, rows: list[QWidget]) -> QWidget:
        block = QWidget()
        column = QVBoxLayout(block)
        column.setContentsMargins(0, 0, 0, 12)
        column.setSpacing(1)
        label = SaidLabel(self._speech, title, role="title")
        column.addWidget(label)
        for row in rows:
            column.addWidget(row)
        self._blocks.append((block, label, list(rows)))
        return block

    def _make_question(self) -> QWidget:
        """Which command has the key already, and whether it shall lose it."""
        self._question = QWidget()
        self._asked = SaidLabel(self._speech, role="warning")
        self._move = SaidButton(self._speech, say("Take the key"), kind="primary")
        leave = SaidButton(self._speech, say("Leave it there"))
        leave.clicked.connect(self._question.hide)
        self._move.clicked.connect(self._move_key)
        self._wanted: tuple[Command, str] | None = None
        row = QHBoxLayout(self._question)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._asked, 1)
        row.addWidget(self._move)
        row.addWidget(leave)
        self._question.hide()
        return self._question

    def _foot(self) -> QHBoxLayout:
        self._all = SaidButton(self._speech, say("All keys as at first"))
        self._all.clicked.connect(self._take_defaults)
        close = SaidButton(self._speech, say("Close"))
        close.clicked.connect(self.accept)
        for button in (self._all, close, self._move):
            button.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.addWidget(self._all)
        foot.addStretch(1)
        foot.addWidget(close)
        return foot

    # What was chosen

    def _key_asked(self, command: Command, key: str) -> None:
        holder = self._hands.keys.holder(command, key) if key else NO_KEY
        if not holder:
            self._take_key(command, key)
            return
        self._wanted = (command, key)
        other = BY_COMMAND[Command(holder)].title
        self._asked.say(say("{key} belongs to “{other}”, which would have no key.", key=native(key), other=other))
        self._question.show()
        self._move.setFocus()

    def _move_key(self) -> None:
        if self._wanted is not None:
            self._take_key(*self._wanted)

    def _take_key(self, command: Command, key: str) -> None:
        self._take(self._hands.keys.with_key(command.value, key))

    def _take_defaults(self) -> None:
        self._take(self._hands.keys.with_defaults())

    def _take(self, keys: KeyMap) -> None:
        self._ask(Hands(keys, self._hands.narrows_right, self._hands.lowers_down))

    def _ways_chosen(self) -> None:
        self._ask(Hands(self._hands.keys, self._narrows.isChecked(), self._lowers.isChecked()))

    def _ask(self, taken: Hands) -> None:
        self._hands = taken
        self._question.hide()
        self._show_hands()
        self.hands_asked.emit(taken)

    # Shown

    def _show_hands(self) -> None:
        keys = self._hands.keys
        for command, row in self._rows.items():
            row.show_key(keys.keys[command.value], own=not keys.is_default(command.value))
        self._all.setEnabled(any(not keys.is_default(command.value) for command in self._rows))
        self._narrows.setChecked(self._hands.narrows_right)
        self._lowers.setChecked(self._hands.lowers_down)

    def _filter(self) -> None:
        """Rows whose command or key has the text; a part without any goes."""
        text = self._search.text().strip().casefold()
        for block, title, rows in self._blocks:
            whole = text in title.text().casefold()
            shown = 0
            for row in rows:
                matches = whole or text in _words_of(row)
                row.setVisible(matches)
                shown += matches
            block.setVisible(shown > 0)

    def _render(self) -> None:
        self.setWindowTitle(self._speech.tr(say("Keys and mouse")))
        self._search.setPlaceholderText(self._speech.tr(say("Find a command or a key…")))
        self._search.setAccessibleName(self._speech.tr(say("Find a command or a key")))
        self._filter()


def _words_of(row: QWidget) -> str:
    if isinstance(row, KeyRow):
        return row.words.casefold()
    if isinstance(row, QCheckBox):
        return row.text().casefold()
    return " ".join(label.text() for label in row.findChildren(SaidLabel)).casefold()
