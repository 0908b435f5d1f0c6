"""Colour tables: what is painted in place of each of the 256 grays. Inverting is not one of them: it turns each round.

source: hot iron and PET from DICOM PS3.6 Annex B; viridis (Smith, van der Walt 2015) by its values at every 32nd gray
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.words import Words, say

Nodes = Sequence[tuple[int, int]]  # (gray, level), straight in between


@dataclass(frozen=True, slots=True, eq=False)
class Colours:
    """
    name    stays the same in settings and tests
    pixels  uint32 [256], opaque, 0xffRRGGBB
    """

    name: str
    title: Words
    pixels: npt.NDArray[np.uint32] = field(repr=False)


def _colours(name: str, title: Words, red: Nodes, green: Nodes, blue: Nodes) -> Colours:
    pixels = np.full(256, 0xFF, dtype=np.uint32)
    for nodes in (red, green, blue):
        grays, levels = zip(*nodes, strict=True)
        pixels = pixels << np.uint32(8) | np.rint(np.interp(np.arange(256), grays, levels)).astype(np.uint32)
    return Colours(name, title, pixels)


_PLAIN: Final = ((0, 0), (255, 255))
_EVERY_32: Final = (0, 32, 64, 96, 128, 160, 192, 224, 255)


def _every_32(*levels: int) -> Nodes:
    return tuple(zip(_EVERY_32, levels, strict=True))


GRAYS: Final = _colours("gray", say("Gray"), _PLAIN, _PLAIN, _PLAIN)
HOT_IRON: Final = _colours(
    "hot-iron",
    say("Hot iron"),
    ((0, 0), (127, 254), (128, 255), (255, 255)),
    ((0, 0), (128, 0), (254, 252), (255, 255)),
    ((0, 0), (191, 0), (254, 252), (255, 255)),
)
PET: Final = _colours(
    "pet",
    say("PET"),
    ((0, 0), (63, 0), (64, 1), (106, 85), (107, 86), (149, 170), (150, 171), (192, 255), (255, 255)),
    ((0, 0), (31, 62), (32, 65), (62, 125), (63, 128), (95, 64), (96, 63), (127, 1), (128, 0), (254, 252), (255, 255)),
    ((0, 0), (1, 1), (128, 255), (129, 252), (192, 0), (212, 80), (213, 85), (233, 165), (234, 170), (254, 250),
     (255, 255)),
)  # fmt: skip
VIRIDIS: Final = _colours(
    "viridis",
    say("Viridis (safe for the colour-blind)"),
    _every_32(68, 71, 59, 44, 33, 40, 94, 173, 253),
    _every_32(1, 47, 82, 114, 145, 174, 201, 220, 231),
    _every_32(84, 125, 139, 142, 140, 128, 98, 48, 37),
)
RAINBOW: Final = _colours(
    "rainbow",
    say("Rainbow"),
    ((0, 0), (127, 0), (191, 255), (255, 255)),
    ((0, 0), (63, 255), (191, 255), (255, 0)),
    ((0, 255), (63, 255), (127, 0), (255, 0)),
)
COLOURS: Final = (GRAYS, HOT_IRON, PET, VIRIDIS, RAINBOW)


def next_colours(shown: Colours) -> Colours:
    """They take turns."""
    return COLOURS[(COLOURS.index(shown) + 1) % len(COLOURS)]
