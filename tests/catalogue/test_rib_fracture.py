"""The documented answer in full, and the traps of this operation, each named after its entry."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import numpy as np
import pytest

from tests.stacks import geometry
from workstation.catalogue.chest import ALIYUN_RIBS
from workstation.catalogue.operation import CallInput
from workstation.domain.answer import IndexBox, MaskShape, PlacementState, SentSeries, ServiceAnswer
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis
from workstation.domain.geometry import Geometry
from workstation.domain.placement import place
from workstation.domain.volume import ResultVolume

RECORDED = json.loads((Path(__file__).parent / "answers" / "rib-fracture.json").read_text(encoding="utf-8"))["Data"]


def parse(data: object, *labels: int) -> ServiceAnswer:
    images = tuple(
        ResultVolume(name="m.nii.gz", values=np.array([[[0, n]]], np.uint8), to_patient=np.eye(4)) for n in labels
    )
    return ALIYUN_RIBS.parse(json.dumps(data), False, {"ResultURL": images} if images else {})


def changed(**changes: object) -> dict[str, object]:
    """The recorded fracture with other fields."""
    return RECORDED | {"Detections": RECORDED["Detections"] | changes}


def test_the_documented_answer_is_read_in_full() -> None:
    answer = parse(RECORDED)

    (fracture,) = answer.findings
    assert str(fracture.label) == "Rib fracture, left rib 4"
    assert fracture.confidence == 0.7916666666666667
    assert fracture.shapes == (
        IndexBox(first=(220, 137, 338), last=(239, 159, 366), stated_mm=((75.0, -98.0, -156.0), (98.0, -80.0, -133.0))),
    )
    assert [(m.name, str(m.value)) for m in fracture.measurements] == [
        ("rib", "L4"),
        ("segment", "anterior"),
        ("type", "displaced"),
    ]
    assert answer.basis is Basis.VENDOR
    assert answer.notes == ()
    assert answer.unknown == ()


def test_origin_and_spacing_are_z_y_x_while_both_boxes_are_x_y_z() -> None:
    grid = parse(RECORDED).grid

    assert grid.origin == (-204.01400756835938, -211.5, -431.9739990234375)
    assert grid.spacing == (1.25, 0.8261719942092896, 0.8261719942092896)
    x, y, z = (
        o + i * s for o, i, s in zip(grid.origin or (), (338, 137, 220), (grid.spacing or ())[::-1], strict=True)
    )
    assert (x, y, z) == pytest.approx((75.2, -98.3, -157.0), abs=0.05)


def test_the_documented_millimetres_are_cut_towards_zero_and_still_agree_with_the_index() -> None:
    sent = SentSeries(geometry=grid_of(RECORDED), series_uid="", sop_instance_uids=())

    placement, (fracture,) = place(parse(RECORDED), sent, "J")

    assert placement.state is PlacementState.PROVEN
    assert fracture.shapes


def test_a_box_whose_millimetres_and_index_disagree_is_listed_not_painted() -> None:
    swapped = changed(Coordinates="[-98,75,-156,-80,98,-133]")

    placement, (fracture,) = place(
        parse(swapped), SentSeries(geometry=grid_of(RECORDED), series_uid="", sop_instance_uids=()), "J"
    )

    assert placement.state is PlacementState.CONTRADICTED
    assert fracture.shapes == ()


def grid_of(data: dict[str, str]) -> Geometry:
    z, y, x = json.loads(data["Origin"])
    step, row, column = json.loads(data["Spacing"])
    return geometry(300, start=(x, y, z), step=step, spacing=(row, column))


def test_one_detection_may_be_an_object_or_an_array() -> None:
    listed = RECORDED | {"Detections": [RECORDED["Detections"]]}

    assert parse(listed) == parse(RECORDED)


def test_arrays_may_be_json_text_or_arrays() -> None:
    arrays = copy.deepcopy(RECORDED)
    for name in ("Origin", "Spacing"):
        arrays[name] = json.loads(arrays[name])
    for name in ("Coordinates", "CoordinateImage"):
        arrays["Detections"][name] = json.loads(arrays["Detections"][name])

    assert parse(arrays) == parse(RECORDED)


def test_fracture_category_may_be_text_or_number() -> None:
    assert parse(changed(FractureCategory="1")) == parse(RECORDED)


@pytest.mark.parametrize(
    ("category", "words"), [(2, "non-displaced"), (3, "cortical buckling"), (4, "old fracture"), (9, "not told apart")]
)
def test_categories_are_named(category: int, words: str) -> None:
    assert str(parse(changed(FractureCategory=category)).findings[0].measurements[2].value) == words


@pytest.mark.parametrize(
    ("place_", "label"),
    [("R12", "Rib fracture, right rib 12"), ("L01", "Rib fracture, left rib 1"), ("L13", "Rib fracture")],
)
def test_ribs_are_numbered_by_side(place_: str, label: str) -> None:
    assert str(parse(changed(FractureLocation=place_)).findings[0].label) == label


def test_the_screening_leaves_boxes_and_geometry_empty_so_the_fracture_has_no_place() -> None:
    answer = parse(changed(Coordinates=[], CoordinateImage=[]) | {"Origin": [], "Spacing": []})

    assert answer.findings[0].shapes == ()
    assert answer.grid.origin is None


@pytest.mark.parametrize(
    "box", ["[1,2,3]", "[9,1,1,2,2,2]", "[1.5,1,1,2,2,2]", '["a",1,1,2,2,2]', "[1,1,1,2,2,null]", "[NaN,1,1,2,2,2]"]
)
def test_a_box_that_can_not_be_one_is_refused(box: str) -> None:
    with pytest.raises(WorkstationError) as error:
        parse(changed(CoordinateImage=box))

    assert error.value.code is ErrorCode.BAD_ANSWER


def test_the_segmentation_is_painted_where_its_labels_are_the_fractures() -> None:
    assert parse(RECORDED, 2).findings[0].shapes[1] == MaskShape(mask="fractures", label=2)

    other = parse(RECORDED, 7)
    assert len(other.findings[0].shapes) == 1
    assert [str(note) for note in other.notes] == [
        "The segmentation does not tell the fractures apart: it is written, not painted."
    ]


def test_no_detections_is_an_answer_without_findings() -> None:
    assert parse(RECORDED | {"Detections": []}).findings == ()


def test_an_answer_that_says_nothing_is_refused() -> None:
    with pytest.raises(WorkstationError):
        parse({"Score": 1})


def test_the_slice_that_only_the_client_knows_is_noticed_as_unknown() -> None:
    assert parse(changed(FracSOPInstanceUID="1.2")).unknown == ("Detections.FracSOPInstanceUID",)


def test_the_parameter_is_source_type_here() -> None:
    call = ALIYUN_RIBS.submit_call(
        CallInput(links={"series": ("http://x/1", "http://x/2")}, parameters={}, org_name="医院", org_id="0001")
    )

    assert (call.product, call.version, call.action) == ("imageprocess", "2020-03-20", "DetectRibFracture")
    assert dict(call.body) == {
        "DataFormat": "DICOM",
        "SourceType": "HTTP_FILES",
        "OrgName": "医院",
        "OrgId": "0001",
        "URLList.1.URL": "http://x/1",
        "URLList.2.URL": "http://x/2",
    }
