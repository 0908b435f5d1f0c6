"""The example of a new operation does all that `docs/adding-an-operation.md` says of it."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from tests.jobs.fakes import PAID, FolderService, world
from tests.journeys.program import ROOT
from tests.stacks import chest_ct
from workstation.catalogue.check import check
from workstation.catalogue.operation import ConnectionKind, Operation
from workstation.cli.catalogue_page import operations_page
from workstation.domain.answer import IndexSphere, PlacementState, ServiceAnswer
from workstation.domain.blocks import FiguresBlock
from workstation.domain.finding import Basis
from workstation.jobs import run
from workstation.records import Records

DOCS = ROOT / "docs"
RECORDED = json.loads((DOCS / "examples" / "emphysema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("emphysema", DOCS / "examples" / "emphysema.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def row(example: ModuleType) -> Operation:
    operation = example.EMPHYSEMA
    assert isinstance(operation, Operation)
    return operation


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Records]:
    with Records(tmp_path / "records.db") as records:
        yield records


def test_the_page_shows_the_example_as_it_stands() -> None:
    page = (DOCS / "adding-an-operation.md").read_text(encoding="utf-8")
    code = (DOCS / "examples" / "emphysema.py").read_text(encoding="utf-8")
    shown = re.findall(r"```python\n(.*?)```", page, re.DOTALL)

    assert len(shown) == 3
    assert [part for part in shown if part not in code] == []


def test_the_recorded_answer_is_read_in_full(row: Operation) -> None:
    answer: ServiceAnswer = row.services[0].parse(json.dumps(RECORDED["Data"]), False)

    assert [finding.shapes for finding in answer.findings] == [
        (IndexSphere(center=(1.0, 20.0, 10.0), diameter_mm=14.0),),
        (IndexSphere(center=(2.0, 12.0, 22.0), diameter_mm=9.0),),
    ]
    assert [finding.confidence for finding in answer.findings] == [0.9, None]
    assert [(m.name, m.value, m.unit) for m in answer.measurements] == [("low-attenuation-share", 12.5, "%")]
    assert (answer.grid.origin, answer.grid.spacing) == ((-180.0, -170.0, -300.0), (1.0, 0.7, 0.7))
    assert (answer.series_uid, answer.basis, answer.unknown) == ("2.25.100", Basis.VENDOR, ())


def test_a_series_is_checked_against_its_limits(row: Operation) -> None:
    assert check(chest_ct(), row).fits
    assert [reason.code for reason in check(chest_ct(19), row).reasons] == ["too-few-slices"]


def test_a_job_is_submitted_and_its_findings_are_placed(row: Operation, tmp_path: Path, ledger: Records) -> None:
    done = {"Status": "PROCESS_SUCCESS", "Result": json.dumps(RECORDED["Data"])}
    around = world(tmp_path, ledger, statuses=(done,), kind=ConnectionKind.COMPATIBLE)
    new = replace(PAID, operation=row.name, parameters=row.read_parameters({"level": "-950"}))
    result = run(new, replace(around, service=row.services[0])).placed()

    (sent,) = FolderService(tmp_path).submits
    assert sent["Level"] == "-950"
    assert [name for name in sent if name.startswith("URLList")] == [f"URLList.{n}.URL" for n in (1, 2, 3)]
    assert result.placement.state is PlacementState.PROVEN
    assert len(result.findings) == 2
    assert row.panel(result) == (FiguresBlock(figures=result.measurements),)


def test_the_row_makes_its_entry_of_the_docs(row: Operation) -> None:
    page = operations_page((row,))

    assert "## emphysema\n" in page
    assert "distance of slices, mm 0.3–3.0 (ours)" in page
    assert "Parameter `level`: Level, HU, -1000 … -900, -950 unless given." in page
