"""The left panel: search, patient → study → series, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from workstation.domain.series import FoundObject, Stack
from workstation.domain.words import say, say_count
from workstation.domain.work import Progress
from workstation.ui.ports import Thumbnail
from workstation.ui.recent_list import RecentList
from workstation.ui.said import SaidButton, SaidLabel
from workstation.ui.speech import Speech
from workstation.ui.study_delegate import StudyDelegate
from workstation.ui.study_rows import SeriesRow, StudyRows
from workstation.ui.watch_line import WatchLine
from workstation.workspace.cards import Fit
from workstation.workspace.state import Workspace, matching

_SETTLE_MS: Final = 60  # series found within this time are listed in one go


class _SeriesList(QListView):
    """Keeps only the keys that move in a list; all others are the window's."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End):
            super().keyPressEvent(event)
        else:
            event.ignore()


class StudyBrowser(QWidget):
    """stack_asked: a series was chosen. left_out_asked: why files were left out. cancel_asked: end the scan."""

    stack_asked = Signal(str)
    thumbnail_wanted = Signal(str)
    left_out_asked = Signal()
    cancel_asked = Signal()

    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._state = Workspace()
        self._marked = ""  # the series that was scrolled to
        self.setProperty("surface", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._search = QLineEdit()
        self._search.setClearButtonEnabled(True)
        self._search.setAcceptDrops(False)  # a dropped folder is to be opened
        self._search.textChanged.connect(self._list)
        self._rows = StudyRows(speech, self)
        self._rows.thumbnail_wanted.connect(self.thumbnail_wanted)
        self._list_view = self._make_list()
        self._words = SaidLabel(speech, role="second", wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._words.setContentsMargins(12, 8, 12, 8)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._make_empty())
        self._pages.addWidget(self._list_view)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._list)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 8, 0, 0)
        whole.setSpacing(4)
        search_row = QHBoxLayout()
        search_row.setContentsMargins(10, 0, 10, 0)
        search_row.addWidget(self._search)
        whole.addLayout(search_row)
        whole.addWidget(self._pages, 1)
        whole.addWidget(self._make_scan_line())
        self.watch_line = WatchLine(speech)
        whole.addWidget(self.watch_line)
        whole.addWidget(self._make_left_out_line())
        speech.changed.connect(self._render)
        self._render()
        self._list()

    @property
    def search(self) -> QLineEdit:
        return self._search

    def show_state(self, state: Workspace) -> None:
        """List what is open. Series found shortly after one another come in one go."""
        self._state = state
        self._scan_line.setVisible(state.scanning > 0)
        self.watch_line.show_state(state)
        count = len(state.left_out)
        self._left_out_line.setVisible(count > 0)
        self._left_out.say(say_count("{count} file left out", "{count} files left out", count))
        if not self._settle.isActive():
            self._settle.start()

    def show_progress(self, progress: Progress | None) -> None:
        """How far the scan is."""
        if progress is None:
            self._scanning.say(say("Scanning…"))
            self._bar.setRange(0, 0)
            return
        self._scanning.say(progress.words)
        self._bar.setRange(0, 1000 if progress.total else 0)
        self._bar.setValue(round(1000 * progress.fraction))

    def show_thumbnail(self, stack_id: str, picture: Thumbnail | None) -> None:
        self._rows.show_thumbnail(stack_id, picture)

    def show_fitting(self, fitting: Mapping[str, tuple[Fit, ...]]) -> None:
        """Stack id → the analyses that fit."""
        self._rows.show_fitting(fitting)

    def _make_empty(self) -> QWidget:
        """Why nothing is listed, and what could be opened again."""
        self.recent = RecentList(self._speech)
        empty = QWidget()
        column = QVBoxLayout(empty)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._words)
        column.addWidget(self.recent)
        column.addStretch(1)
        return empty

    def _make_list(self) -> QListView:
        view = _SeriesList()
        view.setModel(self._rows)
        view.setItemDelegate(StudyDelegate(self._rows, view))
        view.setMouseTracking(True)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setDragEnabled(True)
        view.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        view.selectionModel().currentChanged.connect(self._moved_to)
        view.clicked.connect(self._chosen)
        return view

    def _make_scan_line(self) -> QWidget:
        self._scan_line = QWidget()
        self._scanning = SaidLabel(self._speech, say("Scanning…"), role="second", wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        stop = SaidButton(self._speech, say("Stop"), kind="flat", tip=say("End the scan; what was found stays"))
        stop.clicked.connect(self.cancel_asked)
        top = QHBoxLayout()
        top.addWidget(self._scanning, 1)
        top.addWidget(stop)
        column = QVBoxLayout(self._scan_line)
        column.setContentsMargins(12, 4, 12, 6)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self._bar)
        self._scan_line.hide()
        return self._scan_line

    def _make_left_out_line(self) -> QWidget:
        self._left_out_line = QWidget()
        self._left_out = SaidLabel(self._speech, role="second")
        why = SaidButton(
            self._speech, say("why?"), kind="link", tip=say("Each file that was left out, with its reason")
        )
        why.clicked.connect(self.left_out_asked)
        row = QHBoxLayout(self._left_out_line)
        row.setContentsMargins(12, 2, 8, 6)
        row.setSpacing(2)
        row.addWidget(self._left_out)
        row.addWidget(why)
        row.addStretch(1)
        self._left_out_line.hide()
        return self._left_out_line

    def _list(self) -> None:
        found = matching(self._state.stacks, self._search.text())
        objects = self._state.objects if found == self._state.stacks else _tied_to(found, self._state.objects)
        seen = self._list_view.verticalScrollBar().value()
        with QSignalBlocker(self._list_view.selectionModel()):  # rows that go choose nothing
            self._rows.show_found(found, objects)
        self._pages.setCurrentIndex(1 if found or objects else 0)
        if not self._state.stacks:
            scanning = self._state.scanning > 0
            self._words.say(say("Looking for series…") if scanning else say("Nothing is open. Drop a folder here."))
        elif not found:
            self._words.say(say("No series matches “{text}”.", text=self._search.text()))
        self._mark_chosen(seen)

    def _mark_chosen(self, seen: int) -> None:
        """Another series is scrolled to; what else arrives moves nothing under the hand. `seen`: where the list was."""
        index = self._rows.place_of(self._state.chosen)
        selection = self._list_view.selectionModel()
        if index.isValid() and selection.currentIndex() != index:
            selection.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if index.isValid() and self._state.chosen != self._marked:
            self._list_view.scrollTo(index)
        elif seen:
            self._list_view.doItemsLayout()
            self._list_view.verticalScrollBar().setValue(seen)
        self._marked = self._state.chosen

    def _moved_to(self, index: QModelIndex, _before: QModelIndex) -> None:
        """By keys; a press of the mouse may begin a drag, and chooses only when it is let go."""
        if not QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            self._chosen(index)

    def _chosen(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        row = self._rows.row_at(index)
        if isinstance(row, SeriesRow) and row.stack.id != self._state.chosen:
            self.stack_asked.emit(row.stack.id)

    def _render(self) -> None:
        self._search.setPlaceholderText(self._speech.tr(say("Find patient, study, series…")))
        self._search.setAccessibleName(self._speech.tr(say("Find patient, study, series")))
        self._list_view.setAccessibleName(self._speech.tr(say("Series")))
        self.setAccessibleName(self._speech.tr(say("Studies")))


def _tied_to(stacks: tuple[Stack, ...], objects: tuple[FoundObject, ...]) -> tuple[FoundObject, ...]:
    """A search that leaves some series leaves their objects."""
    shown = {stack.series_uid or stack.id for stack in stacks}
    return tuple(found for found in objects if shown.intersection(found.refers_to))
