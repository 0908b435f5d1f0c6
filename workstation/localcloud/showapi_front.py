"""The second gateway at `/showapi`: points with a key in the address and a form, every answer in one envelope.

Success is told twice: `showapi_res_code` 0 says that the gateway took the call, `ret_code` 0 inside that the service
behind did. The gateway's own codes are those of its general table. Every data source (`ds_id`) stands for the one
customer that this service has. The status is always 200, as the gateway's.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Mapping
from typing import Final

from starlette.responses import JSONResponse, Response

from workstation.localcloud import signatures
from workstation.localcloud.jobs import Jobs
from workstation.localcloud.objects import space_checked
from workstation.localcloud.operations.row import Answer, Checked, Mode
from workstation.localcloud.operations.showapi import POINTS, Point
from workstation.localcloud.parameters import Reachable, check
from workstation.localcloud.query import Repeated, decode_query
from workstation.localcloud.refusal import NoSpace, RpcRefusal
from workstation.localcloud.rpc_access import RpcRequest
from workstation.localcloud.rpc_front import request_id

GATEWAY_S: Final = 5.0  # the gateway waits no longer for the service behind
_FORM: Final = "application/x-www-form-urlencoded"
_TIMED_OUT, _NO_SUCH_POINT, _KEY_MISSING, _THROTTLED, _KEY_UNKNOWN = -3, -6, -1002, -1009, -1010
_REFUSED_BEHIND: Final = -1
_BY_CODE: Final[Mapping[str, Point]] = {point.code: point for point in POINTS}
_IN_ARRAY: Final = frozenset(point.behind.action for point in POINTS if point.in_array)


def point_of(path: str) -> str:
    """The point that a path asks for, nothing checked; for counts and the fault plan."""
    code = path.removeprefix("/showapi").strip("/")
    return code if code in _BY_CODE else "showapi"


class ShowApiFront:
    """Checks and answers calls. One key, as for one customer."""

    def __init__(self, jobs: Jobs, app_key: str, reachable: Reachable) -> None:
        self._jobs, self._app_key, self._reachable = jobs, app_key, reachable

    async def serve(self, asked: RpcRequest, point: str, *, delay_s: float = 0.0, times: int = 1) -> Response:
        """delay_s, times  from the fault plan: how late the service behind is, how often the call is carried out"""
        refused = self._stopped(asked, point)
        if refused is not None:
            return refused
        response = await self._behind(asked, _BY_CODE[point], times)
        await asyncio.sleep(min(delay_s, GATEWAY_S))
        late = refused_here(_TIMED_OUT, "The service behind did not answer in time.")
        return late if delay_s > GATEWAY_S else response

    async def _behind(self, asked: RpcRequest, point: Point, times: int) -> Response:
        try:
            with space_checked():
                parameters = _form(asked)
                answers = [await self._answer(point, parameters) for _ in range(times)]
        except RpcRefusal as refusal:
            return refused_behind(refusal)
        except NoSpace:
            return refused_behind(RpcRefusal("InternalError", "The local service has no space left."))
        return _envelope(0, "", {"ret_code": 0, "remark": "", "RequestId": request_id(), **answers[-1]}, fee=1)

    def _stopped(self, asked: RpcRequest, point: str) -> Response | None:
        if point not in _BY_CODE or asked.method not in _BY_CODE[point].front.methods:
            return refused_here(_NO_SUCH_POINT, "No such API point.")
        try:
            query = decode_query(asked.query)
        except (UnicodeDecodeError, Repeated):
            query = {}
        if not query.get("appKey"):
            return refused_here(_KEY_MISSING, "The parameter appKey is missing in the address.")
        if not signatures.same(self._app_key, query["appKey"]):
            return refused_here(_KEY_UNKNOWN, "This application is not known.")
        return None

    async def _answer(self, point: Point, parameters: Mapping[str, str]) -> Answer:
        checked = check(point.front, parameters, self._reachable)
        if point.behind.mode is Mode.JOB_QUERY:
            return {"Data": self._job(checked)}
        passed = point.passed_on(checked)
        if point.behind.mode is Mode.JOB:
            return {"RequestId": self._jobs.submit(point.behind, passed)}
        return point.behind.wrap(request_id(), await self._jobs.answer(point.behind, passed))

    def _job(self, checked: Checked) -> Answer:
        job = self._jobs.find("imageprocess", checked.values["JobId"])
        if job is None:
            raise RpcRefusal("InvalidParameter", "The parameter JobId names no job of this product.")
        result = job.result
        if result is not None and job.action in _IN_ARRAY:
            result = json.dumps([json.loads(result)], ensure_ascii=False)
        data = {
            "JobId": job.id,
            "Status": job.status,
            "Result": result,
            "ErrorCode": job.error_code,
            "ErrorMessage": job.error_message,
        }
        return {name: value for name, value in data.items() if value is not None}


def _form(asked: RpcRequest) -> dict[str, str]:
    """The business parameters: a form, and nothing but the key in the address. raises RpcRefusal"""
    kind = asked.headers.get("content-type", "").partition(";")[0].strip().lower()
    if asked.body and kind != _FORM:
        raise RpcRefusal("InvalidParameter", f"The body must be a form ({_FORM}).")
    if set(decode_query(asked.query)) != {"appKey"}:
        raise RpcRefusal("InvalidParameter", "Only appKey may stand in the address.")
    try:
        return decode_query(asked.body)
    except (UnicodeDecodeError, Repeated) as error:
        raise RpcRefusal("InvalidParameter", "Parameters must be UTF-8, each name once.") from error


def throttled() -> Response:
    return refused_here(_THROTTLED, "Too many calls.")


def refused_here(code: int, message: str) -> Response:
    """The gateway did not pass the call on, or got nothing back."""
    return _envelope(code, message, {})


def refused_behind(refused: RpcRefusal) -> Response:
    """The service behind said no; its code and message stand beside the gateway's own two fields."""
    inside: Answer = {
        "ret_code": _REFUSED_BEHIND,
        "remark": refused.message,
        "RequestId": request_id(),
        "Code": refused.code,
        "Message": refused.message,
    }
    return _envelope(0, "", inside)


def _envelope(code: int, message: str, inside: Answer, fee: int = 0) -> Response:
    return JSONResponse(
        {
            "showapi_res_code": code,
            "showapi_res_error": message,
            "showapi_res_id": uuid.uuid4().hex,
            "showapi_fee_num": fee,
            "showapi_res_body": inside,
        }
    )
