"""What must not happen while hands are at work: exceptions, defects in the background, warnings of Qt."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from PySide6.QtCore import QtMsgType, qInstallMessageHandler

_NOT_OURS = ("This plugin does not support", "outside target window")  # about the platform without a screen


class Complaints:
    """Everything that must not happen, as it happened."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.last = ""  # what the monkey did last

    def add(self, text: str) -> None:
        self.said.append(f"after {self.last}: {text}")
        print(self.said[-1], flush=True)

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Exceptions in slots and threads, defects in the background, warnings of Qt."""
        hooks = (sys.excepthook, sys.unraisablehook)
        handler = _Log(self)
        logging.getLogger().addHandler(handler)
        before = qInstallMessageHandler(self._qt)
        sys.excepthook = self._raised
        sys.unraisablehook = lambda found: self.add(f"unraisable {found.exc_value!r}")
        try:
            yield
        finally:
            sys.excepthook, sys.unraisablehook = hooks
            qInstallMessageHandler(before)
            logging.getLogger().removeHandler(handler)

    def _raised(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        import traceback

        self.add("".join(traceback.format_exception(kind, error, trace)))

    def _qt(self, kind: QtMsgType, _context: object, text: str) -> None:
        if kind is not QtMsgType.QtDebugMsg and not any(known in text for known in _NOT_OURS):
            self.add(f"Qt: {text}")


class _Log(logging.Handler):
    def __init__(self, complaints: Complaints) -> None:
        super().__init__(logging.ERROR)
        self._complaints = complaints

    def emit(self, record: logging.LogRecord) -> None:
        self._complaints.add(f"log: {record.getMessage()}")
