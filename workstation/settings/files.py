"""Small private files: written whole or not at all, readable by their owner only."""

from __future__ import annotations

import errno
import os
import tempfile
import time
from pathlib import Path
from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError

_FULL: Final = frozenset({errno.ENOSPC, errno.EFBIG, errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.ENOSPC})
_REPLACE_TRIES: Final = 5
_REPLACE_PAUSE_S: Final = 0.05


def make_private(folder: Path) -> Path:
    """Create the folder and those above it; only the owner may look into what is created here.

    raises  CANNOT_WRITE
    """
    try:
        for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
            missing.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        raise WorkstationError(ErrorCode.CANNOT_WRITE) from None
    return folder


def write_private(path: Path, text: str) -> None:
    """Replace the file's content in one step. raises CANNOT_WRITE, NO_SPACE"""
    make_private(path.parent)
    part: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600 from the start
        part = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _replace(part, path)
    except OSError as error:
        code = ErrorCode.NO_SPACE if error.errno in _FULL else ErrorCode.CANNOT_WRITE
        raise WorkstationError(code) from None
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def _replace(part: Path, path: Path) -> None:
    """On Windows a reader that has the file open, a virus scanner for one, makes this fail for a moment."""
    for tried in range(1, _REPLACE_TRIES + 1):
        try:
            part.replace(path)
        except PermissionError:
            if tried == _REPLACE_TRIES:
                raise
            time.sleep(_REPLACE_PAUSE_S)
        else:
            return
