"""One RPC call: sign, send, and say for certain, or honestly not, what became of it.

A call that may be charged is sent once. If it failed before a byte was sent it is UNREACHABLE; if it failed later
without a documented answer it is OUTCOME_UNKNOWN, and only a person decides what happens then. Calls that only ask are
repeated.
"""

from __future__ import annotations

import json
import secrets
import threading
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlencode, urlsplit

from workstation.cloud import signing_v1, signing_v3
from workstation.cloud.http import USER_AGENT, open_client, unreachable, was_not_sent
from workstation.cloud.meaning import is_documented, meaning
from workstation.cloud.retry import repeat
from workstation.cloud.throttle import Throttle
from workstation.cloud.wire import form
from workstation.domain.credentials import Credentials
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.request import CallKind, RpcAnswer, ServiceCall
from workstation.domain.words import Fact
from workstation.domain.work import CancelToken, Clock

if TYPE_CHECKING:
    import httpx

Signing = Literal["v1", "v3"]

ANSWER_LIMIT_BYTES: Final = 64 * 1024**2
DEPTH_LIMIT: Final = 64
_READ_S: Final = 60.0
_WHOLE_ANSWER_S: Final = 600.0


class RpcClient:
    """Calls the actions of one service address. Safe between threads; `close` when done."""

    def __init__(
        self,
        endpoint: str,
        credentials: Credentials,
        signing: Signing,
        throttle: Throttle,
        clock: Clock,
        transport: httpx.BaseTransport | None = None,
        *,
        read_s: float = _READ_S,
    ) -> None:
        """
        endpoint   base address, `https://host[:port]`
        transport  the network unless given
        read_s     longest silence of the service, seconds
        """
        parts = urlsplit(endpoint)
        self._base, self._host = f"{parts.scheme}://{parts.netloc}", _host(parts.scheme, parts.netloc)
        self._credentials, self._signing, self._throttle, self._clock = credentials, signing, throttle, clock
        self._transport, self._read_s = transport, read_s
        self._clients: dict[CallKind, httpx.Client] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"RpcClient({self._base!r}, {self._signing})"

    def close(self) -> None:
        while self._clients:
            self._clients.popitem()[1].close()

    def call(self, call: ServiceCall, kind: CallKind, cancel: CancelToken | None = None) -> RpcAnswer:
        """Send one call, when it is its turn.

        cancel  looked at until the call is sent and between repetitions, never in the middle of a paid call
        raises  UNREACHABLE (nothing was sent), OUTCOME_UNKNOWN (only SUBMIT: it may have been taken and charged),
                TIMED_OUT, BAD_ANSWER (only POLL), what a documented error answer means, Cancelled
        """
        token = cancel or CancelToken()
        if kind is CallKind.SUBMIT:
            return self._attempt(call, kind, token)
        return repeat(lambda: self._attempt(call, kind, token), self._clock, token)

    def _attempt(self, call: ServiceCall, kind: CallKind, cancel: CancelToken) -> RpcAnswer:
        import httpx

        self._throttle.wait(call.product, kind, cancel)
        request = self._request(call, kind)
        cancel.check()
        try:
            response, content = self._send(request, kind)
        except httpx.TransportError as error:
            if was_not_sent(error):
                raise unreachable(error) from None
            cause = "timeout" if isinstance(error, httpx.TimeoutException) else "broken"
            raise _unanswered(kind, cause, ErrorCode.TIMED_OUT) from None
        except (httpx.DecodingError, _TooMuch):
            raise _unanswered(kind, "unreadable", ErrorCode.BAD_ANSWER) from None
        return _judge(response.status_code, dict(response.headers), content, kind)

    def _request(self, call: ServiceCall, kind: CallKind) -> httpx.Request:
        """Method, path, query, headers and body as the official client sends them for the same call."""
        body = form(call.body) if call.body else b""
        at, nonce = self._clock.now(), secrets.token_hex(16)
        if self._signing == "v3":
            query = dict(call.query)
            headers = signing_v3.signed_headers(call, self._host, USER_AGENT, body, self._credentials, at, nonce)
        else:
            query = signing_v1.signed_query(call, self._credentials, at, nonce)
            headers = signing_v1.headers(call, self._host, USER_AGENT, body, self._credentials)
        headers["accept-encoding"] = "identity"
        url = f"{self._base}/?{urlencode(query)}" if query else f"{self._base}/"
        return self._client(kind).build_request(call.method, url, headers=headers, content=body or None)

    def _client(self, kind: CallKind) -> httpx.Client:
        with self._lock:
            if kind not in self._clients:
                self._clients[kind] = open_client(
                    self._base, read_s=self._read_s, keep_alive=kind is CallKind.POLL, transport=self._transport
                )
            return self._clients[kind]

    def _send(self, request: httpx.Request, kind: CallKind) -> tuple[httpx.Response, bytes]:
        response = self._client(kind).send(request, stream=True)
        content, until_s = bytearray(), self._clock.monotonic() + _WHOLE_ANSWER_S
        try:
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > ANSWER_LIMIT_BYTES or self._clock.monotonic() > until_s:
                    raise _TooMuch
        finally:
            response.close()
        return response, bytes(content)


class _TooMuch(Exception):
    """The answer is larger, or takes longer, than any real one."""


def _host(scheme: str, netloc: str) -> str:
    own_port = {"https": ":443", "http": ":80"}.get(scheme, "")
    return netloc.removesuffix(own_port) if own_port else netloc


def _unanswered(kind: CallKind, cause: str, otherwise: ErrorCode, request_id: str = "") -> WorkstationError:
    """The error of a call that was sent and not answered as documented."""
    facts: dict[str, Fact] = {"cause": cause}
    if request_id:
        facts["request_id"] = request_id
    if kind is CallKind.SUBMIT:
        return WorkstationError(ErrorCode.OUTCOME_UNKNOWN, **facts)
    return WorkstationError(otherwise, **facts | {"where": cause, "vendor_code": cause})


def _judge(status: int, headers: dict[str, str], content: bytes, kind: CallKind) -> RpcAnswer:
    """The answer, or the error that it is."""
    body, raw = _decode(content)
    # One action's whole answer has lower-case keys.
    request_id = _text(body, "RequestId") or _text(body, "requestId") or headers.get("x-acs-request-id", "")
    code = _text(body, "Code")
    if status == 407:
        raise WorkstationError(ErrorCode.UNREACHABLE, cause="proxy")
    if status // 100 == 2:
        if body is None or not request_id:
            raise _unanswered(kind, "unreadable", ErrorCode.BAD_ANSWER, request_id)
        if is_documented(code) and "Data" not in body:
            raise meaning(code, status, _text(body, "Message"), request_id)
        return RpcAnswer(body=body, request_id=request_id, raw=raw)
    if (status >= 500 or status == 408) and not is_documented(code):
        raise _unanswered(kind, f"HTTP {status}", ErrorCode.SERVICE_FAILED, request_id)
    error = meaning(code, status, _text(body, "Message"), request_id)
    if error.code is ErrorCode.NONCE_USED and kind is CallKind.SUBMIT:
        # Our nonces are 128 random bits: only this very request can have shown it to the service, so something on the
        # way sent it twice, and the first one may have been taken.
        raise _unanswered(kind, "replayed", ErrorCode.NONCE_USED, request_id)
    raise error


def _text(body: dict[str, object] | None, name: str) -> str:
    value = body.get(name) if body else None
    return value if isinstance(value, str) else ""


def _decode(content: bytes) -> tuple[dict[str, object] | None, str]:
    """The JSON object and its text; None if it is none, or too deep to be one of ours."""
    try:
        raw = content.decode()
        body = json.loads(raw, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None, ""
    return (body, raw) if isinstance(body, dict) and _depth_is_sane(body) else (None, "")


def _refuse(constant: str) -> object:
    raise ValueError(constant)


def _depth_is_sane(value: object) -> bool:
    level: list[object] = [value]
    for _ in range(DEPTH_LIMIT):
        below: list[object] = []
        for item in level:
            if isinstance(item, dict):
                below += item.values()
            elif isinstance(item, list):
                below += item
        if not below:
            return True
        level = below
    return False
