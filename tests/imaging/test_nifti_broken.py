"""Damaged and hostile NIfTI files: one sentence each, whatever they claim."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import nibabel
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data import shared
from tests.imaging.nifti_files import counted, write_nifti
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.imaging.nifti.header import parse
from workstation.imaging.nifti.place import place_of
from workstation.imaging.series.scan import scan

C = ErrorCode


def _left_out(path: Path) -> list[ErrorCode]:
    result = scan([path])
    assert not result.stacks
    return [left.code for left in result.left_out]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("broken/bad-magic.nii", C.NOT_NIFTI),
        ("broken/header-only.nii", C.TRUNCATED),
        ("broken/truncated.nii.gz", C.TRUNCATED),
        ("nibabel/analyze.hdr", C.PARTNER_MISSING),
        ("nibabel/nifti1.hdr", C.PARTNER_MISSING),
        ("nibabel/nifti2.hdr", C.PARTNER_MISSING),
        ("niivue/complex_image.nii.gz", C.VALUE_TYPE),
    ],
)
def test_a_file_that_cannot_be_shown_is_left_out_with_its_reason(name: str, code: ErrorCode) -> None:
    assert _left_out(shared("data", "nifti", *name.split("/"))) == [code]


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz", "a.hdr"])
def test_an_empty_file_ends_too_early(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()

    assert _left_out(tmp_path / name) == [C.TRUNCATED]


def test_the_missing_bytes_of_a_compressed_file_are_counted(tmp_path: Path) -> None:
    data = write_nifti(tmp_path / "a.nii", counted(8, 8, 8)).read_bytes()
    (tmp_path / "b.nii.gz").write_bytes(gzip.compress(data[:-100]))

    (left,) = scan([tmp_path / "b.nii.gz"]).left_out

    assert dict(left.sentence.facts) == {"missing_bytes": 100}


def _claiming(path: Path, dim: tuple[int, ...], *, packed: bool = True, offset: float = 352.0) -> Path:
    header = bytearray(nibabel.Nifti1Header().binaryblock)
    struct.pack_into("<8h", header, 40, *dim)
    struct.pack_into("<2h", header, 70, 4, 16)
    struct.pack_into("<f", header, 108, offset)
    header[344:348] = b"n+1\0"
    data = bytes(header) + bytes(100_000)
    path.write_bytes(gzip.compress(data) if packed else data)
    return path


@pytest.mark.parametrize("packed", [False, True])
def test_more_voxels_than_the_file_can_hold_are_not_believed(tmp_path: Path, packed: bool) -> None:
    path = _claiming(tmp_path / "a.nii.gz", (3, 32767, 32767, 32767, 1, 1, 1, 1), packed=packed)

    assert _left_out(path) == [C.TRUNCATED]


@pytest.mark.parametrize(
    ("dim", "code"),
    [
        ((3, 0, 5, 5, 1, 1, 1, 1), C.NO_PIXELS),
        ((3, -5, 5, 5, 1, 1, 1, 1), C.UNREADABLE),
        ((4, 2, 1, 1, 16000, 1, 1, 1), None),
        ((5, 2, 1, 1, 500, 500, 1, 1), C.TRUNCATED),
        ((6, 1, 1, 1, 1, 1, 32767, 1), C.NO_PIXELS),
    ],
)
def test_impossible_sizes_are_said(tmp_path: Path, dim: tuple[int, ...], code: ErrorCode | None) -> None:
    result = scan([_claiming(tmp_path / "a.nii", dim, packed=False)])

    assert [left.code for left in result.left_out] == ([] if code is None else [code])


def test_a_bomb_is_never_inflated_beyond_what_its_header_claims(tmp_path: Path) -> None:
    path = tmp_path / "a.nii.gz"
    header = write_nifti(tmp_path / "b.nii", counted(4, 5, 6)).read_bytes()
    with gzip.open(path, "wb", compresslevel=9) as file:
        file.write(header)
        for _ in range(64):
            file.write(bytes(2**22))

    (stack,) = scan([path]).stacks

    assert stack.slices == 6


def test_an_axis_longer_than_any_scan_is_refused_before_it_costs_memory() -> None:
    header = nibabel.Nifti2Header()
    header["dim"] = (3, 4, 5, 2**30, 1, 1, 1, 1)

    with pytest.raises(WorkstationError) as caught:
        parse(header.binaryblock)

    assert caught.value.code is C.TOO_MANY_FRAMES


def test_too_many_pictures_are_refused(tmp_path: Path) -> None:
    image = nibabel.Nifti1Image(np.zeros((1, 1, 30000, 10), np.uint8), np.eye(4))
    nibabel.save(image, tmp_path / "a.nii")

    assert _left_out(tmp_path / "a.nii") == [C.TOO_MANY_FRAMES]


@given(st.integers(0, 2**32 - 1), st.sampled_from([348, 540]))
def test_no_header_whatever_stands_in_it_does_more_than_raise_our_error(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    kind = nibabel.Nifti1Header if size == 348 else nibabel.Nifti2Header
    head = bytearray(kind().binaryblock)
    if size == 348:
        head[344:348] = b"n+1\0"
    struct.pack_into("<8h" if size == 348 else "<8q", head, 40 if size == 348 else 16, 3, 4, 5, 6, 1, 1, 1, 1)
    for at in rng.integers(0, size, rng.integers(1, 60)):
        head[at] = rng.integers(0, 256)

    try:
        place = place_of(parse(bytes(head)))
    except WorkstationError:
        return

    assert sorted(place.axes) == [0, 1, 2]
    assert place.positions is None or np.isfinite(place.positions).all()
