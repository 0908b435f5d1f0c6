"""One line under the toolbar for what a person has to know now. No box in the way; it goes when it is closed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workstation.domain.words import say
from workstation.ui.said import SaidButton, SaidLabel
from workstation.ui.sitting import Notice
from workstation.ui.speech import Speech


class NoticeBar(QWidget):
    """Laid over the top of the window's middle, so that nothing jumps when it comes."""

    def __init__(self, speech: Speech, parent: QWidget) -> None:
        super().__init__(parent)
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
        self.hide()

    def show_notice(self, notice: Notice) -> None:
        self._says.look(role="bad" if notice.bad else "title")
        self._says.say(notice.says)
        self._remedy.say(*((notice.remedy,) if notice.remedy is not None else ()))
        self.place()
        self.show()
        self.raise_()

    def place(self) -> None:
        """Along the top edge of the widget it is laid over."""
        parent = self.parentWidget()
        if parent is not None:
            width = parent.width()
            self.setGeometry(0, 0, width, max(40, self.layout_height(width)))

    def layout_height(self, width: int) -> int:
        layout = self.layout()
        return layout.heightForWidth(width) if layout is not None and layout.hasHeightForWidth() else 40
