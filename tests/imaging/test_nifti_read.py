"""Values of NIfTI files: types, scaling, colour, single slices."""

from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path

import nibabel
import numpy as np
import pytest

from tests.data import shared
from tests.imaging.nifti_files import TO_LEFT_BACK_HEAD, counted, only_stack, write_nifti
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Instance
from workstation.imaging.nifti import read
from workstation.imaging.nifti.read import fill, fill_step_by_step
from workstation.imaging.pixels.load import load_slice, load_volume
from workstation.imaging.series.scan import scan


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"])
@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_every_type_is_read_in_both_byte_orders(tmp_path: Path, order: str, kind: str, ending: str) -> None:
    low = 0 if kind[0] == "u" else -60
    values = (counted(4, 5, 6) + low).astype(order + kind)

    loaded = load_volume(only_stack(write_nifti(tmp_path / f"a{ending}", values)))

    assert loaded.values.dtype == (np.int16 if kind in ("i1", "u1", "i2", "u2") else np.float32)
    assert np.array_equal(loaded.values, values.transpose(2, 1, 0))


@pytest.mark.parametrize(
    ("slope", "inter", "kind", "as_loaded"),
    [
        (1, -1024, "u2", np.int16),
        (2, 0, "i2", np.int16),
        (0.5, 3, "i2", np.float32),
        (0, 7, "i2", np.int16),  # slope 0: none
        (np.nan, 7, "i2", np.int16),
        (1, 0.25, "u1", np.float32),
    ],
)
def test_values_are_scaled_as_nibabel_does(
    tmp_path: Path, slope: float, inter: float, kind: str, as_loaded: type[np.generic]
) -> None:
    image = nibabel.Nifti1Image(counted(4, 5, 6).astype(kind), TO_LEFT_BACK_HEAD)
    image.header["scl_slope"], image.header["scl_inter"], image.header["vox_offset"] = slope, inter, 352
    data = image.header.binaryblock + bytes(4) + counted(4, 5, 6).astype(kind).tobytes("F")
    (tmp_path / "a.nii").write_bytes(data)

    loaded = load_volume(only_stack(tmp_path / "a.nii"))

    assert loaded.values.dtype == as_loaded
    expected = np.asanyarray(nibabel.load(tmp_path / "a.nii").dataobj).transpose(2, 1, 0)
    assert np.allclose(loaded.values, expected)


def test_values_beyond_int16_make_the_volume_float32(tmp_path: Path) -> None:
    values = counted(4, 5, 6).astype(np.uint16) + 65000

    loaded = load_volume(only_stack(write_nifti(tmp_path / "a.nii.gz", values)))

    assert loaded.values.dtype == np.float32
    assert np.array_equal(loaded.values, values.transpose(2, 1, 0))


def test_what_is_no_number_is_read_as_0(tmp_path: Path) -> None:
    values = counted(4, 5, 6).astype(np.float32)
    values[0, 0] = (np.nan, np.inf, -np.inf, 7, 7, 7)

    loaded = load_volume(only_stack(write_nifti(tmp_path / "a.nii", values)))

    assert loaded.values[:, 0, 0].tolist() == [0, 0, 0, 7, 7, 7]


LARGEST = float(np.finfo(np.float32).max)


@pytest.mark.parametrize("turned", [TO_LEFT_BACK_HEAD, TO_LEFT_BACK_HEAD[[2, 0, 1, 3]]])
def test_what_is_too_large_for_float32_is_its_largest(tmp_path: Path, turned: np.ndarray) -> None:
    values = counted(2, 2, 6).astype(np.float64)
    values[0, 0] = (1e300, -1e300, np.nan, np.inf, -np.inf, 7)
    expected = counted(2, 2, 6).astype(np.float32)
    expected[0, 0] = (LARGEST, -LARGEST, 0, 0, 0, 7)

    loaded = load_volume(only_stack(write_nifti(tmp_path / "a.nii", values, turned))).values
    plain = load_volume(only_stack(write_nifti(tmp_path / "b.nii", expected, turned))).values

    assert np.array_equal(loaded, plain)
    assert sorted({*loaded.ravel().tolist()} - {*range(24)}) == [-LARGEST, LARGEST]


@pytest.mark.parametrize("kind", ["i4", "f4", "f8"])
def test_what_scaling_makes_too_large_for_float32_is_its_largest(tmp_path: Path, kind: str) -> None:
    image = nibabel.Nifti1Image(counted(1, 1, 6).astype(kind) - 3, TO_LEFT_BACK_HEAD)
    image.header["scl_slope"], image.header["scl_inter"], image.header["vox_offset"] = 3e38, 0, 352
    stored = np.asarray(image.dataobj)
    (tmp_path / "a.nii").write_bytes(image.header.binaryblock + bytes(4) + stored.tobytes("F"))

    loaded = load_volume(only_stack(tmp_path / "a.nii")).values.ravel()

    assert loaded.tolist() == [-LARGEST, -LARGEST, np.float32(-3e38), 0, np.float32(3e38), LARGEST]


@pytest.mark.parametrize("samples", [3, 4])
def test_colour_is_read_with_its_luma(tmp_path: Path, samples: int) -> None:
    rng = np.random.default_rng(3)
    rgb = rng.integers(0, 256, (4, 5, 6, samples), dtype=np.uint8)
    names = "RGBA"[:samples]
    write_nifti(tmp_path / "a.nii.gz", rgb.view([(name, "u1") for name in names])[..., 0])
    stack = only_stack(tmp_path / "a.nii.gz")
    gray = np.empty((6, 5, 4), dtype=np.int16)
    colour = np.empty((6, 5, 4, 3), dtype=np.uint8)

    fill(stack.instances, list(gray), list(colour))

    assert np.array_equal(colour, rgb[..., :3].transpose(2, 1, 0, 3))
    assert np.abs(gray - colour @ np.array([0.299, 0.587, 0.114])).max() <= 0.51


@pytest.mark.parametrize("code", ["ASR", "IPL", "LAS"])
@pytest.mark.parametrize("index", [0, 20, 66])
def test_a_single_slice_is_that_of_the_volume(code: str, index: int) -> None:
    stack = only_stack(shared("data", "nifti", "orientations", f"{code}.nii.gz"))

    assert np.array_equal(load_slice(stack, index), load_volume(stack).values[index])


def test_a_file_compressed_in_several_parts_is_read_whole(tmp_path: Path) -> None:
    data = write_nifti(tmp_path / "a.nii", counted(4, 5, 6)).read_bytes()
    (tmp_path / "b.nii.gz").write_bytes(b"".join(gzip.compress(data[at : at + 100]) for at in range(0, len(data), 100)))

    assert np.array_equal(load_volume(only_stack(tmp_path / "b.nii.gz")).values, counted(4, 5, 6).transpose(2, 1, 0))


def test_large_planes_are_held_two_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plane = 2**19
    monkeypatch.setattr(read, "_CHUNK", plane // 2)
    monkeypatch.setattr(read, "_TURNED_CHUNK", plane // 2)
    instances = _instances(write_nifti(tmp_path / "a.nii", np.ones((512, 512, 8), np.int16)))
    into = np.zeros((8, 512, 512), np.int16)

    tracemalloc.start()
    fill(instances, list(into))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert into.all()
    assert most < 2.5 * plane


def test_a_phase_is_read_without_the_others(tmp_path: Path) -> None:
    values = counted(4, 5, 6, 3)
    write_nifti(tmp_path / "a.nii.gz", values)
    instances = _instances(tmp_path / "a.nii.gz")
    gray = np.zeros((6, 5, 4), dtype=np.int16)

    fill(instances[6:12], list(gray))

    assert np.array_equal(gray, values[..., 1].transpose(2, 1, 0))


def _instances(path: Path) -> list[Instance]:
    return [instance for stack in scan([path]).stacks for instance in stack.instances]


def test_a_file_that_changed_since_the_scan_is_not_read(tmp_path: Path) -> None:
    stack = only_stack(write_nifti(tmp_path / "a.nii", counted(4, 5, 6)))
    write_nifti(tmp_path / "a.nii", counted(6, 5, 4))

    with pytest.raises(WorkstationError) as caught:
        load_volume(stack)

    assert caught.value.code is ErrorCode.FILE_CHANGED


def test_thousands_of_tiny_volumes_are_told_of_together(tmp_path: Path) -> None:
    stored = counted(2, 2000).reshape(2, 1, 1, 2000)
    path = write_nifti(tmp_path / "a.nii", stored)
    stack = only_stack(path)
    values = np.zeros((2000, stack.rows, stack.columns), dtype=np.int16)

    assert list(fill_step_by_step(stack.instances, list(values))) == [2000]
    assert np.array_equal(np.sort(values.reshape(2000, 2), axis=1), stored[:, 0, 0].T)


@pytest.mark.parametrize("after", [b"x", b"no gzip at all" * 100, b"\0" * 600, b"\0\0and more"])
def test_what_follows_the_end_of_a_compressed_file_does_not_matter(tmp_path: Path, after: bytes) -> None:
    values = np.random.default_rng(1).integers(0, 3000, (40, 50, 60)).astype(np.int16)
    nibabel.save(nibabel.Nifti1Image(values, np.diag([-1, -1, 1, 1])), tmp_path / "a.nii.gz")  # type: ignore[no-untyped-call]
    with (tmp_path / "a.nii.gz").open("ab") as file:
        file.write(after)

    loaded = load_volume(scan([tmp_path / "a.nii.gz"]).stacks[0]).values

    assert np.array_equal(loaded, values.transpose(2, 1, 0))
