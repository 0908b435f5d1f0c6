"""Which of several series suits an operation best, and why: a preference is a list of criteria with weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from workstation.domain.series import Stack
from workstation.domain.words import Words, say

WORTH_IT: Final = 0.25  # less weight than this is no reason to take another series
_MOST_REASONS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One thing that makes a series suit.

    code    what it is, in JSON
    weight  how much it counts beside the others
    met     0 (not at all) to 1 (as good as it gets)
    says    what the series has, short enough for one line with others: "1.0 mm", "lung kernel (B70f)"
    """

    code: str
    weight: float
    met: Callable[[Stack], float]
    says: Callable[[Stack], Words]

    def points(self, stack: Stack) -> float:
        return self.weight * self.met(stack)


@dataclass(frozen=True, slots=True)
class Why:
    """One reason for a series."""

    code: str
    sentence: Words


@dataclass(frozen=True, slots=True)
class Preference:
    """What an operation likes, the weightiest first by habit. Only for choosing: what it must have are its limits."""

    criteria: tuple[Criterion, ...]

    def points(self, stack: Stack) -> float:
        """More is better. Rounded, so that equal series are equal."""
        return round(sum(criterion.points(stack) for criterion in self.criteria), 6)

    def best(self, stacks: Iterable[Stack]) -> tuple[Stack, ...]:
        """Those with the most points: several on a tie, none of none."""
        ranked = [(self.points(stack), stack) for stack in stacks]
        top = max((points for points, _ in ranked), default=0.0)
        return tuple(stack for points, stack in ranked if points == top)

    def why(self, stack: Stack) -> tuple[Why, ...]:
        """What speaks for this series, the weightiest first: what it has at least half of."""
        met = [criterion for criterion in self.criteria if criterion.weight >= WORTH_IT and criterion.met(stack) > 0.5]
        return _told(sorted(met, key=lambda criterion: -criterion.points(stack)), stack)

    def why_rather(self, stack: Stack, than: Stack) -> tuple[Why, ...]:
        """In what `stack` is better than the other one, the greatest gain first; nothing where it hardly is."""
        gains = [(criterion.points(stack) - criterion.points(than), criterion) for criterion in self.criteria]
        worth = sorted((pair for pair in gains if pair[0] >= WORTH_IT), key=lambda pair: -pair[0])
        return _told([criterion for _, criterion in worth], stack)


def _told(criteria: list[Criterion], stack: Stack) -> tuple[Why, ...]:
    return tuple(Why(criterion.code, criterion.says(stack)) for criterion in criteria[:_MOST_REASONS])


def listed(reasons: tuple[Why, ...]) -> Words:
    """All in one line: "1.0 mm, lung kernel (B70f)"."""
    line = reasons[0].sentence if reasons else Words("")
    for reason in reasons[1:]:
        line = say("{first}, {second}", first=line, second=reason.sentence)
    return line
