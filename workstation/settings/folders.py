"""Where the program keeps its things. `YINGTAI_HOME` puts all of it under one folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.settings.files import make_private

HOME_VARIABLE: Final = "YINGTAI_HOME"
_APP: Final = "yingtai"


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """config      settings, and keys where there is no keyring
    data        records: jobs, decisions, readings, UID map; what scans learned
    cache       what can be made again and names nobody
    localcloud  the state of the local cloud
    work        de-identified copies of unfinished jobs; outlives a restart, so that a job can resume
    """

    config: Path
    data: Path
    cache: Path
    localcloud: Path
    work: Path

    @property
    def settings_file(self) -> Path:
        return self.config / "settings.json"

    @property
    def secrets_file(self) -> Path:
        return self.config / "keys.json"

    def create(self) -> Folders:
        """Make them, for the owner only. raises HOME_NOT_USABLE"""
        try:
            for folder in astuple(self):
                make_private(folder)
        except WorkstationError:
            raise WorkstationError(ErrorCode.HOME_NOT_USABLE) from None
        return self


def find_folders(environ: Mapping[str, str] = os.environ) -> Folders:
    """This user's folders, not created yet."""
    home = environ.get(HOME_VARIABLE)
    if home:
        root = Path(home)
        with suppress(RuntimeError):  # `~name` of a user who does not exist is a folder like any other
            root = root.expanduser()
        root = root.absolute()
        return _below(root / "config", root / "data", root / "cache")
    from platformdirs import PlatformDirs

    places = PlatformDirs(_APP, appauthor=False, roaming=False)
    config, data = places.user_config_path, places.user_data_path
    if config == data:  # Windows and macOS keep both in one place
        config = config / "config"
    return _below(config, data, places.user_cache_path)


def _below(config: Path, data: Path, cache: Path) -> Folders:
    return Folders(config=config, data=data, cache=cache, localcloud=data / "localcloud", work=data / "work")
