"""A file that nothing here reads, but whose name promised images: it says so, as a slice may be lost with it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from workstation.domain.error import ErrorCode
from workstation.domain.series import LeftOut
from workstation.imaging.series.scan import scan

PAGE = b"<!DOCTYPE html><html>Your session has ended.</html>"
APPLE = b"\0\x05\x16\x07\0\x02\0\0Mac OS X        " + bytes(80)
NAMED_ELSE = "The file is named like {}, but holds something else."
NO_DICOM = "This is not a DICOM file."
SAID = {
    ("IM1.dcm", PAGE): NAMED_ELSE.format("DICOM"),
    ("study.ZIP", PAGE): NAMED_ELSE.format("ZIP"),
    ("study.tar.gz", PAGE): NAMED_ELSE.format("GZIP"),
    ("IM1.dcm", b""): "The file is empty.",
    ("IM000001", b""): "The file is empty.",
    ("disc.iso", bytes(40000)): "ISO can't be unpacked here.",
    ("._IM1.dcm", APPLE): NO_DICOM,
    (".nomedia", b""): NO_DICOM,
    ("index.html", PAGE): NO_DICOM,
}


@pytest.mark.parametrize(("name", "content", "said"), [(*key, said) for key, said in SAID.items()])
def test_what_its_name_promised_is_said(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)

    assert str(_only(tmp_path).sentence) == said


def test_an_empty_member_of_an_archive_is_said_to_be_empty(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("IM1.dcm", b"")

    assert _only(tmp_path).code is ErrorCode.EMPTY_FILE


def _only(folder: Path) -> LeftOut:
    (found,) = scan([folder]).left_out
    return found
