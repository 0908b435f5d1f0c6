"""The state folder: keys made once, the lock that makes a service the only one, the note that lets it be found."""

from __future__ import annotations

import json
import os
import secrets
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Final

from workstation.localcloud.note import NOTE

REGION: Final = "cn-shanghai"
_KEYS: Final = "keys.json"
_LOCK: Final = "lock"


@dataclass(frozen=True, slots=True)
class Keys:
    """What a caller needs to be let in, made at the first start of a state. `service_…`: ours, for result links."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    app_key: str = field(repr=False)
    bucket: str
    service_key_id: str
    service_key_secret: str = field(repr=False)
    result_bucket: str


def write_private(path: Path, text: str) -> None:
    """A file that only its owner reads, replaced at once. (Windows: the user's profile folder keeps others out.)"""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())  # a power cut must not leave an empty one
    draft.replace(path)


class Damaged(Exception):
    """A file of the state that can't be read; its name."""


def load_keys(folder: Path) -> Keys:
    """The keys of this state; made when it is new. raises Damaged"""
    path = folder / _KEYS
    if path.exists():
        try:
            return Keys(**json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, TypeError):
            raise Damaged(_KEYS) from None
    keys = Keys(
        access_key_id=f"LOCAL{secrets.token_hex(8)}",
        access_key_secret=secrets.token_hex(20),
        app_key=secrets.token_hex(16),
        bucket=f"yingtai-{secrets.token_hex(4)}",
        service_key_id=f"SERVICE{secrets.token_hex(8)}",
        service_key_secret=secrets.token_hex(20),
        result_bucket=f"yingtai-results-{secrets.token_hex(4)}",
    )
    write_private(path, json.dumps(asdict(keys)))
    return keys


def lock(folder: Path) -> IO[bytes] | None:
    """The lock of this state, held as long as the answer is open; None when another service holds it.

    The system lets go of it when its holder dies in whatever way, so a stale one cannot exist.
    """
    file = (folder / _LOCK).open("ab+")
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def last_port(folder: Path) -> int:
    """The port this state had last, so that addresses in unfinished jobs stay right; 0 when unknown."""
    try:
        return int(json.loads((folder / NOTE).read_text(encoding="utf-8"))["port"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0
