"""JSON of a service: half characters are no reason to lose what was paid for."""

from __future__ import annotations

import json
from collections.abc import Callable


def value_of(text: str, refuse: Callable[[str], object] | None = None) -> object:
    """JSON text → value. Halves of surrogate pairs, which no file and no database takes, become U+FFFD.

    refuse  is called with NaN, Infinity and -Infinity, which are no JSON; None: they are taken
    raises  ValueError, RecursionError
    """
    value: object = json.loads(_whole(text), parse_constant=refuse)
    if "\\ud" not in text.lower():
        return value
    whole: object = json.loads(_whole(json.dumps(value, ensure_ascii=False)))
    return whole


def _whole(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
