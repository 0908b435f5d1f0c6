"""Text forms that are signed or sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlencode


def percent(text: str) -> str:
    """RFC 3986: only letters, digits and `-_.~` stay; a space is `%20`."""
    return quote(text, safe="-_.~")


def canonical_query(parameters: Mapping[str, str]) -> str:
    """`name=value&…`, sorted by name as plain text (so `URLList.10.URL` stands before `URLList.2.URL`)."""
    return "&".join(f"{percent(name)}={percent(value)}" for name, value in sorted(parameters.items()))


def form(parameters: Mapping[str, str]) -> bytes:
    """A form body as the official client writes it: sorted, a space is `+`."""
    return urlencode(sorted(parameters.items())).encode()


def utc_seconds(at: datetime) -> str:
    """An aware time as both signatures write it: `2023-11-14T22:13:20Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
