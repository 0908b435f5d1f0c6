"""The wheel over fields that lie in what scrolls: it scrolls, and changes no number on the way."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget


def leave_wheel(field: QWidget) -> None:
    """Let the wheel go on to what lies around a slider, a number or a choice."""
    field.installEventFilter(_Passing(field))


class _Passing(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Wheel:
            return False
        event.ignore()  # then Qt asks the parent
        return True
