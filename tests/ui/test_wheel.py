"""Who scrolls a panel changes nothing that happens to come under the pointer."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from workstation.catalogue.operation import AnyParameter, Choice, Parameter
from workstation.domain.words import Language, say
from workstation.ui.mask_look import MaskLook
from workstation.ui.parameter_box import ParameterBox
from workstation.ui.speech import Speech

# The platform without a screen says this of every window; it is about that platform, not about us.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
NUMBER = Parameter(name="n", label=say("Threshold"), default=0.6, low=0.01, high=1.0, decimals=2)
CHOICE = Choice(name="c", label=say("Form"), default="b", values=tuple((v, say("Form")) for v in "abc"))


def taken(field: QWidget) -> bool:
    """Whether a notch of the wheel over a field ends there; else it goes on to what scrolls around it."""
    middle = QPointF(field.rect().center())
    still, notch = Qt.ScrollPhase.NoScrollPhase, QPoint(0, -120)
    none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    turn = QWheelEvent(middle, QPointF(field.mapToGlobal(middle)), QPoint(), notch, *none, still, False)
    QApplication.sendEvent(field, turn)
    return turn.isAccepted()


@pytest.mark.parametrize("parameter", [NUMBER, CHOICE], ids=["number", "choice"])
def test_the_wheel_over_a_parameter_passes_on_and_leaves_it(parameter: AnyParameter, qtbot: QtBot) -> None:
    box = ParameterBox(Speech(Language.ENGLISH), parameter)
    qtbot.addWidget(box)
    box.show()
    field = box.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)[-1]

    assert not taken(field)
    assert box.value == parameter.default


def test_the_wheel_over_the_opacity_of_masks_passes_on_and_leaves_it(qtbot: QtBot) -> None:
    look = MaskLook(Speech(Language.ENGLISH), say("Opacity"))
    qtbot.addWidget(look)
    look.show_look(0.35, outline=False)
    look.show()

    assert not taken(look.opacity_slider)
    assert look.opacity_slider.value() == 35
