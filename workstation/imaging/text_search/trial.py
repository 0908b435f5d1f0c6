"""How much of burnt-in text the search finds, and how often it takes a clean frame for lettered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.covering import over_texts
from workstation.domain.series import Stack
from workstation.imaging.phantom.lettering import letter
from workstation.imaging.pixels.load import load_slice
from workstation.imaging.pixels.voi import auto_window
from workstation.imaging.redact.fill import covered
from workstation.imaging.text_search.renderings import Gray, renderings
from workstation.imaging.text_search.search import texts_in

_TOGETHER: Final = 10
_HIDDEN: Final = 0.98  # of a line's ink: what is left to be seen are ends of strokes


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Counts of frames. `hidden`: of those lettered, all lines would be covered; `flagged`: of the clean ones."""

    lettered: int
    hidden: int
    clean: int
    flagged: int


def try_search(
    grounds: Sequence[npt.NDArray[Any]], count: int, seed: int = 1, told: Callable[[int], None] = lambda _: None
) -> Trial:
    """Letters burnt into `count` frames, taken in turn from `grounds` [row, column]; and each ground as it is, once."""
    rng = np.random.default_rng(seed)
    hidden = flagged = done = 0
    for start in range(0, count, _TOGETHER):
        places = range(start, min(start + _TOGETHER, count))
        frames = [letter(grounds[place % len(grounds)], rng) for place in places]
        for frame, found in zip(frames, texts_in([_seen(one.values) for one in frames]), strict=True):
            cover = covered(over_texts(found), *frame.values.shape)
            hidden += all(cover[ink].mean() >= _HIDDEN for ink in frame.inks)
            done += 1
            told(done)
    clean = grounds[:count]
    for start in range(0, len(clean), _TOGETHER):
        flagged += sum(map(bool, texts_in([_seen(ground) for ground in clean[start : start + _TOGETHER]])))
    return Trial(lettered=count, hidden=hidden, clean=len(clean), flagged=flagged)


def grounds_of(stacks: Sequence[Stack], count: int, seed: int = 1) -> tuple[npt.NDArray[Any], ...]:
    """Gray frames of so many stacks and slices, evenly over the stacks. raises as `load_slice`"""
    gray = [stack for stack in stacks if not stack.instances[0].pixels.coloured]
    rng = np.random.default_rng(seed)
    places = [
        (stack, int(index)) for stack in gray for index in rng.permutation(stack.slices)[: -(-count // len(gray))]
    ]
    return tuple(load_slice(stack, index) for stack, index in places[:count])


def _seen(values: npt.NDArray[Any]) -> tuple[Gray, ...]:
    return renderings(values, (auto_window(values),))
