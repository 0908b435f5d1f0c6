"""The Report tab: what the report will say of itself, where it goes, and what was written."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from workstation.domain.finding import Basis
from workstation.domain.signature import NOT_INTACT, SIGNATURE_BROKEN
from workstation.domain.words import Language, Words, say, say_count
from workstation.ui.column_scroll import ColumnScroll
from workstation.ui.finding_words import BASIS_WORDS, operation_title
from workstation.ui.keys import Command
from workstation.ui.reader_words import addendum_words, signed_words
from workstation.ui.said import SaidButton, SaidLabel, texts
from workstation.ui.signs import SignCombo
from workstation.ui.speech import Speech
from workstation.workspace.decisions import open_findings
from workstation.workspace.intents import ReportFiles
from workstation.workspace.mask_areas import noted_alone
from workstation.workspace.signing import signature
from workstation.workspace.state import Reader, Workspace

_ADDENDUM_PX = 72
LANGUAGES = ((Language.CHINESE, "中文"), (Language.ENGLISH, "English"))


class ReportPanel(QWidget):
    """write_asked: the report's language; where it goes is asked by the window. reader_changed: a Reader.
    addendum_asked: the text to add to a signed reading."""

    write_asked = Signal(object)
    reader_changed = Signal(object)
    sign_asked = Signal()
    addendum_asked = Signal(str)

    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._folder: Path | None = None
        self._state = Workspace()
        self._busy = False
        self._what = SaidLabel(speech, role="title", wrap=True)
        self._draft = SaidLabel(speech, say("Draft, unsigned"), chip="warning")
        self._signed = SaidLabel(speech, role="second", wrap=True)
        self._broken = SaidLabel(speech, NOT_INTACT, role="bad", wrap=True)
        self._open = SaidLabel(speech, role="second", wrap=True)
        self._sign = SaidButton(speech, say("Sign…"), command=Command.SIGN)
        self._sign.clicked.connect(self.sign_asked)
        self._addenda = SaidLabel(speech, role="second", wrap=True)
        self._addendum = QPlainTextEdit()
        self._addendum.setTabChangesFocus(True)
        self._addendum.setFixedHeight(_ADDENDUM_PX)
        self._addendum.textChanged.connect(self._render_signing)
        self._add = SaidButton(speech, say("Add below the signed reading"))
        self._add.clicked.connect(lambda: self.addendum_asked.emit(self._addendum.toPlainText()))
        self._simulated = SaidLabel(speech, BASIS_WORDS[Basis.SIMULATED], role="banner", wrap=True)
        self._simulated.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._name, self._role = QLineEdit(), QLineEdit()
        for box in (self._name, self._role):
            box.setMaxLength(80)
            box.editingFinished.connect(self._reader_edited)
        self._language = SignCombo()
        for language, name in LANGUAGES:
            self._language.addItem(name, language)
        self._language.setCurrentIndex(self._language.findData(speech.language))
        self._language.activated.connect(self._choose_language)
        self._language_chosen = False
        self._write = SaidButton(speech, say("Write report…"), kind="primary")
        self._write.clicked.connect(lambda: self.write_asked.emit(self.report_language))
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        self._bar.hide()
        self._glyphs = SaidLabel(speech, role="warning", wrap=True)
        self._written = self._make_written()
        self._lay_out()
        speech.changed.connect(self._render)
        self.show_state(self._state)

    @property
    def report_language(self) -> Language:
        return Language(self._language.currentData())

    def show_state(self, state: Workspace) -> None:
        if state.shown_result is not self._state.shown_result:
            self._addendum.clear()
            self._written.hide()
            self._glyphs.hide()
        self._state = state
        with QSignalBlocker(self._name), QSignalBlocker(self._role):
            self._name.setText(state.reader.name)
            self._role.setText(state.reader.role)
        self._render()

    def clear_addendum(self) -> None:
        """It is written now."""
        self._addendum.clear()

    def show_writing(self, writing: bool) -> None:
        self._busy = writing
        self._bar.setVisible(writing)
        self._render()

    def show_files(self, files: ReportFiles) -> None:
        """What was written."""
        self._folder = files.paths[0].parent if files.paths else None
        self._files.say(say("{text}", text="\n".join(path.name for path in files.paths)))
        self._where.setText(str(self._folder or ""))
        self._where.setToolTip("")
        self._written.show()
        coded = ", ".join(f"{character} (U+{ord(character):04X})" for character in files.missing_glyphs)
        self._glyphs.setVisible(bool(files.missing_glyphs))
        self._glyphs.say(
            say("The report's font has no glyph for: {characters}.", characters=coded),
            say("These characters are shown by their code."),
        )

    def _make_written(self) -> QFrame:
        box = QFrame()
        box.setProperty("surface", "card")
        self._files = SaidLabel(self._speech, role="second", wrap=True)
        self._where = QLineEdit()
        self._where.setReadOnly(True)
        self._where.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        show = SaidButton(self._speech, say("Open folder"))
        show.clicked.connect(self._open_folder)
        column = QVBoxLayout(box)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        column.addWidget(SaidLabel(self._speech, say("Written"), role="title"))
        column.addWidget(self._files)
        column.addWidget(self._where)
        column.addWidget(show)
        box.hide()
        return box

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(SaidLabel(self._speech, say("Reader"), role="second"), self._name)
        form.addRow(SaidLabel(self._speech, say("Role"), role="second"), self._role)
        form.addRow(SaidLabel(self._speech, say("Language"), role="second"), self._language)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self._simulated)
        column.addWidget(self._what)
        column.addWidget(self._draft)
        column.addWidget(self._signed)
        column.addWidget(self._broken)
        column.addWidget(self._open)
        for widget in (self._addenda, self._addendum, self._add):
            column.addWidget(widget)
        column.addSpacing(4)
        column.addLayout(form)
        column.addWidget(self._sign)
        column.addSpacing(4)
        column.addWidget(self._write)
        column.addWidget(self._bar)
        column.addWidget(self._glyphs)
        column.addWidget(self._written)
        column.addStretch(1)
        self._glyphs.hide()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(ColumnScroll(inside))  # a signed one is higher than a low screen

    def _reader_edited(self) -> None:
        reader = Reader(self._name.text().strip(), self._role.text().strip())
        if reader != self._state.reader:
            self.reader_changed.emit(reader)

    def _choose_language(self, _place: int) -> None:
        self._language_chosen = True

    def _open_folder(self) -> None:
        if self._folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))

    def _sentence(self) -> Words:
        result = self._state.shown_result
        if result is None and noted_alone(self._state):
            return say("A report of what you measured and drew on this picture can be written.")
        if result is None:
            return say("A report is made of an analysis of this series. There is none yet.")
        count = len(result.findings)
        title = operation_title(result.operation)
        return say_count("{title} · {count} finding", "{title} · {count} findings", count, title=title)

    def _render_signing(self) -> None:
        result, signed = self._state.shown_result, signature(self._state)
        self._draft.setVisible(result is not None)
        state = say("Draft, unsigned")
        if signed is not None:
            state = say("Signed") if signed.intact else SIGNATURE_BROKEN
        self._draft.say(state)
        self._signed.setVisible(signed is not None)
        if signed is not None:
            self._signed.say(signed_words(signed))
        self._draft.look(chip="warning" if signed is None else "good" if signed.intact else "bad")
        self._broken.setVisible(signed is not None and not signed.intact)
        self._sign.setVisible(result is not None and signed is None)
        addenda = signed.addenda if signed is not None else ()
        self._addenda.setVisible(bool(addenda))
        said = texts(self._speech, [say("Addendum by {who}", who=addendum_words(one)) for one in addenda], "\n")
        self._addenda.say(say("{text}", text=said))
        for widget in (self._addendum, self._add):
            widget.setVisible(signed is not None)
        self._add.setEnabled(bool(self._addendum.toPlainText().strip()))
        self._addendum.setPlaceholderText(self._speech.tr(say("Addendum: who adds it and when stands beside it")))
        self._addendum.setAccessibleName(self._speech.tr(say("Addendum")))

    def _render(self) -> None:
        result = self._state.shown_result
        if not self._language_chosen:  # else the reader has said which
            self._language.setCurrentIndex(self._language.findData(self._speech.language))
        self._what.say(self._sentence())
        self._what.look(role="second" if result is None else "title")
        self._render_signing()
        self._simulated.setVisible(result is not None and result.basis is Basis.SIMULATED)
        undecided = open_findings(self._state)
        self._open.setVisible(result is not None)
        if undecided:
            self._open.say(
                say_count(
                    "{count} finding is undecided; the report says so.",
                    "{count} findings are undecided; the report says so.",
                    undecided,
                )
            )
        else:
            self._open.say(say("Every finding is decided."))
        self._write.setEnabled((result is not None or noted_alone(self._state)) and not self._busy)
        self._name.setPlaceholderText(self._speech.tr(say("Your name, as it stands in the report")))
        self._name.setAccessibleName(self._speech.tr(say("Reader")))
        self._role.setAccessibleName(self._speech.tr(say("Role")))
        self._language.setAccessibleName(self._speech.tr(say("Language")))
