"""Frames with burnt-in names, numbers and dates of known place, to measure the search for text by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
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
_FAINT: Final = 0.1  # of the range: so much fainter at most, and dark letters are as dark as can be
_LEGIBLE: Final = 0.25  # of the range, between letters and ground
_CHINESE_FONTS: Final = (
    *(f"Noto{style}CJK-{weight}.ttc" for style in ("Sans", "Serif") for weight in ("Bold", "Regular")),
    *("simsun.ttc", "simhei.ttf", "simkai.ttf", "msyh.ttc", "PingFang.ttc", "wqy-zenhei.ttc", "DroidSansFallback.ttf"),
)
_ROOM: Final = 6  # pixels to the edge of the frame


@dataclass(frozen=True, slots=True, eq=False)
class LetteredFrame:
    """values [row, column] with the letters burnt in; each line's ink: bool, same shape; its text; height of all."""

    values: npt.NDArray[Any]
    inks: tuple[Bits, ...]
    texts: tuple[str, ...]
    size_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How lines are burnt in.

    fonts      one is taken for each frame: file, and number of the face in it
    anywhere   not only in corners
    dark       share of lines that are dark wherever they can be read so
    outlined   share of frames whose letters have a rim of the other end of the range
    faintest   share of the range that letters differ from its end by at most
    """

    fonts: tuple[tuple[Path, int], ...]
    anywhere: bool = False
    dark: float = 0.0
    outlined: float = 0.0
    faintest: float = 0.1


def as_devices_do() -> Manner:
    return Manner(fonts=((resource("fonts", "YingtaiSans-Regular.otf"), 0),))


def otherwise() -> Manner:
    """With other fonts where this PC has any, anywhere, with and without a rim, fainter, and more often dark."""
    own = tuple((resource("fonts", name), 0) for name in ("YingtaiSans-Regular.otf", "YingtaiSans-Bold.otf"))
    return Manner(fonts=fonts_here() or own, anywhere=True, dark=0.5, outlined=0.4, faintest=0.2)


def letter(values: npt.NDArray[Any], rng: np.random.Generator, manner: Manner | None = None) -> LetteredFrame:
    """Burn one to four lines into a copy of a frame, of one size. None: as devices do, in one of its corners."""
    from PIL import Image, ImageDraw, ImageFont

    manner = manner or as_devices_do()
    low, high = float(values.min()), float(values.max())
    size = int(rng.integers(SIZES_PX[0], SIZES_PX[1] + 1))
    file, face = manner.fonts[int(rng.integers(len(manner.fonts)))] if len(manner.fonts) > 1 else manner.fonts[0]
    font = ImageFont.truetype(str(file), size, index=face)
    lines = _lines(rng)
    rows, columns = values.shape
    step = round(size * 1.35)
    widths = [font.getlength(text) for text in lines]
    kept = [(text, width) for text, width in zip(lines, widths, strict=True) if width < columns - 2 * _ROOM]
    block = step * len(kept)
    top, left_of = _place(rng, manner, rows - block, columns)
    rim = 1 if manner.outlined and rng.random() < manner.outlined else 0
    burnt, inks = values.copy(), []
    for number, (text, width) in enumerate(kept):
        sheets = [Image.new("L", (columns, rows), 0) for _ in range(1 + rim)]
        for wide, sheet in enumerate(sheets):
            place = (left_of(width), top + number * step)
            ImageDraw.Draw(sheet).text(place, text, font=font, fill=255, stroke_width=wide)
        share = np.asarray(sheets[0]).astype(np.float32) / 255
        ink = share > 0.5
        faint = (high - low) * rng.uniform(0, manner.faintest)
        ends = (low if manner.faintest <= _FAINT else low + faint, high - faint)
        level, other = ends if _is_dark(values[ink], low, high, rng.random() < manner.dark) else ends[::-1]
        if rim:
            around = np.asarray(sheets[1]).astype(np.float32) / 255
            burnt = burnt * (1 - around) + other * around
        burnt = (burnt * (1 - share) + level * share).astype(values.dtype)
        inks.append(ink)
    return LetteredFrame(burnt, tuple(inks), tuple(text for text, _ in kept), size)


def _is_dark(ground: npt.NDArray[Any], low: float, high: float, wanted: bool) -> bool:
    """As can be read better, whatever ground a line crosses; as wanted where it can be read either way."""
    darkest, brightest = (float(value) for value in np.percentile(ground, (5, 95)))
    as_dark, as_bright = darkest - low, high - brightest
    if min(as_dark, as_bright) >= _LEGIBLE * (high - low):
        return wanted
    return as_dark > as_bright


def fonts_here() -> tuple[tuple[Path, int], ...]:
    """Usual Chinese fonts that this PC has, and one face of each file."""
    from PIL import ImageFont

    found = []
    for name in _CHINESE_FONTS:
        try:
            found.append((Path(str(ImageFont.truetype(name, 20).path)), 0))
        except OSError:
            continue
    return tuple(found)


def _place(rng: np.random.Generator, manner: Manner, free: int, columns: int) -> tuple[int, Callable[[float], float]]:
    """Top of the block; left of a line of that width."""
    if manner.anywhere:
        share = rng.random()
        return int(
            rng.integers(_ROOM, max(_ROOM + 1, free - _ROOM))
        ), lambda width: _ROOM + share * max(0.0, columns - 2 * _ROOM - width)
    top = _ROOM if rng.random() < 0.5 else free - _ROOM
    right = rng.random() < 0.5
    return top, lambda width: columns - _ROOM - width if right else _ROOM


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
