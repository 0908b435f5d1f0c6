"""Objects of others beside the series that hang: read in the background, listed, painted, jumped to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer

from workstation.domain.overlaid import Overlaid, middle_of
from workstation.domain.series import FoundObject, Stack
from workstation.ui.object_list import ObjectList
from workstation.ui.sitting import Sitting
from workstation.ui.viewport.file_marks import presentation_on
from workstation.ui.viewport.slice_view import SliceView
from workstation.ui.work_runner import WorkView
from workstation.workspace import overlaid
from workstation.workspace.state import Changed

_AFTER_MS: Final = 250  # after the pictures: all at once would keep the window's thread waiting


class ObjectSide(QObject):
    """`view`: the active one."""

    def __init__(
        self, sitting: Sitting, listed: ObjectList, view: Callable[[], SliceView], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._sitting, self._view = sitting, view
        self._asked: dict[str, tuple[Stack, tuple[FoundObject, ...]]] = {}
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_AFTER_MS)
        self._later.timeout.connect(self._ask_for_all)
        apply = sitting.apply
        listed.shown_asked.connect(lambda id_, on: apply(overlaid.show_file(sitting.state, id_, on)))
        listed.part_asked.connect(lambda id_, part, on: apply(overlaid.show_part(sitting.state, id_, part, on)))
        listed.opacity_asked.connect(lambda id_, value: apply(overlaid.set_opacity(sitting.state, id_, value)))
        listed.outline_asked.connect(lambda id_, on: apply(overlaid.set_outline(sitting.state, id_, on)))
        listed.jump_asked.connect(self._jump)
        listed.slice_asked.connect(self._go_to)
        listed.author_asked.connect(self._as_author)

    def show_changed(self, changed: Changed) -> None:
        """Ask once for each series that hangs; again where it, or what refers to it, was found anew."""
        concerned = changed & (Changed.STACKS | Changed.CHOSEN | Changed.LAYOUT)
        if concerned and not self._sitting.state.scanning and not self._later.isActive():
            self._later.start()

    def _ask_for_all(self) -> None:
        state = self._sitting.state
        if state.scanning:
            return  # it is asked again at its end
        for stack_id in dict.fromkeys(cell.stack_id for cell in state.hanging.cells):
            stack = state.stack(stack_id)
            if stack is not None:
                self._ask(stack, state.objects)

    def _ask(self, stack: Stack, objects: tuple[FoundObject, ...]) -> None:
        own = {stack.series_uid, stack.id} - {""}
        tied = tuple(found for found in objects if own.intersection(found.refers_to))
        before = self._asked.get(stack.id)
        if before is not None and before[0] is stack and before[1] == tied:
            return
        self._asked[stack.id] = (stack, tied)
        self._sitting.runners.waiting.start(
            lambda _report, cancel, _part: self._sitting.desk.objects(stack, tied, cancel),
            WorkView[tuple[Overlaid, ...], None](
                finished=lambda found: self._take(stack, found), failed=self._sitting.failed
            ),
        )

    def _take(self, stack: Stack, found: tuple[Overlaid, ...]) -> None:
        if found or stack.id in self._sitting.state.overlaid:
            self._sitting.apply(overlaid.take_overlaid(self._sitting.state, stack.id, found))

    def _named(self, object_id: str) -> Overlaid | None:
        state = self._sitting.state
        return next((one for one in state.overlaid.get(state.chosen, ()) if one.id == object_id), None)

    def _jump(self, object_id: str, part: str) -> None:
        one = self._named(object_id)
        finding = next((f for f in one.findings if f.id == part), None) if one is not None else None
        at = middle_of(finding, one.masks) if one is not None and finding is not None else None
        if one is not None and at is not None:
            self._view().show_place(at, one.in_pixels)
            self._tell_slice()

    def _go_to(self, k: int) -> None:
        self._view().show_slice(k)
        self._tell_slice()

    def _tell_slice(self) -> None:
        """As when the reader had scrolled there: the slice is loaded, and linked views follow."""
        self._view().slice_changed.emit(self._view().slice_index)

    def _as_author(self, object_id: str, wanted: bool) -> None:
        """On a slice that the object says something of: the one looked at, else the first."""
        one = self._named(object_id)
        if one is not None and wanted and presentation_on(one, self._view().slice_index) is None:
            self._go_to(min(k for way in one.presentations for k in way.slices))
        self._sitting.apply(overlaid.show_as_author(self._sitting.state, object_id, wanted))
