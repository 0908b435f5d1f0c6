"""What people call a series: its number and its description."""

from __future__ import annotations

from workstation.domain.series import Stack
from workstation.domain.words import Words, say


def series_name(stack: Stack) -> Words:
    """Within a sentence: series 4 “Lung 1.0”."""
    number, text = stack.series_number, stack.description.strip()
    if number is not None and text:
        return say("series {number} “{text}”", number=number, text=text)
    if text:
        return say("“{text}”", text=text)
    return say("series {number}", number=number) if number is not None else say("the series without a name")


def short_name(stack: Stack) -> Words:
    """Where there is little room: series 4; the description where it has no number."""
    return say("series {number}", number=stack.series_number) if stack.series_number is not None else series_name(stack)
