"""Views in their places: as many as the layout has, one of them active."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from workstation.ui.study_rows import SERIES_MIME
from workstation.ui.viewport.slice_view import SliceView
from workstation.workspace.layouts import Hanging, Layout

_GAP_PX: Final = 2
_Place = tuple[int, int, int, int]  # row, column, rows, columns

_PLACES: Final[dict[Layout, tuple[_Place, ...]]] = {
    Layout.ONE: ((0, 0, 1, 1),),
    Layout.PHOTO: ((0, 0, 1, 1),),
    Layout.TWO: ((0, 0, 1, 1), (0, 1, 1, 1)),
    Layout.COMPARE: ((0, 0, 1, 1), (0, 1, 1, 1)),
    Layout.FOUR: tuple((k // 2, k % 2, 1, 1) for k in range(4)),
    Layout.NINE: tuple((k // 3, k % 3, 1, 1) for k in range(9)),
    Layout.MPR: ((0, 0, 2, 2), (0, 2, 1, 1), (1, 2, 1, 1)),
    Layout.VOLUME: ((0, 2, 1, 1), (1, 2, 1, 1), (2, 2, 1, 1)),
}
_BESIDE: Final[dict[Layout, _Place]] = {Layout.VOLUME: (0, 0, 3, 2)}  # of what is no view of slices


class ViewGrid(QWidget):
    """Views are made when a layout needs them first, and kept.

    view_made        SliceView
    active_asked     place of a view that was clicked or got the focus
    maximise_asked   a view was double-clicked
    series_dropped   place of the view, stack id
    """

    view_made = Signal(object)
    active_asked = Signal(int)
    maximise_asked = Signal()
    series_dropped = Signal(int, str)

    def __init__(self, make_view: Callable[[], SliceView], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make_view = make_view
        self._views: list[SliceView] = []
        self._beside: QWidget | None = None
        self._hanging = Hanging()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_GAP_PX)
        self.setAcceptDrops(True)
        self.setProperty("surface", "views")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._place()

    @property
    def views(self) -> tuple[SliceView, ...]:
        """Those of the layout, also the ones that a maximised one hides."""
        return tuple(self._views[: self._hanging.layout.size])

    @property
    def active(self) -> SliceView:
        return self._views[self._hanging.active]

    def take_beside(self, widget: QWidget) -> None:
        """What has a place in some layouts beside the views."""
        self._beside = widget
        widget.setParent(self)
        self._place()

    def show_hanging(self, hanging: Hanging) -> None:
        if hanging == self._hanging:
            return
        focused = self.window().focusWidget() in self._views
        self._hanging = hanging
        self._place()
        if focused:
            self.active.setFocus()

    def leave(self, step: int) -> bool:
        """Go to the next view; True where there is none: the focus is for what comes beside the views."""
        at = self._hanging.active + step
        here = self.window().focusWidget() is self.active
        if self._hanging.maximised or not here or not 0 <= at < len(self.views):
            return True
        self.active_asked.emit(at)
        self._views[at].setFocus()
        return False

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Qt's own Tab never comes as a key: it asks here."""
        return not self.leave(1 if forward else -1) or super().focusNextPrevChild(forward)

    def _place(self) -> None:
        hanging, places = self._hanging, _PLACES[self._hanging.layout]
        while len(self._views) < len(places):
            view = self._make_view()
            view.installEventFilter(self)
            self._views.append(view)
            self.view_made.emit(view)
        for view in self._views:
            self._grid.removeWidget(view)
        rows = max(row + high for row, _, high, _ in places)
        columns = max(column + wide for _, column, _, wide in places)
        for k, view in enumerate(self._views):
            shown = k < len(places) and (not hanging.maximised or k == hanging.active)
            if shown:
                self._grid.addWidget(view, *((0, 0, rows, columns) if hanging.maximised else places[k]))
            view.setVisible(shown)
            view.show_active(len(places) > 1 and k == hanging.active)
        if self._beside is not None:
            self._grid.removeWidget(self._beside)
            place = None if hanging.maximised else _BESIDE.get(hanging.layout)
            if place is not None:
                self._grid.addWidget(self._beside, *place)
            self._beside.setVisible(place is not None)
        for k in range(9):
            self._grid.setRowStretch(k, 1 if k < rows else 0)
            self._grid.setColumnStretch(k, 1 if k < columns else 0)
        self.setFocusProxy(self.active)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Whatever a view does with a press itself, it becomes the active one first."""
        if isinstance(watched, SliceView):
            if event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.FocusIn, QEvent.Type.Wheel):
                self._ask(watched)
            elif event.type() is QEvent.Type.MouseButtonDblClick and isinstance(event, QMouseEvent):
                self._ask(watched)
                if event.button() is Qt.MouseButton.LeftButton:
                    self.maximise_asked.emit()
                    return True
        return super().eventFilter(watched, event)

    def _ask(self, view: SliceView) -> None:
        at = self._views.index(view)
        if at != self._hanging.active:
            self.active_asked.emit(at)

    # A series that is dragged here from the study browser

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(SERIES_MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if event.mimeData().hasFormat(SERIES_MIME):
            event.setAccepted(self._view_at(event) is not None)

    def dropEvent(self, event: QDropEvent) -> None:
        at = self._view_at(event)
        if at is not None and event.mimeData().hasFormat(SERIES_MIME):
            event.acceptProposedAction()
            self.series_dropped.emit(at, bytes(event.mimeData().data(SERIES_MIME).data()).decode())

    def _view_at(self, event: QDropEvent) -> int | None:
        under = self.childAt(event.position().toPoint())
        return self._views.index(under) if isinstance(under, SliceView) else None
