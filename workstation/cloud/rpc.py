"""One RPC call: sign, send, and say for certain, or honestly not, what became of it.

A call that may be charged is sent once. If it failed before a byte was sent it is UNREACHABLE; if it failed later
without a documented answer it is OUTCOME_UNKNOWN, and only a person decides what happens then. Calls that only ask are
repeated.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlencode, urlsplit

from workstation.cloud import signing_v1, signing_v3
from workstation.cloud.caller import Caller, decode, text_of, unanswered
from workstation.cloud.http import USER_AGENT
from workstation.cloud.meaning import is_documented, meaning
from workstation.cloud.throttle import Throttle
from workstation.cloud.wire import form
from workstation.domain.credentials import Credentials
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.request import CallKind, RpcAnswer, ServiceCall
from workstation.domain.work import CancelToken, Clock

if TYPE_CHECKING:
    import httpx

Signing = Literal["v1", "v3"]

_READ_S: Final = 60.0


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
        self._credentials, self._signing, self._clock = credentials, signing, clock
        self._caller = Caller(self._base, throttle, clock, transport, read_s)

    def __repr__(self) -> str:
        return f"RpcClient({self._base!r}, {self._signing})"

    def close(self) -> None:
        self._caller.close()

    def call(self, call: ServiceCall, kind: CallKind, cancel: CancelToken | None = None) -> RpcAnswer:
        """Send one call, when it is its turn.

        cancel  looked at until the call is sent and between repetitions, never in the middle of a paid call
        raises  UNREACHABLE (nothing was sent), OUTCOME_UNKNOWN (only SUBMIT: it may have been taken and charged),
                TIMED_OUT, BAD_ANSWER (only POLL), what a documented error answer means, Cancelled
        """
        return self._caller.call(
            call.product, kind, cancel or CancelToken(), lambda client: self._request(call, client), _judge
        )

    def _request(self, call: ServiceCall, client: httpx.Client) -> httpx.Request:
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
        return client.build_request(call.method, url, headers=headers, content=body or None)


def _host(scheme: str, netloc: str) -> str:
    own_port = {"https": ":443", "http": ":80"}.get(scheme, "")
    return netloc.removesuffix(own_port) if own_port else netloc


def _judge(status: int, headers: dict[str, str], content: bytes, kind: CallKind) -> RpcAnswer:
    """The answer, or the error that it is."""
    body, raw = decode(content)
    # One action's whole answer has lower-case keys.
    request_id = text_of(body, "RequestId") or text_of(body, "requestId") or headers.get("x-acs-request-id", "")
    code = text_of(body, "Code")
    if status == 407:
        raise WorkstationError(ErrorCode.UNREACHABLE, cause="proxy")
    if status // 100 == 2:
        if body is None or not request_id:
            raise unanswered(kind, "unreadable", ErrorCode.BAD_ANSWER, request_id)
        if is_documented(code) and "Data" not in body:
            raise meaning(code, status, text_of(body, "Message"), request_id)
        return RpcAnswer(body=body, request_id=request_id, raw=raw)
    if (status >= 500 or status == 408) and not is_documented(code):
        raise unanswered(kind, f"HTTP {status}", ErrorCode.SERVICE_FAILED, request_id)
    error = meaning(code, status, text_of(body, "Message"), request_id)
    if error.code is ErrorCode.NONCE_USED and kind is CallKind.SUBMIT:
        # Our nonces are 128 random bits: only this very request can have shown it to the service, so something on the
        # way sent it twice, and the first one may have been taken.
        raise unanswered(kind, "replayed", ErrorCode.NONCE_USED, request_id)
    raise error
