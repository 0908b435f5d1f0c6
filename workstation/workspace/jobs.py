"""Durable jobs as the window lists them: one line each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workstation.domain.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLine:
    """One job in words.

    code            stable name of the state, for scripts
    title           the operation
    stack_id        the series it is about; the window names it while its study is open
    connection      name of the connection it goes through
    cost            by the price list, and whether it is certain; None where nothing costs
    number          the service's for the call, for its support; "" where there is none
    state           what it does now ("uploading 71 / 106 · 4 s left")
    fraction        0…1; None where it can't be known
    error, remedy   sentences; None while nothing is wrong
    running         it can be cancelled
    resumable       it stopped and can go on from where it is
    needs_decision  its outcome is unknown: it may have been charged, and a person decides
    finished        nothing more will happen; the line can be put away
    """

    id: str
    title: Words
    state: Words
    fraction: float | None = None
    error: Words | None = None
    remedy: Words | None = None
    running: bool = False
    resumable: bool = False
    needs_decision: bool = False
    finished: bool = False
    code: str = ""
    stack_id: str = ""
    connection: str = ""
    cost: Words | None = None
    number: str = ""


class Resolution(StrEnum):
    """What a person decides about a job whose outcome is unknown."""

    ASK_AGAIN = "ask-again"  # ask the service for the known job; costs nothing
    SUBMIT_ANEW = "submit-anew"  # may be charged twice
    GIVE_UP = "give-up"  # nothing more is sent
