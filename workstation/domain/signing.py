"""A reading that was signed: nothing of it changes any more; addenda are added below."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from workstation.domain.decision import Decision


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


def signed_text(job_id: str, answer: str, decisions: Mapping[str, Decision], points: OpenPoints, signed: Signed) -> str:
    """What is signed, as one text that is the same in every version of the program: the service's answer by its
    digest, every decision as it stands, who signs and when, and what was open then."""
    return _canonical(
        {
            "job": job_id,
            "answer_sha256": hashlib.sha256(answer.encode("utf-8", "surrogatepass")).hexdigest(),
            "decisions": decisions_data(decisions),
            "open": {
                "slices": points.slices,
                "unread": points.unread,
                "undecided": points.undecided,
                "elsewhere": points.elsewhere,
                "measures": points.measures,
            },
            "by": signed.by,
            "role": signed.role,
            "at": _time(signed.at),
        }
    )


def addendum_text(job_id: str, addendum: Addendum) -> str:
    return _canonical(
        {"job": job_id, "text": addendum.text, "by": addendum.by, "role": addendum.role, "at": _time(addendum.at)}
    )


def chained(texts: Sequence[str], before: str = "") -> tuple[str, ...]:
    """The digest of each text with that of the one before it, so that none can be taken out from between."""
    digests: list[str] = []
    for text in texts:
        before = digests[-1] if digests else before
        digests.append(hashlib.sha256(f"{before}\n{text}".encode("utf-8", "surrogatepass")).hexdigest())
    return tuple(digests)


def decisions_data(decisions: Mapping[str, Decision]) -> dict[str, object]:
    """Decisions as plain values; a finding that nobody decided on has none."""
    return {
        finding_id: {
            "state": decision.state.value,
            "comment": decision.comment,
            "by": decision.by,
            "role": decision.role,
            "at": None if decision.at is None else _time(decision.at),
        }
        for finding_id, decision in sorted(decisions.items())
        if decision.at is not None
    }


def _canonical(data: Mapping[str, object]) -> str:
    return json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
