"""One line above the jobs for what a person has to know now. No box in the way; it goes when it is closed."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workstation.domain.words import say
from workstation.ui.said import SaidButton, SaidLabel
from workstation.ui.sitting import Notice
from workstation.ui.speech import Speech

_LEAST_PX: Final = 40
_NEWS_MS: Final = 8000


class OverBottom(QWidget):
    """Laid over the bottom of `under`, so that nothing jumps when it comes: tabs, the patient's name and the line of
    files left out stay in sight."""

    def __init__(self, under: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._under, self._whole = under, parent
        self.setProperty("surface", "notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        under.installEventFilter(self)

    def place(self) -> None:
        """Along the bottom edge of what it is laid over."""
        layout, width = self.layout(), self._under.width()
        height = layout.heightForWidth(width) if layout is not None and layout.hasHeightForWidth() else 0
        height = max(_LEAST_PX, height)
        corner = self._under.mapTo(self._whole, QPoint(0, self._under.height() - height))
        self.setGeometry(corner.x(), corner.y(), width, height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self.place()
        return super().eventFilter(watched, event)


class NoticeBar(OverBottom):
    """An error stays until it is closed, other news goes by itself."""

    def __init__(self, speech: Speech, under: QWidget, parent: QWidget) -> None:
        super().__init__(under, parent)
        self._says = SaidLabel(speech, role="bad", wrap=True)
        self._remedy = SaidLabel(speech, role="second", wrap=True)
        close = SaidButton(speech, say("Close"), kind="flat")
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(12)
        lines = QVBoxLayout()
        lines.setSpacing(2)
        lines.addWidget(self._says)
        lines.addWidget(self._remedy)
        row.addLayout(lines, 1)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignVCenter)
        self._going = QTimer(self, singleShot=True, interval=_NEWS_MS)
        self._going.timeout.connect(self.hide)
        self.hide()

    def show_notice(self, notice: Notice) -> None:
        self._says.look(role="bad" if notice.bad else "title")
        self._says.say(notice.says)
        self._remedy.say(*((notice.remedy,) if notice.remedy is not None else ()))
        self._remedy.setVisible(notice.remedy is not None)
        self._going.stop()
        if not notice.bad:
            self._going.start()
        self.show()
        self.place()  # once it is shown: before, its labels have not got their fonts
        self.raise_()
