"""A DICOM person name for people's eyes (PS3.5 6.2: alphabetic=ideographic=phonetic, five parts split by `^`)."""

from __future__ import annotations


def readable(name: str) -> str:
    """The ideographic form first, the alphabetic one beside it; parts in the order they were written."""
    groups = [" ".join(part for part in group.split("^") if part.strip()) for group in name.split("=")]
    alphabetic = groups[0] if groups else ""
    ideographic = groups[1].replace(" ", "") if len(groups) > 1 else ""
    if ideographic and alphabetic:
        return f"{ideographic} ({alphabetic})"
    return ideographic or alphabetic
