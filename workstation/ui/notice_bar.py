"""One line above the jobs for what a person has to know now. No box in the way; it goes when it is closed."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workstation.domain.words import say
from workstation.ui.said import SaidButton, SaidLabel
from workstation.ui.sitting import Notice
from workstation.ui.speech import Speech

_LEAST_PX: Final = 40
_NEWS_MS: Final = 8000


class NoticeBar(QWidget):
    """Laid over the bottom of `under`, its sibling, so that nothing jumps when it comes: tabs and the patient's name
    stay in sight. An error stays until it is closed, other news goes by itself."""

    def __init__(self, speech: Speech, under: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._under = under
        self.setProperty("surface", "notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._says = SaidLabel(speech, role="bad", wrap=True)
        self._remedy = SaidLabel(speech, role="second", wrap=True)
        close = SaidButton(speech, say("Close"), kind="flat")
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(12)
        row.addWidget(self._says, 3)
        row.addWidget(self._remedy, 4)
        row.addWidget(close)
        self._going = QTimer(self, singleShot=True, interval=_NEWS_MS)
        self._going.timeout.connect(self.hide)
        self.hide()

    def show_notice(self, notice: Notice) -> None:
        self._says.look(role="bad" if notice.bad else "title")
        self._says.say(notice.says)
        self._remedy.say(*((notice.remedy,) if notice.remedy is not None else ()))
        self.place()
        self._going.stop()
        if not notice.bad:
            self._going.start()
        self.show()
        self.raise_()

    def place(self) -> None:
        """Along the bottom edge of what it is laid over."""
        layout, width = self.layout(), self._under.width()
        height = layout.heightForWidth(width) if layout is not None and layout.hasHeightForWidth() else 0
        height = max(_LEAST_PX, height)
        self.setGeometry(self._under.x(), self._under.geometry().bottom() + 1 - height, width, height)
