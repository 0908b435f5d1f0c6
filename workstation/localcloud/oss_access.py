"""Who may do what in the object store: V4 in the header, V4 links, V1 links. Nothing is public."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from workstation.localcloud import signatures
from workstation.localcloud.refusal import OssRefusal

CLOCK_TOLERANCE_S: Final = 15 * 60
LONGEST_LINK_S: Final = 7 * 24 * 3600
_CREDENTIAL: Final = re.compile(r"([^/]+)/(\d{8})/([^/]+)/oss/aliyun_v4_request")


@dataclass(frozen=True, slots=True)
class Key:
    """An access key and the buckets it opens."""

    id: str
    secret: str = field(repr=False)
    buckets: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OssRequest:
    """A request to the store, decoded: `bucket` and `key` may be empty; header names in lower case."""

    method: str
    bucket: str
    key: str
    query: Mapping[str, str]
    headers: Mapping[str, str]

    @property
    def resource(self) -> str:
        return signatures.resource(self.bucket, self.key)


def authorize(request: OssRequest, keys: Mapping[str, Key], region: str, now: float) -> None:
    """Let pass who signed rightly and in time, and owns the bucket. raises OssRefusal"""
    authorization = request.headers.get("authorization", "")
    if authorization.startswith("OSS4-HMAC-SHA256 "):
        key = _check_v4_header(request, authorization, keys, region, now)
    elif "x-oss-signature" in request.query:
        key = _check_v4_link(request, keys, region, now)
    elif "Signature" in request.query:
        key = _check_v1_link(request, keys, now)
    elif authorization:
        raise OssRefusal("InvalidArgument", "Only signature version 4 is served in the header.")
    else:
        raise OssRefusal("AccessDenied", "Anonymous access is forbidden for this operation.")
    if request.bucket in key.buckets:
        return
    if any(request.bucket in other.buckets for other in keys.values()):
        raise OssRefusal("AccessDenied", "The bucket belongs to somebody else.")
    raise OssRefusal("NoSuchBucket", "The specified bucket does not exist.")


def _key_of(key_id: str, keys: Mapping[str, Key]) -> Key:
    if key_id not in keys:
        raise OssRefusal("InvalidAccessKeyId", "The OSS Access Key Id you provided does not exist.")
    return keys[key_id]


def _scope(credential: str, date_time: str, region: str, keys: Mapping[str, Key]) -> Key:
    match = _CREDENTIAL.fullmatch(credential)
    if not match:
        raise OssRefusal("InvalidArgument", "The credential scope is malformed.")
    key_id, day, signed_region = match.groups()
    key = _key_of(key_id, keys)
    if day != date_time[:8] or signed_region != region:
        raise OssRefusal("InvalidArgument", "The credential scope names another day or region.")
    return key


def _seconds(date_time: str) -> float:
    try:
        return datetime.strptime(date_time, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError as error:
        raise OssRefusal("AccessDenied", "The request date is missing or malformed.") from error


def _check_v4_header(request: OssRequest, authorization: str, keys: Mapping[str, Key], region: str, now: float) -> Key:
    fields = dict(piece.strip().split("=", 1) for piece in authorization.split(" ", 1)[1].split(",") if "=" in piece)
    date_time = request.headers.get("x-oss-date", "")
    sent = _seconds(date_time)
    key = _scope(fields.get("Credential", ""), date_time, region, keys)
    if abs(sent - now) > CLOCK_TOLERANCE_S:
        raise OssRefusal("RequestTimeTooSkewed", "The request time and the server's differ by more than 15 minutes.")
    if request.headers.get("x-oss-content-sha256") != "UNSIGNED-PAYLOAD":
        raise OssRefusal("InvalidArgument", "x-oss-content-sha256 must be UNSIGNED-PAYLOAD.")
    additional = [name for name in fields.get("AdditionalHeaders", "").split(";") if name]
    expected = signatures.oss_v4(
        request.method, request.resource, request.query, request.headers, additional, date_time, region, key.secret
    )
    _same(expected, fields.get("Signature", ""))
    return key


def _check_v4_link(request: OssRequest, keys: Mapping[str, Key], region: str, now: float) -> Key:
    query = request.query
    if query.get("x-oss-signature-version") != "OSS4-HMAC-SHA256":
        raise OssRefusal("InvalidArgument", "x-oss-signature-version must be OSS4-HMAC-SHA256.")
    date_time = query.get("x-oss-date", "")
    made = _seconds(date_time)
    key = _scope(query.get("x-oss-credential", ""), date_time, region, keys)
    expires = query.get("x-oss-expires", "")
    if not re.fullmatch(r"[0-9]{1,6}", expires) or not 1 <= int(expires) <= LONGEST_LINK_S:
        raise OssRefusal("AccessDenied", "x-oss-expires must be 1 to 604800 seconds.")
    additional = [name for name in query.get("x-oss-additional-headers", "").split(";") if name]
    expected = signatures.oss_v4(
        request.method, request.resource, query, request.headers, additional, date_time, region, key.secret
    )
    _same(expected, query["x-oss-signature"])
    if made - now > CLOCK_TOLERANCE_S:
        raise OssRefusal("AccessDenied", "The link is not valid yet.")
    if made + int(expires) < now:
        raise OssRefusal("AccessDenied", "Request has expired.")
    return key


def _check_v1_link(request: OssRequest, keys: Mapping[str, Key], now: float) -> Key:
    key = _key_of(request.query.get("OSSAccessKeyId", ""), keys)
    expires = request.query.get("Expires", "")
    if not re.fullmatch(r"[0-9]{1,12}", expires):
        raise OssRefusal("AccessDenied", "Expires must be seconds since 1970.")
    expected = signatures.oss_v1_link(
        request.method, request.resource, request.query, request.headers, expires, key.secret
    )
    _same(expected, request.query["Signature"])
    if int(expires) < now:
        raise OssRefusal("AccessDenied", "Request has expired.")
    return key


def _same(expected: str, given: str) -> None:
    if not signatures.same(expected, given):
        raise OssRefusal(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.",
        )


def v1_link(base: str, key: Key, bucket: str, name: str, expires: int) -> str:
    """An address of the old form that every documented result link has; `expires` in seconds since 1970."""
    signature = signatures.oss_v1_link("GET", signatures.resource(bucket, name), {}, {}, str(expires), key.secret)
    query = urlencode({"Expires": expires, "OSSAccessKeyId": key.id, "Signature": signature})
    path = "/".join(signatures.percent(piece) for piece in name.split("/"))
    return f"{base}/{bucket}/{path}?{query}"
