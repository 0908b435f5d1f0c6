"""Compressed NIfTI files inflated at one go where they stay, as they are read piece by piece."""

from __future__ import annotations

import gzip
import itertools
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import numpy.typing as npt
import pytest

from tests.imaging.nifti_files import TO_LEFT_BACK_HEAD, counted, only_stack, write_nifti
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Stack
from workstation.domain.work import CancelToken
from workstation.imaging import worker
from workstation.imaging.nifti import gzipped, read
from workstation.imaging.nifti.read import HEADER_ROOM, fill, fill_at_once
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.pixels.rescale import DoesNotFitError
from workstation.imaging.series.scan import scan

FLIPS = list(itertools.product((1, -1), repeat=3))


def at_once(stack: Stack, kind: type[np.generic] = np.int16, room: int = HEADER_ROOM) -> npt.NDArray[Any] | None:
    """The volume, or None where the file can't be read so."""
    shape = (stack.slices, stack.rows, stack.columns)
    memory = np.full(room + int(np.prod(shape)) * np.dtype(kind).itemsize, 99, np.uint8)
    values = memory[room:].view(kind).reshape(shape)
    return values if fill_at_once(stack.instances, values, memory) else None


def by_pieces(stack: Stack, kind: type[np.generic]) -> npt.NDArray[Any]:
    values = np.zeros((stack.slices, stack.rows, stack.columns), kind)
    fill(stack.instances, list(values))
    return values


@pytest.mark.parametrize("flips", FLIPS)
@pytest.mark.parametrize("slices", [5, 6])
@pytest.mark.parametrize(
    ("stored", "kind"),
    [*((one, np.int16) for one in ("<i2", ">i2", "<u2")), *((one, np.float32) for one in ("<f4", ">f4", "<i4"))],
)
def test_every_direction_is_put_in_order(
    tmp_path: Path, flips: tuple[int, int, int], slices: int, stored: str, kind: type[np.generic]
) -> None:
    values = counted(3, 4, slices).astype(stored)
    affine = TO_LEFT_BACK_HEAD @ np.diag([*flips, 1.0])
    stack = only_stack(write_nifti(tmp_path / "a.nii.gz", values, affine))

    found = at_once(stack, kind)

    assert found is not None
    assert np.array_equal(found, by_pieces(stack, kind))
    assert np.array_equal(found, values[:: flips[0], :: flips[1], :: flips[2]].transpose(2, 1, 0))
    assert np.array_equal(load_volume(stack).values, found)


@pytest.mark.parametrize(("slope", "inter", "kind"), [(1, -1024, np.int16), (2, 5, np.int16)])
def test_values_are_scaled(tmp_path: Path, slope: float, inter: float, kind: type[np.generic]) -> None:
    image = nibabel.Nifti1Image(counted(4, 5, 6), TO_LEFT_BACK_HEAD)
    image.header.set_slope_inter(slope, inter)
    nibabel.save(image, tmp_path / "a.nii.gz")
    stack = only_stack(tmp_path / "a.nii.gz")

    found = at_once(stack, kind)

    assert found is not None
    assert np.array_equal(found, by_pieces(stack, kind))


def test_what_is_no_number_is_0(tmp_path: Path) -> None:
    values = counted(4, 5, 6).astype(np.float32)
    values[0, 0] = (np.nan, np.inf, -np.inf, 7, 7, 7)
    found = at_once(only_stack(write_nifti(tmp_path / "a.nii.gz", values)), np.float32)

    assert found is not None
    assert found[:, 0, 0].tolist() == [0, 0, 0, 7, 7, 7]


def test_values_beyond_int16_are_told(tmp_path: Path) -> None:
    stack = only_stack(write_nifti(tmp_path / "a.nii.gz", counted(4, 5, 6).astype(np.uint16) + 65000))

    with pytest.raises(DoesNotFitError):
        at_once(stack)


def refused(tmp_path: Path, data: bytes) -> npt.NDArray[Any] | None:
    """A readable file is scanned, then its content is exchanged for other of the same length."""
    path = write_nifti(tmp_path / "a.nii.gz", counted(4, 5, 6))
    stack = only_stack(path)
    path.write_bytes(data[: path.stat().st_size].ljust(path.stat().st_size, b"\0"))
    return at_once(stack)


def test_a_damaged_sum_is_left_to_the_way_that_tells_of_it(tmp_path: Path) -> None:
    data = bytearray(write_nifti(tmp_path / "a.nii.gz", counted(4, 5, 6)).read_bytes())
    assert refused(tmp_path, data) is not None
    data[-6] ^= 1

    assert refused(tmp_path, data) is None


def test_several_parts_and_what_follows_are_left_to_the_other_way(tmp_path: Path) -> None:
    plain = write_nifti(tmp_path / "a.nii", counted(4, 5, 6)).read_bytes()
    path = tmp_path / "b.nii.gz"
    for data in (
        gzip.compress(plain[:500]) + gzip.compress(plain[500:]),
        gzip.compress(plain) + gzip.compress(b""),
        gzip.compress(plain) + b"more",
        gzip.compress(plain + b"more"),
    ):
        path.write_bytes(data)
        stack = only_stack(path)

        assert at_once(stack) is None
        assert np.array_equal(load_volume(stack).values, counted(4, 5, 6).transpose(2, 1, 0))


@pytest.mark.parametrize("kind", ["i1", "i4", "f8"])
def test_other_widths_are_left_to_the_other_way(tmp_path: Path, kind: str) -> None:
    assert at_once(only_stack(write_nifti(tmp_path / "a.nii.gz", counted(4, 5, 6).astype(kind)))) is None


def test_slices_of_another_axis_are_left_to_the_other_way(tmp_path: Path) -> None:
    turned = TO_LEFT_BACK_HEAD[[2, 0, 1, 3]]

    assert at_once(only_stack(write_nifti(tmp_path / "a.nii.gz", counted(4, 4, 4), turned))) is None


def test_one_of_several_volumes_is_left_to_the_other_way(tmp_path: Path) -> None:
    for stack in scan([write_nifti(tmp_path / "a.nii.gz", counted(4, 5, 6, 2))]).stacks:
        assert at_once(stack) is None


def test_some_of_the_slices_are_left_to_the_other_way(tmp_path: Path) -> None:
    stack = only_stack(write_nifti(tmp_path / "a.nii.gz", counted(4, 5, 6)))

    assert at_once(replace(stack, instances=stack.instances[1:])) is None
    assert at_once(replace(stack, instances=stack.instances[::-1])) is None


def test_a_header_longer_than_the_room_is_left_to_the_other_way(tmp_path: Path) -> None:
    image = nibabel.Nifti1Image(counted(4, 5, 6), TO_LEFT_BACK_HEAD)
    image.header.extensions.append(nibabel.nifti1.Nifti1Extension("comment", b"x" * 5000))
    nibabel.save(image, tmp_path / "a.nii.gz")
    stack = only_stack(tmp_path / "a.nii.gz")

    assert at_once(stack) is None
    assert at_once(stack, room=6000) is not None
    assert np.array_equal(load_volume(stack).values, counted(4, 5, 6).transpose(2, 1, 0))


def test_too_large_files_are_read_piece_by_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stack = only_stack(write_nifti(tmp_path / "a.nii.gz", counted(4, 5, 6)))
    assert at_once(stack) is not None
    with monkeypatch.context() as patched:
        patched.setattr(read, "_MOST_AT_ONCE", 500)
        assert at_once(stack) is None
    monkeypatch.setattr(gzipped, "_MOST_PACKED", 100)
    assert at_once(stack) is None


def test_a_file_of_another_size_is_not_read(tmp_path: Path) -> None:
    path = write_nifti(tmp_path / "a.nii.gz", counted(4, 5, 6))
    stack = only_stack(path)
    path.write_bytes(path.read_bytes() + b"x")

    with pytest.raises(WorkstationError) as caught:
        at_once(stack)

    assert caught.value.code is ErrorCode.FILE_CHANGED
    assert caught.value.facts["part"] == 0


_IN_LITTLE_ROOM = """
import sys
import numpy as np
from workstation.imaging.nifti.gzipped import inflate_at_once
from workstation.imaging.worker import limits
size, room, out = int(sys.argv[2]), int(sys.argv[3]), np.zeros(2**25, np.uint8)
limits.allow(room, limits.held_bytes())
print(inflate_at_once(sys.argv[1], size, out))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory")
@pytest.mark.parametrize(("spare", "told"), [(-(2**23), {"False"}), (2**19, {"False", "True"}), (2**27, {"True"})])
def test_without_memory_for_the_packed_file_it_is_left_to_the_other_way(
    tmp_path: Path, spare: int, told: set[str]
) -> None:
    """With hardly any to spare it depends on the system, but nothing breaks."""
    data = gzip.compress(np.random.default_rng(1).bytes(2**25), 1)
    path = tmp_path / "a.gz"
    path.write_bytes(data)
    arguments = [str(path), str(len(data)), str(len(data) + spare)]

    ended = subprocess.run([sys.executable, "-c", _IN_LITTLE_ROOM, *arguments], capture_output=True, text=True)

    assert ended.stdout.strip() in told
    assert ended.stderr == ""


def test_a_member_of_an_archive_is_asked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is expanded from its start each time."""
    values = np.zeros((256, 256, 80), np.int16)
    values[5, 6] = range(80)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.nii.gz", write_nifti(tmp_path / "a.nii.gz", values).read_bytes())
    stack = only_stack(tmp_path / "a.zip")
    asked: list[int] = []
    run = worker.run

    def counted_run(tasks: list[worker.Task], cancel: CancelToken | None = None) -> Iterator[tuple[int, Any]]:
        asked.append(len(tasks))
        return run(tasks, cancel)

    monkeypatch.setattr(worker, "run", counted_run)

    assert np.array_equal(load_volume(stack).values, values.transpose(2, 1, 0))
    assert asked == [1]
