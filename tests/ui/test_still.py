"""A picture that only has to be painted because something over it moved is not made again, and never an older one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.scene import PROVEN, nodule, noise_volume, pixels, viewport
from workstation.domain.series import VoiWindow
from workstation.domain.words import say
from workstation.ui.keys import Command
from workstation.ui.viewport.luts import HOT_IRON
from workstation.ui.viewport.slice_painter import Scene, SlicePainter
from workstation.ui.viewport.slice_view import SliceView


def cover(view: SliceView) -> QWidget:
    """Something that lies over the whole view and moves: it paints nothing of its own."""
    layer = QWidget(view)
    layer.setGeometry(view.rect())
    layer.show()
    return layer


def painted(qtbot: QtBot, view: SliceView, ask: Callable[[], object]) -> None:
    with qtbot.waitSignal(view.presented):
        ask()


def test_what_lies_over_a_picture_moves_without_its_being_made_again(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    paint = SlicePainter.paint

    def counted(self: SlicePainter, painter: object, scene: Scene, size: object) -> object:
        made.append(scene.slice_index)
        return paint(self, painter, scene, size)  # type: ignore[arg-type]

    monkeypatch.setattr(SlicePainter, "paint", counted)
    view = viewport(qtbot, noise_volume())
    layer = cover(view)
    painted(qtbot, view, layer.update)
    painted(qtbot, view, layer.update)
    before = pixels(view)
    made.clear()
    for _ in range(5):
        painted(qtbot, view, layer.update)

    assert made == []
    assert np.array_equal(pixels(view), before)

    # Where one picture was asked for again, the next one is made once, too.
    for k in (0, 1, 2):
        painted(qtbot, view, lambda k=k: view.show_slice(k))
        painted(qtbot, view, layer.update)

    assert made == [0, 1, 2]


CHANGES: dict[str, Callable[[SliceView], object]] = {
    "slice": lambda view: view.show_slice(0),
    "window": lambda view: view.show_window(VoiWindow(center=100, width=50)),
    "inverse": lambda view: view.show_inverse(True),
    "colours": lambda view: view.show_colours(HOT_IRON),
    "finding": lambda view: view.show_findings((nodule((0.0, 0.0, 4.0), 5.0),), {}, placement=PROVEN),
    "note": lambda view: view.show_note(say("Slab")),
    "texts": lambda view: view.show_texts("OTHER", "series"),
    "coverage": lambda view: view.show_coverage(np.array([True, False, True, False, True])),
    "info": lambda view: view.perform(Command.INFO),
    "rotated": lambda view: view.perform(Command.TURN_RIGHT),
    "zoom": lambda view: view.perform(Command.ZOOM_IN),
    "smooth": lambda view: view.perform(Command.SMOOTH),
    "size": lambda view: view.resize(420, 380),
    "focus": lambda view: view.clearFocus(),
    "empty": lambda view: view.show_empty(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen_however_often_the_picture_before_was_asked_for(qtbot: QtBot, change: str) -> None:
    view = viewport(qtbot, noise_volume())
    layer = cover(view)
    for _ in range(3):
        painted(qtbot, view, layer.update)
    before = pixels(view)
    CHANGES[change](view)
    layer.update()
    shown = pixels(view)
    view.update()

    assert not np.array_equal(shown, before)
    assert np.array_equal(shown, pixels(view))


def test_a_picture_that_comes_back_after_it_was_hidden_is_made_anew(qtbot: QtBot) -> None:
    view = viewport(qtbot, noise_volume())
    view.show_active(True)  # framed, with the focus or without
    layer = cover(view)
    for _ in range(3):
        painted(qtbot, view, layer.update)
    before = pixels(view)
    view.hide()
    painted(qtbot, view, view.show)

    assert np.array_equal(pixels(view), before)
