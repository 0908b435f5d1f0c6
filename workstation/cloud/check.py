"""`connection test`: which of name, key, clock, permission, bucket and region is wrong, without one paid call."""

from __future__ import annotations

import base64
import hashlib
import secrets
import tempfile
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

from workstation.cloud.http import USER_AGENT, open_client, unreachable
from workstation.cloud.oss import OssStore
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.request import CallKind, RpcAnswer, ServiceCall
from workstation.domain.words import Words, say
from workstation.domain.work import CancelToken

_READ_S: Final = 20.0
_LINK_S: Final = 120

# Errors that prove the call got past name, clock, key and right: the service looked for the job and found none.
_ANSWERED: Final = frozenset(
    {ErrorCode.REFUSED, ErrorCode.REFUSED_INPUT, ErrorCode.JOB_LOST, ErrorCode.JOB_FAILED, ErrorCode.LINK_EXPIRED}
)


class Service(Protocol):
    """Whoever is called, in whatever protocol."""

    def call(self, call: ServiceCall, kind: CallKind) -> RpcAnswer:
        """raises WorkstationError"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that was tried. `error` None: it works."""

    name: str
    title: Words
    error: WorkstationError | None = None

    @property
    def works(self) -> bool:
        return self.error is None


def check_connection(
    service: Service, asking: ServiceCall, store: OssStore, key_prefix: str, cancel: CancelToken
) -> tuple[Step, ...]:
    """Ask for a job that does not exist; put, fetch and delete a tiny object. A store that fails early ends there.

    asking      how the service is asked for a job; its number is left to this
    key_prefix  where the probe object goes; the name behind it is random
    raises      Cancelled only; everything else is a step's error
    """
    key = f"{key_prefix}/probe-{secrets.token_hex(8)}"
    steps = [_step("service", say("The service answers, and knows key, clock and right"), _ask(service, asking))]
    cancel.check()
    steps.append(_step("put", say("A file can be stored"), lambda: _put(store, key, cancel)))
    if steps[-1].works:
        # no look at the cancel token until the probe is gone again
        steps.append(_step("link", say("A signed link can be opened"), lambda: _open(store.sign_get(key, _LINK_S))))
        steps.append(
            _step("private", say("Nobody else can read it"), lambda: _is_private(store.sign_get(key, _LINK_S)))
        )
        steps.append(_step("delete", say("It can be deleted again"), lambda: _delete(store, key)))
    return tuple(steps)


def _step(name: str, title: Words, attempt: Callable[[], None]) -> Step:
    try:
        attempt()
    except WorkstationError as error:
        if error.code is ErrorCode.CANCELLED:
            raise
        return Step(name=name, title=title, error=error)
    return Step(name=name, title=title)


def _ask(service: Service, asking: ServiceCall) -> Callable[[], None]:
    call = replace(asking, body={"JobId": str(uuid.uuid4()).upper()})

    def attempt() -> None:
        try:
            service.call(call, CallKind.POLL)
        except WorkstationError as error:
            if error.code not in _ANSWERED or "request_id" not in error.facts:
                raise

    return attempt


def _put(store: OssStore, key: str, cancel: CancelToken) -> None:
    content = b"yingtai connection test"
    digest = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
    with tempfile.TemporaryDirectory() as folder:
        probe = Path(folder) / "probe"
        probe.write_bytes(content)
        store.put(key, probe, digest, cancel)


def _open(url: str) -> None:
    status = _status(url)
    if status != 200:
        raise WorkstationError(ErrorCode.FORBIDDEN, vendor_code=f"HTTP {status}")


def _is_private(url: str) -> None:
    if _status(url.partition("?")[0]) == 200:
        raise WorkstationError(ErrorCode.PUBLIC_BUCKET)


def _status(url: str) -> int:
    import httpx

    with open_client(url, read_s=_READ_S, keep_alive=False, transport=None) as client:
        try:
            return client.get(url, headers={"user-agent": USER_AGENT}).status_code
        except httpx.TransportError as error:
            raise unreachable(error) from None


def _delete(store: OssStore, key: str) -> None:
    if key not in store.delete([key]):
        raise WorkstationError(ErrorCode.FORBIDDEN, vendor_code="DeleteObject")
