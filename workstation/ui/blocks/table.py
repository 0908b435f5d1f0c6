"""A table; a row that is about a finding is selected with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableView, QVBoxLayout, QWidget

from workstation.domain.block_words import BASIS_CHIPS, Bases, cell_text, head_text, numeric
from workstation.domain.blocks import Row, TableBlock
from workstation.domain.finding import Basis
from workstation.domain.words import say
from workstation.ui.blocks.parts import BlockView, level_colour
from workstation.ui.said import SaidButton
from workstation.ui.speech import Speech
from workstation.ui.theme import SECOND_PX, current_theme, font

# Size of letters, and what a column needs beside its words: the first with room for every word is taken.
_TRIES: Final = ((SECOND_PX, 14), (SECOND_PX, 8), (11.0, 8), (10.0, 8))
_MARGIN: Final = 6  # of these pixels Qt writes into none
_FRAME: Final = 2  # around it, where the focus is shown
_HEAD_PX: Final = 14  # above and below the words of a head
_ROW_PX: Final = 24
# A word, or its part up to a hyphen; of Chinese, which breaks anywhere, a few characters that are read together.
_UNBROKEN: Final = re.compile(r"[\u2e80-\uffff]{1,4}|[^\s\-\u2e80-\uffff]+-?")
_MOST: Final = 8  # rows shown before the others are asked for
_Index = QModelIndex | QPersistentModelIndex


class _Model(QAbstractTableModel):
    def __init__(self, speech: Speech, block: TableBlock, bases: Bases, parent: QWidget) -> None:
        super().__init__(parent)
        self._block, self._bases = block, bases
        language = speech.language
        self.rows: tuple[Row, ...] = (*block.rows, *((block.total,) if block.total is not None else ()))
        self.heads = [head_text(column, language) for column in block.columns]
        self.texts = [
            [cell_text(cell, column, language) for cell, column in zip(row.cells, block.columns, strict=False)]
            for row in self.rows
        ]
        if bases.mixed(block):
            chip = speech.tr(BASIS_CHIPS[Basis.SIMULATED])
            for row, texts in zip(self.rows, self.texts, strict=True):
                if texts and bases.part(row) is Basis.SIMULATED:
                    texts[0] = f"{texts[0]} ({chip})"
        self.size_px = SECOND_PX
        self.right = [numeric(block, place) for place in range(len(block.columns))]
        self._fonts: dict[tuple[float, bool], QFont] = {}
        self._answers: dict[int, Callable[[int, int], object]] = {
            Qt.ItemDataRole.DisplayRole: self._text,
            Qt.ItemDataRole.AccessibleTextRole: self._text,
            Qt.ItemDataRole.TextAlignmentRole: self._side,
            Qt.ItemDataRole.ForegroundRole: self._colour,
            Qt.ItemDataRole.FontRole: self._font,
        }

    def rowCount(self, parent: _Index | None = None) -> int:
        return len(self.rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        return len(self.heads)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        answer = self._answers.get(role)  # asked for a dozen times for each cell of each paint
        return answer(index.row(), index.column()) if answer is not None else None

    def _text(self, row: int, column: int) -> str:
        texts = self.texts[row]
        return texts[column] if column < len(texts) else ""

    def _side(self, _row: int, column: int) -> int:
        side = Qt.AlignmentFlag.AlignRight if self.right[column] else Qt.AlignmentFlag.AlignLeft
        return int(side | Qt.AlignmentFlag.AlignVCenter)

    def _colour(self, row: int, _column: int) -> QColor:
        return QColor(level_colour(self.rows[row].level, current_theme()))

    def _font(self, row: int, _column: int) -> QFont:
        key = (self.size_px, self.rows[row] is self._block.total)
        if key not in self._fonts:
            self._fonts[key] = font(self.size_px, bold=key[1])
        return self._fonts[key]

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.heads[section]
        if role == Qt.ItemDataRole.FontRole:
            return font(self.size_px)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.right[section] else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignBottom) | int(Qt.TextFlag.TextWordWrap)
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if self.rows[index.row()].finding:
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.ItemIsEnabled


class TableView(BlockView[TableBlock]):
    """As high as its rows: the panel around it scrolls."""

    def __init__(self, speech: Speech, block: TableBlock, bases: Bases, parent: QWidget | None = None) -> None:
        super().__init__(speech, block, bases, parent)
        self._model = _Model(speech, block, bases, self)
        self._scrolls = False
        self._table = table = QTableView()
        table.setModel(self._model)
        table.setShowGrid(False)
        table.setWordWrap(True)
        table.setFrameShape(QTableView.Shape.NoFrame)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        table.setTabKeyNavigation(False)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        table.verticalHeader().hide()
        table.verticalHeader().setMinimumSectionSize(_ROW_PX)
        head = table.horizontalHeader()
        head.setSectionsClickable(False)
        head.setMinimumSectionSize(20)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.clicked.connect(self._asked)
        table.activated.connect(self._asked)
        table.setAccessibleName(self._tr(block.title))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(table)
        self._more = SaidButton(speech, say("All {count}", count=len(block.rows)), kind="link")
        self._more.clicked.connect(self._show_all)
        column.addWidget(self._more)
        self._folded = len(block.rows) > _MOST + 2
        self._beside: int | None = None  # a row shown besides the first ones, because it is selected
        self._more.setVisible(self._folded)
        for row in range(_MOST, len(block.rows)):
            table.setRowHidden(row, self._folded)
        self._places = {row.finding: place for place, row in reversed(list(enumerate(self._model.rows))) if row.finding}
        self._lay_out(280)

    def show_selected(self, finding_id: str) -> None:
        self._selected = finding_id  # the table itself paints the two rows that change
        place = self._places.get(finding_id)
        self._show_beside(place)
        if place is None:
            self._table.clearSelection()
        elif self._table.currentIndex().row() != place or not self._table.selectionModel().hasSelection():
            self._table.selectRow(place)

    def _show_beside(self, place: int | None) -> None:
        """One of hundreds: the others stay folded away."""
        hidden = self._folded and place is not None and _MOST <= place < len(self._block.rows)
        wanted = place if hidden else None
        if wanted == self._beside:
            return
        for row, away in ((self._beside, True), (wanted, False)):
            if row is not None:
                self._table.setRowHidden(row, away)
        self._beside = wanted
        self._set_heights()

    def text(self, row: int, column: int) -> str:
        return self._model.texts[row][column]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._lay_out(event.size().width())

    def _show_all(self) -> None:
        self._folded, self._beside = False, None
        for row in range(len(self._model.rows)):
            self._table.setRowHidden(row, False)
        self._more.hide()
        self._lay_out(self.width())

    def _asked(self, index: QModelIndex) -> None:
        finding = self._model.rows[index.row()].finding
        if finding:
            self.finding_asked.emit(finding)

    def _lay_out(self, width: int) -> None:
        """Numbers and words get the room that they need, texts share what is left, heads break into lines.

        Where that is not enough, columns move together and letters get smaller; at the very last the table scrolls.
        """
        width -= _FRAME
        for size_px, padding in _TRIES:
            faces = QFontMetricsF(font(size_px)), QFontMetricsF(font(size_px, bold=True))
            wanted = [self._wanted(*faces, place) + padding for place in range(len(self._model.heads))]
            least = [min(size, self._least(faces[0], place) + padding) for place, size in enumerate(wanted)]
            if sum(least) <= width:
                break
        self._model.size_px = size_px
        self._scrolls = sum(least) > width
        asked, spare = sum(wanted) - sum(least), max(0.0, width - sum(least))
        texts = self._model.right.count(False)
        for place, (most, small) in enumerate(zip(wanted, least, strict=True)):
            size = small + (most - small) * min(1.0, spare / asked) if asked else small
            if spare > asked and not self._model.right[place]:
                size += (spare - asked) / texts
            self._table.setColumnWidth(place, int(size))
        self._set_heights()

    def _set_heights(self) -> None:
        """Of the rows that are shown, and of all that is around them."""
        metrics = QFontMetricsF(font(self._model.size_px))
        for row, texts_of_row in enumerate(self._model.texts):
            if not self._table.isRowHidden(row):
                self._table.setRowHeight(row, self._row_height(metrics, texts_of_row))
        header = self._table.horizontalHeader()
        header.setFixedHeight(self._head_height(metrics))
        rows = sum(self._table.rowHeight(row) for row in range(len(self._model.rows)))
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOn if self._scrolls else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self._table.setHorizontalScrollBarPolicy(policy)
        bar = self._table.horizontalScrollBar().sizeHint().height() if self._scrolls else 0
        self._table.setFixedHeight(header.height() + rows + _FRAME + bar)
        below = 0 if self._more.isHidden() else self._more.sizeHint().height()
        self.setFixedHeight(self._table.height() + below)

    def _wanted(self, metrics: QFontMetricsF, bold: QFontMetricsF, place: int) -> float:
        """What the longest word of a head and the longest text need."""
        words = self._model.heads[place].split(" ")  # not at spaces that hold together
        head = (metrics.horizontalAdvance(word) for word in words)
        cells = (bold.horizontalAdvance(texts[place]) for texts in self._model.texts if place < len(texts))
        return max((*head, *cells), default=0.0)

    def _least(self, metrics: QFontMetricsF, place: int) -> float:
        """What the longest part needs that can't be broken into lines."""
        texts = (self._model.heads[place], *(texts[place] for texts in self._model.texts if place < len(texts)))
        return max((metrics.horizontalAdvance(part) for text in texts for part in _UNBROKEN.findall(text)), default=0.0)

    def _row_height(self, metrics: QFontMetricsF, texts: list[str]) -> int:
        """As high as its text of most lines."""
        tallest = max((self._height(metrics, place, text) for place, text in enumerate(texts)), default=0.0)
        return max(_ROW_PX, round(tallest) + 6)

    def _head_height(self, metrics: QFontMetricsF) -> int:
        tallest = max((self._height(metrics, place, head) for place, head in enumerate(self._model.heads)), default=0.0)
        return round(tallest) + _HEAD_PX

    def _height(self, metrics: QFontMetricsF, place: int, text: str) -> float:
        room = QRectF(0, 0, self._table.columnWidth(place) - _MARGIN, 400)
        return metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), text).height()

    def sizeHint(self) -> QSize:
        return QSize(280, self.height())
