"""One call through the ShowAPI gateway: key in the address, a form as body, success told on two levels.

The document of the points (OpenAPI of API 2477) names the envelope and no codes. What the codes mean is the gateway's
general table, as its users quote it; one that is not there counts as a refusal only where nothing can have been done.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from workstation.cloud.caller import Caller, decode, text_of, unanswered
from workstation.cloud.http import USER_AGENT
from workstation.cloud.meaning import meaning
from workstation.cloud.throttle import Throttle
from workstation.cloud.wire import form
from workstation.domain.credentials import Credentials
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.request import CallKind, RpcAnswer, ServiceCall
from workstation.domain.work import CancelToken, Clock

if TYPE_CHECKING:
    import httpx

_C = ErrorCode
_READ_S: Final = 20.0  # the gateway gives up after 5 s itself
_GATEWAY: Final[Mapping[int, ErrorCode]] = MappingProxyType(
    {
        -2: _C.IN_DEBT,  # no calls or money left
        -5: _C.SERVICE_FAILED,  # the service behind has no address
        -6: _C.NOT_ACTIVATED,  # no such service
        -1000: _C.SERVICE_FAILED,  # maintenance
        -1002: _C.WRONG_KEY,
        -1003: _C.WRONG_KEY,
        -1004: _C.WRONG_SIGNATURE,
        -1005: _C.CLOCK_WRONG,
        -1006: _C.FORBIDDEN,
        -1007: _C.NOT_ACTIVATED,  # not ordered
        -1008: _C.FORBIDDEN,
        -1009: _C.THROTTLED,
        -1010: _C.WRONG_KEY,
        -1011: _C.WRONG_KEY,
        -1012: _C.WRONG_KEY,
        -1013: _C.FORBIDDEN,
    }
)
_OPEN: Final = frozenset({-1, -3, -4})  # failed behind the gateway: the service may have taken the call


class ShowApiClient:
    """Calls points of one API. Safe between threads; `close` when done.

    endpoint   base address, `https://host[:port][/path]`; the action of a call is the rest: `2477-1`
    source_id  `ds_id`: the grant that stands for the keys of the service behind
    """

    def __init__(
        self,
        endpoint: str,
        credentials: Credentials,
        source_id: str,
        throttle: Throttle,
        clock: Clock,
        transport: httpx.BaseTransport | None = None,
        *,
        read_s: float = _READ_S,
    ) -> None:
        self._base, self._source_id = endpoint.rstrip("/"), source_id
        self._credentials = credentials
        self._caller = Caller(self._base, throttle, clock, transport, read_s)

    def __repr__(self) -> str:
        return f"ShowApiClient({self._base!r})"

    def close(self) -> None:
        self._caller.close()

    def call(self, call: ServiceCall, kind: CallKind, cancel: CancelToken | None = None) -> RpcAnswer:
        """Send one call, when it is its turn.

        returns the inside of `showapi_res_body` as the answer, the envelope's own fields beside it; its `RequestId` is
                the job's number
        raises  as `RpcClient.call`
        """
        token = cancel or CancelToken()
        return self._caller.call(call.product, kind, token, lambda client: self._request(call, client), _judge)

    def _request(self, call: ServiceCall, client: httpx.Client) -> httpx.Request:
        query = urlencode({"appKey": self._credentials.app_key, **call.query})
        headers = {
            "user-agent": USER_AGENT,
            "accept": "application/json",
            "accept-encoding": "identity",
            "content-type": "application/x-www-form-urlencoded",
        }
        body = form({"ds_id": self._source_id, **call.body})
        return client.build_request("POST", f"{self._base}/{call.action}?{query}", headers=headers, content=body)


def _judge(status: int, headers: dict[str, str], content: bytes, kind: CallKind) -> RpcAnswer:
    """The answer, or the error that it is: first the gateway's code, then the service's."""
    body, _ = decode(content)
    number = text_of(body, "showapi_res_id")
    if status == 407:
        raise WorkstationError(_C.UNREACHABLE, cause="proxy")
    if status // 100 != 2 and body is None:
        if status >= 500 or status == 408:
            raise unanswered(kind, f"HTTP {status}", _C.SERVICE_FAILED)
        raise meaning("", status)
    code = _whole(body, "showapi_res_code")
    if body is None or code is None:
        raise unanswered(kind, "unreadable", _C.BAD_ANSWER, number)
    if code in _OPEN:
        raise unanswered(kind, f"gateway {code}", _C.TIMED_OUT if code == -3 else _C.SERVICE_FAILED, number)
    if code != 0:
        known = _GATEWAY.get(code)
        facts = {"vendor_code": f"ShowAPI {code}" if known else "showapi_res_code != 0"}
        raise WorkstationError(known or _C.REFUSED, **facts | ({"request_id": number} if number else {}))
    inside = body.get("showapi_res_body")
    if not isinstance(inside, dict):
        raise unanswered(kind, "unreadable", _C.BAD_ANSWER, number)
    request_id = text_of(inside, "RequestId") or text_of(inside, "requestId") or number
    if (told := _whole(inside, "ret_code")) != 0:
        if told is None:
            raise unanswered(kind, "unreadable", _C.BAD_ANSWER, request_id)
        raise meaning(text_of(inside, "Code") or "ret_code != 0", 400, text_of(inside, "Message"), request_id)
    if not request_id:
        raise unanswered(kind, "unreadable", _C.BAD_ANSWER)
    answer = {name: value for name, value in body.items() if name != "showapi_res_body"} | inside
    return RpcAnswer(body=answer, request_id=request_id, raw=json.dumps(answer, ensure_ascii=False))


def _whole(body: Mapping[str, object] | None, name: str) -> int | None:
    """An integer, also as text: the document writes numbers as texts."""
    value = body.get(name) if body is not None else None
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return int(float(value))
    except ValueError:
        return None
