"""Files of a result: they lie in the service's own bucket and are reached by links of the old form that expire."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from workstation.localcloud.objects import Shelves
from workstation.localcloud.oss_access import Key, v1_link

FIVE_MINUTES_S: Final = 5 * 60
HALF_AN_HOUR_S: Final = 30 * 60


class ResultFiles:
    """Puts files into the result bucket. They are deleted some time after their links are over."""

    def __init__(self, shelves: Shelves, base: str, key: Key, bucket: str, now: Callable[[], float]) -> None:
        self._shelves, self._base, self._key, self._bucket, self._now = shelves, base, key, bucket, now

    def publish(self, job: str, file: Path, lifetime_s: int = HALF_AN_HOUR_S) -> str:
        """The address of a copy of `file`, good for `lifetime_s` seconds. raises NoSpace"""
        self._shelves.delete_outlived()
        name = f"{job}/{file.name}"
        expires = int(self._now()) + lifetime_s
        with self._shelves.incoming(self._bucket, name) as incoming, file.open("rb") as source:
            shutil.copyfileobj(source, incoming)
            self._shelves.keep(
                incoming, self._bucket, name, content_type="application/octet-stream", meta={}, gone_at=expires + 60
            )
        return v1_link(self._base, self._key, self._bucket, name, expires)
