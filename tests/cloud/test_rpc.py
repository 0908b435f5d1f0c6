"""What a call sends equals the official client's request, and every way to fail has its own certain meaning."""

from __future__ import annotations

import json
import logging
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.cloud.loopback import Play, answer, closed_port, half_an_answer, hang_up, serving, silence
from tests.cloud.turned_clock import TurnedClock
from workstation.cloud.caller import ANSWER_LIMIT_BYTES
from workstation.cloud.rpc import RpcClient, Signing
from workstation.cloud.throttle import Throttle
from workstation.domain.credentials import Credentials
from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.request import CallKind, RpcAnswer, ServiceCall
from workstation.domain.sentences import sentence
from workstation.domain.work import CancelToken

OFFICIAL: list[dict[str, Any]] = json.loads((Path(__file__).parent / "official_requests.json").read_text("utf-8"))[
    "requests"
]
KEYS = Credentials(access_key_id="testid", access_key_secret="testsecret")
SUBMIT = ServiceCall(
    product="imageprocess",
    version="2020-03-20",
    action="DetectLungNodule",
    body={"URLList.1.URL": "https://x/secret?sig=1"},
)
POLL = ServiceCall(product="imageprocess", version="2020-03-20", action="GetAsyncJobResult", body={"JobId": "A1"})
TAKEN = answer(200, '{"RequestId":"A1","Message":"已接受"}')
SENT_WITHOUT_AN_ANSWER = [
    pytest.param(hang_up, id="connection closed"),
    pytest.param(half_an_answer, id="half an answer"),
    pytest.param(silence, id="silence"),
    pytest.param(answer(200, "<html>sign in</html>"), id="not JSON"),
    pytest.param(answer(200, '{"RequestId":"A1"'), id="JSON cut short"),
    pytest.param(answer(200, "[]"), id="not an object"),
    pytest.param(answer(200, "{}"), id="no request id"),
    pytest.param(answer(200, '{"RequestId":"A1","x":NaN}'), id="not a number"),
    pytest.param(answer(200, b'{"RequestId":"\xff"}'), id="not UTF-8"),
    pytest.param(answer(200, '{"RequestId":"A1","x":' + "[" * 65 + "]" * 65 + "}"), id="too deep"),
    pytest.param(answer(200, "[" * 200_000), id="bottomless"),
    pytest.param(answer(502, "Bad Gateway"), id="gateway"),
    pytest.param(answer(504, '{"Code":"Upstream.Lost","RequestId":"A1"}'), id="undocumented fault"),
    pytest.param(answer(408, ""), id="timeout of a gateway"),
]


_OPENED: list[RpcClient] = []


@pytest.fixture(autouse=True)
def _closed_afterwards() -> Iterator[None]:
    yield
    while _OPENED:
        _OPENED.pop().close()


def client(url: str, signing: Signing = "v3", keys: Credentials = KEYS, clock: TurnedClock | None = None) -> RpcClient:
    clock = clock or TurnedClock()
    _OPENED.append(RpcClient(url, keys, signing, Throttle(clock), clock, read_s=0.3))
    return _OPENED[-1]


def submit(*plays: Play) -> RpcAnswer:
    with serving(*plays) as server:
        return client(server.url).call(SUBMIT, CallKind.SUBMIT)


def refusal(*plays: Play) -> WorkstationError:
    with pytest.raises(WorkstationError) as caught:
        submit(*plays)
    return caught.value


@pytest.mark.parametrize(
    "official", [pytest.param(o, id=f"{o['signing']}-{o['action']}-{bool(o['security_token'])}") for o in OFFICIAL]
)
def test_a_call_is_sent_as_the_official_client_sends_it(official: dict[str, Any]) -> None:
    call = ServiceCall(
        product="imageprocess",
        version=official["header_values"]["x-acs-version"],
        action=official["action"],
        body=dict(reversed(parse_qsl(official["body"]))),
    )
    keys = Credentials(
        access_key_id="testid", access_key_secret="testsecret", security_token=official["security_token"]
    )

    with serving(TAKEN) as server:
        client(server.url, official["signing"], keys).call(call, CallKind.SUBMIT)
    (seen,) = server.seen
    url = urlsplit(seen.path)
    query = parse_qsl(url.query, keep_blank_values=True)
    each_time = {"Timestamp", "SignatureNonce", "Signature"}

    assert seen.method == official["method"]
    assert url.path == official["path"]
    assert [[name, "*" if name in each_time else value] for name, value in query] == official["query"]
    assert seen.body.decode() == official["body"]
    assert sorted(seen.values) == official["header_names"]
    assert {name: seen.values[name] for name in official["header_values"]} == official["header_values"]
    assert f"SignedHeaders={official['signed_headers']}," in seen.values.get("authorization", "SignedHeaders=,")


def test_an_accepted_call_gives_body_request_id_and_text() -> None:
    accepted = submit(TAKEN)

    assert accepted == RpcAnswer(
        body={"RequestId": "A1", "Message": "已接受"}, request_id="A1", raw='{"RequestId":"A1","Message":"已接受"}'
    )


def test_the_request_id_of_the_one_action_with_lower_case_keys_is_read() -> None:
    assert submit(answer(200, '{"requestId":"a1","success":true,"data":{}}')).request_id == "a1"


@pytest.mark.parametrize("play", SENT_WITHOUT_AN_ANSWER)
def test_a_paid_call_without_a_certain_answer_is_uncertain_and_sent_once(play: Play) -> None:
    with serving(play) as server, pytest.raises(WorkstationError) as caught:
        client(server.url).call(SUBMIT, CallKind.SUBMIT)

    assert caught.value.code is ErrorCode.OUTCOME_UNKNOWN
    assert len(server.seen) == 1


@pytest.mark.parametrize("play", SENT_WITHOUT_AN_ANSWER)
def test_a_poll_without_an_answer_is_asked_again(play: Play) -> None:
    with serving(play, TAKEN) as server:
        assert client(server.url).call(POLL, CallKind.POLL).request_id == "A1"

    assert len(server.seen) == 2


def test_a_paid_call_that_was_never_sent_is_certain() -> None:
    with pytest.raises(WorkstationError) as caught:
        client(closed_port()).call(SUBMIT, CallKind.SUBMIT)

    assert (caught.value.code, caught.value.facts["cause"]) == (ErrorCode.UNREACHABLE, "connection-refused")


def test_a_name_that_does_not_exist_is_named_as_the_cause() -> None:
    def unknown(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no") from socket.gaierror(-2, "unknown")

    clock = TurnedClock()
    caller = RpcClient("https://no.example", KEYS, "v3", Throttle(clock), clock, httpx.MockTransport(unknown))
    with pytest.raises(WorkstationError) as caught:
        caller.call(SUBMIT, CallKind.SUBMIT)

    assert (caught.value.code, caught.value.facts["cause"]) == (ErrorCode.UNREACHABLE, "no-such-host")


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        (ssl.SSLCertVerificationError("self-signed"), "certificate"),
        (ssl.SSLError("wrong version number"), "no-tls"),
        (TimeoutError(), "no-answer"),
    ],
)
def test_what_stands_in_the_way_of_a_connection_is_named(reason: OSError, cause: str) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no") from reason

    clock = TurnedClock()
    caller = RpcClient("https://x.example", KEYS, "v3", Throttle(clock), clock, httpx.MockTransport(refuse))
    with pytest.raises(WorkstationError) as caught:
        caller.call(SUBMIT, CallKind.SUBMIT)

    assert (caught.value.code, caught.value.facts["cause"]) == (ErrorCode.UNREACHABLE, cause)


def test_an_address_without_https_is_told_from_silence() -> None:
    with serving(TAKEN) as server, pytest.raises(WorkstationError) as caught:
        client(server.url.replace("http:", "https:")).call(SUBMIT, CallKind.SUBMIT)

    assert caught.value.facts["cause"] == "no-tls"
    assert server.seen == []


def test_a_paid_call_that_the_service_saw_before_is_uncertain() -> None:
    error = refusal(answer(400, '{"Code":"SignatureNonceUsed","RequestId":"R7"}'))

    assert error.code is ErrorCode.OUTCOME_UNKNOWN
    assert "sent it twice" in str(sentence(error).says)


def test_a_poll_that_the_service_saw_before_is_asked_again() -> None:
    with serving(answer(400, '{"Code":"SignatureNonceUsed","RequestId":"R7"}'), TAKEN) as server:
        assert client(server.url).call(POLL, CallKind.POLL).request_id == "A1"


def test_an_endless_answer_is_cut_off() -> None:
    def endless(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=(b" " * 1024**2 for _ in range(ANSWER_LIMIT_BYTES // 1024**2 + 1)))

    clock = TurnedClock()
    caller = RpcClient("https://x.example", KEYS, "v3", Throttle(clock), clock, httpx.MockTransport(endless))
    with pytest.raises(WorkstationError) as caught:
        caller.call(SUBMIT, CallKind.SUBMIT)

    assert caught.value.code is ErrorCode.OUTCOME_UNKNOWN


def test_a_documented_refusal_keeps_the_services_code_and_number() -> None:
    error = refusal(answer(404, '{"Code":"InvalidAccessKeyId.NotFound","RequestId":"R7","Message":"key testid"}'))

    assert error.code is ErrorCode.WRONG_KEY
    assert error.facts == {"vendor_code": "InvalidAccessKeyId.NotFound", "request_id": "R7"}


def test_a_documented_fault_of_the_service_is_no_open_outcome() -> None:
    error = refusal(answer(500, '{"Code":"InternalError.Algo","RequestId":"R7"}'))

    assert error.code is ErrorCode.SERVICE_FAILED


def test_a_proxys_refusal_says_so() -> None:
    error = refusal(answer(413, "<html>too large</html>"))

    assert (error.code, error.facts["vendor_code"]) == (ErrorCode.REFUSED, "HTTP 413")


def test_a_refusal_with_status_200_is_a_refusal() -> None:
    error = refusal(answer(200, '{"Code":"InvalidApi.NotPurchase","RequestId":"R7"}'))

    assert error.code is ErrorCode.NOT_ACTIVATED


def test_a_redirect_is_not_followed() -> None:
    with serving(TAKEN) as elsewhere, pytest.raises(WorkstationError) as caught:
        submit(answer(307, "", Location=elsewhere.url))

    assert caught.value.facts["vendor_code"] == "HTTP 307"
    assert elsewhere.seen == []


def test_polls_give_up_after_four_tries_with_growing_waits() -> None:
    clock = TurnedClock()
    with serving(answer(503, "")) as server, pytest.raises(WorkstationError) as caught:
        client(server.url, clock=clock).call(POLL, CallKind.POLL)

    assert caught.value.code is ErrorCode.SERVICE_FAILED
    assert len(server.seen) == 4
    assert sum(clock.slept_s) >= 3.0


def test_each_try_is_signed_anew() -> None:
    with serving(answer(503, ""), TAKEN) as server:
        client(server.url).call(POLL, CallKind.POLL)

    first, second = (seen.values["x-acs-signature-nonce"] for seen in server.seen)
    assert first != second


def test_a_wrong_key_is_not_tried_again() -> None:
    with serving(answer(400, '{"Code":"SignatureDoesNotMatch"}')) as server, pytest.raises(WorkstationError):
        client(server.url).call(POLL, CallKind.POLL)

    assert len(server.seen) == 1


def test_a_cancelled_call_is_not_sent() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with serving(TAKEN) as server, pytest.raises(Cancelled):
        client(server.url).call(SUBMIT, CallKind.SUBMIT, cancel)

    assert server.seen == []


def test_loopback_ignores_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", closed_port())
    monkeypatch.setenv("ALL_PROXY", closed_port())

    assert submit(TAKEN).request_id == "A1"


def test_nothing_that_was_sent_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        submit(TAKEN)

    assert "secret" not in caplog.text
    assert "testid" not in caplog.text


def test_a_failed_call_keeps_no_trace_of_what_was_sent() -> None:
    error = refusal(hang_up)

    assert error.__cause__ is None
    assert error.__suppress_context__
    assert "secret" not in repr(error)
