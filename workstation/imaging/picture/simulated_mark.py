"""A picture of something made up says so: in a strip below it that can be read, and in a word of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from workstation.resources import resource

if TYPE_CHECKING:
    from PIL.PngImagePlugin import PngInfo

SIMULATED: Final = ("SIMULATED – NOT FOR DIAGNOSIS", "模拟结果 不可用于诊断")
BASIS: Final = "Basis"  # keyword of the PNG's text
_LEAST, _MOST = 9, 28  # pixels of the letters
_SHARE: Final = 0.04  # of the picture's width
_INK: Final = (255, 176, 32, 255)
_GROUND: Final = (20, 20, 20, 255)

Rgba = npt.NDArray[np.uint8]  # [row, column, 4]


def with_strip(samples: Rgba) -> Rgba:
    """The same with an opaque strip below, so that each pixel keeps its place. Two lines where one is too long."""
    from PIL import Image, ImageDraw, ImageFont

    columns = samples.shape[1]
    size = int(np.clip(columns * _SHARE, _LEAST, _MOST))
    font = ImageFont.truetype(str(resource("fonts", "YingtaiSans-Bold.otf")), size)
    together = " / ".join(SIMULATED)
    lines = [together] if font.getlength(together) <= columns else list(SIMULATED)
    while size > 5 and max(font.getlength(line) for line in lines) > columns:
        size -= 1
        font = font.font_variant(size=size)
    high = round(size * 1.5)
    strip = Image.new("RGBA", (columns, high * len(lines)), _GROUND)
    draw = ImageDraw.Draw(strip)
    for number, line in enumerate(lines):
        draw.text((columns / 2, (number + 0.5) * high), line, fill=_INK, font=font, anchor="mm")
    return np.vstack([samples, np.asarray(strip, dtype=np.uint8)])


def png_words() -> PngInfo:
    """What the file itself says, also where the strip was cut off."""
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text(BASIS, "simulated")
    words.add_itxt("Warning", " / ".join(SIMULATED), lang="zh")
    return words
