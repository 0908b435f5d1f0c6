"""Which characters the shipped font can write; a missing one is shown by its code and reported, never as a box."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from typing import Final
from unicodedata import category

from workstation.resources import resource

_UNSEEN: Final = ("Cc", "Cf", "Cs", "Zl", "Zp")  # controls and halves of characters


@cache
def _ranges() -> tuple[tuple[int, ...], tuple[int, ...]]:
    lines = resource("fonts", "coverage.txt").read_text(encoding="ascii").split()
    pairs = [tuple(int(end, 16) for end in line.split("-")) for line in lines]
    return tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs)


def has_glyph(character: str) -> bool:
    lows, highs = _ranges()
    at = bisect_right(lows, ord(character)) - 1
    return at >= 0 and ord(character) <= highs[at]


def writable(text: str, missing: set[str]) -> str:
    """The text with `[U+XXXX]` for each character the font lacks, which is added to `missing`; controls go.

    Characters newer than this Python's tables, and the private ones of hospital systems, count as characters: a name
    must not get shorter in silence.
    """
    kept: list[str] = []
    for character in text:
        if character == "\n" or has_glyph(character):
            kept.append(character)
        elif category(character) == "Zs":
            kept.append(" ")
        elif category(character) not in _UNSEEN:
            missing.add(character)
            kept.append(f"[U+{ord(character):04X}]")
    return "".join(kept)
