"""A few settings. Connections are listed only: their keys are stored by the command line, never shown here."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from workstation.domain.words import Language, Words, say
from workstation.ui.keys import Command
from workstation.ui.report_panel import LANGUAGES
from workstation.ui.said import SaidButton, SaidLabel
from workstation.ui.signs import SignCombo
from workstation.ui.speech import Speech
from workstation.workspace.cards import ConnectionView
from workstation.workspace.intents import WindowSettings
from workstation.workspace.state import Reader

_THEMES = (("dark", say("Dark")), ("light", say("Light, for bright rooms")))


class SettingsDialog(QDialog):
    """`settings` is what the boxes say; read it after `accept`.

    forget_asked  delete what scans kept, at once
    keys_asked    the sheet where keys and ways of the mouse are chosen
    """

    forget_asked = Signal()
    keys_asked = Signal()

    def __init__(
        self,
        speech: Speech,
        settings: WindowSettings,
        connections: tuple[ConnectionView, ...],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._speech, self._before = speech, settings
        self.setWindowTitle(speech.tr(say("Settings")))
        self.setMinimumWidth(520)
        self._language, self._theme = SignCombo(), SignCombo()
        for language, name in LANGUAGES:
            self._language.addItem(name, language)
        for theme, words in _THEMES:
            self._theme.addItem(speech.tr(words), theme)
        self._language.setCurrentIndex(self._language.findData(settings.language))
        self._theme.setCurrentIndex(self._theme.findData(settings.theme))
        self._name = QLineEdit(settings.reader.name)
        self._role = QLineEdit(settings.reader.role)
        self._site = QLineEdit(settings.site_code)
        self._limit = QDoubleSpinBox()
        self._limit.setRange(0, 1_000_000)
        self._limit.setDecimals(2)
        self._limit.setPrefix("¥ ")
        self._limit.setValue(settings.monthly_limit_yuan)
        self._lay_out(connections)

    @property
    def reader_box(self) -> QLineEdit:
        return self._name

    @property
    def settings(self) -> WindowSettings:
        return replace(
            self._before,
            language=Language(self._language.currentData()),
            theme=str(self._theme.currentData()),
            reader=Reader(self._name.text().strip(), self._role.text().strip()),
            site_code=self._site.text().strip(),
            monthly_limit_yuan=self._limit.value(),
        )

    def _lay_out(self, connections: tuple[ConnectionView, ...]) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows: tuple[tuple[Words, QWidget], ...] = (
            (say("Language"), self._language),
            (say("Theme"), self._theme),
            (say("Reader"), self._name),
            (say("Role"), self._role),
            (say("Site code"), self._site),
            (say("Monthly limit of each paid connection"), self._limit),
        )
        site = say("Some services ask where data comes from. The code is sent in place of the hospital's name.")
        limit = say("¥0: nothing that costs is sent.")
        hints = {self._site: site, self._limit: limit}
        for words, box in rows:
            box.setAccessibleName(self._speech.tr(words))
            form.addRow(SaidLabel(self._speech, words, role="second"), box)
            if box in hints:
                form.addRow("", SaidLabel(self._speech, hints[box], role="second", wrap=True))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(8)
        column.addWidget(SaidLabel(self._speech, say("Settings"), role="heading"))
        column.addLayout(form)
        column.addSpacing(6)
        column.addWidget(SaidLabel(self._speech, say("Connections"), role="title"))
        for connection in connections:
            about = SaidLabel(self._speech, say("{title}: {about}", title=connection.title, about=connection.about))
            about.setWordWrap(True)
            about.look(role="second")
            column.addWidget(about)
        how = say("Add one with “yingtai connection add”; its keys go to the system's key store.")
        column.addWidget(SaidLabel(self._speech, how, role="second", wrap=True))
        column.addSpacing(6)
        column.addLayout(self._kept())
        column.addSpacing(6)
        column.addLayout(self._buttons())

    def _kept(self) -> QHBoxLayout:
        kept = say("What was found in opened folders is kept on this PC for 90 days, so that they open at once again.")
        forget = SaidButton(self._speech, say("Delete now"), tip=say("What is open stays open"))
        forget.setAutoDefault(False)
        forget.clicked.connect(self.forget_asked)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(SaidLabel(self._speech, kept, role="second", wrap=True), 1)
        row.addWidget(forget)
        return row

    def _buttons(self) -> QHBoxLayout:
        cancel, save = SaidButton(self._speech, say("Cancel")), SaidButton(self._speech, say("Save"), kind="primary")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        save.setDefault(True)
        save.clicked.connect(self.accept)
        keys = SaidButton(self._speech, say("Keys and mouse…"), command=Command.KEY_SHEET)
        keys.setAutoDefault(False)
        keys.clicked.connect(self.keys_asked)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(keys)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(save)
        return row
