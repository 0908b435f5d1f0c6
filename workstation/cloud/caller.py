"""Sending one call and bringing back its whole answer, whatever the protocol: paid calls once, asking ones again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from workstation.cloud.http import open_client, unreachable, was_not_sent
from workstation.cloud.retry import repeat
from workstation.cloud.throttle import Throttle
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.json_text import value_of
from workstation.domain.request import CallKind, RpcAnswer
from workstation.domain.words import Fact
from workstation.domain.work import CancelToken, Clock

if TYPE_CHECKING:
    import httpx

ANSWER_LIMIT_BYTES: Final = 64 * 1024**2
DEPTH_LIMIT: Final = 64
_WHOLE_ANSWER_S: Final = 600.0

Build = Callable[["httpx.Client"], "httpx.Request"]  # made anew for each attempt: it is signed
Judge = Callable[[int, dict[str, str], bytes, CallKind], RpcAnswer]  # status, headers, content → the answer, or raises


class Caller:
    """Sends calls to one base address. Safe between threads; `close` when done.

    read_s  longest silence of the service, seconds; transport: the network unless given
    """

    def __init__(
        self, base: str, throttle: Throttle, clock: Clock, transport: httpx.BaseTransport | None, read_s: float
    ) -> None:
        self._base, self._throttle, self._clock = base, throttle, clock
        self._transport, self._read_s = transport, read_s
        self._clients: dict[CallKind, httpx.Client] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        while self._clients:
            self._clients.popitem()[1].close()

    def call(self, product: str, kind: CallKind, cancel: CancelToken, build: Build, judge: Judge) -> RpcAnswer:
        """Send one call, when it is its turn.

        cancel  looked at until the call is sent and between repetitions, never in the middle of a paid call
        raises  UNREACHABLE (nothing was sent), OUTCOME_UNKNOWN (only SUBMIT: it may have been taken and charged),
                TIMED_OUT, BAD_ANSWER (only POLL), what `judge` raises, Cancelled
        """

        def attempt() -> RpcAnswer:
            return self._attempt(product, kind, cancel, build, judge)

        return attempt() if kind is CallKind.SUBMIT else repeat(attempt, self._clock, cancel)

    def _attempt(self, product: str, kind: CallKind, cancel: CancelToken, build: Build, judge: Judge) -> RpcAnswer:
        import httpx

        self._throttle.wait(product, kind, cancel)
        request = build(self._client(kind))
        cancel.check()
        try:
            response, content = self._send(request, kind)
        except httpx.TransportError as error:
            if was_not_sent(error):
                raise unreachable(error) from None
            cause = "timeout" if isinstance(error, httpx.TimeoutException) else "broken"
            raise unanswered(kind, cause, ErrorCode.TIMED_OUT) from None
        except (httpx.DecodingError, _TooMuch):
            raise unanswered(kind, "unreadable", ErrorCode.BAD_ANSWER) from None
        return judge(response.status_code, dict(response.headers), content, kind)

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


def unanswered(kind: CallKind, cause: str, otherwise: ErrorCode, request_id: str = "") -> WorkstationError:
    """The error of a call that was sent and not answered as documented."""
    facts: dict[str, Fact] = {"cause": cause}
    if request_id:
        facts["request_id"] = request_id
    if kind is CallKind.SUBMIT:
        return WorkstationError(ErrorCode.OUTCOME_UNKNOWN, **facts)
    return WorkstationError(otherwise, **facts | {"where": cause, "vendor_code": cause})


def text_of(body: dict[str, object] | None, name: str) -> str:
    value = body.get(name) if body else None
    return value if isinstance(value, str) else ""


def decode(content: bytes) -> tuple[dict[str, object] | None, str]:
    """The JSON object and its text; None if it is none, or too deep to be one of ours."""
    try:
        raw = content.decode()
        body = value_of(raw, _refuse)
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
