"""The same clients against a service that checks signatures, digests and parameters by its own writing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cloud.turned_clock import TurnedClock
from tests.localcloud.service import serving
from workstation.cloud.check import Step, check_connection
from workstation.cloud.oss import MULTIPART_BYTES, OssStore, Upload, etag_of
from workstation.cloud.rpc import RpcClient, Signing
from workstation.cloud.throttle import Throttle
from workstation.domain.credentials import Credentials
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.request import CallKind, ServiceCall
from workstation.domain.work import CancelToken, SystemClock
from workstation.localcloud.faults import Fault, FaultKind
from workstation.localcloud.note import Running

JOB = ServiceCall(product="imageprocess", version="2020-03-20", action="GetAsyncJobResult", body={"JobId": "none"})
NODULES = ServiceCall(
    product="imageprocess",
    version="2020-03-20",
    action="DetectLungNodule",
    body={"DataFormat": "DICOM", "OrgId": "site-01", "OrgName": "site-01", "URLList.1.URL": "http://127.0.0.1/x"},
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("cloud")) as service:
        yield service


def keys(running: Running, secret: str = "") -> Credentials:
    return Credentials(access_key_id=running.access_key_id, access_key_secret=secret or running.access_key_secret)


@contextmanager
def rpc(running: Running, signing: Signing = "v3", secret: str = "") -> Iterator[RpcClient]:
    clock = SystemClock()
    client = RpcClient(running.rpc, keys(running, secret), signing, Throttle(clock, {"imageprocess": 100}, 100), clock)
    try:
        yield client
    finally:
        client.close()


@contextmanager
def store(running: Running, bucket: str = "", secret: str = "") -> Iterator[OssStore]:
    opened = OssStore(running.oss, bucket or running.bucket, running.region, keys(running, secret), clock=TurnedClock())
    try:
        yield opened
    finally:
        opened.close()


def upload_of(file: Path, content: bytes, key: str) -> Upload:
    file.write_bytes(content)
    digest = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
    return Upload(key=key, file=file, md5_base64=digest)


@pytest.mark.parametrize("signing", ["v1", "v3"])
def test_both_signatures_are_accepted(running: Running, signing: Signing) -> None:
    with rpc(running, signing) as client, pytest.raises(WorkstationError) as caught:
        client.call(JOB, CallKind.POLL)

    assert caught.value.code is ErrorCode.REFUSED_INPUT
    assert caught.value.facts["request_id"]


@pytest.mark.parametrize("signing", ["v1", "v3"])
def test_a_wrong_secret_is_refused_as_such(running: Running, signing: Signing) -> None:
    with rpc(running, signing, "x" * 30) as client, pytest.raises(WorkstationError) as caught:
        client.call(JOB, CallKind.POLL)

    assert caught.value.code is ErrorCode.WRONG_SIGNATURE


def test_files_go_there_come_back_and_are_deleted(running: Running, tmp_path: Path) -> None:
    uploads = [upload_of(tmp_path / f"{i}", bytes([i]) * 70_000, f"yingtai/j 中/{i:04d}.dcm") for i in range(12)]
    stored: list[Upload] = []
    with store(running) as opened:
        opened.put_all(uploads, CancelToken(), stored.append)
        etags = [opened.exists(upload.key) for upload in uploads]
        listed = opened.list("yingtai/j 中/")
        opened.download(opened.sign_get(uploads[3].key, 60), tmp_path / "back", 100_000, CancelToken())
        gone = opened.delete([upload.key for upload in uploads])
        left = opened.list("yingtai/j 中/")

    assert len(stored) == 12
    assert etags == [etag_of(upload.md5_base64) for upload in uploads]
    assert list(listed) == [upload.key for upload in uploads]
    assert (tmp_path / "back").read_bytes() == bytes([3]) * 70_000
    assert sorted(gone) == [upload.key for upload in uploads]
    assert left == ()


def test_a_large_file_comes_back_the_same(running: Running, tmp_path: Path) -> None:
    content = bytes(range(251)) * (MULTIPART_BYTES // 251 + 1)
    upload = upload_of(tmp_path / "big", content, "yingtai/big.nii")
    with store(running) as opened:
        opened.put(upload.key, upload.file, upload.md5_base64, CancelToken())
        opened.download(opened.sign_get(upload.key, 60), tmp_path / "back", len(content), CancelToken())
        opened.delete([upload.key])

    assert (tmp_path / "back").read_bytes() == content


def test_a_digest_that_does_not_fit_is_refused(running: Running, tmp_path: Path) -> None:
    upload = replace(
        upload_of(tmp_path / "a", b"a", "yingtai/a"), md5_base64=upload_of(tmp_path / "b", b"b", "").md5_base64
    )
    with store(running) as opened, pytest.raises(WorkstationError) as caught:
        opened.put(upload.key, upload.file, upload.md5_base64, CancelToken())

    assert caught.value.code is ErrorCode.UPLOAD_DAMAGED


def test_a_link_past_its_time_is_told_from_other_failures(running: Running, tmp_path: Path) -> None:
    with store(running) as opened, pytest.raises(WorkstationError) as caught:
        opened.download(opened.sign_get("yingtai/not-there", 60), tmp_path / "x", 10, CancelToken())

    assert caught.value.code is ErrorCode.LINK_EXPIRED


@pytest.mark.parametrize("kind", [FaultKind.DROP_BEFORE, FaultKind.DROP_AFTER, FaultKind.HALF_BODY])
def test_a_submit_that_breaks_off_is_uncertain(tmp_path: Path, kind: FaultKind) -> None:
    faults = (Fault(on="DetectLungNodule", kind=kind),)
    with serving(tmp_path, faults=faults) as service, rpc(service) as client, pytest.raises(WorkstationError) as caught:
        client.call(NODULES, CallKind.SUBMIT)

    # What the service had to say about this call's input was lost on the way, so nobody knows.
    assert caught.value.code is ErrorCode.OUTCOME_UNKNOWN


def test_a_service_clock_far_off_is_said_as_that(tmp_path: Path) -> None:
    faults = (Fault(on="*", kind=FaultKind.SKEW, count=None, seconds=3600),)
    with serving(tmp_path, faults=faults) as service, rpc(service) as client, store(service) as opened:
        steps = check(client, opened)

    assert failures(steps) == {"service": ErrorCode.CLOCK_WRONG, "put": ErrorCode.CLOCK_WRONG}


def check(client: RpcClient, opened: OssStore) -> tuple[Step, ...]:
    return check_connection(client, JOB, opened, "yingtai", CancelToken())


def failures(steps: tuple[Step, ...]) -> dict[str, ErrorCode]:
    return {step.name: step.error.code for step in steps if step.error}


def test_a_good_connection_passes_every_step_and_leaves_nothing(running: Running) -> None:
    with rpc(running) as client, store(running) as opened:
        steps = check(client, opened)
        left = opened.list("yingtai/probe")

    assert [step.name for step in steps if step.works] == ["service", "put", "link", "private", "delete"]
    assert left == ()


def test_a_wrong_secret_is_found_on_both_sides(running: Running) -> None:
    with rpc(running, secret="x" * 30) as client, store(running, secret="x" * 30) as opened:
        steps = check(client, opened)

    assert failures(steps) == {"service": ErrorCode.WRONG_SIGNATURE, "put": ErrorCode.WRONG_SIGNATURE}


def test_a_wrong_bucket_is_found(running: Running) -> None:
    with rpc(running) as client, store(running, bucket="nobodys-bucket") as opened:
        steps = check(client, opened)

    assert failures(steps).keys() == {"put"}
    assert failures(steps)["put"] in (ErrorCode.NO_BUCKET, ErrorCode.FORBIDDEN)


def test_a_wrong_name_is_found(running: Running) -> None:
    clock = TurnedClock()
    client = RpcClient("http://localhost:1", keys(running), "v3", Throttle(clock), clock)
    with store(running) as opened:
        steps = check(client, opened)
    client.close()

    assert failures(steps) == {"service": ErrorCode.UNREACHABLE}
