"""The second gateway's points: what each is sent, and its wrong documents read by what it really passes on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.data import shared
from tests.stacks import chest_ct
from workstation.catalogue import OPERATIONS
from workstation.catalogue.carrying import can_carry, check_room, reason_against
from workstation.catalogue.medical_qa import Answered, turn_parameters
from workstation.catalogue.operation import (
    FLOATING,
    PICTURE,
    REFERENCE,
    SERIES,
    CallInput,
    ConnectionKind,
    InputKind,
    LifecycleStatus,
    Operation,
    Service,
)
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.request import Parameters
from workstation.domain.words import Language, render

POINTS: dict[int, tuple[Operation, Service]] = {
    int(service.source.removeprefix("showapi.")): (row, service)
    for row in OPERATIONS
    for service in row.services
    if ConnectionKind.SHOWAPI in service.kinds
}
ANSWERS = Path(__file__).parent / "answers"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
SENT = {SERIES: ("https://x/1",), REFERENCE: ("https://x/r",), FLOATING: ("https://x/f",), PICTURE: ("https://x/p",)}
FORMS = {7: "png", 8: "png", 9: "nii.gz", 12: "jpg"}


def parameters(number: int) -> Parameters:
    row, _ = POINTS[number]
    if row.input_kind is InputKind.DIALOGUE:
        return turn_parameters("S1", NOW, (), Answered(kind="symptoms", question="?", texts=("瘙痒", "脱屑")))
    return row.read_parameters({"job": "A1"} if number == 2 else {})


def body(number: int, **links: tuple[str, ...]) -> dict[str, str]:
    call = CallInput(
        links={**SENT, **links},
        parameters=parameters(number),
        org_name="Site",
        org_id="001",
        form=FORMS.get(number, "dcm"),
    )
    return dict(POINTS[number][1].submit_call(call).body)


def documents() -> dict[int, dict[str, Any]]:
    found = json.loads(shared("reference", "operations.json").read_text(encoding="utf-8"))
    return {one["point"]: one for one in found if one["service"] == "showapi"}


def test_all_eleven_points_stand_in_a_row() -> None:
    assert sorted(POINTS) == [1, 2, 3, 5, 6, 7, 8, 9, 12, 13, 15]


@pytest.mark.parametrize("number", sorted(POINTS))
def test_a_call_has_the_documented_names_and_values(number: int) -> None:
    document = documents()[number]
    fields = {field["wire"]: field for field in document["request"] if field["wire"] not in ("appKey", "ds_id")}
    sent = body(number)

    assert sent.keys() <= fields.keys()
    assert {name for name, field in fields.items() if field["required"]} <= sent.keys()
    for name, value in sent.items():
        allowed = fields[name].get("allowed_values")
        assert not allowed or value in allowed
    assert f"/{POINTS[number][1].action}" == document["path"]


@pytest.mark.parametrize("number", sorted(POINTS))
def test_a_point_stands_in_the_row_of_the_operation_that_it_passes_on(number: int) -> None:
    row, _ = POINTS[number]

    assert f"imageprocess.{documents()[number]['mirrors']}" in {service.source for service in row.services}


@pytest.mark.parametrize("number", sorted(POINTS))
def test_wrong_answer_schema(number: int) -> None:
    """Points 5, 8, 12, 13 and 15 document another operation's answer; all are read as the vendor's own."""
    row, service = POINTS[number]
    (vendor,) = (one for one in row.services if ConnectionKind.ALIYUN in one.kinds)
    recorded = (ANSWERS / f"{row.name}.json").read_text(encoding="utf-8")
    answer = json.loads(recorded)
    flattened = json.dumps({"showapi_fee_num": 1, "ret_code": 0, "remark": "", **answer}) if "Data" in answer else ""

    assert service.parse(recorded, False) == vendor.parse(recorded, False)
    if flattened:
        assert service.parse(flattened, False) == vendor.parse(recorded, False)


@pytest.mark.parametrize("number", [6, 9])
def test_points_6_and_9_give_data_as_array(number: int) -> None:
    row, service = POINTS[number]
    recorded = json.loads((ANSWERS / f"{row.name}.json").read_text(encoding="utf-8"))
    listed = json.dumps([recorded.get("Data", recorded)])

    assert service.parse(listed, False) == service.parse(json.dumps(recorded), False)
    assert service.file_links(listed).keys() == set(service.links)


def test_numbers_are_texts() -> None:
    polled = POINTS[1][1].read_poll({"Data": {"Status": "PROCESS_SUCCESS", "JobId": 1, "Result": '{"Series": []}'}})

    assert polled.result_text == '{"Series": []}'


def test_point_2_lacks_error_fields() -> None:
    """It documents none; a failed job is told by its status where they are missing."""
    told = POINTS[1][1].read_poll({"Data": {"Status": "PROCESS_FAILED", "JobId": "A1"}})
    more = POINTS[1][1].read_poll({"Data": {"Status": "PROCESS_FAILED", "ErrorCode": "426"}})

    assert (told.vendor_code, more.vendor_code) == ("PROCESS_FAILED", "426")


@pytest.mark.parametrize("number", [1, 6, 9, 13, 15])
def test_results_of_jobs_are_asked_of_point_2(number: int) -> None:
    service = POINTS[number][1]

    assert service.asynchronous
    assert (service.poll_call("A1").action, dict(service.poll_call("A1").body)) == ("2477-2", {"JobId": "A1"})


def test_point_7_requires_a_tracer_id_that_says_nothing() -> None:
    first, second = body(7)["TracerId"], body(7)["TracerId"]

    assert first != second
    assert first.isalnum()


def test_point_8_has_single_fields() -> None:
    sent = body(8)

    assert sent["AnswerText"] == "瘙痒、脱屑"
    assert sent["AnswerImageURL"] == "https://x/p"
    assert not [name for name in sent if "." in name]


def test_more_than_one_picture_finds_no_room() -> None:
    with pytest.raises(WorkstationError) as caught:
        body(8, picture=("https://x/1", "https://x/2"))

    assert (caught.value.code, caught.value.facts) == (ErrorCode.NO_ROOM, {"count": 2, "most": 1})


def test_answers_that_are_too_long_together_are_refused() -> None:
    call = CallInput(
        links={},
        parameters=turn_parameters(
            "S", NOW, (), Answered(kind="symptoms", question="", texts=("痒" * 250, "痛" * 250))
        ),
        org_name="Site",
        org_id="001",
    )
    with pytest.raises(WorkstationError) as caught:
        POINTS[8][1].submit_call(call)

    assert (caught.value.code, caught.value.facts["length"]) == (ErrorCode.TEXT_LENGTH, 501)


def test_point_15_has_no_mask() -> None:
    assert "Mask" not in body(15)


def test_the_threshold_is_always_sent() -> None:
    assert body(1)["Threshold"] == "0.60"


@pytest.mark.parametrize(("number", "most"), [(1, 1), (5, 3), (6, 1), (13, 1), (15, 1)])
def test_points_that_take_fewer_links_than_slices_are_needed_say_so(number: int, most: int) -> None:
    row, service = POINTS[number]
    reason = reason_against(row, service, 64)

    assert not can_carry(row, service)
    assert reason is not None
    assert (reason.code, reason.measured, reason.limit, reason.source.value) == ("no-room", 64, most, "documented")
    assert "64 slices" in render(reason.sentence, Language.ENGLISH)
    assert render(reason.sentence, Language.CHINESE) != render(reason.sentence, Language.ENGLISH)
    with pytest.raises(WorkstationError) as caught:
        check_room(row, service, 64)
    assert caught.value.code is ErrorCode.NO_ROOM


def test_only_point_9_can_work_with_a_series_as_one_nifti_file() -> None:
    row, service = POINTS[9]
    sent = body(9)

    assert [number for number, (_, one) in POINTS.items() if one.nifti] == [9]
    assert reason_against(row, service, 600) is None
    assert (sent["DataFormat"], sent["DataSourceType"], sent["URL"]) == ("NIFTI", "HTTP_NII", "https://x/1")


@pytest.mark.parametrize("number", [3, 7, 12])
def test_points_of_one_picture_have_room_for_it(number: int) -> None:
    row, service = POINTS[number]
    picture = replace(chest_ct(1), modality="DX")

    assert can_carry(row, service)
    assert reason_against(row, service, picture.slices) is None


@pytest.mark.parametrize("number", [1, 9, 13])
def test_links_of_six_hundred_characters_are_too_long(number: int) -> None:
    with pytest.raises(WorkstationError) as caught:
        body(number, series=("https://x/" + "a" * 590,))

    assert caught.value.code is ErrorCode.URL_TOO_LONG


def test_a_gateway_states_no_end_and_the_service_behind_it_is_told() -> None:
    nodules, knees, jobs = (POINTS[number][1].lifecycle for number in (1, 3, 2))
    today = date(2026, 11, 21)

    assert {one.status(today) for one in (nodules, knees, jobs)} == {LifecycleStatus.UNKNOWN}
    assert str(nodules.words(today)).endswith("is withdrawn on 2026-11-26.")
    assert str(knees.words(today)).endswith("was withdrawn on 2024-04-24.")
    assert jobs.words(today) is None


def test_no_price_is_stated() -> None:
    assert not any(service.prices.stated or service.prices.tiers for _, service in POINTS.values())
