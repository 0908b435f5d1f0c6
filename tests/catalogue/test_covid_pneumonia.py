"""The documented answer in full, its mask, and the traps of this operation, each named after its entry."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from workstation.catalogue.chest import ALIYUN_COVID, COVID_PNEUMONIA
from workstation.catalogue.operation import CallInput
from workstation.domain.answer import MaskShape, ServiceAnswer
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis
from workstation.domain.volume import ResultVolume

RECORDED = json.loads((Path(__file__).parent / "answers" / "covid-pneumonia.json").read_text(encoding="utf-8"))["Data"]


def mask(values: list[int], dtype: type = np.uint8) -> dict[str, tuple[ResultVolume, ...]]:
    """Voxels of 2 × 3 × 4 mm in a row."""
    image = np.array(values, dtype).reshape(1, 1, -1)
    return {"Mask": (ResultVolume(name="m.nii.gz", values=image, to_patient=np.diag([2.0, 3.0, 4.0, 1.0])),)}


def parse(data: object, files: dict[str, tuple[ResultVolume, ...]] | None = None) -> ServiceAnswer:
    return ALIYUN_COVID.parse(json.dumps(data), False, files or {})


def test_the_documented_answer_is_read_in_full() -> None:
    answer = parse(RECORDED, mask([0, 1, 1, 0]))

    assert [(m.name, str(m.label), m.value, m.unit) for m in answer.measurements] == [
        ("covid-probability", "COVID-19 pneumonia", pytest.approx(4.062644e-04), "%"),
        ("pneumonia-probability", "Ordinary pneumonia", pytest.approx(72.30905), "%"),
        ("neither-probability", "Neither of them", pytest.approx(27.690542), "%"),
        ("lesion-ratio", "Lung that is whitened", pytest.approx(93.87283236994219), "%"),
    ]
    (lesions,) = answer.findings
    assert str(lesions.label) == "Pneumonia lesions"
    assert lesions.shapes == (MaskShape(mask="lesions", label=1),)
    assert [(m.name, m.value, m.unit) for m in lesions.measurements] == [
        ("lesion-volume", pytest.approx(2 * 0.024), "mL")
    ]
    assert [found.name for found in answer.masks] == ["lesions"]
    assert answer.basis is Basis.VENDOR
    assert answer.notes == ()
    assert answer.unknown == ()


def test_the_link_of_the_mask_is_found_and_fetched_by_its_wire_path() -> None:
    assert ALIYUN_COVID.file_links(json.dumps(RECORDED)) == {"Mask": RECORDED["Mask"]}


def test_covid_probabilities_may_be_text() -> None:
    texts = {key: str(value) for key, value in RECORDED.items()}

    assert parse(texts).measurements == parse(RECORDED).measurements


def test_the_normal_probability_is_that_of_ordinary_pneumonia() -> None:
    names = {str(m.label): m.value for m in parse(RECORDED).measurements}

    assert names["Ordinary pneumonia"] == pytest.approx(100 * RECORDED["NormalProbability"])
    assert not any("ormal lung" in name for name in names)


def test_a_ratio_above_one_can_only_be_a_percentage_and_that_is_said() -> None:
    answer = parse(RECORDED | {"LesionRatio": "93.9"})

    assert answer.measurements[-1].value == pytest.approx(93.9)
    assert [str(note) for note in answer.notes] == ["The share of the lung came as a percentage."]


@pytest.mark.parametrize("change", [{"LesionRatio": 101}, {"NewProbability": 1.01}, {"OtherProbability": "NaN"}])
def test_figures_that_can_not_be_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(WorkstationError) as error:
        parse(RECORDED | change)

    assert error.value.code is ErrorCode.BAD_ANSWER


def test_an_answer_that_says_nothing_is_refused() -> None:
    with pytest.raises(WorkstationError) as error:
        parse({"Series": []})

    assert error.value.code is ErrorCode.BAD_ANSWER


def test_every_label_of_the_mask_is_a_finding_of_its_own() -> None:
    found = parse(RECORDED, mask([0, 1, 1, 3])).findings

    assert [f.shapes for f in found] == [(MaskShape(mask="lesions", label=n),) for n in (1, 3)]
    assert [str(f.label) for f in found] == ["Pneumonia lesions, label 1", "Pneumonia lesions, label 3"]


def test_an_empty_mask_is_no_finding() -> None:
    assert parse(RECORDED, mask([0, 0])).findings == ()


def test_without_its_mask_the_answer_is_not_taken_for_an_empty_one() -> None:
    (lesions,) = parse(RECORDED).findings

    assert lesions.shapes == ()
    assert str(lesions.label) == "Pneumonia lesions, mask not available"


def test_the_limits_of_a_mask_that_this_pc_made_are_said() -> None:
    ours = RECORDED | {"YingtaiBasis": {"all": "algorithm", "parts": {"NewProbability": "simulated"}}}

    answer = parse(ours, mask([0, 1]))

    assert (answer.basis, answer.findings[0].basis) == (Basis.SIMULATED, Basis.ALGORITHM)
    assert [m.basis for m in answer.measurements] == [
        Basis.SIMULATED,
        Basis.ALGORITHM,
        Basis.ALGORITHM,
        Basis.ALGORITHM,
    ]
    assert "a large consolidation at the chest wall is missed" in str(answer.notes[0])


def test_unknown_fields_are_noticed() -> None:
    assert parse(RECORDED | {"Severity": 3}).unknown == ("Severity",)


def test_the_call_says_everything_the_documents_ask_for_and_nothing_else() -> None:
    call = ALIYUN_COVID.submit_call(
        CallInput(links={"series": ("http://x/1", "http://x/2")}, parameters={}, org_name="医院", org_id="0001")
    )

    assert (call.product, call.version, call.action) == ("imageprocess", "2020-03-20", "DetectCovid19Cad")
    assert dict(call.body) == {
        "DataFormat": "DICOM",
        "OrgName": "医院",
        "OrgId": "0001",
        "URLList.1.URL": "http://x/1",
        "URLList.2.URL": "http://x/2",
    }


def test_the_row_takes_up_to_2048_frames() -> None:
    assert COVID_PNEUMONIA.limits.slices is not None
    assert COVID_PNEUMONIA.limits.slices.value == (20, 2048)


def test_of_two_label_images_none_is_painted() -> None:
    """One may be that of the lungs."""
    answer = parse(RECORDED, {"Mask": (*mask([0, 1])["Mask"], *mask([0, 1])["Mask"])})

    assert answer.masks == ()
    assert [str(finding.label) for finding in answer.findings] == ["Pneumonia lesions, mask not available"]
    assert "which one shows the findings is not known" in str(answer.notes[0])


@pytest.mark.parametrize("values", [[-1024, 40], [0, 300], [-1, 0]])
def test_a_picture_in_the_archive_is_said_and_is_no_lesion(values: list[int]) -> None:
    picture = mask(values, np.int16)
    alone, beside = parse(RECORDED, picture), parse(RECORDED, {"Mask": (*picture["Mask"], *mask([0, 1])["Mask"])})

    assert [str(finding.label) for finding in alone.findings] == ["Pneumonia lesions, mask not available"]
    assert [str(finding.label) for finding in beside.findings] == ["Pneumonia lesions"]
    for answer in (alone, beside):
        assert [str(note) for note in answer.notes] == ["m.nii.gz holds no labels: it is not painted."]
