"""Blocks and the table of findings on paper: every value is printed, with its basis, and none twice."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import get_args

import pypdf
import pytest

from tests.blocks import ALL, BARS, CURVE, DIALOGUE, FIGURES, FILES, PALETTE, STRIP, TABLE, TEXTS
from tests.report.readings import finding, reading, result
from workstation.domain.answer import AnalysisResult
from workstation.domain.block_words import Bases
from workstation.domain.blocks import Block
from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.words import Language, Words, say
from workstation.report.block_paper import BlockPaper
from workstation.report.finding_table import finding_table
from workstation.report.write import print_reading


def paper(*, whole: Basis = Basis.ALGORITHM) -> BlockPaper:
    bases = Bases(whole, {"job1/1": whole, "job1/2": Basis.SIMULATED})
    return BlockPaper(bases, Language.ENGLISH, lambda text: text)


def measured(name: str, value: float | str | Words, unit: str) -> Measurement:
    return Measurement(name=name, label=say("{text}", text=name), value=value, unit=unit, basis=Basis.ALGORITHM)


def bare(number: int, *measurements: Measurement, basis: Basis = Basis.ALGORITHM) -> Finding:
    """A finding without confidence and without a place."""
    return replace(finding(number, basis=basis), shapes=(), confidence=None, measurements=measurements)


def heads(analysed: AnalysisResult) -> list[str]:
    return [column.head for column in finding_table(reading(analysed), ()).columns]


def test_every_kind_of_block_is_on_paper() -> None:
    assert {type(block) for block in ALL} == set(get_args(Block))
    kinds = [paper().data(block)["kind"] for block in ALL]

    assert kinds == ["table", "bars", "palette", "figures", "curve", "strip", "texts", "dialogue", "files"]


def test_each_block_is_printed_with_all_that_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workstation.report.paper.blocks_of", lambda _result: ALL)
    files, missing = print_reading(reading())
    pages = pypdf.PdfReader(BytesIO(files["report.pdf"])).pages
    text = " ".join("\n".join(page.extract_text() for page in pages).split())

    parts = (
        "Left anterior descending artery",
        "98.4",
        "12.0 %",
        "4321",
        "42.5",
        "Pulmonary artery",
        "L3-4",
        "#5a0014 62.0 %",
    )
    assert all(part in text for part in parts)
    assert all(part in text for part in ("bulging disc", "磨玻璃结节", "您哪里不舒服", "moved.nii.gz", "(simulated)"))
    assert missing == ""


@pytest.mark.parametrize("block", [TABLE, BARS, PALETTE, FIGURES, CURVE])
def test_a_simulated_value_is_marked_in_the_head_and_by_itself(block: Block) -> None:
    data = paper().data(block)

    assert (data["chip"], data["simulated"]) == ("simulated", True)
    assert str(data).count("(simulated)") == 1


@pytest.mark.parametrize("block", [TEXTS, DIALOGUE, FILES, STRIP])
def test_a_block_without_a_basis_of_its_own_has_that_of_the_result(block: Block) -> None:
    assert paper(whole=Basis.SIMULATED).data(block)["simulated"]


def test_the_rows_own_table_becomes_the_table_of_findings() -> None:
    files, _ = print_reading(reading())
    text = pypdf.PdfReader(BytesIO(files["report.pdf"])).pages[0].extract_text()

    assert text.count("Diameter mm") == 1  # not a second time as a block
    assert "Nodules" not in text
    assert text.count("No.") == 1


def test_columns_that_no_finding_fills_are_left_out() -> None:
    plain = heads(result(bare(1, measured("class", "KL 2", "")), bare(2)))

    assert plain == ["No.", "Finding", "class", "Decision"]


def test_other_bases_than_the_worst_are_told_finding_by_finding() -> None:
    mixed = result(bare(1), bare(2, basis=Basis.SIMULATED), basis=Basis.SIMULATED)

    assert "Basis" in heads(mixed)
    assert "Basis" not in heads(result(bare(1), bare(2)))


def test_measurements_of_one_name_share_a_column_with_their_unit_in_the_head() -> None:
    table = finding_table(reading(result(bare(1, measured("angle", 175.24, "deg")), bare(2))), ())
    column = next(column for column in table.columns if column.head == "angle °")

    assert (column.cells, column.right) == (("175.2", "–"), True)


def test_many_measurements_are_told_in_one_column() -> None:
    many = [measured(f"m{n}", float(n), "mm") for n in range(7)]
    table = finding_table(reading(result(bare(1, *many))), ())

    assert [column.head for column in table.columns] == ["No.", "Finding", "Measured", "Decision"]
    assert "m6 6.0\u00a0mm" in table.columns[2].cells[0]


def test_figures_of_a_whole_result_are_printed_without_a_panel() -> None:
    analysed = replace(result(), operation="gone", measurements=(measured("score", 112.0, "{score}"),))
    from workstation.catalogue.panels import blocks_of

    (block,) = blocks_of(analysed)
    assert paper().data(block)["figures"] == [["score", "112", ""]]


def test_a_simulated_figure_beside_real_ones_is_marked_in_the_table_of_findings() -> None:
    made_up = replace(measured("type", 3.0, ""), basis=Basis.SIMULATED)
    table = finding_table(reading(result(bare(1, measured("size", 2.0, "mm"), made_up))), ())

    assert {column.head: column.cells for column in table.columns}["type"] == ("3 (simulated)",)
    assert {column.head: column.cells for column in table.columns}["size mm"] == ("2.0",)
