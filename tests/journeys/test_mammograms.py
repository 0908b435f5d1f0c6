"""Mammograms of a folder hang back to back in the real window, however they were stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
from PySide6.QtCore import QRectF
from pytestqt.qtbot import QtBot

from workstation.app import App
from workstation.ui.keys import Command
from workstation.ui.main_window import MainWindow
from workstation.ui.screen import QtScreen
from workstation.ui.viewport.slice_painter import picture_area
from workstation.ui.viewport.slice_view import SliceView

ROWS, COLUMNS = 200, 120
# As stored: where rows and columns lead. Only the first is as readers expect it.
STORED = {
    ("R", "CC"): ("P", "L"),
    ("L", "CC"): ("P", "L"),  # both ways turned about: the eye expects A, R
    ("R", "MLO"): ("A", "FR"),  # left and right in each other's place: P, FL is expected
    ("L", "MLO"): ("A", "H"),  # upside down: A, F is expected
}
UP = {"CC": {"R": "L", "L": "R"}, "MLO": {"R": "F", "L": "F"}}


def write(folder: Path, side: str, view: str, study: str, number: int) -> None:
    """Bright at the chest wall, and a brighter corner there above: at the lateral side, or towards the head."""
    row, column = STORED[side, view]
    shown = np.full((ROWS, COLUMNS), 100, np.uint16)
    inner = slice(COLUMNS - 20, COLUMNS) if side == "R" else slice(0, 20)
    shown[:, inner] = 2000
    shown[:30, inner] = 4000
    if row != {"R": "P", "L": "A"}[side]:
        shown = shown[:, ::-1]
    if column[0] != UP[view][side]:
        shown = shown[::-1]
    one = Dataset()
    one.file_meta = FileMetaDataset()
    one.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.1.2"
    one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    one.StudyInstanceUID, one.SeriesInstanceUID = study, generate_uid()
    one.PatientName, one.PatientID, one.SeriesNumber = "TEST^BREAST", "B1", number
    one.Modality, one.ImageLaterality, one.ViewPosition = "MG", side, view
    one.PatientOrientation = [row, column]
    one.Rows, one.Columns, one.ImagerPixelSpacing = ROWS, COLUMNS, [0.1, 0.1]
    one.SamplesPerPixel, one.PhotometricInterpretation = 1, "MONOCHROME2"
    one.BitsAllocated, one.BitsStored, one.HighBit, one.PixelRepresentation = 16, 12, 11, 0
    one.WindowCenter, one.WindowWidth = 2048, 4096
    one.PixelData = np.ascontiguousarray(shown).tobytes()
    one.save_as(folder / f"{number}.dcm", enforce_file_format=True)


@pytest.fixture
def window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[MainWindow]:
    monkeypatch.setenv("YINGTAI_HOME", str(tmp_path / "home"))
    program = App()
    made = QtScreen(program.desk).window()
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.start()
    yield made
    made.close()
    program.close()


def shown(view: SliceView) -> tuple[QRectF, int, int, int]:
    """Where the picture lies on the view; its grays at the inner edge, near the top and below, and in the middle."""
    place = view.to_widget().mapRect(QRectF(-0.5, -0.5, COLUMNS, ROWS))
    picture = view.grab().toImage()
    inner = place.right() - 6 if view.x() == 0 else place.left() + 6

    def gray(x: float, y: float) -> int:
        return picture.pixelColor(round(x), round(y)).red()

    near_top, middle = place.top() + 0.1 * place.height(), place.center().y()
    return place, gray(inner, near_top), gray(inner, middle + 40), gray(place.center().x(), middle + 40)


def test_breasts_hang_back_to_back_with_the_chest_wall_in_the_middle(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    folder, study = tmp_path / "study", generate_uid()
    folder.mkdir()
    for number, (side, view) in enumerate(reversed(STORED), start=1):
        write(folder, side, view, study, number)
    window.open([folder])
    room = window.reading_room
    qtbot.waitUntil(lambda: len(room.cells) == 4 and all(c.source is not None and c.source.loaded for c in room.cells))
    places = [(c.stack.laterality, c.stack.view_position) for c in room.cells if c.stack is not None]
    right, left = (window.grid.views[k] for k in (0, 1))
    window.grid.views[2].perform(Command.FLIP_ACROSS)
    window.grid.views[2].perform(Command.RESET)
    seen = [shown(view) for view in window.grid.views]

    assert places == list(STORED)
    assert "Series 4 · R CC" in right.accessibleDescription()
    assert [grays[1:] for grays in seen] == [pytest.approx((249, 125, 6), abs=4)] * 4
    assert seen[0][0].right() == pytest.approx(picture_area(right.size()).right(), abs=1)
    assert seen[1][0].left() == pytest.approx(0, abs=1)
    assert left.x() > right.x()
