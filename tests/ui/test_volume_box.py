"""The box and the cube of the 3-D view, as hands and keys take them. Nothing is drawn for it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.scene import pixels
from workstation.domain.geometry import Vector
from workstation.imaging.rendering.scene import Box, Camera
from workstation.ui.keys import Command
from workstation.ui.speech import Speech
from workstation.ui.volume.box_frame import FACES, middle_of
from workstation.ui.volume.cube import SIDES, SIZE_PX, side_at
from workstation.ui.volume.volume_view import VolumeView

AXES: tuple[Vector, Vector, Vector] = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
WHOLE = Box(axes=AXES, low=(-100.0, -80.0, 0.0), high=(100.0, 80.0, 300.0))


@pytest.fixture
def view(qtbot: QtBot) -> VolumeView:
    made = VolumeView(Speech())
    qtbot.addWidget(made)
    made.resize(600, 600)
    made.show_scene((0.0, 0.0, 150.0), 400.0, "HU", WHOLE)
    made.show_picture(np.zeros((600, 600, 3), np.uint8), made.camera)
    with qtbot.waitExposed(made):
        made.show()
    return made


def drag(view: VolumeView, start: QPointF, end: QPointF) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    for kind, at, button, held in (
        (QEvent.Type.MouseButtonPress, start, left, left),
        (QEvent.Type.MouseMove, end, none, left),
        (QEvent.Type.MouseButtonRelease, end, left, none),
    ):
        where = QPointF(view.mapToGlobal(at.toPoint()))
        QApplication.sendEvent(view, QMouseEvent(kind, at, where, button, held, Qt.KeyboardModifier.NoModifier))


def test_without_a_tick_all_is_drawn_and_a_drag_turns(view: VolumeView) -> None:
    first = view.camera
    drag(view, QPointF(450, 300), QPointF(400, 300))

    assert view.box is None
    assert view.camera != first


def test_a_handle_takes_its_face_along_and_nothing_turns(view: VolumeView) -> None:
    """A pixel is two thirds of a millimetre."""
    view.boxed.setChecked(True)
    first = view.camera
    handle = view.place_of((100.0, 0.0, 150.0))
    drag(view, handle, handle + QPointF(-60, 25))
    top = view.place_of((0.0, 0.0, 300.0))
    # The other face moved its handle, too.
    assert view.box is not None
    top = view.place_of(middle_of(view.box, view.box.facing((0.0, 0.0, 1.0))))
    drag(view, top, top + QPointF(0, 90))

    assert view.camera == first
    assert view.box.high == pytest.approx((60.0, 80.0, 240.0))
    assert view.box.low == WHOLE.low


def test_faces_stay_within_the_volume_and_apart(view: VolumeView) -> None:
    view.boxed.setChecked(True)
    for way in (QPointF(300, 0), QPointF(-500, 0)):
        assert view.box is not None
        handle = view.place_of(middle_of(view.box, view.box.facing((1.0, 0.0, 0.0))))
        drag(view, handle, handle + way)

    assert view.box is not None
    assert view.box.high[0] == pytest.approx(WHOLE.low[0] + 2.0)


@pytest.mark.parametrize(
    ("key", "index", "side"),
    [
        (Qt.Key.Key_Left, 0, "low"),
        (Qt.Key.Key_Right, 0, "high"),
        (Qt.Key.Key_Up, 2, "high"),
        (Qt.Key.Key_Down, 2, "low"),
        (Qt.Key.Key_PageUp, 1, "low"),
        (Qt.Key.Key_PageDown, 1, "high"),
    ],
)
def test_keys_move_the_face_that_they_point_to(
    qtbot: QtBot, view: VolumeView, key: Qt.Key, index: int, side: str
) -> None:
    """From the front: the patient's left is at the right, the front looks at the eye. A step is a fortieth."""
    view.boxed.setChecked(True)
    qtbot.keyClick(view, key, Qt.KeyboardModifier.ControlModifier)
    assert view.box is not None
    moved = getattr(view.box, side)[index] - getattr(WHOLE, side)[index]
    assert moved == pytest.approx(10.0 if side == "low" else -10.0)

    qtbot.keyClick(view, key, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert view.box == WHOLE
    qtbot.keyClick(view, key, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(view, Qt.Key.Key_R)
    assert view.box == WHOLE


def test_the_box_is_painted_where_it_is(view: VolumeView) -> None:
    before = pixels(view).astype(int)
    view.boxed.setChecked(True)
    changed = np.abs(pixels(view).astype(int) - before).sum(axis=-1) > 60

    for face in FACES:
        if face.axis == 1:
            continue  # they look at the eye, or away
        at = view.place_of(middle_of(WHOLE, face)).toPoint()
        assert changed[at.y() - 3 : at.y() + 4, at.x() - 3 : at.x() + 4].all()


@pytest.mark.parametrize("command", [None, Command.FIT, Command.RESET])
def test_a_narrow_view_shows_all_of_the_volume_at_first_and_when_fitted(
    view: VolumeView, command: Command | None
) -> None:
    view.resize(300, 600)
    if command is None:
        view.show_scene((0.0, 0.0, 150.0), 400.0, "HU", WHOLE)
    else:
        view.perform(Command.ZOOM_IN)
        view.perform(command)
    view.show_picture(np.zeros((600, 300, 3), np.uint8), view.camera)

    left, right = view.place_of((200.0, 0.0, 150.0)), view.place_of((-200.0, 0.0, 150.0))
    assert (left.x(), right.x()) == pytest.approx((300, 0))


def test_what_is_fitted_stays_so_in_another_shape_and_what_is_zoomed_does_not_jump(view: VolumeView) -> None:
    drag(view, QPointF(450, 300), QPointF(400, 300))  # turned: still all of it
    view.resize(200, 600)
    assert view.camera.height_mm == pytest.approx(1200.0)
    view.resize(600, 400)
    assert view.camera.height_mm == pytest.approx(400.0)

    view.perform(Command.ZOOM_IN)
    zoomed = view.camera
    view.resize(200, 600)
    assert view.camera == zoomed


@pytest.mark.parametrize("letter", SIDES)
def test_a_face_of_the_cube_leads_to_its_side(view: VolumeView, letter: str) -> None:
    square = QRectF(view.width() - 10 - SIZE_PX, view.height() - 10 - SIZE_PX, SIZE_PX, SIZE_PX)
    slanting = Camera(at=(0.0, 0.0, 150.0)).seen_from(SIDES[letter]).turned(25, 20)
    view.show_picture(np.zeros((600, 600, 3), np.uint8), slanting)
    way = SIDES[letter]
    at = square.center() + QPointF(17 * float(np.dot(way, slanting.right)), -17 * float(np.dot(way, slanting.up)))
    assert side_at(at, square, slanting) == letter

    drag(view, at, at)

    assert view.camera.toward == pytest.approx(way)
    up = (0.0, -1.0, 0.0) if letter in "HF" else (0.0, 0.0, 1.0)
    assert view.camera.up == pytest.approx(up)


@pytest.mark.parametrize(("boxed", "taken"), [(False, []), (True, ["Ctrl+Right", "Ctrl+PgUp"])])
def test_keys_of_the_window_are_its_own_but_for_those_of_the_box(
    view: VolumeView, boxed: bool, taken: list[str]
) -> None:
    view.boxed.setChecked(boxed)
    control, none = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
    keys = {
        "PgUp": (Qt.Key.Key_PageUp, none),
        "Ctrl+Right": (Qt.Key.Key_Right, control),
        "Ctrl+PgUp": (Qt.Key.Key_PageUp, control),
    }

    found = []
    for name, (key, held) in keys.items():
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, held)
        event.ignore()
        QApplication.sendEvent(view, event)
        found += [name] if event.isAccepted() else []

    assert found == taken
