"""One cell: a view, the pixels in it, the findings over them, and where the reader left it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, Signal

from workstation.catalogue import operation_named
from workstation.domain.answer import AnalysisResult
from workstation.domain.editing import edited
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Finding
from workstation.domain.geometry import Geometry, Plane, Vector
from workstation.domain.radiographs import lying
from workstation.domain.regrid import even_grid, is_even
from workstation.domain.sentences import sentence
from workstation.domain.series import Stack, VoiWindow
from workstation.domain.shapes import Shape
from workstation.domain.volume import ResultVolume
from workstation.domain.words import say
from workstation.imaging.pixels.on_grid import slices_on
from workstation.imaging.pixels.voi import preset
from workstation.ui.keys import Command, key_text
from workstation.ui.reading.author import AuthorsWay
from workstation.ui.reading.left_at import LeftAt
from workstation.ui.reading.pictures import Pictures
from workstation.ui.reading.stack_source import Form, StackSource
from workstation.ui.series_words import patient_words, series_title
from workstation.ui.sitting import Notice, Sitting
from workstation.ui.viewport.comparing import MovedSource, OtherSlices
from workstation.ui.viewport.plane_source import CutSource, PlaneSource
from workstation.ui.viewport.slice_view import SliceView
from workstation.ui.viewport.source import SliceSource
from workstation.ui.viewport.traits import traits_of
from workstation.workspace.coverage import file_windows
from workstation.workspace.drawn_masks import drawn_over
from workstation.workspace.findings import select_finding
from workstation.workspace.hanging_rules import own_rule, own_window
from workstation.workspace.layouts import Cell, can_be_cut
from workstation.workspace.overlaid import author_of, painted_over


class CellView(QObject):
    """Puts values into one view.

    finding_clicked  a mark was clicked, now selected
    scrolled         the reader went to another slice
    opened           the view shows other pixels, and nothing over them yet
    """

    finding_clicked = Signal(str)
    scrolled = Signal()
    opened = Signal()

    def __init__(self, sitting: Sitting, pictures: Pictures, left_at: LeftAt, view: SliceView, parent: QObject) -> None:
        super().__init__(parent)
        self._sitting, self._pictures, self._left_at, self.view = sitting, pictures, left_at, view
        self._cell = Cell()
        self._form = Form.ACQUIRED
        self._at_first = -1  # the slice that was shown because no other was asked for; -1: one was
        self._shaped: tuple[str, tuple[Shape, ...]] = ("", ())
        self.by_hand = False  # whether the reader chose the window of this series here
        self._shown: SliceSource | None = None  # what the view shows; None: a message
        self._moved: tuple[ResultVolume, Geometry, OtherSlices] | None = None
        self.source: StackSource | None = None
        self._author = AuthorsWay(view)
        view.slice_changed.connect(self._scrolled)
        view.finding_clicked.connect(self._clicked)
        view.window_changed.connect(self._window_chosen)
        view.presented.connect(self._presented)
        pictures.arrived.connect(self._arrived)
        pictures.refused.connect(self._refused)

    @property
    def stack(self) -> Stack | None:
        return self.source.stack if self.source is not None else None

    @property
    def acquired(self) -> Stack | None:
        """The series whose slices are shown as they were acquired; None: another plane, resampled, or none."""
        return (
            self.stack
            if self.source is not None and self._shown is self.source and self.source.form is Form.ACQUIRED
            else None
        )

    @property
    def cell(self) -> Cell:
        return self._cell

    @property
    def frame(self) -> str:
        """What its places are counted in: the same for views that can follow one another by place; "" for none. Some
        files of two people name one and the same frame of reference: nobody follows another patient."""
        stack = self._sitting.state.stack(self._cell.onto or self._cell.stack_id)
        if stack is None:
            return ""
        return "\n".join((stack.frame_of_reference_uid or stack.id, stack.patient.id, stack.patient.name))

    @property
    def geometry(self) -> Geometry | None:
        """Of the slices in the view, if they lie as acquired, or on those of another series."""
        if self._cell.plane is not None or self._shown is None:
            return None
        return self._shown.geometry

    def show_cell(self, cell: Cell) -> None:
        """Another series, another plane, the same series found anew, or none."""
        stack = self._sitting.state.stack(cell.stack_id)
        if stack is not None and cell == self._cell and self.source is not None and self.source.stack is stack:
            return
        before = self.source.stack if self.source is not None and cell == self._cell else None
        at_first = before is not None and self.view.slice_index == self._at_first
        self._leave()
        if before is not None and stack is not None:  # more of it was found, or it lies otherwise now
            self._left_at.take_anew(before, stack, at_first=at_first)
        if cell != self._cell:
            self._form = Form.ACQUIRED
        self._cell = cell
        if stack is None:
            self.source = self._shown = None
            self._show_nothing()
        else:
            self._open(stack)
            self.show_findings()

    def show_findings(self) -> None:
        """The result of this cell's series over it; nothing over a series that was moved: its own places are elsewhere
        there, and of what was warped nobody knows where they went."""
        state = self._sitting.state
        if self._cell.onto:
            self.view.show_files(())
            self._author.show(None)
            self.view.show_drawn(())
            self.view.show_other(None)
            self.view.show_findings((), {})
            return
        self.view.show_files(painted_over(state, self._cell.stack_id))
        self._author.show(author_of(state, self._cell.stack_id) if self.acquired is not None else None)
        self.view.show_drawn(drawn_over(state, self._cell.stack_id))
        result = state.result_of(self._cell.stack_id)
        self.view.show_other(self._moved_onto(result))
        if result is None:
            self.view.show_findings((), {})
            return
        self.view.show_findings(
            tuple(map(self._in_hand, state.painted_with(result))),
            state.decisions,
            state.selected,
            result.placement,
            state.overlays,
            masks=result.masks,
            basis=result.basis,
            local=result.connection in self._sitting.local_connections,
            in_pixels=result.in_pixels,
            layers=state.shown_layers_of(result),
        )

    def show_shaped(self, finding_id: str, shapes: tuple[Shape, ...]) -> None:
        """Paint a finding as it is under a hand that pulls it; "" for none."""
        if (finding_id, shapes) != self._shaped:
            self._shaped = (finding_id, shapes)
            self.show_findings()

    def _in_hand(self, finding: Finding) -> Finding:
        return edited(finding, self._shaped[1]) if finding.id == self._shaped[0] else finding

    def show_selected(self) -> None:
        """Go to the selected finding, if it has a place here, in the window that such findings are read in."""
        state = self._sitting.state
        if not self.view.show_finding(state.selected) or self.source is None:
            return
        self._want()
        result = state.result_of(self._cell.stack_id)
        code = operation_named(result.operation).window if result is not None else ""
        if code and not self.by_hand and self.source.unit == "HU":
            self.view.show_window(preset(code))

    def show_slice(self, k: int) -> None:
        """Follow another view."""
        if k != self.view.slice_index:
            self.view.show_slice(k)
            self._want()

    def show_ruler(self) -> None:
        """The size of a pixel as the reader said it, in the picture that is shown as it is."""
        if self.source is not None:
            self.source.take_ruler(self._sitting.state.rulers.get(self.source.stack.id))
            if self._shown is self.source:
                self.view.show_scale(traits_of(self.source.calibrated))

    def show_language(self) -> None:
        if self.stack is not None:
            self.view.show_texts(*self._texts(self.stack))

    def straighten(self) -> None:
        """Show the series resampled onto an even grid, or as it is again; at the same place, as near as slices go, or
        at the selected finding where no slice as acquired shows that."""
        source = self.source
        if source is None or source.geometry is None or not self.view.possible(Command.STRAIGHTEN):
            return
        k = self.view.slice_index
        at = float(source.geometry.offsets[k])
        unseen = self.view.unseen_at(self._sitting.state.selected)
        if unseen is not None and abs(unseen - k) < 1:
            at = float(np.interp(unseen, np.arange(source.count), source.geometry.offsets))
        straight = self._form is Form.STRAIGHT
        target = source.stack.geometry if straight else even_grid(source.geometry)
        if target is None:
            return
        self._form = Form.ACQUIRED if straight else Form.STRAIGHT
        self._open_again(source.stack, int(abs(target.offsets - at).argmin()))

    def load_smaller(self) -> None:
        """Show a series that is too large for the memory with larger pixels, or its own slices one by one again."""
        source = self.source
        if source is None or source.stack.geometry is None or not (source.too_large or self._form is Form.SMALLER):
            return
        self._form = Form.ACQUIRED if self._form is Form.SMALLER else Form.SMALLER
        self._open_again(source.stack, self.view.slice_index)

    def _open_again(self, stack: Stack, k: int) -> None:
        """In another form: the same place, as large and turned as it was."""
        framing, aim = self.view.framing, self.view.aim
        self._keep_window()
        self._left_at.slices[stack.id, self._cell.plane] = k
        self._left_at.framings.pop((stack.id, self._cell.plane), None)
        self._open(stack)
        if framing is not None:
            self.view.show_framing(replace(framing, zoom=None))
        self.view.show_aim(aim if framing is not None and framing.zoom is not None else None)
        self.show_findings()

    @property
    def left_place(self) -> Vector | None:
        """The middle of the slice, as acquired, that the reader looked at last; None: of none, or it has no place."""
        stack = self._sitting.state.stack(self._cell.stack_id)
        k = self._left_at.slices.get((self._cell.stack_id, None))
        if stack is None or stack.geometry is None or k is None:
            return None
        k = min(k, stack.slices - 1)
        x, y, z = stack.geometry.to_patient((k, (stack.rows - 1) / 2, (stack.columns - 1) / 2))
        return (float(x), float(y), float(z))

    def _left_slice(self, stack: Stack) -> int | None:
        """Planes along the slices are at the slice that was looked at as acquired, slices of another series at its."""
        if self._cell.onto:
            return self._left_at.slices.get((self._cell.onto, None))
        key = None if self._cell.plane is stack.plane and self._form_of(stack) is Form.ACQUIRED else self._cell.plane
        return self._left_at.slices.get((stack.id, key))

    def _keep_window(self) -> None:
        window = self.view.series_window
        if window is not None:
            self._left_at.windows[self._cell.stack_id] = window

    def _leave(self) -> None:
        if self._shown is None:
            return
        self._keep_window()
        if self._form is Form.ACQUIRED and not self._cell.onto:
            key = self._key
            self._left_at.slices[key] = self.view.slice_index
            if not isinstance(self._shown, CutSource):  # of a turned plane nobody knows where it will lie then
                self._keep_framing(key)

    @property
    def _key(self) -> tuple[str, Plane | None]:
        """Under which is kept where the reader left what is shown."""
        return (self._cell.stack_id, None if self.acquired is not None else self._cell.plane)

    def _keep_framing(self, key: tuple[str, Plane | None]) -> None:
        framing = self.view.framing
        if framing is not None or self._own_zoom() is not None:  # who fits it to the view wants no rule's zoom again
            self._left_at.framings[key] = framing
        else:
            self._left_at.framings.pop(key, None)

    def _show_framing(self) -> None:
        """As the reader left it, else as a rule of theirs asks."""
        key, zoom = self._key, self._own_zoom()
        if self._form is Form.ACQUIRED and not self._cell.onto and key in self._left_at.framings:
            framing = self._left_at.framings[key]
            if framing is not None:
                self.view.show_framing(framing)
        elif zoom is not None:
            self.view.show_zoom(zoom)

    def _own_zoom(self) -> float | None:
        """What a rule of the person asks for series like this, as their slices are."""
        rule = own_rule(self._sitting.state, self.stack) if self.stack is not None else None
        if rule is None or rule.zoom is None or rule.zoom <= 0 or self._cell.plane is not None:
            return None
        return rule.zoom

    def _open(self, stack: Stack) -> None:
        k = self._left_slice(stack)
        first = min(k if k is not None else stack.slices // 2, stack.slices - 1)
        self.source = self._pictures.source(stack, first, self._form_of(stack))
        self.source.take_ruler(self._sitting.state.rulers.get(stack.id))
        self._show_pixels()

    def _form_of(self, stack: Stack) -> Form:
        """Planes of a sheared or uneven stack are cut after it was straightened, and the words say so."""
        bent = self._cell.plane is not None and stack.geometry is not None and not is_even(stack.geometry)
        return Form.STRAIGHT if bent and self._form is Form.ACQUIRED else self._form

    def show_plane(self, pixels: SliceSource, k: int, about: Vector) -> None:
        """The same series cut another way, in the place of what is shown."""
        if self._shown is not None:
            self._shown = pixels
            self._author.forget()
            self.view.show_plane(pixels, k, about)
            self._want()
            self.show_findings()

    @property
    def shown(self) -> SliceSource | None:
        """What the view shows slices of; None: a message."""
        return self._shown

    def _show_pixels(self) -> None:
        source, stack = self.source, self.stack
        if source is None or stack is None:
            return
        if self._cell.plane is not None and not can_be_cut(stack):
            self._refused(source, WorkstationError(ErrorCode.ONE_SLICE if stack.slices == 1 else ErrorCode.NO_GEOMETRY))
            return
        pixels = self._pixels(source)
        self._shown = pixels
        if pixels is None:
            self.view.show_loading()
            return
        middle = stack.slices // 2
        left, window = self._left_slice(stack), self._left_at.windows.get(stack.id)
        k = left if left is not None else pixels.count // 2
        rule = own_rule(self._sitting.state, stack)
        if window is None and rule is not None:
            window = own_window(rule)
        self._at_first = min(k, pixels.count - 1) if left is None else -1
        self.by_hand = window is not None
        patient, series = self._texts(stack)
        self._author.forget()
        self.view.show_slice_source(
            pixels,
            patient=patient,
            series=series,
            window=window,
            file_windows=file_windows(stack, middle),
            slice_index=min(k, pixels.count - 1),
            aspect=stack.instances[middle].aspect,
            traits=traits_of(source.calibrated),
            resampled=self._form is Form.STRAIGHT,
        )
        if pixels is source:
            self.view.show_lying(lying(stack))
        key = self._key
        self._show_framing()
        self.opened.emit()  # views that are linked to this one have the last word, but a rule's zoom is no fit
        if self._key != key or (key not in self._left_at.framings and self.view.zoom_shown is None):
            self._show_framing()

    def _pixels(self, source: StackSource) -> SliceSource | None:
        """Slices as acquired, at once; other planes are cut from the volume, when it is in; a moved series as the
        answer has it."""
        cell = self._cell
        moved = self._sitting.state.moved_onto(cell.onto, cell.stack_id) if cell.onto else None
        base = self._sitting.state.stack(self._cell.onto)
        if moved is not None and base is not None and base.geometry is not None:
            return MovedSource(StackSource(base), slices_on(moved.volumes[0], base.geometry))
        if self._cell.plane is None or self._cell.plane is source.stack.plane:
            return source
        if source.volume is None:
            return None
        return PlaneSource(source.volume, self._cell.plane)

    def _texts(self, stack: Stack) -> tuple[str, str]:
        speech = self._sitting.speech
        series = speech.tr(series_title(stack))
        if self.source is not None and self.source.words is not None:
            series = f"{series} · {speech.tr(self.source.words)}"
        if self._cell.onto:
            moved = speech.tr(say("moved by registration"))  # in braces the catalogue would not find it
            series = f"{series} · {moved}"
        return (speech.tr(patient_words(stack.patient)), series)

    def _show_nothing(self) -> None:
        """No series is in this cell: one may still be found, one can be put here, or there is none."""
        state = self._sitting.state
        if state.scanning:
            self.view.show_loading(say("Scanning…"))
        elif state.stacks:
            self.view.show_loading(say("Choose a series for this view, or drag one here."))
        else:
            self.view.show_empty()

    def _window_chosen(self, _window: VoiWindow) -> None:
        self.by_hand = True

    def _scrolled(self, _k: int) -> None:
        self._want()
        self._author.scrolled()
        self.scrolled.emit()

    def _want(self) -> None:
        if self.source is not None and self._shown is self.source:
            self._pictures.want_slice(self.source, self.view.slice_index)

    def _arrived(self, source: StackSource, k: int) -> None:
        if source is not self.source:
            return
        if self._shown is None and source.loaded:
            self._show_pixels()
            self.show_findings()
        elif self._shown is source:
            self.view.show_arrived(k if k >= 0 else self.view.slice_index)
        else:
            self._pictures.seen(source)  # a view of another plane waits for the volume

    def _presented(self) -> None:
        source = self.source
        if source is not None and not source.loaded and source.slice_values(self.view.slice_index) is not None:
            self._pictures.seen(source)

    def _refused(self, source: StackSource, error: WorkstationError) -> None:
        if source is not self.source:
            return
        row = sentence(error)
        if source.too_large:  # slices still come; what needs all of them at once waits for a smaller volume
            key = key_text(Command.LOAD_SMALLER)
            remedy = say("Its slices are read one by one. {key} loads it with larger pixels.", key=key)
            self._sitting.noticed.emit(Notice(row.says, remedy, bad=False))
            if self._shown is None:
                self.view.show_failed(say("{sentence} {remedy}", sentence=row.says, remedy=remedy))
        else:
            self.source = self._shown = None
            self.view.show_failed(say("{sentence} {remedy}", sentence=row.says, remedy=row.remedy))

    def _moved_onto(self, result: AnalysisResult | None) -> OtherSlices | None:
        """The series that came back moved onto the one on the screen, where its place is proven."""
        shown = result is not None and result.moving_id and result.placement.state.painted and result.volumes
        if result is None or not shown or self._shown is None or self._shown.geometry is None:
            self._moved = None  # a whole volume
            return None
        image, geometry = result.volumes[0], self._shown.geometry
        if self._moved is None or self._moved[0] is not image or self._moved[1] is not geometry:
            self._moved = (image, geometry, slices_on(image, geometry))
        return self._moved[2]

    def _clicked(self, finding_id: str) -> None:
        self._sitting.apply(select_finding(self._sitting.state, finding_id))
        self.finding_clicked.emit(finding_id)
