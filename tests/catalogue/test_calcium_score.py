"""The documented answer in full, its mask, and the traps of this operation, each named after its entry."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from workstation.catalogue.chest import ALIYUN_CALCIUM, CALCIUM_SCORE
from workstation.catalogue.operation import CallInput
from workstation.domain.answer import MaskShape, ServiceAnswer
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis
from workstation.domain.volume import ResultVolume

RECORDED = json.loads((Path(__file__).parent / "answers" / "calcium-score.json").read_text(encoding="utf-8"))["Data"]


def image(values: list[float], dtype: type = np.uint8) -> ResultVolume:
    return ResultVolume(name="m.nii.gz", values=np.array(values, dtype).reshape(1, 1, -1), to_patient=np.eye(4))


def parse(data: object, *images: ResultVolume) -> ServiceAnswer:
    return ALIYUN_CALCIUM.parse(json.dumps(data), False, {"ResultUrl": images} if images else {})


def test_the_documented_answer_is_read_in_full() -> None:
    answer = parse(RECORDED, image([0, 1, 2, 3, 4]))

    assert [(m.name, str(m.label), m.value, m.unit) for m in answer.measurements] == [
        ("calcium-score", "Calcium score", 117.61, ""),
        ("calcium-volume", "Calcium volume", 111.96, "mm3"),
    ]
    assert [
        (str(lesion.label), lesion.shapes, *(measurement.value for measurement in lesion.measurements))
        for lesion in answer.findings
    ] == [
        ("Calcified lesion 1", (MaskShape(mask="calcium", label=1),), 19.22474, 28.837109),
        ("Calcified lesion 2", (MaskShape(mask="calcium", label=2),), 54.281616, 40.711212),
        ("Calcified lesion 3", (MaskShape(mask="calcium", label=3),), 37.31861, 32.22971),
        ("Calcified lesion 4", (MaskShape(mask="calcium", label=4),), 6.785202, 10.177803),
    ]
    assert answer.basis is Basis.VENDOR
    assert answer.notes == ()
    assert answer.unknown == ()


def test_the_key_of_the_link_is_result_url_in_small_letters() -> None:
    assert ALIYUN_CALCIUM.file_links(json.dumps(RECORDED)) == {"ResultUrl": RECORDED["ResultUrl"]}
    assert ALIYUN_CALCIUM.file_links('{"ResultURL": "https://x"}') == {}


def test_cacs_score_may_be_text() -> None:
    texts = RECORDED | {"Score": "117.61", "VolumeScore": "111.96"}

    assert parse(texts).measurements == parse(RECORDED).measurements


def test_lesion_sums_equal_the_totals_and_where_they_do_not_it_is_said() -> None:
    notes = parse(RECORDED | {"Score": 200}, image([1, 2, 3, 4])).notes

    assert [str(note) for note in notes] == [
        "Calcium score: the lesions add up to 117.61, not to the total of 200.00.",
    ]


def test_no_positions_come_so_without_the_mask_lesions_have_no_place() -> None:
    answer = parse(RECORDED)

    assert [lesion.shapes for lesion in answer.findings] == [()] * 4
    assert [str(note) for note in answer.notes] == ["The mask of the calcium is not available."]


def test_an_empty_mask_of_a_score_of_nothing_is_no_missing_mask() -> None:
    none = {"Score": "0", "VolumeScore": "0", "Detections": [], "ResultUrl": RECORDED["ResultUrl"]}

    answer = parse(none, image([0, 0]))

    assert (answer.findings, answer.notes) == ((), ())


def test_a_mask_whose_labels_are_not_the_lesions_is_shown_as_a_whole() -> None:
    answer = parse(RECORDED, image([0, 1, 1]))

    assert [lesion.shapes for lesion in answer.findings[:4]] == [()] * 4
    assert answer.findings[4].shapes == (MaskShape(mask="calcium", label=1),)
    assert str(answer.findings[4].label) == "Calcium, lesions not told apart"


def test_the_picture_itself_in_the_archive_is_not_taken_for_the_mask() -> None:
    answer = parse(RECORDED, image([-1024, 40, 1200, 1], np.int16), image([0.5, 1], np.float32), image([1, 2, 3, 4]))

    assert [lesion.shapes for lesion in answer.findings] == [(MaskShape(mask="calcium", label=n),) for n in range(1, 5)]


def test_of_two_label_images_none_is_painted() -> None:
    answer = parse(RECORDED, image([1, 2, 3, 4]), image([1, 0]))

    assert answer.masks == ()
    assert "which one shows the findings is not known" in str(answer.notes[0])


def test_the_score_alone_is_an_answer_but_never_none_reported() -> None:
    (calcium,) = parse({"Score": "4.83", "ResultUrl": "https://x"}).findings

    assert str(calcium.label) == "Coronary calcium, place not given"
    assert parse({"Score": 0, "VolumeScore": 0, "Detections": []}).findings == ()


def test_a_single_lesion_may_stand_bare() -> None:
    bare = RECORDED | {"Detections": RECORDED["Detections"][0], "Score": 19.22, "VolumeScore": 28.84}

    assert len(parse(bare, image([1])).findings) == 1


@pytest.mark.parametrize(
    "change", [{"Score": -1}, {"VolumeScore": "NaN"}, {"Detections": [{"CalciumId": 1.5}]}, {"Detections": [{}]}]
)
def test_figures_that_can_not_be_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(WorkstationError) as error:
        parse(RECORDED | change)

    assert error.value.code is ErrorCode.BAD_ANSWER


def test_the_same_number_twice_is_refused() -> None:
    with pytest.raises(WorkstationError):
        parse({"Score": 2, "Detections": [{"CalciumId": 1}, {"CalciumId": 1}]})


def test_the_center_that_no_document_describes_places_nothing() -> None:
    lesion = RECORDED["Detections"][0] | {"CalciumCenter": [1, 2, 3]}
    answer = parse({"Score": 19.22, "Detections": [lesion]})

    assert answer.findings[0].shapes == ()
    assert answer.unknown == ("Detections.CalciumCenter",)


@pytest.mark.parametrize(("form", "data", "source"), [("dcm", "DICOM", "HTTP_FILES"), ("nii.gz", "NIFTI", "HTTP_NII")])
def test_format_and_data_source_type_pair_up(form: str, data: str, source: str) -> None:
    call = ALIYUN_CALCIUM.submit_call(
        CallInput(links={"series": ("http://x/1",)}, parameters={}, org_name="医院", org_id="0001", form=form)
    )

    assert (call.product, call.version, call.action) == ("imageprocess", "2020-03-20", "CalcCACS")
    assert dict(call.body) == {
        "DataFormat": data,
        "DataSourceType": source,
        "OrgName": "医院",
        "OrgId": "0001",
        "URLList.1.URL": "http://x/1",
    }


def test_only_slices_of_one_to_three_millimetres_qualify() -> None:
    assert CALCIUM_SCORE.limits.step_mm is not None
    assert CALCIUM_SCORE.limits.step_mm.value == (1.0, 3.0)
