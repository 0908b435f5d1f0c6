"""The engine against a chest whose nodules are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.localcloud.lung_scene import BALLS, Ball, Tube, chest
from workstation.localcloud.engine.lungs import segment_lungs
from workstation.localcloud.engine.nodules import GROUND_GLASS, SOLID, Nodule, find_nodules
from workstation.localcloud.engine.volume import CtVolume


def matched(
    volume: CtVolume, nodules: list[Nodule], balls: tuple[Ball, ...] = BALLS
) -> list[tuple[Ball, Nodule, float]]:
    """Each ball with the nearest nodule and their distance in millimetres."""
    pairs = []
    for ball in balls:
        gaps = [float(np.linalg.norm(volume.to_lps(nodule.index) - ball.lps)) for nodule in nodules]
        nearest = int(np.argmin(gaps))
        pairs.append((ball, nodules[nearest], gaps[nearest]))
    return pairs


@pytest.fixture(scope="module")
def usual() -> tuple[CtVolume, list[Nodule]]:
    volume = chest()
    return volume, find_nodules(volume)


def test_every_ball_is_found_and_no_vessel_is(usual: tuple[CtVolume, list[Nodule]]) -> None:
    volume, nodules = usual

    assert len(nodules) == len(BALLS)
    assert max(gap for *_, gap in matched(volume, nodules)) < 1.0


def test_diameters_are_right_within_a_pixel(usual: tuple[CtVolume, list[Nodule]]) -> None:
    errors = [nodule.diameter_mm - ball.diameter_mm for ball, nodule, _ in matched(*usual)]

    assert np.abs(errors).max() < 1.0


def test_density_decides_the_category(usual: tuple[CtVolume, list[Nodule]]) -> None:
    found = {ball.hu: nodule for ball, nodule, _ in matched(*usual)}

    assert found[-600.0].category == GROUND_GLASS
    assert found[-600.0].mean_hu == pytest.approx(-600, abs=40)
    assert found[60.0].category == SOLID


def test_sides_are_the_patients() -> None:
    volume = chest(row_cosine=(-1, 0, 0))

    sides = {nodule.lung for ball, nodule, _ in matched(volume, find_nodules(volume)) if ball.at[0] > 0}

    assert sides == {"left"}


ACQUISITIONS = {
    "flipped columns": {"row_cosine": (-1, 0, 0)},
    "flipped rows": {"column_cosine": (0, -1, 0)},
    "both flipped": {"row_cosine": (-1, 0, 0), "column_cosine": (0, -1, 0)},
    "lying on the side": {"row_cosine": (0, 1, 0), "column_cosine": (-1, 0, 0)},
    "pixels not square": {"shape": (64, 96, 160), "spacing": (2.5, 2.0, 1.2)},
    "10 degrees oblique": {"oblique_deg": 10.0},
    "thick slices": {"shape": (34, 128, 128), "spacing": (5.0, 1.5, 1.5)},
}


@pytest.mark.parametrize("acquisition", ACQUISITIONS.values(), ids=ACQUISITIONS.keys())
def test_any_acquisition_shows_the_same_nodules_in_the_same_place(acquisition: dict[str, tuple[float, ...]]) -> None:
    volume = chest(**acquisition)  # type: ignore[arg-type]

    nodules = find_nodules(volume)

    assert len(nodules) == len(BALLS)
    assert max(gap for *_, gap in matched(volume, nodules)) < max(volume.spacing_mm)


def test_a_vessel_through_a_nodule_does_not_make_it_larger() -> None:
    ball = Ball((-46.0, 0.0, 0.0), 10.0, 60.0)
    volume = chest((ball,), (Tube((-70, -6, -30), (-22, 6, 30), 4.0),))

    (nodule,) = find_nodules(volume)

    assert nodule.diameter_mm == pytest.approx(10.0, abs=1.5)


def test_a_junction_of_vessels_is_no_nodule() -> None:
    arms = (
        Tube((-44, 0, 0), (-44, 4, 55), 5),
        Tube((-44, 0, 0), (-64, 14, -40), 5),
        Tube((-44, 0, 0), (-26, -14, -40), 5),
    )

    assert find_nodules(chest((), arms)) == []


def test_a_nodule_that_touches_the_wall_is_found() -> None:
    ball = Ball((-44.0 - 34.0 + 5.0, 0.0, 0.0), 10.0, 60.0)

    volume = chest((ball,), ())

    assert [gap < 2.0 for *_, gap in matched(volume, find_nodules(volume), (ball,))] == [True]


def test_the_same_pixels_give_the_same_answer() -> None:
    volume = chest()

    assert find_nodules(volume) == find_nodules(replace(volume, hu=volume.hu.copy()))


def test_a_lower_threshold_never_loses_a_nodule() -> None:
    volume = chest()

    at_60 = {nodule.index for nodule in find_nodules(volume, 0.60)}

    assert at_60 <= {nodule.index for nodule in find_nodules(volume, 0.05)}


def test_without_lungs_nothing_is_reported() -> None:
    volume = chest()

    assert find_nodules(replace(volume, hu=np.full_like(volume.hu, 40))) == []


def test_the_windpipe_belongs_to_no_lung_and_joins_none() -> None:
    volume = chest()
    hu = volume.hu.copy()
    hu[40:, 56:70, 58:70] = -990  # gas between the lungs, up to the last slice
    hu[40:44, 60:66, 40:88] = -990  # and main bronchi that open into both

    lungs = segment_lungs(replace(volume, hu=hu))

    assert sorted(lungs.present()) == [1, 2]
    assert lungs.at(np.array([[58.0, 63.0, 64.0]]))[0] == 0
