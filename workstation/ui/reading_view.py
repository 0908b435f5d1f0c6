"""The picture side of a sitting: the series looked at, its findings over it, and where the reader left it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from workstation.domain.answer import AnalysisResult
from workstation.domain.error import WorkstationError
from workstation.domain.geometry import Geometry
from workstation.domain.regrid import even_grid
from workstation.domain.sentences import sentence
from workstation.domain.series import Stack, VoiWindow
from workstation.domain.volume import ResultVolume
from workstation.domain.words import say
from workstation.imaging.pixels.on_grid import slices_on
from workstation.ui.keys import Command
from workstation.ui.pictures import Pictures, StackSource, StraightSource
from workstation.ui.series_words import patient_words, series_title
from workstation.ui.sitting import Sitting
from workstation.ui.viewport.comparing import OtherSlices
from workstation.ui.viewport.slice_view import SliceView
from workstation.workspace.findings import select_finding
from workstation.workspace.state import Changed


class ReadingView(QObject):
    """Puts values into the viewport. finding_clicked: a mark was clicked, now selected."""

    finding_clicked = Signal(str)

    def __init__(self, sitting: Sitting, pictures: Pictures, view: SliceView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sitting, self._pictures, self._view = sitting, pictures, view
        self._local: frozenset[str] = frozenset()
        self._left_at: dict[str, tuple[int, VoiWindow | None]] = {}
        self._shown = ""
        self._moved: tuple[ResultVolume, Geometry, OtherSlices] | None = None
        pictures.source_opened.connect(self._open)
        pictures.arrived.connect(self._arrived)
        pictures.refused.connect(self._refused)
        view.slice_changed.connect(pictures.want_slice)
        view.finding_clicked.connect(self._clicked)

    def show_local(self, connections: frozenset[str]) -> None:
        """Names of the connections whose service is on this machine."""
        self._local = connections

    def show_changed(self, changed: Changed) -> None:
        state = self._sitting.state
        if Changed.CHOSEN in changed or (Changed.STACKS in changed and self._replaced()):
            self._show_stack(state.chosen_stack)
        elif Changed.STACKS in changed and state.chosen_stack is None:
            self._show_nothing()
        if changed & (Changed.CHOSEN | Changed.RESULTS | Changed.DECISIONS | Changed.SELECTION | Changed.FILTER):
            self._show_findings()
        if changed & (Changed.SELECTION | Changed.RESULTS) and state.selected:
            self._view.show_finding(state.selected)
            self._pictures.want_slice(self._view.slice_index)

    def show_language(self) -> None:
        stack = self._sitting.state.chosen_stack
        if stack is not None:
            self._view.show_texts(*self._texts(stack))

    def straighten(self) -> None:
        """Show the series resampled onto an even grid, or as it is again; at the same place, as near as slices go."""
        source = self._pictures.source
        if source is None or source.geometry is None or not self._view.possible(Command.STRAIGHTEN):
            return
        at, window = float(source.geometry.offsets[self._view.slice_index]), self._view.series_window
        stack = source.stack
        straight = isinstance(source, StraightSource)
        target = stack.geometry if straight else even_grid(source.geometry)
        if target is None:
            return
        self._left_at[stack.id] = (int(abs(target.offsets - at).argmin()), window)
        if straight:
            self._pictures.show_stack(stack, self._left_at[stack.id][0])
        else:
            self._pictures.straighten(stack)
        self._show_findings()

    def key_window(self) -> VoiWindow:
        """How key pictures of a report are shown: as the reader looks at them."""
        return self._view.series_window or VoiWindow(center=-600, width=1500)

    def _replaced(self) -> bool:
        """The series looked at was found anew, with more or other slices."""
        source, stack = self._pictures.source, self._sitting.state.chosen_stack
        return stack is not None and (source is None or source.stack is not stack)

    def _show_stack(self, stack: Stack | None) -> None:
        if self._shown and not isinstance(self._pictures.source, StraightSource):
            self._left_at[self._shown] = (self._view.slice_index, self._view.series_window)
        if stack is None:
            self._shown = ""
            self._show_nothing()
            return
        self._shown = stack.id
        k, _ = self._left_at.get(stack.id, (stack.slices // 2, None))
        self._pictures.show_stack(stack, min(k, stack.slices - 1))

    def _show_nothing(self) -> None:
        """No series is chosen: one may still be found, or there is none."""
        if self._sitting.state.scanning:
            self._view.show_loading(say("Scanning…"))
        else:
            self._view.show_empty()

    def _open(self, source: StackSource) -> None:
        stack = source.stack
        middle = stack.slices // 2
        k, window = self._left_at.get(stack.id, (middle, None))
        patient, series = self._texts(stack)
        self._view.show_slice_source(
            source,
            patient=patient,
            series=series,
            window=window,
            file_window=stack.instances[middle].window,
            more_windows=stack.instances[middle].more_windows,
            slice_index=min(k, source.count - 1),
            aspect=stack.instances[middle].aspect,
            resampled=isinstance(source, StraightSource),
        )

    def _texts(self, stack: Stack) -> tuple[str, str]:
        speech = self._sitting.speech
        series = speech.tr(series_title(stack))
        source = self._pictures.source
        if isinstance(source, StraightSource):
            series = f"{series} · {speech.tr(source.words)}"
        return (speech.tr(patient_words(stack.patient)), series)

    def _arrived(self, k: int) -> None:
        self._view.show_arrived(k if k >= 0 else self._view.slice_index)

    def _refused(self, error: WorkstationError) -> None:
        row = sentence(error)
        self._shown = ""
        self._view.show_failed(say("{sentence} {remedy}", sentence=row.says, remedy=row.remedy))

    def _show_findings(self) -> None:
        state = self._sitting.state
        result = state.shown_result
        self._view.show_other(self._moved_onto(result))
        if result is None:
            self._view.show_findings((), {})
            return
        self._view.show_findings(
            state.visible_findings,
            state.decisions,
            state.selected,
            result.placement,
            state.overlays,
            masks=result.masks,
            basis=result.basis,
            local=result.connection in self._local,
            in_pixels=result.in_pixels,
            layers=state.shown_layers,
        )

    def _moved_onto(self, result: AnalysisResult | None) -> OtherSlices | None:
        """The series that came back moved onto the one on the screen, where its place is proven."""
        source = self._pictures.source
        shown = result is not None and result.moving_id and result.placement.state.painted and result.volumes
        if result is None or not shown or source is None or source.geometry is None:
            return None
        image, geometry = result.volumes[0], source.geometry
        if self._moved is None or self._moved[0] is not image or self._moved[1] is not geometry:
            self._moved = (image, geometry, slices_on(image, geometry))
        return self._moved[2]

    def _clicked(self, finding_id: str) -> None:
        self._sitting.apply(select_finding(self._sitting.state, finding_id))
        self.finding_clicked.emit(finding_id)
