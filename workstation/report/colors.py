"""The colours of findings on paper: colour-blind safe, in the order of findings; the window uses the same."""

from __future__ import annotations

from typing import Final

COLORS: Final = ("#E69F00", "#56B4E9", "#CC79A7", "#009E73", "#F0E442", "#D55E00", "#0072B2")
NOTED: Final = "#3cb4dc"  # of what the reader measured: no finding has it


def color_of(number: int) -> str:
    """The colour of the finding with this number, from 1."""
    return COLORS[(number - 1) % len(COLORS)]


def hex_of(colour: tuple[int, int, int]) -> str:
    red, green, blue = colour
    return f"#{red:02x}{green:02x}{blue:02x}"
