"""HTTP as this room speaks it: certificates always checked, no redirects, loopback past every proxy, nothing logged.

httpx costs a tenth of a second to import, so it is imported where the first call is made.
"""

from __future__ import annotations

import ipaddress
import logging
import socket
import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from workstation.domain.error import ErrorCode, WorkstationError

if TYPE_CHECKING:
    import httpx

USER_AGENT: Final = "yingtai"
CONNECT_S: Final = 10.0
_WRITE_S: Final = 60.0


def silence_libraries() -> None:
    """Keep addresses with signatures and headers with keys out of every log: these libraries write both."""
    for name in ("httpx", "httpcore", "oss2", "urllib3", "requests"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def is_loopback(url: str) -> bool:
    """Whether the address is this PC's own, in any of the ways to write it."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return _is_short_loopback(host)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_loopback or address.is_unspecified


def _is_short_loopback(host: str) -> bool:
    """`0`, `127.1`, `2130706433`: what the system reads as an IPv4 address all the same."""
    try:
        address = ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return False
    return address.is_loopback or address.is_unspecified


def open_client(url: str, *, read_s: float, keep_alive: bool, transport: httpx.BaseTransport | None) -> httpx.Client:
    """A client for one address.

    keep_alive  False: a new connection for each call, so that one the server closed meanwhile can't lose a paid call
    transport   the network unless given
    """
    import httpx

    silence_libraries()
    client = httpx.Client(
        transport=transport,
        trust_env=transport is None and not is_loopback(url),
        follow_redirects=False,
        timeout=httpx.Timeout(read_s, connect=CONNECT_S, write=_WRITE_S, pool=CONNECT_S),
        limits=httpx.Limits(max_keepalive_connections=None if keep_alive else 0, keepalive_expiry=5.0),
    )
    client.headers.clear()
    return client


def was_not_sent(error: httpx.TransportError) -> bool:
    """True if no byte of the request can have reached the service."""
    import httpx

    before = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
    return isinstance(error, before)


def unreachable(error: BaseException) -> WorkstationError:
    """Why a connection could not be made, as the name of a row in `domain.faults`."""
    return WorkstationError(ErrorCode.UNREACHABLE, cause=_cause(error))


def _cause(error: BaseException) -> str:
    for link in _chain(error):
        match link:
            case ssl.SSLCertVerificationError():
                return "certificate"
            case ssl.SSLError():
                return "no-tls"
            case socket.gaierror():
                return "no-such-host"
            case ConnectionRefusedError():
                return "connection-refused"
        if type(link).__name__ == "ProxyError":
            return "proxy"
        if type(link).__name__ == "NameResolutionError":
            return "no-such-host"
    return "no-answer"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and all it came from. requests and urllib3 keep theirs in `args` and `reason`."""
    pending, seen = [error], set[int]()
    while pending:
        link = pending.pop()
        if not isinstance(link, BaseException) or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        pending += [link.__cause__, link.__context__, getattr(link, "reason", None)]
        pending += [arg for arg in link.args if isinstance(arg, BaseException)]
