"""Every shape on every plane: painted where its points are in the patient, and only on slices that meet it."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from tests.stacks import geometry
from tests.ui.scene import PROVEN, bare, nodule, part_of, picture, pixels, viewport
from workstation.domain.geometry import Plane, Vector
from workstation.domain.placement import box_at
from workstation.domain.shapes import (
    Angle,
    Box2D,
    Box3D,
    Contour,
    Label,
    Line,
    Mask,
    Point,
    Polyline,
    Shape,
    Sphere,
)
from workstation.domain.volume import LabelVolume, Volume
from workstation.ui.theme import finding_colour
from workstation.ui.viewport.plane_source import PlaneSource
from workstation.ui.viewport.slice_view import SliceView

GRID = geometry(40, rows=60, columns=80, step=2.0, spacing=(1.0, 0.8))
PLANES = (Plane.AXIAL, Plane.SAGITTAL, Plane.CORONAL)
MIDDLE = (20.0, 30.0, 40.0)


def at(slice_: float, row: float, column: float) -> Vector:
    """By the standard's formula."""
    position = np.array(GRID.positions[0]) + slice_ * 2.0 * np.array(GRID.normal)
    position = position + row * 1.0 * np.array(GRID.column_cosine) + column * 0.8 * np.array(GRID.row_cosine)
    return (float(position[0]), float(position[1]), float(position[2]))


def mask() -> LabelVolume:
    labels = np.zeros(GRID.shape, dtype=np.uint8)
    labels[17:24, 26:35, 36:45] = 5
    return LabelVolume(name="m", values=labels, geometry=GRID)


def across(*indices: tuple[float, float, float]) -> tuple[Vector, ...]:
    return tuple(at(*index) for index in indices)


# Each goes through the middle, whichever way it is cut.
SHAPES: dict[type[Shape], Shape] = {
    Point: Point(at=at(*MIDDLE)),
    Line: Line(start=at(14, 20, 30), end=at(26, 40, 50)),
    Polyline: Polyline(points=across((14, 20, 30), MIDDLE, (26, 40, 50))),
    Angle: Angle(start=at(14, 30, 40), vertex=at(*MIDDLE), end=at(20, 40, 50)),
    Box2D: Box2D(corners=(at(20, 20, 40), at(20, 40, 40), at(20, 40, 30), at(20, 20, 30))),
    Box3D: box_at((17, 26, 36), (23, 34, 44), GRID),
    Sphere: Sphere(center=at(*MIDDLE), radius=8.0),
    Contour: Contour(points=across((20, 20, 40), (20, 40, 40), (20, 30, 50))),
    Label: Label(text="C7", at=at(*MIDDLE)),
    Mask: Mask(volume="m", label=5),
}


def shown(qtbot: QtBot, plane: Plane, *shapes: Shape) -> SliceView:
    volume = Volume(values=np.full(GRID.shape, -1000, dtype=np.int16), geometry=GRID, unit="HU")
    source = PlaneSource(volume, plane)
    view = bare(viewport(qtbot, source=source, size=420))
    view.show_findings([nodule((0, 0, 0), 1.0, shapes=shapes)], {}, "job/1", PROVEN, masks=[mask()])
    view.show_slice(slice_of(source, at(*MIDDLE)))
    return view


def slice_of(source: PlaneSource, point: Vector) -> int:
    assert source.geometry is not None
    return round(float(source.geometry.to_index(point)[0]))


def on_screen(view: SliceView, plane: Plane, point: Vector) -> QPointF:
    """Where a point of the patient is on this view, by the plane's own right and down."""
    right, down = {
        Plane.AXIAL: ((1, 0, 0), (0, 1, 0)),
        Plane.SAGITTAL: ((0, 1, 0), (0, 0, -1)),
        Plane.CORONAL: ((1, 0, 0), (0, 0, -1)),
    }[plane]
    head = at(39, 0, 0) if plane is not Plane.AXIAL else at(0, 0, 0)
    step = {Plane.AXIAL: (0.8, 1.0), Plane.SAGITTAL: (1.0, 2.0), Plane.CORONAL: (0.8, 2.0)}[plane]
    way = np.array(point) - np.array(head)
    return view.to_widget().map(QPointF(float(way @ np.array(right)) / step[0], float(way @ np.array(down)) / step[1]))


def test_there_is_a_shape_of_every_kind() -> None:
    assert set(SHAPES) == set(get_args(Shape))


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("kind", list(SHAPES))
def test_a_shape_is_painted_over_its_own_place(qtbot: QtBot, kind: type[Shape], plane: Plane) -> None:
    view = shown(qtbot, plane, SHAPES[kind])

    screen = pixels(view)

    (painted,) = view.painted
    middle = on_screen(view, plane, at(*MIDDLE))
    assert painted.bounds.adjusted(-3, -3, 3, 3).contains(middle)
    colour = finding_colour(1)
    near = np.abs(screen.astype(int) - (colour.red(), colour.green(), colour.blue())).max(axis=-1)
    marked = near < 60
    assert marked[part_of(view, painted.bounds.adjusted(-4, -4, 4, 4))].sum() >= 4


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("kind", list(SHAPES))
def test_a_shape_is_not_painted_on_slices_beyond_it(qtbot: QtBot, kind: type[Shape], plane: Plane) -> None:
    view = shown(qtbot, plane, SHAPES[kind])

    view.show_slice(0)
    pixels(view)

    assert view.painted == ()


@pytest.mark.parametrize("plane", PLANES)
def test_a_mask_tints_the_pixels_of_its_voxels_on_every_plane(qtbot: QtBot, plane: Plane) -> None:
    view = shown(qtbot, plane, SHAPES[Mask])
    screen = picture(view).astype(int)

    def tinted(index: tuple[float, float, float]) -> bool:
        point = on_screen(view, plane, at(*index)) * view.devicePixelRatioF()
        r, _, b = screen[round(point.y()), round(point.x())]
        return bool(r > b + 40)

    k, row, column = MIDDLE
    inside = [(k + 2, row, column), (k - 2, row, column), (k, row + 3, column), (k, row, column - 3)]
    outside = [(k + 6, row, column), (k, row + 8, column), (k, row, column + 8)]
    assert all(tinted(index) for index in inside if on_plane(plane, index))
    assert not any(tinted(index) for index in outside if on_plane(plane, index))


def on_plane(plane: Plane, index: tuple[float, float, float]) -> bool:
    fixed = {Plane.AXIAL: 0, Plane.CORONAL: 1, Plane.SAGITTAL: 2}[plane]
    return index[fixed] == MIDDLE[fixed]


def test_an_angle_says_its_degrees_beside_its_vertex(qtbot: QtBot) -> None:
    view = shown(qtbot, Plane.AXIAL, Angle(start=at(20, 10, 40), vertex=at(*MIDDLE), end=at(20, 30, 55)))
    drawable = view.drawables[-1]

    assert [traced.text for traced in drawable.traces if traced.text] == ["90.0°"]
    assert drawable.texts


def test_a_label_that_nobody_is_about_is_painted_in_a_colour_of_its_own(qtbot: QtBot) -> None:
    view = shown(qtbot, Plane.AXIAL, SHAPES[Sphere])

    drawables = view.drawables

    assert [drawable.finding_id for drawable in drawables] == ["", "job/1"]
    assert drawables[0].colour == finding_colour(2)


def test_a_hidden_label_is_not_painted(qtbot: QtBot) -> None:
    view = shown(qtbot, Plane.AXIAL)

    view.show_findings([nodule((0, 0, 0), 1.0, shapes=(SHAPES[Mask],))], {}, "", PROVEN, masks=[mask()], layers=())
    pixels(view)

    assert view.painted == ()
