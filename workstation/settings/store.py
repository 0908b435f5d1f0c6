"""The settings file: read with care, written whole. What can't be read is kept aside and said, never overwritten."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.settings.files import write_private
from workstation.settings.migrations import VERSION, migrate
from workstation.settings.settings import Settings

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Loaded:
    """`notice`: what a person has to know about how it was read."""

    settings: Settings
    notice: WorkstationError | None = None


class SettingsFile:
    """`settings.json` in the folder for settings. Another window or command may write it, too: use `update`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Loaded:
        """The settings, or the defaults with a notice. raises HOME_NOT_USABLE when it is there but locked away"""
        _reader()  # also where there is no file yet: imported later, by a thread and past Qt's import hook, it can fail
        try:
            text = self._path.read_bytes()
        except FileNotFoundError:
            return Loaded(Settings())
        except OSError:
            raise WorkstationError(ErrorCode.HOME_NOT_USABLE) from None
        try:
            return Loaded(_read(text))
        except WorkstationError as error:
            code = error.code if error.code is ErrorCode.SCHEMA_TOO_NEW else ErrorCode.SETTINGS_UNREADABLE
        except (ValueError, RecursionError):
            code = ErrorCode.SETTINGS_UNREADABLE
        return Loaded(Settings(), WorkstationError(code, kept=self._keep_aside()))

    def update(self, change: Callable[[Settings], Settings]) -> Settings:
        """Read, change, write; returns what is written. raises CANNOT_WRITE, NO_SPACE, and what `change` raises"""
        changed = change(self.load().settings)
        self.save(changed)
        return changed

    def save(self, settings: Settings) -> None:
        """raises CANNOT_WRITE, NO_SPACE"""
        data = {"version": VERSION, **asdict(settings)}
        write_private(self._path, json.dumps(data, ensure_ascii=False, indent=2) + "\n")

    def _keep_aside(self) -> str:
        """Rename the file out of the way; its new name."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        kept = self._path.with_name(f"{self._path.stem}.kept-{stamp}{self._path.suffix}")
        try:
            self._path.replace(kept)
        except OSError:
            raise WorkstationError(ErrorCode.CANNOT_WRITE) from None
        return kept.name


def _read(text: bytes) -> Settings:
    """raises ValueError (no JSON, wrong types), WorkstationError (a value that is not allowed, or too new)"""
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("no object")
    # by way of JSON, where strict types still let a list be a tuple and a text an enum member
    return _reader().validate_json(json.dumps(migrate(data)), strict=True)


@cache
def _reader() -> TypeAdapter[Settings]:
    from pydantic import TypeAdapter

    return TypeAdapter(Settings)
