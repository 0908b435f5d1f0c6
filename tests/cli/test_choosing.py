"""Which series an analysis takes where none was named: never one of several patients by chance."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.stacks import chest_ct
from workstation.app import run
from workstation.catalogue.chest import LUNG_NODULE
from workstation.cli.reading import choose_stack
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Patient, Stack


def of(patient: str, name: str, slices: int = 40) -> Stack:
    return replace(chest_ct(slices, name=name, study=f"9.{patient}"), patient=Patient(name=patient, id=patient))


def test_of_several_patients_none_is_taken_and_the_ways_to_choose_are_told() -> None:
    stacks = [of("A", "1.1#0"), of("B", "1.2#0", slices=3), of("C", "1.3#0"), of("C", "1.4#0", slices=3)]

    with pytest.raises(WorkstationError) as caught:
        choose_stack(stacks, LUNG_NODULE, None)
    assert caught.value.code is ErrorCode.SEVERAL_PATIENTS
    assert caught.value.facts == {"count": 2, "names": "1: 1.1#0; 3: 1.3#0"}


def test_the_only_patient_with_a_series_that_fits_is_taken() -> None:
    stacks = [of("A", "1.1#0", slices=3), of("B", "1.2#0")]

    assert choose_stack(stacks, LUNG_NODULE, None) is stacks[1]


def test_a_series_that_is_named_is_taken_whoever_else_is_there() -> None:
    stacks = [of("A", "1.1#0"), of("B", "1.2#0")]

    assert choose_stack(stacks, LUNG_NODULE, "1.2#0") is stacks[1]


def test_two_studies_without_name_and_number_may_be_two_people() -> None:
    stacks = [
        replace(of("A", "1.1#0"), patient=Patient(name="", id="")),
        replace(of("B", "1.2#0"), patient=Patient(name="", id="")),
    ]

    with pytest.raises(WorkstationError) as caught:
        choose_stack(stacks, LUNG_NODULE, None)
    assert caught.value.code is ErrorCode.SEVERAL_PATIENTS


def test_two_series_of_one_patient_that_are_equally_good_are_asked_about() -> None:
    with pytest.raises(WorkstationError) as caught:
        choose_stack([of("A", "1.1#0"), of("A", "1.2#0")], LUNG_NODULE, None)

    assert caught.value.code is ErrorCode.SEVERAL_SERIES
    assert caught.value.facts == {"count": 2, "names": "1.1#0, 1.2#0"}


@pytest.mark.parametrize(
    ("operation", "remedy"),
    [("translation", "--input text=…"), ("recognition-job", "--input job=…"), ("medical-qa", "--answers FILE")],
)
def test_a_file_for_what_is_done_on_words_is_refused_with_what_to_give(
    operation: str, remedy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YINGTAI_HOME", str(tmp_path / "home"))

    code = run(["--lang", "en", "analyze", "a.jpg", "--operation", operation, "--out", str(tmp_path / "out")])

    told = " ".join(capfd.readouterr().err.split())
    assert code == 2
    assert "not on a file" in told
    assert remedy in told
