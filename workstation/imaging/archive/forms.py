"""Which kind of archive a file is, by its first bytes; its name is asked only where it promises what is not there."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

HEAD_BYTES: Final = 540  # what `form_of` needs; a NIfTI-2 header is as long


class ArchiveForm(StrEnum):
    """The values are names that a reader knows."""

    ZIP = "ZIP"
    TAR = "TAR"
    GZIP = "GZIP"
    BZIP2 = "BZIP2"
    XZ = "XZ"
    SEVEN_ZIP = "7z"
    RAR = "RAR"
    ZSTANDARD = "Zstandard"


_MARKS: Final = (
    (b"PK\x03\x04", ArchiveForm.ZIP),
    (b"PK\x05\x06", ArchiveForm.ZIP),
    (b"\x1f\x8b\x08", ArchiveForm.GZIP),
    (b"7z\xbc\xaf\x27\x1c", ArchiveForm.SEVEN_ZIP),
    (b"Rar!\x1a\x07", ArchiveForm.RAR),
    (b"BZh", ArchiveForm.BZIP2),
    (b"\xfd7zXZ\0", ArchiveForm.XZ),
    (b"\x28\xb5\x2f\xfd", ArchiveForm.ZSTANDARD),
)
INDEXED: Final = frozenset({ArchiveForm.ZIP, ArchiveForm.TAR})  # members can be read in any order
_NAMES: Final = ((".zip", "ZIP"), (".tar", "TAR"), (".gz", "GZIP"), (".tgz", "GZIP"), (".rar", "RAR"), (".7z", "7z"))
_PACKAGES: Final = (
    *(".jar", ".war", ".ear", ".apk", ".xpi", ".nupkg", ".vsix", ".whl", ".egg", ".epub", ".odt", ".ods", ".odp"),
    *(".docx", ".docm", ".dotx", ".xlsx", ".xlsm", ".xltx", ".pptx", ".pptm", ".ppsx", ".potx"),
)
CLOSED: Final = frozenset({ArchiveForm.SEVEN_ZIP, ArchiveForm.RAR, ArchiveForm.ZSTANDARD})


def form_of(head: bytes) -> ArchiveForm | None:
    """The form of an archive that starts with these bytes; None for any other file."""
    for mark, form in _MARKS:
        if head.startswith(mark):
            return form
    return ArchiveForm.TAR if is_tar(head) else None


def is_package(name: str, head: bytes) -> bool:
    """Whether a ZIP archive is a program (Java, Android …) or a document (Office …), by its name in small letters.

    Discs bring viewers, of which each part holds hundreds of files that are nobody's images. What such archives start
    with says nothing: many programs write the same into archives of images.
    """
    return head.startswith(_MARKS[0][0]) and name.endswith(_PACKAGES)


def promised_form(name: str) -> str | None:
    """The form of archive that a name in small letters promises, whatever the file holds."""
    return next((form for ending, form in _NAMES if name.endswith(ending)), None)


def is_tar(head: bytes) -> bool:
    """Whether the first block has the checksum of a tar header (POSIX ustar); old archives have no other mark."""
    if len(head) < 512 or not head[0]:
        return False
    try:
        told = int(head[148:156].strip(b"\0 "), 8)
    except ValueError:
        return False
    return told == sum(head if len(head) == 512 else head[:512]) - sum(head[148:156]) + 8 * 0x20
