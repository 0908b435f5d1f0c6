"""Files of a result: they lie in the service's own bucket and are reached by links of the old form that expire."""

from __future__ import annotations

from collections.abc import Callable

from workstation.localcloud.objects import Shelves
from workstation.localcloud.oss_access import Key, v1_link


class ResultFiles:
    """Puts files into the result bucket. They are deleted some time after their links are over."""

    def __init__(self, shelves: Shelves, base: str, key: Key, bucket: str, now: Callable[[], float]) -> None:
        self._shelves, self._base, self._key, self._bucket, self._now = shelves, base, key, bucket, now

    def publish(self, job: str, file: str, content: bytes, lifetime_s: int) -> str:
        """The address of a new file of this name, good for `lifetime_s` seconds. raises NoSpace"""
        self._shelves.delete_outlived()
        name = f"{job}/{file}"
        expires = int(self._now()) + lifetime_s
        with self._shelves.incoming(self._bucket, name) as incoming:
            incoming.write(content)
            self._shelves.keep(
                incoming, self._bucket, name, content_type="application/octet-stream", meta={}, gone_at=expires + 60
            )
        return v1_link(self._base, self._key, self._bucket, name, expires)
