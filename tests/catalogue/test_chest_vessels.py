"""The documented answer in full, and the traps of this operation, each named after its entry."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from workstation.catalogue.chest import ALIYUN_VESSELS
from workstation.catalogue.operation import CallInput
from workstation.domain.answer import MaskShape, PatientPolyline, ServiceAnswer
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.volume import ResultVolume

RECORDED = json.loads((Path(__file__).parent / "answers" / "chest-vessels.json").read_text(encoding="utf-8"))["Data"]
LINE = [[0.0, 0.0, 1.0], [0.0, 0.0, 2.0], [0.0, 0.5, 3.0]]


def parse(data: object, labels: tuple[int, ...] = ()) -> ServiceAnswer:
    image = ResultVolume(name="m.nii.gz", values=np.array([[[0, *labels]]], np.uint8), to_patient=np.eye(4))
    return ALIYUN_VESSELS.parse(json.dumps(data), False, {"ResultURL": (image,)} if labels else {})


def aorta(**changes: object) -> dict[str, object]:
    return RECORDED | {"AortaInfo": RECORDED["AortaInfo"] | changes}


def test_the_documented_answer_is_read_in_full() -> None:
    answer = parse(RECORDED)

    found = [
        (str(f.label), f.shapes, [(m.name, m.value, m.unit) for m in f.measurements], f.confidence)
        for f in answer.findings
    ]
    assert found == [
        (
            "Aorta",
            (PatientPolyline(points=((19.0, -151.3, 549.0),)),),
            [("max-diameter", 63.0, "mm"), ("max-area", 2722.0, "mm2")],
            None,
        ),
        (
            "Pulmonary artery",
            (PatientPolyline(points=((32.6, -182.9, 697.1),)),),
            [("max-diameter", 42.0, "mm"), ("max-area", 928.0, "mm2"), ("nearest-aorta-area", 2439.0, "mm2")],
            None,
        ),
    ]
    assert [(c.name, c.x, c.y, c.x_unit, c.y_unit, c.marked) for c in answer.curves] == [
        ("aorta-area", (0.0,), (428.0,), "mm", "mm2", None),
        ("pulmonary-artery-area", (0.0,), (928.0,), "mm", "mm2", 0),
    ]
    assert [str(note) for note in answer.notes] == ["Aorta: 1 cross-sections came, the widest is number 417."]
    assert answer.unknown == ()


def test_max_area_index_may_exceed_the_printed_arrays() -> None:
    curve = parse(aorta(Area=[1, 3, 2], Coordinates=LINE)).curves[0]

    assert curve.y == (1.0, 3.0, 2.0)
    assert curve.marked is None


def test_the_widest_place_is_marked_where_the_arrays_reach_it() -> None:
    answer = parse(aorta(Area=[1, 3, 2], Coordinates=LINE, MaxAreaIndex=1))

    assert answer.curves[0].marked == 1
    assert answer.findings[0].shapes == (
        PatientPolyline(points=((0.0, 0.0, 1.0), (0.0, 0.0, 2.0), (0.0, 0.5, 3.0))),
        PatientPolyline(points=((0.0, 0.0, 2.0),)),
    )
    assert answer.notes == ()


def test_max_diameter_and_max_area_that_describe_no_circle_are_both_reported() -> None:
    measured = {m.name: m.value for m in parse(RECORDED).findings[0].measurements}

    assert measured["max-diameter"] == 63
    assert measured["max-area"] == 2722


@pytest.mark.parametrize("empty", [[], [[]], "[]", None])
def test_the_screening_leaves_coordinates_and_areas_empty(empty: object) -> None:
    answer = parse(aorta(Coordinates=empty, Area=[]))

    assert answer.findings[0].shapes == ()
    assert [curve.name for curve in answer.curves] == ["pulmonary-artery-area"]


def test_a_single_point_may_stand_bare() -> None:
    assert parse(aorta(Coordinates=[19.0, -151.3, 549.0])) == parse(RECORDED)


@pytest.mark.parametrize(
    "change",
    [
        {"Coordinates": [[1.0, 2.0]]},
        {"Coordinates": [[1.0, 2.0, "x"]]},
        {"Coordinates": [1.0, 2.0]},
        {"MaxAreaIndex": -1},
        {"MaxAreaIndex": 0.5},
        {"MaxArea": -1},
        {"LabelValue": 1},
        {"Area": ["NaN"]},
    ],
)
def test_figures_that_can_not_be_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(WorkstationError) as error:
        parse(aorta(**change))

    assert error.value.code is ErrorCode.BAD_ANSWER


def test_the_labels_of_the_mask_are_always_2_and_1() -> None:
    answer = parse(RECORDED, (1, 2))

    assert [f.shapes[-1] for f in answer.findings] == [
        MaskShape(mask="vessels", label=2),
        MaskShape(mask="vessels", label=1),
    ]
    assert {label: str(words) for label, words in answer.masks[0].names.items()} == {2: "Aorta", 1: "Pulmonary artery"}


def test_a_mask_with_other_labels_is_not_painted_and_that_is_said() -> None:
    answer = parse(RECORDED, (1, 3))

    assert answer.masks == ()
    assert "none of the two vessels" in str(answer.notes[0])


def test_an_answer_that_says_nothing_is_refused() -> None:
    with pytest.raises(WorkstationError):
        parse({"Score": 1})


def test_unknown_fields_are_noticed() -> None:
    assert parse(aorta(Length=3)).unknown == ("AortaInfo.Length",)


@pytest.mark.parametrize(("form", "data", "source"), [("dcm", "DICOM", "HTTP_FILES"), ("nii.gz", "NIFTI", "HTTP_NII")])
def test_data_source_type_and_data_format_pair_up(form: str, data: str, source: str) -> None:
    call = ALIYUN_VESSELS.submit_call(
        CallInput(links={"series": ("http://x/1",)}, parameters={}, org_name="医院", org_id="0001", form=form)
    )

    assert dict(call.body) == {
        "DataFormat": data,
        "DataSourceType": source,
        "OrgName": "医院",
        "OrgId": "0001",
        "URLList.1.URL": "http://x/1",
    }
