"""A whole reading on a screen, with the mouse and the keys that an X server passes on: from the drop of a folder by
another program to the report, and all of it again after the program was closed. What came of it is looked for on the
disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pydicom
import pypdf
import pytest

from tests.journeys.conftest import make
from tests.journeys.desktop import Desktop, Seen, Window, desktop, missing_tools, program_on, wait_for
from tests.journeys.program import Program
from workstation.domain.decision import Decision, DecisionState
from workstation.domain.measure import Measure, MeasureKind
from workstation.records import Records

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {', '.join(missing_tools())}"),
]
SLICES = 60
NOTCHES = 4
LENGTH_PX = 60
READER = "Li Wei"


@dataclass(frozen=True)
class Said:
    """What a reader looks for, in one language."""

    analyse: str
    send: str
    name: str
    role: str
    keep: str
    decided: str
    left: tuple[str, str]
    sign: str
    signed: str
    report: str
    write: str
    again: str


ENGLISH = Said( analyse="Analyse", send="Send and analyse", name="Your name", role="Role", keep="Keep",
    decided="Looked at", left=("not looked at", "undecided."), sign="Sign", signed="Signed by Li Wei", report="Report",
    write="Write report…", again="Open…",
)  # fmt: skip
CHINESE = Said( analyse="分析", send="发送并分析", name="姓名", role="职务", keep="保存",
    decided="已看", left=("未看", "未判定。"), sign="签署", signed="Li Wei", report="报告",
    write="生成报告…", again="打开…",
)  # fmt: skip


@pytest.fixture(scope="module")
def chest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """So large that the length lies well inside at one to one."""
    return make(tmp_path_factory.mktemp("chest"), "--slices", str(SLICES), "--size", "256", "--spacing", "4")


@pytest.fixture
def screen() -> Iterator[Desktop]:
    with desktop() as made:
        yield made


class Reading:
    """One reader before one window; a picture is kept of each step."""

    def __init__(self, screen: Desktop, window: Window, said: Said, pictures: Path) -> None:
        self.screen, self.window, self.said, self._pictures = screen, window, said, pictures

    def keep(self, name: str) -> None:
        self.window.settle()
        self._pictures.mkdir(exist_ok=True)
        self.screen.picture().save(self._pictures / f"{name}.png")

    @property
    def analysis(self) -> Seen:
        """The button of the first card; there once the series was looked through."""
        return self.window.find(self.said.analyse, "SaidButton")

    def look_and_measure(self) -> None:
        """Some slices on, in another window; a length across the middle where a pixel is a pixel."""
        view = self.window.view
        self.window.settle()
        self.screen.wheel(view.middle, NOTCHES)
        self.screen.drag(view.at(0.4, 0.4), view.at(0.55, 0.45))
        self.keep("1-window")
        self.screen.key("equal", "l")
        x, y = view.at(0.49, 0.5)
        self.screen.drag((x - LENGTH_PX // 2, y), (x + LENGTH_PX // 2, y))
        self.keep("2-length")
        self.screen.key("w", "f")

    def lay_out(self) -> None:
        for layout in ("2×2", "MPR", "1×1"):
            self.window.press(layout)
            wait_for(lambda name=layout: self.window.find(name).checked, layout)  # type: ignore[misc]
            self.keep(f"3-{layout}")

    def analyse(self) -> None:
        """Sent to the second connection: that one is asked about first."""
        self.screen.click(self.window.find("SignCombo").middle)
        self.screen.key("Down", "Return")
        self.window.find("hosp")
        self.screen.click(self.analysis.middle)
        self.window.find(self.said.send)
        self.keep("4-consent")
        self.window.press(self.said.send)
        self.window.find("FindingList")

    def decide(self) -> None:
        """Accept the first, take it back, accept it again; the bar that asks who decides is filled in afterwards."""
        self.screen.click(self.window.view.at(0.05, 0.9))
        self.screen.key("n", "a", "ctrl+z", "ctrl+y")
        self.screen.click(self.window.find(self.said.name).middle)
        self.screen.type(READER)
        self.screen.key("Tab")
        self.screen.type("radiologist")
        self.keep("5-decided")
        self.window.press(self.said.keep)

    def sign(self) -> None:
        self.screen.click(self.window.view.at(0.05, 0.9))
        self.screen.key("ctrl+Return")
        for part in self.said.left:
            self.screen.click(self.window.find_part(part).at(0.02, 0.5))
        self.keep("6-sign")
        self.window.press(self.said.sign)

    def report(self, out: Path) -> Path:
        self.screen.key("alt+3")
        self.window.find_part(self.said.signed)
        self.window.press(self.said.write)
        self.window.settle()
        self.screen.key("ctrl+a")
        self.screen.type(str(out))
        self.screen.key("Return")
        wait_for(lambda: any(out.rglob("report.pdf")), "a report")
        self.keep("7-report")
        (made,) = out.rglob("report.pdf")
        return made

    def open_again(self) -> None:
        """What was open last stands in the menu."""
        self.window.press(self.said.again)
        self.window.settle()
        self.screen.key("Down", "Down", "Down", "Return")
        assert self.analysis


def kept(home: Path, job_id: str, stack_id: str) -> tuple[dict[str, Decision], tuple[Measure, ...], str]:
    """Decisions, measures and the signed text."""
    with Records(next(home.rglob("records.sqlite"))) as records:
        signing = records.signings.of_job(job_id)
        decisions, measures = records.decisions.of_job(job_id), records.measures.of_stack(stack_id)
        return dict(decisions), tuple(measures), signing.texts[0] if signing is not None else ""


@pytest.mark.parametrize(("language", "said"), [("en", ENGLISH), ("zh_CN.UTF-8", CHINESE)])
def test_a_reading_by_mouse_and_keys_is_kept_and_comes_back(
    language: str, said: Said, chest: Path, screen: Desktop, tmp_path: Path, program: Program
) -> None:
    home, out, log, pictures = program.home, tmp_path / "out", tmp_path / "log.txt", tmp_path / "pictures"
    out.mkdir()
    header = pydicom.dcmread(next(chest.glob("*.dcm")), stop_before_pixels=True)
    with program.service() as service:
        program.connect(service)
        with program_on(screen, home, log, LANG=language, **program.environment) as window:
            reading = Reading(screen, window, said, pictures)
            assert screen.drop(chest, window.view.middle) == "taken"
            assert reading.analysis
            reading.look_and_measure()
            reading.lay_out()
            reading.analyse()
            reading.decide()
            reading.sign()
            text = "".join(page.extract_text() for page in pypdf.PdfReader(reading.report(out)).pages)
            window.press("2×2")
            window.close()
        job = program.job()
        decisions, measures, signed = kept(home, job["id"], job["series_id"])
        with program_on(screen, home, log, LANG=language, **program.environment) as window:
            reading = Reading(screen, window, said, pictures)
            reading.open_again()
            screen.key("alt+3")
            window.find_part(said.signed)
            assert window.find("2×2").checked
            screen.click(window.view.at(0.05, 0.9))
            screen.key("n", "x")  # signed: nothing changes any more
            reading.keep("8-again")
            window.close()
        again = kept(home, job["id"], job["series_id"])

    (length,) = measures
    (x1, y1, z1), (x2, y2, z2) = length.points
    assert length.kind is MeasureKind.LENGTH
    assert abs(x2 - x1) == pytest.approx(LENGTH_PX * float(header.PixelSpacing[1]), abs=0.01)
    assert (y1, z1) == (y2, z2)
    headers = (pydicom.dcmread(file, stop_before_pixels=True) for file in chest.glob("*.dcm"))
    places = sorted(float(one.ImagePositionPatient[2]) for one in headers)
    assert z1 == pytest.approx(places[SLICES // 2 + NOTCHES], abs=0.01)
    assert [one.state for one in decisions.values()].count(DecisionState.ACCEPTED) == 1
    assert {one.by for one in decisions.values() if one.state is DecisionState.ACCEPTED} <= {"", READER}
    assert READER in signed
    assert READER in text
    assert again == (decisions, measures, signed)
    assert log.read_text() == ""
