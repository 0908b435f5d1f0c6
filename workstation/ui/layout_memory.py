"""Where the window stood and how wide its panels were, as one opaque text for the settings."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable

from PySide6.QtCore import QByteArray, QPoint, QRect, QSize
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QMainWindow, QSplitter, QWidget

_TITLE = 24
_FRAME = QSize(4, 40)  # what the frame around a window takes of a screen, at most


def room_on(screen: QScreen) -> QSize:
    """How large what is inside a window's frame can be."""
    return screen.availableSize() - _FRAME


def remember(
    window: QMainWindow, splitter: QSplitter, floating: QByteArray | None = None, *, folded: bool = False
) -> str:
    """
    floating  where the window of the panels stood, if they had one of their own
    folded    whether of a result only its findings are shown
    """
    parts = {"window": window.saveGeometry(), "panels": splitter.saveState()}
    if floating is not None:
        parts["floating"] = floating
    if folded:
        parts["folded"] = QByteArray()
    return json.dumps({name: base64.b64encode(bytes(value.data())).decode() for name, value in parts.items()})


def restore(text: str, window: QMainWindow, splitter: QSplitter) -> bool:
    """False for text that is not ours: the window then keeps its first size."""
    try:
        parts = json.loads(text)
        window_state, panels = (base64.b64decode(parts[name], validate=True) for name in ("window", "panels"))
    except (ValueError, KeyError, TypeError, binascii.Error):
        return False
    restored = window.restoreGeometry(QByteArray(window_state)) and splitter.restoreState(QByteArray(panels))
    if restored:
        bring_back(window)
    return restored


def was_folded(text: str) -> bool:
    """Whether of a result only its findings were shown."""
    try:
        return "folded" in json.loads(text)
    except (ValueError, TypeError):
        return False


def restore_floating(text: str, floating: Callable[[], QWidget]) -> None:
    """Make the panels' own window again and put it where it stood, if they had one."""
    try:
        kept = base64.b64decode(json.loads(text)["floating"], validate=True)
    except (ValueError, KeyError, TypeError, binascii.Error):
        return
    window = floating()
    if window.restoreGeometry(QByteArray(kept)):
        bring_back(window)


def bring_back(window: QWidget) -> None:
    """A window whose screen is gone, or has become smaller, comes onto one that is there."""
    frame = window.geometry()
    screens = QGuiApplication.screens()
    title = QRect(frame.left(), frame.top(), frame.width(), _TITLE)  # what the window is moved by
    seen = [screen for screen in screens if _area(screen.availableGeometry() & title) >= _area(title) / 2]
    there = seen[0] if seen else QGuiApplication.primaryScreen()
    home = there.availableGeometry()
    whole = window.isMaximized() or window.isFullScreen()  # the screen's affair
    size = frame.size().boundedTo(home.size() if whole else room_on(there))
    if size != frame.size():
        window.resize(size)
    if not seen:
        window.move(home.topLeft() + QPoint((home.width() - size.width()) // 2, (home.height() - size.height()) // 2))


def _area(part: QRect) -> int:
    return max(0, part.width()) * max(0, part.height())
