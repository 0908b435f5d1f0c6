"""Links in what is kept: without the part that carries a signature.

An answer links to its files, and may repeat the links that it was sent. As JSON text, also inside JSON text, the
slash, the ampersand and the question mark may be written as escapes.
"""

from __future__ import annotations

import re
from typing import Final

_QUERY: Final = re.compile(
    r"""(?i)(https?:(?:\\*/){2}[^\s"'<>?]*?)   # to the end of the path
        (?:\?|\\+u003f)                        # where the query begins
        (?:[^\s"'<>\\]|\\+(?:/|u00[0-9a-f]{2}))*""",
    re.VERBOSE,
)


def without_signatures(text: str) -> str:
    """The same text, each web link in it ended before its query. Links to files are of no use afterwards."""
    return _QUERY.sub(r"\1", text)
