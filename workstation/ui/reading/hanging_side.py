"""Rules of hanging: what a person made of a layout is kept for series like the one looked at, or forgotten."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import QObject

from workstation.domain.hanging_rule import HangingRule
from workstation.domain.words import say
from workstation.ui.keys import Command
from workstation.ui.preferences import Preferences
from workstation.ui.reading.room import ReadingRoom
from workstation.ui.sitting import Notice, Sitting
from workstation.workspace import hanging_rules
from workstation.workspace.state import Changed


class HangingSide(QObject):
    def __init__(
        self, sitting: Sitting, room: ReadingRoom, preferences: Preferences, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._sitting, self._room, self._preferences = sitting, room, preferences
        self.commands: Mapping[Command, Callable[[], object]] = {
            Command.KEEP_HANGING: self._keep,
            Command.FORGET_HANGING: self._forget,
        }

    def _keep(self) -> None:
        view = self._room.active.view
        window = view.series_window if self._room.active.by_hand else None
        figures = (window.center, window.width) if window is not None and window.table is None else None
        state, rule = hanging_rules.keep_rule(self._sitting.state, figures, view.zoom_shown)
        if rule is None:
            return
        self._take(state.rules)
        kind = " ".join(filter(None, (rule.modality, rule.body_part, rule.plane)))
        words = say("Series like this ({kind}) are shown like this from now on.", kind=kind)
        self._sitting.noticed.emit(Notice(words, say("The layout menu takes it back."), bad=False))

    def _forget(self) -> None:
        rules = hanging_rules.forget_rule(self._sitting.state).rules
        kept = len(rules) == len(self._sitting.state.rules)
        self._take(rules)
        words = say("No rule of yours is kept for series like this.") if kept else say("They are shown as usual again.")
        self._sitting.noticed.emit(Notice(words, bad=False))

    def _take(self, rules: tuple[HangingRule, ...]) -> None:
        self._sitting.apply((replace(self._sitting.state, rules=rules), Changed.NOTHING))
        self._preferences.keep(replace(self._preferences.settings, hanging_rules=rules))
