"""How the list of findings is sorted, and which of them it shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workstation.domain.decision import DecisionState


class Sort(StrEnum):
    ANSWER = "answer"  # series, result, and the order of the answer
    PLACE = "place"
    SIZE = "size"  # largest first
    CONFIDENCE = "confidence"  # highest first, those without one last
    DECISION = "decision"  # undecided first


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifting:
    """
    kind     code of findings; "" for all
    decision None for all
    slices   first and last slice of the series looked at, from 0, that a finding has to meet; None for all
    text     every word of it has to occur
    """

    sort: Sort = Sort.ANSWER
    kind: str = ""
    decision: DecisionState | None = None
    slices: tuple[int, int] | None = None
    text: str = ""

    @property
    def sifts(self) -> bool:
        """Whether something may be left out."""
        return bool(self.kind or self.decision or self.slices or self.text.strip())
