"""How a finding stands in the list: small picture, number and label, facts, decision, and two signs to decide with."""

from __future__ import annotations

from enum import Enum
from typing import Final

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QImage, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip, QWidget

from workstation.domain.decision import DecisionState
from workstation.domain.words import Words, say
from workstation.ui.finding_lines import FindingLine, FindingLines, Index
from workstation.ui.finding_pictures import PICTURE_PX, FindingPictures
from workstation.ui.keys import Command
from workstation.ui.said import keyed
from workstation.ui.signs import Sign, paint_sign
from workstation.ui.speech import Speech
from workstation.ui.theme import SECOND_PX, current_theme, finding_colour, font

PAD: Final = 8
_BUTTON: Final = 26
_DOT: Final = 10
EDIT_HEIGHT: Final = 30
_KEPT: Final = 4000  # rows whose texts were placed
_LEFT: Final = 10 + PICTURE_PX + PAD
_TEXT: Final = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft


class Part(Enum):
    ROW = "row"
    ACCEPT = "accept"
    REJECT = "reject"


class FindingDelegate(QStyledItemDelegate):
    """`width`: that of the list, which rows are as wide as."""

    def __init__(self, speech: Speech, lines: FindingLines, pictures: FindingPictures, parent: QWidget) -> None:
        super().__init__(parent)
        self._speech, self._lines, self._pictures = speech, lines, pictures
        self.width = 300
        self._heights: dict[tuple[FindingLine, int, bool], int] = {}
        self._placed: dict[tuple[FindingLine, int], tuple[tuple[str, QRect, bool], ...]] = {}
        self._faces: tuple[QFont, QFont] | None = None
        self._rows: list[int] = []

    def forget(self) -> None:
        """Another font, another theme."""
        self._heights.clear()
        self._placed.clear()
        self._faces = None

    def measure(self) -> bool:
        """The heights of all rows anew: layouts ask for each of them again and again. Whether any has changed."""
        before = self._rows
        self._rows = [self._height(row) for row in range(self._lines.rowCount())]
        return self._rows != before

    @property
    def together(self) -> int:
        """The height of all rows, as measured last."""
        return sum(self._rows)

    def height(self, row: int) -> int:
        return self._rows[row] if row < len(self._rows) else self._height(row)

    def _height(self, row: int) -> int:
        line = self._lines.line(row)
        commenting = line.id == self._lines.commenting
        key = (line, self.width, commenting)
        if key not in self._heights:
            if len(self._heights) > _KEPT:
                self._heights.clear()
            bottom = max(PAD + PICTURE_PX, *(area.bottom() + 1 for _, area, _ in self._texts(line, self.width)))
            self._heights[key] = bottom + PAD + (EDIT_HEIGHT if commenting else 0)
        return self._heights[key]

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(self.width, self.height(index.row()))

    def part_at(self, area: QRect, row: int, x: int, y: int) -> Part:
        line = self._lines.line(row)
        for part in (Part.ACCEPT, Part.REJECT):
            if self.offers(line, part) and self.button(area, part).contains(x, y) and not line.frozen:
                return part
        return Part.ROW

    def offers(self, line: FindingLine, part: Part) -> bool:
        """Of a signed reading what was decided stays to be seen; the reader's own is only taken away."""
        chosen = line.state is (DecisionState.ACCEPTED if part is Part.ACCEPT else DecisionState.REJECTED)
        return chosen or not line.frozen

    @staticmethod
    def button(area: QRect, part: Part) -> QRect:
        left = area.right() - PAD - _BUTTON - (_BUTTON + 4 if part is Part.ACCEPT else 0)
        return QRect(left, area.top() + PAD, _BUTTON, _BUTTON)

    @staticmethod
    def words(line: FindingLine, part: Part) -> Words:
        if part is Part.ACCEPT:
            return say("{words} {number}", words=say("Accept the finding"), number=line.number)
        what = say("Take away the own finding") if line.own else say("Reject the finding")
        return say("{words} {number}", words=what, number=line.number)

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return False
        line = self._lines.line(index.row())
        part = self.part_at(QRect(option.rect), index.row(), event.pos().x(), event.pos().y())
        if part is Part.ROW:
            tip = line.spoken
        else:
            command = Command.ACCEPT if part is Part.ACCEPT else Command.REJECT
            tip = keyed(self._speech.tr(self.words(line, part)), command)
        QToolTip.showText(event.globalPos(), tip, view)
        return True

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, line, area = current_theme(), self._lines.line(index.row()), QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = line.id == self._lines.selected
        if selected:
            painter.fillRect(area, QColor(theme.raised))
            painter.fillRect(QRect(area.left(), area.top(), 3, area.height()), QColor(theme.accent))
        if QStyle.StateFlag(option.state) & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(area).adjusted(2, 2, -2, -2), 4, 4)
        painter.fillRect(QRect(area.left() + 10, area.bottom(), area.width() - 20, 1), QColor(theme.line))
        self._picture(painter, line, QRect(area.left() + 10, area.top() + PAD, PICTURE_PX, PICTURE_PX))
        dim, faces = line.state is DecisionState.REJECTED, self._fonts()
        for text, place, second in self._texts(line, area.width()):
            painter.setFont(faces[second])
            painter.setPen(QColor(theme.second if second or dim else theme.text))
            painter.drawText(place.translated(area.topLeft()), _TEXT, text)
        self._dot(painter, line, area)
        for part in (Part.ACCEPT, Part.REJECT):
            if self.offers(line, part):
                self._button(painter, line, part, self.button(area, part))
        painter.restore()

    def _fonts(self) -> tuple[QFont, QFont]:
        if self._faces is None:
            self._faces = (font(), font(SECOND_PX))
        return self._faces

    def _texts(self, line: FindingLine, width: int) -> tuple[tuple[str, QRect, bool], ...]:
        """Texts with their places in a row that is so wide, and whether they are of second rank."""
        key = (line, width)
        if key not in self._placed:
            if len(self._placed) > _KEPT:
                self._placed.clear()
            self._placed[key] = tuple(self._lay_out(line, QRect(0, 0, width, 10_000)))
        return self._placed[key]

    def _lay_out(self, line: FindingLine, area: QRect) -> list[tuple[str, QRect, bool]]:
        left = area.left() + _LEFT
        beside = 2 * _BUTTON + 4 + PAD if not line.frozen or line.state is not DecisionState.OPEN else 0
        width = max(60, area.right() - PAD - beside - left)
        top = area.top() + PAD
        title, second = map(QFontMetrics, self._fonts())
        indent = _DOT + 6
        bounds = title.boundingRect(QRect(0, 0, width - indent, 1000), _TEXT, line.title)
        placed = [(line.title, QRect(left + indent, top, width - indent, bounds.height()), False)]
        top += bounds.height() + 2
        for text in filter(None, (line.facts, line.where, line.made)):
            wide = width if top < area.top() + PAD + _BUTTON else max(width, area.right() - PAD - left)
            bounds = second.boundingRect(QRect(0, 0, wide, 4000), _TEXT, text)
            placed.append((text, QRect(left, top, wide, bounds.height()), True))
            top += bounds.height() + 1
        return placed

    def _dot(self, painter: QPainter, line: FindingLine, area: QRect) -> None:
        """Round for a service's, a square for the reader's own: never told by colour alone."""
        place = QRectF(area.left() + _LEFT, area.top() + PAD + 4, _DOT, _DOT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(finding_colour(line.number))
        if line.own:
            painter.drawRect(place)
        else:
            painter.drawEllipse(place)

    def _picture(self, painter: QPainter, line: FindingLine, place: QRect) -> None:
        """An empty frame where there is none: black would look like a picture that shows nothing."""
        image: QImage | None = self._pictures.picture(line.id)
        if image is not None:
            painter.drawImage(place, image)
        else:
            painter.setPen(QPen(QColor(current_theme().line), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5))

    def _button(self, painter: QPainter, line: FindingLine, part: Part, place: QRect) -> None:
        theme = current_theme()
        accept = part is Part.ACCEPT
        chosen = line.state is (DecisionState.ACCEPTED if accept else DecisionState.REJECTED)
        back, colour = theme.control, theme.second
        if chosen:
            back, colour = (theme.good_back, theme.good) if accept else (theme.bad_back, theme.bad)
        painter.setPen(QPen(QColor(colour if chosen else theme.line), 1))
        painter.setBrush(QColor(back))
        painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        sign = QRectF(0, 0, 11, 11)
        sign.moveCenter(QRectF(place).center())
        paint_sign(painter, Sign.CHECK if accept else Sign.CROSS, sign, QColor(colour))
