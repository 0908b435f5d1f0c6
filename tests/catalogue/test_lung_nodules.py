"""The documented answer in full, and the traps of this operation, each named after its entry."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from workstation.catalogue.chest import ALIYUN_NODULES, LUNG_NODULE
from workstation.catalogue.operation import CallInput
from workstation.domain.answer import IndexPoint, IndexSphere
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis

RECORDED = json.loads((Path(__file__).parent / "answers" / "lung-nodule.json").read_text(encoding="utf-8"))["Data"]


def parse(data: object, *, expected: bool = False) -> object:
    return ALIYUN_NODULES.parse(json.dumps(data), expected)


def test_the_documented_answer_is_read_in_full() -> None:
    answer = ALIYUN_NODULES.parse(json.dumps(RECORDED), False)

    (nodule,) = answer.findings
    assert answer.series_uid == "1.3.6.1.4.1.14519.5.2.1.6279.6001.179049373636438705059720603192"
    assert answer.texts == ("肺部见1个实性结节，直径约为25.60mm，体积为11512.06mm³，平均CT值为-6.90HU。",)
    assert answer.grid.origin == (-166.0, -171.6999969482422, -340.0)
    assert answer.grid.spacing == (14.34782600402832, 0.703125, 0.703125)
    assert answer.basis is Basis.VENDOR
    assert answer.unknown == ()
    assert str(nodule.label) == "Nodule, left upper lobe"
    assert nodule.shapes == (
        IndexSphere(
            center=(20.434030793471255, 198.3552282631497, 308.9676976455463),
            diameter_mm=9.730626493692398,
            stated_mm=(51.24291240631416, -32.23147700784307, -46.81608170781766),
        ),
    )
    assert nodule.confidence == 0.7012705768508907
    assert nodule.sop_instance_uid == "1.3.6.1.4.1.14519.5.2.1.6279.6001.261151233960269013402330853013"
    assert [(m.name, str(m.value), m.unit) for m in nodule.measurements] == [
        ("diameter", "9.730626493692398", "mm"),
        ("volume", "10959.220491175074", "mm3"),
        ("mean", "261.37589112119247", "HU"),
        ("type", "part-solid", ""),
    ]


def test_one_series_split_over_three_elements_is_merged_like_a_whole_one() -> None:
    whole = {"Series": [{key: value for part in RECORDED["Series"] for key, value in part.items()}]}

    assert parse(whole) == parse(RECORDED)


def test_elements_may_be_an_array_or_a_single_object() -> None:
    listed = copy.deepcopy(RECORDED)
    listed["Series"][1]["Elements"] = [listed["Series"][1]["Elements"]]

    assert parse(listed) == parse(RECORDED)


def test_origin_and_spacing_may_be_arrays_or_json_text() -> None:
    arrays = copy.deepcopy(RECORDED)
    arrays["Series"][2] = {key: json.loads(value) for key, value in arrays["Series"][2].items()}

    assert parse(arrays) == parse(RECORDED)


def test_numbers_may_be_text_and_category_a_number() -> None:
    texts = copy.deepcopy(RECORDED)
    element = texts["Series"][1]["Elements"]
    texts["Series"][1]["Elements"] = {k: str(v) for k, v in element.items()}

    assert parse(texts) == parse(RECORDED)


def test_result_escaped_once_too_often_is_read() -> None:
    escaped = json.dumps(RECORDED).replace('"', '\\"')

    assert ALIYUN_NODULES.parse(escaped.replace('\\"[', "[").replace(']\\"', "]"), False).findings


def test_unknown_fields_are_noticed() -> None:
    newer = copy.deepcopy(RECORDED)
    newer["Series"][1]["Elements"]["Risk"] = "high"

    assert ALIYUN_NODULES.parse(json.dumps(newer), False).unknown == ("Series.Elements.Risk",)


@pytest.mark.parametrize("value", [None, "NaN", "left", [1], 1e400])
def test_a_nodule_without_a_finite_index_is_refused(value: object) -> None:
    broken = copy.deepcopy(RECORDED)
    broken["Series"][1]["Elements"]["ImageZ"] = value

    with pytest.raises(WorkstationError) as error:
        parse(broken)
    assert error.value.code is ErrorCode.BAD_ANSWER


def test_two_different_series_in_one_answer_are_refused() -> None:
    broken = copy.deepcopy(RECORDED)
    broken["Series"][1]["SeriesInstanceUid"] = "1.2.3"

    with pytest.raises(WorkstationError):
        parse(broken)


def test_no_elements_is_an_answer_without_findings() -> None:
    answer = ALIYUN_NODULES.parse('{"Series":[{"Report":"未见结节","Elements":[]}]}', False)

    assert answer.findings == ()


def test_a_nodule_without_a_diameter_is_a_point() -> None:
    data = copy.deepcopy(RECORDED)
    del data["Series"][1]["Elements"]["Diameter"]

    (finding,) = ALIYUN_NODULES.parse(json.dumps(data), False).findings

    assert isinstance(finding.shapes[0], IndexPoint)


def test_a_local_answer_has_to_say_its_basis() -> None:
    with pytest.raises(WorkstationError) as error:
        parse(RECORDED, expected=True)
    assert error.value.code is ErrorCode.NO_BASIS


def test_the_worst_basis_of_the_parts_counts_for_the_whole() -> None:
    local = copy.deepcopy(RECORDED)
    parts = {"Series[1].Elements[0].Confidence": "simulated", "Series[1].Elements[0].Volume": "truth"}
    local["YingtaiBasis"] = {"all": "algorithm", "parts": parts}

    answer = ALIYUN_NODULES.parse(json.dumps(local), True)

    assert answer.basis is Basis.SIMULATED
    assert [m.basis for m in answer.findings[0].measurements[:2]] == [Basis.ALGORITHM, Basis.TRUTH]


def test_threshold_is_always_sent_with_two_decimals_and_lists_are_flattened_from_1() -> None:
    call = ALIYUN_NODULES.submit_call(
        CallInput(
            links={"series": ("http://a", "http://b")}, parameters={"threshold": 0.6}, org_name="site-01", org_id="0001"
        )
    )

    assert (call.product, call.version, call.action, call.method) == (
        "imageprocess",
        "2020-03-20",
        "DetectLungNodule",
        "POST",
    )
    assert dict(call.body) == {
        "DataFormat": "DICOM",
        "OrgName": "site-01",
        "OrgId": "0001",
        "Threshold": "0.60",
        "URLList.1.URL": "http://a",
        "URLList.2.URL": "http://b",
    }
    assert call.query == {}


@pytest.mark.parametrize(("length", "fine"), [(599, True), (600, False)])
def test_a_link_of_600_characters_is_too_long(length: int, fine: bool) -> None:
    call = CallInput(links={"series": ("u" * length,)}, parameters={"threshold": 0.6}, org_name="a", org_id="b")

    if fine:
        assert ALIYUN_NODULES.submit_call(call)
        return
    with pytest.raises(WorkstationError) as error:
        ALIYUN_NODULES.submit_call(call)
    assert error.value.facts == {"length": 600, "limit": 600}


@pytest.mark.parametrize(("calls", "yuan"), [(0, 2.4), (499, 2.4), (500, 1.2), (2999, 1.2), (3000, 0.6)])
def test_the_price_of_the_next_call_follows_the_months_count(calls: int, yuan: float) -> None:
    assert ALIYUN_NODULES.price(calls) == yuan


@pytest.mark.parametrize("text", ["0", "1.01", "nan", "much"])
def test_a_threshold_outside_the_documented_range_is_refused(text: str) -> None:
    with pytest.raises(WorkstationError) as error:
        LUNG_NODULE.read_parameters({"threshold": text})
    assert error.value.code is ErrorCode.BAD_PARAMETER


def test_spacing_comes_as_x_y_z_also_where_pixels_are_not_square() -> None:
    data = copy.deepcopy(RECORDED)
    for part in data["Series"]:
        if "Spacing" in part:
            part["Spacing"] = "[0.8, 0.5, 2.5]"
    answer = ALIYUN_NODULES.parse(json.dumps(data), False)

    assert answer.grid.spacing == (2.5, 0.5, 0.8)  # slice, row, column


def test_diameter_and_volume_are_never_derived_from_one_another() -> None:
    """The example's ball of 9.73 mm has a volume of 10959 mm3."""
    without = copy.deepcopy(RECORDED)
    for series in without["Series"]:
        for element in series["Elements"] if isinstance(series.get("Elements"), list) else [series.get("Elements")]:
            if element:
                element.pop("Diameter")

    (whole,) = ALIYUN_NODULES.parse(json.dumps(RECORDED), False).findings
    (bare,) = ALIYUN_NODULES.parse(json.dumps(without), False).findings

    figures = {m.name: m.value for m in whole.measurements}
    assert (figures["diameter"], figures["volume"]) == (9.730626493692398, pytest.approx(10959, abs=1))
    assert "diameter" not in {m.name for m in bare.measurements}
    assert isinstance(bare.shapes[0], IndexPoint)
