"""Result links: fetched at once, to a file, with a limit. They carry a signature, so they are never kept or logged."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit, urlunsplit

from workstation.cloud.http import USER_AGENT, is_loopback, open_client, unreachable, was_not_sent
from workstation.cloud.retry import repeat
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.work import CancelToken, Clock

if TYPE_CHECKING:
    import httpx

_READ_S: Final = 60.0
_MB: Final = 1024**2


def download(
    url: str,
    target: Path,
    limit_bytes: int,
    cancel: CancelToken,
    *,
    clock: Clock,
    loopback_allowed: bool = False,
    transport: httpx.BaseTransport | None = None,
) -> int:
    """Fetch one link into a file, which appears only when it is whole.

    loopback_allowed  whether the link may point at this PC: only a service on this PC may say so
    returns           bytes written
    raises            LINK_EXPIRED, TOO_LARGE, BAD_ANSWER (no web link), UNREACHABLE, TIMED_OUT, NO_SPACE, Cancelled
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna")
    except ValueError:
        raise WorkstationError(ErrorCode.BAD_ANSWER, where="link") from None
    if parts.scheme not in ("http", "https") or not host or (is_loopback(url) and not loopback_allowed):
        raise WorkstationError(ErrorCode.BAD_ANSWER, where="link")
    if parts.scheme == "http" and (parts.hostname or "").endswith(".aliyuncs.com"):
        # the documents' links are plain http; the signature does not cover the scheme, and results are medical data
        url = urlunsplit(parts._replace(scheme="https"))
    with open_client(url, read_s=_READ_S, keep_alive=False, transport=transport) as client:
        return repeat(lambda: _fetch(client, url, target, limit_bytes, cancel), clock, cancel)


def _fetch(client: httpx.Client, url: str, target: Path, limit_bytes: int, cancel: CancelToken) -> int:
    import httpx

    cancel.check()
    try:
        with client.stream("GET", url, headers={"user-agent": USER_AGENT}) as response:
            if response.status_code != 200:
                raise _refusal(response.status_code)
            return _write(response, target, limit_bytes, cancel)
    except httpx.TimeoutException as error:
        raise (unreachable(error) if was_not_sent(error) else WorkstationError(ErrorCode.TIMED_OUT)) from None
    except httpx.TransportError as error:
        raise unreachable(error) from None
    except (httpx.DecodingError, httpx.InvalidURL):
        raise WorkstationError(ErrorCode.BAD_ANSWER, where="link") from None


def _refusal(status: int) -> WorkstationError:
    if status in (403, 404, 410):
        return WorkstationError(ErrorCode.LINK_EXPIRED)
    code = ErrorCode.SERVICE_FAILED if status >= 500 else ErrorCode.REFUSED
    return WorkstationError(code, vendor_code=f"HTTP {status}")


def _write(response: httpx.Response, target: Path, limit_bytes: int, cancel: CancelToken) -> int:
    length = response.headers.get("content-length", "")
    claimed = int(length) if length.isdecimal() else 0
    if claimed > limit_bytes:
        raise _too_large(claimed, limit_bytes)
    written = 0
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError:
        raise WorkstationError(ErrorCode.CANNOT_WRITE) from None
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in response.iter_bytes():
                cancel.check()
                written += len(chunk)
                if written > limit_bytes:
                    raise _too_large(written, limit_bytes)
                file.write(chunk)
        part.replace(target)
    except OSError:
        raise WorkstationError(ErrorCode.NO_SPACE) from None
    finally:
        part.unlink(missing_ok=True)
    return written


def _too_large(claimed: int, limit_bytes: int) -> WorkstationError:
    return WorkstationError(ErrorCode.TOO_LARGE, claimed_mb=-(-claimed // _MB), limit_mb=limit_bytes // _MB)
