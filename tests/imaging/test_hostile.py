"""Files that want to hurt a reader cost at most one sentence each; what lies beside them opens."""

from __future__ import annotations

import io
import struct
import time
from pathlib import Path

import numpy as np
import pytest

from tests.data import shared
from tests.imaging.hostile import HOSTILE, ODD, body, element, file, nested, text
from tests.imaging.made import SERIES, write_slice
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import FactCode, ScanResult, Stack
from workstation.imaging.dicom.header import HeaderReader
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.series.learn import patience_s
from workstation.imaging.series.scan import scan

NEVER = {ErrorCode.DEFECT, ErrorCode.KILLED_READER, ErrorCode.NO_READER}


def outcome(stack: Stack) -> ErrorCode | None:
    """None: it was loaded."""
    try:
        load_volume(stack)
    except WorkstationError as error:
        return error.code
    return None


def beside_good_ones(folder: Path, name: str, data: bytes) -> ScanResult:
    for z in range(3):
        write_slice(folder / f"good{z}.dcm", z=z)
    (folder / name).write_bytes(data)
    return scan([folder])


def good(found: ScanResult) -> Stack:
    return next(stack for stack in found.stacks if stack.series_uid == SERIES)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_costs_one_sentence_and_the_others_open(tmp_path: Path, name: str) -> None:
    found = beside_good_ones(tmp_path, name, HOSTILE[name]())
    told = [left.code for left in found.left_out] + [outcome(one) for one in found.stacks if one is not good(found)]

    assert found.files == 4
    assert outcome(good(found)) is None
    assert len(told) <= 1 or name.endswith((".nii", ".nii.gz"))
    assert not NEVER & set(told)


@pytest.mark.parametrize("name", ["many-elements.dcm", "many-items.dcm"])
def test_a_header_of_millions_of_elements_is_refused_before_a_library_reads_it(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(HOSTILE[name]())

    with pytest.raises(WorkstationError) as caught:
        HeaderReader(plain_only=True).read(str(tmp_path / name))
    assert caught.value.code is ErrorCode.UNREADABLE


def _with_gap(path: Path, lead: bytes, gap: int, trail: bytes) -> Path:
    """A good file with `gap` zeros in its header that take no place on the disk."""
    whole = file(body())
    at = whole.index(struct.pack("<HH", 0x7FE0, 0x0010))
    with path.open("wb") as out:
        out.write(whole[:at] + lead)
        out.seek(gap, io.SEEK_CUR)
        out.write(trail + whole[at:])
    return path


_GAPS = {
    "item": (element((0x5400, 0x0100), "SQ", b"", 0xFFFFFFFF) + b"\xfe\xff\0\xe0", b"\xfe\xff\xdd\xe0\0\0\0\0"),
    "sequence": (element((0x5400, 0x0100), "SQ", b"", 0)[:-4], b""),
    "private": (element((0x5401, 0x1001), "OB", b"", 0)[:-4], b""),
}


@pytest.mark.parametrize("kind", _GAPS)
def test_what_tells_its_length_is_leapt_over_however_long_it_is(tmp_path: Path, kind: str) -> None:
    lead, trail = _GAPS[kind]
    gap = 2**30
    path = _with_gap(tmp_path / "a.dcm", lead + struct.pack("<I", gap), gap, trail)
    started = time.perf_counter()
    (stack,) = scan([path]).stacks

    assert outcome(stack) is None
    assert time.perf_counter() - started < 10


@pytest.mark.parametrize("kind", _GAPS)
def test_of_a_stream_too_nothing_is_read_that_is_leapt_over(tmp_path: Path, kind: str) -> None:
    lead, trail = _GAPS[kind]
    gap = 2**23
    path = _with_gap(tmp_path / "a.dcm", lead + struct.pack("<I", gap), gap, trail)
    with path.open("rb") as stream:
        header = HeaderReader().read_stream("nowhere else", stream)

    assert header.pixels == (path.stat().st_size - 128, 128)


def test_no_header_is_given_the_time_that_its_file_would_take(tmp_path: Path) -> None:
    for name in ("a.dcm", "a.jpg", "a.nii.gz"):
        with (tmp_path / name).open("wb") as out:
            out.truncate(2**31)

    assert patience_s(str(tmp_path / "a.dcm")) < 5
    assert patience_s(str(tmp_path / "a.jpg")) < 5
    assert patience_s(str(tmp_path / "a.nii.gz")) > 60


@pytest.mark.parametrize("name", ODD)
def test_an_odd_file_is_shown_or_costs_one_sentence(tmp_path: Path, name: str) -> None:
    found = beside_good_ones(tmp_path, name, ODD[name]())
    (odd,) = [one for one in found.stacks if one is not good(found)]

    assert not found.left_out
    assert outcome(good(found)) is None
    assert outcome(odd) is None
    if odd.geometry is not None:
        assert np.isfinite(odd.geometry.spacing_zyx).all()
        assert np.isfinite(odd.geometry.positions).all()
        assert min(odd.geometry.spacing_zyx) > 0


def test_a_program_in_the_preamble_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shell.dcm").write_bytes(ODD["shell.dcm"]())

    assert len(scan([tmp_path]).stacks) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["shell.dcm"]


def test_an_object_that_refers_to_itself_in_deep_nests_is_listed(tmp_path: Path) -> None:
    (tmp_path / "sr.dcm").write_bytes(
        file(
            element((0x0008, 0x0016), "UI", b"1.2.840.10008.5.1.4.1.1.88.11\0")
            + nested(50_000)
            + element((0x0020, 0x000E), "UI", b"1.2.3.66")
        )
    )
    found = scan([tmp_path])

    assert len(found.objects) + len(found.left_out) == 1


def test_every_damaged_file_of_the_collection_is_bounded() -> None:
    found = scan([shared("data", "malformed")])
    told = {left.code for left in found.left_out} | {outcome(stack) for stack in found.stacks}

    assert not NEVER & told


def test_a_position_that_is_none_leaves_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.dcm"
    path.write_bytes(file(body({(0x0020, 0x0032): text("nan\\inf\\0")})))
    (stack,) = scan([path]).stacks

    assert stack.geometry is None
    assert load_volume(stack).values.shape == (1, 8, 8)


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ((0x0020, 0x0032), "1e300\\0\\0"),
        ((0x0020, 0x0032), "0\\0\\-1e9"),
        ((0x0028, 0x0030), "1e300\\1e300"),
        ((0x0028, 0x0030), "1\\1e-9"),
    ],
)
def test_no_place_is_made_of_numbers_that_no_patient_has(tmp_path: Path, tag: tuple[int, int], value: str) -> None:
    (tmp_path / "a.dcm").write_bytes(file(body({tag: text(value)})))
    (stack,) = scan([tmp_path]).stacks

    assert stack.geometry is None
    assert [fact.code for fact in stack.facts] == [FactCode.NO_POSITION]
    assert load_volume(stack).values.shape == (1, 8, 8)
