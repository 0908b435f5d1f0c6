"""The parts of the window in their places: toolbar, browser, picture and tabs, jobs, status."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from workstation.domain.words import Words, say
from workstation.ui.floating import Floating
from workstation.ui.keys import BY_COMMAND, Command
from workstation.ui.signs import Sign, SignButton
from workstation.ui.speech import Speech
from workstation.ui.theme import LEFT_WIDTH, RIGHT_WIDTH

ANALYSE, FINDINGS, REPORT = range(3)


class Panes(QWidget):
    """float_asked: the panels on the right to a window of their own, or back.

    `browser` left, `view` in the middle, `panels` in the tabs right; `above` and `below` over the whole width.
    """

    float_asked = Signal()

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
        self._floating: Floating | None = None
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
        speech.changed.connect(self._say)
        self._say()

    def show_tab(self, place: int) -> None:
        self._tabs.setCurrentIndex(place)

    def say_tab(self, place: int, words: Words, more: str = "") -> None:
        text = self._speech.tr(words) + more
        if text != self._tabs.tabText(place):  # else all tabs are laid out for nothing
            self._tabs.setTabText(place, text)

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
        if self._floating is not None:
            self.dock()
        else:
            self._fold(self._tabs, RIGHT_WIDTH)

    @property
    def floating(self) -> QWidget | None:
        """The window that the tabs are in, if they have one of their own."""
        return self._floating

    def float_right(self) -> None:
        """Give the tabs a window of their own, or take them back."""
        if self._floating is not None:
            self.dock()
        else:
            self.float_out()

    def float_out(self) -> QWidget:
        """The tabs in a window of their own, on another screen if there is one."""
        if self._floating is not None:
            return self._floating
        size = QSize(max(RIGHT_WIDTH, self._tabs.width()), self._tabs.height())
        self._floating = Floating(self._speech, self._tabs, self.window())
        self._floating.closed.connect(self.dock)
        self._floating.resize(size)
        other = next((s for s in QGuiApplication.screens() if s is not self.screen()), None)
        if other is not None:
            self._floating.move(other.availableGeometry().topLeft())
        else:  # where they were
            self._floating.move(self.mapToGlobal(QPoint(self.width() - size.width(), self.splitter.y())))
        self._tabs.show()
        self._floating.show()
        return self._floating

    def dock(self) -> None:
        """Back to their place on the right."""
        floating, self._floating = self._floating, None
        if floating is None:
            return
        sizes = self.splitter.sizes()
        self.splitter.addWidget(self._tabs)
        place = self.splitter.indexOf(self._tabs)
        self.splitter.setStretchFactor(place, 0)
        self.splitter.setCollapsible(place, True)
        sizes[-1] -= RIGHT_WIDTH
        self.splitter.setSizes([*sizes, RIGHT_WIDTH])
        self._tabs.show()
        floating.hide()
        floating.deleteLater()

    def open_right(self) -> None:
        """So that the tabs are seen, whatever was folded away."""
        if self._floating is not None:
            self._floating.raise_()
        elif not self.splitter.sizes()[self.splitter.indexOf(self._tabs)]:
            self.fold_right()

    def _make_tabs(self, panels: tuple[QWidget, ...]) -> QTabWidget:
        tabs = QTabWidget()
        tabs.setProperty("surface", "panel")
        tabs.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        for panel in panels:
            panel.setProperty("surface", "panel")
            panel.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            tabs.addTab(panel, "")
        tabs.setMinimumWidth(300)
        own = SignButton(self._speech, Sign.FLOAT, BY_COMMAND[Command.FLOAT_RIGHT].title, command=Command.FLOAT_RIGHT)
        own.clicked.connect(self.float_asked)
        tabs.setCornerWidget(own)
        self.setTabOrder(tabs.tabBar(), own)
        return tabs

    def _say(self) -> None:
        self._tabs.tabBar().setAccessibleName(self._speech.tr(say("Analyses, findings and report")))

    def _fold(self, panel: QWidget, width: int) -> None:
        """Fold a side panel away or bring it back; the picture takes or gives the room."""
        sizes, place = self.splitter.sizes(), self.splitter.indexOf(panel)
        wanted = 0 if sizes[place] else width
        sizes[self.splitter.indexOf(self._view)] += sizes[place] - wanted
        sizes[place] = wanted
        self.splitter.setSizes(sizes)
