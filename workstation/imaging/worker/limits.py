"""What a worker may use: memory by the operating system, and what it used of the processor, to judge a slow answer."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from typing import Any, Final

MEBIBYTE: Final = 2**20
ROOM: Final = 192 * MEBIBYTE  # beyond what it holds when a request comes in; several workers may use it at once
LARGE_ROOM: Final = 704 * MEBIBYTE  # for one worker at a time, when the first was not enough
WHOLE_WORKER: Final = 1024 * MEBIBYTE  # where the limit can only be set from outside, once (Windows)
MOST_KEPT: Final = 512 * MEBIBYTE  # a worker that holds more than this above its start is replaced


def held_bytes() -> int:
    """Address space of this process; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123  once for each request
            return int(file.read().split()[0]) * _PAGE
    except (OSError, ValueError, IndexError):
        return 0


def allow(room: int, held: int) -> None:
    """From now on allocations beyond `room` bytes fail in this process. Only Linux enforces it; macOS ignores it."""
    if sys.platform == "linux" and held:
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        most = held + room
        resource.setrlimit(resource.RLIMIT_AS, (most if hard < 0 else min(most, hard), hard))


def leave_no_core() -> None:
    """A killed worker writes no dump: it would hold pixels and names."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


if sys.platform == "win32":
    _PAGE = 4096

    def confine(process: Any) -> object:
        """A job object: at most so much memory, and its processes end when the last handle of it is gone.

        source: JOBOBJECT_EXTENDED_LIMIT_INFORMATION, class 9 of SetInformationJobObject
        """
        kernel = ctypes.windll.kernel32
        kernel.CreateJobObjectW.restype = ctypes.c_void_p
        job = kernel.CreateJobObjectW(None, None)
        limits = _Limits()
        limits.flags = 0x100 | 0x400 | 0x2000  # PROCESS_MEMORY, DIE_ON_UNHANDLED_EXCEPTION, KILL_ON_JOB_CLOSE
        limits.process_memory = WHOLE_WORKER
        kernel.SetInformationJobObject(ctypes.c_void_p(job), 9, ctypes.byref(limits), ctypes.sizeof(limits))
        kernel.AssignProcessToJobObject(ctypes.c_void_p(job), ctypes.c_void_p(int(process._handle)))
        return job

    def release(job: object) -> None:
        ctypes.windll.kernel32.CloseHandle(ctypes.c_void_p(job))  # type: ignore[arg-type]

    def processor_seconds(process: Any) -> float | None:
        """source: GetProcessTimes; kernel and user time in units of 100 ns"""
        times = (ctypes.c_uint64 * 4)()
        each = [ctypes.byref(times, 8 * index) for index in range(4)]
        if not ctypes.windll.kernel32.GetProcessTimes(ctypes.c_void_p(int(process._handle)), *each):
            return None
        return (times[2] + times[3]) / 1e7

    class _Limits(ctypes.Structure):
        _fields_ = (
            ("process_time", ctypes.c_int64),
            ("job_time", ctypes.c_int64),
            ("flags", ctypes.c_uint32),
            ("least_set", ctypes.c_size_t),
            ("largest_set", ctypes.c_size_t),
            ("processes", ctypes.c_uint32),
            ("affinity", ctypes.c_size_t),
            ("priority", ctypes.c_uint32),
            ("scheduling", ctypes.c_uint32),
            ("counters", ctypes.c_uint64 * 6),
            ("process_memory", ctypes.c_size_t),
            ("job_memory", ctypes.c_size_t),
            ("peak_process", ctypes.c_size_t),
            ("peak_job", ctypes.c_size_t),
        )

else:
    _PAGE = os.sysconf("SC_PAGE_SIZE")

    def confine(process: Any) -> object:
        """Nothing from outside: here a process limits itself, and watches whether its parent lives."""
        return None

    def release(job: object) -> None:
        """Nothing to give back."""

    def processor_seconds(process: Any) -> float | None:
        """None where the system does not tell. source: proc(5), fields 14 and 15 of stat"""
        try:
            fields = Path(f"/proc/{process.pid}/stat").read_bytes().rpartition(b")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        except (OSError, ValueError, IndexError):
            return None
