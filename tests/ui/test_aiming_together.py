"""Views that follow one another are zoomed and moved together: the same place of the patient at the same size."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.fake_desk import LUNG, FakeDesk
from tests.ui.window import open_study, window_on
from tests.workspace.sitting import stack
from workstation.domain.geometry import Vector
from workstation.domain.projection import slice_plane
from workstation.domain.series import Stack
from workstation.ui.keys import Command
from workstation.ui.main_window import MainWindow
from workstation.ui.viewport.slice_painter import picture_area
from workstation.ui.viewport.slice_view import SliceView

NEAR = replace(LUNG, frame_of_reference_uid="1.9")


def coarse(frame: str = "1.9") -> Stack:
    """The same body in larger pixels from another corner, stored with left and right in each other's place."""
    made = stack("1.2.4#0", number=3, slices=10, description="Coarse")
    assert made.geometry is not None
    places = np.array([[40.0, -9.0, 3.0 * k] for k in range(10)])
    lying = replace(made.geometry, positions=places, row_cosine=(-1.0, 0.0, 0.0), spacing=(1.5, 1.5))
    return replace(made, geometry=lying, frame_of_reference_uid=frame)


def shown(window: MainWindow, qtbot: QtBot) -> tuple[SliceView, SliceView]:
    open_study(window, qtbot)
    window.perform(Command.LAYOUT_TWO)
    qtbot.waitUntil(lambda: all(cell.source is not None and cell.source.loaded for cell in window.reading_room.cells))
    first, second = window.grid.views
    return first, second


def middle(view: SliceView, of: Stack) -> Vector:
    """What stands in the middle of a view, by what it paints with."""
    assert of.geometry is not None
    inverse, _ = view.to_widget().inverted()
    at = inverse.map(picture_area(view.size()).center())
    x, y, z = slice_plane(of.geometry, view.slice_index).to_patient(at.x(), at.y())
    return (float(x), float(y), float(z))


def size(view: SliceView, of: Stack) -> float:
    """Pixels of the screen per mm."""
    assert of.geometry is not None
    map_ = view.to_widget()
    way = map_.map(QPointF(1, 0)) - map_.map(QPointF(0, 0))
    return float(np.hypot(way.x(), way.y())) / of.geometry.spacing[1]


def drag(view: SliceView, button: Qt.MouseButton, way: QPoint, held: Qt.KeyboardModifier) -> None:
    """With QTest no key can be held while the mouse moves."""
    kinds = QEvent.Type
    places = (
        (kinds.MouseButtonPress, 0.0),
        (kinds.MouseMove, 0.5),
        (kinds.MouseMove, 1.0),
        (kinds.MouseButtonRelease, 1.0),
    )
    for kind, share in places:
        at = QPointF(120, 120) + QPointF(way) * share
        down = Qt.MouseButton.NoButton if kind is kinds.MouseButtonRelease else button
        QApplication.sendEvent(view, QMouseEvent(kind, at, QPointF(view.mapToGlobal(at)), button, down, held))


NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


def test_a_view_that_is_zoomed_and_moved_takes_the_others_to_its_place_and_size(qtbot: QtBot) -> None:
    other = coarse()
    with window_on(FakeDesk(NEAR, other), qtbot) as window:
        first, second = shown(window, qtbot)
        first.perform(Command.ZOOM_IN)
        drag(first, Qt.MouseButton.MiddleButton, QPoint(37, -21), NONE)

        assert size(second, other) == pytest.approx(size(first, NEAR))
        assert middle(second, other)[:2] == pytest.approx(middle(first, NEAR)[:2], abs=1 / size(first, NEAR))


def test_a_turned_and_flipped_view_still_shows_the_same_place(qtbot: QtBot) -> None:
    other = coarse()
    with window_on(FakeDesk(NEAR, other), qtbot) as window:
        first, second = shown(window, qtbot)
        second.perform(Command.TURN_RIGHT)
        second.perform(Command.FLIP_ACROSS)
        first.perform(Command.ZOOM_IN)
        drag(first, Qt.MouseButton.MiddleButton, QPoint(37, -21), NONE)

        assert middle(second, other)[:2] == pytest.approx(middle(first, NEAR)[:2], abs=1 / size(first, NEAR))


def test_a_view_that_fits_lets_the_others_fit(qtbot: QtBot) -> None:
    with window_on(FakeDesk(NEAR, coarse()), qtbot) as window:
        first, second = shown(window, qtbot)
        fitted = second.camera
        first.perform(Command.ZOOM_IN)
        nearer = second.camera
        first.perform(Command.FIT)

        assert nearer != fitted
        assert second.camera == fitted


def test_views_that_are_not_linked_keep_their_zoom(qtbot: QtBot) -> None:
    with window_on(FakeDesk(NEAR, coarse()), qtbot) as window:
        first, second = shown(window, qtbot)
        window.perform(Command.LINK)
        before = second.camera
        first.perform(Command.ZOOM_IN)

        assert second.camera == before


def test_a_view_moved_alone_stays_so_far_from_the_others(qtbot: QtBot) -> None:
    other = coarse()
    with window_on(FakeDesk(NEAR, other), qtbot) as window:
        first, second = shown(window, qtbot)
        first.perform(Command.ZOOM_IN)
        before = middle(first, NEAR)
        drag(second, Qt.MouseButton.MiddleButton, QPoint(30, 0), SHIFT)
        apart = np.subtract(middle(second, other), middle(first, NEAR))
        alone = middle(first, NEAR)
        drag(first, Qt.MouseButton.MiddleButton, QPoint(0, 50), NONE)

        assert alone == pytest.approx(before)
        assert abs(apart[0]) == pytest.approx(30 / size(second, other), abs=1 / size(second, other))
        again = np.subtract(middle(second, other), middle(first, NEAR))
        assert again[:2] == pytest.approx(apart[:2], abs=2 / size(second, other))


def test_series_linked_by_hand_keep_what_stood_in_their_middles_together(qtbot: QtBot) -> None:
    other = coarse("2.9")
    with window_on(FakeDesk(NEAR, other), qtbot) as window:
        first, second = shown(window, qtbot)
        free = second.camera
        first.perform(Command.ZOOM_IN)
        stayed = second.camera
        window.perform(Command.LINK)
        window.perform(Command.LINK)
        apart = np.subtract(middle(second, other), middle(first, NEAR))
        drag(first, Qt.MouseButton.MiddleButton, QPoint(37, -21), NONE)
        again = np.subtract(middle(second, other), middle(first, NEAR))

        assert stayed == free
        assert again[:2] == pytest.approx(apart[:2], abs=2 / size(first, NEAR))


def test_a_series_that_is_opened_beside_others_is_shown_at_their_place(qtbot: QtBot) -> None:
    other = coarse()
    with window_on(FakeDesk(NEAR, other), qtbot) as window:
        open_study(window, qtbot)
        qtbot.waitUntil(lambda: window.loaded)
        window.view.perform(Command.ZOOM_IN)
        drag(window.view, Qt.MouseButton.MiddleButton, QPoint(37, -21), NONE)
        first, second = shown(window, qtbot)

        assert size(second, other) == pytest.approx(size(first, NEAR))
        assert middle(second, other)[:2] == pytest.approx(middle(first, NEAR)[:2], abs=1 / size(first, NEAR))


def test_a_series_that_comes_back_beside_others_is_as_near_as_they_are_now(qtbot: QtBot) -> None:
    other = coarse()
    with window_on(FakeDesk(NEAR, other), qtbot) as window:
        first, second = shown(window, qtbot)
        first.perform(Command.ZOOM_IN)
        window.perform(Command.LAYOUT_ONE)
        first.perform(Command.FIT)
        shown(window, qtbot)
        whole = second.zoom_shown
        first.perform(Command.ZOOM_IN)
        window.perform(Command.LAYOUT_ONE)
        first.perform(Command.ZOOM_IN)
        shown(window, qtbot)

        assert whole is None
        assert size(second, other) == pytest.approx(size(first, NEAR))
