"""Who decides and signs, in words."""

from __future__ import annotations

from workstation.domain.signature import Addendum, Signed
from workstation.domain.words import Words, say
from workstation.ui.finding_words import local_time


def who(name: str, role: str) -> Words:
    """Such as: Li, radiologist"""
    return say("{name}, {role}", name=name, role=role) if role else say("{text}", text=name)


def signed_words(signed: Signed) -> Words:
    return say("Signed by {who} · {at}", who=who(signed.by, signed.role), at=local_time(signed.at))


def addendum_words(addendum: Addendum) -> Words:
    by = who(addendum.by, addendum.role)
    return say("{who} · {at}: {text}", who=by, at=local_time(addendum.at), text=addendum.text)
