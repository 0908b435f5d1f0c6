"""The 3-D view in the window: what is where, whose hand does what, and what happens when its process dies."""

from __future__ import annotations

import math
import os
import signal
import sys
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.scene import pixels
from tests.ui.test_three_planes import (
    BALLS,
    MIDDLE,
    PhantomDesk,
    X,
    Y,
    grid_of,
    phantom_stack,
    phantom_values,
    place_of,
)
from tests.ui.window import analyse, open_study, said, window_on
from tests.workspace.sitting import result
from workstation.domain.finding import Basis
from workstation.domain.geometry import Vector
from workstation.domain.shapes import Mask, Sphere
from workstation.domain.volume import LabelVolume
from workstation.domain.words import Language
from workstation.imaging import rendering
from workstation.imaging.rendering.renderer import Renderer
from workstation.imaging.rendering.scene import Camera, Look, Shot
from workstation.ui.keys import Command
from workstation.ui.main_window import MainWindow
from workstation.ui.volume.volume_view import VolumeView
from workstation.workspace.intents import EarlierResult
from workstation.workspace.layouts import Layout


@pytest.fixture(scope="module")
def _draws() -> None:
    if not rendering.drawable():
        pytest.skip("the extra [volume] is not installed")
    renderer = Renderer()
    try:
        renderer.draw(Shot(camera=Camera(at=MIDDLE), look=Look(stops=()), width=16, height=16))
    except Exception as error:  # noqa: BLE001
        pytest.skip(f"VTK can't draw on this machine: {error}")
    finally:
        renderer.close()


draws = pytest.mark.usefixtures("_draws")


class BallDesk(PhantomDesk):
    """Finding 1 is the ball at the head, 2 the one at the left, a mask is the one at the back."""

    def __init__(self, basis: Basis = Basis.ALGORITHM) -> None:
        grid = grid_of(X, Y)
        stack = phantom_stack(grid)
        super().__init__(stack)
        labels = (phantom_values(grid) == BALLS["P"][1]).astype(np.uint8)
        mask = LabelVolume(name="back", values=labels, geometry=grid)
        made = result(stack.id)
        shapes = (
            (Sphere(center=place_of("H"), radius=6.0),),
            (Sphere(center=place_of("L"), radius=6.0),),
            (Mask(volume="back", label=1),),
        )
        findings = [
            replace(made.findings[0], id=f"{made.job.id}/{k}", shapes=of, basis=basis, confidence=None)
            for k, of in enumerate(shapes, start=1)
        ]
        self.made = EarlierResult(replace(made, findings=tuple(findings), masks=(mask,), basis=basis), {})


def in_3d(window: MainWindow, qtbot: QtBot) -> VolumeView:
    window.resize(1200, 800)
    open_study(window, qtbot)
    window.perform(Command.LAYOUT_VOLUME)
    rest(window, qtbot)
    return window.reading_room.volume.view


def rest(window: MainWindow, qtbot: QtBot) -> None:
    side = window.reading_room.volume
    qtbot.wait(200)
    qtbot.waitUntil(lambda: side.view.image is not None and side.at_rest, timeout=60_000)


def choose(view: VolumeView, code: str) -> None:
    view.presets.setCurrentIndex([preset.code for preset in view._presets].index(code))


def at(view: VolumeView, point: Vector) -> QPoint:
    return view.place_of(point).toPoint()


def colour_at(view: VolumeView, point: Vector) -> tuple[int, ...]:
    """The median near a point: thin lines don't count."""
    screen, place = pixels(view), at(view, point)
    return tuple(np.median(screen[place.y() - 4 : place.y() + 5, place.x() - 4 : place.x() + 5, :3], axis=(0, 1)))


@draws
def test_the_volume_is_seen_from_the_front_beside_three_planes_and_the_window_never_imports_vtk(qtbot: QtBot) -> None:
    before = set(sys.modules)  # other tests of this process may have drawn by themselves
    with window_on(PhantomDesk(phantom_stack(grid_of(X, Y))), qtbot) as window:
        view = in_3d(window, qtbot)
        choose(view, "bone")
        rest(window, qtbot)

        assert view.isVisible()
        assert not [name for name in sys.modules.keys() - before if name.split(".")[0] in ("vtk", "vtkmodules")]
        assert len(window.grid.views) == 3
        assert view.width() > 2 * window.grid.views[0].width() * 0.8
        left, right, head = (at(view, place_of(letter)) for letter in "LRH")
        assert left.x() > right.x()
        assert head.y() < view.height() / 2
        assert min(colour_at(view, place_of("L"))) > 60  # 1000 HU, and the ball at the feet is no bone
        assert max(colour_at(view, place_of("F"))) < 20


@draws
def test_findings_and_masks_stand_at_their_places_in_their_colours_and_a_click_selects_them(qtbot: QtBot) -> None:
    with window_on(BallDesk(), qtbot) as window:
        view = in_3d(window, qtbot)
        analyse(window, qtbot)
        choose(view, "surfaces")
        rest(window, qtbot)
        view.perform(Command.RESET)
        rest(window, qtbot)

        head, left, back = (colour_at(view, place_of(letter)) for letter in "HLP")
        assert head[0] > head[1] > head[2]  # orange
        assert left[2] > left[1] > left[0]  # sky blue
        assert back[0] > back[1] < back[2]  # purple, behind nothing
        assert max(colour_at(view, place_of("R"))) == 0
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, place_of("L")))

        assert window.sitting.state.selected.endswith("/2")
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, place_of("H")))
        assert window.sitting.state.selected.endswith("/1")


@draws
def test_drag_and_arrows_turn_wheel_and_plus_zoom_and_r_resets(qtbot: QtBot) -> None:
    with window_on(PhantomDesk(phantom_stack(grid_of(X, Y))), qtbot) as window:
        view = in_3d(window, qtbot)
        first = view.camera
        qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
        qtbot.mouseMove(view, QPoint(400, 300))
        move(view, QPoint(400, 300))
        qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(400, 300))
        front = (MIDDLE[0], MIDDLE[1] - 50, MIDDLE[2])
        assert view.camera.place(front)[0] > 25  # what is in front followed the hand
        qtbot.keyClick(view, Qt.Key.Key_R)
        assert view.camera == first
        qtbot.keyClick(view, Qt.Key.Key_Up)
        assert view.camera.place(front)[1] > 3
        qtbot.keyClick(view, Qt.Key.Key_Plus)
        assert view.camera.height_mm < first.height_mm
        rest(window, qtbot)


def move(view: VolumeView, to: QPoint) -> None:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent

    event = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(to), QPointF(view.mapToGlobal(to)), Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


@draws
def test_simulated_results_are_marked_over_the_3d_view_too(qtbot: QtBot) -> None:
    with window_on(BallDesk(Basis.SIMULATED), qtbot) as window:
        view = in_3d(window, qtbot)
        choose(view, "surfaces")
        rest(window, qtbot)
        before = pixels(view)[..., 0].astype(int)
        analyse(window, qtbot)
        rest(window, qtbot)
        edge = slice(view.height() // 2 + 120, view.height() - 40)  # nothing else is there

        assert (pixels(view)[edge, :, 0].astype(int) - before[edge] > 20).sum() > 500


@draws
@pytest.mark.skipif(os.name == "nt", reason="ended by a signal")
def test_when_the_process_dies_the_view_says_so_and_a_click_tries_again(qtbot: QtBot) -> None:
    with window_on(PhantomDesk(phantom_stack(grid_of(X, Y))), qtbot) as window:
        view = in_3d(window, qtbot)
        os.kill(window.reading_room.volume.process_id, signal.SIGKILL)
        view.perform(Command.ZOOM_IN)
        qtbot.waitUntil(lambda: view.image is None)

        assert view.message == ("The 3-D picture could not be made: the process that draws it ended or gave no answer.")
        assert window.grid.views[0].plane_shown is not None
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
        rest(window, qtbot)
        assert view.message == ""


@draws
def test_it_has_names_speaks_chinese_and_its_process_ends_when_nobody_looks(qtbot: QtBot) -> None:
    with window_on(PhantomDesk(phantom_stack(grid_of(X, Y))), qtbot) as window:
        view = in_3d(window, qtbot)
        assert view.accessibleName() == "3-D view"
        assert view.presets.accessibleName() == "What is seen in 3-D"
        window.perform(Command.LANGUAGE)

        assert window.sitting.speech.language is Language.CHINESE
        assert view.accessibleName() == "三维视图"
        assert view.presets.itemText(0) == "骨"
        process = window.reading_room.volume.process_id
        assert process
        window.perform(Command.LAYOUT_ONE)

        assert window.reading_room.volume.process_id == 0
        assert not window.reading_room.volume.view.isVisible()


def test_without_the_extra_it_is_said_how_to_get_it(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vtkmodules", None)  # as if it were not installed
    with window_on(PhantomDesk(phantom_stack(grid_of(X, Y))), qtbot) as window:
        open_study(window, qtbot)
        window.perform(Command.LAYOUT_VOLUME)

        assert window.sitting.state.hanging.layout is not Layout.VOLUME
        assert "pip install yingtai[volume]" in said(window)


@draws
def test_cut_open_leaves_out_what_lies_before_the_crosshair(qtbot: QtBot) -> None:
    with window_on(PhantomDesk(phantom_stack(grid_of(X, Y))), qtbot) as window:
        view = in_3d(window, qtbot)
        window.reading_room.planes.crosshair_at((MIDDLE[0], MIDDLE[1] + 7.0, MIDDLE[2]))
        choose(view, "bone")
        rest(window, qtbot)
        assert min(colour_at(view, place_of("L"))) > 60
        view.cut.setChecked(True)
        rest(window, qtbot)

        assert max(colour_at(view, place_of("L"))) < 20  # its back lies before the plane, too
        assert min(colour_at(view, place_of("P"))) > 60
        assert math.isclose(view.camera.toward[1], -1, abs_tol=1e-9)
