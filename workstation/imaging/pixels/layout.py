"""Uncompressed bytes of one frame → stored values: 1 to 64 bits, packed or not, planes or pixels, halved chroma.

source: DICOM PS3.5 8.1, 8.2 and annex D (native pixel encoding), PS3.3 C.7.6.3.1.2 (photometric interpretation)
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import PixelFormat

Stored = npt.NDArray[Any]  # [row, column] or [row, column, sample], of any real type
HALVED: Final = ("YBR_FULL_422", "YBR_PARTIAL_422")


def samples_stored(pixels: PixelFormat) -> int:
    """Samples of a native frame per pixel: two where two pixels share their chroma."""
    return 2 if pixels.samples == 3 and pixels.photometric in HALVED else pixels.samples


def frame_span(pixels: PixelFormat, frame: int) -> tuple[int, int, int]:
    """First byte, number of bytes, and bit in the first byte of a frame: frames of odd bit counts share bytes."""
    bits = pixels.rows * pixels.columns * samples_stored(pixels) * pixels.bits_allocated
    begin = bits * frame
    end = begin + bits
    return begin // 8, -(-end // 8) - begin // 8, begin % 8


def unpack(
    data: bytes, pixels: PixelFormat, *, bit: int = 0, planar: bool = False, little: bool = True, real: bool = False
) -> Stored:
    """
    bit     where in the first byte the frame begins (1 and 12 bits allocated)
    planar  one plane of each sample after the other
    little  byte order of what is wider than a byte
    real    float32 or float64, else integers
    raises  TRUNCATED
    """
    samples = samples_stored(pixels)
    count = pixels.rows * pixels.columns * samples
    allocated = pixels.bits_allocated
    missing = -(-(bit + count * allocated) // 8) - len(data)
    if missing > 0:
        raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=missing)
    if allocated in (1, 12):
        values = _packed(data, bit, count, allocated)
        if pixels.signed and allocated == 12:
            values = without_spare_bits(values.view(np.int16), pixels)
    else:
        kind = "f" if real else "i" if pixels.signed else "u"
        order = "<" if little else ">"
        values = np.frombuffer(data, dtype=f"{order}{kind}{allocated // 8}", count=count)
        if not real:
            values = without_spare_bits(values, pixels)
    shape = (pixels.rows, pixels.columns)
    if pixels.samples == 1:
        return values.reshape(shape)
    if samples == 2:
        return _shared_chroma(values.reshape(pixels.rows, -1, 4))
    if planar:
        return np.moveaxis(values.reshape(samples, *shape), 0, 2)
    return values.reshape(*shape, samples)


def without_spare_bits(stored: Stored, pixels: PixelFormat) -> Stored:
    """Only the bits stored count: overlays of old lie above or below them. Sign is that of the highest stored bit."""
    width = 8 * stored.dtype.itemsize
    spare = width - pixels.bits_stored
    if spare <= 0:
        return stored
    stored = stored.astype(stored.dtype.newbyteorder("="), copy=False)
    # Up to the top, then down again: cuts what lies above and below, and keeps the sign.
    above = width - 1 - min(pixels.high_bit, width - 1)
    shifted: Stored = np.right_shift(np.left_shift(stored, above), spare)
    return shifted


def _packed(data: bytes, bit: int, count: int, width: int) -> Stored:
    """Values of `width` bits one after the other, the lowest bit first."""
    used = np.frombuffer(data, dtype=np.uint8)
    bits = np.unpackbits(used, bitorder="little")[bit : bit + count * width]
    if width == 1:
        return bits
    weights = (1 << np.arange(width, dtype=np.uint16)).astype(np.uint16)
    values: Stored = bits.reshape(count, width) @ weights
    return values


def _shared_chroma(pairs: Stored) -> Stored:
    """[row, pair, (Y1 Y2 Cb Cr)] → [row, column, (Y Cb Cr)]"""
    rows, half, _ = pairs.shape
    out = np.empty((rows, 2 * half, 3), dtype=pairs.dtype)
    out[:, 0::2, 0], out[:, 1::2, 0] = pairs[..., 0], pairs[..., 1]
    out[..., 1:] = np.repeat(pairs[..., 2:], 2, axis=1)
    return out
