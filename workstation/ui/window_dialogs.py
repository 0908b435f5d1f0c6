"""The window's dialogs that ask for a path or tell more. One at a time; none but file dialogs stands in the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from workstation.domain.series import LeftOut
from workstation.domain.signature import OpenPoints
from workstation.domain.words import Words, say
from workstation.ui.key_sheet import KeySheet
from workstation.ui.keys import Command, Hands
from workstation.ui.left_out_dialog import LeftOutDialog
from workstation.ui.palette import Palette
from workstation.ui.settings_dialog import SettingsDialog
from workstation.ui.sign_dialog import SignDialog
from workstation.ui.speech import Speech
from workstation.workspace.cards import ConnectionView
from workstation.workspace.intents import WindowSettings
from workstation.workspace.state import Reader

Paths = Callable[[tuple[Path, ...]], None]


class Dialogs(QObject):
    """`current` is the dialog that is open."""

    def __init__(self, speech: Speech, window: QWidget) -> None:
        super().__init__(window)
        self._speech, self._window = speech, window
        self.current: QDialog | None = None

    def ask_folder(self, title: Words, start: str, then: Paths) -> None:
        self._ask_paths(title, start, then, QFileDialog.FileMode.Directory)

    def ask_files(self, title: Words, start: str, then: Paths) -> None:
        self._ask_paths(title, start, then, QFileDialog.FileMode.ExistingFiles)

    def show_left_out(self, left_out: tuple[LeftOut, ...]) -> None:
        self._show(LeftOutDialog(self._speech, left_out, self._window))

    def show_keys(self, then: Callable[[Hands], None]) -> None:
        sheet = KeySheet(self._speech, self._window)
        sheet.hands_asked.connect(then)
        self._show(sheet)

    def show_palette(self, then: Callable[[Command], None]) -> None:
        palette = Palette(self._speech, self._window)
        palette.command_asked.connect(then)
        self._show(palette)

    def ask_settings(
        self,
        settings: WindowSettings,
        connections: tuple[ConnectionView, ...],
        then: Callable[[WindowSettings], None],
        forget: Callable[[], None],
        keys: Callable[[], None],
    ) -> None:
        dialog = SettingsDialog(self._speech, settings, connections, self._window)
        dialog.accepted.connect(lambda: then(dialog.settings))
        dialog.forget_asked.connect(forget)
        dialog.keys_asked.connect(keys)
        self._show(dialog)

    def ask_sign(
        self,
        subject: Words,
        points: OpenPoints,
        reader: Reader,
        rule: Words | None,
        then: Callable[[Reader], None],
    ) -> None:
        dialog = SignDialog(self._speech, subject, points, reader, rule, self._window)
        dialog.accepted.connect(lambda: then(dialog.reader))
        self._show(dialog)

    def _ask_paths(self, title: Words, start: str, then: Paths, mode: QFileDialog.FileMode) -> None:
        dialog = QFileDialog(self._window, self._speech.tr(title), start)
        dialog.setFileMode(mode)
        if mode is QFileDialog.FileMode.Directory:
            dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.filesSelected.connect(lambda names: then(tuple(Path(name) for name in names)))
        self._show(dialog)

    def _show(self, dialog: QDialog) -> None:
        if self.current is not None:
            self.current.reject()
        self.current = dialog
        dialog.finished.connect(lambda _result: self._closed(dialog))
        dialog.open()

    def _closed(self, dialog: QDialog) -> None:
        dialog.deleteLater()
        if self.current is dialog:
            self.current = None


OPEN_FOLDER = say("Open a folder")
OPEN_FILES = say("Open files")
REPORT_FOLDER = say("Folder for the report")
