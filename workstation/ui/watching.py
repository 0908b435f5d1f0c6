"""Watch what was opened last, in the background, until a person ends it or the window closes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from workstation.domain.error import WorkstationError
from workstation.domain.work import CancelToken
from workstation.ui.sitting import Sitting
from workstation.ui.work_runner import WorkView
from workstation.workspace import opening
from workstation.workspace.watch import Arrived


class Watcher(QObject):
    """offered: whether there is something to be watched."""

    offered = Signal(bool)

    def __init__(self, sitting: Sitting, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sitting = sitting
        self._paths: tuple[Path, ...] = ()
        self._work: CancelToken | None = None

    def offer(self, paths: Sequence[Path]) -> None:
        """These were opened: the folders among them can be watched from now on. To a single file nothing is added."""
        folders = tuple(path for path in paths if not path.is_file())
        if folders:
            self._paths = folders
            self.offered.emit(True)

    def start(self) -> None:
        self.stop()
        paths = self._paths
        if not paths:
            return
        self._sitting.apply(opening.begin_watch(self._sitting.state, paths[0].name or str(paths[0])))
        stacks = self._sitting.state.stacks
        self._work = self._sitting.runners.waiting.start(
            lambda _report, cancel, arrived: self._sitting.desk.watch(paths, stacks, arrived, cancel),
            WorkView[None, Arrived](finished=lambda _: self.stop(), failed=self._failed, arrived=self._arrived),
        )

    def stop(self) -> None:
        if self._work is not None:
            self._work.cancel()
            self._work = None
            self._sitting.apply(opening.end_watch(self._sitting.state))

    def _arrived(self, arrived: Arrived) -> None:
        self._sitting.apply(opening.add_arrived(self._sitting.state, arrived))

    def _failed(self, error: WorkstationError) -> None:
        self.stop()
        self._sitting.failed(error)
