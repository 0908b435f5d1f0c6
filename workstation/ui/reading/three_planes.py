"""MPR: three planes of one volume that share a crosshair, each cut off the window's thread when it has to be made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from workstation.domain.crosshair import Crosshair, crosshair_in, directions, moved, set_straight
from workstation.domain.geometry import TILT_DEG, Geometry, Plane, Vector, dot
from workstation.domain.projection import center_of
from workstation.domain.regrid import has_holes
from workstation.domain.slab import NO_SLAB, Slab, SlabKind, next_kind, thicker, thinner
from workstation.domain.volume import Values, Volume
from workstation.domain.words import Words, say
from workstation.imaging.pixels.oblique import Cutter
from workstation.ui.keys import Command
from workstation.ui.reading.cell_view import CellView
from workstation.ui.reading.stack_source import Form
from workstation.ui.sitting import Sitting
from workstation.ui.viewport.crosshair import CrosshairLayer, Drawn
from workstation.ui.viewport.plane_source import CutSource, plane_source
from workstation.ui.viewport.source import SliceSource
from workstation.ui.work_runner import WorkView
from workstation.workspace import hanging

_NOW: Final = 20  # before volumes that are being loaded
_REST_MS: Final = 120  # without a move, pictures are made in full

_Cut = tuple[Plane, tuple[Vector, Vector] | None, Slab]  # which plane, its right and down if it is turned


@dataclass(slots=True)
class _Side:
    """One cell's layer, and what is made for it. wanted: the newest request, instead of which no older one is made.

    cut, source  what the view shall show; `source` is shown as soon as there is a picture of it
    """

    cell: CellView
    layer: CrosshairLayer
    cut: _Cut | None = None
    source: SliceSource | None = None
    making: bool = False
    wanted: tuple[CutSource, int, bool] | None = None


class ThreePlanes(QObject):
    """Follows the layout: where it has no three planes it does nothing.

    replaced  a view shows another plane's pixels
    moved     the crosshair lies or is turned another way
    """

    replaced = Signal()
    moved = Signal()

    def __init__(
        self, sitting: Sitting, cells: Callable[[], Sequence[CellView]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._sitting, self._cells = sitting, cells
        self._sides: dict[CellView, _Side] = {}
        self._crosshair: Crosshair | None = None
        self._geometry: Geometry | None = None  # of the volume that the crosshair is in
        self._cutter: Cutter | None = None
        self._left_at: dict[str, Crosshair] = {}  # by stack
        self._visible = True
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(lambda: self._aim_all(quick=False))
        self.commands: dict[Command, Callable[[], object]] = {
            Command.CROSSHAIR: self._toggle,
            Command.CROSSHAIR_STRAIGHT: self._straighten,
            Command.SLAB: lambda: self._set_slab(next_kind),
            Command.SLAB_THICKER: lambda: self._set_slab(thicker),
            Command.SLAB_THINNER: lambda: self._set_slab(thinner),
        }

    @property
    def crosshair(self) -> Crosshair | None:
        """None: MPR is not shown, or nothing is in it yet."""
        return self._crosshair if self._shown else None

    def take_cell(self, cell: CellView) -> None:
        """Hear of what is done in one more cell."""
        layer = CrosshairLayer(cell.view, self._sitting.speech)
        side = self._sides[cell] = _Side(cell, layer)
        layer.moved.connect(self.follow_hand)
        layer.settled.connect(lambda: self._aim_all(quick=False))
        cell.scrolled.connect(lambda: self._scrolled(side))
        cell.opened.connect(lambda: self._opened(side))

    def show_hanging(self) -> None:
        """Another layout, another slab."""
        if self._shown:
            for cell in self._cells():
                self._opened(self._sides[cell])
        else:
            self._crosshair = self._geometry = self._cutter = None
            for side in self._sides.values():
                side.cut = side.source = side.wanted = None
                side.layer.show_crosshair(None, None, None)

    def show_arrived(self) -> None:
        """The volume is in: what could not be cut before can be now."""
        self._aim_all(quick=False)

    def show_selected(self) -> None:
        """The cells went to the finding that was selected; the crosshair goes to its middle, or to where they meet."""
        if self._crosshair is None or not self._shown:
            return
        state = self._sitting.state
        result = state.result_of(self._cells()[0].cell.stack_id)
        if result is None or not result.placement.state.painted:
            return
        found = next((one for one in state.painted_with(result) if one.id == state.selected), None)
        if found is None:
            return
        self.crosshair_at(center_of(found) or self._meeting(self._crosshair))

    def show_crosshair(self, crosshair: Crosshair) -> None:
        """Show the planes of this one."""
        if self._crosshair is not None:
            self._crosshair = self._within(crosshair)
            self._aim_all(quick=False)

    @property
    def at_rest(self) -> bool:
        """Nothing is being made or waited for."""
        sides = [self._sides[cell] for cell in self._cells()]
        return not self._rest.isActive() and not any(side.making or side.wanted is not None for side in sides)

    def drawn(self, plane: Plane) -> Drawn | None:
        """Where the crosshair is painted in the view of a plane, in its widget's pixels."""
        sides = (self._sides[cell] for cell in self._cells() if cell.cell.plane is plane)
        return next((side.layer.drawn for side in sides), None)

    def crosshair_at(self, point: Vector) -> None:
        """Show a point of the patient in all three planes."""
        if self._crosshair is not None:
            self.show_crosshair(moved(self._crosshair, point))
            for cell in self._cells():
                cell.view.show_place(point)  # the slice is that one already, but the point may be out of sight
            self._aim_all(quick=False)

    # What the reader does

    def _toggle(self) -> None:
        self._visible = not self._visible
        for side in self._sides.values():
            self._show_layer(side)

    def _straighten(self) -> None:
        if self._crosshair is not None:
            self.show_crosshair(set_straight(self._crosshair))

    def _set_slab(self, change: Callable[[Slab], Slab]) -> None:
        if self._shown:
            state = self._sitting.state
            self._sitting.apply(hanging.set_slab(state, change(state.hanging.slab)))

    def follow_hand(self, crosshair: Crosshair) -> None:
        """At half the resolution as long as the hand moves, newest wins."""
        if self._crosshair is not None:
            self._crosshair = self._within(crosshair)
            self._aim_all(quick=True)
            self._rest.start()

    def _within(self, crosshair: Crosshair) -> Crosshair:
        """Beyond the volume there is no slice: lines there would point at none that is shown."""
        if self._geometry is None:
            return crosshair
        index = self._geometry.to_index(crosshair.at)
        held = np.clip(index, 0, np.array(self._geometry.shape) - 1)
        if np.array_equal(held, index):
            return crosshair
        x, y, z = self._geometry.to_patient(held)
        return moved(crosshair, (float(x), float(y), float(z)))

    def _scrolled(self, side: _Side) -> None:
        """The point goes along with the slice, at right angles to this view."""
        plane = side.cell.view.plane_shown
        if self._crosshair is None or plane is None or not self._shown:
            return
        at, normal = np.array(self._crosshair.at), plane.normal
        x, y, z = at + normal * float((np.array(plane.position) - at) @ normal)
        self._crosshair = moved(self._crosshair, (float(x), float(y), float(z)))
        self._aim_all(quick=True)
        self._rest.start()

    # What is shown

    @property
    def _shown(self) -> bool:
        return self._sitting.state.hanging.layout.planes

    def _opened(self, side: _Side) -> None:
        """The cell shows a series anew, from its beginning."""
        source = side.cell.source
        side.cut = side.source = side.wanted = None
        if not self._shown or side.cell not in self._cells() or source is None or source.geometry is None:
            side.layer.show_crosshair(None, None, None)
            return
        if self._geometry is not source.geometry:
            self._geometry, self._cutter = source.geometry, None
            crosshair = self._left_at.get(source.stack.id) or crosshair_in(source.geometry)
            self._crosshair = self._within(_along(crosshair, side.cell.left_place, source.geometry.normal))
        if side.cell.cell.plane is None:  # a single slice: it is no plane of anything
            side.layer.show_crosshair(None, None, None)
        self._aim_all(quick=False)

    def _aim_all(self, *, quick: bool) -> None:
        """Each view shows the plane through the crosshair."""
        if self._crosshair is None or not self._shown:
            return
        for cell in self._cells():
            self._aim(self._sides[cell], self._crosshair, quick)
        source = self._cells()[0].source
        if source is not None:
            self._left_at[source.stack.id] = self._crosshair
        self.moved.emit()

    def _aim(self, side: _Side, crosshair: Crosshair, quick: bool) -> None:
        cell, plane = side.cell, side.cell.cell.plane
        if plane is None or cell.source is None or cell.source.geometry is not self._geometry:
            return
        slab = self._sitting.state.hanging.slab
        ways = None if crosshair.straight(plane) else directions(crosshair, plane)
        cut = (plane, ways, slab if slab.kind is not SlabKind.OFF else NO_SLAB)
        if side.cut != cut or side.source is None:
            source = self._source(cell, cut)
            if source is None:
                return  # it is opened again when the volume is in
            side.cut, side.source = cut, source
        k = _nearest(side.source, crosshair.at)
        if isinstance(side.source, CutSource) and side.source.lacks(k, quick=quick):
            side.wanted = (side.source, k, quick)
            self._make(side)
        at_hand = not isinstance(side.source, CutSource) or side.source.slice_values(k) is not None
        if at_hand:
            self._show(side, side.source, k)
        if at_hand or not quick:
            self._show_layer(side)  # else its lines come with the picture: painting them paints the whole view

    def _source(self, cell: CellView, cut: _Cut) -> SliceSource | None:
        """None: the volume is not in yet."""
        if cell.source is None:
            return None
        plane, ways, slab = cut
        if ways is None and slab is NO_SLAB and plane is cell.source.stack.plane and self._upright(plane):
            return cell.source
        cutter = self._cutter_of(cell.source.volume)
        return plane_source(cutter, plane, ways, slab) if cutter is not None else None

    def _upright(self, plane: Plane) -> bool:
        """Whether slices were acquired with the front, or the head, up and the left, or the back, at the right."""
        if self._crosshair is None or self._geometry is None:
            return False
        right, down = directions(self._crosshair, plane)
        return min(dot(right, self._geometry.row_cosine), dot(down, self._geometry.column_cosine)) > 0.5

    def _cutter_of(self, volume: Volume | None) -> Cutter | None:
        if volume is None:
            return None
        if self._cutter is None or self._cutter.volume is not volume:
            self._cutter = Cutter(volume)
        return self._cutter

    def _show(self, side: _Side, source: SliceSource, k: int) -> None:
        crosshair = self._crosshair
        if crosshair is None:
            return
        if side.cell.shown is not source:
            side.cell.show_plane(source, k, crosshair.at)
            side.cell.view.show_note(self._note(side.cell))
            self.replaced.emit()
        else:
            side.cell.show_slice(k)

    def _show_layer(self, side: _Side) -> None:
        plane = side.cell.cell.plane if self._shown and side.cell in self._cells() else None
        crosshair = self._crosshair if self._visible else None
        side.layer.show_crosshair(crosshair, plane, side.cell.view.plane_shown)
        if plane is not None:
            side.cell.view.show_note(self._note(side.cell))

    def _note(self, cell: CellView) -> Words | None:
        """What the picture is besides a plane of the series: a slab, or cut from slices that had to be resampled."""
        slab = cell.shown.slab.words if isinstance(cell.shown, CutSource) else None  # another may still be made
        made = None
        if cell.source is not None and cell.source.form is Form.STRAIGHT and cell.source.stack.geometry is not None:
            made = _made_even(cell.source.stack.geometry)
        if slab is None or made is None:
            return slab or made
        return say("{made} · {slab}", made=made, slab=slab)

    # Making

    def _make(self, side: _Side) -> None:
        """One picture at a time for each view; of those asked for meanwhile only the newest is made.

        While a hand moves, one for all views: two at once take as long, and the hand waits for a processor.
        """
        if side.making or side.wanted is None:
            return
        source, k, quick = side.wanted
        if quick and any(one.making for one in self._sides.values()):
            return
        side.wanted, side.making = None, True
        masks = side.cell.view.masks_painted
        self._sitting.runners.pictures.start(
            lambda _report, cancel, _part: source.make(k, quick=quick, cancel=cancel, masks=masks),
            WorkView[Values, None](
                finished=lambda values: self._made(side, source, k, quick, values),
                failed=lambda _error: self._ended(side),
            ),
            priority=_NOW,
        )

    def _made(self, side: _Side, source: CutSource, k: int, quick: bool, values: Values) -> None:
        source.take(k, values, quick=quick)
        crosshair, shown = self._crosshair, side.cell.shown
        if crosshair is None or not self._shown or shown is None or source.cutter is not self._cutter:
            pass  # what it was made for has left the view: it may be another series
        elif source is not side.source:
            # The hand has left this place already; its picture still shows how it goes.
            if shown is not side.source:
                self._show(side, source, k)
        elif shown is not source or k == _nearest(source, crosshair.at):
            self._show(side, source, k)
            side.cell.view.show_arrived(k)
        self._show_layer(side)
        self._ended(side)

    def _ended(self, side: _Side) -> None:
        side.making = False
        sides = list(self._sides.values())
        at = sides.index(side) + 1
        for one in sides[at:] + sides[:at]:  # in turn
            self._make(one)

    def _meeting(self, crosshair: Crosshair) -> Vector:
        """The point where the slices meet that the three views show."""
        at = np.array(crosshair.at)
        for cell in self._cells():
            plane = cell.view.plane_shown
            if plane is not None:
                at = at + plane.normal * float((np.array(plane.position) - at) @ plane.normal)
        return (float(at[0]), float(at[1]), float(at[2]))


def _along(crosshair: Crosshair, place: Vector | None, normal: Vector) -> Crosshair:
    """As deep as a place lies, where the reader came from."""
    if place is None:
        return crosshair
    way = dot(place, normal) - dot(crosshair.at, normal)
    x, y, z = (at + part * way for at, part in zip(crosshair.at, normal, strict=True))
    return moved(crosshair, (x, y, z))


def _made_even(acquired: Geometry) -> Words:
    """In a few words; the series' own line says it in full."""
    line = say("tilt of {degrees:.1f}° corrected", degrees=acquired.shear_deg)
    if not acquired.straight:
        line = say("shift of {mm:.1f} mm corrected", mm=acquired.drift_mm)
    gaps = say("gaps filled by interpolation")
    if not acquired.straight or acquired.shear_deg > TILT_DEG:
        return say("{line} · {gaps}", line=line, gaps=gaps) if has_holes(acquired) else line
    if has_holes(acquired):
        return gaps
    return say("uneven steps made equal")


def _nearest(source: SliceSource, point: Vector) -> int:
    assert source.geometry is not None
    at = round(float(source.geometry.to_index(point)[0]))
    return min(source.count - 1, max(0, at))
