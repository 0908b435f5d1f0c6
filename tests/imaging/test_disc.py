from __future__ import annotations

import struct
from pathlib import Path

import pytest
from pydicom import Dataset, dcmread

from tests.data import shared
from tests.imaging.archives import zipped
from tests.imaging.hostile import element
from tests.imaging.made import write_slice
from workstation.domain.error import ErrorCode
from workstation.imaging.dicom.dicomdir import read_index
from workstation.imaging.series.scan import scan

VARIANTS = ("DICOMDIR", "DICOMDIR-bigEnd", "DICOMDIR-implicit", "DICOMDIR-nooffset", "DICOMDIR-nopatient",
            "DICOMDIR-reordered")  # fmt: skip


def disc(folder: Path, *names: str | list[str], **elements: object) -> Path:
    """An index that names these files; implicit little endian, without the offsets that chain its records."""
    index = Dataset()
    index.FileSetID = "TEST"
    index.DirectoryRecordSequence = []
    for name in names:
        record = Dataset()
        record.RecordInUseFlag = 0xFFFF
        record.DirectoryRecordType = "IMAGE"
        record.ReferencedFileID = name
        for keyword, value in elements.items():
            setattr(record, keyword, value)
        index.DirectoryRecordSequence.append(record)
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, MediaStorageDirectoryStorage, generate_uid

    index.file_meta = FileMetaDataset()
    index.file_meta.MediaStorageSOPClassUID = MediaStorageDirectoryStorage
    index.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    index.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    index.save_as(folder / "INDEX", enforce_file_format=True)
    return folder / "INDEX"


@pytest.mark.parametrize("variant", VARIANTS)
def test_an_index_that_is_opened_alone_opens_what_it_names(variant: str) -> None:
    index = shared("data", "dicomdir", variant)
    result = scan([index])
    opened = {i.path for stack in result.stacks for i in (*stack.instances, *stack.spare)}
    there = {str(p) for n in ("77654033", "98892001", "98892003") for p in index.parent.joinpath(n).rglob("*")}

    assert opened == {path for path in there if Path(path).is_file()}
    assert (result.files, [o.kind for o in result.objects], result.missing) == (32, ["dicomdir"], ())


@pytest.mark.parametrize("variant", VARIANTS)
def test_names_are_those_that_pydicom_finds(variant: str) -> None:
    index = shared("data", "dicomdir", variant)
    records = dcmread(index).DirectoryRecordSequence
    truth = {"/".join(record.ReferencedFileID) for record in records if "ReferencedFileID" in record}

    assert set(read_index(str(index)).names) == truth


def test_an_index_and_its_folder_are_read_once() -> None:
    folder = shared("data", "dicomdir")
    result = scan([folder / "DICOMDIR", folder, folder / "77654033" / "CR1" / "6154"])

    assert result.files == sum(path.is_file() for path in folder.rglob("*"))
    assert result.missing == ()


@pytest.mark.parametrize("on_disk", ["image1", "IMAGE1.;1", "IMAGE1;1", "Image1."])
def test_names_differ_in_case_and_version(tmp_path: Path, on_disk: str) -> None:
    (tmp_path / "Dir").mkdir()
    write_slice(tmp_path / "Dir" / on_disk)
    result = scan([disc(tmp_path, ["DIR", "IMAGE1"])])

    assert ([stack.files for stack in result.stacks], result.missing) == ([1], ())


@pytest.mark.parametrize("on_disk", ["IMAGE1.dcm", "IMAGE1.DCM", "image1.dcm", "IMAGE1.DCM;1"])
def test_names_gain_an_extension_on_a_copy(tmp_path: Path, on_disk: str) -> None:
    (tmp_path / "DIR").mkdir()
    write_slice(tmp_path / "DIR" / on_disk)
    index = disc(tmp_path, ["DIR", "IMAGE1"])
    archive = zipped(
        tmp_path / "a.zip",
        {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in (index, tmp_path / "DIR" / on_disk)},
    )

    for result in (scan([index]), scan([archive])):
        assert ([stack.files for stack in result.stacks], result.missing) == ([1], ())


@pytest.mark.parametrize("exact", ["IMAGE1", "image1"])
def test_a_file_of_the_very_name_goes_before_one_with_an_extension(tmp_path: Path, exact: str) -> None:
    write_slice(tmp_path / exact)
    write_slice(tmp_path / "IMAGE1.DCM", z=1)
    (stack,) = scan([disc(tmp_path, "IMAGE1")]).stacks

    assert [i.path for i in stack.instances] == [str(tmp_path / exact)]


def test_a_file_of_another_kind_does_not_stand_for_a_named_one(tmp_path: Path) -> None:
    write_slice(tmp_path / "IMAGE1.txt")

    assert [m.code for m in scan([disc(tmp_path, "IMAGE1")]).missing] == [ErrorCode.MISSING_FILE]


def test_a_name_written_with_separators_is_found(tmp_path: Path) -> None:
    (tmp_path / "DIR").mkdir()
    write_slice(tmp_path / "DIR" / "A")

    assert len(scan([disc(tmp_path, "DIR/A")]).stacks) == 1


def test_what_is_missing_is_told_with_its_path(tmp_path: Path) -> None:
    write_slice(tmp_path / "HERE")
    result = scan([disc(tmp_path, "HERE", ["GONE", "A"])])

    assert [(m.path, m.code) for m in result.missing] == [(str(tmp_path / "GONE" / "A"), ErrorCode.MISSING_FILE)]
    assert (result.files, len(result.stacks), result.left_out) == (2, 1, ())


@pytest.mark.parametrize("name", [["..", "SECRET"], ["A", "..", "..", "SECRET"], "/etc/hostname", "C:/SECRET"])
def test_an_index_can_not_open_what_lies_outside_its_folder(tmp_path: Path, name: str | list[str]) -> None:
    write_slice(tmp_path / "SECRET")
    (tmp_path / "disc" / "A").mkdir(parents=True)
    result = scan([disc(tmp_path / "disc", name)])

    assert [m.code for m in result.missing] == [ErrorCode.LEAVES_FOLDER]
    assert (result.files, result.stacks) == (1, ())


def test_records_that_form_a_cycle_are_read_once(tmp_path: Path) -> None:
    write_slice(tmp_path / "A")
    index = disc(
        tmp_path, "A", "A", OffsetOfTheNextDirectoryRecord=400, OffsetOfReferencedLowerLevelDirectoryEntity=400
    )
    result = scan([index])

    assert (result.files, [stack.slices for stack in result.stacks]) == (2, [1])


def test_records_out_of_use_name_nothing(tmp_path: Path) -> None:
    assert scan([disc(tmp_path, "GONE", RecordInUseFlag=0)]).missing == ()


def test_an_index_that_names_another_index_opens_both(tmp_path: Path) -> None:
    (tmp_path / "SUB").mkdir()
    write_slice(tmp_path / "SUB" / "A")
    inner = disc(tmp_path / "SUB", "A", ["INDEX"])
    result = scan([disc(tmp_path, ["SUB", "INDEX"], ["SUB", inner.name])])

    assert (result.files, len(result.objects), len(result.stacks)) == (3, 2, 1)


@pytest.mark.parametrize("cut", [200, 400, 600])
def test_an_index_that_is_cut_is_still_an_index(tmp_path: Path, cut: int) -> None:
    index = disc(tmp_path, *(f"IM{k}" for k in range(20)))
    index.write_bytes(index.read_bytes()[:cut])
    result = scan([index])

    assert result.files == len(result.objects) + len(result.left_out) == 1


def test_a_record_of_absurd_length_is_survived(tmp_path: Path) -> None:
    index = disc(tmp_path, "A")
    content = bytearray(index.read_bytes())
    at = content.index(b"\x04\x00\x00\x15CS") + 6
    content[at : at + 2] = struct.pack("<H", 0xFFFE)
    index.write_bytes(content)
    result = scan([index])

    assert result.files == len(result.objects) + len(result.left_out) == 1


def of_records(path: Path, records: list[bytes], length: int | None = None) -> Path:
    """An index of these records, in explicit little endian."""
    items = b"".join(b"\xfe\xff\x00\xe0" + struct.pack("<I", len(record)) + record for record in records)
    sequence = element((0x0004, 0x1220), "SQ", items, length)
    meta = element((0x0002, 0x0002), "UI", b"1.2.840.10008.1.3.10") + element((0x0002, 0x0010), "UI", EXPLICIT)
    path.write_bytes(bytes(128) + b"DICM" + meta + element((0x0004, 0x1130), "CS", b"DISC") + sequence)
    return path


EXPLICIT = b"1.2.840.10008.1.2.1\0"
RECORD = element((0x0004, 0x1500), "CS", b"GONE") + element((0x0004, 0x1510), "UI", b"1.2\0")


@pytest.mark.parametrize("length", [None, 0xFFFFFFFF])
def test_of_records_without_end_the_first_are_read_and_that_is_said(tmp_path: Path, length: int | None) -> None:
    write_slice(tmp_path / "HERE")
    here = element((0x0004, 0x1500), "CS", b"HERE")
    result = scan([of_records(tmp_path / "DICOMDIR", [here, *[RECORD] * 300_000], length)])

    assert [one.code for one in result.faults] == [ErrorCode.TOO_MANY_RECORDS, ErrorCode.MISSING_FILE]
    assert (result.files, len(result.stacks), result.left_out) == (2, 1, ())


def test_a_large_index_that_only_a_library_reads_is_refused(tmp_path: Path) -> None:
    index = of_records(tmp_path / "DICOMDIR", [RECORD] * 200_000)
    index.write_bytes(index.read_bytes().replace(b"\x04\x00\x10\x15UI", b"\x04\x00\x10\x15??"))

    assert [one.code for one in scan([index]).faults] == [ErrorCode.BAD_INDEX]
