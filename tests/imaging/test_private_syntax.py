"""GE's private transfer syntax: implicit little endian, but for the pixels, as GDCM reads it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
from pydicom.uid import ImplicitVRLittleEndian

from tests.imaging.made import write_slice
from tests.imaging.nifti_files import only_stack
from tests.imaging.studies import SALT
from workstation.domain.series import FactCode
from workstation.imaging.pixels.load import load_slice, load_volume
from workstation.imaging.upload.prepare import prepare

GE_PRIVATE = b"1.2.840.113619.5.2"
STORED = np.arange(24, dtype=np.uint16).reshape(4, 6) + 1000


def _series(folder: Path) -> Path:
    folder.mkdir()
    for z in range(3):
        path = write_slice(
            folder / f"{z}",
            z=z,
            pixels=(STORED + z).astype(">u2"),
            syntax=ImplicitVRLittleEndian,
            BitsStored=12,
            HighBit=11,
        )
        data, known = path.read_bytes(), ImplicitVRLittleEndian.encode() + b"\0"
        assert data.count(known) == 1
        path.write_bytes(data.replace(known, GE_PRIVATE))
    return folder


def test_pixels_are_big_endian(tmp_path: Path) -> None:
    stack = only_stack(_series(tmp_path / "a"))

    assert load_volume(stack).values.tolist() == [(STORED.astype(int) + z - 1024).tolist() for z in range(3)]
    assert np.array_equal(load_slice(stack, 1), load_volume(stack).values[1])
    assert stack.fact(FactCode.COMPRESSED) is None


def test_copies_leave_in_a_syntax_that_others_know(tmp_path: Path) -> None:
    prepared = prepare(only_stack(_series(tmp_path / "a")), tmp_path / "b", SALT)

    for z, path in enumerate(prepared.files):
        assert np.array_equal(pydicom.dcmread(path).pixel_array, STORED + z)
