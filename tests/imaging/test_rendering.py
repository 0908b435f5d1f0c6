"""Pictures from any side: a phantom that is different in all six directions shows its sides, however it was cut."""

from __future__ import annotations

import math
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from tests.stacks import geometry
from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.geometry import Geometry, Vector
from workstation.domain.volume import LabelVolume, Volume
from workstation.imaging.rendering.drawing import soften
from workstation.imaging.rendering.lessened import MOST, Solid, lessen, solid_of
from workstation.imaging.rendering.renderer import Renderer
from workstation.imaging.rendering.scene import Ball, Box, Camera, Cut, Look, Shot, Stop

X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
MIDDLE = (10.0, -20.0, 300.0)
# Where balls lie from the middle, mm, and how bright each is; nothing else of the phantom is.
BALLS: dict[str, tuple[Vector, int]] = {
    "L": ((24.0, 0.0, 0.0), 1000),
    "P": ((0.0, 20.0, 0.0), 700),
    "H": ((0.0, 0.0, 22.0), 400),
}
ACQUIRED = {
    "axial": (X, Y),
    "axial, prone and feet first": ((-1.0, 0.0, 0.0), (0.0, -1.0, 0.0)),
    "sagittal": (Y, (0.0, 0.0, -1.0)),
    "coronal": (X, (0.0, 0.0, -1.0)),
    "coronal, upside down": ((-1.0, 0.0, 0.0), Z),
    "slanting": ((math.cos(0.2), math.sin(0.2), 0.0), (-math.sin(0.2), math.cos(0.2), 0.0)),
}
FRONT = Camera(at=MIDDLE, height_mm=100.0)
BRIGHT = Look(stops=(Stop(100, 0.0, (1.0, 1.0, 1.0)), Stop(200, 1.0, (1.0, 1.0, 1.0))))
NOTHING = Look(stops=())
PX = 200


def started() -> Renderer:
    """A machine that can't draw at all says so."""
    pytest.importorskip("vtkmodules", reason="the extra [volume] is not installed")
    made = Renderer()
    try:
        made.draw(shot(NOTHING))
    except WorkstationError:
        pytest.skip("VTK can't draw on this machine")
    return made


@pytest.fixture(scope="module")
def process() -> Iterator[Renderer]:
    """One for all that leave it as it was: it needs more than a second to start."""
    made = started()
    yield made
    made.close()


@pytest.fixture
def renderer(process: Renderer) -> Renderer:
    """Empty but for a volume of which nothing is seen where nothing is asked for."""
    process.take_solids(())
    return process


@pytest.fixture
def mortal() -> Iterator[Renderer]:
    """For one test alone, which may end it."""
    made = started()
    yield made
    made.close()


def shot(look: Look, camera: Camera = FRONT, **more: object) -> Shot:
    return Shot(camera=camera, look=look, width=PX, height=PX, **more)


def place_of(letter: str) -> npt.NDArray[np.float64]:
    return np.array(MIDDLE) + np.array(BALLS[letter][0])


def grid_of(row: Vector, column: Vector) -> Geometry:
    grid = geometry(52, rows=70, columns=80, step=1.5, spacing=(1.1, 0.9), row=row, column=column)
    away = np.array(MIDDLE) - grid.to_patient((26, 35, 40))
    return Geometry(
        positions=grid.positions + away, row_cosine=row, column_cosine=column, spacing=(1.1, 0.9), rows=70, columns=80
    )


def phantom(way: str) -> Volume:
    """Voxel centers by PS3.3 C.7.6.2."""
    grid = grid_of(*ACQUIRED[way])
    k, r, c = np.meshgrid(*map(np.arange, grid.shape), indexing="ij")
    places = grid.positions[k]
    places = places + r[..., None] * 1.1 * np.array(grid.column_cosine) + c[..., None] * 0.9 * np.array(grid.row_cosine)
    values = np.full(grid.shape, -1000, np.int16)
    for letter, (_, value) in BALLS.items():
        values[np.linalg.norm(places - place_of(letter), axis=-1) <= 6] = value
    return Volume(values=values, geometry=grid, unit="HU")


def lit(picture: npt.NDArray[np.uint8]) -> tuple[float, float]:
    """Middle of what is bright: millimetres right of and above the picture's middle."""
    return middle(picture.max(axis=-1) > picture.max() / 3)


def middle(seen: npt.NDArray[np.bool_]) -> tuple[float, float]:
    row, column = np.argwhere(seen).mean(axis=0)
    return ((column - (PX - 1) / 2) * 100 / PX, ((PX - 1) / 2 - row) * 100 / PX)


@pytest.mark.parametrize("way", list(ACQUIRED))
def test_from_the_front_left_is_at_the_right_and_the_head_is_up(renderer: Renderer, way: str) -> None:
    """The highest values of the rays: red for H, green for P, blue for L. From the feet the back is below."""
    red, green, blue = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
    stops = (Stop(200, 0, red), Stop(250, 1, red), Stop(550, 1, red), Stop(551, 1, green), Stop(850, 1, green))
    colours = Look(stops=(*stops, Stop(851, 1, blue)), brightest=True)
    renderer.take_volume(lessen(phantom(way)))
    front = renderer.draw(shot(colours)) > 150
    below = renderer.draw(shot(colours, FRONT.turned(0, 90))) > 150

    down, right = np.mgrid[:PX, :PX]
    assert middle(front[..., 0] & (down < PX * 0.36)) == pytest.approx((0, 22), abs=1.0)
    assert middle(front[..., 1] & (right < PX * 0.63)) == pytest.approx((0, 0), abs=1.0)
    assert middle(front[..., 2]) == pytest.approx((24, 0), abs=0.7)
    assert middle(below[..., 2]) == pytest.approx((24, 0), abs=0.7)
    assert middle(below[..., 1] & (down > PX * 0.6)) == pytest.approx((0, -20), abs=1.0)


@pytest.mark.parametrize("way", list(ACQUIRED))
def test_a_mask_lies_at_its_place_from_the_front_and_from_the_left(renderer: Renderer, way: str) -> None:
    volume = phantom(way)
    assert volume.geometry is not None
    labels = np.zeros(volume.values.shape, np.uint8)
    for label, letter in enumerate(BALLS, start=1):
        labels[volume.values == BALLS[letter][1]] = label
    mask = LabelVolume(name="balls", values=labels, geometry=volume.geometry)
    from_left = Camera(at=MIDDLE, right=(0.0, 1.0, 0.0), up=Z, height_mm=100.0)  # the back is at the right
    for label, letter in enumerate(BALLS, start=1):
        solid = solid_of(mask, label, (1.0, 1.0, 1.0), 1.0)
        assert solid is not None
        renderer.take_solids((solid,))
        x, y, z = BALLS[letter][0]
        assert lit(renderer.draw(shot(NOTHING))) == pytest.approx((x, z), abs=0.8)
        assert lit(renderer.draw(shot(NOTHING, from_left))) == pytest.approx((y, z), abs=0.8)


def test_a_surface_has_the_size_of_its_mask(renderer: Renderer) -> None:
    volume = phantom("axial")
    assert volume.geometry is not None
    labels = (volume.values == 1000).astype(np.uint8)
    solid = solid_of(LabelVolume(name="L", values=labels, geometry=volume.geometry), 1, (1.0, 1.0, 1.0), 1.0)
    assert solid is not None
    renderer.take_solids((solid,))
    seen = (renderer.draw(shot(NOTHING)).max(axis=-1) > 0).sum() * (100 / PX) ** 2

    assert math.sqrt(seen / math.pi) == pytest.approx(6, abs=0.5)


def test_a_ball_lies_where_the_finding_is_in_its_colour(renderer: Renderer) -> None:
    picture = renderer.draw(shot(NOTHING, balls=(Ball((0.0, -20.0, 320.0), 5, (0.0, 0.0, 1.0)),)))

    assert lit(picture) == pytest.approx((-10, 20), abs=0.6)
    assert picture[..., 2].max() > 200
    assert picture[..., 0].max() == 0


def test_a_ray_shows_its_highest_value_also_from_behind(renderer: Renderer) -> None:
    """L is the brightest of all: the highest value of a ray has one colour for each ball."""
    renderer.take_volume(lessen(phantom("coronal")))
    gray = Look(stops=(Stop(-1000, 0, (0, 0, 0)), Stop(1000, 1, (1, 1, 1))), brightest=True)
    front = renderer.draw(shot(gray)).max(axis=-1)
    behind = renderer.draw(shot(gray, FRONT.turned(180, 0))).max(axis=-1)

    at = round(PX / 2 + 24 * 2)
    assert front[PX // 2, at] == pytest.approx(255, abs=4)
    assert behind[PX // 2, PX - at] == pytest.approx(255, abs=4)
    assert front[PX // 2, PX // 2] == pytest.approx(0.85**2 * 255, abs=8)  # opacity and colour both rise


def test_what_lies_before_the_cut_is_left_out(renderer: Renderer) -> None:
    renderer.take_volume(lessen(phantom("axial")))
    before = (10.0, -10.0, 300.0)
    bare = renderer.draw(shot(BRIGHT, cut=Cut(before, (0.0, -1.0, 0.0))))
    whole = renderer.draw(shot(BRIGHT))

    assert (whole > 90).any(axis=-1).sum() > 2 * (bare > 90).any(axis=-1).sum() > 0
    assert lit(bare) == pytest.approx((0, 0), abs=1.0)  # the back ball alone


def test_a_surface_hides_what_lies_behind_it(renderer: Renderer) -> None:
    """From the front the back ball is behind the red one."""
    renderer.take_volume(lessen(phantom("axial")))
    red = Ball((10.0, -30.0, 300.0), 9, (1.0, 0.0, 0.0))
    covered = renderer.draw(shot(BRIGHT, balls=(red,)))[PX // 2, PX // 2]
    open_to = renderer.draw(shot(BRIGHT, FRONT.turned(180, 0), balls=(red,)))[PX // 2, PX // 2]

    assert covered[0] > 100
    assert covered[1] < 30
    assert min(open_to) > 90


def test_a_large_volume_is_made_smaller_at_its_place() -> None:
    grid = geometry(300, rows=520, columns=300, step=1.0, spacing=(0.5, 0.5))
    values = np.zeros(grid.shape, np.int16)
    values[100, 200, 150] = 800
    small = lessen(Volume(values=values, geometry=grid, unit="HU"))

    assert max(small.values.shape) <= MOST
    assert small.factors == (2, 3, 2)
    assert int(small.values.max()) == round(800 / 12)
    k, r, c = (int(at) for at in np.argwhere(small.values)[0])
    mm = [at * step for at, step in zip((c, r, k), small.spacing, strict=True)]
    found = np.array(small.matrix) @ np.array([*mm, 1.0])
    assert np.abs(found[:3] - grid.to_patient((100, 200, 150))).max() <= 1.0  # half a block


def test_uneven_slices_are_refused() -> None:
    grid = geometry(5, rows=4, columns=4)
    positions = grid.positions.copy()
    positions[3:] += 7 * np.array(grid.normal)
    bent = Geometry(
        positions=positions, row_cosine=grid.row_cosine, column_cosine=grid.column_cosine, spacing=grid.spacing,
        rows=4, columns=4,
    )  # fmt: skip
    with pytest.raises(WorkstationError) as refused:
        lessen(Volume(values=np.zeros(bent.shape, np.int16), geometry=bent, unit="HU"))
    assert refused.value.code is ErrorCode.BAD_GEOMETRY


def test_a_mask_that_touches_the_edge_is_closed() -> None:
    grid = geometry(4, rows=5, columns=6)
    solid = solid_of(LabelVolume(name="all", values=np.ones(grid.shape, np.uint8), geometry=grid), 1, (1, 1, 1), 1.0)

    assert isinstance(solid, Solid)
    assert all(solid.values.take(end, axis=axis).max() == 0 for axis in range(3) for end in (0, -1))
    assert solid.values.sum() == 255 * 4 * 5 * 6


def test_what_a_hand_turns_follows_it() -> None:
    front = (10.0, -70.0, 300.0)
    assert FRONT.turned(30, 0).place(front)[0] > 20
    assert FRONT.turned(0, 30).place(front)[1] > 20
    assert FRONT.moved(5, 3).place(MIDDLE) == pytest.approx((5, 3, 0))
    often = FRONT
    for _ in range(2000):
        often = often.turned(7.3, 3.1)
    assert abs(np.dot(often.right, often.up)) < 1e-9
    assert np.linalg.norm(often.toward) == pytest.approx(1)


@pytest.mark.skipif(os.name == "nt", reason="ended by a signal")
def test_a_process_that_dies_costs_a_picture_another_one_draws_again_and_a_closed_one_no_more(mortal: Renderer) -> None:
    os.kill(mortal.process_id, signal.SIGKILL)
    with pytest.raises(WorkstationError) as said:
        mortal.draw(shot(NOTHING))
    assert said.value.code is ErrorCode.NO_RENDERER

    assert mortal.draw(shot(NOTHING, balls=(Ball(MIDDLE, 5, (1.0, 1.0, 1.0)),))).any()
    mortal.close()
    assert mortal.process_id == 0
    with pytest.raises(Cancelled):
        mortal.draw(shot(NOTHING))


def test_what_nobody_waits_for_any_more_is_given_up_and_the_next_picture_is_whole(renderer: Renderer) -> None:
    grid = geometry(200, rows=200, columns=200, step=1.0, spacing=(1.0, 1.0))
    values = np.random.default_rng(3).integers(0, 100, grid.shape).astype(np.int16)  # dim fog: long rays
    renderer.take_volume(lessen(Volume(values=values, geometry=grid, unit="HU")))
    at = tuple(map(float, grid.to_patient((100, 100, 100))))
    fog = Look(stops=(Stop(0, 0.0, (1, 1, 1)), Stop(100, 0.001, (1, 1, 1))))
    large = Shot(camera=Camera(at=at, height_mm=200), look=fog, width=1500, height=1500)
    made: list[object] = []
    drawing = threading.Thread(target=lambda: made.append(renderer.draw(large)))
    drawing.start()
    while drawing.is_alive():
        renderer.give_up()
        drawing.join(0.02)

    assert made == [None]
    whole = renderer.draw(Shot(camera=Camera(at=at, height_mm=200), look=fog, width=60, height=60))
    assert whole is not None
    assert whole.max(axis=-1).min() > 0


@pytest.mark.parametrize("way", ["axial, prone and feet first", "coronal"])
@pytest.mark.parametrize("brightest", [True, False])
def test_outside_the_box_nothing_of_the_volume_is_drawn(renderer: Renderer, way: str, brightest: bool) -> None:
    """The ball at the left is cut off with the left third, the one at the head stays."""
    volume = phantom(way)
    assert volume.geometry is not None
    renderer.take_volume(lessen(volume))
    axes = (volume.geometry.row_cosine, volume.geometry.column_cosine, volume.geometry.normal)
    middle_mm = tuple(float(np.dot(MIDDLE, axis)) for axis in axes)
    whole = Box(axes=axes, low=tuple(m - 60 for m in middle_mm), high=tuple(m + 60 for m in middle_mm))
    look = replace(BRIGHT, brightest=brightest)

    box = whole.moved(whole.facing((1.0, 0.0, 0.0)), -50.0, whole)
    bare, all_of_it = (renderer.draw(shot(look, box=one)).max(axis=-1) > 90 for one in (box, whole))
    without = renderer.draw(shot(look)).max(axis=-1) > 90

    right = np.mgrid[:PX, :PX][1] * 100 / PX - 50  # mm right of the middle: left of the patient
    assert np.array_equal(all_of_it, without)
    assert without[right > 18].any()
    assert not bare[right > 18].any()
    assert (bare != without)[right < 2].mean() < 0.005  # rays begin elsewhere, by parts of a step


def test_softening_keeps_even_values_and_mixes_near_neighbours_alone() -> None:
    values = np.full((5, 6, 7), 40, np.int16)
    values[2, 3, 3] = 140

    made = soften(values, (1.0, 1.0, 5.0))

    assert made.shape == (7, 8, 9)
    assert (made[0] == 40).all()  # the lowest value there is
    inner = made[1:-1, 1:-1, 1:-1].astype(int)
    assert inner[0, 0, 0] == 40
    assert inner.sum() - 40 * inner.size == pytest.approx(100, abs=10)
    assert inner[2, 3, 2] == inner[2, 2, 3] > inner[1, 3, 3] > 40
