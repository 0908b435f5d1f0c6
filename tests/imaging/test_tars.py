"""Tar archives: what their headers may claim, and how much of them is read."""

from __future__ import annotations

import gzip
import tarfile
from pathlib import Path

import pytest

from tests.imaging.archives import slices, tarred
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import LeftOut, ScanResult
from workstation.imaging.archive import contents, tars
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.series.scan import scan


def _fault(result: ScanResult) -> LeftOut | None:
    return next(found.fault for found in result.objects if found.kind == "archive")


def test_no_more_of_a_tar_is_read_than_is_asked_for(tmp_path: Path) -> None:
    archive = tarred(tmp_path / "a.tar", {f"{number}": b"x" * 16 for number in range(100)})
    with archive.open("rb") as file:
        given = contents.members(file, "a.tar")
        next(given)

        assert file.tell() == 512


@pytest.mark.parametrize("form", ["", "gz"])
@pytest.mark.parametrize(
    ("size", "code"),
    [
        (b"-0000001000\0", ErrorCode.DAMAGED_ARCHIVE),
        (b"0x000000010\0", ErrorCode.DAMAGED_ARCHIVE),
        (b"\x80" + b"\x7f" * 11, ErrorCode.DAMAGED_ARCHIVE),
        ((2**62 | 2**95).to_bytes(12, "big"), ErrorCode.DAMAGED_ARCHIVE),
        ((2**60 | 2**95).to_bytes(12, "big"), ErrorCode.ARCHIVE_CUT),
        ((2**40 | 2**95).to_bytes(12, "big"), ErrorCode.ARCHIVE_CUT),
        ((2**96 - 512).to_bytes(12, "big"), ErrorCode.DAMAGED_ARCHIVE),
        ((2**96 - 2**40).to_bytes(12, "big"), ErrorCode.DAMAGED_ARCHIVE),
    ],
    ids=["negative", "no number", "beyond any disc", "2^62", "2^60", "2^40", "binary negative", "-2^40"],
)
def test_a_tar_of_an_absurd_size_ends_with_one_sentence(
    tmp_path: Path, form: str, size: bytes, code: ErrorCode
) -> None:
    files = slices(tmp_path / "plain", 1)
    whole = tarred(tmp_path / "a.tar", files).read_bytes()[: 512 * (1 - -len(files["dir/0"]) // 512)]
    head = bytearray(tarfile.TarInfo("x").tobuf(tarfile.USTAR_FORMAT))
    head[124:136] = size
    head[148:156] = b"%06o\0 " % (sum(head) - sum(head[148:156]) + 8 * 0x20)
    content = whole + bytes(head) + bytes(2048)
    (tmp_path / "a.tar").write_bytes(gzip.compress(content) if form else content)
    result = scan([tmp_path / "a.tar"])
    fault = _fault(result)

    assert fault is not None
    assert fault.code is code
    assert load_volume(result.stacks[0]).values.shape == (1, 4, 6)


def test_headers_that_no_member_follows_end_a_tar(tmp_path: Path) -> None:
    head = tarfile.TarInfo("more")
    head.type, head.size = tarfile.XHDTYPE, 512
    records = (b"5 a=\n" * 102).ljust(512, b"\0")
    files = slices(tmp_path / "plain", 1)
    whole = tarred(tmp_path / "a.tar", files).read_bytes()[: 512 * (1 - -len(files["dir/0"]) // 512)]
    (tmp_path / "a.tar").write_bytes(whole + (head.tobuf(tarfile.USTAR_FORMAT) + records) * 1000)
    fault = _fault(scan([tmp_path / "a.tar"]))

    assert fault is not None
    assert fault.code is ErrorCode.DAMAGED_ARCHIVE


def test_a_tar_of_folders_without_end_is_cut_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tars, "MOST_MEMBERS", 3)
    folder = tarfile.TarInfo("folder")
    folder.type = tarfile.DIRTYPE
    (tmp_path / "a.tar").write_bytes(folder.tobuf() * 5)

    with (tmp_path / "a.tar").open("rb") as file, pytest.raises(WorkstationError) as caught:
        list(contents.members(file, "a.tar"))
    assert caught.value.code is ErrorCode.TOO_MANY_MEMBERS
