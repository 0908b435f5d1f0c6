"""One parameter of an operation as its form shows it: a number, a choice, a text."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QComboBox, QDoubleSpinBox, QPlainTextEdit, QWidget

from workstation.catalogue.operation import AnyParameter, Choice, FreeText, Parameter
from workstation.ui.said import SaidLabel
from workstation.ui.signs import SignCombo
from workstation.ui.speech import Speech
from workstation.ui.wheel import leave_wheel


class ParameterBox(QWidget):
    """Its label and its field; `value` is what the field says now."""

    def __init__(self, speech: Speech, parameter: AnyParameter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech, self._parameter = speech, parameter
        self._field = _field(parameter)
        label = SaidLabel(speech, parameter.label, role="second")
        label.setBuddy(self._field)
        # A number stands beside its label; what is wider stands below.
        beside = isinstance(parameter, Parameter)
        line = QBoxLayout(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom, self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8 if beside else 2)
        line.addWidget(label, 1 if beside else 0)
        line.addWidget(self._field)
        speech.changed.connect(self._render)
        self._render()

    @property
    def value(self) -> float | str:
        match self._field:
            case QDoubleSpinBox():
                return self._field.value()
            case QComboBox():
                return str(self._field.currentData())
            case QPlainTextEdit():
                return self._field.toPlainText()
        raise AssertionError

    def _render(self) -> None:
        self._field.setAccessibleName(self._speech.tr(self._parameter.label))
        if isinstance(self._field, QComboBox) and isinstance(self._parameter, Choice):
            for place, (_, words) in enumerate(self._parameter.values):
                self._field.setItemText(place, self._speech.tr(words))


def _field(parameter: AnyParameter) -> QDoubleSpinBox | QComboBox | QPlainTextEdit:
    match parameter:
        case Parameter():
            return _number(parameter)
        case Choice():
            choices = SignCombo()
            leave_wheel(choices)
            choices.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            for value, _ in parameter.values:
                choices.addItem("", value)
            choices.setCurrentIndex([value for value, _ in parameter.values].index(parameter.default))
            return choices
        case FreeText():
            text = QPlainTextEdit(parameter.default)
            text.setTabChangesFocus(True)
            text.setFixedHeight(72)
            return text


def _number(parameter: Parameter) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    leave_wheel(box)
    box.setDecimals(parameter.decimals)
    box.setRange(parameter.low, parameter.high)
    box.setSingleStep(0.05 if parameter.high - parameter.low <= 2 else 1.0)
    box.setValue(parameter.default)
    box.setFixedWidth(84)
    return box
