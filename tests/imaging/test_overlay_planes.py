"""Overlay planes of the images themselves, groups 60xx."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pydicom
import pytest

from tests.imaging.made import write_slice
from workstation.domain.mask_cut import labels_on
from workstation.domain.overlaid import OVERLAY_PLANES, Overlaid
from workstation.domain.projection import slice_plane
from workstation.domain.series import Stack
from workstation.domain.shapes import Mask
from workstation.imaging.objects.read import read_objects
from workstation.imaging.series.scan import scan

Bits = npt.NDArray[np.bool_]
NOISE = np.random.default_rng(2).random((11, 13)) < 0.5  # of no multiple of 8


def add_plane(path: Path, bits: Bits, origin: tuple[int, int] = (1, 1), group: int = 0x6000, **more: Any) -> None:
    """origin: row and column from 1; `bits` of several frames [frame, row, column]"""
    ds = pydicom.dcmread(path)
    ds.add_new((group, 0x0010), "US", bits.shape[-2])
    ds.add_new((group, 0x0011), "US", bits.shape[-1])
    if bits.ndim == 3:
        ds.add_new((group, 0x0015), "IS", bits.shape[0])
        ds.add_new((group, 0x0051), "US", more.get("first", 1))
    ds.add_new((group, 0x0022), "LO", more.get("name", "Marks"))
    ds.add_new((group, 0x0040), "CS", "G")
    ds.add_new((group, 0x0050), "SS", list(origin))
    ds.add_new((group, 0x0100), "US", more.get("allocated", 1))
    ds.add_new((group, 0x0102), "US", more.get("position", 0))
    if not more.get("embedded"):
        packed = np.packbits(bits.ravel(), bitorder="little").tobytes()
        ds.add_new((group, 0x3000), "OW", packed + b"\0" * (len(packed) % 2))
    ds.save_as(path)


def read(folder: Path) -> tuple[Stack, tuple[Overlaid, ...]]:
    (stack,) = scan([folder]).stacks
    return stack, read_objects(stack, ())


def painted(stack: Stack, overlaid: Overlaid, k: int, number: int = 1) -> Bits:
    assert stack.geometry is not None
    masks = {mask.name: mask for mask in overlaid.masks}
    found = np.zeros((stack.rows, stack.columns), dtype=np.bool_)
    for shape in overlaid.findings[number - 1].shapes:
        assert isinstance(shape, Mask)
        found |= labels_on(masks[shape.volume], slice_plane(stack.geometry, k)) == shape.label
    return found


@pytest.fixture
def slices(tmp_path: Path) -> list[Path]:
    return [write_slice(tmp_path / f"{k}.dcm", 2.0 * k, np.zeros((20, 30), dtype=np.uint16)) for k in range(3)]


def test_a_plane_lies_on_its_own_slice_bit_for_bit(slices: list[Path]) -> None:
    add_plane(slices[1], NOISE, (4, 6))

    stack, (overlaid,) = read(slices[0].parent)

    expected = np.zeros((20, 30), dtype=np.bool_)
    expected[3:14, 5:18] = NOISE
    assert overlaid.kind == OVERLAY_PLANES
    assert np.array_equal(painted(stack, overlaid, 1), expected)
    assert not painted(stack, overlaid, 0).any()
    assert not painted(stack, overlaid, 2).any()


def test_what_lies_beyond_the_edges_of_the_image_is_cut_off(slices: list[Path]) -> None:
    add_plane(slices[0], NOISE, (-3, 25))

    stack, (overlaid,) = read(slices[0].parent)

    expected = np.zeros((20, 30), dtype=np.bool_)
    expected[:7, 24:30] = NOISE[4:, :6]
    assert np.array_equal(painted(stack, overlaid, 0), expected)


def test_all_sixteen_groups_are_read_and_may_overlap(slices: list[Path]) -> None:
    for number in range(16):
        add_plane(slices[2], np.roll(NOISE, number), group=0x6000 + 2 * number, name=f"Plane {number}")

    stack, (overlaid,) = read(slices[0].parent)

    assert [str(finding.label) for finding in overlaid.findings] == [f"Plane {number}" for number in range(16)]
    for number in range(16):
        assert np.array_equal(painted(stack, overlaid, 2, number + 1)[:11, :13], np.roll(NOISE, number))


def test_a_plane_in_unused_bits_of_the_pixels_is_read(tmp_path: Path) -> None:
    bits = np.random.default_rng(4).random((20, 30)) < 0.3
    stored = (np.full((20, 30), 1024) | bits.astype(np.int64) << 12).astype(np.uint16)
    path = write_slice(tmp_path / "a.dcm", 0.0, stored, BitsStored=12, HighBit=11)
    add_plane(path, bits, allocated=16, position=12, embedded=True)

    stack, (overlaid,) = read(tmp_path)

    assert np.array_equal(painted(stack, overlaid, 0), bits)


def test_frames_of_a_plane_go_to_their_frames_of_the_image(tmp_path: Path) -> None:
    path = write_slice(
        tmp_path / "film.dcm",
        0.0,
        np.zeros((20, 30), dtype=np.uint16),
        SOPClassUID="1.2.840.10008.5.1.4.1.1.7.3",
        ImagePositionPatient=None,
        ImageOrientationPatient=None,
        NumberOfFrames=4,
        PixelData=bytes(2 * 20 * 30 * 4),
    )
    add_plane(path, np.stack([NOISE, ~NOISE]), first=2)

    stack = max(scan([tmp_path]).stacks, key=lambda one: one.slices)
    (overlaid,) = read_objects(stack, ())

    assert overlaid.in_pixels
    mask = overlaid.masks[0]
    frames = {round(float(p[2])): mask.values[k] for k, p in enumerate(mask.geometry.positions)}
    assert np.array_equal(frames[1][:11, :13] > 0, NOISE)
    assert np.array_equal(frames[2][:11, :13] > 0, ~NOISE)
    assert not frames.get(0, np.zeros(1)).any()
    assert not frames.get(3, np.zeros(1)).any()


def test_images_without_planes_have_no_object(slices: list[Path]) -> None:
    _, found = read(slices[0].parent)

    assert found == ()


def test_a_plane_with_too_little_data_is_left_out(slices: list[Path]) -> None:
    add_plane(slices[0], NOISE)
    ds = pydicom.dcmread(slices[0])
    ds[0x6000, 0x3000].value = b"\xff\xff"
    ds.save_as(slices[0])

    _, found = read(slices[0].parent)

    assert not any(one.paints for one in found)
