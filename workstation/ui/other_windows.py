"""What another window does to the same records: read again where this one meets it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from workstation.domain.series import Stack
from workstation.ui.sitting import Sitting
from workstation.ui.work_runner import WorkView
from workstation.workspace.drawn_masks import can_draw
from workstation.workspace.elsewhere import KeptNow, take_kept
from workstation.workspace.rulers import can_calibrate


class OtherWindows(QObject):
    """Shows what is kept of a series now: where a write was refused because of it, and when its study is opened again.

    Else the reader is told to look at decisions, or to add to a signed report, that this window does not show.
    """

    def __init__(self, sitting: Sitting, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sitting = sitting
        sitting.outdated.connect(self._look)

    def _look(self) -> None:
        chosen = self._sitting.state.chosen_stack
        if chosen is not None:
            self.look_again((chosen,))

    def look_again(self, stacks: Sequence[Stack]) -> None:
        """After all that this window has to write. What the reader does meanwhile makes it look once more."""
        sitting, runners, before = self._sitting, self._sitting.runners, self._sitting.state.history
        known = [one for one in stacks if one.id in sitting.state.kept_measures or sitting.state.results.get(one.id)]
        if not known:
            return

        def take(kept: tuple[KeptNow, ...]) -> None:
            if sitting.state.history is not before:
                self.look_again(known)
                return
            for stack, now in zip(known, kept, strict=True):
                if sitting.state.stack(stack.id) is stack:
                    sitting.apply(take_kept(sitting.state, stack, now))

        runners.when_written(
            lambda: runners.waiting.start(
                lambda _report, _cancel, _part: tuple(map(self._kept, known)),
                WorkView[tuple[KeptNow, ...], None](finished=take, failed=sitting.failed),
            )
        )

    def _kept(self, stack: Stack) -> KeptNow:
        desk = self._sitting.desk
        return KeptNow(
            results=desk.results(stack),
            measures=desk.measures(stack),
            drawn=desk.drawings.masks(stack) if can_draw(stack) else (),
            ruler=desk.drawings.ruler(stack) if can_calibrate(stack) else None,
        )
