"""The picture side of a sitting: cells in their layout, findings over them, and how they follow one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.sentences import sentence
from workstation.domain.series import VoiWindow
from workstation.domain.words import say
from workstation.imaging.rendering import EXTRA, drawable
from workstation.ui.keys import Command
from workstation.ui.reading.aiming_together import AimingTogether
from workstation.ui.reading.cell_view import CellView
from workstation.ui.reading.grid import ViewGrid
from workstation.ui.reading.left_at import LeftAt
from workstation.ui.reading.linking import Links
from workstation.ui.reading.measure_side import MeasureSide
from workstation.ui.reading.pictures import Pictures
from workstation.ui.reading.stack_source import StackSource
from workstation.ui.reading.three_planes import ThreePlanes
from workstation.ui.sitting import Notice, Sitting
from workstation.ui.viewport.captions import CursorPoint
from workstation.ui.viewport.gestures import Tool
from workstation.ui.viewport.slice_view import SliceView
from workstation.ui.volume.volume_side import VolumeSide
from workstation.workspace import hanging, opening
from workstation.workspace.layouts import Cell, Layout
from workstation.workspace.state import Changed

_FINDINGS = (
    Changed.CHOSEN
    | Changed.RESULTS
    | Changed.DECISIONS
    | Changed.SELECTION
    | Changed.FILTER
    | Changed.OVERLAID
    | Changed.DRAWN
)


class ReadingRoom(QObject):
    """`commands`: what the keys of layouts do.

    finding_clicked  a mark was clicked, now selected
    window_shown     VoiWindow of the active view, changed by a hand or by another view becoming active
    tool_changed     Tool
    scrolled         the active view shows another slice, by hand or because it followed
    command_asked    Command of another scope, typed while a view had the focus
    """

    finding_clicked = Signal(str)
    window_shown = Signal(object)
    tool_changed = Signal(object)
    command_asked = Signal(object)
    scrolled = Signal()

    def __init__(self, sitting: Sitting, pictures: Pictures, grid: ViewGrid, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sitting, self._pictures, self._grid = sitting, pictures, grid
        self._left_at = LeftAt()
        self._cells: list[CellView] = []
        self._tool = Tool.WINDOW
        self.pointed: CursorPoint | None = None  # what is under the pointer, in the active view
        self._links = Links(sitting)
        self._aiming = AimingTogether(self._links)
        self._measures = MeasureSide(sitting, self._measured, self)
        pictures.arrived.connect(lambda _source, _k: self._measures.show())
        self.planes = ThreePlanes(sitting, lambda: self.cells, self)
        self.planes.replaced.connect(self._measures.show)
        pictures.arrived.connect(lambda _source, k: self.planes.show_arrived() if k < 0 else None)
        self.volume = VolumeSide(sitting, lambda: self.cells, lambda: self.planes.crosshair, self)
        self.volume.finding_clicked.connect(self.finding_clicked)
        self.planes.moved.connect(self.volume.show_moved)
        pictures.arrived.connect(lambda _source, k: self.volume.show_hanging() if k < 0 else None)
        pictures.refused.connect(lambda _source, _error: self.volume.show_hanging())
        for view in grid.views:
            self._take_view(view)
        grid.take_beside(self.volume.view)
        grid.view_made.connect(self._take_view)
        grid.active_asked.connect(lambda at: sitting.apply(hanging.activate(sitting.state, at)))
        grid.maximise_asked.connect(lambda: sitting.apply(hanging.maximise(sitting.state)))
        grid.series_dropped.connect(self._dropped)
        self.commands: Mapping[Command, Callable[[], object]] = {
            Command.LAYOUT_ONE: lambda: self.lay_out(Layout.ONE),
            Command.LAYOUT_TWO: lambda: self.lay_out(Layout.TWO),
            Command.LAYOUT_FOUR: lambda: self.lay_out(Layout.FOUR),
            Command.LAYOUT_NINE: lambda: self.lay_out(Layout.NINE),
            Command.LAYOUT_MPR: lambda: self.lay_out(Layout.MPR),
            Command.LAYOUT_VOLUME: lambda: self.lay_out(Layout.VOLUME),
            Command.LAYOUT_COMPARE: lambda: self.lay_out(Layout.COMPARE),
            Command.LAYOUT_PHOTO: lambda: self.lay_out(Layout.PHOTO),
            Command.MAXIMISE: lambda: sitting.apply(hanging.maximise(sitting.state)),
            Command.LINK: self._link,
            **self.planes.commands,
            Command.STRAIGHTEN: lambda: self.active.straighten(),
            Command.LOAD_SMALLER: self._load_smaller,
        }

    @property
    def cells(self) -> tuple[CellView, ...]:
        """Those of the layout."""
        return tuple(self._cells[: len(self._grid.views)])

    @property
    def active(self) -> CellView:
        return self._cells[self._sitting.state.hanging.active]

    @property
    def _leading(self) -> CellView:
        """Whom the others follow when something else hangs: a series that was moved is where the one below it is."""
        active = self.active
        below = (one for one in self.cells if one.cell == Cell(active.cell.onto))
        return next(below, active) if active.cell.onto else active

    def _measured(self) -> list[tuple[SliceView, StackSource | None]]:
        """What can be measured: not a series that was moved onto another one, where nothing has its own size."""
        return [(one.view, None if one.cell.onto else one.source) for one in self.cells]

    def key_window(self) -> VoiWindow:
        """How key pictures of a report are shown: as the reader looks at them."""
        return self._grid.active.series_window or VoiWindow(center=-600, width=1500)

    def show_changed(self, changed: Changed) -> None:
        state = self._sitting.state
        if changed & (Changed.CHOSEN | Changed.STACKS | Changed.LAYOUT):
            self._grid.show_hanging(state.hanging)
            for cell_view, cell in zip(self.cells, state.hanging.cells, strict=True):
                cell_view.show_cell(cell)
            self._empty_hidden()
            self._pictures.keep(one.source for one in self.cells if one.source is not None)
            self.window_shown.emit(self._grid.active.window_shown)
            self._follow(self._leading)
            self._show_links()
            self.planes.show_hanging()
        self.volume.show_changed(changed)
        if Changed.RULERS in changed:
            for cell_view in self.cells:
                cell_view.show_ruler()
        self._measures.show_changed(changed)
        if changed & _FINDINGS:
            for cell_view in self.cells:
                cell_view.show_findings()
        if changed & (Changed.SELECTION | Changed.RESULTS) and state.selected:
            self.show_selected()

    def show_selected(self) -> None:
        """All views go to the selected finding."""
        for cell_view in self.cells:
            cell_view.show_selected()
        self.planes.show_selected()
        self.scrolled.emit()

    def _empty_hidden(self) -> None:
        """Views that the layout has no place for hold no series: volumes and marks would stay in the memory unseen."""
        for unseen in self._cells[len(self._grid.views) :]:
            if unseen.cell != Cell():
                unseen.show_cell(Cell())

    def close(self) -> None:
        """The window goes."""
        self.volume.close()

    def show_language(self) -> None:
        for cell_view in self.cells:
            cell_view.show_language()

    def _load_smaller(self) -> None:
        """In every view of the series at once."""
        stack = self.active.stack
        for cell_view in self.cells:
            if stack is not None and cell_view.stack is stack:
                cell_view.load_smaller()

    def lay_out(self, layout: Layout) -> None:
        """As a person asks; without the part that draws in 3-D it is said how to get it, and nothing else happens."""
        if layout is Layout.VOLUME and not drawable():
            row = sentence(WorkstationError(ErrorCode.MISSING_EXTRA, extra=EXTRA))
            self._sitting.noticed.emit(Notice(row.says, row.remedy, bad=False))
            return
        self._sitting.apply(hanging.lay_out(self._sitting.state, layout))

    def _dropped(self, at: int, stack_id: str) -> None:
        self._sitting.apply(hanging.activate(self._sitting.state, at))
        self._sitting.apply(opening.choose_stack(self._sitting.state, stack_id))

    def _take_view(self, view: SliceView) -> None:
        view.show_tool(self._tool)
        cell_view = CellView(self._sitting, self._pictures, self._left_at, view, self)
        self._cells.append(cell_view)
        self._sitting.hands.append(view)
        cell_view.finding_clicked.connect(self.finding_clicked)
        cell_view.opened.connect(self._measures.show)
        cell_view.opened.connect(self.volume.show_hanging)
        self._measures.take_view(view)
        self.planes.take_cell(cell_view)
        cell_view.scrolled.connect(lambda: self._follow(cell_view))
        cell_view.opened.connect(lambda: self._aiming.join(cell_view, self.cells))
        view.camera_moved.connect(lambda alone: self._aimed(cell_view, alone=alone))
        view.window_changed.connect(lambda window: self._window_changed(cell_view, window))
        view.tool_changed.connect(self._take_tool)
        view.command_asked.connect(self.command_asked)
        view.cursor_moved.connect(lambda point: self._pointed_at(view, point))

    def _pointed_at(self, view: SliceView, point: CursorPoint | None) -> None:
        if view is self._grid.active:
            self.pointed = point

    def _take_tool(self, tool: Tool) -> None:
        self._tool = tool
        for cell_view in self._cells:
            cell_view.view.show_tool(tool)
        self.tool_changed.emit(tool)

    def _window_changed(self, changed: CellView, window: VoiWindow) -> None:
        """All views of a series show it in one window."""
        for cell_view in self.cells:
            if cell_view is not changed and cell_view.stack is not None and cell_view.stack is changed.stack:
                cell_view.view.show_window(window)
        if changed.view is self._grid.active:
            self.window_shown.emit(window)
        self.volume.show_moved()

    def _follow(self, moved: CellView) -> None:
        """Near-parallel views go where this one went."""
        self.scrolled.emit()
        for cell_view in self.cells:
            k = self._links.slice_beside(moved, cell_view) if cell_view is not moved else None
            if k is not None:
                cell_view.show_slice(k)

    def _aimed(self, moved: CellView, *, alone: bool) -> None:
        if alone:
            self._aiming.set_apart(moved, self.cells)
        else:
            self._aiming.follow(moved, self.cells)

    def _link(self) -> None:
        """Series of two frames of reference are linked as they are shown at this moment."""
        linked = not self._sitting.state.hanging.linked
        if linked:
            self._links.take(self.cells)
            self._aiming.take(self.cells)
        self._sitting.apply(hanging.link(self._sitting.state, linked))
        if self.active.view.zoom_shown is not None:
            self._aiming.follow(self.active, self.cells)

    def _show_links(self) -> None:
        for cell_view in self.cells:
            linked, earlier = self._links.words(cell_view, self.cells), self._links.earlier(cell_view, self.cells)
            if linked is not None and earlier is not None:
                linked = say("{line} · {fact}", line=linked, fact=earlier)
            cell_view.view.show_note(linked or earlier)
