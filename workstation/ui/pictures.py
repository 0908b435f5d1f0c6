"""Pixels of the series looked at: one slice at once, the volume behind it, any slice asked for in between."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from workstation.domain.error import WorkstationError
from workstation.domain.geometry import Geometry
from workstation.domain.regrid import even_grid
from workstation.domain.series import Stack
from workstation.domain.volume import Colour, SlicePixels, Values, Volume
from workstation.domain.work import CancelToken
from workstation.imaging.pixels.resample import straightened_words
from workstation.ui.sitting import Sitting
from workstation.ui.work_runner import WorkView

_NOW, _SOON = 20, 10  # a slice that is waited for, before the volume
_MOST_PENDING = 16


class StackSource:
    """The slices of one stack: those that arrived, and all of them once the volume is in (a viewport's SliceSource)."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self._slices: dict[int, SlicePixels] = {}
        self._volume: Volume | None = None

    @property
    def geometry(self) -> Geometry | None:
        return self.stack.geometry

    @property
    def count(self) -> int:
        return self.stack.slices

    @property
    def rows(self) -> int:
        return self.stack.rows

    @property
    def columns(self) -> int:
        return self.stack.columns

    @property
    def spacing(self) -> tuple[float, float] | None:
        return self.stack.geometry.spacing if self.stack.geometry is not None else self.stack.instances[0].spacing

    @property
    def unit(self) -> str:
        return self.stack.unit

    @property
    def padding(self) -> tuple[float, float] | None:
        if self._volume is not None:
            return self._volume.padding
        first = self.stack.instances[0]
        if first.padding is None or first.slope is None or first.intercept is None:
            return None
        low, high = sorted(value * first.slope + first.intercept for value in first.padding)
        return (low, high)

    @property
    def inverted(self) -> bool:
        return self.stack.instances[0].pixels.photometric == "MONOCHROME1"

    @property
    def loaded(self) -> bool:
        return self._volume is not None

    def slice_values(self, k: int) -> Values | None:
        if self._volume is not None:
            values: Values = self._volume.values[k]
            return values
        pixels = self._slices.get(k)
        return pixels.values if pixels is not None else None

    def slice_colour(self, k: int) -> Colour | None:
        if self._volume is not None:
            return self._volume.colour[k] if self._volume.colour is not None else None
        pixels = self._slices.get(k)
        return pixels.colour if pixels is not None else None

    def take_slice(self, k: int, pixels: SlicePixels) -> None:
        if self._volume is None:
            self._slices[k] = pixels
            while len(self._slices) > _MOST_PENDING:
                del self._slices[next(iter(self._slices))]

    def take_volume(self, volume: Volume) -> None:
        self._volume = volume
        self._slices.clear()


class StraightSource(StackSource):
    """The same stack resampled onto its even grid: nothing of it before all of it is in."""

    def __init__(self, stack: Stack, geometry: Geometry) -> None:
        super().__init__(stack)
        self._grid = even_grid(geometry)
        self.words = straightened_words(geometry)

    @property
    def geometry(self) -> Geometry:
        return self._grid

    @property
    def count(self) -> int:
        return self._grid.slices

    @property
    def rows(self) -> int:
        return self._grid.rows

    @property
    def columns(self) -> int:
        return self._grid.columns


class Pictures(QObject):
    """source_opened: StackSource, nothing of it loaded yet. arrived: the slice at hand, or -1 for the whole volume.
    progressed: Progress, None at the end. refused: a WorkstationError, in place of the picture."""

    source_opened = Signal(object)
    arrived = Signal(int)
    progressed = Signal(object)
    refused = Signal(object)

    def __init__(self, sitting: Sitting, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sitting = sitting
        self._desk, self._runner = sitting.desk, sitting.runners.pictures
        self._source: StackSource | None = None
        self._loading: CancelToken | None = None
        self._slice: CancelToken | None = None

    @property
    def source(self) -> StackSource | None:
        return self._source

    def show_stack(self, stack: Stack, slice_index: int) -> None:
        """Look at this stack, first at this slice; work for the one before is dropped."""
        self._show(StackSource(stack), slice_index)

    def straighten(self, stack: Stack) -> None:
        """Look at this stack resampled, on request only. A stack without a place can't be."""
        if stack.geometry is not None:
            self._show(StraightSource(stack, stack.geometry), 0)

    def _show(self, source: StackSource, slice_index: int) -> None:
        for token in (self._loading, self._slice):
            if token is not None:
                token.cancel()
        self._source = source
        self.source_opened.emit(source)
        self.want_slice(slice_index)
        load = self._desk.straighten if isinstance(source, StraightSource) else self._desk.load
        self._loading = self._runner.start(
            lambda report, cancel, _part: load(source.stack, report, cancel),
            WorkView[Volume, None](
                finished=lambda volume: self._volume_in(source, volume),
                failed=self._load_failed,
                progressed=self.progressed.emit,
            ),
            priority=_SOON,
        )

    def want_slice(self, k: int) -> None:
        """Slice k is on the screen; fetch it by itself while the volume is not in."""
        source = self._source
        if source is None or isinstance(source, StraightSource) or source.loaded or source.slice_values(k) is not None:
            return
        if self._slice is not None:
            self._slice.cancel()
        self._slice = self._runner.start(
            lambda _report, _cancel, _part: self._desk.first_slice(source.stack, k),
            WorkView[SlicePixels, None](
                finished=lambda pixels: self._slice_in(source, k, pixels),
                failed=lambda _: None,  # loading the volume meets the same fault and says it
            ),
            priority=_NOW,
        )

    def _slice_in(self, source: StackSource, k: int, pixels: SlicePixels) -> None:
        if not source.loaded:
            source.take_slice(k, pixels)
            self.arrived.emit(k)

    def _volume_in(self, source: StackSource, volume: Volume) -> None:
        source.take_volume(volume)
        self.progressed.emit(None)
        self.arrived.emit(-1)

    def _load_failed(self, error: WorkstationError) -> None:
        self.progressed.emit(None)
        self.refused.emit(error)
