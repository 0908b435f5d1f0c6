"""A photograph as it was sent, and pictures that go back: what the documents of imageseg demand of both.

Nothing is turned or resized: what comes back is counted in the samples that were stored.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.localcloud.engine.asked import AnswerFile, BadInput, File

Rgb = npt.NDArray[np.uint8]  # [row, column, 3]
Mask = npt.NDArray[np.bool_]  # [row, column]

_MOST_PIXELS: Final = 200_000_000
_FORM: Final = "InvalidImage.Content"
_SIZE: Final = "InvalidImage.Resolution"
# PNG by bit depth and colour type: 24 and 32 bit are colours of 8 bits without and with transparency.
_COLOR_TYPES: Final = (2, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """
    formats     as Pillow calls them
    least,most  pixels of each side, both inclusive
    short_most  of the shorter side; `long` least and most of the longer one
    fewer_than  pixels in all
    aspect      width for each height, least and most
    png_color   no PNG of other than 24 or 32 bits
    """

    formats: tuple[str, ...]
    least: int = 1
    most: int | None = None
    short_most: int | None = None
    long: tuple[int, int] | None = None
    fewer_than: int | None = None
    aspect: tuple[float, float] | None = None
    png_color: bool = False


def read_photo(file: File, demands: Demands) -> Rgb:
    """raises BadInput: InvalidImage.Content another format or damaged, InvalidImage.Resolution its size"""
    from PIL import Image, UnidentifiedImageError

    content = file if isinstance(file, bytes) else Path(file).read_bytes()
    named = " or ".join(demands.formats)
    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.format not in demands.formats:
                raise BadInput(_FORM, f"the picture is no {named}")
            if demands.png_color and image.format == "PNG" and not _png_color(content):
                raise BadInput(_FORM, "a PNG must have 24 or 32 bits")
            _check_size(image.width, image.height, demands)
            return np.array(image.convert("RGB"))
    except UnidentifiedImageError:
        raise BadInput(_FORM, f"the file is no {named}") from None
    except (OSError, ValueError, Image.DecompressionBombError):
        raise BadInput(_FORM, "the picture cannot be decoded") from None


def _png_color(content: bytes) -> bool:
    """By the header, as Pillow tells neither 16 bits of a colour nor a palette with transparency apart."""
    depth, color_type = content[24], content[25]
    return depth == 8 and color_type in _COLOR_TYPES


def _check_size(width: int, height: int, demands: Demands) -> None:
    short, long = sorted((width, height))
    if width * height > _MOST_PIXELS:
        raise BadInput(_SIZE, f"more than {_MOST_PIXELS} pixels")
    if short < demands.least or (demands.most is not None and long > demands.most):
        raise BadInput(_SIZE, f"a side is below {demands.least} or above {demands.most} pixels")
    if demands.short_most is not None and short > demands.short_most:
        raise BadInput(_SIZE, f"the shorter side is above {demands.short_most} pixels")
    if demands.long is not None and not demands.long[0] <= long <= demands.long[1]:
        raise BadInput(_SIZE, f"the longer side is not {demands.long[0]} to {demands.long[1]} pixels")
    if demands.fewer_than is not None and width * height >= demands.fewer_than:
        raise BadInput(_SIZE, f"{demands.fewer_than} pixels or more")
    if demands.aspect is not None and not demands.aspect[0] <= width / height <= demands.aspect[1]:
        raise BadInput(_SIZE, f"the width is not {demands.aspect[0]:g} to {demands.aspect[1]:g} times the height")


def cut_out(rgb: Rgb, mask: Mask, name: str) -> AnswerFile:
    """Four channels; all but the mask is transparent, and its colours are gone."""
    samples = np.dstack([np.where(mask[..., None], rgb, 0), mask * np.uint8(255)]).astype(np.uint8)
    return AnswerFile(name, _written(samples, "PNG"))


def black_and_white(mask: Mask, name: str, form: str = "PNG") -> AnswerFile:
    return AnswerFile(name, _written(mask * np.uint8(255), form))


def on_white(rgb: Rgb, mask: Mask, name: str) -> AnswerFile:
    return AnswerFile(name, _written(np.where(mask[..., None], rgb, 255).astype(np.uint8), "PNG"))


def _written(samples: npt.NDArray[np.uint8], form: str) -> bytes:
    from PIL import Image

    target = io.BytesIO()
    image = Image.fromarray(samples)
    if form == "JPEG":
        image.save(target, form, quality=95)
    else:
        image.save(target, form, compress_level=4)
    return target.getvalue()
