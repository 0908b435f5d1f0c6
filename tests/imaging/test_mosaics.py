"""Images of many slices side by side lie nowhere; what only keeps their name does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.imaging.made import write_slice
from workstation.imaging.series.scan import scan


@pytest.mark.parametrize("mark", ["MOSAIC", "VFRAME"])
def test_a_mosaic_of_slices_lies_nowhere(tmp_path: Path, mark: str) -> None:
    for number in range(6):
        z = 10.0 * (number % 2)
        write_slice(
            tmp_path / str(number),
            z=z,
            InstanceNumber=number + 1,
            Modality="MR",
            ImageType=["ORIGINAL", "PRIMARY", "M", mark],
        )

    (stack,) = scan([tmp_path]).stacks

    assert stack.geometry is None
    assert [(i.position, i.instance_number) for i in stack.instances] == [(None, number) for number in range(1, 7)]
    assert stack.instances[0].spacing is not None
    assert ["side by side" in str(fact.sentence) for fact in stack.facts] == [True]


def test_slices_taken_out_of_a_mosaic_keep_their_places(tmp_path: Path) -> None:
    for number in range(12):
        write_slice(
            tmp_path / str(number), z=3.005 * (number % 6) + 0.02 * (number // 6), InstanceNumber=number + 1,
            Modality="MR",
            TemporalPositionIdentifier=number // 6 + 1, ImageType=["ORIGINAL", "PRIMARY", "M", "MOSAIC"],
        )  # fmt: skip

    stacks = scan([tmp_path]).stacks

    assert [(stack.slices, stack.geometry is not None) for stack in stacks] == [(6, True)] * 2


@pytest.mark.parametrize("places", [[0.1 * k for k in range(8)], [0, 1.1, 3.9, 4.6, 7.7], [0, 50, 100], [0, 3, 0, 3]])
def test_mosaics_that_follow_a_head_or_the_table_lie_nowhere(tmp_path: Path, places: list[float]) -> None:
    for number, z in enumerate(places):
        write_slice(
            tmp_path / str(number), z=z, InstanceNumber=number + 1, Modality="MR",
            ImageType=["ORIGINAL", "PRIMARY", "M", "MOSAIC"],
        )  # fmt: skip

    (stack,) = scan([tmp_path]).stacks

    assert (stack.slices, stack.geometry) == (len(places), None)


def test_mosaics_beside_other_images_of_one_template_lose_their_place_all(tmp_path: Path) -> None:
    for number in range(6):
        mosaic = ["MOSAIC"] if number % 2 else []
        write_slice(
            tmp_path / str(number), InstanceNumber=number + 1, Modality="MR", SeriesInstanceUID=f"1.2.{number % 2}",
            ImageType=["ORIGINAL", "PRIMARY", "M", "ND", *mosaic],
        )  # fmt: skip

    stacks = scan([tmp_path]).stacks

    assert sorted((stack.instances[0].position is None, stack.slices) for stack in stacks)[-1] == (True, 3)


@pytest.mark.parametrize(
    ("elements", "facts"),
    [
        (lambda k: {"ImageType": ["ORIGINAL", "PRIMARY", "MP"[k % 2 :][:1], "ND", "MOSAIC"]}, ["M", "P"]),
        (lambda k: {"EchoNumbers": k % 2 + 1, "EchoTime": 10 + k % 2}, ["echo 1/2", "echo 2/2"]),
        (lambda k: {"DiffusionBValue": 1000.0 * (k % 2)}, ["b = 0", "b = 1000"]),
    ],
)
def test_mosaics_of_one_kind_are_a_stack(
    tmp_path: Path, elements: Callable[[int], dict[str, Any]], facts: list[str]
) -> None:
    for number in range(6):
        kind = {"ImageType": ["ORIGINAL", "PRIMARY", "M", "MOSAIC"]} | elements(number)
        write_slice(tmp_path / str(number), InstanceNumber=number + 1, Modality="MR", **kind)

    stacks = scan([tmp_path]).stacks

    assert [[instance.instance_number for instance in stack.instances] for stack in stacks] == [[1, 3, 5], [2, 4, 6]]
    assert [str(stack.facts[1].brief) for stack in stacks] == facts


def test_mosaics_of_many_b_values_stay_together(tmp_path: Path) -> None:
    for number in range(12):
        write_slice(
            tmp_path / str(number), InstanceNumber=number + 1, Modality="MR", DiffusionBValue=990.0 + 5 * number,
            ImageType=["ORIGINAL", "PRIMARY", "M", "MOSAIC"],
        )  # fmt: skip

    assert [stack.slices for stack in scan([tmp_path]).stacks] == [12]
