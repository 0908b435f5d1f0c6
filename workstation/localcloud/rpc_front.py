"""The RPC door at `/`: one base address for every product, told apart by version and action."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from workstation.localcloud.job_list import JobList
from workstation.localcloud.jobs import Jobs
from workstation.localcloud.objects import space_checked
from workstation.localcloud.operations.row import VIAPI, Answer, Mode, Operation
from workstation.localcloud.parameters import Reachable, check
from workstation.localcloud.refusal import NoSpace, RpcRefusal
from workstation.localcloud.rpc_access import Nonces, RpcRequest, authenticate

log = logging.getLogger(__name__)
_LARGEST_BODY: Final = 4 * 1024**2
_ACCEPTED: Final = "The job was accepted. Ask GetAsyncJobResult of the same product with this RequestId as JobId."


async def read_request(request: Request) -> RpcRequest:
    """The whole request. raises RpcRefusal when it is longer than any call can be"""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_BODY:
            raise RpcRefusal("InvalidParameter.TooLarge", "The request is too long.", 413)
    return RpcRequest(
        method=request.method,
        query=request.scope["query_string"],
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
    )


def action_of(asked: RpcRequest) -> str:
    """The action as it is claimed, nothing checked; for counts and the fault plan."""
    if header := asked.headers.get("x-acs-action"):
        return header
    for text in (asked.query, asked.body):
        if claimed := parse_qs(text.decode("latin-1")).get("Action"):
            return claimed[0]
    return "Unknown"


class RpcFront:
    """Checks and answers calls. One key, as for one customer."""

    def __init__(
        self,
        *,
        operations: tuple[Operation, ...],
        jobs: Jobs,
        listed: JobList,
        key_id: str,
        secret: str,
        region: str,
        nonces: Nonces,
        reachable: Reachable,
        now: Callable[[], float],
    ) -> None:
        self._rows = {(row.product.version, row.action): row for row in operations}
        self._versions = {row.product.version for row in operations}
        self._jobs, self._list, self._key_id, self._secret, self._region = jobs, listed, key_id, secret, region
        self._nonces, self._reachable, self._now = nonces, reachable, now

    async def serve(self, asked: RpcRequest, skew_s: float = 0.0, times: int = 1) -> Response:
        """skew_s, times  from the fault plan: how far the clock is off, how often the call is carried out"""
        try:
            with space_checked():
                call = authenticate(asked, self._key_id, self._secret, self._region, self._now() + skew_s, self._nonces)
                operation = self._operation(asked.method, call.version, call.action)
                return [await self._answer(operation, call.parameters) for _ in range(times)][-1]
        except RpcRefusal as refused:
            return refusal(refused, asked.headers.get("host", ""))
        except NoSpace:
            full = RpcRefusal("InternalError", "The local service has no space left.")
            return refusal(full, asked.headers.get("host", ""))

    def _operation(self, method: str, version: str, action: str) -> Operation:
        if version not in self._versions:
            raise RpcRefusal("InvalidVersion", "Specified parameter Version is not valid.")
        operation = self._rows.get((version, action))
        if operation is None:
            raise RpcRefusal("UnsupportedOperation", "The specified action is not supported.")
        if method not in operation.methods:
            raise RpcRefusal("UnsupportedHTTPMethod", "The HTTP method is not allowed for this action.")
        return operation

    async def _answer(self, operation: Operation, parameters: Mapping[str, str]) -> Response:
        checked = check(operation, parameters, self._reachable)
        if operation.is_job(checked):
            job = self._jobs.submit(operation, checked)
            return JSONResponse({"RequestId": job, "Message": _ACCEPTED})
        if operation.mode is Mode.AT_ONCE:
            return JSONResponse(operation.wrap(request_id(), await self._jobs.answer(operation, checked)))
        if operation.mode is Mode.JOB_LIST:
            return _done({"Data": self._list.page(checked)})
        if operation.mode is Mode.JOB_CANCEL:
            self._list.cancel(checked.values["JobId"])
            return _done({})
        return self._job_result(operation, checked.values["JobId"])

    def _job_result(self, operation: Operation, asked: str) -> Response:
        job = self._jobs.find(None if operation.product == VIAPI else operation.product.code, asked)
        if job is None:
            code, status = operation.product.wrong or ("InvalidParameter", 400)
            raise RpcRefusal(code, "The parameter JobId names no job of this product.", status)
        data = {
            "JobId": job.id,
            "Status": job.status,
            "Result": job.result,
            "ErrorCode": job.error_code,
            "ErrorMessage": job.error_message,
        }
        known = {name: value for name, value in data.items() if value is not None}
        return JSONResponse({"RequestId": request_id(), "Data": known})


def _done(more: Answer) -> Response:
    """As the product answers that asks about jobs of others."""
    return JSONResponse({"RequestId": request_id(), "Success": True, "HttpCode": 200, "Message": "", **more})


def request_id() -> str:
    return str(uuid.uuid4()).upper()


def refusal(refused: RpcRefusal, host: str) -> Response:
    """The documented error answer."""
    body = {"RequestId": request_id(), "HostId": host, "Code": refused.code, "Message": refused.message}
    return JSONResponse(body, refused.status)
