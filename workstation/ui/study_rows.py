"""The study browser's rows: patient, study and series as a list model, with thumbnails that come when they are seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QImage, QPixmap

from workstation.domain.series import FactCode, Patient, Stack, StudyInfo
from workstation.domain.words import Words, say, say_count
from workstation.ui.ports import Thumbnail
from workstation.ui.said import plain_tip, texts
from workstation.ui.series_words import patient_words, series_facts, series_line, series_title, written_date
from workstation.ui.speech import Speech
from workstation.workspace.state import patients

ROW_ROLE: Final = Qt.ItemDataRole.UserRole + 1

# Short words for a chip, and whether it is a warning. The fact's own sentence is in the tool tip.
FACT_CHIPS: Final[dict[FactCode, tuple[Words, bool]]] = {
    FactCode.GAP: (say("gap"), True),
    FactCode.DUPLICATE: (say("duplicates"), False),
    FactCode.DUPLICATE_DIFFERS: (say("duplicates differ"), True),
    FactCode.TILT: (say("tilted"), True),
    FactCode.UNEVEN_SPACING: (say("uneven spacing"), True),
    FactCode.OBLIQUE: (say("oblique"), False),
    FactCode.LOCALIZER: (say("localizer"), False),
    FactCode.DERIVED: (say("derived"), False),
    FactCode.SECONDARY: (say("secondary capture"), False),
    FactCode.BURNT_IN: (say("burnt-in text"), True),
    FactCode.MULTI_PHASE: (say("phases"), False),
    FactCode.MULTI_ECHO: (say("echoes"), False),
    FactCode.COMPRESSED: (say("compressed"), False),
    FactCode.NO_POSITION: (say("no positions"), True),
    FactCode.MISSING_UID: (say("no series UID"), True),
    FactCode.CHARSET_GUESSED: (say("text guessed"), False),
    FactCode.ASSUMED: (say("assumed"), True),
    FactCode.LABELS: (say("labels"), False),
}


@dataclass(frozen=True, slots=True)
class PatientRow:
    patient: Patient


@dataclass(frozen=True, slots=True)
class StudyRow:
    info: StudyInfo
    modalities: str
    series: int


@dataclass(frozen=True, slots=True)
class SeriesRow:
    stack: Stack


Row = PatientRow | StudyRow | SeriesRow


@dataclass(frozen=True, slots=True)
class Chip:
    text: str
    kind: str  # "plain", "good", "warning"


class StudyRows(QAbstractListModel):
    """thumbnail_wanted: a series came into sight whose picture was not made yet."""

    thumbnail_wanted = Signal(str)

    def __init__(self, speech: Speech, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._rows: tuple[Row, ...] = ()
        self._pictures: dict[str, QPixmap | None] = {}
        self._fitting: Mapping[str, tuple[Words, ...]] = {}
        speech.changed.connect(self.say_again)

    def show_stacks(self, stacks: tuple[Stack, ...]) -> None:
        rows: list[Row] = []
        for person in patients(stacks):
            rows.append(PatientRow(person.patient))
            for study in person.studies:
                modalities = "/".join(sorted({stack.modality for stack in study.stacks if stack.modality}))
                rows.append(StudyRow(study.info, modalities, len(study.stacks)))
                rows += (SeriesRow(stack) for stack in study.stacks)
        if tuple(rows) != self._rows:
            self.beginResetModel()
            self._rows = tuple(rows)
            self.endResetModel()

    def show_thumbnail(self, stack_id: str, picture: Thumbnail | None) -> None:
        self._pictures[stack_id] = pixmap(picture) if picture is not None else None
        self._touch(stack_id)

    def show_fitting(self, titles: Mapping[str, tuple[Words, ...]]) -> None:
        self._fitting = titles
        self.say_again()

    def say_again(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def place_of(self, stack_id: str) -> QModelIndex:
        for place, row in enumerate(self._rows):
            if isinstance(row, SeriesRow) and row.stack.id == stack_id:
                return self.index(place)
        return QModelIndex()

    def row_at(self, index: QModelIndex | QPersistentModelIndex) -> Row:
        return self._rows[index.row()]

    def picture(self, stack_id: str) -> QPixmap | None:
        """The thumbnail; asked for when it is not there yet."""
        if stack_id not in self._pictures:
            self._pictures[stack_id] = None
            self.thumbnail_wanted.emit(stack_id)
        return self._pictures[stack_id]

    def chips(self, stack: Stack) -> tuple[Chip, ...]:
        """Warnings first, then what fits, then the rest."""
        tr = self._speech.tr
        facts = [FACT_CHIPS[fact.code] for fact in stack.facts]
        titles = self._fitting.get(stack.id, ())
        fits = [Chip(self._fits(titles), "good")] if titles else []
        warnings = [Chip(tr(words), "warning") for words, warns in facts if warns]
        plain = [Chip(tr(words), "plain") for words, warns in facts if not warns]
        return (*warnings, *fits, *plain)

    def _fits(self, titles: tuple[Words, ...]) -> str:
        if len(titles) == 1:
            return self._speech.tr(say("{title} fits", title=titles[0]))
        return self._speech.tr(say_count("{count} analysis fits", "{count} analyses fit", len(titles)))

    def series_title(self, stack: Stack) -> str:
        return self._speech.tr(series_title(stack))

    def series_line(self, stack: Stack) -> str:
        return texts(self._speech, series_line(stack))

    def patient_line(self, patient: Patient) -> str:
        return self._speech.tr(patient_words(patient))

    def study_line(self, row: StudyRow) -> str:
        description = row.info.description or row.modalities or self._speech.tr(say("Study"))
        count = self._speech.tr(say_count("{count} series", "{count} series", row.series))
        return " · ".join(filter(None, (description, written_date(row.info.date), count)))

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return len(self._rows) if parent is None or not parent.isValid() else 0

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        if index.isValid() and isinstance(self.row_at(index), SeriesRow):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.NoItemFlags

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | Row | None:
        if not index.isValid():
            return None
        row = self.row_at(index)
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._said(row)
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(row, SeriesRow):
            lines = [self._said(row), *(self._speech.tr(fact.sentence) for fact in row.stack.facts)]
            lines += [self._speech.tr(say("{title} fits", title=t)) for t in self._fitting.get(row.stack.id, ())]
            return plain_tip("\n".join(lines))
        return None

    def _said(self, row: Row) -> str:
        match row:
            case PatientRow():
                return self.patient_line(row.patient)
            case StudyRow():
                return self.study_line(row)
            case SeriesRow():
                return f"{self.series_title(row.stack)}, {texts(self._speech, series_facts(row.stack), ', ')}"

    def _touch(self, stack_id: str) -> None:
        place = self.place_of(stack_id)
        if place.isValid():
            self.dataChanged.emit(place, place)


def pixmap(picture: Thumbnail) -> QPixmap:
    """Gray values [row, column] or colours [row, column, 3] as a picture of the screen."""
    rows, columns = picture.shape[:2]
    gray = picture.ndim == 2
    kind = QImage.Format.Format_Grayscale8 if gray else QImage.Format.Format_RGB888
    return QPixmap.fromImage(QImage(picture.tobytes(), columns, rows, columns * (1 if gray else 3), kind))
