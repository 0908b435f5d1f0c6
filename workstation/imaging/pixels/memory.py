"""How much memory a volume may take, asked before it is taken: Linux gives it first and kills later."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path


def available_bytes() -> int | None:
    """Memory that can be had without swapping; None where the system does not tell."""
    if sys.platform == "win32":
        return _windows()
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return None


def _windows() -> int | None:
    """source: GlobalMemoryStatusEx of kernel32; ullAvailPhys is the second 64-bit field after two 32-bit ones"""

    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_uint32),
            ("load", ctypes.c_uint32),
            ("total_physical", ctypes.c_uint64),
            ("available_physical", ctypes.c_uint64),
            ("others", ctypes.c_uint64 * 5),
        )

    status = Status(length=ctypes.sizeof(Status))
    windll = getattr(ctypes, "windll", None)
    if windll is None or not windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    return int(status.available_physical)
