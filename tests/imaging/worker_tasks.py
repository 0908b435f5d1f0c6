"""What tests let a worker do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np

from workstation.domain.error import WorkstationError
from workstation.imaging import worker
from workstation.imaging.worker import SharedArray


def add(a: int, b: int) -> int:
    return a + b


def end(code: int) -> int:
    os._exit(code)


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def be_told_to_end() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(10)


def own_process_twice() -> Iterator[int]:
    yield os.getpid()
    yield os.getpid()


def turn_forever() -> None:
    while True:
        pass


def wait(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def be_stopped(seconds: float) -> str:
    """Stopped by a signal, and woken by another process after a while."""
    wake = "import os, signal, sys, time; time.sleep(float(sys.argv[2])); os.kill(int(sys.argv[1]), signal.SIGCONT)"
    with subprocess.Popen([sys.executable, "-c", wake, str(os.getpid()), str(seconds)]):
        os.kill(os.getpid(), signal.SIGSTOP)
    return "went on"


def work_slowly(seconds: float, share: float) -> float:
    """As on a busy machine: the processor is had for a share of the time."""
    end = time.monotonic() + seconds
    while (now := time.monotonic()) < end:
        while time.monotonic() < now + 0.05 * share:
            pass
        time.sleep(0.05 * (1 - share))
    return seconds


def take(mebibytes: int) -> int:
    return len(np.ones(mebibytes * 2**20, dtype=np.uint8))


def recurse(depth: int) -> int:
    return recurse(depth + 1) + 1


def print_loudly() -> str:
    print("ZHANG^SAN")
    print("ZHANG^SAN", file=sys.stderr)
    os.write(1, b"ZHANG^SAN\n")
    os.write(2, b"ZHANG^SAN\n")
    return "quiet"


def fill(shared: SharedArray, value: int) -> None:
    worker.open_array(shared, whole=True)[...] = value


def begin(shared: SharedArray) -> int:
    """Write nothing of what was to be written from end to end."""
    worker.open_array(shared, whole=True)
    return os.getpid()


def members(archive: str, count: int, killers: frozenset[int]) -> Iterator[str]:
    for number in range(count):
        try:
            worker.starting(f"{archive}!/{number}")
        except WorkstationError as error:
            yield f"{number} {error.code}"
            continue
        if number in killers:
            end(1)
        yield str(number)


def own_process() -> int:
    return os.getpid()


class NotOurs(Exception):
    pass


def raise_foreign() -> None:
    raise NotOurs("ZHANG^SAN")


def has_imported(*modules: str) -> bool:
    return all(name in sys.modules for name in modules)
