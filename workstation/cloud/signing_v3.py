"""RPC signature V3 (ACS3-HMAC-SHA256), the official client's default. Pure: time and nonce are arguments.

source  the vendor's public RPC signing page; proven by vectors made with the vendor's own packages
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from workstation.cloud.wire import canonical_query, utc_seconds
from workstation.domain.credentials import Credentials
from workstation.domain.request import ServiceCall

ALGORITHM: Final = "ACS3-HMAC-SHA256"
_ALSO_SIGNED: Final = frozenset({"accept", "content-type", "host", "user-agent"})


def authorization(
    method: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes, credentials: Credentials
) -> str:
    """The `Authorization` header for one request on the path `/`.

    headers  as they will be sent, by lower-case name; every `x-acs-*` and the named others are signed
    """
    signed = {
        name: value.strip() for name, value in headers.items() if name.startswith("x-acs-") or name in _ALSO_SIGNED
    }
    names = ";".join(sorted(signed))
    lines = [f"{name}:{signed[name]}" for name in sorted(signed)]
    payload = hashlib.sha256(body).hexdigest()
    canonical = "\n".join([method, "/", canonical_query(query), *lines, "", names, payload])
    text = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    digest = hmac.digest(credentials.access_key_secret.encode(), text.encode(), "sha256").hex()
    return f"{ALGORITHM} Credential={credentials.access_key_id},SignedHeaders={names},Signature={digest}"


def signed_headers(
    call: ServiceCall, host: str, user_agent: str, body: bytes, credentials: Credentials, at: datetime, nonce: str
) -> dict[str, str]:
    """All headers of a signed call, by lower-case name, as the official client sets them.

    host   as in the address, with the port unless it is the scheme's own
    body   the bytes that will be sent; empty: no content type
    at     aware time; any zone
    nonce  never used before
    """
    temporary = bool(credentials.security_token)
    headers = {
        "host": host,
        "x-acs-version": call.version,
        "x-acs-action": call.action,
        "user-agent": user_agent,
        "x-acs-date": utc_seconds(at),
        "x-acs-signature-nonce": nonce,
        "accept": "application/json",
        "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
        "x-acs-credentials-provider": "static_sts" if temporary else "static_ak",
    }
    if body:
        headers["content-type"] = "application/x-www-form-urlencoded"
    if temporary:
        headers["x-acs-accesskey-id"] = credentials.access_key_id
        headers["x-acs-security-token"] = credentials.security_token
    headers["authorization"] = authorization(call.method, call.query, headers, body, credentials)
    return headers
