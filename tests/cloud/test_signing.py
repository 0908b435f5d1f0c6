"""The signatures equal those of the vendor's own packages, vector by vector."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from workstation.cloud import signing_v1, signing_v3
from workstation.cloud.wire import form
from workstation.domain.credentials import Credentials
from workstation.domain.request import ServiceCall

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "vectors.json").read_text("utf-8"))["vectors"]
CLIENT = [v for v in VECTORS if v["id"].startswith("rpc-v1-client")]


def of_kind(kind: str) -> list[Any]:
    return [pytest.param(vector, id=vector["id"]) for vector in VECTORS if vector["kind"] == kind]


def keys(vector: dict[str, Any]) -> Credentials:
    token = vector["query"].get("SecurityToken") or vector.get("headers", {}).get("x-acs-security-token", "")
    return Credentials(
        access_key_id=vector["access_key_id"], access_key_secret=vector["access_key_secret"], security_token=token
    )


@pytest.mark.parametrize("vector", of_kind("rpc-v1"))
def test_v1_signature_equals_the_vendors(vector: dict[str, Any]) -> None:
    parameters = vector["query"] | vector["body"]

    assert signing_v1.signature(vector["method"], parameters, vector["access_key_secret"]) == vector["signature"]


@pytest.mark.parametrize("vector", [v for v in of_kind("rpc-v1") if "string_to_sign" in v.values[0]])
def test_v1_text_to_sign_equals_the_vendors(vector: dict[str, Any]) -> None:
    parameters = vector["query"] | vector["body"]

    assert signing_v1.string_to_sign(vector["method"], parameters) == vector["string_to_sign"]


@pytest.mark.parametrize("vector", [pytest.param(v, id=v["id"]) for v in CLIENT])
def test_a_v1_call_is_written_as_the_official_client_writes_it(vector: dict[str, Any]) -> None:
    system = {"Action", "Format", "Version", "Timestamp", "SignatureNonce", "SecurityToken", "SignatureMethod"}
    system |= {"SignatureVersion", "AccessKeyId"}
    call = ServiceCall(
        product="any",
        version=vector["query"]["Version"],
        action=vector["query"]["Action"],
        method=vector["method"],
        query={name: value for name, value in vector["query"].items() if name not in system},
        body=vector["body"],
    )

    query = signing_v1.signed_query(
        call, keys(vector), datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC), vector["query"]["SignatureNonce"]
    )

    assert list(query.items()) == [*vector["query"].items(), ("Signature", vector["signature"])]
    assert form(call.body).decode() == (vector["form_body_as_sent"] or "")


@pytest.mark.parametrize("vector", of_kind("acs3"))
def test_v3_headers_equal_the_vendors(vector: dict[str, Any]) -> None:
    given = vector["headers"]
    call = ServiceCall(
        product="any",
        version=given["x-acs-version"],
        action=given["x-acs-action"],
        method=vector["method"],
        query=vector["query"],
        body=vector["body"],
    )

    headers = signing_v3.signed_headers(
        call,
        given["host"],
        given["user-agent"],
        form(call.body),
        keys(vector),
        datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
        given["x-acs-signature-nonce"],
    )

    assert headers == given | {"authorization": vector["authorization"]}
