"""Pictures of two series before and after one was brought onto the other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from tests.report.readings import reading
from workstation.domain.answer import Placement, PlacementState
from workstation.domain.decision import Reading
from workstation.domain.geometry import Geometry
from workstation.domain.series import VoiWindow
from workstation.domain.volume import ResultVolume, Volume
from workstation.domain.words import Language, render, say
from workstation.report.before_after import write_before_after

GRID = Geometry(
    positions=np.array([[0.0, 0.0, k] for k in range(3)]),
    row_cosine=(1, 0, 0),
    column_cosine=(0, 1, 0),
    spacing=(1.0, 2.0),
    rows=40,
    columns=40,
)


def volume(value: int, geometry: Geometry = GRID) -> Volume:
    return Volume(values=np.full(geometry.shape, value, np.int16), geometry=geometry, unit="HU")


def pair(*, state: PlacementState = PlacementState.PROVEN, moving: Volume | None = None) -> Reading:
    """Another series that lay at 300 HU everywhere and comes back as 100 HU, over one of 0 HU."""
    made = reading()
    assert made.stack is not None
    to_patient = np.diag([2.0, 1.0, 1.0, 1.0])
    moved = ResultVolume(name="m.nii.gz", values=volume(100).values, to_patient=to_patient)
    placed = Placement(state, say("Placement proven: the moved series lies on the grid of the series sent."))
    result = replace(made.result, findings=(), volumes=(moved,), moving_id="9.9#0", placement=placed)
    stack = replace(made.stack, geometry=GRID)
    return replace(
        made, stack=stack, result=result, volume=volume(0), moving=moving, window=VoiWindow(center=0, width=1000)
    )


def gray(folder: Path, name: str) -> npt.NDArray[np.uint8]:
    return np.asarray(Image.open(folder / name))


def test_before_and_after_stand_under_one_another_in_the_window_of_the_reading(tmp_path: Path) -> None:
    made = write_before_after(replace(pair(moving=volume(300)), moving_date="20250301"), tmp_path)

    assert made is not None
    assert [render(row.head, Language.ENGLISH) for row in made.rows] == ["Before", "After"]
    assert render(made.rows[0].captions[0], Language.ENGLISH) == "the series of 2025-03-01"
    assert made.aspect == 2.0
    assert {int(g) for g in np.unique(gray(tmp_path, "before-other.png"))} == {204}  # (300.5 / 999 + 0.5) * 255
    assert {int(g) for g in np.unique(gray(tmp_path, "after-other.png"))} == {153}
    assert {int(g) for g in np.unique(gray(tmp_path, "after-chequer.png"))} == {128, 153}
    assert {int(g) for g in np.unique(gray(tmp_path, "before-difference.png"))} == {
        204
    }  # brighter: the other is denser


def test_before_is_where_the_other_series_lay_in_the_patient(tmp_path: Path) -> None:
    """Twenty rows further down than the one looked at: its own air above, then its body."""
    lower = replace(GRID, positions=GRID.positions + np.array((0.0, 20.0, 0.0)))
    values = np.full(lower.shape, 300, np.int16)
    values[:, 0, 0] = -500
    write_before_after(pair(moving=replace(volume(0, lower), values=values)), tmp_path)
    picture = gray(tmp_path, "before-other.png")

    assert (picture[:20] == 0).all()
    assert (picture[21:, 1:] == 204).all()


def test_without_the_other_series_only_after_is_shown(tmp_path: Path) -> None:
    made = write_before_after(pair(), tmp_path)

    assert made is not None
    assert [render(row.head, Language.ENGLISH) for row in made.rows] == ["After"]


def test_a_moved_series_whose_place_is_contradicted_is_not_pictured(tmp_path: Path) -> None:
    assert write_before_after(pair(state=PlacementState.CONTRADICTED), tmp_path) is None
    assert list(tmp_path.iterdir()) == []
