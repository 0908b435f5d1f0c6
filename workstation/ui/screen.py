"""The window and its pictures, for those who know no toolkit: what `app` gives the command line as its screen."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEventLoop, QPoint, QTimer
from PySide6.QtGui import QImage, QPixmap, QPixmapCache
from PySide6.QtWidgets import QApplication, QWidget

from workstation.domain.answer import AnalysisResult, Placement, PlacementState
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis, Finding
from workstation.domain.geometry import Plane
from workstation.domain.overlaid import FileLook, Overlaid
from workstation.domain.person_name import readable
from workstation.domain.series import Stack, VoiWindow
from workstation.domain.volume import LabelVolume, Values, Volume
from workstation.domain.words import say
from workstation.domain.work import CancelToken, silent
from workstation.imaging.pixels.on_grid import slices_on
from workstation.imaging.pixels.resample import straightened_words
from workstation.imaging.pixels.voi import Gray, GrayTable
from workstation.ui.display import has_display
from workstation.ui.heap import give_back, keep_tidy
from workstation.ui.heartbeat import Heartbeat, Latency
from workstation.ui.keys import Command
from workstation.ui.main_window import MainWindow
from workstation.ui.ports import Desk
from workstation.ui.speech import Speech
from workstation.ui.theme import DARK, apply_theme, load_fonts
from workstation.ui.viewport.comparing import Look
from workstation.ui.viewport.plane_source import source_of
from workstation.ui.viewport.slice_view import SliceView
from workstation.ui.viewport.source import VolumeSource
from workstation.ui.viewport.traits import traits_of
from workstation.workspace.coverage import file_windows
from workstation.workspace.opening import choose_stack

_PICTURE_PX: Final = 1024
_WINDOW_PX: Final = (1600, 1000)
_PATIENCE_S: Final = 120.0
_LOOK_S: Final = 0.05
_SETTLE_S: Final = 0.5
_START_S: Final = 3.0  # until a program that was just started is at rest
_DRAWN_PARTS_KB: Final = 4096  # of boxes and arrows that Qt keeps; those of a number box never serve another one
_TIDY_MS: Final = 10_000
_WARM: Final = 5  # frames that fill the caches


def to_gray(values: Values, window: VoiWindow, inverted: bool, padding: tuple[float, float] | None) -> Gray:
    """The one way from rescaled values to gray, for every viewport."""
    return GrayTable(window, inverted, padding).apply(values)


class QtScreen:
    """`desk` is made when the window needs it."""

    def __init__(self, desk: Callable[[], Desk]) -> None:
        self._desk = desk

    @property
    def there(self) -> bool:
        """Whether a window can be shown to somebody."""
        return has_display(sys.platform, os.environ)

    def open(self, paths: Sequence[Path]) -> int:
        """The window, until it is closed; unseen only where Qt was told so by name. raises NO_DISPLAY"""
        if not self.there and not os.environ.get("QT_QPA_PLATFORM"):
            raise WorkstationError(ErrorCode.NO_DISPLAY)
        app = application(offscreen=False)
        window = self.window()
        window.show()
        window.start()
        if paths:
            QTimer.singleShot(0, lambda: window.open(paths))
        else:
            QTimer.singleShot(0, window.reopen)
        return app.exec()

    def show_and_leave(self) -> None:
        """Show the main window, paint it once, close it: for measuring the start."""
        app = application(offscreen=True)
        window = self.window()
        window.show()
        app.processEvents()
        window.close()

    def picture(
        self,
        stack: Stack,
        target: Path,
        *,
        slice_index: int | None,
        window: VoiWindow | None,
        plane: Plane,
        result: AnalysisResult | None,
        straighten: bool = False,
        look: str = Look.THIS.value,
        objects: Sequence[Overlaid] = (),
    ) -> None:
        """The viewport as PNG, 1024 pixels square; `straighten`: resampled, and it says so. `look`: a `Look`.

        objects  what files from elsewhere show over it

        raises NO_SUCH_SLICE, NO_GEOMETRY, CANNOT_WRITE; BAD_PARAMETER: nothing was moved
        """
        application(offscreen=True)
        desk = self._desk()
        volume = (desk.straighten if straighten else desk.load)(stack, silent, CancelToken())
        source = source_of(volume, stack, plane)
        if slice_index is not None and not 0 <= slice_index < source.count:
            raise WorkstationError(ErrorCode.NO_SUCH_SLICE, slice=slice_index, slices=source.count)
        speech = Speech(desk.settings().language)
        series = [stack.description]
        if straighten and stack.geometry is not None:
            series.append(speech.tr(straightened_words(stack.geometry)))
        view = SliceView(speech, to_gray)
        view.resize(_PICTURE_PX, _PICTURE_PX)
        view.show_slice_source(
            source,
            patient=readable(stack.patient.name),
            series=" · ".join(filter(None, series)),
            window=window,
            file_windows=file_windows(stack, stack.slices // 2),
            slice_index=slice_index,
            aspect=stack.instances[0].aspect,
            traits=traits_of(stack),
        )
        if look != Look.THIS.value:
            moved = result.volumes[0] if result is not None and result.volumes else None
            if result is None or moved is None or source.geometry is None or not result.placement.state.painted:
                allowed = Look.THIS.value
                raise WorkstationError(ErrorCode.BAD_PARAMETER, name="--look", value=look, allowed=allowed)
            view.show_other(slices_on(moved, source.geometry))
            view.show_look(Look(look))
        if result is not None:
            view.show_findings(
                result.findings,
                {},
                selected="",
                placement=result.placement,
                visible=True,
                masks=result.masks,
                basis=result.basis,
                local=result.connection == "local",
                in_pixels=result.in_pixels,
            )
        view.show_files([(overlaid, FileLook()) for overlaid in objects if overlaid.paints])
        _save(view, target)

    def window_picture(self, paths: Sequence[Path], result: AnalysisResult | None, target: Path) -> None:
        """The whole window with a study open, its stored results shown and the first finding selected, as PNG."""
        application(offscreen=True)
        window = self.window()
        window.resize(*_WINDOW_PX)
        window.show()
        window.start()
        window.open(paths)
        sitting = window.sitting
        wait(lambda: bool(sitting.state.stacks) and not sitting.state.scanning)
        if result is not None:
            sitting.apply(choose_stack(sitting.state, result.stack_id))
            wait(lambda: result.stack_id in sitting.state.results)
        wait(lambda: window.loaded)
        window.perform(Command.NEXT_FINDING)
        rest(_SETTLE_S)  # thumbnails come last
        _save(window, target)
        window.close()

    def heartbeats(self, paths: Sequence[Path], idle_s: float) -> tuple[Latency, Latency]:
        """How late the window's thread is while it scans and loads, and idle afterwards for `idle_s` seconds."""
        application(offscreen=True)
        window = self.window()
        window.resize(*_WINDOW_PX)
        window.show()
        window.start()
        rest(_START_S)
        heart = Heartbeat(window)
        heart.start()
        window.open(paths)
        wait(lambda: window.loaded and not window.sitting.state.scanning)
        busy = heart.stop()
        rest(_SETTLE_S)
        heart.start()
        rest(idle_s)
        idle = heart.stop()
        window.close()
        return busy, idle

    def window(self) -> MainWindow:
        """Made, and not shown yet."""
        desk = self._desk()
        return MainWindow(desk, Speech(desk.settings().language), to_gray)


def painted_frames(
    volume: Volume, findings: Sequence[Finding], masks: Sequence[LabelVolume], side: int, frames: int
) -> Iterator[float]:
    """Scroll a viewport of `side`² pixels through a volume, marks over every slice; the seconds of each frame."""
    application(offscreen=True)
    view = SliceView(Speech(), to_gray)
    view.resize(side, side)
    source = VolumeSource(volume)
    view.show_slice_source(source, patient="Phantom", series="bench", window=VoiWindow(center=-600, width=1500))
    proven = Placement(PlacementState.PROVEN, say("Known by construction."))
    view.show_findings(findings, {}, placement=proven, masks=masks, basis=Basis.TRUTH, local=True)
    target = QImage(side, side, QImage.Format.Format_RGB32)
    for number in range(frames + _WARM):
        start = time.perf_counter()
        view.show_slice(number % source.count)
        view.render(target, QPoint(0, 0))
        if number >= _WARM:
            yield time.perf_counter() - start


def application(*, offscreen: bool) -> QApplication:
    """The one application of this process."""
    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    if offscreen:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if (os.cpu_count() or 1) <= 2:
        # Qt would share the scaling of a picture among two threads that wait for each other and for all other work.
        os.environ.setdefault("QT_NO_GUI_THREADPOOL", "1")
    keep_tidy()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Yingtai")
    app.setApplicationDisplayName("Yingtai 影台")
    QPixmapCache.setCacheLimit(_DRAWN_PARTS_KB)
    load_fonts()
    apply_theme(app, DARK)
    tidying = QTimer(app)
    tidying.timeout.connect(give_back)
    tidying.start(_TIDY_MS)
    return app


def wait(ready: Callable[[], bool]) -> None:
    """Turn the event loop until it is so. raises TIMED_OUT"""
    end = time.monotonic() + _PATIENCE_S
    while not ready():
        if time.monotonic() > end:
            raise WorkstationError(ErrorCode.TIMED_OUT)
        rest(_LOOK_S)


def rest(seconds: float) -> None:
    """Turn the event loop as a running program does."""
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


def _save(widget: QWidget, target: Path) -> None:
    """raises CANNOT_WRITE"""
    picture: QPixmap = widget.grab()
    target.parent.mkdir(parents=True, exist_ok=True)
    if not picture.save(str(target), "PNG"):
        raise WorkstationError(ErrorCode.CANNOT_WRITE)
