"""The study browser's rows: patient, study and series as a list model, with thumbnails that come when they are seen.

What a list asks of every row (how high it is, its flags, its words) is kept on Qt's side: asked here, each answer
would wait for the lock of the interpreter while a scan runs, hundreds of times for one layout.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QMimeData, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPixmap, QStandardItem, QStandardItemModel

from workstation.domain.object_words import file_name, kind_words, object_name
from workstation.domain.series import FactCode, FoundObject, Patient, Stack, StudyInfo
from workstation.domain.words import NOTHING, Words, say, say_count
from workstation.ui.ports import Thumbnail
from workstation.ui.said import plain_tip, texts
from workstation.ui.series_words import patient_words, series_facts, series_line, series_title, written_date
from workstation.ui.speech import Speech
from workstation.workspace.cards import Fit
from workstation.workspace.grouping import ObjectGroup, nobodys, tied
from workstation.workspace.state import patients

PICTURE_PX: Final = 54
PAD_PX: Final = 8
_MOST_NAMED: Final = 12

# Short words for a chip, and whether it is a warning. The fact's own sentence is in the tool tip.
FACT_CHIPS: Final[dict[FactCode, tuple[Words, bool]]] = {
    FactCode.GAP: (say("gap"), True),
    FactCode.DUPLICATE: (say("duplicates"), False),
    FactCode.DUPLICATE_DIFFERS: (say("duplicates differ"), True),
    FactCode.TILT: (say("tilted"), True),
    FactCode.UNEVEN_SPACING: (say("uneven spacing"), True),
    FactCode.SHIFTED: (say("shifted slices"), True),
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
    FactCode.NOT_RESCALED: (say("not rescaled"), True),
}


@dataclass(frozen=True, slots=True)
class PatientRow:
    """`files`: what its files are called together, where none of them names anybody or an examination."""

    patient: Patient
    files: Words = NOTHING


@dataclass(frozen=True, slots=True)
class StudyRow:
    """`first` of its patient: it stands close under the name."""

    info: StudyInfo
    modalities: str
    series: int
    first: bool


@dataclass(frozen=True, slots=True, eq=False)
class SeriesRow:
    """The same row only with the very same value: to look at all frames of two would take too long here."""

    stack: Stack

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SeriesRow) and other.stack is self.stack

    def __hash__(self) -> int:
        return id(self.stack)


@dataclass(frozen=True, slots=True)
class ObjectRow:
    """Objects of one kind. `within`: the series above it is the one that they refer to."""

    group: ObjectGroup
    within: bool


@dataclass(frozen=True, slots=True)
class HeadRow:
    """The head of objects that stand under no series."""

    words: Words


Row = PatientRow | StudyRow | SeriesRow | ObjectRow | HeadRow


@dataclass(frozen=True, slots=True)
class Chip:
    text: str
    kind: str  # "plain", "good", "warning"


SERIES_MIME: Final = "application/x-yingtai-series"  # a stack's id, dragged onto a view


class StudyRows(QStandardItemModel):
    """thumbnail_wanted: a series came into sight whose picture was not made yet."""

    thumbnail_wanted = Signal(str)

    def __init__(self, speech: Speech, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._rows: tuple[Row, ...] = ()
        self._pictures: dict[str, QPixmap | None] = {}
        self._fitting: Mapping[str, tuple[Fit, ...]] = {}
        self._places: dict[str, int] = {}
        speech.changed.connect(self.say_again)

    def show_found(self, stacks: tuple[Stack, ...], objects: tuple[FoundObject, ...]) -> None:
        """Patient → study → series, objects under the series that they refer to, the others apart at the end."""
        bound = tied(stacks, objects)
        rows: list[Row] = []
        for person in patients(stacks):
            files = nobodys(stack for study in person.studies for stack in study.stacks)
            rows.append(PatientRow(person.patient, files))
            for place, study in enumerate(person.studies):
                modalities = "/".join(sorted({stack.modality for stack in study.stacks if stack.modality}))
                if files is NOTHING:
                    rows.append(StudyRow(study.info, modalities, len(study.stacks), first=place == 0))
                for stack in study.stacks:
                    rows.append(SeriesRow(stack))
                    rows += (ObjectRow(group, within=True) for group in bound.by_stack.get(stack.id, ()))
        for head, groups in bound.others:
            rows.append(HeadRow(head))
            rows += (ObjectRow(group, within=False) for group in groups)
        self._replace(tuple(rows))

    def _replace(self, rows: tuple[Row, ...]) -> None:
        """Only between the first and the last row that differ: while a scan adds to hundreds, most stay as they are."""
        before, self._rows = self._rows, rows
        self._places = {row.stack.id: at for at, row in enumerate(rows) if isinstance(row, SeriesRow)}
        same = _same(before, rows)
        most = min(len(before), len(rows)) - same
        after = min(most, _same(before[::-1], rows[::-1]))
        if len(before) > same + after:
            self.removeRows(same, len(before) - same - after)
        if len(rows) > same + after:
            new = rows[same : len(rows) - after]
            self.invisibleRootItem().insertRows(same, [self._item(row) for row in new])

    def show_thumbnail(self, stack_id: str, picture: Thumbnail | None) -> None:
        self._pictures[stack_id] = pixmap(picture) if picture is not None else None
        self._touch(stack_id)

    def show_fitting(self, fitting: Mapping[str, tuple[Fit, ...]]) -> None:
        self._fitting = fitting
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, 0))

    def say_again(self) -> None:
        for place, row in enumerate(self._rows):
            self.item(place).setText(self._said(row))

    def mimeTypes(self) -> list[str]:
        return [SERIES_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        for row in (self.row_at(index) for index in indexes):
            if isinstance(row, SeriesRow):
                data.setData(SERIES_MIME, row.stack.id.encode())
        return data

    def place_of(self, stack_id: str) -> QModelIndex:
        place = self._places.get(stack_id)
        return self.index(place, 0) if place is not None else QModelIndex()

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
        # A radiograph or photograph lies nowhere in the patient, a photograph names no modality: nobody misses that.
        usual = (FactCode.NO_POSITION, FactCode.ASSUMED) if stack.slices == 1 else ()
        facts: dict[Words, bool] = {}  # each once
        for fact in stack.facts:
            words, warns = FACT_CHIPS[fact.code]
            facts[fact.brief if fact.brief.message else words] = warns and fact.code not in usual
        fitting = self._fitting.get(stack.id, ())
        kind = "plain" if all(fit.beaten for fit in fitting) else "good"
        fits = [Chip(self._fits(fitting), kind)] if fitting else []
        warnings = [Chip(tr(words), "warning") for words, warns in facts.items() if warns]
        plain = [Chip(tr(words), "plain") for words, warns in facts.items() if not warns]
        return (*warnings, *fits, *plain)

    def _fits(self, fitting: tuple[Fit, ...]) -> str:
        if len(fitting) > 1:
            return self._speech.tr(say_count("{count} analysis fits", "{count} analyses fit", len(fitting)))
        (only,) = fitting
        words = say("best for {title}", title=only.title) if only.best else say("{title} fits", title=only.title)
        return self._speech.tr(words)

    def _fit_tip(self, fit: Fit) -> str:
        if not fit.best:
            return self._speech.tr(say("{title} fits", title=fit.title))
        words = say("{title}: this series suits best – {reasons}", title=fit.title, reasons=fit.why)
        return self._speech.tr(words)

    def series_title(self, stack: Stack) -> str:
        return self._speech.tr(series_title(stack))

    def series_line(self, stack: Stack) -> str:
        return texts(self._speech, series_line(stack))

    def patient_line(self, row: PatientRow) -> str:
        """Name and number: two people may bear one name."""
        if row.files is not NOTHING:
            return self._speech.tr(row.files)
        patient = row.patient
        name = self._speech.tr(patient_words(patient))
        return f"{name} · {patient.id}" if patient.id and patient.id not in name else name

    def object_line(self, group: ObjectGroup) -> str:
        """Such as: Segmentation – liver; of several: Presentation state (12)"""
        kind = self._speech.tr(kind_words(group.kind))
        if len(group.objects) > 1:
            return f"{kind} ({len(group.objects)})"
        (found,) = group.objects
        return f"{kind} – {self._speech.tr(object_name(found))}"

    def head_line(self, row: HeadRow) -> str:
        return self._speech.tr(row.words)

    def study_line(self, row: StudyRow) -> str:
        description = row.info.description or row.modalities or self._speech.tr(say("Study"))
        count = self._speech.tr(say_count("{count} series", "{count} series", row.series))
        return " · ".join(filter(None, (description, written_date(row.info.date), count)))

    def tip(self, index: QModelIndex | QPersistentModelIndex) -> str:
        """What is told of a row under the mouse; "" for nothing."""
        row = self.row_at(index)
        if isinstance(row, SeriesRow):
            lines = [self._said(row), *(self._speech.tr(fact.sentence) for fact in row.stack.facts)]
            lines += [self._fit_tip(fit) for fit in self._fitting.get(row.stack.id, ())]
            return plain_tip("\n".join(lines))
        if isinstance(row, ObjectRow):
            return plain_tip("\n".join(self._object_tip(row)))
        return ""

    def _item(self, row: Row) -> QStandardItem:
        item = QStandardItem(self._said(row))
        item.setSizeHint(_size(row))
        chosen = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        item.setFlags(chosen if isinstance(row, SeriesRow) else Qt.ItemFlag.NoItemFlags)
        return item

    def _said(self, row: Row) -> str:
        match row:
            case PatientRow():
                return self.patient_line(row)
            case StudyRow():
                return self.study_line(row)
            case SeriesRow():
                return f"{self.series_title(row.stack)}, {texts(self._speech, series_facts(row.stack), ', ')}"
            case ObjectRow():
                return self.object_line(row.group)
            case HeadRow():
                return self.head_line(row)

    def _object_tip(self, row: ObjectRow) -> list[str]:
        """The kind and every file of it, up to a screenful."""
        found = row.group.objects
        lines = [self._speech.tr(kind_words(row.group.kind))]
        for one in found[:_MOST_NAMED]:
            name = file_name(one.path)
            lines.append(f"{one.description} – {name}" if one.description else name)
        if len(found) > _MOST_NAMED:
            more = len(found) - _MOST_NAMED
            lines.append(self._speech.tr(say_count("and {count} more", "and {count} more", more)))
        return lines

    def _touch(self, stack_id: str) -> None:
        place = self.place_of(stack_id)
        if place.isValid():
            self.dataChanged.emit(place, place)


def _same(these: tuple[Row, ...], those: tuple[Row, ...]) -> int:
    """How many rows are the same from the start."""
    return next(
        (at for at, (a, b) in enumerate(zip(these, those, strict=False)) if a != b), min(len(these), len(those))
    )


def _size(row: Row) -> QSize:
    match row:
        case PatientRow():
            return QSize(100, 28)
        case StudyRow():
            return QSize(100, 22 if row.first else 32)
        case ObjectRow():
            return QSize(100, 24)
        case HeadRow():
            return QSize(100, 30)
        case SeriesRow():
            return QSize(100, PICTURE_PX + 2 * PAD_PX)


def pixmap(picture: Thumbnail) -> QPixmap:
    """Gray values [row, column] or colours [row, column, 3] as a picture of the screen."""
    rows, columns = picture.shape[:2]
    gray = picture.ndim == 2
    kind = QImage.Format.Format_Grayscale8 if gray else QImage.Format.Format_RGB888
    return QPixmap.fromImage(QImage(picture.tobytes(), columns, rows, columns * (1 if gray else 3), kind))
