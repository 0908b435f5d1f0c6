"""What is signed, as text: the same in every version of the program, and the digest that it is known by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from workstation.domain.decision import Decision
from workstation.domain.shape_text import shapes_data
from workstation.domain.signature import Addendum, OpenPoints, Signed


@dataclass(frozen=True, slots=True)
class NotedThen:
    """What readers had measured and drawn on a series when it was signed, each as the records keep it."""

    stack_id: str
    texts: tuple[str, ...]

    @property
    def data(self) -> dict[str, object]:
        """A mask is large: each by its digest."""
        return {"series": self.stack_id, "sha256": [_sha256(text) for text in self.texts]}


def signed_text(
    job_id: str,
    answer: str,
    decisions: Mapping[str, Decision],
    points: OpenPoints,
    signed: Signed,
    own: Sequence[str] = (),
    noted: NotedThen | None = None,
) -> str:
    """What is signed, as one text that is the same in every version of the program: the service's answer by its
    digest, every decision as it stands, what the reader found, measured and drew, who signs and when, and what was
    open then."""
    return _canonical(
        {
            **signed_data(job_id, answer, decisions, own, noted),
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


AGAIN: Final = ("job", "answer_sha256", "decisions", "own", "noted")  # what `signed_data` may hold


def signed_data(
    job_id: str,
    answer: str,
    decisions: Mapping[str, Decision],
    own: Sequence[str] = (),
    noted: NotedThen | None = None,
) -> dict[str, object]:
    """The part of it that can be made again later, to see whether it is still so.

    own    findings of the reader's, as the records keep them; without any it is the text of earlier versions
    noted  None: the text of a version that did not sign it
    """
    return {
        "job": job_id,
        "answer_sha256": _sha256(answer),
        "decisions": decisions_data(decisions),
        **({"own": list(own)} if own else {}),
        **({"noted": noted.data} if noted is not None else {}),
    }


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
            **({"shapes": shapes_data(decision.shapes)} if decision.shapes is not None else {}),
        }
        for finding_id, decision in sorted(decisions.items())
        if decision.at is not None
    }


def _canonical(data: Mapping[str, object]) -> str:
    return json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
