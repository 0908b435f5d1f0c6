"""Whose service this is: it ends when every process it was started for is gone."""

from __future__ import annotations

import os
import sys


def alive(pid: int) -> bool:
    """Whether a process of that number runs."""
    if sys.platform == "win32":
        import ctypes

        synchronize, timed_out = 0x00100000, 0x00000102
        handle = ctypes.windll.kernel32.OpenProcess(synchronize, False, pid)
        if not handle:
            return False
        waiting = ctypes.windll.kernel32.WaitForSingleObject(handle, 0) == timed_out
        ctypes.windll.kernel32.CloseHandle(handle)
        return bool(waiting)
    try:
        os.kill(pid, 0)  # on Windows this very call would end the process
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class Owners:
    """The processes that need the service; None among them: it stays until it is stopped."""

    def __init__(self, first: int | None) -> None:
        self._pids: set[int] | None = None if first is None else {first}

    def add(self, pid: int | None) -> None:
        if pid is None:
            self._pids = None
        elif self._pids is not None:
            self._pids.add(pid)

    def gone(self) -> bool:
        """Whether none of them runs any more."""
        if self._pids is None:
            return False
        self._pids = {pid for pid in self._pids if alive(pid)}
        return not self._pids
