"""Calls through the ShowAPI gateway: what is sent, two levels of success, and what each failure means for certain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cloud.loopback import Play, answer, closed_port, half_an_answer, hang_up, serving, silence
from tests.cloud.turned_clock import TurnedClock
from workstation.cloud.showapi import ShowApiClient
from workstation.cloud.throttle import Throttle
from workstation.domain.credentials import Credentials
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.request import CallKind, RpcAnswer, ServiceCall
from workstation.domain.sentences import sentence

KEYS = Credentials(access_key_id="testid", access_key_secret="testsecret", app_key="app 键&1")
SUBMIT = ServiceCall(product="showapi", version="1.0.0", action="2477-1", body={"URL": "https://x/a b?sig=1&x=片"})
POLL = ServiceCall(product="showapi", version="1.0.0", action="2477-2", body={"JobId": "A1"})


def envelope(inside: object, code: object = 0, **more: object) -> Play:
    return answer(
        200, json.dumps({"showapi_res_code": code, "showapi_res_id": "gw-7", "showapi_res_body": inside} | more)
    )


TAKEN = envelope({"ret_code": 0, "RequestId": "A1", "remark": "已接受"}, showapi_fee_num=1)
OPEN = [
    pytest.param(hang_up, id="connection closed"),
    pytest.param(half_an_answer, id="half an answer"),
    pytest.param(silence, id="silence"),
    pytest.param(answer(200, "<html>sign in</html>"), id="not JSON"),
    pytest.param(answer(200, "{}"), id="no code"),
    pytest.param(answer(502, "Bad Gateway"), id="bad gateway"),
    pytest.param(envelope({}, code=-1), id="failed behind the gateway"),
    pytest.param(envelope({}, code=-3), id="the gateway waited its five seconds"),
    pytest.param(envelope({}, code=-4), id="the gateway could not read the answer"),
    pytest.param(envelope("text"), id="no inside"),
    pytest.param(envelope({"RequestId": "A1"}), id="no second code"),
    pytest.param(envelope({"ret_code": True, "RequestId": "A1"}), id="a truth value for a code"),
]


_OPENED: list[ShowApiClient] = []


@pytest.fixture(autouse=True)
def _closed_afterwards() -> Iterator[None]:
    yield
    while _OPENED:
        _OPENED.pop().close()


def client(url: str) -> ShowApiClient:
    clock = TurnedClock()
    _OPENED.append(ShowApiClient(f"{url}/gate/", KEYS, "ds-1", Throttle(clock), clock, read_s=0.3))
    return _OPENED[-1]


def submit(*plays: Play) -> RpcAnswer:
    with serving(*plays) as server:
        return client(server.url).call(SUBMIT, CallKind.SUBMIT)


def refusal(play: Play, kind: CallKind = CallKind.SUBMIT) -> WorkstationError:
    with serving(play) as server, pytest.raises(WorkstationError) as caught:
        client(server.url).call(SUBMIT, kind)
    assert len(server.seen) == 1 or kind is CallKind.POLL
    return caught.value


def test_the_key_stands_in_the_address_and_everything_else_in_a_form() -> None:
    with serving(TAKEN) as server:
        client(server.url).call(SUBMIT, CallKind.SUBMIT)
    (seen,) = server.seen
    url = urlsplit(seen.path)

    assert (seen.method, url.path) == ("POST", "/gate/2477-1")
    assert parse_qs(url.query) == {"appKey": [KEYS.app_key]}
    assert seen.values["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(seen.body.decode()) == {"URL": [SUBMIT.body["URL"]], "ds_id": ["ds-1"]}


def test_the_answer_is_the_inside_with_the_envelopes_fields_beside_it() -> None:
    accepted = submit(TAKEN)

    assert accepted.request_id == "A1"
    assert accepted.body["remark"] == "已接受"
    assert json.loads(accepted.raw) == accepted.body
    assert (accepted.body["showapi_fee_num"], accepted.body["showapi_res_id"]) == (1, "gw-7")


@pytest.mark.parametrize("code", [0, 0.0, "0"])
def test_both_codes_may_be_texts(code: object) -> None:
    assert submit(envelope({"ret_code": code, "RequestId": "A1"}, code=code)).request_id == "A1"


def test_without_a_number_of_the_service_the_gateways_own_is_taken() -> None:
    assert submit(envelope({"ret_code": 0})).request_id == "gw-7"


@pytest.mark.parametrize("play", OPEN)
def test_a_paid_call_without_a_certain_answer_is_uncertain_and_sent_once(play: Play) -> None:
    assert refusal(play).code is ErrorCode.OUTCOME_UNKNOWN


@pytest.mark.parametrize("play", OPEN)
def test_a_question_without_an_answer_is_asked_again(play: Play) -> None:
    with serving(play, TAKEN) as server:
        assert client(server.url).call(POLL, CallKind.POLL).request_id == "A1"

    assert len(server.seen) == 2


def test_a_paid_call_that_was_never_sent_is_certain() -> None:
    with pytest.raises(WorkstationError) as caught:
        client(closed_port()).call(SUBMIT, CallKind.SUBMIT)

    assert caught.value.code is ErrorCode.UNREACHABLE


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (-2, ErrorCode.IN_DEBT),
        (-6, ErrorCode.NOT_ACTIVATED),
        (-1000, ErrorCode.SERVICE_FAILED),
        (-1002, ErrorCode.WRONG_KEY),
        (-1007, ErrorCode.NOT_ACTIVATED),
        (-1009, ErrorCode.THROTTLED),
        ("-1009", ErrorCode.THROTTLED),
        (-99999, ErrorCode.REFUSED),
    ],
)
def test_the_gateways_code_is_told_with_its_own_number_for_support(code: object, meaning: ErrorCode) -> None:
    error = refusal(envelope({}, code=code))

    assert (error.code, error.facts["request_id"]) == (meaning, "gw-7")
    assert "gw-7" in str(sentence(error).remedy)


def test_a_refusal_of_the_service_behind_is_told_by_its_own_code() -> None:
    inside = {"ret_code": -1, "Code": "InvalidImage.Content", "Message": "426 Zhang San", "RequestId": "A9"}
    error = refusal(envelope(inside))

    assert error.code is ErrorCode.REFUSED_INPUT
    assert error.facts == {"vendor_code": "InvalidImage.Content", "request_id": "A9"}


def test_a_refusal_without_a_code_says_that_it_came_from_behind_the_gateway() -> None:
    error = refusal(envelope({"ret_code": 5, "remark": "no"}))

    assert str(sentence(error).says) == "The service behind the gateway refused the call."


def test_neither_keys_nor_addresses_are_shown() -> None:
    shown = repr(client("https://gate.example"))

    assert not any(secret in shown for secret in ("app", "ds-1", "testsecret"))


def test_a_sign_in_page_of_a_proxy_is_told() -> None:
    assert refusal(answer(407, "")).facts["cause"] == "proxy"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda below: (
        st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(["ret_code", "RequestId", "Data"]), below)
    ),
    max_leaves=5,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(code=JSON, inside=JSON)
def test_any_answer_is_either_taken_or_one_of_our_errors(code: object, inside: object) -> None:
    try:
        accepted = submit(envelope(inside, code=code))
    except WorkstationError:
        return
    assert isinstance(inside, dict)
    assert float(str(code)) == float(str(inside["ret_code"])) == 0
    assert accepted.request_id
