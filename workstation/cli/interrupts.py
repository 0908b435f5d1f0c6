"""Ctrl-C at a terminal: the first one cancels in order, the second one ends at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from workstation.domain.work import CancelToken


@contextmanager
def interrupts(cancel: CancelToken) -> Iterator[None]:
    """While inside, SIGINT cancels the token: a paid job records how it ended before the program leaves."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ask(number: int, frame: FrameType | None) -> None:
        if cancel.cancelled:
            raise KeyboardInterrupt
        cancel.cancel()

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
