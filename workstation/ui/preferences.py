"""What a person set, and the window remembers: taken at once, written in the background."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from workstation.domain.words import Language
from workstation.ui.key_map import KeyMap
from workstation.ui.keys import DEFAULTS, Hands, use_hands
from workstation.ui.sitting import Sitting
from workstation.ui.theme import DARK, LIGHT, THEMES, apply_theme
from workstation.ui.work_runner import WorkView
from workstation.workspace.intents import WindowSettings
from workstation.workspace.state import Reader

RECENT: Final = 8
_PATHS: Final = 64


class Preferences(QObject):
    """`settings` is what holds now. Made before the first widget: it dresses the application."""

    hands_changed = Signal()
    recent_changed = Signal()

    def __init__(self, sitting: Sitting, settings: WindowSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sitting = sitting
        self._settings = settings
        self._theme = THEMES.get(settings.theme, DARK)
        self._dress()
        use_hands(hands_of(settings))
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
        self._sitting.set_reader(settings.reader)
        self._sitting.speech.set_language(settings.language)
        if settings.theme != self._theme.name:
            self._theme = THEMES.get(settings.theme, DARK)
            self._dress()

    def take_hands(self, taken: Hands) -> None:
        """Keys and ways of the mouse: they hold at once, and whatever names a key says it again."""
        use_hands(taken)
        self.hands_changed.emit()
        self._sitting.speech.say_again()
        self.keep(
            replace(
                self._settings,
                keys=taken.keys.own,
                narrows_right=taken.narrows_right,
                lowers_down=taken.lowers_down,
            )
        )

    def remember_opened(self, paths: Sequence[Path]) -> None:
        """Put these first among what was opened lately; each only once. A drop of very many files is not kept."""
        if not 0 < len(paths) <= _PATHS:
            return
        opened = tuple(str(path.absolute()) for path in paths)
        others = tuple(one for one in self._settings.recent if one != opened)
        self._keep_recent((opened, *others)[:RECENT])

    def forget_opened(self) -> None:
        self._keep_recent(())

    def reopen_at_start(self, wanted: bool) -> None:
        self.keep(replace(self._settings, reopen=wanted))

    def _keep_recent(self, recent: tuple[tuple[str, ...], ...]) -> None:
        self.keep(replace(self._settings, recent=recent))
        self.recent_changed.emit()

    def switch_theme(self) -> None:
        self.take(replace(self._settings, theme=LIGHT.name if self._theme is DARK else DARK.name))

    def take_reader(self, reader: Reader) -> None:
        self._sitting.set_reader(reader)
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


def hands_of(settings: WindowSettings) -> Hands:
    return Hands(KeyMap(DEFAULTS, settings.keys), settings.narrows_right, settings.lowers_down)
