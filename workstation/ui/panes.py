"""The parts of the window in their places: toolbar, browser, picture and tabs, jobs, status."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from workstation.domain.words import Words
from workstation.ui.speech import Speech
from workstation.ui.theme import LEFT_WIDTH, RIGHT_WIDTH

ANALYSE, FINDINGS, REPORT = range(3)


class Panes(QWidget):
    """`browser` left, `view` in the middle, `panels` in the tabs right; `above` and `below` over the whole width."""

    def __init__(
        self,
        speech: Speech,
        width: int,
        *,
        above: QWidget,
        browser: QWidget,
        view: QWidget,
        panels: tuple[QWidget, ...],
        below: tuple[QWidget, ...],
    ) -> None:
        super().__init__()
        self._speech, self._browser, self._view = speech, browser, view
        self._tabs = self._make_tabs(panels)
        browser.setMinimumWidth(190)
        self.splitter = QSplitter()
        self.splitter.setHandleWidth(3)
        for place, widget in enumerate((browser, view, self._tabs)):
            self.splitter.addWidget(widget)
            self.splitter.setStretchFactor(place, 1 if widget is view else 0)
            self.splitter.setCollapsible(place, widget is not view)
        self.splitter.setSizes([LEFT_WIDTH, width - LEFT_WIDTH - RIGHT_WIDTH, RIGHT_WIDTH])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(above)
        column.addWidget(self.splitter, 1)
        for widget in below:
            column.addWidget(widget)

    def show_tab(self, place: int) -> None:
        self._tabs.setCurrentIndex(place)

    def say_tab(self, place: int, words: Words, more: str = "") -> None:
        self._tabs.setTabText(place, self._speech.tr(words) + more)

    @property
    def tabs(self) -> QTabWidget:
        return self._tabs

    def go_to_tab(self, place: int) -> None:
        """Show it, and give it the focus."""
        self.open_right()
        self.show_tab(place)
        self._tabs.tabBar().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def open_left(self) -> None:
        """So that the studies are seen."""
        if not self.splitter.sizes()[self.splitter.indexOf(self._browser)]:
            self.fold_left()

    def fold_left(self) -> None:
        self._fold(self._browser, LEFT_WIDTH)

    def fold_right(self) -> None:
        self._fold(self._tabs, RIGHT_WIDTH)

    def open_right(self) -> None:
        """So that the tabs are seen, whatever was folded away."""
        if not self.splitter.sizes()[self.splitter.indexOf(self._tabs)]:
            self.fold_right()

    def _make_tabs(self, panels: tuple[QWidget, ...]) -> QTabWidget:
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.setProperty("surface", "panel")
        tabs.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        for panel in panels:
            panel.setProperty("surface", "panel")
            panel.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            tabs.addTab(panel, "")
        tabs.setMinimumWidth(300)
        return tabs

    def _fold(self, panel: QWidget, width: int) -> None:
        """Fold a side panel away or bring it back; the picture takes or gives the room."""
        sizes, place = self.splitter.sizes(), self.splitter.indexOf(panel)
        wanted = 0 if sizes[place] else width
        sizes[self.splitter.indexOf(self._view)] += sizes[place] - wanted
        sizes[place] = wanted
        self.splitter.setSizes(sizes)
