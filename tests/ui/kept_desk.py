"""A desk that keeps what is decided in real records, and the window over it as a program of its own, to be killed."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QTimer

from tests.ui.fake_desk import LUNG, FakeDesk
from tests.ui.scene import to_gray
from tests.workspace.sitting import result
from workstation.domain.decision import Decision
from workstation.domain.words import Language
from workstation.domain.work import SystemClock
from workstation.records import Records
from workstation.ui.main_window import MainWindow
from workstation.ui.screen import application
from workstation.ui.speech import Speech
from workstation.workspace.intents import EarlierResult, WindowSettings
from workstation.workspace.kept_readings import KeptReadings
from workstation.workspace.state import Reader

FINDINGS = 400


class KeptDesk(FakeDesk):
    """One series with many findings; each decision is told on stdout once it is in the records."""

    def __init__(self, path: Path) -> None:
        super().__init__(LUNG)
        self.records = Records(path)
        self.readings = KeptReadings(self.records, SystemClock())
        self.start = WindowSettings(reader=Reader("Li", "radiologist"))
        many = result(LUNG.id, confidences=(0.9,) * FINDINGS)
        self.earlier = {LUNG.id: (EarlierResult(many, self.records.decisions.of_job("job1")),)}

    def decide(self, finding_id: str, decision: Decision) -> None:
        self.records.decisions.add(finding_id, decision)
        print(finding_id, decision.comment, flush=True)


def main(path: Path) -> int:
    """Open the series, then accept and comment on one finding after the other until somebody ends it."""
    app = application(offscreen=True)
    window = MainWindow(KeptDesk(path), Speech(Language.ENGLISH), to_gray)
    window.show()
    window.start()
    window.open((Path("study"),))
    left = iter(range(1, FINDINGS + 1))

    def decide() -> None:
        sitting = window.sitting
        if sitting.state.shown_result is not None:
            finding_id = f"job1/{next(left)}"
            sitting.accept(finding_id)
            sitting.comment(finding_id, f"said {finding_id}")

    timer = QTimer(window, interval=5)
    timer.timeout.connect(decide)
    timer.start()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
