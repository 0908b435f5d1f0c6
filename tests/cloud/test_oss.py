"""The object store's door: signatures, integrity, cancelling, and what its errors mean."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from tests.cloud.loopback import Log, Play, Seen, answer, closed_port, hang_up, serving
from tests.cloud.oss_verifier import signature
from tests.cloud.turned_clock import TurnedClock
from workstation.cloud.oss import MULTIPART_BYTES, PART_BYTES, OssStore, Upload, etag_of
from workstation.domain.credentials import Credentials
from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.work import CancelToken

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "vectors.json").read_text("utf-8"))["vectors"]
KEYS = Credentials(access_key_id="testid", access_key_secret="testsecret")
STORED = answer(200, "", ETag='"00"')


def of_kind(kind: str) -> list[Any]:
    return [pytest.param(vector, id=vector["id"]) for vector in VECTORS if vector["kind"] == kind]


def xml_error(status: int, code: str, message: str = "no") -> Play:
    text = f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>R7</RequestId></Error>"
    return answer(status, text, x_oss_request_id="R7")


@contextmanager
def store(*plays: Play, keys: Credentials = KEYS) -> Iterator[tuple[OssStore, Log]]:
    with serving(*plays) as log:
        opened = OssStore(log.url, "example-bucket", "cn-shanghai", keys, clock=TurnedClock())
        try:
            yield opened, log
        finally:
            opened.close()


def a_file(folder: Path, content: bytes = b"slice", name: str = "0001.dcm") -> Upload:
    file = folder / name
    file.write_bytes(content)
    return Upload(key=f"yingtai/j1/{name}", file=file, md5_base64=md5(content))


def md5(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def put(opened: OssStore, upload: Upload, cancel: CancelToken | None = None) -> None:
    opened.put(upload.key, upload.file, upload.md5_base64, cancel or CancelToken())


def expected_authorization(seen: Seen) -> str:
    parts, headers = urlsplit(seen.path), seen.values
    _, bucket, key = unquote(parts.path).split("/", 2)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    at = headers["x-oss-date"]
    signed = signature(seen.method, bucket, key, query, headers, "cn-shanghai", at, "testsecret")
    return f"OSS4-HMAC-SHA256 Credential=testid/{at[:8]}/cn-shanghai/oss/aliyun_v4_request, Signature={signed}"


@pytest.mark.parametrize("vector", of_kind("oss-v4-header"))
def test_the_verifier_agrees_with_the_vendors_header_signatures(vector: dict[str, Any]) -> None:
    headers = {name.lower(): value for name, value in vector["headers"].items()}
    signed = signature(
        vector["method"], vector["bucket"], vector["key"], vector["query"], headers, vector["region"],
        headers["x-oss-date"], vector["access_key_secret"],
    )  # fmt: skip

    assert vector["authorization"].endswith(f"Signature={signed}")


@pytest.mark.parametrize("vector", of_kind("oss-v4-presigned"))
def test_the_verifier_agrees_with_the_vendors_links(vector: dict[str, Any]) -> None:
    headers = {name.lower(): value for name, value in vector["headers"].items()}
    additional = [name for name in vector["query"].get("x-oss-additional-headers", "").split(";") if name]
    signed = signature(
        vector["method"], vector["bucket"], vector["key"], vector["query"], headers, vector["region"],
        vector["query"]["x-oss-date"], vector["access_key_secret"], additional,
    )  # fmt: skip

    assert signed == vector["signature"]


@pytest.mark.parametrize("token", ["", "CAISexampleSecurityToken+/=="])
def test_a_signed_link_verifies_and_has_no_part_beyond_the_vendors(token: str) -> None:
    keys = Credentials(access_key_id="testid", access_key_secret="testsecret", security_token=token)
    opened = OssStore("https://oss-cn-shanghai.aliyuncs.com", "example-bucket", "cn-shanghai", keys)
    url = opened.sign_get("case-0001/000001.dcm", 3600)
    query = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    vendors = next(v for v in VECTORS if v["id"] == ("oss-v4-presigned-get-sts" if token else "oss-v4-presigned-get"))

    assert url.startswith("https://example-bucket.oss-cn-shanghai.aliyuncs.com/case-0001/000001.dcm?")
    assert set(query) == {*vendors["query"], "x-oss-signature"}
    assert query["x-oss-signature"] == signature(
        "GET", "example-bucket", "case-0001/000001.dcm", query, {}, "cn-shanghai", query["x-oss-date"], "testsecret"
    )


def test_a_link_with_a_permanent_key_stays_well_below_600_characters() -> None:
    keys = Credentials(access_key_id="L" * 24, access_key_secret="s" * 30)
    opened = OssStore("https://oss-cn-shanghai.aliyuncs.com", "b" * 63, "cn-shanghai", keys)

    assert len(opened.sign_get("yingtai/0123456789abcdef/0001.dcm", 3600)) < 600


def test_on_loopback_links_are_plain_http_and_path_style() -> None:
    opened = OssStore("http://127.0.0.1:9000", "example-bucket", "cn-shanghai", KEYS)

    assert opened.sign_get("a/1.dcm", 60).startswith("http://127.0.0.1:9000/example-bucket/a/1.dcm?")


def test_a_put_is_signed_with_its_md5_and_carries_every_byte(tmp_path: Path) -> None:
    with store(STORED) as (opened, log):
        put(opened, a_file(tmp_path))
    (seen,) = log.seen

    assert seen.body == b"slice"
    assert seen.values["content-md5"] == md5(b"slice")
    assert seen.values["authorization"] == expected_authorization(seen)


def test_an_empty_file_is_put_too(tmp_path: Path) -> None:
    with store(STORED) as (opened, log):
        put(opened, a_file(tmp_path, b""))

    assert log.seen[0].values["content-length"] == "0"


def test_a_put_that_broke_off_is_repeated_whole(tmp_path: Path) -> None:
    counted: list[int] = []
    upload = a_file(tmp_path)
    with store(hang_up, STORED) as (opened, log):
        opened.put(upload.key, upload.file, upload.md5_base64, CancelToken(), counted.append)

    assert [seen.body for seen in log.seen] == [b"slice", b"slice"]
    assert sum(counted) == len(b"slice")


def test_a_large_file_goes_in_parts_each_with_its_md5(tmp_path: Path) -> None:
    content = bytes(range(256)) * (MULTIPART_BYTES // 256) + b"rest"
    begun = answer(200, "<r><Bucket>b</Bucket><Key>k</Key><UploadId>U1</UploadId></r>")
    done = answer(200, '<r><ETag>"1"</ETag></r>', ETag='"1"')
    with store(begun, *[STORED] * 5, done) as (opened, log):
        put(opened, a_file(tmp_path, content))
    parts = log.seen[1:-1]

    assert b"".join(part.body for part in parts) == content
    assert max(len(part.body) for part in parts) == PART_BYTES
    assert [part.values["content-md5"] for part in parts] == [md5(part.body) for part in parts]
    assert [seen.values["authorization"] for seen in log.seen] == [expected_authorization(seen) for seen in log.seen]


def test_a_large_file_that_changed_is_taken_back(tmp_path: Path) -> None:
    begun = answer(200, "<r><Bucket>b</Bucket><Key>k</Key><UploadId>U1</UploadId></r>")
    upload = a_file(tmp_path, bytes(MULTIPART_BYTES + 1))
    other = Upload(key=upload.key, file=upload.file, md5_base64=md5(b"as it was prepared"))
    with store(begun, *[STORED] * 5, answer(204, "")) as (opened, log), pytest.raises(WorkstationError) as caught:
        put(opened, other)

    assert caught.value.code is ErrorCode.FILE_CHANGED
    assert (log.seen[-1].method, urlsplit(log.seen[-1].path).query) == ("DELETE", "uploadId=U1")


def test_a_cancelled_put_sends_nothing(tmp_path: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with store(STORED) as (opened, log), pytest.raises(Cancelled):
        put(opened, a_file(tmp_path), cancel)

    assert log.seen == []


def test_all_files_arrive_and_are_named_with_every_byte_counted(tmp_path: Path) -> None:
    uploads = [a_file(tmp_path, bytes([i]) * 1000, f"{i:04d}.dcm") for i in range(20)]
    stored: list[Upload] = []
    counted: list[int] = []
    with store(STORED) as (opened, log):
        opened.put_all(uploads, CancelToken(), stored.append, counted.append)

    assert sorted(seen.body for seen in log.seen) == [upload.file.read_bytes() for upload in uploads]
    assert sorted(stored, key=lambda upload: upload.key) == uploads
    assert sum(counted) == 20_000


def test_a_failure_among_many_is_raised_and_what_arrived_is_named(tmp_path: Path) -> None:
    uploads = [a_file(tmp_path, bytes([i]), f"{i:04d}.dcm") for i in range(50)]
    stored: list[Upload] = []
    plays = [STORED, STORED, STORED, xml_error(403, "AccessDenied")]
    with store(*plays) as (opened, log), pytest.raises(WorkstationError) as caught:
        opened.put_all(uploads, CancelToken(), stored.append)

    assert caught.value.code is ErrorCode.FORBIDDEN
    assert len(stored) == 3
    assert len(log.seen) < 50


def test_cancelling_many_ends_them(tmp_path: Path) -> None:
    cancel = CancelToken()
    uploads = [a_file(tmp_path, bytes([i]), f"{i:04d}.dcm") for i in range(50)]
    with store(STORED) as (opened, log), pytest.raises(Cancelled):
        opened.put_all(uploads, cancel, lambda _: cancel.cancel())

    assert len(log.seen) < 50


def test_exists_tells_the_etag_of_an_unchanged_file() -> None:
    with store(answer(200, "", ETag=f'"{etag_of(md5(b"slice")).lower()}"')) as (opened, _):
        assert opened.exists("k") == etag_of(md5(b"slice"))


def test_what_is_not_there_does_not_exist() -> None:
    with store(answer(404, "")) as (opened, _):
        assert opened.exists("k") is None


def test_deleting_names_what_is_gone() -> None:
    listed = (
        "<DeleteResult><EncodingType>url</EncodingType><Deleted><Key>a%2F1</Key></Deleted>"
        "<Deleted><Key>a%2F2</Key></Deleted></DeleteResult>"
    )
    with store(answer(200, listed)) as (opened, log):
        assert opened.delete(["a/1", "a/2"]) == ("a/1", "a/2")

    assert log.seen[0].values["authorization"] == expected_authorization(log.seen[0])


def test_a_list_follows_its_pages() -> None:
    def page(key: str, more: str) -> Play:
        token = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{more}</NextContinuationToken>"
        last = "<IsTruncated>false</IsTruncated>"
        entry = (
            f"<Contents><Key>{key}</Key><LastModified>2023-11-14T22:13:20.000Z</LastModified><ETag>x</ETag>"
            "<Type>Normal</Type><Size>1</Size><StorageClass>Standard</StorageClass></Contents>"
        )
        return answer(200, f"<ListBucketResult><Name>b</Name>{token if more else last}{entry}</ListBucketResult>")

    with store(page("a/1", "T2"), page("a/2", "")) as (opened, log):
        assert opened.list("a/") == ("a/1", "a/2")

    assert "continuation-token=T2" in log.seen[1].path


@pytest.mark.parametrize(
    ("status", "code", "message", "meant"),
    [
        (403, "InvalidAccessKeyId", "", ErrorCode.WRONG_KEY),
        (403, "SignatureDoesNotMatch", "", ErrorCode.WRONG_SIGNATURE),
        (403, "RequestTimeTooSkewed", "", ErrorCode.CLOCK_WRONG),
        (403, "AccessDenied", "You have no right", ErrorCode.FORBIDDEN),
        (403, "AccessDenied", "The bucket must be addressed using the specified endpoint.", ErrorCode.NO_BUCKET),
        (400, "InvalidArgument", "Invalid signing region in Authorization header.", ErrorCode.NO_BUCKET),
        (404, "NoSuchBucket", "", ErrorCode.NO_BUCKET),
        (403, "UserDisable", "", ErrorCode.IN_DEBT),
        (400, "InvalidDigest", "", ErrorCode.UPLOAD_DAMAGED),
        (503, "ServiceUnavailable", "", ErrorCode.THROTTLED),
        (500, "InternalError", "", ErrorCode.SERVICE_FAILED),
        (418, "Unheard", "", ErrorCode.REFUSED),
    ],
)
def test_the_stores_codes_have_their_meaning(
    tmp_path: Path, status: int, code: str, message: str, meant: ErrorCode
) -> None:
    with store(xml_error(status, code, message)) as (opened, _), pytest.raises(WorkstationError) as caught:
        put(opened, a_file(tmp_path))

    assert (caught.value.code, caught.value.facts["request_id"]) == (meant, "R7")


def test_an_answer_that_is_no_list_is_not_understood() -> None:
    with store(answer(200, "<html>sign in")) as (opened, _), pytest.raises(WorkstationError) as caught:
        opened.list("a/")

    assert caught.value.code is ErrorCode.BAD_ANSWER


def test_a_store_that_is_not_there_is_unreachable_and_says_why(tmp_path: Path) -> None:
    opened = OssStore(closed_port(), "example-bucket", "cn-shanghai", KEYS, clock=TurnedClock())
    with pytest.raises(WorkstationError) as caught:
        put(opened, a_file(tmp_path))
    opened.close()

    assert (caught.value.code, caught.value.facts["cause"]) == (ErrorCode.UNREACHABLE, "connection-refused")


def test_a_store_without_https_is_told_from_silence(tmp_path: Path) -> None:
    with serving(STORED) as log:
        opened = OssStore(
            log.url.replace("http:", "https:"), "example-bucket", "cn-shanghai", KEYS, clock=TurnedClock()
        )
        with pytest.raises(WorkstationError) as caught:
            put(opened, a_file(tmp_path))
        opened.close()

    assert (caught.value.code, caught.value.facts["cause"]) == (ErrorCode.UNREACHABLE, "no-tls")


def test_loopback_ignores_proxies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", closed_port())
    monkeypatch.setenv("http_proxy", closed_port())
    with store(STORED) as (opened, log):
        put(opened, a_file(tmp_path))

    assert len(log.seen) == 1


def test_an_address_without_a_scheme_is_refused() -> None:
    with pytest.raises(WorkstationError) as caught:
        OssStore("oss-cn-shanghai.aliyuncs.com", "example-bucket", "cn-shanghai", KEYS)

    assert caught.value.code is ErrorCode.BAD_CONNECTION


def test_a_netrc_entry_does_not_replace_the_signature(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with store(STORED) as (opened, log):
        put(opened, a_file(tmp_path))

    assert log.seen[0].values["authorization"].startswith("OSS4-")


def test_keys_contents_and_links_are_not_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), store(xml_error(403, "AccessDenied")) as (opened, _):
        opened.sign_get("a", 60)
        with pytest.raises(WorkstationError):
            put(opened, a_file(tmp_path))

    assert "testid" not in caplog.text
    assert "slice" not in caplog.text
    assert "ignature" not in caplog.text
