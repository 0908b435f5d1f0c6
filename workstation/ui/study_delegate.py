"""How a row of the study browser is drawn: thumbnail, two lines, chips."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip, QWidget

from workstation.domain.series import Stack
from workstation.ui.signs import OBJECT_SIGNS, Sign, paint_sign
from workstation.ui.study_rows import (
    PAD_PX,
    PICTURE_PX,
    Chip,
    HeadRow,
    ObjectRow,
    PatientRow,
    SeriesRow,
    StudyRow,
    StudyRows,
)
from workstation.ui.theme import SECOND_PX, current_theme, font

_GAP: Final = 8
_CHIP_PX: Final = 11.0


class StudyDelegate(QStyledItemDelegate):
    def __init__(self, rows: StudyRows, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows = rows
        self._theme = current_theme()

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        tip = self._rows.tip(index) if index.isValid() and event.type() == QEvent.Type.ToolTip else ""
        QToolTip.showText(event.globalPos(), tip, view)
        return bool(tip)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        self._theme = current_theme()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRect(option.rect)
        row = self._rows.row_at(index)
        match row:
            case PatientRow():
                self._line(painter, area.adjusted(10, 6, -8, 0), self._rows.patient_line(row), font(bold=True))
            case StudyRow():
                self._line(
                    painter, area.adjusted(10, area.height() - 22, -8, -4), self._rows.study_line(row), second=True
                )
            case SeriesRow():
                state = QStyle.StateFlag(option.state)
                self._series(painter, area, row.stack, state)
            case ObjectRow():
                self._object(painter, area, row)
            case HeadRow():
                painter.fillRect(
                    QRect(area.left() + 10, area.top() + 4, area.width() - 18, 1), QColor(self._theme.line)
                )
                self._line(painter, area.adjusted(10, 8, -8, 0), self._rows.head_line(row), second=True)
        painter.restore()

    def _object(self, painter: QPainter, area: QRect, row: ObjectRow) -> None:
        """Under the words of its series, or at the edge; its sign says what kind it is like, its words which."""
        left = 8 + 7 + PICTURE_PX + _GAP if row.within else 12
        sign = QRectF(area.left() + left + 1, area.top() + 6, 11, 11)
        paint_sign(painter, OBJECT_SIGNS.get(row.group.kind, Sign.PAGE), sign, QColor(self._theme.second))
        words = area.adjusted(left + 18, 0, -8, 0)
        self._line(painter, words, self._rows.object_line(row.group), second=True)

    def _series(self, painter: QPainter, area: QRect, stack: Stack, state: QStyle.StateFlag) -> None:
        box = area.adjusted(8, 1, -6, -1)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(QColor(self._theme.line), 1) if chosen else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.control if chosen else self._theme.raised))
            painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        if chosen:
            painter.fillRect(QRect(box.left(), box.top() + 6, 2, box.height() - 12), QColor(self._theme.accent))
        if chosen and state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(self._theme.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        picture = QRect(box.left() + 7, box.top() + PAD_PX - 1, PICTURE_PX, PICTURE_PX)
        self._picture(painter, picture, stack)
        words = QRect(picture.right() + 1 + _GAP, picture.top() - 1, 0, 18)
        words.setRight(box.right() - 6)
        self._line(painter, words, self._rows.series_title(stack), font())
        self._line(painter, words.translated(0, 18), self._rows.series_line(stack), second=True)
        self._chips(painter, words.translated(0, 38), self._rows.chips(stack))

    def _picture(self, painter: QPainter, place: QRect, stack: Stack) -> None:
        painter.fillRect(place, QColor("#000000"))
        picture = self._rows.picture(stack.id)
        if picture is None:
            return
        fitted = picture.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(0, 0, fitted.width(), fitted.height())
        target.moveCenter(place.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(target, picture)

    def _line(
        self, painter: QPainter, place: QRect, text: str, face: QFont | None = None, *, second: bool = False
    ) -> None:
        face = font(SECOND_PX) if second or face is None else face
        painter.setFont(face)
        painter.setPen(QColor(self._theme.second if second else self._theme.text))
        fitted = QFontMetrics(face).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, fitted)

    def _chips(self, painter: QPainter, place: QRect, chips: tuple[Chip, ...]) -> None:
        """As many as there is room for; the others are counted and stand in the tool tip."""
        face = font(_CHIP_PX, bold=True)
        metrics = QFontMetrics(face)
        painter.setFont(face)
        left = place.left()
        for done, chip in enumerate(chips):
            rest = len(chips) - done - 1
            more = metrics.horizontalAdvance(f"+{rest}") + 10 if rest else 0
            width = metrics.horizontalAdvance(chip.text) + 13
            if left + width + more > place.right() and done:
                painter.setPen(QColor(self._theme.second))
                room = QRect(left, place.top(), 40, 16)
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, f"+{rest + 1}")
                return
            width = min(width, place.right() - left - more)
            self._chip(painter, QRect(left, place.top(), width, 16), chip, metrics)
            left += width + 4

    def _chip(self, painter: QPainter, place: QRect, chip: Chip, metrics: QFontMetrics) -> None:
        t = self._theme
        back, ink = {
            "good": (t.good_back, t.good),
            "warning": (t.warning_back, t.on_warning),
        }.get(chip.kind, (t.control if chip.kind == "plain" else t.raised, t.second))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(back))
        painter.drawRoundedRect(place, 7, 7)
        painter.setPen(QColor(ink))
        text = metrics.elidedText(chip.text, Qt.TextElideMode.ElideRight, place.width() - 10)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
