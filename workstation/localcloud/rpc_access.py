"""Who calls the RPC front: signature V1 (all in query and body) or V3 (in headers); clock and nonce."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from workstation.localcloud import signatures
from workstation.localcloud.query import Repeated, decode_query
from workstation.localcloud.refusal import RpcRefusal

CLOCK_TOLERANCE_S: Final = 15 * 60
_V3: Final = "ACS3-HMAC-SHA256"
# RegionId and Format may be left out; SecurityToken belongs to temporary keys, which are not given out here.
_SYSTEM_V1: Final = frozenset(
    {
        "Action", "Version", "AccessKeyId", "Signature", "SignatureMethod", "SignatureVersion", "SignatureNonce",
        "SignatureType", "Timestamp", "Format", "RegionId",
    }
)  # fmt: skip
_V3_ALWAYS_SIGNED: Final = frozenset(
    {"host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"}
)
_V3_AUTHORIZATION: Final = re.compile(rf"{_V3} Credential=([^,]*),\s*SignedHeaders=([^,]*),\s*Signature=([0-9a-f]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class RpcRequest:
    """A request to `/`: header names in lower case, query and body not decoded."""

    method: str
    query: bytes
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked: action, version of the product, business parameters."""

    action: str
    version: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Claim:
    """The signed part of a request, before anything was checked."""

    call: Call
    key_id: str
    nonce: str
    timestamp: str
    signature: str
    expected: str


class Nonces:
    """Nonces seen; remembered as long as their time stamp could still pass, restarts included."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def use(self, nonce: str, now: float) -> bool:
        """Whether it is new."""
        self._database.execute("DELETE FROM nonces WHERE forget_at < ?", (now,))
        row = (nonce, now + 2 * CLOCK_TOLERANCE_S)
        return self._database.execute("INSERT OR IGNORE INTO nonces VALUES (?,?)", row).rowcount == 1


def authenticate(request: RpcRequest, key_id: str, secret: str, region: str, now: float, nonces: Nonces) -> Call:
    """The call, when it was signed rightly, in time and for the first time. raises RpcRefusal"""
    claim = read_claim(request, secret, region)
    if claim.key_id != key_id:
        raise RpcRefusal("InvalidAccessKeyId.NotFound", "Specified access key is not found.")
    try:
        sent = datetime.strptime(claim.timestamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError as error:
        raise RpcRefusal("InvalidTimeStamp.Format", "The time stamp must be YYYY-MM-DDThh:mm:ssZ.") from error
    if abs(sent - now) > CLOCK_TOLERANCE_S:
        raise RpcRefusal("InvalidTimeStamp.Expired", "The time stamp and the server's clock differ by over 15 minutes.")
    if not signatures.same(claim.expected, claim.signature):
        raise RpcRefusal("SignatureDoesNotMatch", "Specified signature is not matched with our calculation.")
    if not nonces.use(claim.nonce, now):
        raise RpcRefusal("SignatureNonceUsed", "Specified signature nonce was used already.")
    return claim.call


def read_claim(request: RpcRequest, secret: str, region: str) -> Claim:
    """Take a request apart and compute what its signature should be. raises RpcRefusal"""
    try:
        query, body = decode_query(request.query), _form(request)
    except (UnicodeDecodeError, Repeated) as error:
        raise RpcRefusal("InvalidParameter", "Parameters must be UTF-8, each name once.") from error
    if query.keys() & body.keys():
        raise RpcRefusal("InvalidParameter", "A parameter stands in the query and in the body.")
    if request.headers.get("authorization", "").startswith(_V3):
        return _read_v3(request, query, body, secret)
    return _read_v1(request, query | body, secret, region)


def _form(request: RpcRequest) -> dict[str, str]:
    if not request.body:
        return {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise RpcRefusal("InvalidParameter", "The body must be a form (application/x-www-form-urlencoded).")
    return decode_query(request.body)


def _read_v1(request: RpcRequest, merged: dict[str, str], secret: str, region: str) -> Claim:
    for name in ("Action", "Version", "AccessKeyId", "Signature", "SignatureNonce", "Timestamp"):
        if not merged.get(name):
            raise RpcRefusal("MissingParameter", f"The parameter {name} is missing.")
    fixed = {"SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0"}
    if any(merged.get(name) != value for name, value in fixed.items()):
        raise RpcRefusal("InvalidParameter", "The signature must be HMAC-SHA1, version 1.0.")
    if "SecurityToken" in merged:
        raise RpcRefusal("InvalidSecurityToken.MismatchWithAccessKey", "This key is permanent and has no token.")
    if merged.get("Format", "JSON").upper() != "JSON":
        raise RpcRefusal("InvalidParameter", "Only Format=JSON is served here.")
    if merged.get("RegionId", region) != region:
        raise RpcRefusal("InvalidParameter", f"The region must be {region}.")
    business = {name: value for name, value in merged.items() if name not in _SYSTEM_V1}
    return Claim(
        Call(merged["Action"], merged["Version"], business),
        merged["AccessKeyId"],
        merged["SignatureNonce"],
        merged["Timestamp"],
        merged["Signature"],
        signatures.rpc_v1(request.method, merged, secret),
    )


def _read_v3(request: RpcRequest, query: dict[str, str], body: dict[str, str], secret: str) -> Claim:
    headers = request.headers
    match = _V3_AUTHORIZATION.fullmatch(headers["authorization"])
    if not match:
        raise RpcRefusal("SignatureDoesNotMatch", "The Authorization header is malformed.")
    key_id, listed, signature = match.groups()
    signed = listed.split(";")
    for name in _V3_ALWAYS_SIGNED:
        if not headers.get(name):
            raise RpcRefusal("MissingParameter", f"The header {name} is missing.")
    if "x-acs-security-token" in headers:
        raise RpcRefusal("InvalidSecurityToken.MismatchWithAccessKey", "This key is permanent and has no token.")
    # The list decides what is signed, but what decides about the call must be in it.
    own = {name for name in headers if name.startswith("x-acs-")}
    if not (_V3_ALWAYS_SIGNED | own) <= set(signed) or signed != sorted(set(signed)):
        raise RpcRefusal("SignatureDoesNotMatch", "SignedHeaders must name host and all x-acs-* headers, sorted.")
    expected = signatures.rpc_v3(request.method, query, headers, signed, request.body, secret)
    if headers["x-acs-content-sha256"] != signatures.sha256(request.body):
        raise RpcRefusal("SignatureDoesNotMatch", "x-acs-content-sha256 does not match the body.")
    return Claim(
        Call(headers["x-acs-action"], headers["x-acs-version"], query | body),
        key_id,
        headers["x-acs-signature-nonce"],
        headers["x-acs-date"],
        signature,
        expected,
    )
