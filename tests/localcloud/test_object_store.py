"""The object store, driven by the vendor's own client."""

from __future__ import annotations

import hashlib
import os
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import httpx
import oss2
import pytest
from oss2.exceptions import ServerError
from oss2.models import PartInfo

from tests.localcloud.service import bucket, serving
from workstation.localcloud.note import Running
from workstation.localcloud.objects import Shelves
from workstation.localcloud.oss_access import Key
from workstation.localcloud.result_files import ResultFiles

NAME = "case 1/中文 +~&.dcm"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("store") / "state") as service:
        yield service


@pytest.fixture
def store(running: Running) -> Iterator[oss2.Bucket]:
    store = bucket(running)
    yield store
    for found in oss2.ObjectIterator(store):
        store.delete_object(found.key)


def refusal(call: object, *arguments: object, **named: object) -> tuple[int, str]:
    with pytest.raises(ServerError) as refused:
        call(*arguments, **named)  # type: ignore[operator]
    return refused.value.status, refused.value.code


def test_an_object_comes_back_as_it_was_put(store: oss2.Bucket) -> None:
    content = os.urandom(300_001)

    put = store.put_object(NAME, content, headers={"Content-Type": "application/dicom", "x-oss-meta-n": "7"})

    got = store.get_object(NAME)
    assert got.read() == content
    assert got.headers["Content-Type"] == "application/dicom"
    assert got.headers["x-oss-meta-n"] == "7"
    assert put.etag == got.etag == hashlib.md5(content).hexdigest().upper()
    assert put.request_id


def test_a_body_of_unknown_length_is_taken(store: oss2.Bucket) -> None:
    store.put_object("stream", iter([b"ab", b"cd"]))

    assert store.get_object("stream").read() == b"abcd"


def test_an_empty_object_can_be_kept(store: oss2.Bucket) -> None:
    store.put_object("empty", b"")

    assert store.get_object("empty").read() == b""
    assert store.head_object("empty").content_length == 0


@pytest.mark.parametrize(
    ("asked", "expected"), [((0, 3), b"0123"), ((7, None), b"789"), ((None, 2), b"89"), ((8, 99), b"89")]
)
def test_a_range_is_cut_out(store: oss2.Bucket, asked: tuple[int | None, int | None], expected: bytes) -> None:
    store.put_object("digits", b"0123456789")

    got = store.get_object("digits", byte_range=asked)

    assert (got.status, got.read()) == (206, expected)
    assert got.headers["Content-Range"].endswith("/10")


def test_head_tells_size_and_kind_and_missing_objects_are_missed(store: oss2.Bucket) -> None:
    store.put_object("here", b"12345")

    assert store.head_object("here").object_type == "Normal"
    assert store.get_object_meta("here").content_length == 5
    assert store.object_exists("here")
    assert not store.object_exists("gone")
    assert refusal(store.get_object, "gone") == (404, "NoSuchKey")


def test_a_damaged_body_is_not_kept(store: oss2.Bucket) -> None:
    wrong = b64encode(hashlib.md5(b"other").digest()).decode()

    assert refusal(store.put_object, "x", b"body", headers={"Content-MD5": wrong}) == (400, "InvalidDigest")
    assert not store.object_exists("x")


@pytest.mark.parametrize("listing", [oss2.ObjectIterator, oss2.ObjectIteratorV2])
def test_listings_page_through_every_key_in_byte_order(store: oss2.Bucket, listing: type) -> None:
    names = ["a/1", "a/2", "a/3/x", "b", "中", "a b+c"]
    for name in names:
        store.put_object(name, b"1")

    assert [found.key for found in listing(store, max_keys=2)] == sorted(names)
    assert [found.key for found in listing(store, prefix="a/", delimiter="/", max_keys=1)] == ["a/1", "a/2", "a/3/"]
    assert [found.key for found in listing(store, delimiter="/", max_keys=1)] == ["a b+c", "a/", "b", "中"]


def test_a_batch_is_deleted_and_missing_keys_do_no_harm(store: oss2.Bucket) -> None:
    store.put_object(NAME, b"1")

    deleted = store.batch_delete_objects([NAME, "never there"])

    assert deleted.deleted_keys == [NAME, "never there"]
    assert not store.object_exists(NAME)
    assert store.delete_object("never there").status == 204


def test_a_large_file_goes_up_in_parts_and_comes_back(store: oss2.Bucket, tmp_path: Path) -> None:
    content = os.urandom(3 * 1024**2 + 17)
    file = tmp_path / "volume"
    file.write_bytes(content)

    oss2.resumable_upload(
        store,
        "volume.nii.gz",
        str(file),
        store=oss2.ResumableStore(root=str(tmp_path)),
        multipart_threshold=1024**2,
        part_size=1024**2,
        num_threads=3,
    )

    assert store.get_object("volume.nii.gz").read() == content
    assert store.head_object("volume.nii.gz").etag.endswith("-4")


def test_parts_are_listed_checked_and_can_be_abandoned(store: oss2.Bucket) -> None:
    upload = store.init_multipart_upload("big").upload_id
    first = store.upload_part("big", upload, 1, b"1" * 102_399)
    second = store.upload_part("big", upload, 2, b"2" * 10)

    listed = store.list_parts("big", upload).parts
    assert [(part.part_number, part.size, part.etag) for part in listed] == [
        (1, 102_399, first.etag),
        (2, 10, second.etag),
    ]
    whole = [PartInfo(1, first.etag), PartInfo(2, second.etag)]
    assert refusal(store.complete_multipart_upload, "big", upload, whole) == (400, "EntityTooSmall")
    assert refusal(store.complete_multipart_upload, "big", upload, [PartInfo(1, second.etag)]) == (400, "InvalidPart")
    store.abort_multipart_upload("big", upload)
    assert refusal(store.list_parts, "big", upload) == (404, "NoSuchUpload")
    assert not store.object_exists("big")


def test_only_the_right_key_bucket_and_region_are_let_in(running: Running) -> None:
    assert refusal(bucket(running, id="other").list_objects) == (403, "InvalidAccessKeyId")
    assert refusal(bucket(running, secret="other").list_objects) == (403, "SignatureDoesNotMatch")
    assert refusal(bucket(running, region="cn-beijing").list_objects) == (400, "InvalidArgument")
    assert refusal(bucket(running, bucket="other-bucket").list_objects) == (404, "NoSuchBucket")
    assert bucket(running).get_bucket_info().name == running.bucket


def test_nothing_is_public(running: Running, store: oss2.Bucket) -> None:
    store.put_object("private", b"1")

    answer = httpx.get(f"{running.oss}/{running.bucket}/private", trust_env=False)

    assert answer.status_code == 403
    assert "<Code>AccessDenied</Code>" in answer.text
    assert answer.headers["x-oss-request-id"]


def test_a_link_opens_one_object_for_its_time(tmp_path: Path) -> None:
    clock = [oss2.utils.time.time()]
    with serving(tmp_path / "state", now=lambda: clock[0]) as running:
        store = bucket(running)
        store.put_object(NAME, b"1")
        link = store.sign_url("GET", NAME, 60, slash_safe=True)
        old = oss2.Bucket(oss2.Auth(running.access_key_id, running.access_key_secret), running.oss, running.bucket)
        old_link = old.sign_url("GET", NAME, 60, slash_safe=True)

        before = [httpx.get(url, trust_env=False).status_code for url in (link, old_link)]
        other = httpx.get(link.replace("case", "base"), trust_env=False).text
        clock[0] += 61
        after = [httpx.get(url, trust_env=False).text for url in (link, old_link)]

    assert before == [200, 200]
    assert "SignatureDoesNotMatch" in other
    assert ["Request has expired." in text for text in after] == [True, True]


def test_a_clock_that_is_off_by_more_than_a_quarter_of_an_hour_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path / "state", now=lambda: oss2.utils.time.time() + 901) as running:
        assert refusal(bucket(running).put_object, "x", b"1") == (403, "RequestTimeTooSkewed")


def test_without_space_the_answer_is_clean_and_no_half_object_stays(tmp_path: Path) -> None:
    with serving(tmp_path / "state", max_bytes=1_000_000) as running:
        store = bucket(running)
        store.put_object("small", b"1" * 10)

        assert refusal(store.put_object, "large", b"2" * 4_000_000) == (507, "InsufficientStorage")
        assert not store.object_exists("large")
        assert len(list((tmp_path / "state" / "objects").iterdir())) == 1


def test_objects_outlive_a_restart_and_leftovers_do_not(tmp_path: Path) -> None:
    with serving(tmp_path / "state") as running:
        bucket(running).put_object("kept", b"1")
    leftover = tmp_path / "state" / "objects" / "half-written"
    leftover.write_bytes(b"2")

    with serving(tmp_path / "state") as again:
        assert bucket(again).get_object("kept").read() == b"1"
    assert not leftover.exists()
    assert again == running


def test_a_result_file_has_an_old_style_link_and_goes_after_its_time(tmp_path: Path) -> None:
    from workstation.localcloud.database import open_database

    clock = [1_700_000_000.0]
    database = open_database(tmp_path / "db")
    shelves = Shelves(tmp_path / "objects", database, lambda: clock[0])
    results = ResultFiles(shelves, "http://127.0.0.1:1", Key("i", "s", frozenset({"r"})), "r", lambda: clock[0])

    link = results.publish("JOB", "mask.nii.gz", b"mask", 300)
    clock[0] += 400
    results.publish("JOB2", "mask.nii.gz", b"mask", 300)

    assert link.startswith("http://127.0.0.1:1/r/JOB/mask.nii.gz?Expires=1700000300&OSSAccessKeyId=i&Signature=")
    assert shelves.find("r", "JOB/mask.nii.gz") is None
    assert shelves.find("r", "JOB2/mask.nii.gz") is not None
    database.close()


@pytest.mark.skipif(os.name != "posix", reason="Windows has no limit on the size of a file")
def test_a_file_size_limit_of_the_system_is_no_space_either(tmp_path: Path) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with serving(tmp_path / "state") as running:
        store = bucket(running)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, before[1]))
        try:
            told = refusal(store.put_object, "large", b"2" * 4_000_000)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

        assert told == (507, "InsufficientStorage")
        assert not store.object_exists("large")
        assert list((tmp_path / "state" / "objects").iterdir()) == []
