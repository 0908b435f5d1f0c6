"""The RPC front: signatures, clock, nonces, parameters; one documented code for each."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import httpx
import pytest

from tests.localcloud.service import (
    call_v1,
    call_v3,
    nodule_call,
    post,
    serving,
    signed_v1,
    signed_v3,
    stamp,
)
from workstation.localcloud.note import Running

JOB = {"JobId": "7CB9B663-3EF8-4C9C-A464-FDA2B5F1E3A4"}
POLL = "GetAsyncJobResult"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("rpc") / "state", least_job_s=600.0) as service:
        yield service


def refused(answer: httpx.Response) -> tuple[int, str]:
    body = answer.json()
    assert body.keys() == {"RequestId", "HostId", "Code", "Message"}
    return answer.status_code, body["Code"]


def addresses(running: Running, count: int) -> list[str]:
    return [f"{running.oss}/{running.bucket}/{number:04d}.dcm" for number in range(count)]


@pytest.mark.parametrize("call", [call_v1, call_v3])
def test_a_job_is_accepted_at_once_without_data(running: Running, call: object) -> None:
    answer = call(running, "DetectLungNodule", nodule_call(addresses(running, 20)))  # type: ignore[operator]

    assert answer.status_code == 200
    assert answer.json().keys() == {"RequestId", "Message"}
    state = call(running, POLL, {"JobId": answer.json()["RequestId"]}).json()["Data"]  # type: ignore[operator]
    assert state == {"JobId": answer.json()["RequestId"], "Status": "QUEUING"}


def test_the_documents_way_with_everything_in_the_address_is_served(running: Running) -> None:
    form = signed_v1(
        running, "DetectLungNodule", nodule_call([f"{url}?{'x' * 400}" for url in addresses(running, 600)])
    )
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)

    connection.request("POST", f"/?{urlencode(form)}")

    assert connection.getresponse().status == 200
    connection.close()


def test_an_unknown_job_is_an_invalid_parameter(running: Running) -> None:
    assert refused(call_v1(running, POLL, JOB)) == (400, "InvalidParameter")


@pytest.mark.parametrize("off_s", [-910, 910])
def test_an_old_or_future_time_stamp_is_expired(running: Running, off_s: int) -> None:
    then = stamp(time.time() + off_s)
    v3 = signed_v3(running, POLL, urlencode(JOB).encode(), x_acs_date=then)

    assert refused(call_v1(running, POLL, JOB, Timestamp=then)) == (400, "InvalidTimeStamp.Expired")
    answer = httpx.post(running.rpc + "/", content=urlencode(JOB), headers=v3, trust_env=False)
    assert refused(answer) == (400, "InvalidTimeStamp.Expired")


def test_a_replayed_nonce_is_refused_in_both_schemes(running: Running) -> None:
    form = signed_v1(running, POLL, JOB)
    v3 = signed_v3(running, POLL, urlencode(JOB).encode())

    again = [post(running, form), post(running, form)]
    again += [httpx.post(running.rpc + "/", content=urlencode(JOB), headers=v3, trust_env=False) for _ in range(2)]

    assert [answer.json()["Code"] for answer in again] == ["InvalidParameter", "SignatureNonceUsed"] * 2


def test_a_nonce_stays_used_over_a_restart(tmp_path: object) -> None:
    folder = tmp_path / "state"  # type: ignore[operator]
    with serving(folder) as first:
        form = signed_v1(first, POLL, JOB)
        post(first, form)
    with serving(folder) as second:
        assert refused(post(second, form)) == (400, "SignatureNonceUsed")


def test_a_wrong_signature_does_not_use_up_the_nonce(running: Running) -> None:
    form = signed_v1(running, POLL, JOB)

    assert refused(post(running, form | {"JobId": "other"})) == (400, "SignatureDoesNotMatch")
    assert refused(post(running, form)) == (400, "InvalidParameter")


def test_a_changed_body_breaks_the_v3_signature(running: Running) -> None:
    headers = signed_v3(running, POLL, urlencode(JOB).encode())

    answer = httpx.post(running.rpc + "/", content=urlencode({"JobId": "other"}), headers=headers, trust_env=False)

    assert refused(answer) == (400, "SignatureDoesNotMatch")


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        ({"AccessKeyId": "nobody"}, (404, "InvalidAccessKeyId.NotFound")),
        ({"Version": "20200320"}, (400, "InvalidVersion")),
        ({"Action": "Covid19Cad"}, (400, "UnsupportedOperation")),
        ({"SignatureMethod": "HMAC-SHA256"}, (400, "InvalidParameter")),
        ({"Timestamp": "yesterday"}, (400, "InvalidTimeStamp.Format")),
        ({"RegionId": "cn-beijing"}, (400, "InvalidParameter")),
        ({"SecurityToken": "x"}, (400, "InvalidSecurityToken.MismatchWithAccessKey")),
    ],
)
def test_system_parameters_are_checked(running: Running, system: dict[str, str], expected: tuple[int, str]) -> None:
    assert refused(call_v1(running, POLL, JOB, **system)) == expected


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"DataFormat": "NIFTI"}, "InvalidParameter"),
        ({"OrgName": ""}, "MissingParameter"),
        ({"Threshold": "0"}, "InvalidParameter"),
        ({"Threshold": "0.009"}, "InvalidParameter"),
        ({"Threshold": "1.001"}, "InvalidParameter"),
        ({"Threshold": "nan"}, "InvalidParameter.Convert"),
        ({"Threshold": "1e-1"}, "InvalidParameter.Convert"),
        ({"Threshold": "-0.5"}, "InvalidParameter.Convert"),
        ({"URLList": '["http://127.0.0.1/x"]'}, "InvalidParameter"),
        ({"URLList.0.URL": "http://127.0.0.1/x"}, "InvalidParameter"),
        ({"URLList.22.URL": "http://127.0.0.1/x"}, "InvalidParameter"),
        ({"URLList.01.URL": "http://127.0.0.1/x"}, "InvalidParameter"),
        ({"URLList.3.Url": "http://127.0.0.1/x"}, "InvalidParameter"),
        ({"Mask": "1"}, "InvalidParameter"),
        ({"URLList.3.URL": "http://127.0.0.1/片.dcm"}, "IllegalUrlParameter"),
        ({"URLList.3.URL": "ftp://127.0.0.1/x"}, "IllegalUrlParameter"),
        ({"URLList.3.URL": "http://127.0.0.1:99999/x"}, "IllegalUrlParameter"),
        ({"URLList.3.URL": "http://127.0.0.1:1/x"}, "InvalidImage.Region"),
        ({"URLList.3.URL": "http://10.0.0.1/x"}, "InvalidImage.Region"),
    ],
)
def test_business_parameters_are_checked(running: Running, changes: dict[str, str], code: str) -> None:
    call = nodule_call(addresses(running, 20), **changes)

    assert refused(call_v1(running, "DetectLungNodule", call)) == (400, code)


@pytest.mark.parametrize(("count", "served"), [(19, False), (20, True), (600, True), (601, False)])
def test_twenty_to_six_hundred_frames_are_taken(running: Running, count: int, served: bool) -> None:
    answer = call_v1(running, "DetectLungNodule", nodule_call(addresses(running, count)))

    assert (answer.status_code == 200) is served
    assert served or answer.json()["Code"] == "InvalidParameter"


@pytest.mark.parametrize(("length", "served"), [(599, True), (600, False), (601, False)])
def test_an_address_must_be_shorter_than_six_hundred_signs(running: Running, length: int, served: bool) -> None:
    urls = addresses(running, 20)
    urls[7] = (urls[7] + "?" + "x" * 600)[:length]

    assert (call_v1(running, "DetectLungNodule", nodule_call(urls)).status_code == 200) is served


def test_a_missing_list_is_named(running: Running) -> None:
    answer = call_v1(running, "DetectLungNodule", nodule_call([]))

    assert refused(answer) == (400, "MissingParameter")
    assert "URLList.N.URL" in answer.json()["Message"]


def test_a_parameter_given_twice_is_refused(running: Running) -> None:
    form = signed_v1(running, POLL, JOB)

    answer = httpx.post(f"{running.rpc}/?JobId=other", data=form, trust_env=False)

    assert refused(answer) == (400, "InvalidParameter")


def test_the_showapi_door_answers_in_its_envelope(running: Running) -> None:
    answer = httpx.post(f"{running.showapi}/2477-1", data={"appKey": running.app_key}, trust_env=False)

    assert answer.json()["showapi_res_code"] != 0
    assert answer.json()["showapi_res_body"] == {}
