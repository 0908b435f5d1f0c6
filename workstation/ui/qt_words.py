"""The words that Qt itself says, such as those of its file dialog, in the reader's language."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QTranslator

from workstation.domain.words import Language

_FILES: Final = {Language.CHINESE: "qtbase_zh_CN"}


class QtWords:
    """English is Qt's own; where the translation did not come with Qt, it stays."""

    def __init__(self) -> None:
        self._translator = QTranslator()
        self._language = Language.ENGLISH

    def speak(self, language: Language) -> None:
        if language is self._language:
            return
        self._language = language
        QCoreApplication.removeTranslator(self._translator)
        name = _FILES.get(language)
        if name and self._translator.load(name, QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            QCoreApplication.installTranslator(self._translator)
