"""A really running local cloud for tests, and calls signed by hand."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import oss2

from workstation.localcloud import state
from workstation.localcloud.engine.asked import Analysis
from workstation.localcloud.engine_pool import Engine
from workstation.localcloud.faults import Fault, FaultPlan
from workstation.localcloud.note import Running
from workstation.localcloud.server import CloudOptions, LocalCloud


def counting_engine(analysis: Analysis) -> dict[str, object]:
    """Answers with what it was given, so that a test sees what arrived."""
    frames = analysis.files["URLList"]
    return {
        "Series": [{"Sizes": [frame.stat().st_size for frame in frames], "Parameters": dict(analysis.parameters)}],
        "YingtaiBasis": {"all": "simulated", "parts": {}},
    }


@contextmanager
def serving(
    folder: Path,
    *,
    engine: Engine = counting_engine,
    faults: tuple[Fault, ...] = (),
    now: Callable[[], float] = time.time,
    **options: Any,
) -> Iterator[Running]:
    """A service on any free port, stopped and finished at the end of the block."""
    folder.mkdir(exist_ok=True)
    held = state.lock(folder)
    assert held is not None
    with held, ThreadPoolExecutor(1) as executor:
        cloud = LocalCloud(
            CloudOptions(state=folder, **{"least_job_s": 0.05, **options}),
            faults=FaultPlan(faults),
            engine=engine,
            executor=executor,
            now=now,
        )
        ready = threading.Event()
        thread = threading.Thread(target=cloud.run, args=(lambda _: ready.set(),), daemon=True)
        thread.start()
        assert ready.wait(60)
        try:
            yield cloud.running
        finally:
            cloud.stop()
            thread.join(60)
            assert not thread.is_alive()


def bucket(running: Running, **changes: str) -> oss2.Bucket:
    """The vendor's client on the service's bucket; `changes` of id, secret, bucket, region."""
    facts = {
        "id": running.access_key_id,
        "secret": running.access_key_secret,
        "bucket": running.bucket,
        "region": running.region,
    } | changes
    auth = oss2.AuthV4(facts["id"], facts["secret"])
    return oss2.Bucket(auth, running.oss, facts["bucket"], region=facts["region"], enable_crc=False)


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _encode(text: str) -> str:
    return quote(text, safe="~")


def signed_v1(running: Running, action: str, business: Mapping[str, str], **system: str) -> dict[str, str]:
    """All parameters of a POST, signature included; `system` replaces single ones before signing."""
    parameters = {
        "Action": action,
        "Version": "2020-03-20",
        "AccessKeyId": running.access_key_id,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureNonce": uuid.uuid4().hex,
        "Timestamp": stamp(time.time()),
        "Format": "JSON",
        **business,
        **system,
    }
    query = "&".join(f"{_encode(name)}={_encode(parameters[name])}" for name in sorted(parameters))
    text = f"POST&%2F&{_encode(query)}"
    key = (running.access_key_secret + "&").encode()
    parameters["Signature"] = base64.b64encode(hmac.new(key, text.encode(), hashlib.sha1).digest()).decode()
    return parameters


def call_v1(running: Running, action: str, business: Mapping[str, str], **system: str) -> httpx.Response:
    return post(running, signed_v1(running, action, business, **system))


def post(running: Running, form: Mapping[str, str]) -> httpx.Response:
    return httpx.post(running.rpc + "/", data=dict(form), trust_env=False, timeout=60)


def signed_v3(running: Running, action: str, body: bytes, **changes: str) -> dict[str, str]:
    """Headers of a POST; `changes` (underscores for hyphens) are made before signing."""
    headers = {
        "host": running.rpc.removeprefix("http://"),
        "content-type": "application/x-www-form-urlencoded",
        "x-acs-action": action,
        "x-acs-version": "2020-03-20",
        "x-acs-date": stamp(time.time()),
        "x-acs-signature-nonce": uuid.uuid4().hex,
        "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
    } | {name.replace("_", "-"): value for name, value in changes.items()}
    names = sorted(headers)
    lines = "".join(f"{name}:{headers[name]}\n" for name in names)
    canonical = f"POST\n/\n\n{lines}\n{';'.join(names)}\n{headers['x-acs-content-sha256']}"
    text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    signature = hmac.new(running.access_key_secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    listed = ";".join(names)
    headers["authorization"] = (
        f"ACS3-HMAC-SHA256 Credential={running.access_key_id},SignedHeaders={listed},Signature={signature}"
    )
    return headers


def call_v3(running: Running, action: str, business: Mapping[str, str]) -> httpx.Response:
    body = urlencode(dict(business)).encode()
    headers = signed_v3(running, action, body)
    return httpx.post(running.rpc + "/", content=body, headers=headers, trust_env=False, timeout=60)


def nodule_call(urls: list[str], **others: str) -> dict[str, str]:
    """Business parameters of DetectLungNodule."""
    flat = {f"URLList.{number}.URL": url for number, url in enumerate(urls, start=1)}
    return {"DataFormat": "DICOM", "OrgName": "测试 org", "OrgId": "0001", "Threshold": "0.60", **flat, **others}


def uploaded(running: Running, frames: int, size: int = 100) -> list[str]:
    """Links to that many new objects."""
    store = bucket(running)
    urls = []
    for number in range(1, frames + 1):
        store.put_object(f"case/{number:04d}.dcm", bytes([number % 256]) * size)
        urls.append(store.sign_url("GET", f"case/{number:04d}.dcm", 600, slash_safe=True))
    return urls


def finished(running: Running, job: str, patience_s: float = 60.0) -> dict[str, Any]:
    """`Data` of a job that came to its end."""
    deadline = time.monotonic() + patience_s
    while True:
        data: dict[str, Any] = call_v1(running, "GetAsyncJobResult", {"JobId": job}).json()["Data"]
        if data["Status"] not in ("QUEUING", "PROCESSING"):
            return data
        assert time.monotonic() < deadline, data
        time.sleep(0.05)


def result_of(data: Mapping[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(data["Result"])
    return result


def eventually(holds: Callable[[], bool], patience_s: float = 60.0) -> bool:
    """Whether something comes true in time."""
    deadline = time.monotonic() + patience_s
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()
