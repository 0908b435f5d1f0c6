"""Which of several series suits an operation best, and why: a preference is a list of criteria with weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from workstation.domain.series import Stack
from workstation.domain.words import NOTHING, Words, say

WORTH_IT: Final = 0.25  # less weight than this is no reason to take another series
_MOST_REASONS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One thing that makes a series suit.

    code    what it is, in JSON
    weight  how much it counts beside the others
    met     0 (not at all) to 1 (as good as it gets)
    says    what the series has, short enough for one line with others: "1.0 mm", "lung kernel (B70f)"; NOTHING where
            nothing is known of it
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
    """What an operation likes, in the order in which it is told. What it must have are its limits."""

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
        """What speaks for this series, in the order of the row: what it has more than half of."""
        met = [criterion for criterion in self.criteria if criterion.weight >= WORTH_IT and criterion.met(stack) > 0.5]
        return _told(met, stack)

    def why_rather(self, stack: Stack, than: Stack) -> tuple[Why, ...]:
        """In what `stack` is better than the other one, the greatest gain first; nothing where it hardly is."""
        gains = [(criterion.points(stack) - criterion.points(than), criterion) for criterion in self.criteria]
        worth = sorted((pair for pair in gains if pair[0] >= WORTH_IT), key=lambda pair: -pair[0])
        return _told([criterion for _, criterion in worth], stack)


NO_PREFERENCE: Final = Preference(())


def _told(criteria: list[Criterion], stack: Stack) -> tuple[Why, ...]:
    reasons = (Why(criterion.code, criterion.says(stack)) for criterion in criteria)
    return tuple(why for why in reasons if why.sentence is not NOTHING)[:_MOST_REASONS]


def listed(reasons: tuple[Why, ...]) -> Words:
    """All in one line: "1.0 mm, lung kernel (B70f)"."""
    line = reasons[0].sentence if reasons else NOTHING
    for reason in reasons[1:]:
        line = say("{first}, {second}", first=line, second=reason.sentence)
    return line
