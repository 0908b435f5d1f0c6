"""The language on the screen: one instance is handed to every widget that shows words."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from workstation.domain.words import Language, Words, join, render


class Speech(QObject):
    """Renders words in the reader's language; widgets render again on `changed`."""

    changed = Signal()

    def __init__(self, language: Language = Language.ENGLISH, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._language = language

    @property
    def language(self) -> Language:
        return self._language

    def set_language(self, language: Language) -> None:
        if language is not self._language:
            self._language = language
            self.changed.emit()

    def say_again(self) -> None:
        """Something that words name is called otherwise now, such as a key."""
        self.changed.emit()

    # Takes Words where Qt's own tr takes a string: Qt's translation machinery is not used in this program.
    def tr(self, words: Words) -> str:  # type: ignore[override]
        return render(words, self._language)

    def join(self, parts: tuple[Words, ...] | list[Words]) -> str:
        """Several sentences one after the other, spaced as the language does."""
        return join(parts, self._language)
