"""The signatures a caller must have made: RPC V1 and V3, object store V4 and V1. Pure functions, no clock.

Source: the vendor's public signing pages; checked against vectors made with the vendor's own packages.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import quote

# Query parameters that are part of the resource in the old object store signature.
_V1_SUBRESOURCES: Final = frozenset(
    {
        "acl", "append", "bucketInfo", "continuation-token", "delete", "location", "objectMeta", "partNumber",
        "position", "security-token", "stat", "symlink", "tagging", "uploadId", "uploads", "versionId", "x-oss-process",
        "response-cache-control", "response-content-disposition", "response-content-encoding",
        "response-content-language", "response-content-type", "response-expires",
    }
)  # fmt: skip


def percent(text: str) -> str:
    """RFC 3986: only letters, digits, `-_.~` stay as they are."""
    return quote(text, safe="-_.~")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def same(expected: str, given: str) -> bool:
    """Compare two signatures in constant time."""
    return hmac.compare_digest(expected.encode(), given.encode())


def rpc_v1(method: str, parameters: Mapping[str, str], secret: str) -> str:
    """HMAC-SHA1 over method and all parameters of query and body, `Signature` left out. Base64."""
    pairs = sorted((name, value) for name, value in parameters.items() if name != "Signature")
    canonical = "&".join(f"{percent(name)}={percent(value)}" for name, value in pairs)
    text = f"{method}&%2F&{percent(canonical)}"
    return base64.b64encode(hmac.digest(f"{secret}&".encode(), text.encode(), "sha1")).decode()


def rpc_v3(
    method: str, query: Mapping[str, str], headers: Mapping[str, str], signed: Iterable[str], body: bytes, secret: str
) -> str:
    """ACS3-HMAC-SHA256 over method, query, the headers named in `signed` (in that order) and the body. Hex.

    headers  by lower-case name; one that is missing counts as empty
    """
    names = list(signed)
    lines = "\n".join(f"{name}:{headers.get(name, '').strip()}" for name in names)
    canonical = "\n".join(
        [
            method,
            "/",
            "&".join(f"{percent(name)}={percent(value)}" for name, value in sorted(query.items())),
            lines,
            "",
            ";".join(names),
            sha256(body),
        ]
    )
    text = f"ACS3-HMAC-SHA256\n{sha256(canonical.encode())}"
    return hmac.digest(secret.encode(), text.encode(), "sha256").hex()


def resource(bucket: str, key: str) -> str:
    """`/bucket/key`, `/bucket/` or `/`, not encoded."""
    return f"/{bucket}/{key}" if bucket else "/"


def oss_v4(
    method: str,
    path: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    additional: Iterable[str],
    date_time: str,
    region: str,
    secret: str,
) -> str:
    """OSS4-HMAC-SHA256 of a request with the signature in its header or in its query. Hex.

    path       `resource(...)`: decoded, always with the bucket
    headers    by lower-case name; `x-oss-*`, content-type, content-md5 and the additional ones are signed
    date_time  YYYYMMDDThhmmssZ
    """
    extra = sorted(additional)
    wanted = {
        name: value.strip()
        for name, value in headers.items()
        if name.startswith("x-oss-") or name in ("content-type", "content-md5") or name in extra
    }
    pairs = sorted((percent(name), percent(value)) for name, value in query.items() if name != "x-oss-signature")
    canonical = "\n".join(
        [
            method,
            "/".join(percent(piece) for piece in path.split("/")),
            "&".join(f"{name}={value}" if value else name for name, value in pairs),
            "".join(f"{name}:{wanted[name]}\n" for name in sorted(wanted)),
            ";".join(extra),
            wanted.get("x-oss-content-sha256", "UNSIGNED-PAYLOAD"),
        ]
    )
    day = date_time[:8]
    digest = sha256(canonical.encode())
    text = f"OSS4-HMAC-SHA256\n{date_time}\n{day}/{region}/oss/aliyun_v4_request\n{digest}"
    key = f"aliyun_v4{secret}".encode()
    for piece in (day, region, "oss", "aliyun_v4_request"):
        key = hmac.digest(key, piece.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


def oss_v1_link(
    method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], expires: str, secret: str
) -> str:
    """The old link signature (`Expires`, `OSSAccessKeyId`, `Signature`), HMAC-SHA1. Base64."""
    sub = sorted((name, value) for name, value in query.items() if name in _V1_SUBRESOURCES)
    if sub:
        path += "?" + "&".join(f"{name}={value}" if value else name for name, value in sub)
    own = sorted((name, value.strip()) for name, value in headers.items() if name.startswith("x-oss-"))
    lines = [method, headers.get("content-md5", ""), headers.get("content-type", ""), expires]
    lines += [f"{name}:{value}" for name, value in own] + [path]
    return base64.b64encode(hmac.digest(secret.encode(), "\n".join(lines).encode(), "sha1")).decode()
