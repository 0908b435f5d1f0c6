"""Where the window stood and how wide its panels were, as one opaque text for the settings."""

from __future__ import annotations

import base64
import binascii
import json

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QMainWindow, QSplitter


def remember(window: QMainWindow, splitter: QSplitter) -> str:
    parts = {"window": window.saveGeometry(), "panels": splitter.saveState()}
    return json.dumps({name: base64.b64encode(bytes(value.data())).decode() for name, value in parts.items()})


def restore(text: str, window: QMainWindow, splitter: QSplitter) -> bool:
    """False for text that is not ours: the window then keeps its first size."""
    try:
        parts = json.loads(text)
        window_state, panels = (base64.b64decode(parts[name], validate=True) for name in ("window", "panels"))
    except (ValueError, KeyError, TypeError, binascii.Error):
        return False
    return window.restoreGeometry(QByteArray(window_state)) and splitter.restoreState(QByteArray(panels))
