"""Regions covered in the native pixel element of a de-identified copy."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Instance
from workstation.imaging.redact.fill import Bits
from workstation.imaging.upload.deidentify import Elements

_LEAD: Final = 12  # tag, VR, two reserved bytes, length (PS3.5 7.1.2)
_SAMPLES: Final = (0x0028, 0x0002)
_PHOTOMETRIC: Final = (0x0028, 0x0004)
_PLANAR: Final = (0x0028, 0x0006)
_ALLOCATED: Final = (0x0028, 0x0100)
_REPRESENTATION: Final = (0x0028, 0x0103)
_NO_COLOUR: Final = 128  # of both chroma samples


def cover_element(element: bytes, instance: Instance, elements: Elements, hidden: Bits) -> bytes:
    """The pixel element of one frame, solid where it is hidden: the frame's darkest value, black where it has colours.

    elements  of the copy: what they say of the pixel format counts before what the original had
    raises    BURNT_IN for pixel formats that nothing can be covered in (single bits)
    source    DICOM PS3.5 8.1, 8.2; PS3.3 C.7.6.3.1.2
    """
    pixels = instance.pixels
    samples = _number(elements, _SAMPLES, pixels.samples)
    allocated = _number(elements, _ALLOCATED, pixels.bits_allocated)
    signed = bool(_number(elements, _REPRESENTATION, int(pixels.signed)))
    photometric = elements[_PHOTOMETRIC][1].decode("ascii").strip() if _PHOTOMETRIC in elements else pixels.photometric
    if allocated not in (8, 16, 32):
        raise WorkstationError(ErrorCode.BURNT_IN)
    count = pixels.rows * pixels.columns
    size = (2 if photometric == "YBR_FULL_422" else samples) * count * allocated // 8
    raw, rest = bytearray(element[_LEAD : _LEAD + size]), element[_LEAD + size :]
    flat = np.frombuffer(raw, f"<{'i' if signed else 'u'}{allocated // 8}")
    if photometric == "YBR_FULL_422":  # two pixels: both lumas, then the chroma that they share
        pairs, under = flat.reshape(-1, 4), hidden.reshape(-1, 2)
        pairs[:, :2][under] = 0
        pairs[under.any(axis=1), 2:] = _NO_COLOUR
    elif samples == 1:
        flat[hidden.ravel()] = flat.max() if photometric == "MONOCHROME1" else flat.min()
    else:
        planar = bool(_number(elements, _PLANAR, 0))
        planes: npt.NDArray[Any] = flat.reshape(samples, count) if planar else flat.reshape(count, samples).T
        planes[:, hidden.ravel()] = _black(photometric, samples)[:, None]
    return element[:_LEAD] + bytes(raw) + rest


def _black(photometric: str, samples: int) -> npt.NDArray[np.int64]:
    chroma = _NO_COLOUR if photometric.startswith("YBR_FULL") else 0
    return np.array([0, *[chroma] * (samples - 1)])


def _number(elements: Elements, key: tuple[int, int], otherwise: int) -> int:
    return int.from_bytes(elements[key][1][:2], "little") if key in elements else otherwise
