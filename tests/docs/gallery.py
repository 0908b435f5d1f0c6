"""Makes the pictures of docs/pictures from phantoms only, with the real window, its records and its local cloud.

python -m tests.docs.gallery docs/pictures [NAME…]
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QWidget

from tests.imaging.asymmetric import Body
from tests.imaging.test_segmentation import segmentation
from workstation.app import App
from workstation.domain.crosshair import turned
from workstation.domain.geometry import Plane
from workstation.imaging.phantom.make import PhantomOptions, make_phantom
from workstation.imaging.phantom.radiograph import RadiographOptions, make_radiograph
from workstation.imaging.phantom.spine import make_spine
from workstation.ui.keys import Command
from workstation.ui.main_window import MainWindow
from workstation.ui.screen import QtScreen, application, rest, wait
from workstation.ui.viewport.slice_view import SliceView
from workstation.workspace.state import Reader

_USUAL: Final = (1600, 1000)
_SMALL: Final = (1366, 768)
_GRAYS: Final = 24
_COLOURS: Final = 40
_GRAYISH: Final = 24  # between the highest and the lowest of red, green and blue
_WIDE: Final = 1280  # pixels in docs


class Stage:
    """The window, and what a reader does on it until a picture is worth taking."""

    def __init__(self, window: MainWindow, out: Path) -> None:
        self.window, self._out = window, out

    def perform(self, *commands: Command) -> None:
        for command in commands:
            self.window.perform(command)
            self.settle()

    def settle(self, seconds: float = 0.25) -> None:
        rest(seconds)
        room = self.window.reading_room
        wait(lambda: room.planes.at_rest and all(c.source is None or c.source.loaded for c in room.cells))
        rest(0.05)

    def show(self, description: str) -> None:
        """The first series whose description holds this."""
        stacks = self.window.sitting.state.stacks
        stack = next(one for one in stacks if description in f"{one.modality} {one.description} {one.study.date}")
        self.window.browser.stack_asked.emit(stack.id)
        self.settle()

    def drag(self, start: tuple[float, float], *way: tuple[float, float], view: SliceView | None = None) -> None:
        """From one place of the view to others, in shares of its size."""
        on = view or self.window.view
        places = [QPoint(round(x * on.width()), round(y * on.height())) for x, y in (start, *way)]
        QTest.mousePress(on, Qt.MouseButton.LeftButton, pos=places[0])
        for place in places[1:]:
            QTest.mouseMove(on, place)
            rest(0.02)
        QTest.mouseRelease(on, Qt.MouseButton.LeftButton, pos=places[-1])
        self.settle()

    def save(self, name: str, widget: QWidget | None = None) -> None:
        taken = (widget or self.window).grab()
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        taken.save(buffer, "PNG")
        self.keep(name, Image.open(io.BytesIO(buffer.data().data())))

    def keep(self, name: str, picture: Image.Image) -> None:
        keep(picture, self._out / f"{name}.png")


def keep(picture: Image.Image, target: Path) -> None:
    """Small: no wider than needed, in few grays and the colours that it has."""
    picture = picture.convert("RGB")
    if picture.width > _WIDE:
        size = (_WIDE, round(picture.height * _WIDE / picture.width))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    pixels = np.asarray(picture).reshape(-1, 3)
    coloured = pixels[np.ptp(pixels.astype(np.int16), axis=1) > _GRAYISH]
    palette = [round(level * 255 / (_GRAYS - 1)) for level in range(_GRAYS) for _ in range(3)]
    if len(coloured):
        colours = Image.fromarray(coloured.reshape(1, -1, 3)).quantize(_COLOURS).getpalette() or []
        palette += colours[: 3 * _COLOURS]
    table = Image.new("P", (1, 1))
    table.putpalette(palette)
    picture.quantize(palette=table, dither=Image.Dither.NONE).save(target, optimize=True)


# One after the other on the same stage: each goes on where the one before stopped.


def one_view(stage: Stage) -> None:
    stage.show("20240809")
    stage.perform(Command.LAYOUT_ONE, Command.NEXT_FINDING)
    stage.save("one-view")


def decided(stage: Stage) -> None:
    stage.perform(Command.SHOW_FINDINGS, Command.ACCEPT, Command.NEXT_FINDING, Command.REJECT, Command.COMMENT)
    box = QApplication.focusWidget()
    assert box is not None
    QTest.keyClicks(box, "vessel, seen end on")
    QTest.keyClick(box, Qt.Key.Key_Return)
    stage.perform(Command.NEXT_FINDING, Command.ACCEPT)
    stage.save("findings")


def measured(stage: Stage) -> None:
    stage.perform(Command.LAYOUT_ONE, Command.FOLD_LEFT, Command.WINDOW_SOFT)
    stage.perform(Command.TOOL_LENGTH)
    stage.drag((0.36, 0.40), (0.5, 0.36), (0.62, 0.38))
    stage.perform(Command.TOOL_ELLIPSE)
    stage.drag((0.44, 0.47), (0.5, 0.5), (0.56, 0.56))
    stage.perform(Command.TOOL_RECTANGLE)
    stage.drag((0.26, 0.30), (0.3, 0.32), (0.34, 0.36))
    stage.perform(Command.TOOL_ANGLE)
    view = stage.window.view
    for x, y in ((0.66, 0.74), (0.50, 0.76), (0.60, 0.62)):
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(int(x * view.width()), int(y * view.height())))
        rest(0.05)
    stage.perform(Command.TOOL_ARROW)
    stage.drag((0.18, 0.62), (0.25, 0.55), (0.30, 0.50))
    QTest.keyClick(QApplication.focusWidget() or view, Qt.Key.Key_Escape)
    stage.perform(Command.TOOL_WINDOW)
    stage.save("measures")
    stage.perform(Command.FOLD_LEFT)


def two_by_two(stage: Stage) -> None:
    stage.perform(Command.LAYOUT_FOUR)
    stacks = {stack.id: stack for stack in stage.window.sitting.state.stacks}
    for at, stack_id in enumerate(sorted(stacks, key=lambda name: (-stacks[name].slices, name))[:4]):
        stage.window.grid.series_dropped.emit(at, stack_id)
    stage.settle()
    stage.save("two-by-two")


def nine(stage: Stage) -> None:
    stage.perform(Command.LAYOUT_NINE)
    for at, stack in zip(range(9), stage.window.sitting.state.stacks, strict=False):
        stage.window.grid.series_dropped.emit(at, stack.id)
    stage.settle()
    stage.save("three-by-three")


def mpr(stage: Stage) -> None:
    stage.perform(Command.LAYOUT_ONE)
    stage.show("20240809")
    stage.perform(Command.WINDOW_LUNG, Command.LAYOUT_MPR, Command.NEXT_FINDING)
    stage.settle(1.0)
    stage.save("mpr")


def oblique(stage: Stage) -> None:
    planes = stage.window.reading_room.planes
    assert planes.crosshair is not None
    planes.show_crosshair(turned(planes.crosshair, Plane.AXIAL, 0.45))
    stage.perform(Command.SLAB, Command.SLAB_THICKER, Command.SLAB_THICKER)
    stage.settle(1.0)
    stage.save("oblique-slab")
    stage.perform(Command.SLAB, Command.SLAB, Command.SLAB, Command.CROSSHAIR_STRAIGHT)


def compared(stage: Stage) -> None:
    stage.perform(Command.LAYOUT_ONE)
    stage.show("20240809")
    stage.perform(Command.LAYOUT_COMPARE)
    stage.settle(0.8)
    stage.save("compare")
    stage.perform(Command.LAYOUT_ONE)


def objects(stage: Stage) -> None:
    stage.perform(Command.LAYOUT_ONE)
    stage.show("body")
    stage.perform(Command.SHOW_FINDINGS)
    stage.settle(0.8)
    stage.save("objects-of-others")


def analyses(stage: Stage) -> None:
    stage.show("20240809")
    stage.perform(Command.SHOW_ANALYSES)
    stage.settle(0.8)
    stage.save("analyses")


def dialogs(stage: Stage) -> None:
    for name, command in (
        ("key-sheet", Command.KEY_SHEET),
        ("settings", Command.SETTINGS),
        ("all-commands", Command.PALETTE),
    ):
        stage.perform(command)
        dialog = stage.window.dialogs.current
        assert dialog is not None
        stage.save(name, dialog)
        dialog.reject()
        stage.settle()


def signed(stage: Stage) -> None:
    stage.show("20240809")
    stage.perform(Command.LAYOUT_ONE, Command.SHOW_REPORT)
    stage.perform(Command.SIGN)
    dialog = stage.window.dialogs.current
    assert dialog is not None
    stage.save("sign", dialog)
    dialog.reject()
    stage.settle()
    stage.save("coverage-and-report")


def report_page(stage: Stage) -> None:
    with tempfile.TemporaryDirectory() as name:
        buttons = stage.window.report_panel.findChildren(QAbstractButton)
        next(one for one in buttons if one.text() == "Write report…").click()
        dialog = stage.window.dialogs.current
        assert isinstance(dialog, QFileDialog)
        dialog.filesSelected.emit([name])
        dialog.reject()
        _wait_long(lambda: any(Path(name).rglob("report.png")) and any(Path(name).rglob("report.pdf")))
        rest(1.0)
        stage.keep("report-page", Image.open(next(Path(name).rglob("report.png"))))


def radiograph(stage: Stage) -> None:
    stage.perform(Command.LAYOUT_ONE)
    stacks = stage.window.sitting.state.stacks
    film = next(one for one in stacks if one.slices == 1 and one.modality in ("DX", "CR"))
    stage.window.browser.stack_asked.emit(film.id)
    stage.settle()
    stage.perform(Command.FIT, Command.TOOL_LENGTH)
    stage.drag((0.4, 0.4), (0.5, 0.5), (0.6, 0.6))
    stage.perform(Command.TOOL_WINDOW)
    stage.save("radiograph")


def photo(stage: Stage) -> None:
    stacks = stage.window.sitting.state.stacks
    picture = next(one for one in stacks if one.geometry is None and one.modality not in ("DX", "CR"))
    stage.window.browser.stack_asked.emit(picture.id)
    stage.settle()
    stage.save("photo")


def light(stage: Stage) -> None:
    stage.show("20240809")
    stage.perform(Command.LAYOUT_ONE, Command.THEME, Command.SHOW_FINDINGS)
    stage.save("light")


def chinese(stage: Stage) -> None:
    stage.perform(Command.LANGUAGE)
    stage.save("light-zh")
    stage.perform(Command.THEME, Command.LAYOUT_MPR, Command.SHOW_ANALYSES)
    stage.settle(0.8)
    stage.save("mpr-zh")
    stage.perform(Command.KEY_SHEET)
    dialog = stage.window.dialogs.current
    assert dialog is not None
    stage.save("key-sheet-zh", dialog)
    dialog.reject()


def small_window(stage: Stage) -> None:
    stage.window.resize(*_SMALL)
    stage.perform(Command.LAYOUT_FOUR, Command.SHOW_REPORT)
    stage.save("1366x768-zh")
    stage.perform(Command.LANGUAGE, Command.LAYOUT_ONE, Command.SHOW_FINDINGS)
    stage.save("1366x768")
    stage.window.resize(*_USUAL)
    stage.settle()


SCENES: Final[tuple[Callable[[Stage], None], ...]] = (
    one_view,
    decided,
    measured,
    two_by_two,
    nine,
    mpr,
    oblique,
    compared,
    objects,
    analyses,
    dialogs,
    signed,
    report_page,
    radiograph,
    photo,
    light,
    chinese,
    small_window,
)


def studies(data: Path) -> None:
    """What is shown: drawn by ourselves, of nobody."""
    chest = PhantomOptions(slices=80, spacing_mm=3.75)
    make_phantom("chest-ct", data / "chest", 3, chest)
    make_phantom("chest-ct", data / "later", 3, PhantomOptions(slices=80, spacing_mm=3.75, follow_up=True))
    make_spine(data / "spine", 5)
    make_radiograph("knee-xray", data / "knee", 6)
    make_radiograph("hip-xray", data / "photo", 7, RadiographOptions(picture=True))
    body = Body(shape=(54, 120, 128), spacing=(1.5, 0.7, 0.7))
    body.write(data / "body")
    for number, one in enumerate(body.files):
        one.SeriesDescription = "body"
        one.save_as(data / "body" / f"{number:03}.dcm", enforce_file_format=True)
    for truth in data.rglob("truth.json"):
        truth.unlink()
    segmentation(body.files, body.mask().astype("uint8")).save_as(data / "body" / "seg.dcm")


def main(out: Path, names: list[str]) -> int:
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        os.environ["YINGTAI_HOME"] = f"{name}/home"
        data = Path(name) / "studies"
        studies(data)
        application(offscreen=True)
        program = App()
        window = QtScreen(program.desk).window()
        window.resize(*_USUAL)
        window.show()
        window.start()
        window.coverage_side.in_sight = lambda _widget: True
        stage = Stage(window, out)
        wait(lambda: bool(window.analysis_side.connections))
        window.report_panel.reader_changed.emit(Reader("Li Wei", "radiologist"))
        rest(0.5)
        stage.save("start")
        window.open([data])
        wait(lambda: window.loaded and not window.sitting.state.scanning)
        _analysed(stage)
        for scene in SCENES:
            if not names or scene.__name__ in names:
                print(scene.__name__, flush=True)  # each takes a while
                scene(stage)
        window.close()
        program.close()
    return 0


def _analysed(stage: Stage) -> None:
    """Nodules of the later study, found by the local cloud."""
    window = stage.window
    stage.show("20240809")

    def asked() -> bool:
        buttons = [one for one in window.analysis_panel.findChildren(QAbstractButton) if one.text() == "Analyse"]
        for button in buttons[:1]:
            button.click()
        return bool(buttons)

    _wait_long(asked)
    _wait_long(lambda: window.sitting.state.shown_result is not None)
    stage.settle()


def _wait_long(ready: Callable[[], bool]) -> None:
    """The service has a whole machine to itself, or not."""
    while not ready():
        rest(0.2)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
