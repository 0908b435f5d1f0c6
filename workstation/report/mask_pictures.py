"""Masks of a photograph as PNG files beside `result.json`: the labels, and what each of them cuts out."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.decision import Reading
from workstation.domain.finding import Basis
from workstation.domain.photo_area import in_pixels
from workstation.domain.volume import LabelVolume
from workstation.imaging.picture.simulated_mark import png_words, with_strip
from workstation.report.mask_files import SAFE

if TYPE_CHECKING:
    from PIL.Image import Image

_MOST: Final = 24  # pictures of one mask: each is as large as the photograph
# Labels in the picture are the numbers in `result.json`; the palette only makes them seen.
_PALETTE: Final = ((0, 0, 0), (230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (0, 114, 178), (213, 94, 0),
                   (204, 121, 167))  # fmt: skip


def picture_file(mask: str) -> str:
    """Where the label image lies, seen from `result.json`."""
    return f"masks/{mask}.png"


def cut_out_file(mask: str, label: int) -> str:
    """Where what one label cuts out lies: the colours of the photograph, all else transparent."""
    return f"masks/{mask}-{label}.png"


def cut_labels(mask: LabelVolume) -> tuple[int, ...]:
    """Labels that get a picture of their own; none where the mask lies over no photograph."""
    return tuple(mask.voxels)[:_MOST] if is_photo(mask) else ()


def is_photo(mask: LabelVolume) -> bool:
    return in_pixels(mask) and bool(SAFE.fullmatch(mask.name))


def mask_pictures(reading: Reading) -> dict[str, bytes]:
    """By file: every label image, and every cut-out where the photograph is at hand."""
    pictures: dict[str, bytes] = {}
    photo = _photo(reading)
    for mask in reading.result.masks:
        if not reading.result.in_pixels or not is_photo(mask):
            continue
        simulated = (mask.basis or reading.result.basis) is Basis.SIMULATED
        pictures[picture_file(mask.name)] = _labels(mask.values[0], simulated=simulated)
        if photo is not None and photo.shape[:2] == mask.values[0].shape:
            for label in cut_labels(mask):
                pictures[cut_out_file(mask.name, label)] = _cut_out(photo, mask.values[0] == label, simulated=simulated)
    return pictures


def _photo(reading: Reading) -> npt.NDArray[np.uint8] | None:
    """[row, column, 3] as it is shown; None where its pixels are not at hand."""
    from workstation.imaging.pixels.voi import GrayTable

    volume = reading.volume
    if volume is None:
        return None
    if volume.colour is not None:
        colour: npt.NDArray[np.uint8] = volume.colour[0]
        return colour
    gray = GrayTable(reading.window, volume.inverted, volume.padding).apply(volume.values[0])
    shown: npt.NDArray[np.uint8] = np.repeat(gray[..., None], 3, axis=2)
    return shown


def _labels(values: npt.NDArray[np.uint8], *, simulated: bool) -> bytes:
    """Its numbers are read by programs, so that only the file says whether they were made up."""
    from PIL import Image

    image = Image.fromarray(values)
    colors = [_PALETTE[1 + (n - 1) % (len(_PALETTE) - 1)] if n else _PALETTE[0] for n in range(256)]
    image.putpalette([sample for color in colors for sample in color])
    return _png(image, simulated=simulated)


def _cut_out(photo: npt.NDArray[np.uint8], covered: npt.NDArray[np.bool_], *, simulated: bool) -> bytes:
    from PIL import Image

    samples = np.dstack([np.where(covered[..., None], photo, 0), np.where(covered, 255, 0)]).astype(np.uint8)
    return _png(Image.fromarray(with_strip(samples) if simulated else samples), simulated=simulated)


def _png(image: Image, *, simulated: bool) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG", compress_level=4, pnginfo=png_words() if simulated else None)
    return target.getvalue()
