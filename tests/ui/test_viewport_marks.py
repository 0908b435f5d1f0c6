"""Marks lie on the pixels they are about, and on nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainterPathStroker
from pytestqt.qtbot import QtBot

from tests.stacks import geometry
from tests.ui.scene import (
    PROVEN,
    WINDOW,
    ball_volume,
    bare,
    nodule,
    noise_volume,
    part_of,
    picture,
    pixels,
    to_pixels,
    viewport,
)
from workstation.domain.answer import Placement, PlacementState
from workstation.domain.decision import Decision, DecisionState
from workstation.domain.finding import Basis
from workstation.domain.geometry import Geometry, Vector
from workstation.domain.shapes import Label, Mask, Sphere
from workstation.domain.volume import LabelVolume
from workstation.domain.words import say
from workstation.ui.keys import Command
from workstation.ui.theme import FINDING_COLOURS
from workstation.ui.viewport.brush import MASK_FILL, OTHERS
from workstation.ui.viewport.labels import place_labels
from workstation.ui.viewport.overlay import label_of, number_of
from workstation.ui.viewport.source import VolumeSource

LEFT = Qt.MouseButton.LeftButton
SIZE = {"rows": 60, "columns": 72, "step": 1.5}
COS, SIN = float(np.cos(0.3)), float(np.sin(0.3))
GRIDS: dict[str, Geometry] = {
    "as usual": geometry(20, spacing=(0.8, 0.8), **SIZE),
    "flipped rows": geometry(20, spacing=(0.8, 0.8), column=(0, -1, 0), **SIZE),
    "flipped columns": geometry(20, spacing=(0.8, 0.8), row=(-1, 0, 0), **SIZE),
    "feet first": geometry(20, spacing=(0.8, 0.8), row=(-1, 0, 0), column=(0, -1, 0), **SIZE),
    "pixels twice as tall": geometry(20, spacing=(1.6, 0.8), **SIZE),
    "pixels twice as wide": geometry(20, spacing=(0.7, 1.4), **SIZE),
    "oblique": geometry(20, spacing=(0.8, 0.8), row=(COS, 0, -SIN), column=(0, 1, 0), **SIZE),
    "sagittal": geometry(20, spacing=(0.8, 0.8), row=(0, 1, 0), column=(0, 0, -1), **SIZE),
}


def place(grid: Geometry, index: tuple[float, float, float]) -> Vector:
    """By the standard's formula, not by the program's."""
    k, row, column = index
    at = (
        grid.positions[int(k)]
        + row * grid.spacing[0] * np.array(grid.column_cosine)
        + column * grid.spacing[1] * np.array(grid.row_cosine)
    )
    return (float(at[0]), float(at[1]), float(at[2]))


@pytest.mark.parametrize("name", GRIDS)
def test_a_mark_surrounds_the_bright_ball_and_stays_close_to_it(qtbot: QtBot, name: str) -> None:
    grid = GRIDS[name]
    center = place(grid, (12, 17, 50))
    view = bare(viewport(qtbot, ball_volume(grid, center, 6.0)))
    view.show_slice(12)
    bright = np.argwhere(picture(view)[..., 0] == 255)
    view.show_findings([nodule(center, 6.0)], {}, "job/1", PROVEN)

    pixels(view)

    (painted,) = view.painted
    bright = bright / view.devicePixelRatioF()
    dot = 1 / view.devicePixelRatioF()
    top, left = bright.min(axis=0)
    bottom, right = bright.max(axis=0) + dot
    seen = QRectF(left, top, right - left, bottom - top)
    voxel = max(grid.spacing) * seen.width() / 12  # of 12 mm across, in screen pixels
    edge = QPainterPathStroker()
    edge.setWidth(1.5 * voxel)  # a voxel belongs to the ball by its center, and reaches half a diagonal further
    reach = painted.outline.united(edge.createStroke(painted.outline))
    assert all(reach.contains(QPointF(x + dot / 2, y + dot / 2)) for y, x in bright)
    bounds = painted.outline.boundingRect()
    assert bounds.width() <= seen.width() + voxel + 4
    assert bounds.height() <= seen.height() + voxel + 4
    assert bounds.center().x() == pytest.approx(seen.center().x(), abs=1.0)
    assert bounds.center().y() == pytest.approx(seen.center().y(), abs=1.0)


def test_a_ball_looks_round_where_pixels_are_not_square(qtbot: QtBot) -> None:
    grid = GRIDS["pixels twice as tall"]
    center = place(grid, (12, 30, 36))
    view = bare(viewport(qtbot, ball_volume(grid, center, 15.0)))
    view.show_slice(12)

    bright = np.argwhere(picture(view)[..., 0] == 255)

    height, width = np.ptp(bright, axis=0)
    assert width == pytest.approx(height, rel=0.06)


@pytest.mark.parametrize("name", GRIDS)
def test_the_line_itself_is_painted_around_the_ball(qtbot: QtBot, name: str) -> None:
    grid = GRIDS[name]
    center = place(grid, (12, 30, 36))
    view = bare(viewport(qtbot, ball_volume(grid, center, 7.0)))
    view.show_slice(12)
    view.show_findings([], {}, "", PROVEN)
    bright = np.argwhere(picture(view)[..., 0] == 255)
    view.show_findings([nodule(center, 7.0)], {}, "job/1", PROVEN)

    orange = np.argwhere((picture(view) == (0xE6, 0x9F, 0x00)).all(axis=-1))

    label = view.painted[0].label
    ratio = view.devicePixelRatioF()
    line = np.array([p for p in orange if not label.contains(QPointF(p[1], p[0]) / ratio)])
    assert len(line) > 40
    middle = (bright.min(axis=0) + bright.max(axis=0)) / 2
    distance = np.hypot(*(line - middle).T)
    inside = np.hypot(*(bright - middle).T).max()
    assert distance.min() > inside - 3 * ratio
    assert distance.max() < inside + 10 * ratio


def test_nothing_is_marked_on_slices_beyond_the_finding(qtbot: QtBot) -> None:
    grid = GRIDS["as usual"]
    center = place(grid, (12, 17, 50))
    view = viewport(qtbot, ball_volume(grid, center, 3.0))
    view.show_findings([nodule(center, 3.0)], {}, "", PROVEN)

    view.show_slice(15)
    pixels(view)

    assert view.painted == ()


@pytest.mark.parametrize(
    ("state", "painted"),
    [
        (PlacementState.PROVEN, 1),
        (PlacementState.ASSUMED, 1),
        (PlacementState.CONTRADICTED, 0),
        (PlacementState.NOT_APPLICABLE, 0),
    ],
)
def test_marks_appear_only_where_their_place_is_proven_or_assumed(
    qtbot: QtBot, state: PlacementState, painted: int
) -> None:
    grid = GRIDS["as usual"]
    center = place(grid, (12, 17, 50))
    view = viewport(qtbot, ball_volume(grid, center, 3.0))
    view.show_slice(12)

    view.show_findings([nodule(center, 3.0)], {}, "", Placement(state, say("why")))
    pixels(view)

    assert len(view.painted) == painted


def test_hidden_marks_are_not_painted(qtbot: QtBot) -> None:
    grid = GRIDS["as usual"]
    center = place(grid, (12, 17, 50))
    view = viewport(qtbot, ball_volume(grid, center, 3.0))
    view.show_slice(12)

    view.show_findings([nodule(center, 3.0)], {}, "", PROVEN, False)
    pixels(view)

    assert view.painted == ()


def test_another_series_takes_marks_and_lengths_away(qtbot: QtBot) -> None:
    grid = GRIDS["as usual"]
    center = place(grid, (12, 17, 50))
    volume = ball_volume(grid, center, 3.0)
    view = viewport(qtbot, volume)
    view.show_findings([nodule(center, 3.0)], {}, "", PROVEN, basis=Basis.SIMULATED)

    other = noise_volume(20, 60, 72)
    fresh = viewport(qtbot, other)
    clean = pixels(fresh)
    view.show_slice_source(VolumeSource(other), patient="PHANTOM", series="thin", file_windows=(WINDOW,))

    fresh.clearFocus()
    view.setFocus()
    assert np.array_equal(pixels(view)[2:-2, 2:-2], clean[2:-2, 2:-2])


@pytest.mark.parametrize("visible", [True, False])
@pytest.mark.parametrize("whole", [Basis.SIMULATED, None])
def test_simulated_results_carry_a_watermark_that_nothing_switches_off(
    qtbot: QtBot, visible: bool, whole: Basis | None
) -> None:
    view = viewport(qtbot, noise_volume())
    far = nodule((9e3, 9e3, 9e3), 3.0, basis=Basis.SIMULATED)
    view.show_findings([], {}, "", PROVEN, visible, basis=Basis.ALGORITHM)
    view.perform(Command.INFO)
    before = pixels(view)

    view.show_findings([far] if whole is None else [], {}, "", PROVEN, visible, basis=whole)
    after = pixels(view)

    changed = (before != after).any(axis=-1)
    quarters = [half for rows in np.array_split(changed, 2) for half in np.array_split(rows, 2, axis=1)]
    assert all(quarter.mean() > 0.02 for quarter in quarters)


def test_a_mask_colours_exactly_its_pixels(qtbot: QtBot) -> None:
    volume = noise_volume(3, 100, 100)
    assert volume.geometry is not None
    labels = np.zeros(volume.values.shape, dtype=np.uint8)
    labels[1, 30:60, 20:50] = 4
    labels[1, 40:45, 30:35] = 0
    view = bare(viewport(qtbot, volume))
    view.perform(Command.ONE_TO_ONE)
    view.show_findings([], {}, "", PROVEN)
    before = pixels(view).astype(int)
    finding = nodule((0, 0, 0), 1.0, shapes=(Mask(volume="m", label=4),))

    view.show_findings(
        [finding], {}, "job/1", PROVEN, masks=[LabelVolume(name="m", values=labels, geometry=volume.geometry)]
    )
    after = pixels(view).astype(int)

    corner = to_pixels(view).map(QPointF(-0.5, -0.5)).toPoint()
    window = np.s_[corner.y() : corner.y() + 100, corner.x() : corner.x() + 100]
    line = round(view.devicePixelRatioF())  # how wide it is at most on either side
    deep = np.zeros((100, 100), dtype=bool)
    deep[30 + line : 60 - line, 20 + line : 50 - line] = True
    deep[40 - line : 45 + line, 30 - line : 35 + line] = False
    outside = np.ones((100, 100), dtype=bool)
    outside[30 - line : 60 + line, 20 - line : 50 + line] = False
    outside[:, 50 + line :] = False  # the label stands there
    outside[40 + line : 45 - line, 30 + line : 35 - line] = True
    tinted = before[window] * (1 - MASK_FILL) + np.array([0xE6, 0x9F, 0x00]) * MASK_FILL
    assert np.abs(after[window][deep] - tinted[deep]).max() <= 3
    assert np.array_equal(after[window][outside], before[window][outside])


def test_a_masks_outline_runs_along_the_edge_of_its_pixels(qtbot: QtBot) -> None:
    volume = noise_volume(3, 40, 40)
    assert volume.geometry is not None
    labels = np.zeros(volume.values.shape, dtype=np.uint8)
    labels[1, 10:20, 25:31] = 1
    view = bare(viewport(qtbot, volume))
    finding = nodule((0, 0, 0), 1.0, shapes=(Mask(volume="m", label=1),))
    masks = [LabelVolume(name="m", values=labels, geometry=volume.geometry)]
    view.show_findings([finding], {}, "job/1", PROVEN, masks=masks)

    full = np.argwhere((picture(view) == (0xE6, 0x9F, 0x00)).all(axis=-1))

    label = view.painted[0].label
    ratio = view.devicePixelRatioF()
    line = np.array([p for p in full if not label.contains(QPointF(p[1], p[0]) / ratio)])
    edge = to_pixels(view).mapRect(QRectF(24.5, 9.5, 6, 10))
    assert line.min(axis=0) == pytest.approx((edge.top(), edge.left()), abs=ratio)
    assert line.max(axis=0) == pytest.approx((edge.bottom(), edge.right()), abs=ratio)
    assert len(line) == pytest.approx(2 * ratio * (edge.width() + edge.height()), rel=0.03)


def test_a_rejected_finding_is_grey_and_the_selected_one_full(qtbot: QtBot) -> None:
    grid = GRIDS["as usual"]
    a, b, c = place(grid, (12, 12, 12)), place(grid, (12, 12, 50)), place(grid, (12, 46, 30))
    view = bare(viewport(qtbot, ball_volume(grid, (9e3, 0, 0), 1.0)))
    view.show_slice(12)
    findings = [nodule(a, 6, number=1), nodule(b, 6, number=2), nodule(c, 6, number=3)]
    decisions = {"job/2": Decision(state=DecisionState.REJECTED)}
    view.show_findings(findings, decisions, "job/3", PROVEN)

    screen = pixels(view)

    def strongest(index: int) -> np.ndarray:
        part = screen[part_of(view, view.painted[index].outline.boundingRect())].reshape(-1, 3).astype(int)
        return part[part.sum(axis=1).argmax()]

    selected = np.array([int(FINDING_COLOURS[2][i : i + 2], 16) for i in (1, 3, 5)])
    other = np.array([int(FINDING_COLOURS[0][i : i + 2], 16) for i in (1, 3, 5)])
    assert np.abs(strongest(2) - selected).max() <= 2
    assert np.abs(strongest(0) - other * OTHERS).max() <= 12
    assert np.ptp(strongest(1)) < 16


def test_a_click_on_a_mark_says_which_finding(qtbot: QtBot) -> None:
    grid = GRIDS["as usual"]
    view = viewport(qtbot, ball_volume(grid, place(grid, (12, 17, 50)), 5.0))
    view.show_slice(12)
    findings = [nodule(place(grid, (12, 17, 50)), 9, number=1), nodule(place(grid, (12, 17, 50)), 3, number=2)]
    view.show_findings(findings, {}, "", PROVEN)
    pixels(view)
    clicked: list[str] = []
    view.finding_clicked.connect(clicked.append)

    inner = view.painted[1].outline.boundingRect().center().toPoint()
    qtbot.mouseClick(view, LEFT, pos=inner)
    qtbot.mouseClick(view, LEFT, pos=view.painted[0].label.center().toPoint())
    qtbot.mouseClick(view, LEFT, pos=view.rect().center())

    assert clicked == ["job/2", "job/1"]


def test_going_to_a_finding_shows_its_slice_and_brings_it_into_view(qtbot: QtBot) -> None:
    grid = GRIDS["oblique"]
    center = place(grid, (5, 4, 4))
    view = viewport(qtbot, ball_volume(grid, center, 3.0))
    view.show_findings([nodule(center, 3.0)], {}, "", PROVEN)
    for _ in range(8):
        view.perform(Command.ZOOM_IN)

    assert view.show_finding("job/1")
    pixels(view)

    assert view.slice_index == 5
    assert view.rect().toRectF().contains(view.painted[0].outline.boundingRect())
    assert not view.show_finding("job/9")


def test_labels_hide_neither_shapes_nor_each_other() -> None:
    area = QRectF(0, 0, 600, 600)
    shapes = [QRectF(200 + 25 * (i % 4), 200 + 24 * (i // 4), 20, 20) for i in range(12)]
    sizes = [QSizeF(120, 15)] * 12

    placed = place_labels(shapes, sizes, [QRectF(0, 0, 150, 60)], area)

    rects = [label.rect for label in placed]
    assert all(area.contains(rect) for rect in rects)
    assert not any(rect.intersects(shape) for rect in rects for shape in shapes)
    assert not any(a.intersects(b) for i, a in enumerate(rects) for b in rects[i + 1 :])
    assert all(label.leader is not None for label in placed if not near(label.rect, shapes))


def near(rect: QRectF, shapes: list[QRectF]) -> bool:
    return any(rect.adjusted(-9, -9, 9, 9).intersects(shape) for shape in shapes)


def test_a_label_says_number_size_and_confidence_as_far_as_known() -> None:
    finding = nodule((0, 0, 0), 4.2, number=7)

    assert number_of(finding, 1) == 7
    assert label_of(finding, 7) == "7 · 8.4 mm · 0.92"
    assert label_of(nodule((0, 0, 0), 1, shapes=(Label(text="L1", at=(0, 0, 0)),)), 1, ("L1",)).startswith("1 · L1 · ")


def test_a_finding_keeps_its_number_when_others_are_filtered_out(qtbot: QtBot) -> None:
    grid = GRIDS["as usual"]
    center = place(grid, (12, 17, 50))
    view = viewport(qtbot, ball_volume(grid, center, 3.0))
    view.show_slice(12)
    third = nodule(center, 3.0, number=3)
    assert isinstance(third.shapes[0], Sphere)
    view.show_findings([third], {}, "job/3", PROVEN)

    magenta = (pixels(view) == (0xCC, 0x79, 0xA7)).all(axis=-1)

    assert magenta.sum() > 20
