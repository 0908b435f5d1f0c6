"""RPC signature V1 (HMAC-SHA1), for gateways that know only that. Pure: time and nonce are arguments.

source  the vendor's public RPC signing page; proven by vectors made with the vendor's own packages
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime

from workstation.cloud.wire import canonical_query, percent, utc_seconds
from workstation.domain.credentials import Credentials
from workstation.domain.request import ServiceCall


def string_to_sign(method: str, parameters: Mapping[str, str]) -> str:
    """All parameters of query *and* body, `Signature` left out; values are encoded twice, which is the standard's."""
    kept = {name: value for name, value in parameters.items() if name != "Signature"}
    return f"{method.upper()}&{percent('/')}&{percent(canonical_query(kept))}"


def signature(method: str, parameters: Mapping[str, str], secret: str) -> str:
    """Base64; the key is the secret with `&` behind it, always."""
    digest = hmac.digest(f"{secret}&".encode(), string_to_sign(method, parameters).encode(), "sha1")
    return base64.b64encode(digest).decode()


def signed_query(call: ServiceCall, credentials: Credentials, at: datetime, nonce: str) -> dict[str, str]:
    """The whole query of a signed call, in the order in which the official client writes it.

    at     aware time; any zone
    nonce  never used before
    """
    query = {
        "Action": call.action,
        "Format": "json",
        "Version": call.version,
        "Timestamp": utc_seconds(at),
        "SignatureNonce": nonce,
    }
    if credentials.security_token:
        query["SecurityToken"] = credentials.security_token
    query |= call.query
    query |= {"SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0", "AccessKeyId": credentials.access_key_id}
    query["Signature"] = signature(call.method, {**query, **call.body}, credentials.access_key_secret)
    return query


def headers(call: ServiceCall, host: str, user_agent: str, body: bytes, credentials: Credentials) -> dict[str, str]:
    """The headers that go with it, as the official client sets them; none of them is signed."""
    names = {
        "host": host,
        "x-acs-version": call.version,
        "x-acs-action": call.action,
        "user-agent": user_agent,
        "x-acs-credentials-provider": "static_sts" if credentials.security_token else "static_ak",
    }
    if body:
        names["content-type"] = "application/x-www-form-urlencoded"
    return names
