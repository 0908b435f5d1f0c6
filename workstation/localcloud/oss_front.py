"""The object store's door: path style, `/bucket/key`. Bodies are streamed, never held."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from email.utils import formatdate
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from workstation.localcloud import oss_xml
from workstation.localcloud.objects import Entry, Incoming, Shelves, Upload
from workstation.localcloud.oss_access import Key, OssRequest, authorize
from workstation.localcloud.query import Repeated, decode_query
from workstation.localcloud.refusal import NoSpace, OssRefusal

LARGEST_OBJECT: Final = 5 * 1024**3
SMALLEST_PART: Final = 100 * 1024
MOST_PARTS: Final = 10_000
_LARGEST_DOCUMENT: Final = 2 * 1024**2
_MOST_DRAINED: Final = 256 * 1024**2
_CHUNK: Final = 256 * 1024
_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)")
_OVERRIDES: Final = (
    "content-type", "content-language", "expires", "cache-control", "content-disposition", "content-encoding"
)  # fmt: skip


def operation_of(request: Request) -> str:
    """The vendor's name of what is asked for; `Unknown` when the store has no such thing."""
    query, has_key = request.query_params, bool(_names(request, errors="replace")[1])
    match request.method:
        case "PUT" if has_key:
            return "UploadPart" if "uploadId" in query else "PutObject"
        case "GET" if has_key:
            return "ListParts" if "uploadId" in query else "GetObject"
        case "GET":
            return "GetBucketInfo" if "bucketInfo" in query else "ListObjects"
        case "HEAD" if has_key:
            return "GetObjectMeta" if "objectMeta" in query else "HeadObject"
        case "DELETE" if has_key:
            return "AbortMultipartUpload" if "uploadId" in query else "DeleteObject"
        case "POST" if has_key and "uploads" in query:
            return "InitiateMultipartUpload"
        case "POST" if has_key and "uploadId" in query:
            return "CompleteMultipartUpload"
        case "POST" if "delete" in query:
            return "DeleteMultipleObjects"
    return "Unknown"


def _names(request: Request, errors: str = "strict") -> tuple[str, str]:
    """Bucket and key. The raw path is decoded once, so `%2F` and `/` are the same, as they are to the signature."""
    raw: bytes = request.scope["raw_path"]
    bucket, _, key = unquote(raw.decode("ascii"), errors=errors).removeprefix("/").partition("/")
    return bucket, key


class OssFront:
    """Serves the documented verbs over `Shelves`; `now` in seconds since 1970."""

    def __init__(
        self,
        shelves: Shelves,
        keys: Mapping[str, Key],
        region: str,
        now: Callable[[], float],
    ) -> None:
        self._shelves, self._keys, self._region, self._now = shelves, keys, region, now

    async def serve(
        self, request: Request, operation: str, skew_s: float = 0.0, fault: OssRefusal | None = None
    ) -> Response:
        """skew_s, fault  from the fault plan: how far the clock is off, what is refused in any case"""
        request.state.request_id = secrets.token_hex(12).upper()
        try:
            if fault is not None:
                raise fault
            response = await self._dispatch(request, operation, skew_s)
        except OssRefusal as refused:
            response = await self._refuse(request, refused)
        except NoSpace:
            full = OssRefusal("InsufficientStorage", "The local store has no space left for this object.")
            response = await self._refuse(request, full)
        response.headers["x-oss-request-id"] = request.state.request_id
        return response

    async def _refuse(self, request: Request, refused: OssRefusal) -> Response:
        await drain(request)
        if request.method == "HEAD":
            return Response(status_code=refused.status)
        host = request.headers.get("host", "")
        document = oss_xml.refusal(refused.code, refused.message, request.state.request_id, host)
        return Response(document, refused.status, media_type="application/xml")

    async def _dispatch(self, request: Request, operation: str, skew_s: float) -> Response:
        if operation == "Unknown":
            raise OssRefusal("MethodNotAllowed", "The specified method is not allowed against this resource.")
        asked = self._decode(request)
        authorize(asked, self._keys, self._region, self._now() + skew_s)
        match operation:
            case "PutObject":
                return await self._put(request, asked)
            case "GetObject" | "HeadObject" | "GetObjectMeta":
                return self._get(asked)
            case "DeleteObject":
                self._shelves.delete(asked.bucket, asked.key)
                return Response(status_code=204)
            case "DeleteMultipleObjects":
                return await self._delete_several(request, asked)
            case "ListObjects":
                return self._list(asked)
            case "GetBucketInfo":
                host = asked.headers.get("host", "")
                return Response(oss_xml.bucket_info(asked.bucket, self._region, host), media_type="application/xml")
            case "InitiateMultipartUpload":
                upload = self._shelves.begin_upload(asked.bucket, asked.key, _content_type(asked), _meta(asked))
                return Response(oss_xml.upload_begun(upload), media_type="application/xml")
            case "UploadPart":
                return await self._put_part(request, asked)
            case "ListParts":
                return self._list_parts(asked)
            case "CompleteMultipartUpload":
                return await self._complete(request, asked)
            case _:
                self._shelves.end_upload(self._upload(asked))
                return Response(status_code=204)

    def _decode(self, request: Request) -> OssRequest:
        try:
            bucket, key = _names(request)
            query = decode_query(request.scope["query_string"])
        except (UnicodeDecodeError, Repeated) as error:
            raise OssRefusal("InvalidURI", "The address cannot be decoded.") from error
        if key and (len(key.encode()) > 1023 or key[0] in "/\\" or any(ord(sign) < 32 for sign in key)):
            raise OssRefusal("InvalidObjectName", "The specified object name is not valid.")
        headers = {name.lower(): value for name, value in request.headers.items()}
        return OssRequest(method=request.method, bucket=bucket, key=key, query=query, headers=headers)

    # objects

    async def _receive(self, request: Request, incoming: Incoming) -> None:
        """Stream the body into the file; too long, damaged or without space refuses. raises OssRefusal, NoSpace"""
        async for chunk in request.stream():
            if incoming.size + len(chunk) > LARGEST_OBJECT:
                raise OssRefusal("EntityTooLarge", "The object is larger than 5 GB.")
            incoming.write(chunk)
        _check_md5(request, incoming.md5)

    async def _put(self, request: Request, asked: OssRequest) -> Response:
        with self._shelves.incoming(asked.bucket, asked.key) as incoming:
            await self._receive(request, incoming)
            entry = self._shelves.keep(
                incoming, asked.bucket, asked.key, content_type=_content_type(asked), meta=_meta(asked)
            )
        return Response(headers={"ETag": f'"{entry.etag}"', "Content-MD5": _md5_text(incoming.md5)})

    def _get(self, asked: OssRequest) -> Response:
        entry = self._shelves.find(asked.bucket, asked.key)
        if entry is None:
            raise OssRefusal("NoSuchKey", "The specified key does not exist.")
        headers = {
            "Content-Type": entry.content_type,
            "ETag": f'"{entry.etag}"',
            "Last-Modified": formatdate(entry.modified, usegmt=True),
            "Accept-Ranges": "bytes",
            "x-oss-object-type": "Normal",
            "x-oss-storage-class": "Standard",
            **entry.meta,
            **_overrides(asked),
        }
        first, last = _asked_range(asked.headers.get("range", ""), entry)
        status = 200
        if asked.method == "GET" and last - first + 1 < entry.size:
            status = 206
            headers["Content-Range"] = f"bytes {first}-{last}/{entry.size}"
        else:
            first, last = 0, entry.size - 1
        headers["Content-Length"] = str(last - first + 1)
        if asked.method == "HEAD":
            return Response(headers=headers)
        return StreamingResponse(_read(entry.path, first, last - first + 1), status, headers)

    async def _delete_several(self, request: Request, asked: OssRequest) -> Response:
        if "content-md5" not in asked.headers:
            raise OssRefusal("MissingArgument", "Content-MD5 is needed to delete several objects.")
        body = await _document(request)
        _check_md5(request, hashlib.md5(body, usedforsecurity=False).digest())
        keys, quiet = oss_xml.asked_deletions(body)
        for key in keys:
            self._shelves.delete(asked.bucket, key)
        encode = asked.query.get("encoding-type") == "url"
        return Response(oss_xml.deleted([] if quiet else keys, encode=encode), media_type="application/xml")

    def _list(self, asked: OssRequest) -> Response:
        query = asked.query
        version = 2 if query.get("list-type") == "2" else 1
        most = _number(query, "max-keys", 100, 1000)
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        after = query.get("marker", "")
        if version == 2:
            after = query.get("continuation-token") or query.get("start-after", "")
        page = self._shelves.listing(asked.bucket, prefix=prefix, delimiter=delimiter, after=after, most=most)
        encode = query.get("encoding-type") == "url"
        document = oss_xml.listing(
            asked.bucket,
            page,
            version=version,
            prefix=prefix,
            delimiter=delimiter,
            after=after,
            most=most,
            encode=encode,
        )
        return Response(document, media_type="application/xml")

    # multipart

    def _upload(self, asked: OssRequest) -> Upload:
        upload = self._shelves.find_upload(asked.bucket, asked.key, asked.query.get("uploadId", ""))
        if upload is None:
            raise OssRefusal("NoSuchUpload", "The specified upload does not exist.")
        return upload

    async def _put_part(self, request: Request, asked: OssRequest) -> Response:
        upload = self._upload(asked)
        number = _number(asked.query, "partNumber", 0, MOST_PARTS)
        if number < 1:
            raise OssRefusal("InvalidArgument", "Part number must be 1 to 10000.")
        with self._shelves.incoming(asked.bucket, asked.key) as incoming:
            await self._receive(request, incoming)
            if self._shelves.find_upload(asked.bucket, asked.key, upload.id) is None:
                raise OssRefusal("NoSuchUpload", "The upload was aborted meanwhile.")
            part = self._shelves.keep_part(incoming, upload, number)
        return Response(headers={"ETag": f'"{part.etag}"', "Content-MD5": _md5_text(incoming.md5)})

    def _list_parts(self, asked: OssRequest) -> Response:
        upload = self._upload(asked)
        after = _number(asked.query, "part-number-marker", 0, MOST_PARTS)
        most = _number(asked.query, "max-parts", 1000, 1000)
        document = oss_xml.parts_listing(upload, self._shelves.parts(upload, after), after=after, most=most)
        return Response(document, media_type="application/xml")

    async def _complete(self, request: Request, asked: OssRequest) -> Response:
        upload = self._upload(asked)
        wanted = oss_xml.asked_parts(await _document(request))
        numbers = [number for number, _ in wanted]
        if not wanted or numbers != sorted(set(numbers)):
            raise OssRefusal("InvalidPartOrder", "The parts must be listed in ascending order.")
        held = {part.number: part for part in self._shelves.parts(upload)}
        if any(number not in held or held[number].etag != etag for number, etag in wanted):
            raise OssRefusal("InvalidPart", "A listed part was not uploaded or has another ETag.")
        parts = [held[number] for number in numbers]
        if any(part.size < SMALLEST_PART for part in parts[:-1]):
            raise OssRefusal("EntityTooSmall", "Every part but the last must have at least 100 KB.")
        digest = hashlib.md5(b"".join(bytes.fromhex(part.etag) for part in parts), usedforsecurity=False)
        etag = f"{digest.hexdigest().upper()}-{len(parts)}"
        with self._shelves.incoming(asked.bucket, asked.key) as incoming:
            await run_in_threadpool(_join, [part.path for part in parts], incoming)
            self._shelves.keep(
                incoming, asked.bucket, asked.key, content_type=upload.content_type, meta=upload.meta, etag=etag
            )
        self._shelves.end_upload(upload)
        document = oss_xml.upload_completed(upload, etag, str(request.url.replace(query="")))
        return Response(document, headers={"ETag": f'"{etag}"'}, media_type="application/xml")


def _join(files: list[Path], incoming: Incoming) -> None:
    for file in files:
        with file.open("rb") as source:
            while chunk := source.read(_CHUNK):
                incoming.write(chunk)


def _read(path: Path, first: int, length: int) -> Iterator[bytes]:
    with path.open("rb") as source:
        source.seek(first)
        while length > 0 and (chunk := source.read(min(_CHUNK, length))):
            length -= len(chunk)
            yield chunk


async def drain(request: Request) -> None:
    """Read what is still coming, so that a caller in the middle of sending gets the refusal and no broken pipe."""
    seen = 0
    try:
        async for chunk in request.stream():
            seen += len(chunk)
            if seen > _MOST_DRAINED:
                return
    except RuntimeError:
        return  # the body was read before the refusal


async def _document(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_DOCUMENT:
            raise OssRefusal("EntityTooLarge", "The document is larger than 2 MB.")
    return body


def _check_md5(request: Request, md5: bytes) -> None:
    asked = request.headers.get("content-md5")
    if asked is not None and asked != _md5_text(md5):
        raise OssRefusal("InvalidDigest", "The Content-MD5 you specified did not match what was received.")


def _md5_text(md5: bytes) -> str:
    return base64.b64encode(md5).decode()


def _content_type(asked: OssRequest) -> str:
    return asked.headers.get("content-type", "application/octet-stream")


def _meta(asked: OssRequest) -> dict[str, str]:
    return {name: value for name, value in asked.headers.items() if name.startswith("x-oss-meta-")}


def _overrides(asked: OssRequest) -> dict[str, str]:
    wanted = {name: asked.query[f"response-{name}"] for name in _OVERRIDES if f"response-{name}" in asked.query}
    if any(not value.isascii() or not value.isprintable() for value in wanted.values()):
        raise OssRefusal("InvalidArgument", "A response header holds a forbidden sign.")
    return {name.title(): value for name, value in wanted.items()}


def _number(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = query.get(name) or str(default)
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) > most:
        raise OssRefusal("InvalidArgument", f"{name} must be a number up to {most}.")
    return int(text)


def _asked_range(header: str, entry: Entry) -> tuple[int, int]:
    """First and last byte. A header that cannot be understood is ignored, as the vendor's store does."""
    match = _RANGE.fullmatch(header)
    whole = (0, entry.size - 1)
    if not match or match.groups() == ("", ""):
        return whole
    first, last = match.groups()
    if not first:
        return max(0, entry.size - int(last)), entry.size - 1
    if int(first) >= entry.size:
        raise OssRefusal("InvalidRange", "The requested range lies beyond the object.")
    return int(first), min(int(last), entry.size - 1) if last else entry.size - 1
