"""The index of a disc (DICOMDIR, PS3.10 8, PS3.3 F): which files it names.

All records stand in one sequence, so they are read in its order; the offsets that chain them are never followed, and
neither their absence nor a cycle of them matters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.imaging.archive.member import open_binary
from workstation.imaging.damage import as_error
from workstation.imaging.dicom.bounded import bounded

MOST_RECORDS: Final = 500_000
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_VERSION: Final = re.compile(r"\.?;\d+$|\.$")  # of ISO 9660: NAME.EXT;1

Known = Callable[[str], Mapping[str, str]]  # folder, relative with "/" → `by_any_name` of what is in it


def named_files(path: str) -> tuple[str, ...]:
    """What the records in use name, relative to the index, with "/" in between; each once. For a worker.

    raises BAD_INDEX, and what `open_binary` raises
    """
    from pydicom import dcmread

    with as_error(ErrorCode.BAD_INDEX), open_binary(path) as file:
        dataset = dcmread(bounded(file), force=True, specific_tags=["DirectoryRecordSequence"])
        records = dataset.get("DirectoryRecordSequence") or ()
        if len(records) > MOST_RECORDS:
            raise WorkstationError(ErrorCode.BAD_INDEX)
        return tuple(dict.fromkeys(name for record in records if (name := _name(record))))


def _name(record: Any) -> str:
    if record.get("RecordInUseFlag", 0xFFFF) == 0:
        return ""
    file_id = record.get("ReferencedFileID")
    if not file_id:
        return ""
    parts = [file_id] if isinstance(file_id, str) else list(file_id)
    return "/".join(str(part).strip() for part in parts).replace("\\", "/")


def leaves_folder(name: str) -> bool:
    """Whether a named file would lie outside the folder of the index."""
    return name.startswith("/") or bool(_DRIVE.match(name)) or ".." in name.split("/") or "\0" in name


def find(name: str, known: Known) -> str | None:
    """A named file as it is really called, relative with "/": case and a version number may differ. None: not there."""
    found = ""
    for part in name.split("/"):
        if part in ("", "."):
            continue
        there = known(found)
        match = there.get(part) or there.get(_plain(part))
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
