"""Who signed a reading, what was added to it later, and what was still open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from workstation.domain.words import say

NOT_INTACT: Final = say("What is kept of this reading is no longer what was signed: it was changed past the program.")
SIGNATURE_BROKEN: Final = say("Signature broken")


@dataclass(frozen=True, slots=True, kw_only=True)
class Addendum:
    """`at` aware, UTC."""

    text: str
    by: str
    role: str = ""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Who signed when; `digest`: SHA-256 (hex) of what was signed, "" until it is written.

    addenda  oldest first
    intact   False: what is kept now is not what was signed
    """

    by: str
    role: str = ""
    at: datetime
    digest: str = ""
    addenda: tuple[Addendum, ...] = ()
    intact: bool = True

    def with_addendum(self, addendum: Addendum) -> Signed:
        return replace(self, addenda=(*self.addenda, addendum))


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPoints:
    """What a person is told of before signing: the report is about less than everything.

    slices, unread     of the series, and those not looked at in a fitting window
    undecided, hidden  findings of the result, and those among them that the confidence filter hides
    elsewhere          undecided findings of other results of the same series
    measures           that a person made on the series
    """

    slices: int = 0
    unread: int = 0
    undecided: int = 0
    hidden: int = 0
    elsewhere: int = 0
    measures: int = 0

    @property
    def any(self) -> bool:
        return bool(self.unread or self.undecided or self.elsewhere)
