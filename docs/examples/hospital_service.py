"""A hospital's own analysis service, complete and small: what a `compatible` connection of Yingtai expects.

    python hospital_service.py FOLDER [PORT]

It prints one line of JSON with its address and keys, then serves the object store and the analysis service on one
port. `find_nodules` is where your model goes. Needs Python 3.11, numpy and pydicom; the protocol needs neither.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sys
import threading
import time
import urllib.request
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.etree import ElementTree

import numpy as np
import pydicom

BUCKET, REGION, KEY_ID, SECRET = "hospital", "cn-shanghai", "hospital-key", "hospital-secret"
CLOCK_TOLERANCE_S = 15 * 60


# ---- your model ----


def find_nodules(slices: list[pydicom.Dataset], threshold: float) -> dict[str, object]:
    """The documented answer of DetectLungNodule. This one "finds" the brightest voxel; put your model here.

    Slices come in the order of the list: ascending along their normal. Indices count from 0 in that order; Origin and
    Spacing are x, y, z. State them: they prove that the finding lies in the series that was sent.
    """
    volume = np.stack([one.pixel_array * float(one.RescaleSlope) + float(one.RescaleIntercept) for one in slices])
    z, y, x = (int(at) for at in np.unravel_index(int(np.argmax(volume)), volume.shape))
    first, second = (np.array(one.ImagePositionPatient, float) for one in slices[:2])
    rows, columns = (float(value) for value in slices[0].PixelSpacing)
    element = {
        "ImageX": x, "ImageY": y, "ImageZ": z,
        "Diameter": 6.0, "Confidence": max(0.9, threshold),
        "SOPInstanceUID": str(slices[z].SOPInstanceUID),
    }  # fmt: skip
    series = {
        "SeriesInstanceUid": str(slices[0].SeriesInstanceUID),
        "Origin": first.tolist(),
        "Spacing": [columns, rows, float(np.linalg.norm(second - first))],
        "Elements": [element],
    }
    return {"Series": [series]}


# ---- jobs ----


class Refused(Exception):
    """A documented error code, its sentence, its HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(code)
        self.code, self.message, self.status = code, message, status


JOBS: dict[str, dict[str, str]] = {}


def submit(parameters: Mapping[str, str]) -> str:
    """Take a job and answer at once; the links in it work for an hour."""
    count = sum(name.startswith("URLList.") for name in parameters)
    links = [parameters.get(f"URLList.{number}.URL", "") for number in range(1, count + 1)]
    if not 20 <= count <= 600 or not all(links):
        raise Refused("InvalidParameter", "URLList must have 20 to 600 addresses, counted from 1.")
    number = str(uuid.uuid4()).upper()
    JOBS[number] = {"JobId": number, "Status": "QUEUING"}
    threading.Thread(target=work, args=(number, links, float(parameters.get("Threshold", "0.6"))), daemon=True).start()
    return number


def work(number: str, links: list[str], threshold: float) -> None:
    JOBS[number]["Status"] = "PROCESSING"
    try:
        files = [urllib.request.urlopen(link, timeout=20).read() for link in links]
        answer = find_nodules([pydicom.dcmread(BytesIO(file)) for file in files], threshold)
        JOBS[number] |= {"Status": "PROCESS_SUCCESS", "Result": json.dumps(answer)}
    except OSError:
        JOBS[number] |= {"Status": "PROCESS_FAILED", "ErrorCode": "InvalidImage.Download", "ErrorMessage": "no access"}
    except Exception as error:  # noqa: BLE001  whatever the model does, the caller gets an end
        JOBS[number] |= {"Status": "PROCESS_FAILED", "ErrorCode": "InternalError.Algo"}
        JOBS[number]["ErrorMessage"] = type(error).__name__


def call(action: str, parameters: Mapping[str, str]) -> dict[str, object]:
    if action == "DetectLungNodule":
        return {"RequestId": submit(parameters), "Message": "taken"}
    if action == "GetAsyncJobResult":
        job = JOBS.get(parameters.get("JobId", ""))
        if job is None:
            raise Refused("InvalidParameter", "The parameter JobId names no job.")
        return {"RequestId": str(uuid.uuid4()).upper(), "Data": job}
    raise Refused("UnsupportedOperation", "The specified action is not supported.")


# ---- signatures ----


def percent(text: str) -> str:
    return quote(text, safe="-_.~")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def check_rpc(headers: Mapping[str, str], body: bytes) -> None:
    """ACS3-HMAC-SHA256: the headers that the call names as signed, and the body."""
    given = dict(part.split("=", 1) for part in headers.get("authorization", "").partition(" ")[2].split(",") if part)
    names = given.get("SignedHeaders", "").split(";")
    lines = "".join(f"{name}:{headers.get(name, '').strip()}\n" for name in names)
    canonical = f"POST\n/\n\n{lines}\n{';'.join(names)}\n{sha256(body)}"
    expected = hmac.digest(SECRET.encode(), f"ACS3-HMAC-SHA256\n{sha256(canonical.encode())}".encode(), "sha256").hex()
    if given.get("Credential") != KEY_ID:
        raise Refused("InvalidAccessKeyId.NotFound", "Specified access key is not found.", 404)
    if not hmac.compare_digest(expected, given.get("Signature", "")):
        raise Refused("SignatureDoesNotMatch", "The signature does not match.")
    at = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    if abs(time.time() - at) > CLOCK_TOLERANCE_S:
        raise Refused("InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")


def oss_signature(method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], stamp: str) -> str:
    """OSS4-HMAC-SHA256 of a request to the store; `path` decoded, with the bucket."""
    pairs = sorted((percent(name), percent(value)) for name, value in query.items() if name != "x-oss-signature")
    signed = {
        n: v.strip() for n, v in headers.items() if n.startswith("x-oss-") or n in ("content-type", "content-md5")
    }
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    asked = "&".join(f"{name}={value}" if value else name for name, value in pairs)
    canonical = f"{method}\n{quote(path, safe='/-_.~')}\n{asked}\n{lines}\n\nUNSIGNED-PAYLOAD"
    scope = f"{stamp[:8]}/{REGION}/oss/aliyun_v4_request"
    key = f"aliyun_v4{SECRET}".encode()
    for piece in scope.split("/"):
        key = hmac.digest(key, piece.encode(), "sha256")
    text = f"OSS4-HMAC-SHA256\n{stamp}\n{scope}\n{sha256(canonical.encode())}"
    return hmac.digest(key, text.encode(), "sha256").hex()


def may_access(method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> bool:
    """By a signature in the headers, or by a link that has not expired."""
    link = "x-oss-signature" in query
    stamp = query.get("x-oss-date", "") if link else headers.get("x-oss-date", "")
    given = query.get("x-oss-signature", "") if link else headers.get("authorization", "").rpartition("Signature=")[2]
    try:
        began = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return False
    lasts = int(query.get("x-oss-expires", "0")) if link else CLOCK_TOLERANCE_S
    signed = {} if link else headers
    return -CLOCK_TOLERANCE_S <= time.time() - began <= lasts and hmac.compare_digest(
        oss_signature(method, path, query, signed, stamp), given
    )


# ---- HTTP ----


class Service(BaseHTTPRequestHandler):
    """`/` is the analysis service, `/hospital/…` the object store."""

    protocol_version = "HTTP/1.1"
    folder: Path

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if parts.path == "/":
            self.serve_rpc(headers, body)
        elif not may_access(self.command, unquote(parts.path), query, headers):
            self.fail("AccessDenied", 403)
        else:
            self.serve_store(unquote(parts.path).removeprefix(f"/{BUCKET}/"), query, headers, body)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_any  # noqa: N815  the library's names

    def serve_rpc(self, headers: Mapping[str, str], body: bytes) -> None:
        status = 200
        try:
            check_rpc(headers, body)
            parameters = dict(parse_qsl(body.decode(), keep_blank_values=True))
            answer = call(headers.get("x-acs-action", ""), parameters)
        except Refused as refused:
            status, number = refused.status, str(uuid.uuid4()).upper()
            answer = {"RequestId": number, "HostId": "", "Code": refused.code, "Message": refused.message}
        self.answer(status, json.dumps(answer).encode(), {"content-type": "application/json"})

    def serve_store(self, key: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> None:
        file = self.folder / sha256(key.encode())  # whatever a key holds, it is one file in this folder
        if self.command == "PUT":
            digest = hashlib.md5(body, usedforsecurity=False).digest()
            if headers.get("content-md5", "") != base64.b64encode(digest).decode():
                self.fail("InvalidDigest", 400)
                return
            file.write_bytes(body)
            self.answer(200, b"", {"etag": f'"{digest.hex().upper()}"'})
        elif self.command == "POST" and "delete" in query:
            keys = [node.text or "" for node in ElementTree.fromstring(body).iter("Key")]
            for one in keys:
                (self.folder / sha256(one.encode())).unlink(missing_ok=True)
            gone = "".join(f"<Deleted><Key>{quote(one, safe='')}</Key></Deleted>" for one in keys)
            self.xml(200, f"<DeleteResult><EncodingType>url</EncodingType>{gone}</DeleteResult>")
        elif self.command in ("GET", "HEAD") and file.exists():
            content = file.read_bytes()
            etag = hashlib.md5(content, usedforsecurity=False).hexdigest().upper()
            more = {"etag": f'"{etag}"', "last-modified": self.date_time_string(file.stat().st_mtime)}
            self.answer(200, content, more)
        else:
            self.fail("NoSuchKey", 404)

    def fail(self, code: str, status: int) -> None:
        self.xml(status, f"<Error><Code>{code}</Code><Message/><RequestId>{uuid.uuid4().hex}</RequestId></Error>")

    def xml(self, status: int, text: str) -> None:
        self.answer(
            status, f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode(), {"content-type": "application/xml"}
        )

    def answer(self, status: int, content: bytes, more: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**more, "x-oss-request-id": uuid.uuid4().hex, "content-length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Addresses hold signatures: nothing of them is logged."""


def main() -> None:
    Service.folder = Path(sys.argv[1])
    Service.folder.mkdir(parents=True, exist_ok=True)
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2]) if len(sys.argv) > 2 else 0), Service)
    address = f"http://127.0.0.1:{server.server_port}"
    facts = {"rpc": address, "oss": address, "region": REGION, "bucket": BUCKET}
    print(json.dumps(facts | {"access_key_id": KEY_ID, "access_key_secret": SECRET}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
