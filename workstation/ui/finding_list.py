"""The list of a study's findings: hundreds of them scroll without hundreds of widgets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QLineEdit, QListView, QMenu, QSizePolicy, QWidget

from workstation.domain.decision import DecisionState
from workstation.domain.words import Words, say
from workstation.ui.finding_delegate import EDIT_HEIGHT, PAD, FindingDelegate, Part
from workstation.ui.finding_lines import FindingLines, Index
from workstation.ui.finding_pictures import PICTURE_PX, FindingPictures
from workstation.ui.keys import BY_COMMAND, Command
from workstation.ui.said import keyed
from workstation.ui.speech import Speech
from workstation.workspace.finding_list import Entry

_MOVES: Final = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)
_STAYS: Final = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)  # the keys come back


class FindingList(QListView):
    """As high as all of its rows: what is around it scrolls. Signals carry finding ids; comment_asked a text too.

    command_asked  Command for the finding that is selected
    """

    select_asked = Signal(str)
    accept_asked = Signal(str)
    reject_asked = Signal(str)
    reopen_asked = Signal(str)
    comment_asked = Signal(str, str)
    comment_ended = Signal()
    command_asked = Signal(object)

    def __init__(self, speech: Speech, pictures: FindingPictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech, self._pictures = speech, pictures
        self.lines = FindingLines(speech)
        self._delegate = FindingDelegate(speech, self.lines, pictures, self)
        self._menu = QMenu(self)
        self._edit = QLineEdit(self.viewport())
        self._edit.setMaxLength(500)
        self._edit.hide()
        self._edit.returnPressed.connect(self._commented)
        self._edit.installEventFilter(self)
        self._settle = QTimer(self, singleShot=True, interval=0)
        self._settle.timeout.connect(self._want_pictures)
        self.setModel(self.lines)
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoScroll(False)
        pictures.made.connect(self._picture_made)
        speech.changed.connect(self._say)
        self._say()

    def show_entries(self, entries: Sequence[Entry], signed: frozenset[str], selected: str) -> None:
        left = self._left_comment(entries, selected)
        changed = self.lines.show_entries(entries, signed)
        stands = changed is not None and not (changed and self._delegate.measure())
        if left is not None:
            self._end_comment()
        row = self.lines.row_of(selected)
        before, self.lines.selected = self.lines.row_of(self.lines.selected), selected
        if not stands:
            self._fit()
            self.viewport().update()
        else:
            self._paint_again({*(changed or ()), *((before, row) if before != row else ())} - {None})
        with QSignalBlocker(self.selectionModel()):
            self.setCurrentIndex(self.lines.index(row) if row is not None else self.lines.index(-1))
        if left is not None:
            self.comment_asked.emit(*left)  # at last: the state comes again before this returns

    def _left_comment(self, entries: Sequence[Entry], selected: str) -> tuple[str, str] | None:
        """Finding and words of a comment that is left for another finding, or for another list."""
        finding_id = self.lines.commenting
        there = finding_id == selected and any(entry.finding.id == finding_id for entry in entries)
        return (finding_id, self._edit.text()) if finding_id and not there else None

    def keep_comment(self) -> None:
        """What is being typed is kept as with Enter; the keys stay where they are."""
        finding_id, text = self.lines.commenting, self._edit.text()
        if finding_id:
            self._end_comment()
            self.comment_asked.emit(finding_id, text)

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Qt would lay every row out anew; `show_entries` knows which of them got another height, and that is seldom.
        What reads the screen aloud still hears of it."""
        QAbstractItemView.dataChanged(self, first, last, roles)

    def _paint_again(self, rows: Iterable[int]) -> None:
        for row in rows:
            self.viewport().update(self.visualRect(self.lines.index(row)))

    def row_height(self, finding_id: str) -> int:
        """0 where it is not listed."""
        row = self.lines.row_of(finding_id)
        return self._delegate.height(row) if row is not None else 0

    def row_area(self, finding_id: str) -> QRect:
        """In this widget; empty where it is not listed."""
        row = self.lines.row_of(finding_id)
        return self.visualRect(self.lines.index(row)) if row is not None else QRect()

    def button_area(self, finding_id: str, part: Part) -> QRect:
        """Empty where there is no such button now."""
        row = self.lines.row_of(finding_id)
        if row is None or not self._delegate.offers(self.lines.line(row), part):
            return QRect()
        return self._delegate.button(self.row_area(finding_id), part)

    def text_of(self, finding_id: str) -> str:
        """All that its row says."""
        row = self.lines.row_of(finding_id)
        line = self.lines.line(row) if row is not None else None
        return "\n".join(filter(None, (line.title, line.facts, line.where, line.made))) if line is not None else ""

    @property
    def comment_box(self) -> QLineEdit:
        return self._edit

    def begin_comment(self, finding_id: str) -> None:
        """Write a comment in the row itself: Enter keeps it, as leaving it does, Escape leaves it as it was."""
        row = self.lines.row_of(finding_id)
        if row is None or self.lines.line(row).frozen:
            return
        if finding_id == self.lines.commenting:
            self._edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        self.keep_comment()
        self.lines.commenting = finding_id
        self._fit()
        self._edit.setText(self.lines.entries[row].decision.comment)
        self._place_edit()
        self._edit.show()
        self._edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._edit.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._edit and isinstance(event, QFocusEvent) and event.lostFocus():
            if event.reason() not in _STAYS:
                self.keep_comment()
            return False
        if watched is self._edit and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self._end_comment()
                self.comment_ended.emit()
                return True
            return False
        return super().eventFilter(watched, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            event.ignore()
            return
        line, at = self.lines.line(index.row()), event.position().toPoint()
        match self._delegate.part_at(self.visualRect(index), index.row(), at.x(), at.y()):
            case Part.ACCEPT:
                decided = line.state is DecisionState.ACCEPTED  # a second press takes the decision back
                (self.reopen_asked if decided else self.accept_asked).emit(line.id)
            case Part.REJECT:
                decided = line.state is DecisionState.REJECTED
                (self.reopen_asked if decided else self.reject_asked).emit(line.id)
            case Part.ROW:
                self.select_asked.emit(line.id)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.accept()  # no dragging over rows

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos()) if event.reason() == QContextMenuEvent.Reason.Mouse else self.currentIndex()
        if not index.isValid():
            return
        self.select_asked.emit(self.lines.line(index.row()).id)
        at = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft() + QPoint(10, 0))
        self.open_menu(
            self.lines.row_of(self.lines.selected),
            at if event.reason() != QContextMenuEvent.Reason.Mouse else event.globalPos(),
        )

    def open_menu(self, row: int | None, at: QPoint) -> QMenu:
        """What can be done with a row."""
        self._menu.clear()
        if row is not None:
            line, entry = self.lines.line(row), self.lines.entries[row]
            commands = [Command.ACCEPT, Command.REJECT, Command.COMMENT, Command.EDIT_SHAPE]
            if entry.changed:
                commands.append(Command.SHAPE_BACK)
            for command in commands:
                words: Words = BY_COMMAND[command].title
                if command is Command.REJECT and line.own:
                    words = say("Take away the own finding")
                action = self._menu.addAction(keyed(self._speech.tr(words), command))
                action.setEnabled(not line.frozen)
                action.triggered.connect(lambda _=False, c=command: self.command_asked.emit(c))
            self._menu.popup(at)
        return self._menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters are commands, not a search."""
        row = self.currentIndex().row()
        if event.key() not in _MOVES or not self.lines.rowCount():
            event.ignore()
            return
        last = self.lines.rowCount() - 1
        to = {Qt.Key.Key_Up: row - 1, Qt.Key.Key_Down: row + 1, Qt.Key.Key_Home: 0, Qt.Key.Key_End: last}
        self.select_asked.emit(self.lines.line(min(last, max(0, to[Qt.Key(event.key())]))).id)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # what is around it scrolls

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._delegate.width != self.viewport().width():
            self._delegate.width = self.viewport().width()
            self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self._settle.start()

    def sizeHint(self) -> QSize:
        return QSize(300, self.minimumHeight())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and hasattr(self, "_delegate"):
            self._delegate.forget()
            self._fit()

    def _fit(self) -> None:
        """As high as its rows together."""
        self._delegate.measure()
        self.scheduleDelayedItemsLayout()
        if self.height() != self._delegate.together:
            self.setFixedHeight(self._delegate.together)
            self.updateGeometry()
        self._place_edit()

    def _place_edit(self) -> None:
        row = self.lines.row_of(self.lines.commenting) if self.lines.commenting else None
        if row is None:
            return
        self.executeDelayedItemsLayout()
        area = self.row_area(self.lines.commenting)
        left = 10 + PICTURE_PX + PAD
        top = area.bottom() - EDIT_HEIGHT - PAD // 2 + 1
        self._edit.setGeometry(left, top, area.width() - left - PAD, EDIT_HEIGHT - 4)

    def _commented(self) -> None:
        self.keep_comment()
        self.comment_ended.emit()

    def _end_comment(self) -> None:
        self.lines.commenting = ""
        self._edit.hide()
        self._fit()

    def _picture_made(self, finding_id: str) -> None:
        self.viewport().update(self.row_area(finding_id))

    def _want_pictures(self) -> None:
        """Those of the rows in sight."""
        sight = self.viewport().visibleRegion().boundingRect()
        if sight.isEmpty():
            self._pictures.want(())
            return
        first, last = self.indexAt(sight.topLeft() + QPoint(2, 1)), self.indexAt(sight.bottomLeft() + QPoint(2, -1))
        start = first.row() if first.isValid() else 0
        end = last.row() if last.isValid() else self.lines.rowCount() - 1
        self._pictures.want(self.lines.entries[start : end + 1])

    def _say(self) -> None:
        self.setAccessibleName(self._speech.tr(say("Findings of the study")))
        self._edit.setPlaceholderText(self._speech.tr(say("Comment; Enter keeps it, Escape does not")))
        self._edit.setAccessibleName(self._speech.tr(say("Comment")))
