"""The service as one: fronts, store, jobs and faults on one loopback port."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import sqlite3
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from workstation.localcloud import note, oss_front, rpc_front, showapi_front, state
from workstation.localcloud.database import open_database
from workstation.localcloud.defects import frames_of
from workstation.localcloud.engine_pool import Engine, EnginePool, built_in_engine
from workstation.localcloud.faults import Fault, FaultKind, FaultPlan
from workstation.localcloud.fetching import is_own_store
from workstation.localcloud.job_list import JobList
from workstation.localcloud.jobs import JobRules, Jobs
from workstation.localcloud.objects import Shelves
from workstation.localcloud.operations import OPERATIONS
from workstation.localcloud.oss_access import Key
from workstation.localcloud.owners import Owners
from workstation.localcloud.refusal import OssRefusal, RpcRefusal
from workstation.localcloud.result_files import ResultFiles
from workstation.localcloud.rpc_access import Nonces
from workstation.localcloud.wire import Wires, halving, protocol

log = logging.getLogger(__name__)
_LOOPBACK: Final = "127.0.0.1"
_LONGEST_HEAD: Final = 1 << 20  # a call with all of 600 addresses in its request line, as the documents allow


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudOptions:
    """state     folder of everything that outlives the process; one service at a time
    port      0: the one used last, or any
    owner     process the service is for; None: it serves until it is stopped
    record    folder for every byte received, one file a connection
    max_bytes of all objects together
    """

    state: Path
    port: int = 0
    truth_dirs: tuple[Path, ...] = ()
    least_job_s: float = 0.5
    owner: int | None = None
    record: Path | None = None
    max_bytes: int | None = None
    workers: int = 1


class _Server(uvicorn.Server):
    """Jobs end before the door closes: one that fetches from our own store would else fail for want of it."""

    def __init__(self, config: uvicorn.Config, jobs: Jobs) -> None:
        super().__init__(config)
        self._jobs = jobs

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._jobs.close()
        await super().shutdown(sockets)


class LocalCloud:
    """One service over one state folder, whose lock the caller holds."""

    def __init__(
        self,
        options: CloudOptions,
        *,
        faults: FaultPlan | None = None,
        engine: Engine = built_in_engine,
        executor: Executor | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._options, self._now = options, now
        self._faults = faults or FaultPlan()
        self._pool = EnginePool(engine, workers=options.workers, executor=executor)
        self._keys = state.load_keys(options.state)
        self._wires = Wires(options.record)
        self._owners = Owners(options.owner)
        self._socket = _listen(options.port, state.last_port(options.state))
        self._server: uvicorn.Server | None = None
        base = f"http://{_LOOPBACK}:{self._socket.getsockname()[1]}"
        self.running = note.Running(
            rpc=base,
            oss=base,
            showapi=f"{base}/showapi",
            region=state.REGION,
            bucket=self._keys.bucket,
            access_key_id=self._keys.access_key_id,
            access_key_secret=self._keys.access_key_secret,
            app_key=self._keys.app_key,
        )

    def run(self, ready: Callable[[note.Running], None]) -> None:
        """Serve until stopped; `ready` is called once the first request can come. raises OSError, sqlite3.Error"""
        asyncio.run(self._run(ready))

    def stop(self) -> None:
        """End `run` soon; from any thread."""
        if self._server is not None:
            self._server.should_exit = True

    async def _run(self, ready: Callable[[note.Running], None]) -> None:
        with closing(open_database(self._options.state / "cloud.sqlite")) as database:
            self._furnish(database)
            config = uvicorn.Config(
                self._serve,
                http=protocol(self._wires),
                ws="none",
                loop="asyncio",
                interface="asgi3",
                lifespan="off",
                log_config=None,
                access_log=False,
                log_level="critical",  # its messages hold addresses; ours don't
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=30,
                timeout_graceful_shutdown=2,
                h11_max_incomplete_event_size=_LONGEST_HEAD,
            )
            self._server = _Server(config, self._jobs)
            serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
            while not self._server.started and not serving.done():
                await asyncio.sleep(0.01)
            self._write_note()
            self._jobs.resume()
            watching = asyncio.create_task(self._watch_owners(self._server))
            ready(self.running)
            try:
                await serving
            finally:
                watching.cancel()
                await self._jobs.close()

    def _furnish(self, database: sqlite3.Connection) -> None:
        keys, options = self._keys, self._options
        shelves = Shelves(options.state / "objects", database, self._now, options.max_bytes)
        rules = JobRules(least_s=options.least_job_s, truth_dirs=options.truth_dirs)
        self._database = database
        service_key = Key(keys.service_key_id, keys.service_key_secret, frozenset({keys.result_bucket}))
        files = ResultFiles(shelves, self.running.oss, service_key, keys.result_bucket, self._now)
        self._jobs = Jobs(options.state / "jobs", database, self._pool, OPERATIONS, files, self._now, rules)
        self._oss = oss_front.OssFront(
            shelves,
            {
                keys.access_key_id: Key(keys.access_key_id, keys.access_key_secret, frozenset({keys.bucket})),
                keys.service_key_id: service_key,
            },
            state.REGION,
            self._now,
        )
        self._rpc = rpc_front.RpcFront(
            operations=OPERATIONS,
            jobs=self._jobs,
            listed=JobList(database, self._now),
            key_id=keys.access_key_id,
            secret=keys.access_key_secret,
            region=state.REGION,
            nonces=Nonces(database),
            reachable=lambda address: is_own_store(address, self.running.port),
            now=self._now,
        )
        self._showapi = showapi_front.ShowApiFront(
            self._jobs, keys.app_key, lambda address: is_own_store(address, self.running.port)
        )

    def _write_note(self) -> None:
        facts = {"pid": os.getpid(), "port": self.running.port, "line": self.running.line()}
        state.write_private(self._options.state / note.NOTE, json.dumps(facts))

    async def _watch_owners(self, server: uvicorn.Server) -> None:
        while not (self._owners.gone() and not self._jobs.running):
            await asyncio.sleep(1.0)
        server.should_exit = True

    # requests

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        path: str = scope["path"]
        try:
            if path.startswith("/-/"):
                await self._own_page(request)(scope, receive, send)
            elif path == "/showapi" or path.startswith("/showapi/"):
                await self._serve_showapi(request, send)
            elif path in ("/", ""):
                await self._serve_rpc(request, send)
            else:
                await self._serve_oss(request, send)
        except ClientDisconnect:
            log.info("a caller went away")
        except Exception as defect:  # noqa: BLE001  the edge of the service
            log.error("defect: %s", frames_of(defect))
            self._wires.cut(scope)

    async def _serve_rpc(self, request: Request, send: Send) -> None:
        host = request.headers.get("host", "")
        try:
            asked = await rpc_front.read_request(request)
        except RpcRefusal as refused:
            await rpc_front.refusal(refused, host)(request.scope, request.receive, send)
            return
        action = rpc_front.action_of(asked)
        faults = self._faults.take(action)
        response = await self._before(request, faults, action)
        if response is None and FaultKind.THROTTLE in faults:
            response = rpc_front.refusal(
                RpcRefusal("Throttling.User", "Request was denied due to user flow control."), host
            )
        if response is None:
            skew_s = faults[FaultKind.SKEW].seconds if FaultKind.SKEW in faults else 0.0
            response = await self._rpc.serve(asked, skew_s, times=2 if FaultKind.DUPLICATE in faults else 1)
        await self._after(request, response, faults, action, send)

    async def _serve_showapi(self, request: Request, send: Send) -> None:
        point = showapi_front.point_of(request.scope["path"])
        try:
            asked = await rpc_front.read_request(request)
        except RpcRefusal as refused:
            await showapi_front.refused_behind(refused)(request.scope, request.receive, send)
            return
        faults = self._faults.take(point)
        late = faults.pop(FaultKind.DELAY, None)  # of the service behind: this gateway has a patience of its own
        response = await self._before(request, faults, point)
        if response is None and FaultKind.THROTTLE in faults:
            response = showapi_front.throttled()
        if response is None:
            delay_s = late.seconds if late is not None else 0.0
            times = 2 if FaultKind.DUPLICATE in faults else 1
            response = await self._showapi.serve(asked, point, delay_s=delay_s, times=times)
        await self._after(request, response, faults, point, send)

    async def _serve_oss(self, request: Request, send: Send) -> None:
        operation = oss_front.operation_of(request)
        faults = self._faults.take(operation)
        response = await self._before(request, faults, operation)
        if response is None:
            refused = None
            if FaultKind.THROTTLE in faults:
                refused = OssRefusal("SlowDown", "Please reduce your request rate.")
            elif FaultKind.EXPIRED in faults:
                refused = OssRefusal("AccessDenied", "Request has expired.")
            skew_s = faults[FaultKind.SKEW].seconds if FaultKind.SKEW in faults else 0.0
            response = await self._oss.serve(request, operation, skew_s, refused)
        await self._after(request, response, faults, operation, send)

    async def _before(self, request: Request, faults: dict[FaultKind, Fault], operation: str) -> Response | None:
        """Faults that come before anything is done; an answer is all that the caller gets."""
        if FaultKind.DELAY in faults:
            self._count(operation, "delayed")
            await asyncio.sleep(faults[FaultKind.DELAY].seconds)
        if FaultKind.DROP_BEFORE in faults:
            self._wires.cut(request.scope)
            self._count(operation, "dropped-before")
            raise ClientDisconnect
        if FaultKind.STATUS in faults:
            await oss_front.drain(request)
            return Response(status_code=faults[FaultKind.STATUS].status)
        return None

    async def _after(
        self, request: Request, response: Response, faults: dict[FaultKind, Fault], operation: str, send: Send
    ) -> None:
        def cut() -> None:
            self._wires.cut(request.scope)

        if FaultKind.DROP_AFTER in faults:
            self._count(operation, "dropped-after")
            cut()
            return
        self._count(operation, str(response.status_code))
        if FaultKind.BAD_JSON in faults:
            response = Response(b'{"RequestId": "', response.status_code, media_type="application/json")
        if FaultKind.HALF_BODY in faults:
            send = halving(send, cut, int(response.headers.get("content-length", 0)))
        await response(request.scope, request.receive, send)

    def _count(self, operation: str, outcome: str) -> None:
        self._database.execute(
            "INSERT INTO calls VALUES (?,?,1) ON CONFLICT (operation, outcome) DO UPDATE SET count=count+1",
            (operation[:60], outcome),
        )

    # our own pages

    def _own_page(self, request: Request) -> Response:
        query, secret = request.query_params, self._keys.access_key_secret
        match request.method, request.scope["path"]:
            case "GET", "/-/health":
                challenge = query.get("challenge", "")[:64]
                return JSONResponse({"proof": note.proof(secret, "health", challenge), "jobs": self._jobs.running})
            case "GET", "/-/calls" if query.get("proof") == note.proof(secret, "calls", ""):
                calls: dict[str, dict[str, int]] = {}
                for operation, outcome, count in self._database.execute("SELECT * FROM calls"):
                    calls.setdefault(operation, {})[outcome] = count
                return JSONResponse({"calls": calls})
            case "POST", "/-/owner" if query.get("proof") == note.proof(secret, "owner", query.get("pid", "")):
                if self._server is None or self._server.should_exit:
                    return Response(status_code=503)
                pid = query.get("pid", "")
                self._owners.add(int(pid) if pid.isdecimal() else None)
                return JSONResponse({})
        return Response(status_code=404)


def _listen(port: int, last: int) -> socket.socket:
    """A loopback socket on `port`; for 0 on the port of last time if it is free, else on any. raises OSError"""
    wanted = [port] if port else [last, 0] if last else [0]
    for number in wanted:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if sys.platform != "win32":
            # There it would let a second service share the port; here it only skips the wait after a kill.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((_LOOPBACK, number))
            listener.listen(256)
        except OSError:
            listener.close()
            if number == wanted[-1]:
                raise
        else:
            return listener
    raise AssertionError("the last port returns or raises")
