"""What a mask covers of a picture as a file of its own, and the mask itself: PNG without any word of the patient."""

from __future__ import annotations

import errno
import io
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Stack
from workstation.imaging.picture.simulated_mark import png_words, with_strip
from workstation.imaging.pixels.load import load_pixels
from workstation.imaging.pixels.voi import auto_window, told_window, window_to_gray

Covered = npt.NDArray[np.bool_]  # [row, column]

_MOST_NAMES: Final = 10_000
_FULL: Final = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})


def write_cut_out(stack: Stack, covered: Covered, folder: Path, *, simulated: bool = False) -> Path:
    """The picture as large as it is, upright, with an alpha that is the mask; what is transparent holds no colour.

    covered  bool [row, column] of the picture
    simulated  the mask was made up: a strip below the picture and the file itself say so
    returns  the file, whose name tells nothing but a number
    raises   BAD_GEOMETRY for a mask of another size; what loading raises; NO_SPACE, CANNOT_WRITE
    """
    pixels = load_pixels(stack, 0)
    if covered.shape != pixels.values.shape:
        raise WorkstationError(ErrorCode.BAD_GEOMETRY)
    if pixels.colour is not None:
        colour = pixels.colour
    else:
        window = told_window(stack, 0) or auto_window(pixels.values)
        gray = window_to_gray(pixels.values, window.center, window.width)
        if stack.instances[0].pixels.photometric == "MONOCHROME1":
            gray = 255 - gray
        colour = np.repeat(gray[..., None], 3, axis=2)
    samples = np.dstack([colour, np.full(covered.shape, 255, np.uint8)]) * covered[..., None]
    return _write(_png(with_strip(samples) if simulated else samples, simulated=simulated), folder, "cut-out")


def write_mask(covered: Covered, folder: Path, *, simulated: bool = False) -> Path:
    """White where the mask is, black elsewhere; the file says where it was made up. raises NO_SPACE, CANNOT_WRITE"""
    return _write(mask_content(covered, simulated=simulated), folder, "mask")


def mask_content(covered: Covered, *, simulated: bool = False) -> bytes:
    """The same as a file's content, which says in a word of its own whether it was made up."""
    return _png(covered * np.uint8(255), simulated=simulated)


def _png(samples: npt.NDArray[np.uint8], *, simulated: bool) -> bytes:
    from PIL import Image

    target = io.BytesIO()
    Image.fromarray(samples).save(target, "PNG", compress_level=4, pnginfo=png_words() if simulated else None)
    return target.getvalue()


def _write(content: bytes, folder: Path, name: str) -> Path:
    """Under the first free number; whole or not at all."""
    try:
        taken = {path.name for path in folder.iterdir()}
        path = next(folder / f for n in range(1, _MOST_NAMES) if (f := f"{name}-{n}.png") not in taken)
        part = folder / f".{path.name}.part"
        try:
            part.write_bytes(content)
            return part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise WorkstationError(ErrorCode.NO_SPACE if error.errno in _FULL else ErrorCode.CANNOT_WRITE) from None
