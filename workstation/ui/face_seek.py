"""While a person covers a photograph: whether a detector still finds a face in the copy."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer

from workstation.domain.error import WorkstationError
from workstation.domain.series import Stack
from workstation.domain.work import CancelToken
from workstation.ui.consent_dialog import ConsentDialog
from workstation.ui.cover_box import CoverBox
from workstation.ui.sitting import Sitting
from workstation.ui.work_runner import WorkView
from workstation.workspace.covering import still_seen

_PAUSE_MS: Final = 350  # of the hand


def seek_faces(sitting: Sitting, dialog: ConsentDialog) -> None:
    """Keep every picture of a consent told."""
    for cover in dialog.covers:
        if cover.view.stack is not None:
            _FaceSeek(sitting, cover.view.stack, cover)


class _FaceSeek(QObject):
    """Belongs to the box that it tells; ends with it."""

    def __init__(self, sitting: Sitting, stack: Stack, cover: CoverBox) -> None:
        super().__init__(cover)
        self._sitting, self._stack, self._cover = sitting, stack, cover
        self._running: CancelToken | None = None
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._timer.timeout.connect(self._seek)
        cover.changed.connect(self.again)
        cover.destroyed.connect(self._stop)
        self.again()

    def again(self) -> None:
        """Something else is covered now."""
        self._stop()
        self._timer.start()

    def _stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
            self._running = None

    def _seek(self) -> None:
        stack, covering = self._stack, self._cover.covering
        self._running = self._sitting.runners.waiting.start(
            lambda _report, cancel, _part: still_seen(stack, covering, cancel),
            WorkView[int | None, None](finished=self._cover.show_seen, failed=self._failed),
        )

    def _failed(self, error: WorkstationError) -> None:
        self._cover.show_seen(None)
        self._sitting.failed(error)
