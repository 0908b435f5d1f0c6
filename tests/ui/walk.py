"""Walks over every widget of a window and says what a reader could not read, reach or name."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QTextEdit,
    QWidget,
)

from workstation.ui.theme import TARGET

_CONTROLS = (QAbstractButton, QComboBox, QLineEdit, QAbstractSlider, QAbstractSpinBox, QAbstractItemView, QTabBar)
WORD = re.compile(r"[A-Za-z][A-Za-z'’-]+")


def seen(inside: QWidget) -> Iterator[QWidget]:
    """Every widget that is on the screen, but the parts that Qt makes of its own."""
    for widget in (inside, *inside.findChildren(QWidget)):
        if widget.isVisible() and not _is_qts_own(widget):
            yield widget


def nameless(inside: QWidget) -> list[str]:
    """Controls that the keyboard reaches and a screen reader can't name."""
    return [
        described(widget)
        for widget in seen(inside)
        if isinstance(widget, _CONTROLS)
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not (widget.accessibleName() or face(widget))
    ]


def unreachable(inside: QWidget) -> list[str]:
    """Buttons and boxes that only a mouse can press."""
    kinds = (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox)
    return [
        described(widget)
        for widget in seen(inside)
        if isinstance(widget, kinds)
        and widget.isEnabled()
        and not widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not (isinstance(widget, QAbstractButton) and widget.group() is not None)  # arrows move within a group
    ]


def signs_without_words(inside: QWidget) -> list[str]:
    """Buttons that show a sign only, and have no tool tip."""
    return [
        described(widget)
        for widget in seen(inside)
        if isinstance(widget, QAbstractButton) and not face(widget) and not widget.toolTip()
    ]


def small_targets(inside: QWidget) -> list[str]:
    """What is pressed and is lower or narrower than a finger or a tired hand needs."""
    kinds = (QAbstractButton, QComboBox)
    return [
        f"{described(widget)} {widget.width()}×{widget.height()}"
        for widget in seen(inside)
        if isinstance(widget, kinds) and min(widget.width(), widget.height()) < TARGET
    ]


def clipped(inside: QWidget) -> list[str]:
    """Labels and buttons that are smaller than what they say."""
    cut = []
    for widget in seen(inside):
        if not isinstance(widget, QLabel | QAbstractButton | QComboBox) or not face(widget):
            continue
        if isinstance(widget, QLabel) and widget.wordWrap():
            fits = widget.height() + 1 >= widget.heightForWidth(widget.width())
        else:
            fits = widget.width() + 1 >= widget.sizeHint().width()
        if not fits:
            cut.append(f"{described(widget)} {widget.width()}<{widget.sizeHint().width()} h{widget.height()}")
    return cut


def words_on(inside: QWidget) -> set[str]:
    """All texts that a reader meets: faces, hints, tool tips, names for screen readers, menus, tabs and lists."""
    texts: set[str] = set()
    for widget in seen(inside):
        texts |= {face(widget), widget.toolTip(), widget.accessibleName(), widget.windowTitle()}
        if isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit):
            texts.add(widget.placeholderText())
        if isinstance(widget, QTabBar):
            texts |= {widget.tabText(i) for i in range(widget.count())}
        if isinstance(widget, QComboBox):
            texts |= {widget.itemText(i) for i in range(widget.count())}
        for menu in widget.findChildren(QMenu):
            texts |= {action.text().partition("\t")[0] for action in menu.actions()}
    return {re.sub("<[^>]*>", "", text) for text in texts if text}


def english_in(texts: set[str], allowed: frozenset[str]) -> list[str]:
    """Texts with words of Latin letters that are neither names nor units."""
    return sorted(text for text in texts if any(word not in allowed for word in WORD.findall(text)))


def face(widget: QWidget) -> str:
    """What it says on its face."""
    if isinstance(widget, QLabel | QAbstractButton):
        return str(widget.text())
    if isinstance(widget, QComboBox):
        return str(widget.currentText())
    return ""


def described(widget: QWidget) -> str:
    return f"{type(widget).__name__} “{face(widget) or widget.accessibleName()}”"


def _is_qts_own(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    inner = isinstance(parent, QComboBox | QAbstractSpinBox | QLineEdit | QTabBar | QAbstractItemView)
    return inner or widget.objectName().startswith("qt_") or isinstance(widget, QScrollBar)


def focus_unseen(inside: QWidget) -> list[str]:
    """Widgets that look (nearly) the same with the focus and without: no pixel changes to a contrast of 3 to 1."""
    found = []
    for widget in seen(inside):
        if not widget.isEnabled() or not widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            continue
        if widget.focusProxy() is not None or not widget.size().isValid():
            continue
        inside.window().setFocus()
        without = _luminance(widget)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        if not widget.hasFocus():
            continue
        bright, dark = np.maximum(without, now := _luminance(widget)), np.minimum(without, now)
        if ((bright + 0.05) / (dark + 0.05)).max() < 3:
            found.append(described(widget))
    return found


def _luminance(widget: QWidget) -> npt.NDArray[np.float64]:
    """WCAG's relative luminance of every pixel."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    level = rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3) / 255
    linear = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    weights: npt.NDArray[np.float64] = linear @ np.array([0.2126, 0.7152, 0.0722])
    return weights
