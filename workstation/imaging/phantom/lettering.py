"""Frames with burnt-in names, numbers and dates of known place, to measure the search for text by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.resources import resource

Bits = npt.NDArray[np.bool_]

SIZES_PX: Final = (12, 28)  # height of the letters' square
_SURNAMES: Final = "王李张刘陈杨黄赵周吴徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹"
_GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰涛明超霞平刚桂英华建国文玉兰海燕"
_LATIN: Final = (
    "ZHANG",
    "WANG",
    "LI",
    "LIU",
    "CHEN",
    "YANG",
    "SMITH",
    "MUELLER",
    "GARCIA",
    "TANAKA",
    "BROWN",
    "NGUYEN",
)
_FIRST: Final = ("WEI", "FANG", "NA", "MIN", "JING", "ANNA", "JOHN", "MARIA", "KENJI", "PETER", "LINH")
_BRIGHT: Final = 0.6  # of the range: on such ground letters are dark
_ROOM: Final = 6  # pixels to the edge of the frame


@dataclass(frozen=True, slots=True, eq=False)
class LetteredFrame:
    """values [row, column] with the letters burnt in; each line's ink: bool, same shape; and what the lines say."""

    values: npt.NDArray[Any]
    inks: tuple[Bits, ...]
    texts: tuple[str, ...]


def letter(values: npt.NDArray[Any], rng: np.random.Generator) -> LetteredFrame:
    """Burn one to four lines into a copy of a frame, in one of its corners, of one size, as devices do."""
    from PIL import Image, ImageDraw, ImageFont

    low, high = float(values.min()), float(values.max())
    size = int(rng.integers(SIZES_PX[0], SIZES_PX[1] + 1))
    font = ImageFont.truetype(str(resource("fonts", "YingtaiSans-Regular.otf")), size)
    lines = _lines(rng)
    rows, columns = values.shape
    step = round(size * 1.35)
    widths = [font.getlength(text) for text in lines]
    kept = [(text, width) for text, width in zip(lines, widths, strict=True) if width < columns - 2 * _ROOM]
    top = _ROOM if rng.random() < 0.5 else rows - _ROOM - step * len(kept)
    right = rng.random() < 0.5
    burnt, inks = values.copy(), []
    for number, (text, width) in enumerate(kept):
        sheet = Image.new("L", (columns, rows), 0)
        left = columns - _ROOM - width if right else _ROOM
        ImageDraw.Draw(sheet).text((left, top + number * step), text, font=font, fill=255)
        share = np.asarray(sheet).astype(np.float32) / 255
        ink = share > 0.5
        ground = (np.percentile(values[ink], 10) - low) / max(high - low, 1)
        level = low if ground > _BRIGHT else low + (high - low) * rng.uniform(0.9, 1.0)
        burnt = (burnt * (1 - share) + level * share).astype(values.dtype)
        inks.append(ink)
    return LetteredFrame(burnt, tuple(inks), tuple(text for text, _ in kept))


def _lines(rng: np.random.Generator) -> Sequence[str]:
    chinese = _one(rng, _SURNAMES) + "".join(_one(rng, _GIVEN) for _ in range(int(rng.integers(1, 3))))
    latin = f"{_one(rng, _LATIN)} {_one(rng, _FIRST)}"
    year, month, day = int(rng.integers(1930, 2024)), int(rng.integers(1, 13)), int(rng.integers(1, 29))
    number = f"{int(rng.integers(0, 10**8)):08d}"
    names = [chinese, latin, f"姓名：{chinese}", f"{latin} {_one(rng, 'MF')}"]
    dates = [
        f"{year}-{month:02d}-{day:02d}",
        f"{year}年{month}月{day}日",
        f"{day:02d}/{month:02d}/{year}",
        f"{year}{month:02d}{day:02d}",
    ]
    numbers = [f"ID {number}", number, f"住院号 {number[:7]}", f"Acc# {number}"]
    every = [
        _one(rng, names),
        _one(rng, dates),
        _one(rng, numbers),
        f"{_one(rng, '男女')} {int(rng.integers(1, 99))}岁",
    ]
    return every[: int(rng.integers(1, 5))]


def _one(rng: np.random.Generator, choices: Sequence[str]) -> str:
    return choices[int(rng.integers(len(choices)))]
