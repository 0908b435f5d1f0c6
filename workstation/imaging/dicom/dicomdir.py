"""The index of a disc (DICOMDIR, PS3.10 8, PS3.3 F): which files it names.

All records stand in one sequence, so they are read in its order; the offsets that chain them are never followed, and
neither their absence nor a cycle of them matters.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat
from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.imaging.archive.member import open_binary
from workstation.imaging.damage import as_error
from workstation.imaging.dicom.bounded import bounded
from workstation.imaging.dicom.header import LARGEST_HEADER
from workstation.imaging.dicom.nest import Item, Wanted, each_item
from workstation.imaging.dicom.tags import tag
from workstation.imaging.dicom.walk import UNDEFINED, Odd, Short, data_start, explicit_element

MOST_RECORDS: Final = 100_000  # that are read; a disc holds some ten thousand images
_LARGEST_ODD: Final = 2**22  # bytes of an index that is left to pydicom, which takes a second for so many
_MOST_BEFORE: Final = 64  # elements before the records; the standard has a dozen
_GROUPS: Final = (b"\2\0", b"\4\0")  # little endian
_SEQUENCE: Final = tag(0x0004, 0x1220)
_IN_USE: Final = tag(0x0004, 0x1410)
_FILE_ID: Final = tag(0x0004, 0x1500)
_WANTED: Final[Wanted] = {_IN_USE: None, _FILE_ID: None}
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_VERSION: Final = re.compile(r"\.?;\d+$|\.$")  # of ISO 9660: NAME.EXT;1

Known = Callable[[str], Mapping[str, str]]  # folder, relative with "/" → `by_any_name` of what is in it


@dataclass(frozen=True, slots=True)
class DiscIndex:
    """names: of the records in use, relative to the index, with "/" in between; each once. more: there are others"""

    names: tuple[str, ...]
    more: bool


def read_index(path: str) -> DiscIndex:
    """What an index of a disc names. For a worker. raises BAD_INDEX, and what `open_binary` raises"""
    with as_error(ErrorCode.BAD_INDEX), open_binary(path) as file:
        data = file.read(LARGEST_HEADER)
        try:
            return _index(map(_record, _walked(data)))
        except (Odd, Short, struct.error):
            if len(data) > _LARGEST_ODD:
                raise WorkstationError(ErrorCode.BAD_INDEX) from None
            return _index(_read_by_library(data))


def _index(file_ids: Iterable[str]) -> DiscIndex:
    """`file_ids`: one of each record, "" where it names nothing."""
    names: dict[str, None] = {}
    for number, name in enumerate(file_ids):
        if number >= MOST_RECORDS:
            return DiscIndex(tuple(names), more=True)
        if name:
            names[name] = None
    return DiscIndex(tuple(names), more=False)


def _walked(data: bytes) -> Iterator[Item]:
    """The records of a little endian index. raises Odd, Short, struct.error"""
    at = data_start(data)
    if not at:
        raise Odd
    end = len(data)
    for _ in repeat(None, _MOST_BEFORE):
        key = data[at : at + 4]
        vr = data[at + 4 : at + 6]
        explicit = key[:2] == b"\x02\0" or (vr.isalpha() and vr.isupper())
        if explicit:
            value, length = explicit_element(data, at)[:2]
        else:
            value, length = at + 8, int.from_bytes(data[at + 4 : at + 8], "little")
        if key == _SEQUENCE:
            stop = end if length == UNDEFINED else value + length
            yield from each_item(data, value, min(stop, end), explicit=explicit, wanted=_WANTED)
            return
        if key[:2] not in _GROUPS or length == UNDEFINED:
            raise Odd  # big endian, or what no index begins with
        at = value + length
    raise Odd


def _record(item: Item) -> str:
    if item.values.get(_IN_USE) == b"\0\0":
        return ""
    return _joined(item.values.get(_FILE_ID, b"").decode("latin-1").split("\\"))


def _read_by_library(data: bytes) -> Iterator[str]:
    from pydicom import dcmread

    dataset = dcmread(bounded(io.BytesIO(data)), force=True, specific_tags=["DirectoryRecordSequence"])
    for record in dataset.get("DirectoryRecordSequence") or ():
        file_id = record.get("ReferencedFileID")
        used = bool(file_id) and record.get("RecordInUseFlag", 0xFFFF) != 0
        yield _joined([file_id] if isinstance(file_id, str) else map(str, file_id)) if used else ""


def _joined(parts: Iterable[str]) -> str:
    return "/".join(part.strip("\0 ") for part in parts).replace("\\", "/")


def leaves_folder(name: str) -> bool:
    """Whether a named file would lie outside the folder of the index."""
    return name.startswith("/") or bool(_DRIVE.match(name)) or ".." in name.split("/") or "\0" in name


def find(name: str, known: Known) -> str | None:
    """A named file as it is really called, relative with "/"; None: not there.

    Case and a version number may differ; copies often gain the extension that no name in an index has (PS3.10 8.5).
    """
    found = ""
    for part in name.split("/"):
        if part in ("", "."):
            continue
        there = known(found)
        plain = _plain(part)
        match = there.get(part) or there.get(plain) or there.get(f"{plain}.dcm")
        if match is None:
            return None
        found = f"{found}/{match}" if found else match
    return found or None


def by_any_name(names: Iterable[str]) -> dict[str, str]:
    """What `find` wants to know of one folder: whatever a name in it may be called → the name."""
    listed = sorted(names, reverse=True)
    return {_plain(name): name for name in listed} | {name: name for name in listed}


def _plain(name: str) -> str:
    return _VERSION.sub("", name).casefold()
