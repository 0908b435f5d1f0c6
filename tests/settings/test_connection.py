"""A connection is valid from birth, and says which setting is wrong and what it has to be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workstation.catalogue.operation import ConnectionKind
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.sentences import sentence
from workstation.settings.connection import LOCAL, Connection, new_connection

ALIYUN = new_connection("hospital-a", ConnectionKind.ALIYUN, bucket="ward-ct")
COMPATIBLE = new_connection(
    "dept",
    ConnectionKind.COMPATIBLE,
    bucket="ward-ct",
    rpc_base="http://ct-server:8080",
    oss_endpoint="http://ct-server:9000",
)


def test_the_vendors_addresses_are_filled_in() -> None:
    assert ALIYUN.rpc_endpoint("imageprocess") == "https://imageprocess.cn-shanghai.aliyuncs.com"
    assert ALIYUN.rpc_endpoint("imageseg") == "https://imageseg.cn-shanghai.aliyuncs.com"
    assert ALIYUN.oss_endpoint == "https://oss-cn-shanghai.aliyuncs.com"
    assert (ALIYUN.signing, ALIYUN.region, ALIYUN.encrypted) == ("v3", "cn-shanghai", True)


def test_one_product_may_have_an_address_of_its_own() -> None:
    apart = replace(ALIYUN, rpc_endpoints=(("viapi", "https://viapi.aliyuncs.com"),))

    assert apart.rpc_endpoint("viapi") == "https://viapi.aliyuncs.com"
    assert apart.rpc_endpoint("imageseg") == "https://imageseg.cn-shanghai.aliyuncs.com"


def test_a_product_without_an_address_is_named() -> None:
    apart = replace(COMPATIBLE, rpc_base="", rpc_endpoints=(("imageprocess", "https://gate.example"),))
    with pytest.raises(WorkstationError) as caught:
        apart.rpc_endpoint("imageseg")

    assert str(sentence(caught.value).remedy) == "It has to be: an address for imageseg"


def test_a_network_of_ones_own_may_be_plain_and_says_so() -> None:
    assert not COMPATIBLE.encrypted


def test_the_local_connection_gets_its_addresses_from_the_running_service() -> None:
    running = LOCAL.at(
        rpc="http://127.0.0.1:8000",
        oss="http://127.0.0.1:8000",
        showapi="http://127.0.0.1:8000/showapi",
        region="cn-shanghai",
        bucket="yingtai-local",
    )

    assert running.rpc_endpoint("imageprocess") == "http://127.0.0.1:8000"
    assert running.encrypted


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "Hospital A"),
        ("name", ""),
        ("name", "-a"),
        ("name", "a" * 33),
        ("name", "local"),
        ("bucket", "Ward"),
        ("bucket", "ab"),
        ("bucket", ""),
        ("bucket", "bucket-"),
        ("region", "cn-hangzhou"),
        ("region", "上海"),
        ("oss_endpoint", ""),
        ("oss_endpoint", "oss-cn-shanghai.aliyuncs.com"),
        ("oss_endpoint", "http://oss-cn-shanghai.aliyuncs.com"),
        ("oss_endpoint", "https://user:pass@host"),
        ("oss_endpoint", "https://host/path"),
        ("oss_endpoint", "https://host:99999"),
        ("oss_endpoint", "https://医院.example"),
        ("rpc_base", "ftp://host"),
        ("rpc_base", "https://host?x=1"),
        ("rpc_base", ""),
        ("rpc_endpoints", (("Image Process", "https://host"),)),
        ("rpc_endpoints", (("imageprocess", "http://host"),)),
        ("signing", "v4"),
        ("key_prefix", ""),
        ("key_prefix", "/a"),
        ("key_prefix", "张三"),
        ("key_prefix", "a" * 65),
        ("key_prefix", "../x"),
    ],
)
def test_a_setting_that_can_not_work_is_named(name: str, value: object) -> None:
    with pytest.raises(WorkstationError) as caught:
        replace(ALIYUN, **{name: value})

    assert (caught.value.code, caught.value.facts["name"]) == (ErrorCode.BAD_CONNECTION, name)
    assert "{" not in str(sentence(caught.value).remedy)


def test_a_loopback_address_may_be_plain_for_every_kind() -> None:
    assert replace(ALIYUN, rpc_base="http://127.0.0.1:8000").encrypted


def test_the_second_gateway_needs_its_own_address() -> None:
    gate = new_connection("gate", ConnectionKind.SHOWAPI, bucket="ward-ct", source_id="ds-1")

    assert gate.showapi_endpoint.startswith("https://")
    with pytest.raises(WorkstationError):
        replace(gate, source_id="")
    with pytest.raises(WorkstationError):
        Connection(name="gate", kind=ConnectionKind.SHOWAPI, bucket="ward-ct", oss_endpoint="https://oss.example")
