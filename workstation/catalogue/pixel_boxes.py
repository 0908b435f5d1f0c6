"""Boxes on pictures as services write them: left, top, right, bottom, in pixels from the picture's upper left edge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from workstation.catalogue.wire import Node, bad_answer
from workstation.domain.answer import IndexRectangle

_EDGE: Final = 0.5  # a pixel's center lies so far inside its edge


def rectangle(box: Sequence[float], where: str) -> IndexRectangle:
    """(left, top, right, bottom) as distances from the picture's edge → indices. raises BAD_ANSWER"""
    if len(box) != 4:
        raise bad_answer(where)
    left, top, right, bottom = box
    if not (left < right and top < bottom):
        raise bad_answer(where)
    return IndexRectangle(slice=0.0, first=(top - _EDGE, left - _EDGE), last=(bottom - _EDGE, right - _EDGE))


def probability(value: float | None, where: str) -> float | None:
    """raises BAD_ANSWER for what is none"""
    if value is not None and not 0 <= value <= 1:
        raise bad_answer(where)
    return value


def read_echoes(root: Node, *names: str) -> None:
    """What was sent and comes back, changed on the way (zeros lost, another host): nothing is made of it."""
    for name in names:
        root.text(name)
