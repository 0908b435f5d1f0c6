"""Pixels of the series looked at: one slice at once, the volume behind it, any slice asked for in between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Stack
from workstation.domain.volume import SlicePixels, Volume
from workstation.domain.work import CancelToken
from workstation.ui.reading.stack_source import Form, StackSource, source_of
from workstation.ui.sitting import Sitting
from workstation.ui.work_runner import WorkView

_NOW, _SOON = 20, 10  # a slice that is waited for, before a volume
_UNSEEN_MS: Final = 250  # a slice that no view has painted until then is painted by none, and isn't waited for
_AHEAD: Final = 4  # slices fetched beside the one that is wanted
KEPT_BYTES: Final = 2**30  # of volumes that nobody looks at any more: going back to one costs nothing


class Pictures(QObject):
    """One source a series, for all views that show it.

    arrived     StackSource, and the slice of it that is at hand, or -1 for the whole volume
    progressed  Progress of a volume that is being loaded; None when none is any more
    refused     StackSource and a WorkstationError, in place of the picture; of one that is too large for the memory
                slices still come one by one
    """

    arrived = Signal(object, int)
    progressed = Signal(object)
    refused = Signal(object, object)

    def __init__(self, sitting: Sitting, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._runner = sitting.desk, sitting.runners.pictures
        self._sources: dict[tuple[str, Form], StackSource] = {}  # the one asked for last at the end
        self._loading: dict[StackSource, CancelToken] = {}
        self._slices: dict[StackSource, CancelToken] = {}
        self._due: set[StackSource] = set()  # volumes to be loaded once a first slice is seen

    def source(self, stack: Stack, slice_index: int, form: Form = Form.ACQUIRED) -> StackSource:
        """The pixels of this stack. What is not at hand is fetched from now on: this slice, and all once it is seen."""
        key = (stack.id, form)
        kept = self._sources.pop(key, None)
        if kept is None or kept.stack is not stack:
            if kept is not None:
                self._stop(kept)
            kept = source_of(stack, form)
        self._sources[key] = kept
        self.want_slice(kept, slice_index)
        if not kept.loaded and not kept.too_large and kept not in self._loading:
            if form is Form.ACQUIRED and kept.slice_values(slice_index) is None:
                self._due.add(kept)
            else:
                self._load(kept)
        return kept

    def keep(self, shown: Iterable[StackSource]) -> None:
        """Drop the work for all others, and their volumes beyond a limit, those not looked at for longest first."""
        wanted = set(shown)
        kept = KEPT_BYTES
        for key, source in reversed(tuple(self._sources.items())):
            if source in wanted:
                continue
            self._stop(source)
            kept -= source.volume.nbytes if source.volume is not None else 0
            if source.volume is None or kept < 0:
                del self._sources[key]

    def want_slice(self, source: StackSource, k: int) -> None:
        """Slice k is on a screen; fetch it by itself while the volume is not in, and those beside it after it."""
        if source.form is Form.ACQUIRED and not source.loaded:
            if source in self._slices:
                self._slices[source].cancel()
            self._fetch(source, k, k)

    def seen(self, source: StackSource) -> None:
        """A slice was painted: what has less haste may begin."""
        if source in self._due:
            QTimer.singleShot(0, self, partial(self._load_if_due, source))

    def _fetch(self, source: StackSource, wanted: int, k: int) -> None:
        """Slice k, or where that is at hand the next one beside the one that is wanted."""
        missing = (at for at in (k, *_beside(wanted, source.count)) if source.slice_values(at) is None)
        at = next(missing, None)
        if at is None:
            self._load_if_due(source)
            return
        self._slices[source] = self._runner.start(
            lambda _report, _cancel, _part: self._desk.first_slice(source.stack, at),
            WorkView[SlicePixels, None](
                finished=lambda pixels: self._slice_in(source, wanted, at, pixels),
                failed=lambda _: self._load_if_due(source),  # which meets the same fault and says it
            ),
            priority=_NOW if at == wanted else _SOON,
        )

    def _load_if_due(self, source: StackSource) -> None:
        if source in self._due:
            self._due.remove(source)
            self._load(source)

    def _load(self, source: StackSource) -> None:
        loads = {Form.STRAIGHT: self._desk.straighten, Form.SMALLER: self._desk.load_smaller}
        load = loads.get(source.form, self._desk.load)
        self._loading[source] = self._runner.start(
            lambda report, cancel, _part: load(source.stack, report, cancel),
            WorkView[Volume, None](
                finished=lambda volume: self._volume_in(source, volume),
                failed=lambda error: self._load_failed(source, error),
                progressed=self.progressed.emit,
            ),
            priority=_SOON,
        )

    def _stop(self, source: StackSource) -> None:
        self._due.discard(source)
        for tokens in (self._loading, self._slices):
            token = tokens.pop(source, None)
            if token is not None:
                token.cancel()
        self._tell_end()

    def _slice_in(self, source: StackSource, wanted: int, k: int, pixels: SlicePixels) -> None:
        if not source.loaded:
            source.take_slice(k, pixels)
            self.arrived.emit(source, k)
            QTimer.singleShot(_UNSEEN_MS, self, partial(self._load_if_due, source))
            self._fetch(source, wanted, wanted)

    def _volume_in(self, source: StackSource, volume: Volume) -> None:
        source.take_volume(volume)
        self._ended(source)
        self.arrived.emit(source, -1)

    def _load_failed(self, source: StackSource, error: WorkstationError) -> None:
        if source.form is Form.ACQUIRED and error.code in (ErrorCode.OUT_OF_MEMORY, ErrorCode.TOO_LARGE):
            self._loading.pop(source, None)
            self._tell_end()
            source.too_large = True
        else:
            self._ended(source)
            self._sources = {key: kept for key, kept in self._sources.items() if kept is not source}
        self.refused.emit(source, error)

    def _ended(self, source: StackSource) -> None:
        self._loading.pop(source, None)
        self._slices.pop(source, None)
        self._tell_end()

    def _tell_end(self) -> None:
        if not self._loading:
            self.progressed.emit(None)


def _beside(k: int, count: int) -> Iterator[int]:
    """The slices nearest to slice k, the nearest first."""
    for step in range(1, _AHEAD + 1):
        yield from (at for at in (k + step, k - step) if 0 <= at < count)
