"""A connection: object store, analysis service and the rules of talking to both. Keys are kept apart, in `secrets`."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Literal
from urllib.parse import SplitResult, urlsplit

from workstation.catalogue.operation import ConnectionKind
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.words import Words, say

Signing = Literal["v1", "v3"]

LOCAL_NAME: Final = "local"
_REGION: Final = "cn-shanghai"
_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?")
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_REGION_NAME: Final = re.compile(r"[a-z0-9-]{2,32}")
_PRODUCT: Final = re.compile(r"[a-z0-9]{2,32}")
_PREFIX: Final = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")
_SOURCE: Final = re.compile(r"[!-~]{1,128}")
_LONGEST_PREFIX: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One named way to a service, valid from birth. raises BAD_CONNECTION with `name` and `allowed`

    oss_endpoint      storage address
    rpc_base          address of the analysis service; `{product}` in it is filled with the product's name
    rpc_endpoints     (product, address) where one product has an address of its own
    source_id         of a ShowAPI connection: `ds_id`, the grant that stands for the keys of the service behind it
    key_prefix        first part of every object's key, plain letters: it is seen by the service
    A local connection has no addresses of its own: they come from the running local cloud, see `at`.
    """

    name: str
    kind: ConnectionKind
    region: str = _REGION
    oss_endpoint: str = ""
    bucket: str = ""
    rpc_base: str = ""
    rpc_endpoints: tuple[tuple[str, str], ...] = ()
    showapi_endpoint: str = ""
    source_id: str = ""
    signing: Signing = "v3"
    key_prefix: str = "yingtai"

    def __post_init__(self) -> None:
        _matches("name", self.name, _NAME, say("up to 32 small letters, digits and hyphens"))
        if (self.kind is ConnectionKind.LOCAL) != (self.name == LOCAL_NAME):
            raise _bad("name", say("“local” for the local cloud, and only for that"))
        _matches("region", self.region, _REGION_NAME, say("a region's name like cn-shanghai"))
        if self.kind in (ConnectionKind.ALIYUN, ConnectionKind.SHOWAPI) and self.region != _REGION:
            raise _bad("region", say("cn-shanghai: the service reads from no other region"))
        if self.signing not in ("v1", "v3"):
            raise _bad("signing", say("v1 or v3"))
        prefix = say("up to 64 letters, digits, hyphens and slashes between them; no names of persons")
        _matches("key_prefix", self.key_prefix[: _LONGEST_PREFIX + 1], _PREFIX, prefix, _LONGEST_PREFIX)
        if self.kind is not ConnectionKind.LOCAL:
            _matches("bucket", self.bucket, _BUCKET, say("3 to 63 small letters, digits and hyphens"))
            self._check_addresses()

    def _check_addresses(self) -> None:
        plain = self.kind is ConnectionKind.COMPATIBLE
        _check_address("oss_endpoint", self.oss_endpoint, plain)
        if self.kind is ConnectionKind.SHOWAPI:
            _check_address("showapi_endpoint", self.showapi_endpoint, plain, with_path=True)
            _matches("source_id", self.source_id, _SOURCE, say("the data source (ds_id) that ShowAPI granted"))
        elif self.rpc_base or not self.rpc_endpoints:
            _check_address("rpc_base", self.rpc_base.replace("{product}", "product"), plain)
        for product, address in self.rpc_endpoints:
            _matches("rpc_endpoints", product, _PRODUCT, say("a product's name in small letters, and its address"))
            _check_address("rpc_endpoints", address, plain)

    def rpc_endpoint(self, product: str) -> str:
        """The address of one product. raises BAD_CONNECTION if there is none"""
        address = dict(self.rpc_endpoints).get(product) or self.rpc_base.replace("{product}", product)
        if not address:
            raise _bad("rpc_base", say("an address for {product}", product=product))
        return address

    @property
    def encrypted(self) -> bool:
        """Whether everything is sent by https or stays on this PC."""
        addresses = (self.oss_endpoint, self.rpc_base, self.showapi_endpoint, *dict(self.rpc_endpoints).values())
        return all(urlsplit(address).scheme == "https" or _is_loopback(address) for address in addresses if address)

    def at(self, *, rpc: str, oss: str, showapi: str, region: str, bucket: str) -> Connection:
        """The same connection at a running service: what a local cloud says when it is ready."""
        return replace(self, rpc_base=rpc, oss_endpoint=oss, showapi_endpoint=showapi, region=region, bucket=bucket)


# What the vendor's own clients use; everything can be given otherwise.
_DEFAULTS: Final[Mapping[ConnectionKind, Mapping[str, str]]] = MappingProxyType(
    {
        ConnectionKind.ALIYUN: {
            "rpc_base": "https://{product}.cn-shanghai.aliyuncs.com",
            "oss_endpoint": "https://oss-cn-shanghai.aliyuncs.com",
        },
        ConnectionKind.SHOWAPI: {
            "showapi_endpoint": "https://route.showapi.com",
            "oss_endpoint": "https://oss-cn-shanghai.aliyuncs.com",
        },
    }
)


def new_connection(
    name: str,
    kind: ConnectionKind,
    *,
    bucket: str = "",
    region: str = "",
    oss_endpoint: str = "",
    rpc_base: str = "",
    rpc_endpoints: Mapping[str, str] = MappingProxyType({}),
    showapi_endpoint: str = "",
    source_id: str = "",
    signing: Signing = "v3",
    key_prefix: str = "yingtai",
) -> Connection:
    """A connection with the kind's usual addresses where none are given. raises BAD_CONNECTION"""
    usual = _DEFAULTS.get(kind, {})
    return Connection(
        name=name,
        kind=kind,
        region=region or _REGION,
        oss_endpoint=oss_endpoint or usual.get("oss_endpoint", ""),
        bucket=bucket,
        rpc_base=rpc_base or usual.get("rpc_base", ""),
        rpc_endpoints=tuple(sorted(rpc_endpoints.items())),
        showapi_endpoint=showapi_endpoint or usual.get("showapi_endpoint", ""),
        source_id=source_id,
        signing=signing,
        key_prefix=key_prefix,
    )


def _bad(name: str, allowed: Words) -> WorkstationError:
    return WorkstationError(ErrorCode.BAD_CONNECTION, name=name, allowed=allowed)


def _matches(name: str, value: str, pattern: re.Pattern[str], allowed: Words, longest: int = 1000) -> None:
    if not pattern.fullmatch(value) or len(value) > longest:
        raise _bad(name, allowed)


def _check_address(name: str, address: str, plain: bool, with_path: bool = False) -> None:
    """https, or plain http where the kind allows it and on loopback; nothing but scheme, host and port."""
    parts = _split(address)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or not address.isascii():
        raise _bad(name, say("an address like https://host or https://host:port"))
    if parts.username or parts.query or parts.fragment or (parts.path.strip("/") and not with_path):
        raise _bad(name, say("an address without user, path or query"))
    if parts.scheme == "http" and not plain and not _is_loopback(address):
        raise _bad(name, say("an address with https"))


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port  # is checked only when it is read
    except ValueError:
        return None
    return parts


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


LOCAL: Final = Connection(name=LOCAL_NAME, kind=ConnectionKind.LOCAL)
