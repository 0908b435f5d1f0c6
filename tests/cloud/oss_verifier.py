"""An independent check of object store V4 signatures, with the standard library only."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from urllib.parse import quote


def percent(text: str) -> str:
    return quote(text, safe="-_.~")


def signature(
    method: str,
    bucket: str,
    key: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    region: str,
    at: str,
    secret: str,
    additional: Sequence[str] = (),
) -> str:
    """The hex signature of one request. `at` like 20231114T221320Z; `headers` by lower-case name."""
    canonical_path = "/".join(percent(piece) for piece in f"/{bucket}/{key}".split("/"))
    pairs = sorted((percent(k), percent(v)) for k, v in query.items() if k != "x-oss-signature")
    canonical_query = "&".join(k if v == "" else f"{k}={v}" for k, v in pairs)
    signed = {
        name: value.strip()
        for name, value in headers.items()
        if name.startswith("x-oss-") or name in ("content-type", "content-md5") or name in additional
    }
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    payload = signed.get("x-oss-content-sha256", "UNSIGNED-PAYLOAD")
    canonical = "\n".join([method, canonical_path, canonical_query, lines, ";".join(sorted(additional)), payload])
    scope = f"{at[:8]}/{region}/oss/aliyun_v4_request"
    text = "\n".join(["OSS4-HMAC-SHA256", at, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key_bytes = f"aliyun_v4{secret}".encode()
    for piece in scope.split("/"):
        key_bytes = hmac.digest(key_bytes, piece.encode(), "sha256")
    return hmac.digest(key_bytes, text.encode(), "sha256").hex()
