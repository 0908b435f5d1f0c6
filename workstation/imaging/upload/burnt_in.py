"""Pictures that may carry a name in their pixels: those are not sent as they are."""

from __future__ import annotations

from typing import Final

from workstation.domain.series import FactCode, Stack
from workstation.domain.words import Words, say
from workstation.imaging.dicom.kinds import is_secondary_capture

_CAPTURED: Final = say("This is a screenshot or secondary capture; names may stand in its pixels.")


def must_not_be_sent(stack: Stack, shown: bool = False) -> Words | None:
    """Why a stack may not leave this PC; None: it may.

    shown   the person has looked at this one picture and lets it go. `prepare` still refuses each file that says of
            itself that text is burnt in.
    source  DICOM PS3.3 C.7.6.1.1.7 (Burned In Annotation), PS3.15 E.3.1 (Clean Pixel Data Option)
    """
    if shown:
        return None
    burnt_in = stack.fact(FactCode.BURNT_IN)
    if burnt_in is not None:
        return burnt_in.sentence
    captured = any(is_secondary_capture(instance.sop_class_uid) for instance in stack.instances)
    return _CAPTURED if captured or stack.fact(FactCode.SECONDARY) is not None else None
