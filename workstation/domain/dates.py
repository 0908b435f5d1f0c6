"""Days between examinations, by what their files say of the acquisition: never by the dates of files."""

from __future__ import annotations

from datetime import date

from workstation.domain.series import Stack


def examined(stack: Stack) -> str:
    """The day of the acquisition as DICOM writes it (YYYYMMDD), else that of the study; "" where neither is told."""
    return stack.acquired if day(stack.acquired) is not None else stack.study.date


def days_between(earlier: Stack, later: Stack) -> int | None:
    """Negative where the first is the later one; None where a date is missing or is none."""
    first, second = day(examined(earlier)), day(examined(later))
    return (second - first).days if first is not None and second is not None else None


def day(written: str) -> date | None:
    """YYYYMMDD (PS3.5 6.2), also with the dots of ACR-NEMA; None for all else, such as 00000000."""
    digits = written.replace(".", "")
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))  # strptime loads for 15 ms at its first date
    except ValueError:
        return None
