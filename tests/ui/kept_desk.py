"""A desk that keeps what is decided in real records, and the window over it as a program of its own, to be killed."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QTimer

from tests.ui.fake_desk import LUNG, FakeDesk
from tests.ui.scene import to_gray
from tests.workspace.sitting import result
from workstation.domain.decision import Decision
from workstation.domain.finding import Finding
from workstation.domain.shapes import Point, Sphere
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
        found = tuple(one.finding for one in self.records.own.of_job("job1"))
        whole = replace(many, findings=(*many.findings, *found))
        self.earlier = {LUNG.id: (EarlierResult(whole, self.records.decisions.of_job("job1")),)}

    def decide(self, finding_id: str, decision: Decision) -> None:
        self.records.decisions.add(finding_id, decision)
        told = f"shaped {decision.shapes[0].radius}" if decision.shapes is not None else decision.comment
        print(finding_id, told, flush=True)

    def put_own(
        self, job_id: str, finding_id: str, finding: Finding | None, decision: Decision, in_pixels: bool
    ) -> None:
        self.records.own.put(job_id, finding_id, finding, decision, in_pixels=in_pixels)
        print(finding_id, "own", flush=True)


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
            number = next(left)
            finding_id = f"job1/{number}"
            sitting.accept(finding_id)
            sitting.comment(finding_id, f"said {finding_id}")
            sitting.reshape(finding_id, (Sphere(center=(8.0, 8.0, 9.0), radius=float(number)),))
            sitting.add_own(LUNG.id, "nodule", "", (Point(at=(1.0, 2.0, float(number))),), (), in_pixels=False)

    timer = QTimer(window, interval=5)
    timer.timeout.connect(decide)
    timer.start()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
