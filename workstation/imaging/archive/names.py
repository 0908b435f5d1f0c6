"""Names of archive members: their bytes → text, and which of them are refused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError

_DRIVE: Final = re.compile(r"[A-Za-z]:")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
# Letters with accents stand here in code page 437, which ZIP names are in where nothing else is said (APPNOTE D.1).
_WESTERN: Final = frozenset({*range(0x80, 0xA9), 0xE1})


def encoding_of(names: Iterable[bytes]) -> str:
    """The encoding that names of one archive are in when the archive does not say: UTF-8, GB18030 or code page 437."""
    together = b"\n".join(names)
    if _decodes(together, "utf-8"):
        return "utf-8"
    western = all(byte in _WESTERN for byte in together if byte >= 0x80)
    return "gb18030" if not western and _decodes(together, "gb18030") else "cp437"


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def shown(name: str) -> str:
    """A member's name with one kind of separator and without control characters."""
    return _CONTROL.sub("\ufffd", name.replace("\\", "/"))


def check_name(name: str) -> WorkstationError | None:
    """Why a member of this shown name is refused: it would lie outside the folder that it were unpacked to."""
    if not name or name.startswith("/") or _DRIVE.match(name) or ".." in name.split("/"):
        return WorkstationError(ErrorCode.UNSAFE_NAME)
    return None


class Unique:
    """Gives the second member of one name another; the same names in the same order come out the same."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def name(self, name: str) -> str:
        count = self._seen[name] = self._seen.get(name, 0) + 1
        return name if count == 1 else self.name(f"{name} ({count})")
