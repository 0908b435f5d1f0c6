"""The verifier against signatures that the vendor's own packages made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.localcloud import oss_access, rpc_access, signatures
from workstation.localcloud.refusal import OssRefusal, RpcRefusal

VECTORS = json.loads((Path(__file__).parents[1] / "cloud" / "vectors.json").read_text(encoding="utf-8"))["vectors"]
THEN = 1700000000.0  # the fixed clock of the vectors, 2023-11-14T22:13:20Z
REGION = "cn-shanghai"


def vectors(*kinds: str, permanent: bool = False) -> Any:
    """permanent: without those that carry a token or want XML, which are refused before the signature."""
    chosen = [vector for vector in VECTORS if vector["kind"] in kinds and not (permanent and _special(vector))]
    assert chosen
    return pytest.mark.parametrize("vector", chosen, ids=lambda vector: vector["id"])


def _special(vector: Mapping[str, Any]) -> bool:
    return "token" in json.dumps(vector).lower() or vector["query"].get("Format") == "XML"


def rpc_request(vector: Mapping[str, Any]) -> rpc_access.RpcRequest:
    body = vector.get("form_body_as_sent") or (urlencode(vector["body"]) if vector.get("body") else "")
    headers = {name.lower(): value for name, value in vector.get("headers", {}).items()}
    headers |= {"content-type": "application/x-www-form-urlencoded"} if body else {}
    headers |= {"authorization": vector["authorization"]} if "authorization" in vector else {}
    query = dict(vector["query"])
    if vector["kind"] == "rpc-v1":
        query["Signature"] = vector["signature"]
    return rpc_access.RpcRequest(
        method=vector["method"], query=urlencode(query).encode(), headers=headers, body=body.encode()
    )


@vectors("rpc-v1", "acs3", permanent=True)
def test_an_rpc_call_of_the_vendors_clients_is_verified(vector: dict[str, Any]) -> None:
    claim = rpc_access.read_claim(rpc_request(vector), vector["access_key_secret"], REGION)

    assert claim.expected == claim.signature
    assert claim.key_id == "testid"


@vectors("rpc-v1")
def test_the_v1_text_covers_every_vector_tokens_and_xml_included(vector: dict[str, Any]) -> None:
    merged = vector["query"] | (vector.get("body") or {})

    assert signatures.rpc_v1(vector["method"], merged, vector["access_key_secret"]) == vector["signature"]


def oss_request(vector: Mapping[str, Any], **query: str) -> oss_access.OssRequest:
    headers = {name.lower(): value for name, value in vector.get("headers", {}).items()}
    headers |= {"authorization": vector["authorization"]} if "authorization" in vector else {}
    return oss_access.OssRequest(
        method=vector["method"],
        bucket=vector["bucket"],
        key=vector.get("key", ""),
        query=vector["query"] | query,
        headers=headers,
    )


def signed_link(vector: Mapping[str, Any]) -> oss_access.OssRequest:
    name = "x-oss-signature" if vector["kind"] == "oss-v4-presigned" else "Signature"
    return oss_request(vector, **{name: vector["signature"]})


KEYS = {"testid": oss_access.Key("testid", "testsecret", frozenset({"example-bucket"}))}


@vectors("oss-v4-header")
def test_a_request_of_the_vendors_store_client_is_let_in(vector: dict[str, Any]) -> None:
    oss_access.authorize(oss_request(vector), KEYS, REGION, THEN)


@vectors("oss-v4-presigned", "oss-v1-presigned")
def test_a_link_of_the_vendors_store_client_is_let_in_until_it_expires(vector: dict[str, Any]) -> None:
    oss_access.authorize(signed_link(vector), KEYS, REGION, THEN + 200)

    with pytest.raises(OssRefusal) as refused:
        oss_access.authorize(signed_link(vector), KEYS, REGION, THEN + 7 * 86400 + 1)
    assert (refused.value.code, refused.value.message) == ("AccessDenied", "Request has expired.")


@vectors("oss-v4-header", "oss-v4-presigned", "oss-v1-presigned")
def test_a_request_for_another_object_is_refused(vector: dict[str, Any]) -> None:
    honest = oss_request(vector) if "authorization" in vector else signed_link(vector)
    other = oss_access.OssRequest(
        method=honest.method, bucket=honest.bucket, key=honest.key + "x", query=honest.query, headers=honest.headers
    )

    with pytest.raises(OssRefusal) as refused:
        oss_access.authorize(other, KEYS, REGION, THEN)
    assert refused.value.code == "SignatureDoesNotMatch"


LUNG = next(vector for vector in VECTORS if vector["id"] == "rpc-v1-core-lung-nodule-10plus")
FIELDS = sorted((LUNG["query"] | LUNG["body"]).keys() - {"SignatureMethod", "SignatureVersion", "Format", "RegionId"})


@given(field=st.sampled_from(FIELDS), suffix=st.sampled_from("0a é%+"), name=st.booleans())
def test_any_changed_name_index_or_value_breaks_the_v1_signature(field: str, suffix: str, name: bool) -> None:
    merged = LUNG["query"] | LUNG["body"]
    value = merged.pop(field)
    merged |= {field + suffix: value} if name else {field: value + suffix}
    changed = LUNG | {"query": merged, "body": {}}

    assert not _accepted(rpc_request(changed))


def _accepted(request: rpc_access.RpcRequest) -> bool:
    try:
        claim = rpc_access.read_claim(request, "testsecret", REGION)
    except RpcRefusal:
        return False
    return claim.expected == claim.signature


def test_the_unchanged_call_is_accepted() -> None:
    assert _accepted(rpc_request(LUNG))


def test_a_v3_call_must_sign_what_decides_about_it() -> None:
    vector = next(vector for vector in VECTORS if vector["id"] == "acs3-client-lung-nodule-post")
    fewer = vector | {"authorization": vector["authorization"].replace(";x-acs-version", "")}

    with pytest.raises(RpcRefusal) as refused:
        rpc_access.read_claim(rpc_request(fewer), "testsecret", REGION)

    assert refused.value.code == "SignatureDoesNotMatch"


def test_a_result_link_is_what_the_vendors_client_makes() -> None:
    vector = next(vector for vector in VECTORS if vector["id"] == "oss-v1-presigned-get")

    link = oss_access.v1_link("http://h", KEYS["testid"], "example-bucket", vector["key"], 1700000300)

    parts = urlsplit(link)
    assert unquote(parts.path) == f"/example-bucket/{vector['key']}"
    assert dict(parse_qsl(parts.query)) == vector["query"] | {"Signature": vector["signature"]}
