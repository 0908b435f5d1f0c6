"""What an object without a picture of its own refers to, and what it calls itself.

The bytes are looked through for the few elements that are asked for, at whatever depth: reports and segmentations nest
thousands of items, which a parser would all build. What is found is taken only where it has the form of its element.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from workstation.domain.error import WorkstationError
from workstation.domain.series import FoundObject
from workstation.imaging.archive.member import open_binary
from workstation.imaging.dicom import tags
from workstation.imaging.dicom.charset import charset_of
from workstation.imaging.dicom.header import LARGEST_HEADER, Header
from workstation.imaging.dicom.tags import Tag, tag
from workstation.imaging.dicom.text import plain
from workstation.imaging.dicom.walk import BIG_ENDIAN, DEFLATED

_REFERENCED_INSTANCE: Final = tag(0x0008, 0x1155)
_REFERENCED_FRAME: Final = tag(0x3006, 0x0024)
_UID: Final = re.compile(rb"[0-9][0-9.]{1,63}\Z")
_MOST_INSTANCES: Final = 100_000
_DOCUMENT_HEAD: Final = 2**20  # the document itself follows what is looked for
_DOCUMENTS: Final = frozenset({"pdf", "document", "mesh"})
# Where the kinds say what they are: titles and labels, the first that is there.
_TITLES: Final = (
    tag(0x0070, 0x0081),  # ContentDescription
    tag(0x3006, 0x0002),  # StructureSetLabel
    tag(0x300A, 0x0002),  # RTPlanLabel
    tag(0x0042, 0x0010),  # DocumentTitle
)
_LABEL: Final = tag(0x0070, 0x0080)  # often a formal word
_CONCEPT: Final = tag(0x0040, 0xA043)
_MEANING: Final = tag(0x0008, 0x0104)
_LONGEST_TITLE: Final = 1024


def found_object(header: Header, kind: str) -> FoundObject:
    """The object with all that it names; with its kind alone where it can't be read."""
    if kind == "dicomdir":
        return FoundObject(header.path, kind)
    own = plain(header.values.get(tags.SERIES_UID))
    try:
        data = _content(header, kind)
    except (OSError, WorkstationError):
        data = b""
    big = header.syntax == BIG_ENDIAN
    series = dict.fromkeys(_uids(data, tags.SERIES_UID, big))
    instances = dict.fromkeys(_uids(data, _REFERENCED_INSTANCE, big))
    frames = (plain(header.values.get(tags.FRAME_OF_REFERENCE)), *_uids(data, _REFERENCED_FRAME, big))
    return FoundObject(
        header.path,
        kind,
        refers_to=tuple(uid for uid in series if uid != own),
        description=_description(header, kind, data, big),
        uid=plain(header.values.get(tags.SOP_INSTANCE)),
        study_uid=plain(header.values.get(tags.STUDY_UID)),
        named=tuple(instances)[:_MOST_INSTANCES],
        frame_of_reference_uid=next(filter(None, frames), ""),
    )


def _content(header: Header, kind: str) -> bytes:
    """The bytes before the pixels, or before an enclosed document. raises OSError, WorkstationError"""
    limit = _DOCUMENT_HEAD if kind in _DOCUMENTS else LARGEST_HEADER
    with open_binary(header.path) as file:
        if header.syntax == DEFLATED:
            from workstation.imaging.dicom.fallback import inflate_file

            return inflate_file(file, limit)
        return file.read(min(limit, header.pixels[0]) if header.pixels is not None else limit)


def _written(key: Tag, big: bool) -> bytes:
    return bytes((key[1], key[0], key[3], key[2])) if big else key


def _elements(data: bytes, key: Tag, big: bool) -> Iterator[bytes]:
    """The values of an element wherever it stands, explicit (short form) or implicit."""
    written = _written(key, big)
    order = "big" if big else "little"
    at = data.find(written)
    while at >= 0:
        head = data[at + 4 : at + 8]
        if head[:2].isalpha() and head[:2].isupper():
            length = int.from_bytes(head[2:4], order)  # type: ignore[arg-type]
        else:
            length = int.from_bytes(head, order)  # type: ignore[arg-type]
        if 0 < length <= _LONGEST_TITLE:
            yield data[at + 8 : at + 8 + length]
        at = data.find(written, at + 4)


def _uids(data: bytes, key: Tag, big: bool) -> Iterator[str]:
    for value in _elements(data, key, big):
        trimmed = value.rstrip(b"\0 ")
        if _UID.match(trimmed):
            yield trimmed.decode("ascii")


def _description(header: Header, kind: str, data: bytes, big: bool) -> str:
    """A report's title, what the content is called, the series description, a label: the first that is there."""
    found = next((value for key in _TITLES for value in _elements(data, key, big) if value.strip(b"\0 ")), b"")
    if kind in ("sr", "key-object"):
        at = data.find(_written(_CONCEPT, big))
        found = next(_elements(data[at : at + 4096], _MEANING, big), b"") if at >= 0 else b""
    label = next(_elements(data, _LABEL, big), b"")
    texts = [header.values.get(tags.PATIENT_NAME, b""), found, header.values.get(tags.SERIES_DESCRIPTION, b""), label]
    charset = charset_of(header.values.get(tags.CHARSET, b""), texts)
    return next(filter(None, (charset.text(text.strip(b"\0 ")) for text in texts[1:])), "")
