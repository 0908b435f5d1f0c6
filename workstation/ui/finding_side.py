"""The findings tab and the keys that decide on findings."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from PySide6.QtCore import QObject

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.words import say
from workstation.ui.findings_panel import FindingsPanel
from workstation.ui.keys import Command, key_text
from workstation.ui.panes import ANALYSE, FINDINGS, Panes
from workstation.ui.reading.room import ReadingRoom
from workstation.ui.sitting import Notice, Sitting
from workstation.workspace import finding_list, findings
from workstation.workspace.signing import is_signed
from workstation.workspace.state import Changed, Workspace


class FindingSide(QObject):
    """`commands`: what the keys of findings do, wherever the focus is."""

    def __init__(
        self, sitting: Sitting, panel: FindingsPanel, panes: Panes, room: ReadingRoom, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._sitting, self._panel, self._panes, self._room = sitting, panel, panes, room
        self.commands: Mapping[Command, Callable[[], object]] = {
            Command.UNDO: sitting.undo,
            Command.REDO: sitting.redo,
            Command.OVERLAYS: lambda: self.show_overlays(not sitting.state.overlays),
            Command.ACCEPT: lambda: self._with_finding(sitting.accept),
            Command.REJECT: lambda: self._with_finding(sitting.reject),
            Command.COMMENT: lambda: self._with_finding(self._comment),
            Command.NEXT_FINDING: lambda: self._step(1),
            Command.PREVIOUS_FINDING: lambda: self._step(-1),
        }
        panel.select_asked.connect(lambda id_: self._go_to(findings.select_finding(sitting.state, id_)))
        panel.result_asked.connect(lambda job: sitting.apply(findings.show_result(sitting.state, job)))
        panel.sifting_asked.connect(lambda how: sitting.apply(finding_list.sift(sitting.state, how)))
        panel.this_slice_asked.connect(self._follow_slice)
        room.scrolled.connect(self._scrolled)
        room.finding_clicked.connect(lambda _id: self._say_unseen())
        panel.all_asked.connect(lambda: sitting.apply(finding_list.show_all(sitting.state)))
        panel.threshold_asked.connect(lambda low: sitting.apply(findings.set_threshold(sitting.state, low)))
        panel.label_asked.connect(lambda *of: sitting.apply(findings.show_label(sitting.state, *of)))
        panel.accept_asked.connect(sitting.accept)
        panel.reject_asked.connect(sitting.reject)
        panel.reopen_asked.connect(sitting.reopen)
        panel.comment_asked.connect(sitting.comment)
        panel.undo_asked.connect(sitting.undo)
        panel.redo_asked.connect(sitting.redo)
        panel.analyse_tab_asked.connect(lambda: panes.show_tab(ANALYSE))

    def show_overlays(self, shown: bool) -> None:
        self._sitting.apply(findings.show_overlays(self._sitting.state, shown))

    def _follow_slice(self, follow: bool) -> None:
        """Only findings on the slice in view, whichever that is."""
        slices = self._slice_in_view() if follow else None
        sifting = replace(self._sitting.state.sifting, slices=slices)
        self._sitting.apply(finding_list.sift(self._sitting.state, sifting))

    def _scrolled(self) -> None:
        if self._panel.filter.follows_slice and self._sitting.state.sifting.slices is not None:
            self._follow_slice(True)

    def _slice_in_view(self) -> tuple[int, int] | None:
        """None where the view shows no slices as they were acquired."""
        cell = self._room.active
        return (cell.view.slice_index, cell.view.slice_index) if cell.acquired is not None else None

    def _with_finding(self, act: Callable[[str], None]) -> None:
        """Decisions need a selected finding; without one the words say how to get there."""
        if self._sitting.state.selected:
            act(self._sitting.state.selected)
        elif finding_list.entries(self._sitting.state):
            words = say("No finding is selected."), say("N goes to the next one; or click one.")
            self._sitting.noticed.emit(Notice(*words, bad=False))

    def _comment(self, finding_id: str) -> None:
        if is_signed(self._sitting.state, finding_id):
            self._sitting.failed(WorkstationError(ErrorCode.READING_SIGNED))
            return
        self._panes.open_right()
        self._panes.show_tab(FINDINGS)
        self._panel.begin_comment(finding_id)

    def _step(self, step: int) -> None:
        self._go_to(findings.next_finding(self._sitting.state, step, self._sitting.speech.language))
        if self._sitting.state.selected:
            self._panes.show_tab(FINDINGS)

    def _go_to(self, selecting: tuple[Workspace, Changed]) -> None:
        """Also to the one that is selected already: the reader may have scrolled away from it."""
        before = self._sitting.state.selected
        self._sitting.apply(selecting)
        if before and before == self._sitting.state.selected:
            self._room.show_selected()
        self._say_unseen()

    def _say_unseen(self) -> None:
        """Of a finding that lies where no slice was acquired: else nothing is marked, as if there were none."""
        cell = self._room.active
        at = cell.view.unseen_at(self._sitting.state.selected) if cell.acquired is not None else None
        if at is not None:
            first = math.floor(at) + 1
            says = say(
                "This finding lies between slices {first} and {second}, and is seen on neither.",
                first=first,
                second=first + 1,
            )
            remedy = say("{key} shows it on the straightened series.", key=key_text(Command.STRAIGHTEN))
            can = cell.view.possible(Command.STRAIGHTEN)
            self._sitting.noticed.emit(Notice(says, remedy if can else None, bad=False))
