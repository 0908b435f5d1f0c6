"""Trying again, for calls that may be repeated: bounded, longer waits each time, uneven so that jobs don't meet."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final, TypeVar

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.work import CancelToken, Clock

T = TypeVar("T")

TRIES: Final = 4
_FIRST_WAIT_S: Final = 0.5
_LONGEST_WAIT_S: Final = 8.0
_PASSING: Final = frozenset(
    {
        ErrorCode.UNREACHABLE,
        ErrorCode.TIMED_OUT,
        ErrorCode.THROTTLED,
        ErrorCode.SERVICE_FAILED,
        ErrorCode.NONCE_USED,
        ErrorCode.UPLOAD_DAMAGED,
        ErrorCode.BAD_ANSWER,
    }
)


def repeat(attempt: Callable[[], T], clock: Clock, cancel: CancelToken, tries: int = TRIES) -> T:
    """The first success, or the last error. Only for what may be done twice.

    raises  WorkstationError; Cancelled while waiting
    """
    for tried in range(1, tries):
        try:
            return attempt()
        except WorkstationError as error:
            if not _passes(error):
                raise
        longest = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** (tried - 1))
        clock.sleep(random.uniform(longest / 2, longest), cancel)
    return attempt()


def _passes(error: WorkstationError) -> bool:
    return error.code in _PASSING and error.facts.get("cause") != "certificate"
