"""One compressed frame → stored values, through the fastest codec that gives the right ones.

What each codec was found to do (all of them let other threads run while they work):
- libjpeg-turbo reads every process of JPEG, 2 to 16 bits, lossless ones twice as fast as others, but fills what is
  missing of a cut frame with gray: so the end mark is asked for first.
- OpenJPH is twice as fast as OpenJPEG on HTJ2K, but wraps overshoots of lossy frames around, and its binding gives half
  a picture for a damaged frame without a word: so OpenJPEG reads these, too.
- Nothing here converts colour: what comes out are the samples as they were compressed, but for JPEG 2000's own
  component transform.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import PixelFormat
from workstation.imaging.dicom.walk import RLE
from workstation.imaging.pixels.codestream import Claim, claim_of, ends, lacks_parts, without_insert
from workstation.imaging.pixels.layout import Stored, unpack
from workstation.imaging.pixels.rle import decode_rle

Decode = Callable[[bytes, npt.NDArray[Any] | None, int], Stored]  # frame, where to, threads

_JPEG: Final = "1.2.840.10008.1.2.4."
DEFLATED_FRAMES: Final = "1.2.840.10008.1.2.8.1"
ENCAPSULATED: Final = "1.2.840.10008.1.2.1.98"
_LOSSLESS_XL: Final = _JPEG + "110"
_JPEG_XL: Final = frozenset((_LOSSLESS_XL, _JPEG + "111", _JPEG + "112"))  # …, packed JPEG, any
_MAY_BE_CUT: Final = frozenset(_JPEG + n for n in ("91", "93"))  # without loss as it began, then cut short
LAID_OUT: Final = frozenset({DEFLATED_FRAMES, ENCAPSULATED})  # as native frames are (PS3.5 8.2.16)


def known(syntax: str) -> bool:
    """Whether frames of this transfer syntax can be decoded."""
    return syntax in _CODECS or syntax in LAID_OUT or syntax == RLE


def decode(
    frame: bytes,
    syntax: str,
    pixels: PixelFormat,
    out: npt.NDArray[np.uint16] | None = None,
    threads: int = 1,
    *,
    planar: bool = False,
) -> tuple[Stored, Claim | None]:
    """Stored values [row, column] or [row, column, sample] of one frame, and what the frame says of itself.

    out      where 16-bit gray may be decoded to without a copy [row, column]; what is returned may be this, then with
             its spare bits as they are if there is no claim, or another array
    threads  the codec may use
    planar   one plane of each sample after the other, in a syntax of `LAID_OUT`
    raises   DECODE_FAILED, TRUNCATED; what the codecs raise
    """
    if syntax == RLE:
        return decode_rle(frame, pixels, out), None
    if syntax == DEFLATED_FRAMES:
        frame = _inflate(frame, pixels)
    if syntax in LAID_OUT:
        return unpack(frame, pixels, planar=planar), None
    claim = claim_of(frame)
    if claim is not None:
        if (claim.rows, claim.columns) != (pixels.rows, pixels.columns) or claim.samples != pixels.samples:
            raise WorkstationError(ErrorCode.DECODE_FAILED)
        if not ends(frame) or lacks_parts(frame):
            raise WorkstationError(ErrorCode.DECODE_FAILED)
    if claim is None and syntax not in _JPEG_XL:
        raise WorkstationError(ErrorCode.DECODE_FAILED)
    if out is not None and (claim is None or not 8 < claim.bits <= 16 or claim.samples != 1):
        out = None
    stored = _first_that_can(_CODECS[syntax], frame, out, threads)
    if claim is not None:
        return _settled(stored, claim, pixels, may_be_cut=syntax in _MAY_BE_CUT), claim
    if stored.ndim == 2 and stored.dtype.kind == "u":  # JPEG XL knows no signed values
        bits = 8 * stored.dtype.itemsize
        gray = Claim(rows=pixels.rows, columns=pixels.columns, samples=1, bits=bits, lossless=syntax == _LOSSLESS_XL)
        return _settled(stored, gray, pixels), None
    return stored, _of_colour(stored) if syntax != _LOSSLESS_XL else None


def _first_that_can(codecs: tuple[Decode, ...], frame: bytes, out: npt.NDArray[Any] | None, threads: int) -> Stored:
    for codec in codecs[:-1]:
        try:
            return codec(frame, out, threads)
        except (RuntimeError, ValueError):
            continue
    return codecs[-1](frame, out, threads)


def _of_colour(stored: Stored) -> Claim | None:
    """JPEG XL undoes the colour transform of the JPEG that it holds, and its own, whatever the header says."""
    if stored.ndim != 3:
        return None
    rows, columns, samples = stored.shape
    return Claim(rows=rows, columns=columns, samples=samples, bits=8 * stored.dtype.itemsize, mixed=True)


def _settled(stored: Stored, claim: Claim, pixels: PixelFormat, *, may_be_cut: bool = False) -> Stored:
    """Header and codestream brought together where they differ in sign or bits; in place where that is possible.

    JPEG, JPEG-LS and JPEG XL don't know signed values and some writers of JPEG 2000 don't say them: the bits are the
    same. A codec that loses may overshoot what is stored.

    may_be_cut  it began without loss and may have been cut short since
    """
    if claim.signed == pixels.signed and claim.bits <= pixels.bits_stored:
        return stored
    low = -(1 << pixels.bits_stored - 1) if pixels.signed else 0
    high = low + (1 << pixels.bits_stored) - 1
    if claim.signed == pixels.signed and (may_be_cut or not claim.lossless):
        signs_lost = pixels.signed and _lacks_signs(stored, high)
        if not signs_lost:
            return np.clip(stored, low, high, out=stored)
    bits = min(claim.bits, pixels.bits_stored)
    stored = stored.view(f"{'i' if pixels.signed else 'u'}{stored.dtype.itemsize}")
    spare = 8 * stored.dtype.itemsize - bits
    if spare:
        np.left_shift(stored, spare, out=stored)
        np.right_shift(stored, spare, out=stored)
    return stored


def _lacks_signs(stored: Stored, high: int) -> bool:
    """Whether negative values lie above the highest, since their sign was not carried to the top: there are none below
    zero, and what lies above does so by more than a codec overshoots."""
    margin = (high + 1) >> 2
    return int(stored.min()) > -margin and int(stored.max()) > high + 2 * margin


def _inflate(frame: bytes, pixels: PixelFormat) -> bytes:
    needed = -(-pixels.rows * pixels.columns * pixels.samples * pixels.bits_allocated // 8)
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(frame, needed)


def _jpeg(frame: bytes, out: npt.NDArray[Any] | None, threads: int) -> Stored:
    import imagecodecs

    claim = claim_of(frame)
    if claim is not None and claim.samples > 1:
        # The same colour space in and out: nothing is converted.
        space = "YCBCR" if claim.samples == 3 else "CMYK"
        return imagecodecs.jpeg8_decode(frame, colorspace=space, outcolorspace=space)
    return imagecodecs.jpeg8_decode(frame, out=out)


def _jpeg_lossless(frame: bytes, out: npt.NDArray[Any] | None, threads: int) -> Stored:
    import imagecodecs

    return np.ascontiguousarray(imagecodecs.jpegsof3_decode(frame))


def _jpegls(frame: bytes, out: npt.NDArray[Any] | None, threads: int) -> Stored:
    import imagecodecs

    return imagecodecs.jpegls_decode(frame, out=out)


def _j2k(frame: bytes, out: npt.NDArray[Any] | None, threads: int) -> Stored:
    import imagecodecs

    try:
        return imagecodecs.jpeg2k_decode(frame, numthreads=threads)
    except RuntimeError:
        clean = without_insert(frame)
        if clean is None:
            raise
        return imagecodecs.jpeg2k_decode(clean, numthreads=threads)


def _jpegxl(frame: bytes, out: npt.NDArray[Any] | None, threads: int) -> Stored:
    import imagecodecs

    return imagecodecs.jpegxl_decode(frame, numthreads=threads)


_CODECS: Final[Mapping[str, tuple[Decode, ...]]] = {
    **{_JPEG + n: (_jpeg,) for n in ("50", "51", "52", "53", "54", "55", "56")},
    **{_JPEG + n: (_jpeg, _jpeg_lossless) for n in ("57", "58", "70")},
    **{_JPEG + n: (_jpegls,) for n in ("80", "81")},
    **{_JPEG + n: (_j2k,) for n in ("90", "91", "92", "93", "201", "202", "203")},
    **dict.fromkeys(_JPEG_XL, (_jpegxl,)),
}
