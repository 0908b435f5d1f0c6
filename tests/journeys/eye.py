"""The program as `python -m workstation` starts it, with an eye: it tells on a pipe where its widgets are and what they
say, so that hands outside of it find them. It moves nothing.

python -m tests.journeys.eye [ARGUMENT…]    a line on its standard input is a text; its answer is one line of JSON
"""

from __future__ import annotations

import json
import os
import sys
import threading
from queue import Empty, Queue
from typing import Any

from PySide6.QtCore import QPoint, QRect, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

_LOOK_MS = 20


class Eye:
    """Answers in the thread of the window."""

    def __init__(self) -> None:
        self._asked: Queue[str] = Queue()
        self._timer: QTimer | None = None
        threading.Thread(target=self._read, daemon=True).start()

    def open(self) -> None:
        """Called once there is an application."""
        self._timer = QTimer(interval=_LOOK_MS)
        self._timer.timeout.connect(self._answer)
        self._timer.start()

    def _read(self) -> None:
        """Not by `sys.stdin`: processes forked meanwhile would wait for its lock."""
        text = b""
        while more := os.read(0, 4096):
            *lines, text = (text + more).split(b"\n")
            for line in lines:
                self._asked.put(line.decode())

    def _answer(self) -> None:
        try:
            text = self._asked.get_nowait()
        except Empty:
            return
        print(json.dumps(seen(text)), flush=True)


def seen(text: str) -> list[dict[str, Any]]:
    """Everything visible that says `text` or is of a class of that name; "" for all that says something."""
    top = QApplication.activeModalWidget() or QApplication.activePopupWidget()
    found = []
    for widget in QApplication.allWidgets():
        if not widget.isVisible() or widget.visibleRegion().isEmpty():
            continue
        kinds = {kind.__name__ for kind in type(widget).__mro__}
        for said, rect in _says(widget):
            if text in kinds or text == said or (not text and said):
                corner = widget.mapToGlobal(rect.topLeft())
                within = top is None or widget.window() is top or bool(kinds & {"QMenu"})
                found.append(
                    {
                        "says": said,
                        "kind": type(widget).__name__,
                        "rect": [corner.x(), corner.y(), rect.width(), rect.height()],
                        "enabled": widget.isEnabled() and within,
                        "checked": isinstance(widget, QAbstractButton) and widget.isChecked(),
                    }
                )
    return found


def _says(widget: QWidget) -> list[tuple[str, QRect]]:
    whole = widget.visibleRegion().boundingRect()
    if isinstance(widget, QMenu):
        return [(_plain(action), widget.actionGeometry(action)) for action in widget.actions()]
    if isinstance(widget, QTabBar):
        return [(widget.tabText(k), widget.tabRect(k)) for k in range(widget.count())]
    texts = [widget.accessibleName()]
    if isinstance(widget, (QAbstractButton, QLabel, QLineEdit)):
        texts.append(widget.text().replace("&", ""))
    if isinstance(widget, QComboBox):
        texts.append(widget.currentText())
    if isinstance(widget, QPlainTextEdit):
        texts.append(widget.toPlainText())
    said = [(one, whole) for one in dict.fromkeys(texts) if one]
    return said or [("", QRect(QPoint(), widget.size()))]


def _plain(action: QAction) -> str:
    return action.text().split("\t")[0].replace("&", "")


def main() -> int:
    from workstation.__main__ import main as start
    from workstation.ui.main_window import MainWindow

    eye, show = Eye(), MainWindow.start

    def start_and_look(window: MainWindow) -> None:
        show(window)
        eye.open()

    MainWindow.start = start_and_look  # type: ignore[method-assign]  # the one place where a window is sure to be there
    sys.argv[0] = "workstation"
    return start()


if __name__ == "__main__":
    sys.exit(main())
