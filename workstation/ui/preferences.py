"""What a person set, and the window remembers: taken at once, written in the background."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from workstation.domain.words import Language
from workstation.ui.sitting import Sitting
from workstation.ui.theme import DARK, THEMES, apply_theme
from workstation.ui.work_runner import WorkView
from workstation.workspace.decisions import set_reader
from workstation.workspace.intents import WindowSettings
from workstation.workspace.state import Reader


class Preferences(QObject):
    """`settings` is what holds now. Made before the first widget: it dresses the application."""

    def __init__(self, sitting: Sitting, settings: WindowSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sitting = sitting
        self._settings = settings
        self._theme = THEMES.get(settings.theme, DARK)
        self._dress()
        sitting.speech.set_language(settings.language)

    @property
    def settings(self) -> WindowSettings:
        return self._settings

    def keep(self, settings: WindowSettings) -> None:
        """Write these, if they are others."""
        if settings == self._settings:
            return
        self._settings = settings
        self._sitting.runners.writing.start(
            lambda _report, _cancel, _part: self._sitting.desk.put_settings(settings),
            WorkView[None, None](finished=lambda _: None, failed=self._sitting.failed),
        )

    def take(self, settings: WindowSettings) -> None:
        """What the dialog was left with: language, theme and reader change now."""
        self.keep(settings)
        self._sitting.apply(set_reader(self._sitting.state, settings.reader))
        self._sitting.speech.set_language(settings.language)
        if settings.theme != self._theme.name:
            self._theme = THEMES.get(settings.theme, DARK)
            self._dress()

    def take_reader(self, reader: Reader) -> None:
        self._sitting.apply(set_reader(self._sitting.state, reader))
        self.keep(replace(self._settings, reader=reader))

    def switch_language(self) -> None:
        speech = self._sitting.speech
        other = Language.ENGLISH if speech.language is Language.CHINESE else Language.CHINESE
        self.keep(replace(self._settings, language=other))
        speech.set_language(other)

    def _dress(self) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, self._theme)
