"""A DICOM person name for people's eyes (PS3.5 6.2: alphabetic=ideographic=phonetic, five parts split by `^`)."""

from __future__ import annotations


def readable(name: str) -> str:
    """The ideographic form first, the alphabetic one beside it; parts in the order they were written."""
    groups = [" ".join(part for part in group.split("^") if part.strip()) for group in name.split("=")]
    alphabetic = _closed(groups[0])
    ideographic = groups[1].replace(" ", "") if len(groups) > 1 else ""
    if ideographic and alphabetic:
        return f"{ideographic} ({alphabetic})"
    return ideographic or alphabetic


def _closed(name: str) -> str:
    """Many scanners write the Chinese name where the alphabetic one belongs; it has no space there either."""
    packed = name.replace(" ", "")
    return packed if all("\u3400" <= c <= "\u9fff" or c >= "\U00020000" for c in packed) else name
