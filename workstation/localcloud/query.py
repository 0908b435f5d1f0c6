"""Query strings and form bodies, decoded strictly: a name comes once, the text is UTF-8."""

from __future__ import annotations

from urllib.parse import parse_qsl


class Repeated(Exception):
    """One name was given twice, so two readers could see two values."""


def decode_query(text: bytes) -> dict[str, str]:
    """Names and values; empty values are kept, they are signed too. raises UnicodeDecodeError, Repeated"""
    pairs = parse_qsl(text.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict")
    decoded = dict(pairs)
    if len(decoded) != len(pairs):
        raise Repeated
    return decoded
