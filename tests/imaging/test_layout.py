"""Uncompressed pixels in every layout that DICOM knows, beside pydicom's reading."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pydicom
import pytest
from pydicom.pixels.utils import pixel_array
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from tests.imaging.made import write_slice
from workstation.domain.series import Instance, PixelFormat
from workstation.imaging.pixels.decode import fill
from workstation.imaging.pixels.layout import unpack
from workstation.imaging.pixels.load import load_slice
from workstation.imaging.series.scan import scan

SYNTAXES = [
    pytest.param(ImplicitVRLittleEndian, id="implicit"),
    pytest.param(ExplicitVRLittleEndian, id="explicit"),
    pytest.param(ExplicitVRBigEndian, id="big endian"),
    pytest.param(DeflatedExplicitVRLittleEndian, id="deflated"),
]
ROWS, COLUMNS, FRAMES = 5, 7, 3


def _instances(path: Path) -> list[Instance]:
    (stack,) = scan([path]).stacks
    return sorted(stack.instances, key=lambda one: one.frame)


def _decoded(path: Path) -> npt.NDArray[np.float32]:
    instances = _instances(path)
    out = np.empty((len(instances), instances[0].pixels.rows, instances[0].pixels.columns), dtype=np.float32)
    fill(instances, out)
    return out


def _written(path: Path, syntax: str, kind: str, values: npt.NDArray[Any], **elements: Any) -> Path:
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    raw = values.astype(f"{order}{kind}").tobytes()
    raw += b"\0" * (len(raw) % 2)
    if order == ">" and kind[1:] == "1":
        raw = np.frombuffer(raw, dtype="u2").byteswap().tobytes()  # bytes in words: PS3.5 8.1.1
    first = np.zeros((ROWS, COLUMNS), dtype=kind)
    return write_slice(path, pixels=first, syntax=syntax, PixelData=raw, RescaleIntercept=0, **elements)


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("kind", ["u1", "i1", "u2", "i2", "u4", "i4"])
def test_every_width_and_sign_is_read(tmp_path: Path, syntax: str, kind: str) -> None:
    limits = np.iinfo(kind)
    values = np.linspace(limits.min, limits.max, FRAMES * ROWS * COLUMNS).astype(kind).reshape(FRAMES, ROWS, COLUMNS)
    path = _written(tmp_path / "a", syntax, kind, values, NumberOfFrames=FRAMES)
    theirs = pixel_array(pydicom.dcmread(path))

    assert np.array_equal(theirs, values)
    assert np.array_equal(_decoded(path), values.astype(np.float32))


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_bits_are_packed_without_a_gap_between_frames(tmp_path: Path, syntax: str) -> None:
    bits = np.random.default_rng(3).integers(0, 2, (FRAMES, ROWS, COLUMNS), dtype=np.uint8)
    raw = np.packbits(bits.reshape(-1), bitorder="little").tobytes()
    raw += b"\0" * (len(raw) % 2)
    if syntax == ExplicitVRBigEndian:
        raw = np.frombuffer(raw, dtype="u2").byteswap().tobytes()
    path = write_slice(
        tmp_path / "a",
        pixels=np.zeros((ROWS, COLUMNS), np.uint8),
        syntax=syntax,
        PixelData=raw,
        NumberOfFrames=FRAMES,
        BitsAllocated=1,
        BitsStored=1,
        HighBit=0,
        RescaleIntercept=0,
    )

    assert np.array_equal(_decoded(path), bits)


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("bit", [0, 4])
def test_12_bits_packed_have_the_lower_ones_first(signed: bool, bit: int) -> None:
    values = np.array([[0x123, 0xABC], [0xFFF, 0x800]])
    whole = sum(int(value) << (12 * place + bit) for place, value in enumerate(values.reshape(-1)))
    pixels = PixelFormat(rows=2, columns=2, bits_allocated=12, bits_stored=12, high_bit=11, signed=signed)
    expected = np.where(signed & (values >= 0x800), values - 0x1000, values)

    assert np.array_equal(unpack(whole.to_bytes(7, "little"), pixels, bit=bit), expected)


@pytest.mark.parametrize("syntax", SYNTAXES[:3])
@pytest.mark.parametrize(
    ("bits", "kind", "keyword"), [(32, "f4", "FloatPixelData"), (64, "f8", "DoubleFloatPixelData")]
)
def test_float_pixels_keep_their_fractions(tmp_path: Path, syntax: str, bits: int, kind: str, keyword: str) -> None:
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    values = np.linspace(-1.5, 1e6, ROWS * COLUMNS).reshape(ROWS, COLUMNS)
    path = write_slice(
        tmp_path / "a",
        pixels=np.zeros((ROWS, COLUMNS), np.uint16),
        syntax=syntax,
        BitsAllocated=bits,
        BitsStored=None,
        HighBit=None,
        PixelRepresentation=None,
        PixelData=None,
        RescaleSlope=None,
        RescaleIntercept=None,
        **{keyword: values.astype(f"{order}{kind}").tobytes()},
    )

    assert np.array_equal(_decoded(path)[0], values.astype(np.float32))


@pytest.mark.parametrize("kind", ["u1", "u2", "i2"])
def test_a_modality_lut_replaces_slope_and_intercept(tmp_path: Path, kind: str) -> None:
    first = -3 if kind == "i2" else 3
    lut = pydicom.Dataset()
    lut.LUTDescriptor = [16, first, 16]
    lut.LUTData = np.arange(1000, 1000 + 16 * 100, 100, dtype=np.uint16).tobytes()
    lut["LUTDescriptor"].VR = "SS" if kind == "i2" else "US"
    lut["LUTData"].VR = "OW"
    lut.ModalityLUTType = "US"
    pixels = (np.arange(24) - (5 if kind == "i2" else 0)).astype(kind).reshape(4, 6)
    write_slice(tmp_path / "a", pixels=pixels, RescaleSlope=None, RescaleIntercept=None, ModalityLUTSequence=[lut])
    (stack,) = scan([tmp_path]).stacks

    index = np.clip(pixels.astype(int) - first, 0, 15)
    assert np.array_equal(load_slice(stack, 0), 1000 + 100 * index)
