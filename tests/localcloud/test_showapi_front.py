"""The second gateway's door, called by hand: key, points, parameters, the envelope, jobs and faults."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data import shared
from tests.localcloud.service import call_v1, serving
from workstation.localcloud.engine.asked import Analysis
from workstation.localcloud.faults import Fault, FaultKind
from workstation.localcloud.note import Running
from workstation.localcloud.operations.row import Parameter
from workstation.localcloud.operations.showapi import POINTS, Point

WHO = {"ds_id": "ds-1", "OrgId": "0001", "OrgName": "测试 org"}
BY_NUMBER = {int(point.code.partition("-")[2]): point for point in POINTS}
JOB_POINTS, AT_ONCE_POINTS = (1, 6, 9, 13, 15), (3, 5, 7, 8, 12)


def echo(analysis: Analysis) -> dict[str, object]:
    """Answers with what it was given, so that a test sees what arrived behind the gateway."""
    return {
        "Action": analysis.action,
        "Files": {name: len(files) for name, files in analysis.files.items()},
        "Parameters": dict(analysis.parameters),
        "Lists": {name: list(texts) for name, texts in analysis.lists.items()},
        "YingtaiBasis": {"all": "simulated", "parts": {}},
    }


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("showapi") / "state", engine=echo) as service:
        yield service


@pytest.fixture(scope="module")
def link(running: Running) -> str:
    from tests.localcloud.service import uploaded

    (address,) = uploaded(running, 1)
    return address


def call(running: Running, number: int | str, form: dict[str, str], **query: str) -> dict[str, Any]:
    parameters = {"appKey": running.app_key} | query
    address = f"{running.showapi}/2477-{number}"
    answer = httpx.post(address, params=parameters, data=form, trust_env=False, timeout=60)
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    assert body.keys() == {
        *("showapi_res_code", "showapi_res_error", "showapi_res_id", "showapi_fee_num", "showapi_res_body")
    }
    return body


def good(number: int, link: str) -> dict[str, str]:
    """A call with all fields of the point, each as documented."""
    form = {"DataFormat": "DICOM"} | WHO
    match number:
        case 1:
            return form | {"URL": link, "Threshold": "0.70"}
        case 2:
            return {"ds_id": "ds-1", "JobId": "7CB9B663"}
        case 3:
            return form | {"Url": link}
        case 5:
            return form | {"URL1": link, "URL2": link, "URL3": link}
        case 6:
            return form | {"DataSourceType": "HTTP_FILES", "FloatingURL": link, "ReferenceURL": link}
        case 7:
            return form | {"DataFormat": "png", "ImageUrl": link, "TracerId": "t"}
        case 8:
            return WHO | {"Department": "皮肤科", "QuestionType": "chiefComplaint", "AnswerText": "痒"}
        case 9:
            return form | {"DataFormat": "NIFTI", "DataSourceType": "HTTP_NII", "URL": link}
        case 12:
            return WHO | {"Url": link}
    return form | {"URL": link}


def refused(answer: dict[str, Any]) -> str:
    """The code of the service behind, which refused and charged nothing."""
    inside = answer["showapi_res_body"]
    assert (answer["showapi_res_code"], answer["showapi_fee_num"]) == (0, 0)
    assert inside["ret_code"] != 0
    assert inside["remark"] == inside["Message"]
    code: str = inside["Code"]
    return code


def finished(running: Running, job: str) -> dict[str, Any]:
    for _ in range(600):
        data: dict[str, Any] = call(running, 2, {"ds_id": "x", "JobId": job})["showapi_res_body"]["Data"]
        if data["Status"] not in ("QUEUING", "PROCESSING"):
            return data
        time.sleep(0.05)
    raise AssertionError(data)


def test_the_points_take_what_the_documents_say() -> None:
    found = json.loads(shared("reference", "operations.json").read_text(encoding="utf-8"))
    documents = {one["point"]: one for one in found if one["service"] == "showapi"}

    assert documents.keys() == BY_NUMBER.keys()
    for number, document in documents.items():
        point = BY_NUMBER[number]
        assert document["path"] == f"/{point.code}"
        assert document["mirrors"] == point.behind.action
        fields = {field["wire"]: field for field in document["request"] if field["wire"] != "appKey"}
        ours = {parameter.wire: parameter for parameter in point.front.parameters}
        assert fields.keys() == ours.keys()
        for name, field in fields.items():
            parameter, limits = ours[name], field.get("limits") or {}
            assert parameter.required == field["required"], (number, name)
            assert set(parameter.values) == set(field.get("allowed_values") or ()), (number, name)
            if "max_url_length_exclusive" in limits:
                assert parameter.shorter_than == limits["max_url_length_exclusive"]
            if "max_characters" in limits:
                assert parameter.shorter_than == limits["max_characters"] + 1
            if "exclusive_min" in limits:
                assert (parameter.above, parameter.most) == (limits["exclusive_min"], limits["max"])


@pytest.mark.parametrize("number", JOB_POINTS)
def test_a_point_of_a_job_answers_a_number_and_the_result_is_asked_of_point_2(
    running: Running, link: str, number: int
) -> None:
    taken = call(running, number, good(number, link))
    inside = taken["showapi_res_body"]
    assert (taken["showapi_res_code"], inside["ret_code"], taken["showapi_fee_num"]) == (0, 0, 1)
    assert "Data" not in inside

    data = finished(running, inside["RequestId"])
    result = json.loads(data["Result"])
    if number in (6, 9):  # their documents show an array
        (result,) = result

    assert data["Status"] == "PROCESS_SUCCESS"
    assert result["Action"] == BY_NUMBER[number].behind.action
    lists = {"ReferenceList": 1, "FloatingList": 1} if number == 6 else {"URLList": 1}
    assert result["Files"] == lists
    assert "ds_id" not in result["Parameters"]


@pytest.mark.parametrize("number", AT_ONCE_POINTS)
def test_a_point_that_answers_at_once_passes_everything_on(running: Running, link: str, number: int) -> None:
    answer = call(running, number, good(number, link))
    inside = answer["showapi_res_body"]
    assert (answer["showapi_res_code"], inside["ret_code"]) == (0, 0)
    assert inside["RequestId"]

    data = inside["data" if number == 5 else "Data"]

    assert data["Action"] == BY_NUMBER[number].behind.action
    assert sum(data["Files"].values()) == (3 if number == 5 else 0 if number == 8 else 1)
    if number == 8:
        assert data["Lists"] == {"AnswerTextList": ["痒"]}


def test_a_job_of_the_other_door_can_be_asked_for_here(running: Running, link: str) -> None:
    number = call(running, 13, good(13, link))["showapi_res_body"]["RequestId"]

    assert call_v1(running, "GetAsyncJobResult", {"JobId": number}).status_code == 200


@pytest.mark.parametrize("number", [4, 10, 11, 14, 16, "", "1/x"])
def test_points_that_do_not_exist_say_so(running: Running, link: str, number: int | str) -> None:
    answer = call(running, number, good(1, link))

    assert (answer["showapi_res_code"], answer["showapi_res_body"]) == (-6, {})


@pytest.mark.parametrize(("key", "code"), [("", -1002), ("nobody", -1010), ("键", -1010)])
def test_a_key_that_is_missing_or_unknown_is_refused_by_the_gateway(
    running: Running, link: str, key: str, code: int
) -> None:
    answer = call(running, 12, good(12, link), appKey=key)

    assert (answer["showapi_res_code"], answer["showapi_fee_num"], answer["showapi_res_body"]) == (code, 0, {})


def test_the_key_counts_in_the_address_only(running: Running, link: str) -> None:
    form = good(12, link) | {"appKey": running.app_key}
    answer = httpx.post(f"{running.showapi}/2477-12", data=form, trust_env=False).json()

    assert answer["showapi_res_code"] == -1002


def test_a_question_by_get_is_no_call(running: Running, link: str) -> None:
    asked = {"appKey": running.app_key} | good(12, link)
    answer = httpx.get(f"{running.showapi}/2477-12", params=asked, trust_env=False).json()

    assert answer["showapi_res_code"] == -6


def test_parameters_in_the_address_or_a_body_that_is_no_form_are_refused(running: Running, link: str) -> None:
    assert refused(call(running, 12, good(12, link), OrgId="1")) == "InvalidParameter"
    address = f"{running.showapi}/2477-12?appKey={running.app_key}"
    told = httpx.post(address, json=good(12, link), trust_env=False).json()
    assert refused(told) == "InvalidParameter"
    twice = httpx.post(
        address, content="OrgId=1&OrgId=2", headers={"content-type": "application/x-www-form-urlencoded"},
        trust_env=False,
    ).json()  # fmt: skip
    assert refused(twice) == "InvalidParameter"


def _required() -> list[Any]:
    return [
        pytest.param(number, parameter, id=f"{number}-{parameter.wire}")
        for number, point in BY_NUMBER.items()
        for parameter in point.front.parameters
        if parameter.required
    ]


@pytest.mark.parametrize(("number", "parameter"), _required())
def test_each_required_field_is_missed(running: Running, link: str, number: int, parameter: Parameter) -> None:
    form = good(number, link)
    del form[parameter.wire]

    assert refused(call(running, number, form)) == "MissingParameter"


@pytest.mark.parametrize("number", [n for n in BY_NUMBER if n != 2])
def test_values_that_no_document_allows_are_refused(running: Running, link: str, number: int) -> None:
    for parameter in BY_NUMBER[number].front.parameters:
        if parameter.values:
            form = good(number, link) | {parameter.wire: "other"}
            assert refused(call(running, number, form)) == "InvalidParameter"


@settings(max_examples=25)
@given(point=st.sampled_from([point for point in POINTS if point.code != "2477-2"]), data=st.data())
def test_a_changed_name_is_never_taken(running: Running, link: str, point: Point, data: st.DataObject) -> None:
    form = good(int(point.code.partition("-")[2]), link)
    name = data.draw(st.sampled_from(sorted(form)))
    at = data.draw(st.integers(0, len(name) - 1))
    changed = name[:at] + data.draw(st.sampled_from(["", "x", name[at].swapcase() + "_", "."])) + name[at + 1 :]
    if changed in form:
        return
    form[changed] = form.pop(name)

    assert refused(call(running, point.code.partition("-")[2], form)) in ("MissingParameter", "InvalidParameter")


def test_addresses_elsewhere_with_chinese_letters_or_too_long_are_refused(running: Running, link: str) -> None:
    bad = {
        "http://10.0.0.1/x": "InvalidImage.Region",
        f"{running.oss}/片.dcm": "IllegalUrlParameter",
        f"{link}&{'x' * 600}": "InvalidParameter",
    }
    assert {url: refused(call(running, 13, good(13, link) | {"URL": url})) for url in bad} == bad


def test_format_and_source_of_calcium_belong_together(running: Running, link: str) -> None:
    form = good(9, link) | {"DataSourceType": "HTTP_FILES"}

    assert refused(call(running, 9, form)) == "InvalidParameter"
    # as slices at least 20 files are needed, and there is room for one
    assert refused(call(running, 9, form | {"DataFormat": "DICOM"})) == "InvalidParameter"


def test_an_unknown_job_is_refused(running: Running) -> None:
    assert refused(call(running, 2, {"ds_id": "x", "JobId": "nobody"})) == "InvalidParameter"


def test_a_question_of_a_dialogue_without_its_number_is_refused(running: Running) -> None:
    form = good(8, "") | {"QuestionType": "age"}

    assert refused(call(running, 8, form)) == "MissingParameter"


def test_faults_are_planned_by_point(tmp_path: Any) -> None:
    faults = (
        Fault(on="2477-1", kind=FaultKind.THROTTLE),
        Fault(on="2477-2", kind=FaultKind.STATUS, status=502),
        Fault(on="2477-3", kind=FaultKind.DROP_AFTER),
        Fault(on="2477-5", kind=FaultKind.BAD_JSON),
    )
    with serving(tmp_path / "s", engine=echo, faults=faults) as service:
        assert call(service, 1, {})["showapi_res_code"] == -1009
        answers = {}
        for number in (2, 5):
            address = f"{service.showapi}/2477-{number}?appKey={service.app_key}"
            answers[number] = httpx.post(address, data={}, trust_env=False)
        with pytest.raises(httpx.TransportError):
            call(service, 3, {})
        assert refused(call(service, 1, {})) == "MissingParameter"

    assert answers[2].status_code == 502
    with pytest.raises(ValueError):
        answers[5].json()


def test_the_gateway_waits_five_seconds_and_the_service_behind_has_done_it_all_the_same(tmp_path: Any) -> None:
    from tests.localcloud.service import uploaded

    done: list[str] = []

    def engine(analysis: Analysis) -> dict[str, object]:
        done.append(analysis.action)
        return echo(analysis)

    late = Fault(on="2477-12", kind=FaultKind.DELAY, seconds=5.5)
    with serving(tmp_path / "s", engine=engine, faults=(late,)) as service:
        (address,) = uploaded(service, 1)
        answer = call(service, 12, good(12, address))

    assert (answer["showapi_res_code"], answer["showapi_res_body"]) == (-3, {})
    assert done == ["DetectSkinDisease"]
