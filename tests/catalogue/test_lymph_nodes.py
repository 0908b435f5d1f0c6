"""The documented answer in full, and the traps of this operation, each named after its entry."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tests.stacks import chest_ct, geometry
from workstation.catalogue.check import check
from workstation.catalogue.chest import ALIYUN_LYMPH, LYMPH_NODE
from workstation.catalogue.operation import CallInput
from workstation.domain.answer import AnalysisResult, IndexBox, IndexPolyline, PlacementState, SentSeries, ServiceAnswer
from workstation.domain.blocks import Level, TableBlock
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis
from workstation.domain.placement import place

RECORDED = json.loads((Path(__file__).parent / "answers" / "lymph-nodes.json").read_text(encoding="utf-8"))["Data"]


def parse(data: object) -> ServiceAnswer:
    return ALIYUN_LYMPH.parse(json.dumps(data), False)


def changed(**fields: object) -> dict[str, Any]:
    """The recorded answer with fields of its first node changed; None takes one away."""
    data = copy.deepcopy(RECORDED)
    node = data["Lesions"][0] | fields
    data["Lesions"] = [{name: value for name, value in node.items() if value is not None}]
    return dict(data)


def test_the_documented_answer_is_read_in_full() -> None:
    answer = parse(RECORDED)

    assert [(f.code, str(f.label), f.confidence) for f in answer.findings] == [
        ("lymph-node", "Lymph node", 0.6298),
        ("lymph-node", "Lymph node", 0.2084),
    ]
    assert answer.findings[0].shapes == (
        IndexBox(first=(7, 264, 248), last=(7, 270, 254)),
        IndexPolyline(points=((7.0, 264.2575, 248.8687), (7.0, 269.459, 253.0299))),
        IndexPolyline(points=((7.0, 268.4187, 248.8687), (7.0, 265.2978, 253.0299))),
    )
    assert answer.findings[1].shapes == (
        IndexBox(first=(0, 243, 268), last=(0, 248, 276)),
        IndexPolyline(points=((0.0, 243.6203, 268.5865), (0.0, 246.7412, 274.8283))),
        IndexPolyline(points=((0.0, 246.7412, 269.6268), (0.0, 243.6203, 271.7074))),
    )
    assert [[(m.name, m.value, m.unit) for m in f.measurements] for f in answer.findings] == [
        [("long-axis", 5.1225, "mm"), ("short-axis", 4.0, "mm")],
        [("long-axis", 5.3666, "mm"), ("short-axis", 2.8844, "mm")],
    ]
    assert answer.basis is Basis.VENDOR
    assert answer.unknown == ()


def test_box_and_key_slice_count_from_0_and_ascending_order_is_assumed() -> None:
    sent = SentSeries(geometry=geometry(20), series_uid="2.25.1", sop_instance_uids=())
    assert sent.geometry is not None

    placement, findings = place(parse(RECORDED), sent, "job")

    assert placement.state is PlacementState.ASSUMED
    lowest = findings[1].shapes[1]
    assert lowest.start == pytest.approx(sent.geometry.to_patient((0.0, 243.6203, 268.5865)))  # type: ignore[union-attr]


def test_recist_in_the_table_shows_only_three_points_which_are_the_long_axis() -> None:
    points = RECORDED["Lesions"][0]["Recist"][:3]

    assert parse(changed(Recist=points)).findings[0].shapes[1:] == parse(RECORDED).findings[0].shapes[1:2]


def test_recist_may_stand_in_a_row_as_the_tables_words_have_it() -> None:
    flat = [value for point in RECORDED["Lesions"][0]["Recist"] for value in point]

    assert parse(changed(Recist=flat)).findings[0].shapes == parse(RECORDED).findings[0].shapes


def test_arrays_may_be_json_text_and_numbers_text() -> None:
    node = RECORDED["Lesions"][0]
    texts = changed(Boxes=json.dumps(node["Boxes"]), KeySlice="7", Score="0.6298", Recist=json.dumps(node["Recist"]))

    assert parse(texts).findings[0] == parse(RECORDED).findings[0]


def test_one_node_may_stand_bare_where_an_array_is_promised() -> None:
    assert parse({"Lesions": RECORDED["Lesions"][0]}).findings == parse(RECORDED).findings[:1]


def test_no_nodes_are_an_answer() -> None:
    assert parse({"Lesions": []}).findings == ()


@pytest.mark.parametrize(
    "change",
    [
        {"Boxes": [248.0, 264.0, 7.0, 254.0, 270.0]},
        {"Boxes": [254.0, 264.0, 7.0, 248.0, 270.0, 7.0]},
        {"Boxes": None},
        {"KeySlice": 9},
        {"KeySlice": None},
        {"Recist": [[248.0, 264.0]]},
        {"Recist": [[264.2, 248.8], [269.4, 253.0], [268.4, 248.8], [265.2, 253.0]]},  # y before x
        {"Recist": [[248.0, 264.0, 7.0], [253.0, 269.0, 7.0]]},
        {"Diametermm": [4.0, 5.1225]},
        {"Diametermm": [-1.0, -2.0]},
        {"Score": 1.5},
    ],
)
def test_what_would_misplace_or_misstate_a_node_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(WorkstationError) as error:
        parse(changed(**change))

    assert error.value.code is ErrorCode.BAD_ANSWER


def test_an_answer_without_the_list_is_refused() -> None:
    with pytest.raises(WorkstationError) as error:
        parse({"Series": []})

    assert error.value.code is ErrorCode.BAD_ANSWER


def test_unknown_fields_are_noticed() -> None:
    assert parse(changed(Station="4R")).unknown == ("Lesions.Station",)


def result_of(data: object) -> AnalysisResult:
    sent = SentSeries(geometry=geometry(20), series_uid="2.25.1", sop_instance_uids=())
    placement, findings = place(parse(data), sent, "job")
    return AnalysisResult(
        operation="lymph-nodes",
        connection="c",
        basis=Basis.VENDOR,
        parameters={},
        stack_id="s#1",
        study_uid="1",
        job=None,  # type: ignore[arg-type]
        service_name="s",
        service_version="1",
        placement=placement,
        findings=findings,
    )


def test_the_table_fades_what_the_documents_advise_to_leave_out_and_leaves_nothing_out() -> None:
    data = copy.deepcopy(RECORDED)
    data["Lesions"].append(data["Lesions"][0] | {"Score": 0.51, "Diametermm": [9.0, 7.0]})

    (table,) = LYMPH_NODE.panel(result_of(data))

    assert isinstance(table, TableBlock)
    assert [(row.cells, row.finding, row.level) for row in table.rows] == [
        ((3, 7.0, 9.0, 0.51), "job/3", Level.PLAIN),
        ((1, 4.0, 5.1225, 0.6298), "job/1", Level.FADED),
        ((2, 2.8844, 5.3666, 0.2084), "job/2", Level.FADED),
    ]
    assert LYMPH_NODE.panel(result_of({"Lesions": []})) == ()


def test_the_call_names_the_kind_of_source_and_neither_format_nor_organisation() -> None:
    call = ALIYUN_LYMPH.submit_call(
        CallInput(links={"series": ("http://x/1", "http://x/2")}, parameters={}, org_name="医院", org_id="0001")
    )

    assert (call.product, call.version, call.action) == ("imageprocess", "2020-03-20", "DetectLymph")
    assert dict(call.body) == {
        "DataSourceType": "HTTP_FILES",
        "URLList.1.URL": "http://x/1",
        "URLList.2.URL": "http://x/2",
    }


@pytest.mark.parametrize(("slices", "fits"), [(19, False), (20, True), (600, True), (601, False)])
def test_twenty_to_six_hundred_axial_slices_fit(slices: int, fits: bool) -> None:
    assert check(chest_ct(slices), LYMPH_NODE).fits is fits


def test_an_mr_or_a_coronal_series_is_refused_by_the_documents() -> None:
    reasons = check(chest_ct(modality="MR", column=(0.0, 0.0, -1.0)), LYMPH_NODE).reasons

    assert [(reason.code, reason.source.value) for reason in reasons] == [
        ("modality", "documented"),
        ("plane", "documented"),
    ]
