"""Measures drawn with the mouse on a real view: what is kept, and what stands beside them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainterPathStroker
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from tests.measures import drawn
from tests.stacks import geometry
from tests.ui.scene import noise_volume, part_of, pixels, viewport
from workstation.domain.calibration import Calibration, SpacingKind
from workstation.domain.geometry import Plane
from workstation.domain.measure import Measure, MeasureKind
from workstation.domain.volume import Volume
from workstation.ui.keys import Command
from workstation.ui.viewport.gestures import Tool
from workstation.ui.viewport.plane_source import PlaneSource
from workstation.ui.viewport.slice_view import SliceView
from workstation.ui.viewport.source import VolumeSource
from workstation.ui.viewport.tools.board import BoardContent
from workstation.ui.viewport.traits import Traits

Key, Button, Modifier = Qt.Key, Qt.MouseButton, Qt.KeyboardModifier
Kind = MeasureKind
GRID = geometry(5, rows=100, columns=80, spacing=(0.5, 1.0), step=3.0)


class Reader:
    """A view, its measures kept as a sitting would, and a hand on the mouse that knows pixels of the slice."""

    def __init__(self, qtbot: QtBot, volume: Volume | None = None) -> None:
        values = np.zeros(GRID.shape, dtype=np.int16)
        self.view: SliceView = viewport(qtbot, volume or Volume(values=values, geometry=GRID, unit="HU"))
        self.measures: dict[str, Measure] = {}
        self.selected = ""
        self.view.measure_drawn.connect(self._put)
        self.view.measure_deleted.connect(self._delete)
        self.view.measure_selected.connect(self._select)
        pixels(self.view)

    @property
    def only(self) -> Measure:
        (measure,) = self.measures.values()
        return measure

    def show(self) -> None:
        content = BoardContent(stack_id="1.2.3#0", measures=tuple(self.measures.values()), selected=self.selected)
        self.view.show_measures(content)
        pixels(self.view)

    def clear(self) -> None:
        self.measures, self.selected = {}, ""
        self.show()

    def lines(self) -> list[tuple[str, ...]]:
        pixels(self.view)
        return [one.lines for one in self.view.painted_measures]

    def at(self, x: float, y: float) -> QPoint:
        return self.view.to_widget().map(QPointF(x, y)).toPoint()

    def press(self, x: float, y: float, modifier: Qt.KeyboardModifier = Modifier.NoModifier) -> None:
        QTest.mousePress(self.view, Button.LeftButton, modifier, self.at(x, y))

    def move(
        self, x: float, y: float, *, held: bool = True, modifier: Qt.KeyboardModifier = Modifier.NoModifier
    ) -> None:
        at, button = QPointF(self.at(x, y)), Button.LeftButton if held else Button.NoButton
        event = QMouseEvent(QEvent.Type.MouseMove, at, self.view.mapToGlobal(at), Button.NoButton, button, modifier)
        QApplication.sendEvent(self.view, event)

    def release(self, x: float, y: float, modifier: Qt.KeyboardModifier = Modifier.NoModifier) -> None:
        QTest.mouseRelease(self.view, Button.LeftButton, modifier, self.at(x, y))

    def drag(self, *way: tuple[float, float], modifier: Qt.KeyboardModifier = Modifier.NoModifier) -> None:
        self.press(*way[0], modifier)
        for point in way[1:]:
            self.move(*point, modifier=modifier)
        self.release(*way[-1], modifier)

    def click(self, x: float, y: float) -> None:
        self.move(x, y, held=False)
        self.press(x, y)
        self.release(x, y)

    def _put(self, measure: Measure) -> None:
        self.measures[measure.id] = measure
        self.selected = measure.id
        self.show()

    def _delete(self, measure_id: str) -> None:
        del self.measures[measure_id]
        self.show()

    def _select(self, measure_id: str) -> None:
        self.selected = measure_id
        self.show()


def view_points(measure: Measure) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y, _ in measure.plane.to_view(measure.points)]


def near(*points: tuple[float, float]) -> object:
    """A press can't be nearer than a pixel of the screen, a fourth of one of the slice."""
    return pytest.approx(np.array(points), abs=0.26)


def test_a_length_dragged_over_long_pixels_tells_the_patients_millimetres(qtbot: QtBot) -> None:
    reader = Reader(qtbot)
    qtbot.keyClick(reader.view, Key.Key_L)

    reader.drag((10, 10), (20, 30), (40, 90))

    start, end = np.array(reader.only.points)
    assert np.array(view_points(reader.only)) == near((10, 10), (40, 90))
    assert float(np.linalg.norm(end - start)) == pytest.approx(50, abs=0.4)  # 30 × 1 and 80 × 0.5 mm
    assert reader.lines() == [(f"{np.linalg.norm(end - start):.1f} mm",)]


def test_the_press_that_brings_a_view_to_the_front_draws_already(qtbot: QtBot) -> None:
    view = viewport(qtbot)
    made: list[Measure] = []
    view.measure_drawn.connect(made.append)
    view.show_tool(Tool.LENGTH)
    view.show_slice_source(VolumeSource(noise_volume()))  # not painted yet

    QTest.mousePress(view, Button.LeftButton, Modifier.NoModifier, QPoint(150, 200))
    QTest.mouseMove(view, QPoint(250, 200))
    QTest.mouseRelease(view, Button.LeftButton, Modifier.NoModifier, QPoint(250, 200))

    assert len(made) == 1


def test_click_move_click_draws_the_same(qtbot: QtBot) -> None:
    reader = Reader(qtbot)
    reader.view.show_tool(Tool.ELLIPSE)

    reader.click(20, 20)
    reader.move(30, 40, held=False)
    unfinished = reader.lines()
    reader.click(40, 60)

    assert np.array(view_points(reader.only)) == near((20, 20), (40, 20), (40, 60), (20, 60))
    assert len(unfinished) == 1
    area = math.pi * 10 * 10  # 20 × 1 and 40 × 0.5 mm
    said = reader.lines()[0]
    assert said[2].startswith("area 31")
    assert float(said[2].split()[1]) == pytest.approx(area, rel=0.02)


def test_an_angle_is_a_drag_and_a_click_or_three_clicks(qtbot: QtBot) -> None:
    reader = Reader(qtbot)
    reader.view.show_tool(Tool.ANGLE)

    reader.drag((20, 20), (40, 20))
    reader.click(40, 60)
    dragged = reader.lines()
    reader.clear()
    for point in ((20, 20), (40, 20), (40, 60)):
        reader.click(*point)

    assert dragged == reader.lines()
    (said,) = dragged[0]
    assert float(said.removesuffix("°")) == pytest.approx(90, abs=1)


def test_cobbs_angle_is_two_lines(qtbot: QtBot) -> None:
    reader = Reader(qtbot)
    reader.view.show_tool(Tool.COBB)

    reader.drag((20, 20), (60, 20))
    assert not reader.measures
    reader.drag((60, 80), (20, 40))  # 40 mm across, 20 mm down

    (said,) = reader.lines()[0]
    assert float(said.removeprefix("Cobb ").removesuffix("°")) == pytest.approx(math.degrees(math.atan2(20, 40)), abs=1)


def test_a_freehand_region_is_closed_by_letting_go_or_by_its_first_corner(qtbot: QtBot) -> None:
    reader = Reader(qtbot)
    reader.view.show_tool(Tool.FREEHAND)

    reader.drag((20, 20), (60, 20), (60, 60), (20, 60))
    dragged = reader.only
    reader.clear()
    for point in ((20, 20), (60, 20), (60, 60), (20, 60), (20, 20)):
        reader.click(*point)

    assert np.array(view_points(dragged)) == near((20, 20), (60, 20), (60, 60), (20, 60))
    assert np.array(view_points(reader.only)) == near((20, 20), (60, 20), (60, 60), (20, 60))
    assert reader.lines()[0][2].startswith("area 80")  # 40 × 20 mm


@pytest.mark.parametrize(
    ("tool", "end", "expected"),
    [
        (Tool.LENGTH, (60, 24), (60, 20)),
        (Tool.LENGTH, (24, 80), (20, 80)),
        (Tool.LENGTH, (50, 84), (51, 82)),  # 30 mm across, 32 mm down: 31 mm each, on the diagonal
        (Tool.RECTANGLE, (50, 40), (50, 80)),  # 30 mm across, so 30 mm down
        (Tool.ELLIPSE, (30, 70), (45, 70)),
    ],
)
def test_shift_makes_lines_straight_and_boxes_square_in_the_patient(
    qtbot: QtBot, tool: Tool, end: tuple[float, float], expected: tuple[float, float]
) -> None:
    reader = Reader(qtbot)
    reader.view.show_tool(tool)

    reader.drag((20, 20), (30, 30), end, modifier=Modifier.ShiftModifier)

    found = view_points(reader.only)[2 if tool is not Tool.LENGTH else 1]
    assert found == pytest.approx(expected, abs=0.4)


def test_esc_leaves_what_is_half_drawn(qtbot: QtBot) -> None:
    reader = Reader(qtbot)
    reader.view.show_tool(Tool.ANGLE)
    reader.drag((20, 20), (40, 20))

    qtbot.keyClick(reader.view, Key.Key_Escape)

    assert reader.lines() == []
    assert not reader.measures


def test_a_trembling_click_is_no_measure(qtbot: QtBot) -> None:
    reader = Reader(qtbot)
    reader.view.show_tool(Tool.RECTANGLE)

    reader.click(20, 20)
    reader.click(20, 20)

    assert not reader.measures


def test_an_end_is_pulled_and_the_other_stays(qtbot: QtBot) -> None:
    reader = Reader(qtbot)
    reader.view.show_tool(Tool.LENGTH)
    reader.drag((20, 20), (60, 20))
    reader.view.show_tool(Tool.WINDOW)
    window = reader.view.window_shown

    reader.drag((60, 20), (50, 40), (40, 60))

    assert np.array(view_points(reader.only)) == near((20, 20), (40, 60))
    assert reader.view.window_shown == window


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_is_moved_as_a_whole(qtbot: QtBot, kind: MeasureKind) -> None:
    reader = Reader(qtbot)
    shape = {
        Kind.LENGTH: ((20, 20), (40, 20)),
        Kind.ARROW: ((20, 20), (40, 20)),
        Kind.ANGLE: ((20, 40), (20, 20), (40, 20)),
        Kind.COBB: ((20, 20), (40, 20), (20, 40), (40, 40)),
        Kind.PROBE: ((30, 20),),
        Kind.TEXT: ((30, 20),),
    }.get(kind, ((20, 20), (40, 20), (40, 40), (20, 40)))
    measure = drawn(kind, GRID, 2, *shape, text="a")
    reader.measures = {measure.id: measure}
    reader.show()
    grip = (26, 22.0) if kind is Kind.ELLIPSE else (32, 20) if kind not in (Kind.PROBE, Kind.TEXT) else (30, 20)
    if kind is Kind.ELLIPSE:
        grip = (30 - 10 * math.cos(1), 30 - 10 * math.sin(1))

    reader.drag(grip, (grip[0] + 4, grip[1] + 4), (grip[0] + 15, grip[1] + 30))

    assert np.array(view_points(reader.only)) == pytest.approx(np.array(shape) + np.array((15, 30)), abs=0.4)
    assert reader.only.id == measure.id


def test_a_corner_of_a_rectangle_keeps_the_opposite_one_and_its_right_angles(qtbot: QtBot) -> None:
    reader = Reader(qtbot)
    reader.view.show_tool(Tool.RECTANGLE)
    reader.drag((20, 20), (40, 40))

    reader.drag((40, 20), (45, 15), (60, 10))

    assert np.array(view_points(reader.only)) == near((20, 10), (60, 10), (60, 40), (20, 40))


def test_an_axis_of_an_ellipse_is_pulled_alone(qtbot: QtBot) -> None:
    reader = Reader(qtbot)
    reader.view.show_tool(Tool.ELLIPSE)
    reader.drag((20, 20), (40, 60))

    reader.drag((40, 40), (50, 45), (60, 48))

    assert np.array(view_points(reader.only)) == near((20, 20), (60, 20), (60, 60), (20, 60))


def test_a_line_that_begins_on_another_one_is_a_new_one(qtbot: QtBot) -> None:
    reader = Reader(qtbot)
    reader.view.show_tool(Tool.LENGTH)
    reader.drag((20, 40), (60, 40))

    reader.drag((40, 40), (40, 80))

    assert len(reader.measures) == 2


def test_a_click_selects_and_del_deletes_without_a_question(qtbot: QtBot) -> None:
    reader = Reader(qtbot)
    reader.view.show_tool(Tool.LENGTH)
    reader.drag((20, 20), (60, 20))
    reader.drag((20, 60), (60, 60))
    first = next(iter(reader.measures))

    reader.view.show_tool(Tool.WINDOW)
    reader.click(30, 20)
    chosen = reader.selected
    qtbot.keyClick(reader.view, Key.Key_Delete)

    assert chosen == first
    assert first not in reader.measures
    assert len(reader.measures) == 1


def test_del_without_a_selection_takes_the_last_one_of_this_slice(qtbot: QtBot) -> None:
    reader = Reader(qtbot)
    reader.view.show_tool(Tool.LENGTH)
    reader.drag((20, 20), (60, 20))
    reader.drag((20, 60), (60, 60))
    qtbot.keyClick(reader.view, Key.Key_Escape)  # selects nothing any more
    reader.view.perform(Command.NEXT_SLICE)
    pixels(reader.view)
    assert not reader.view.possible(Command.DELETE_MEASURE)
    qtbot.keyClick(reader.view, Key.Key_Delete)
    assert len(reader.measures) == 2

    reader.view.perform(Command.PREVIOUS_SLICE)
    pixels(reader.view)
    first = next(iter(reader.measures))
    qtbot.keyClick(reader.view, Key.Key_Delete)

    assert list(reader.measures) == [first]


def test_a_measure_is_seen_on_its_own_slice_alone(qtbot: QtBot) -> None:
    reader = Reader(qtbot)
    reader.view.show_tool(Tool.LENGTH)
    reader.drag((20, 20), (60, 20))
    own = pixels(reader.view)

    reader.view.perform(Command.NEXT_SLICE)
    assert reader.lines() == []
    reader.view.perform(Command.PREVIOUS_SLICE)

    assert np.array_equal(pixels(reader.view), own)


def test_words_are_typed_at_their_place_and_opened_again_by_a_double_click(qtbot: QtBot) -> None:
    reader = Reader(qtbot)
    reader.view.show_tool(Tool.TEXT)
    reader.click(30, 40)
    box = reader.view.findChild(QLineEdit)
    assert isinstance(box, QLineEdit)
    assert box.isVisible()
    QTest.keyClicks(box, "LGA")
    QTest.keyClick(box, Key.Key_Return)
    written = reader.lines()

    QTest.mouseDClick(reader.view, Button.LeftButton, Modifier.NoModifier, reader.at(30, 40))
    QTest.keyClicks(box, "M")
    QTest.keyClick(box, Key.Key_Return)

    assert written == [("LGA",)]
    assert reader.lines() == [("M",)]


def test_words_that_are_not_typed_leave_nothing(qtbot: QtBot) -> None:
    reader = Reader(qtbot)
    reader.view.show_tool(Tool.TEXT)
    reader.click(30, 40)
    box = reader.view.findChild(QLineEdit)
    assert isinstance(box, QLineEdit)

    QTest.keyClicks(box, "half")
    QTest.keyClick(box, Key.Key_Escape)

    assert not reader.measures
    assert not box.isVisible()


@pytest.mark.parametrize(
    "turn", [Command.FLIP_ACROSS, Command.FLIP_DOWN, Command.TURN_RIGHT, Command.TURN_LEFT], ids=str
)
def test_a_measure_drawn_on_a_turned_picture_lies_where_it_was_drawn(qtbot: QtBot, turn: Command) -> None:
    reader = Reader(qtbot)
    reader.view.perform(turn)
    reader.view.show_tool(Tool.LENGTH)
    pixels(reader.view)

    reader.drag((10, 10), (40, 90))

    assert np.array(view_points(reader.only)) == near((10, 10), (40, 90))
    assert float(reader.lines()[0][0].split()[0]) == pytest.approx(50, abs=0.4)


def test_a_rectangle_of_a_coronal_view_stays_upright_and_is_a_line_on_the_axial_one(qtbot: QtBot) -> None:
    grid = geometry(40, rows=60, columns=60, spacing=(1.0, 1.0), step=1.0, start=(0, 0, 0))
    volume = Volume(values=np.zeros(grid.shape, dtype=np.int16), geometry=grid, unit="HU")
    view = viewport(qtbot, source=PlaneSource(volume, Plane.CORONAL))
    made: list[Measure] = []
    view.measure_drawn.connect(made.append)
    view.show_tool(Tool.RECTANGLE)
    pixels(view)
    start, end = (view.to_widget().map(QPointF(*point)).toPoint() for point in ((10, 5), (30, 25)))
    QTest.mousePress(view, Button.LeftButton, Modifier.NoModifier, start)
    QTest.mouseMove(view, (start + end) / 2)
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, Button.LeftButton, Modifier.NoModifier, end)
    corners = np.array(made[0].points)

    axial = viewport(qtbot, volume)
    axial.show_measures(BoardContent(stack_id="1", measures=(made[0],)))
    axial.show_slice(25)
    pixels(axial)
    across = axial.painted_measures
    axial.show_slice(38)
    pixels(axial)

    assert np.ptp(corners[:, 1]) == pytest.approx(0, abs=1e-9)
    assert len(set(np.round(corners[:, 0], 6))) == 2
    assert len(set(np.round(corners[:, 2], 6))) == 2
    assert [one.id for one in across] == [made[0].id]
    assert across[0].outline.boundingRect().height() < 20  # it is cut along a line
    assert float(across[0].lines[2].split()[1]) == pytest.approx(400, rel=0.02)
    assert axial.painted_measures == ()


def test_a_handle_that_is_pulled_onto_the_other_end_leaves_a_measure_that_is_seen(qtbot: QtBot) -> None:
    view = viewport(qtbot, Volume(values=np.zeros((1, 100, 80), dtype=np.int16), geometry=None, unit=""))
    made: list[Measure] = []
    view.measure_drawn.connect(made.append)
    view.show_tool(Tool.LENGTH)
    pixels(view)
    start, end = (view.to_widget().map(QPointF(*point)).toPoint() for point in ((10, 10), (60, 10)))
    QTest.mousePress(view, Button.LeftButton, Modifier.NoModifier, start)
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, Button.LeftButton, Modifier.NoModifier, end)
    view.show_measures(BoardContent(stack_id="1", measures=(made[0],), selected=made[0].id))
    pixels(view)
    QTest.mousePress(view, Button.LeftButton, Modifier.NoModifier, end)
    QTest.mouseMove(view, (start + end) / 2)
    QTest.mouseMove(view, start)
    QTest.mouseRelease(view, Button.LeftButton, Modifier.NoModifier, start)

    pulled = np.array(made[-1].points)
    assert len(made) == 2
    assert np.hypot(*(pulled[0] - pulled[1])[:2]) == pytest.approx(25, abs=1)  # where it was seen last


def test_a_radiograph_says_at_the_detector_and_a_picture_without_a_size_px(qtbot: QtBot) -> None:
    view = viewport(qtbot)
    values = np.zeros((1, 100, 80), dtype=np.int16)
    said = []
    for spacing in ((0.2, 0.2), None):
        source = VolumeSource(Volume(values=values, geometry=None, unit=""), spacing)
        view.show_slice_source(source, traits=Traits(calibration=Calibration(kind=SpacingKind.DETECTOR)))
        view.show_tool(Tool.LENGTH)
        pixels(view)
        start, end = (view.to_widget().map(QPointF(*point)).toPoint() for point in ((10, 10), (60, 10)))
        QTest.mousePress(view, Button.LeftButton, Modifier.NoModifier, start)
        QTest.mouseMove(view, end)
        pixels(view)
        said.append(view.painted_measures[0].lines[0])

    assert said[0].endswith("mm at the detector")
    assert float(said[0].split()[0]) == pytest.approx(10, abs=0.1)
    assert said[1].endswith("px")
    assert float(said[1].split()[0]) == pytest.approx(50, abs=0.4)


def test_labels_cover_no_shape_and_no_other_label(qtbot: QtBot) -> None:
    reader = Reader(qtbot)
    measures = [
        drawn(Kind.LENGTH, GRID, 2, (30, 40), (45, 44), name="a"),
        drawn(Kind.ELLIPSE, GRID, 2, (30, 46), (42, 46), (42, 60), (30, 60), name="b"),
        drawn(Kind.ANGLE, GRID, 2, (46, 40), (50, 60), (56, 40), name="c", text="old fracture"),
        drawn(Kind.PROBE, GRID, 2, (48, 46), name="d"),
    ]
    reader.measures = {one.id: one for one in measures}
    reader.show()

    painted = reader.view.painted_measures
    labels, shapes = (
        [one.label for one in painted],
        [QPainterPathStroker().createStroke(one.outline) for one in painted],
    )

    assert len(labels) == 4
    assert not any(a.intersects(b) for i, a in enumerate(labels) for b in labels[i + 1 :])
    assert not any(shape.intersects(label) for label in labels for shape in shapes)
    assert all(QRectF(reader.view.rect()).contains(label) for label in labels)


def test_a_selected_measure_shows_its_handles_and_a_hovered_one_is_bolder(qtbot: QtBot) -> None:
    reader = Reader(qtbot)
    measure = drawn(Kind.LENGTH, GRID, 2, (20, 20), (60, 20))
    reader.measures = {measure.id: measure}
    reader.show()
    plain = pixels(reader.view)
    reader.move(40, 20, held=False)
    hovered = pixels(reader.view)
    reader.move(40, 80, held=False)
    reader._select(measure.id)

    corner = reader.at(20, 20)
    around = part_of(reader.view, QRectF(corner.x() - 3, corner.y() - 3, 7, 7))
    assert hovered.sum() > plain.sum()
    assert not np.array_equal(pixels(reader.view)[around], plain[around])


def test_nothing_of_a_series_stays_over_the_next_one(qtbot: QtBot) -> None:
    reader = Reader(qtbot)
    measure = drawn(Kind.LENGTH, GRID, 2, (20, 20), (60, 20))
    reader.measures = {measure.id: measure}
    reader.show()
    reader.view.show_slice_source(VolumeSource(noise_volume()))
    pixels(reader.view)

    assert reader.view.painted_measures == ()
