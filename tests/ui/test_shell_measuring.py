"""The whole window: what is measured is valued in the pool, kept at once, and there again after a restart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.measures import drawn
from tests.ui.fake_desk import LUNG, SOFT, FakeDesk
from tests.ui.window import choose, open_study, window_on
from workstation.domain.geometry import Plane
from workstation.domain.measure import MeasureKind
from workstation.domain.series import PixelFormat, Stack
from workstation.domain.volume import SlicePixels, Volume
from workstation.domain.work import CancelToken, Reporter
from workstation.imaging.pixels.reslice import plane_geometry
from workstation.ui.keys import Command
from workstation.ui.main_window import MainWindow
from workstation.ui.said import KeyButton
from workstation.ui.viewport.slice_view import SliceView

Button, Modifier = Qt.MouseButton, Qt.KeyboardModifier
BOX = ((10.0, 8.0), (20.0, 8.0), (20.0, 24.0), (10.0, 24.0))


class NoisyDesk(FakeDesk):
    """Every voxel has a value of its own, so that no other region has the same numbers."""

    def first_slice(self, stack: Stack, slice_index: int) -> SlicePixels:
        return SlicePixels(noise(stack)[slice_index])

    def load(self, stack: Stack, reporter: Reporter, cancel: CancelToken) -> Volume:
        return replace(super().load(stack, reporter, cancel), values=noise(stack))


def noise(stack: Stack) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    values = np.random.default_rng(5).integers(-1000, 1000, (stack.slices, stack.rows, stack.columns))
    return values.astype(np.int16)


def lines(window: MainWindow) -> list[tuple[str, ...]]:
    window.view.grab()
    return [one.lines for one in window.view.painted_measures]


def loaded(window: MainWindow, qtbot: QtBot, stack_id: str = LUNG.id) -> None:
    open_study(window, qtbot)
    choose(window, qtbot, stack_id)
    qtbot.waitUntil(lambda: window.loaded)
    window.view.grab()


def drag(
    window: MainWindow, start: tuple[float, float], end: tuple[float, float], view: SliceView | None = None
) -> None:
    view = view or window.view
    first, last = (view.to_widget().map(QPointF(*point)).toPoint() for point in (start, end))
    QTest.mousePress(view, Button.LeftButton, Modifier.NoModifier, first)
    QTest.mouseMove(view, QPoint((first + last) / 2))
    QTest.mouseMove(view, last)
    QTest.mouseRelease(view, Button.LeftButton, Modifier.NoModifier, last)


def expected(stack: Stack, k: int) -> tuple[str, str]:
    inside = noise(stack)[k, 8:25, 10:21].astype(float)
    mean = f"mean {inside.mean():.1f} HU · SD {inside.std():.1f}".replace("-", "−")
    return (mean, f"min {inside.min():.0f} · max {inside.max():.0f}".replace("-", "−"))


def test_a_rectangle_drawn_with_the_mouse_tells_the_numbers_under_it(qtbot: QtBot) -> None:
    desk = NoisyDesk()
    with window_on(desk, qtbot) as window:
        loaded(window, qtbot)
        window.perform(Command.TOOL_RECTANGLE)
        # The corners lie between pixels, so which of them are inside is certain.
        drag(window, (9.6, 7.6), (20.4, 24.4))

        qtbot.waitUntil(lambda: "HU" in lines(window)[0][0])
        assert lines(window)[0][:2] == expected(LUNG, window.view.slice_index)
        qtbot.waitUntil(lambda: len(desk.measured) == 1)
        (kept,) = desk.measured.values()
        assert (kept.stack_id, kept.kind) == (LUNG.id, MeasureKind.RECTANGLE)


def test_what_was_measured_is_there_again_in_another_sitting(qtbot: QtBot) -> None:
    desk = NoisyDesk()
    assert LUNG.geometry is not None
    coronal = plane_geometry(LUNG.geometry, Plane.CORONAL)
    for measure in (
        drawn(MeasureKind.RECTANGLE, LUNG.geometry, 15, *BOX, stack_id=LUNG.id),
        drawn(MeasureKind.RECTANGLE, coronal, 16, (10, 8), (20, 8), (20, 24), (10, 24), name="c", stack_id=LUNG.id),
    ):
        desk.put_measure(LUNG.id, measure.id, measure)
    with window_on(desk, qtbot) as window:
        loaded(window, qtbot)

        qtbot.waitUntil(lambda: len(lines(window)) == 2)
        qtbot.waitUntil(lambda: all("HU" in found[0] for found in lines(window)))

        assert expected(LUNG, 15) in [found[:2] for found in lines(window)]
        k = np.rint(
            LUNG.geometry.to_index(coronal.to_patient([(16, r, c) for r in range(8, 25) for c in range(10, 21)]))
        )
        under = noise(LUNG)[tuple(k.astype(int).T)]
        assert f"mean {under.mean():.1f} HU".replace("-", "−") in "".join(found[0] for found in lines(window))

        choose(window, qtbot, SOFT.id)
        qtbot.waitUntil(lambda: window.loaded)
        assert lines(window) == []


def test_a_region_drawn_across_the_crosshair_of_a_coronal_plane_has_that_planes_numbers(qtbot: QtBot) -> None:
    with window_on(NoisyDesk(), qtbot) as window:
        loaded(window, qtbot)
        assert LUNG.geometry is not None
        window.perform(Command.LAYOUT_MPR)
        coronal = window.grid.views[1]
        qtbot.waitUntil(lambda: coronal.plane_shown is not None and abs(coronal.plane_shown.normal[1]) > 0.9)
        window.perform(Command.TOOL_RECTANGLE)
        plane = coronal.plane_shown
        assert plane is not None
        assert (plane.columns, plane.rows) == (32, 30)  # the crosshair's lines meet in the middle

        drag(window, (16.4, 15.4), (24.6, 21.6), coronal)

        qtbot.waitUntil(lambda: bool(lines(window)) and "HU" in lines(window)[0][0])
        rows, columns = np.mgrid[16:22, 17:25]
        points = plane.to_patient(columns.ravel(), rows.ravel())
        under = noise(LUNG)[tuple(np.rint(LUNG.geometry.to_index(points)).astype(int).T)].astype(float)
        assert lines(window)[0][0] == f"mean {under.mean():.1f} HU · SD {under.std():.1f}".replace("-", "−")


def test_undo_brings_back_a_deleted_measure_where_it_was(qtbot: QtBot) -> None:
    desk = NoisyDesk()
    with window_on(desk, qtbot) as window:
        loaded(window, qtbot)
        window.perform(Command.TOOL_LENGTH)
        drag(window, (5, 5), (25, 5))
        before = dict(desk.measured) or dict(window.sitting.state.measures)
        window.perform(Command.DELETE_MEASURE)
        qtbot.waitUntil(lambda: not desk.measured)
        assert lines(window) == []
        window.perform(Command.FIRST_SLICE)

        window.perform(Command.UNDO)

        assert window.view.slice_index == LUNG.slices // 2
        assert len(lines(window)) == 1
        qtbot.waitUntil(lambda: len(desk.measured) == 1)
        assert before
        window.perform(Command.UNDO)
        assert lines(window) == []
        window.perform(Command.REDO)
        assert len(lines(window)) == 1


@pytest.mark.parametrize(
    ("unit", "pixels", "said"),
    [
        ("", PixelFormat(rows=32, columns=32), "mean −"),
        ("HU", PixelFormat(rows=32, columns=32), "mean −"),
        ("HU", PixelFormat(rows=32, columns=32, photometric="MONOCHROME1"), "mean −500.0 HU"),
        ("", PixelFormat(rows=32, columns=32, samples=3, photometric="RGB"), "colour picture: no values"),
    ],
)
def test_a_unit_is_only_said_where_there_is_one_and_colours_have_no_values(
    qtbot: QtBot, unit: str, pixels: PixelFormat, said: str
) -> None:
    stack = replace(LUNG, unit=unit, instances=tuple(replace(one, pixels=pixels) for one in LUNG.instances))
    desk = FakeDesk(stack)
    measure = drawn(MeasureKind.RECTANGLE, LUNG.geometry, 15, *BOX, stack_id=LUNG.id)  # type: ignore[arg-type]
    desk.put_measure(LUNG.id, measure.id, measure)
    with window_on(desk, qtbot) as window:
        loaded(window, qtbot)

        qtbot.waitUntil(lambda: bool(lines(window)) and lines(window)[0][0].startswith(said))

        assert ("HU" in lines(window)[0][0]) == (unit == "HU")


def test_numbers_follow_the_hand_and_are_never_those_of_another_place(qtbot: QtBot) -> None:
    with window_on(NoisyDesk(), qtbot) as window:
        loaded(window, qtbot)
        window.perform(Command.TOOL_RECTANGLE)
        view = window.view
        first, last = (view.to_widget().map(QPointF(*point)).toPoint() for point in ((9.6, 7.6), (20.4, 24.4)))
        QTest.mousePress(view, Button.LeftButton, Modifier.NoModifier, first)
        QTest.mouseMove(view, QPoint((first + last) / 2))
        QTest.mouseMove(view, last)

        at_once = lines(window)[0][0]
        qtbot.waitUntil(lambda: lines(window)[0][:2] == expected(LUNG, view.slice_index))

        assert "…" in at_once
        QTest.mouseRelease(view, Button.LeftButton, Modifier.NoModifier, last)
        assert lines(window)[0][:2] == expected(LUNG, view.slice_index)


def test_the_bar_names_the_tool_that_measures(qtbot: QtBot) -> None:
    with window_on(FakeDesk(), qtbot) as window:
        loaded(window, qtbot)

        window.perform(Command.TOOL_ELLIPSE)

        assert any(button.accessibleName() == "Ellipse" for button in window.toolbar.findChildren(KeyButton))
        window.perform(Command.TOOL_LENGTH)
        assert any(button.accessibleName() == "Measuring" for button in window.toolbar.findChildren(KeyButton))
