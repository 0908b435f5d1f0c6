"""What `scan` says to people: nothing is lost, nothing is cut, and it fits a terminal of 80 columns."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from tests.stacks import chest_ct
from workstation.catalogue.check import check, recommend
from workstation.catalogue.chest import LUNG_NODULE
from workstation.cli.listing import show_check, show_scan
from workstation.cli.output import Output
from workstation.domain.error import ErrorCode
from workstation.domain.series import FactCode, FoundObject, LeftOut, Patient, ScanResult, StackFact, StudyInfo
from workstation.domain.words import Language, say

UID = "1.2.826.0.1.3680043.8.498.12345678901234567890123456789012345678#0"
GAP = StackFact(FactCode.GAP, say("{count} slices missing.", count=2), 2.0)
LUNG = replace(
    chest_ct(300, kernel="B70f", name=UID, facts=(GAP,)),
    description="胸部CT平扫 薄层肺窗重建 一个很长很长的序列名称 Lung 1.0 B70f",
    series_number=4,
    study=StudyInfo(uid="1.2.1", date="20260314", description="胸部CT平扫"),
    patient=Patient(name="Zhang^San=张^三", id="P1"),
)
FOUND = ScanResult(
    stacks=(LUNG,),
    objects=(
        FoundObject("/d/seg.dcm", "seg", (LUNG.series_uid,)),
        FoundObject("/d/DICOMDIR", "dicomdir"),
        *(FoundObject(f"/d/pr{n}.dcm", "presentation-state") for n in range(9)),
    ),
    left_out=(
        *(LeftOut(f"/d/{n}.txt", ErrorCode.NOT_DICOM, say("This is not a DICOM file.")) for n in range(30)),
        LeftOut("/d/a.zip!/half.dcm", ErrorCode.TRUNCATED, say("The file is cut off.")),
    ),
    files=342,
    members=7,
)


class Screen(Output):
    """A voice whose lines can be read back. `width` 0: a pipe."""

    def __init__(self, width: int, language: Language = Language.ENGLISH) -> None:
        super().__init__(language)
        self.file = StringIO()
        self._width = width

    @property
    def console(self) -> Console:
        terminal = self._width > 0
        return Console(
            file=self.file, width=self._width or None, force_terminal=terminal, color_system=None, soft_wrap=True
        )

    @property
    def lines(self) -> list[str]:
        return self.file.getvalue().splitlines()


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("width", [72, 80, 160])
def test_no_line_is_wider_than_the_terminal(width: int, language: Language) -> None:
    screen = Screen(width, language)
    show_scan(screen, FOUND)
    show_check(screen, [(LUNG, (check(LUNG, LUNG_NODULE),))], recommend([LUNG], LUNG_NODULE))

    assert len(screen.lines) > 12
    assert [line for line in screen.lines if cell_len(line) > width] == []


def test_a_series_stands_in_one_line_with_its_name_for_the_next_command_below() -> None:
    screen = Screen(80)
    show_scan(screen, FOUND)
    (line,) = [line for line in screen.lines if "CT axial" in line]

    assert line.startswith("  4  胸部CT平扫")
    assert line.endswith("CT axial  300 × 512 × 512  1 × 0.7 × 0.7 mm")
    assert f"      {UID}" in screen.lines
    assert "      – 2 slices missing." in screen.lines


def test_objects_stand_with_their_series_or_apart_and_are_counted() -> None:
    screen = Screen(0)
    show_scan(screen, FOUND)
    told = screen.lines

    assert told.index("      + Segmentation: seg.dcm") < told.index("Not tied to a series here")
    assert "  + Index of the medium (DICOMDIR): DICOMDIR" in told
    states = "pr0.dcm, pr1.dcm, pr2.dcm, pr3.dcm, pr4.dcm, pr5.dcm, and 3 more"
    assert f"  + Presentation state: {states}" in told


def test_files_left_out_are_grouped_by_reason_with_a_remedy_rare_ones_first() -> None:
    screen = Screen(0)
    show_scan(screen, FOUND)
    told = "\n".join(screen.lines)

    assert "31 files left out" in told
    assert told.index("1 × The file is cut off.\n      a.zip!/half.dcm\n") < told.index(
        "30 × This is not a DICOM file."
    )
    assert told.rstrip().endswith("342 files · 7 in archives · 1 series · 11 other objects · 31 left out")


def test_files_cut_at_different_places_are_told_one_by_one_and_the_rest_counted() -> None:
    cut = [LeftOut(f"{n}.dcm", ErrorCode.TRUNCATED, say("{missing} bytes missing.", missing=n)) for n in range(9)]
    screen = Screen(0)
    show_scan(screen, ScanResult(stacks=(), objects=(), left_out=tuple(cut), files=9))

    assert "  5.dcm: 5 bytes missing." in screen.lines
    assert "      and 3 more like these" in screen.lines


def test_a_name_is_shown_at_a_terminal_and_nowhere_else() -> None:
    terminal, pipe = Screen(80), Screen(0)
    show_scan(terminal, FOUND)
    show_scan(pipe, FOUND)

    assert "Patient 1: 张三 (Zhang San) · P1" in terminal.lines
    assert "Patient 1" in pipe.lines
    assert "张三" not in pipe.file.getvalue()


def test_check_names_the_better_series_by_its_number_and_says_why() -> None:
    thick = replace(chest_ct(60, step=5.0), series_number=3)
    thin = replace(chest_ct(300, name="1.2.4#0"), series_number=4, description="Lung")
    screen = Screen(0)
    show_check(
        screen,
        [(stack, (check(stack, LUNG_NODULE, [thick, thin]),)) for stack in (thick, thin)],
        recommend([thick, thin], LUNG_NODULE),
    )

    assert "      Better: series 4 – 1 mm" in screen.lines
    assert "  Lung nodules: series 4 “Lung” – 300 mm covered, 1 mm, sharp kernel (B60f)" in screen.lines
