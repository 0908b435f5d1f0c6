"""The object store's XML: answers written, the two documents that callers send read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from urllib.parse import quote
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from workstation.localcloud.objects import Listing, Part, Upload
from workstation.localcloud.refusal import OssRefusal


def _document(root: str, lines: Iterable[str]) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>{"".join(lines)}</{root}>'.encode()


def _tag(name: str, value: str | int) -> str:
    return f"<{name}>{escape(str(value))}</{name}>"


def iso_time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def refusal(code: str, message: str, request_id: str, host: str) -> bytes:
    facts = {"Code": code, "Message": message, "RequestId": request_id, "HostId": host}
    return _document("Error", (_tag(name, value) for name, value in facts.items()))


def listing(
    bucket: str, page: Listing, *, version: int, prefix: str, delimiter: str, after: str, most: int, encode: bool
) -> bytes:
    """`ListBucketResult` of `list_objects` (version 1) or `list_objects_v2` (2)."""

    def name(text: str) -> str:
        return quote(text, safe="-_.~/") if encode else text

    lines = [
        _tag("Name", bucket),
        _tag("Prefix", name(prefix)),
        _tag("MaxKeys", most),
        _tag("Delimiter", name(delimiter)),
    ]
    if version == 2:
        lines += [_tag("StartAfter", name(after)), _tag("KeyCount", len(page.entries) + len(page.prefixes))]
        lines += [_tag("NextContinuationToken", name(page.next))] if page.next else []
    else:
        lines += [_tag("Marker", name(after))]
        lines += [_tag("NextMarker", name(page.next))] if page.next else []
    lines += [_tag("EncodingType", "url")] if encode else []
    lines.append(_tag("IsTruncated", "true" if page.next else "false"))
    for entry in page.entries:
        lines += [
            "<Contents>",
            _tag("Key", name(entry.key)),
            _tag("LastModified", iso_time(entry.modified)),
            _tag("ETag", f'"{entry.etag}"'),
            _tag("Type", "Normal"),
            _tag("Size", entry.size),
            _tag("StorageClass", "Standard"),
            "</Contents>",
        ]
    lines += [f"<CommonPrefixes>{_tag('Prefix', name(folded))}</CommonPrefixes>" for folded in page.prefixes]
    return _document("ListBucketResult", lines)


def upload_begun(upload: Upload) -> bytes:
    facts = {"Bucket": upload.bucket, "Key": upload.key, "UploadId": upload.id}
    return _document("InitiateMultipartUploadResult", (_tag(name, value) for name, value in facts.items()))


def parts_listing(upload: Upload, parts: Sequence[Part], *, after: int, most: int) -> bytes:
    page = parts[:most]
    lines = [_tag("Bucket", upload.bucket), _tag("Key", upload.key), _tag("UploadId", upload.id)]
    lines += [_tag("PartNumberMarker", after), _tag("MaxParts", most)]
    lines += [_tag("NextPartNumberMarker", page[-1].number if page else 0)]
    lines += [_tag("IsTruncated", "true" if len(parts) > most else "false")]
    for part in page:
        lines += [
            "<Part>",
            _tag("PartNumber", part.number),
            _tag("LastModified", iso_time(part.modified)),
            _tag("ETag", f'"{part.etag}"'),
            _tag("Size", part.size),
            "</Part>",
        ]
    return _document("ListPartsResult", lines)


def upload_completed(upload: Upload, etag: str, location: str) -> bytes:
    facts = {"Location": location, "Bucket": upload.bucket, "Key": upload.key, "ETag": f'"{etag}"'}
    return _document("CompleteMultipartUploadResult", (_tag(name, value) for name, value in facts.items()))


def deleted(keys: Sequence[str], *, encode: bool) -> bytes:
    lines = [_tag("EncodingType", "url")] if encode else []
    lines += [f"<Deleted>{_tag('Key', quote(key, safe='-_.~/') if encode else key)}</Deleted>" for key in keys]
    return _document("DeleteResult", lines)


def bucket_info(bucket: str, region: str, host: str) -> bytes:
    facts = {
        "Name": bucket,
        "Location": f"oss-{region}",
        "StorageClass": "Standard",
        "ExtranetEndpoint": host,
        "IntranetEndpoint": host,
        "CreationDate": iso_time(0),
    }
    lines = "".join(_tag(name, value) for name, value in facts.items())
    grant = "<AccessControlList><Grant>private</Grant></AccessControlList>"
    owner = "<Owner><ID>local</ID><DisplayName>local</DisplayName></Owner>"
    return _document("BucketInfo", [f"<Bucket>{lines}{owner}{grant}</Bucket>"])


def _parse(body: bytes, root: str) -> ElementTree.Element:
    # A document type is never needed here, and it is how a small text grows without end.
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise OssRefusal("MalformedXML", "A document type is not allowed.")
    try:
        tree = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        raise OssRefusal("MalformedXML", "The XML is not well-formed.") from error
    if tree.tag != root:
        raise OssRefusal("MalformedXML", f"The document must be {root}.")
    return tree


def asked_parts(body: bytes) -> list[tuple[int, str]]:
    """Numbers and ETags (without quotes) of `CompleteMultipartUpload`. raises OssRefusal"""
    parts = []
    for part in _parse(body, "CompleteMultipartUpload").iter("Part"):
        number, etag = part.findtext("PartNumber") or "", part.findtext("ETag") or ""
        if not number.isascii() or not number.isdecimal():
            raise OssRefusal("MalformedXML", "A part number is not a number.")
        parts.append((int(number), etag.strip().strip('"').upper()))
    return parts


def asked_deletions(body: bytes) -> tuple[list[str], bool]:
    """Keys of `Delete`, and whether the answer shall stay empty. raises OssRefusal"""
    tree = _parse(body, "Delete")
    keys = [key.text or "" for key in tree.iterfind("Object/Key")]
    if not 1 <= len(keys) <= 1000:
        raise OssRefusal("MalformedXML", "One to 1000 keys can be deleted at once.")
    return keys, tree.findtext("Quiet") == "true"
