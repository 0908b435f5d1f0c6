"""The findings of a study as rows of a list: what stands in each, and what a screen reader says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from workstation.domain.decision import DecisionState
from workstation.domain.editing import of_original
from workstation.domain.words import Words, say
from workstation.ui.finding_words import STATE_WORDS, decision_words, facts_of
from workstation.ui.said import NO_BREAK, unbroken
from workstation.ui.series_words import series_title
from workstation.ui.speech import Speech
from workstation.workspace.finding_list import Entry, operation_words

Index = QModelIndex | QPersistentModelIndex
_NO_PARENT: Final = QModelIndex()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # known by itself: its height is kept beside it
class FindingLine:
    """One row. `where`: series and operation, "" where all rows have the same; `made`: who decided what, comment."""

    id: str
    number: int
    own: bool
    state: DecisionState
    title: str
    facts: str
    where: str
    made: str
    frozen: bool

    @property
    def spoken(self) -> str:
        return ", ".join(filter(None, (self.title, self.facts, self.where, self.made)))


class FindingLines(QAbstractListModel):
    def __init__(self, speech: Speech) -> None:
        super().__init__()
        self._speech = speech
        self.entries: tuple[Entry, ...] = ()
        self._lines: list[FindingLine] = []
        self._rows: dict[str, int] = {}
        self._said: tuple[object, ...] = ()
        self._frozen: list[bool] = []
        self.selected = ""
        self.commenting = ""

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._lines):
            return None
        line = self._lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return line.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return line.spoken
        return None

    def show_entries(self, entries: Sequence[Entry], signed: frozenset[str]) -> tuple[int, ...] | None:
        """Rows that say something else now; None: they are others, or in another order."""
        first = entries[0].result if entries else None
        many = any(one.result is not first for one in entries)
        said = (many, self._speech.language)
        before, was, now = self.entries, self._frozen, tuple(entries)
        frozen = [one.result.job.id in signed for one in now] if signed else [False] * len(now)
        self._frozen = frozen
        same = len(now) == len(before) and all(
            a is b or a.finding.id == b.finding.id for a, b in zip(now, before, strict=True)
        )
        stale = said != self._said
        self._said = said
        if same:
            lines = self._lines
            changed = [k for k, one in enumerate(now) if stale or one is not before[k] or frozen[k] is not was[k]]
            for row in changed:
                lines[row] = self._line(now[row], many=many, frozen=frozen[row])
            self.entries = now
            for row in changed:
                self.dataChanged.emit(self.index(row), self.index(row))
            return tuple(changed)
        self.beginResetModel()
        self.entries = now
        self._lines = [self._line(one, many=many, frozen=held) for one, held in zip(now, frozen, strict=True)]
        self._rows = {line.id: row for row, line in enumerate(self._lines)}
        self.endResetModel()
        return None

    def line(self, row: int) -> FindingLine:
        return self._lines[row]

    def row_of(self, finding_id: str) -> int | None:
        return self._rows.get(finding_id)

    def _line(self, entry: Entry, *, many: bool, frozen: bool) -> FindingLine:
        finding, tr = entry.finding, self._speech.tr
        old = frozenset(m.name for m in finding.measurements if of_original(finding, m, entry.decision.shapes))
        facts = [unbroken(tr(fact)) for fact in facts_of(finding, entry.slices, old)]
        where = tr(
            say(
                "{series} · {operation}",
                series=series_title(entry.stack),
                operation=operation_words(entry.result.operation),
            )
        )
        made: list[Words] = []
        if finding.own:
            made.append(say("found by the reader"))
        if entry.changed:
            made.append(say("shape changed by the reader"))
        if entry.decision.at is not None:
            made.append(decision_words(entry.decision))
        if entry.decision.comment:
            made.append(say("“{text}”", text=entry.decision.comment))
        title = tr(say("{number} · {label}", number=entry.number, label=finding.label))
        return FindingLine(
            id=finding.id,
            number=entry.number,
            own=finding.own,
            state=entry.decision.state,
            title=title,
            facts=f"{NO_BREAK}· ".join(facts),
            where=where if many else "",
            # Said of each row: what is decided takes the place of it, and no row below has to move for that.
            made="\n".join(map(tr, made or [STATE_WORDS[DecisionState.OPEN]])),
            frozen=frozen,
        )
