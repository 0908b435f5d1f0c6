"""Which weighting an image has, where its b value is missing or nearly another's."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tests.imaging.made import write_slice
from workstation.domain.series import FactCode
from workstation.domain.words import Language, render
from workstation.imaging.series.scan import scan


def _volume(folder: Path, time: int | None, slices: int = 6, **elements: Any) -> None:
    for k in range(slices):
        number = len(list(folder.iterdir())) + 1
        moment = {"TemporalPositionIdentifier": time} if time is not None else {}
        write_slice(folder / f"{number:03}", z=4.0 * k, InstanceNumber=number, Modality="MR", **moment, **elements)


def _found(folder: Path) -> list[tuple[int, str]]:
    stacks = scan([folder]).stacks
    assert not any(stack.fact(FactCode.GAP) for stack in stacks)
    return [(stack.slices, " ".join(str(f.brief) for f in stack.facts if str(f.brief))) for stack in stacks]


def test_an_image_without_b_value_stays_in_its_volume(tmp_path: Path) -> None:
    _volume(tmp_path, 1, DiffusionBValue=0.0)
    _volume(tmp_path, 2, 3, DiffusionBValue=1000.0)
    write_slice(tmp_path / "lost", z=12.0, InstanceNumber=10, Modality="MR", TemporalPositionIdentifier=2)
    for k in (4, 5):
        write_slice(
            tmp_path / f"{7 + k}", z=4.0 * k, InstanceNumber=7 + k, Modality="MR", TemporalPositionIdentifier=2,
            DiffusionBValue=1000.0,
        )  # fmt: skip

    assert _found(tmp_path) == [(6, "b = 0"), (6, "b = 1000")]


def test_a_copy_of_a_file_leaves_lost_b_values_in_their_volume(tmp_path: Path) -> None:
    for time, b in ((1, 0.0), (2, 1000.0)):
        for k in range(8):
            weighting = {"DiffusionBValue": b} if (time, k) not in ((1, 2), (1, 6)) else {}
            write_slice(
                tmp_path / f"{time}-{k}", z=4.0 * k, Modality="MR", TemporalPositionIdentifier=time, **weighting
            )
    shutil.copy(tmp_path / "1-4", tmp_path / "copy")

    assert _found(tmp_path) == [(8, "b = 0"), (8, "b = 1000")]


def test_no_b_value_beside_zeros_is_no_weighting(tmp_path: Path) -> None:
    for time in range(4):
        _volume(tmp_path, time + 1, **({"DiffusionBValue": 0.0} if time % 2 else {}))

    assert _found(tmp_path) == [(6, f"phase {number}/4") for number in range(1, 5)]


def test_volumes_that_do_not_tell_their_b_value_say_so(tmp_path: Path) -> None:
    _volume(tmp_path, None)
    _volume(tmp_path, None, DiffusionBValue=1000.0)

    assert _found(tmp_path) == [(6, "b = 1000"), (6, "b = ?")]


def test_b_values_that_are_nearly_the_same_are_told_apart(tmp_path: Path) -> None:
    _volume(tmp_path, 1, DiffusionBValue=0.0)
    _volume(tmp_path, 2, DiffusionBValue=0.4)

    assert _found(tmp_path) == [(6, "b = 0"), (6, "b = 0.4")]


def test_kernels_are_called_by_their_names_in_every_language(tmp_path: Path) -> None:
    for kernel in ("Bone", ["Br40d", "3"], "B30f medium smooth"):
        _volume(tmp_path, None, ConvolutionKernel=kernel)

    stacks = scan([tmp_path]).stacks
    briefs = [fact.brief for stack in stacks for fact in stack.facts if str(fact.brief)]

    assert [str(brief) for brief in briefs] == ["kernel 1/3", "Bone", "Br40d, 3"]
    assert [render(brief, Language.CHINESE) for brief in briefs] == ["重建核 1/3", "Bone", "Br40d, 3"]


def test_images_that_share_a_place_and_a_time_are_different_weightings(tmp_path: Path) -> None:
    """The point in time is written, but means nothing: each weighting lacks a slice of its own."""
    for k in range(8):
        for b, lost in ((None, 2), (1000.0, 5)):
            if k != lost:
                weighting = {"DiffusionBValue": b} if b is not None else {}
                write_slice(tmp_path / f"{b}-{k}", z=4.0 * k, Modality="MR", TemporalPositionIdentifier=1, **weighting)

    stacks = scan([tmp_path]).stacks

    assert [stack.slices for stack in stacks] == [7, 7]
    assert all(stack.fact(FactCode.GAP) for stack in stacks)


def test_zeros_beside_images_of_the_same_places_are_another_weighting(tmp_path: Path) -> None:
    _volume(tmp_path, 1, DiffusionBValue=0.0)
    _volume(tmp_path, 1)

    assert _found(tmp_path) == [(6, "b = 0"), (6, "b = ?")]
