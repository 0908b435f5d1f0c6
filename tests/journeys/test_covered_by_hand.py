"""A person covers a part of a photograph in the consent: the service receives it solid, and the rest as it was."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.journeys.program import Program
from tests.ui.window import offscreen_dialog, press
from workstation.app import App
from workstation.domain.covering import Subject
from workstation.ui.consent_dialog import ConsentDialog
from workstation.ui.cover_picture import CoverPicture
from workstation.ui.main_window import MainWindow
from workstation.ui.screen import QtScreen
from workstation.workspace.drawn_masks import draw

LONG_MS = 120_000


@contextmanager
def window_of(program: Program, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[MainWindow]:
    for name, value in (program.environment | {"YINGTAI_HOME": str(program.home), "LANG": "en"}).items():
        monkeypatch.setenv(name, value)
    app = App()
    made = QtScreen(app.desk).window()
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.start()
    yield made
    made.close()
    app.close()


def picture_received(folder: Path) -> np.ndarray:
    """The one photograph that came."""
    content = b"\n".join(file.read_bytes() for file in sorted(folder.iterdir()))
    with Image.open(io.BytesIO(content[content.index(b"\x89PNG") :])) as image:
        return np.asarray(image.convert("RGB"))


def drag(picture: CoverPicture, qtbot: QtBot, start: tuple[int, int], end: tuple[int, int]) -> None:
    """From one pixel of the photograph to another."""
    points = [picture.place_of(*at).toPoint() for at in (start, end)]
    qtbot.mousePress(picture, Qt.MouseButton.LeftButton, pos=points[0])
    qtbot.mouseMove(picture, (points[0] + points[1]) / 2)
    qtbot.mouseMove(picture, points[1])
    qtbot.mouseRelease(picture, Qt.MouseButton.LeftButton, pos=points[1])


@pytest.mark.long
@offscreen_dialog
def test_what_is_boxed_by_mouse_and_masked_by_brush_is_received_solid_and_nothing_else_changed(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    original = np.random.default_rng(3).integers(1, 255, (400, 600, 3), dtype=np.uint8)
    Image.fromarray(original).save(tmp_path / "arm.png")
    rows, columns = np.mgrid[:400, :600]
    round_ = (rows - 300) ** 2 + (columns - 450) ** 2 < 60**2

    with program.service("--record", tmp_path / "record") as service:
        program.connect(service)
        with window_of(program, monkeypatch, qtbot) as window:
            window.open((tmp_path / "arm.png",))
            qtbot.waitUntil(lambda: window.loaded and bool(window.analysis_side.connections), timeout=LONG_MS)
            window.sitting.draw(lambda s: draw(s, round_, (0, 200, 0), datetime.now(UTC), name="tattoo"))
            window.analysis_side.analyses.connection = "hosp"
            window.analysis_side.analyses.ask("skin-disease", {}, False)
            qtbot.waitUntil(lambda: window.analysis_side.dialog is not None, timeout=LONG_MS)
            dialog = window.analysis_side.dialog
            assert isinstance(dialog, ConsentDialog)
            (cover,) = dialog.covers
            drag(cover.picture, qtbot, (100, 50), (300, 150))
            cover.masks[0].setChecked(True)
            cover.looked.setChecked(True)
            covering = dialog.covering
            press(dialog, qtbot, "Send and analyse")
            qtbot.waitUntil(lambda: window.sitting.state.shown_result is not None, timeout=LONG_MS)

    received = picture_received(tmp_path / "record")
    (boxed,) = covering.regions
    (left, top), (right, bottom) = boxed.corners[0], boxed.corners[2]
    near = (rows > top - 3) & (rows < bottom + 3) & (columns > left - 3) & (columns < right + 3)
    within = (rows >= top) & (rows <= bottom) & (columns >= left) & (columns <= right)
    assert boxed.subject is Subject.DRAWN
    assert np.allclose((left, top, right, bottom), (100, 50, 300, 150), atol=2)
    assert not received[within | round_].any()
    assert np.array_equal(received[~near & ~round_], original[~near & ~round_])
