from __future__ import annotations

import bz2
import gzip
import io
import os
import random
import stat
import struct
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.data import shared
from tests.imaging.archives import slices, tarred, zip_by_hand, zipped
from tests.imaging.made import write_slice
from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.series import LeftOut, ScanResult
from workstation.domain.work import CancelToken
from workstation.imaging.archive import contents, entries, zips
from workstation.imaging.archive.entries import most_expanded
from workstation.imaging.archive.gzip_parts import end_of_parts, inflating
from workstation.imaging.archive.member import each, open_binary
from workstation.imaging.pixels.load import load_slice, load_volume
from workstation.imaging.series import members
from workstation.imaging.series.members import learn_members
from workstation.imaging.series.scan import scan


def _fault(result: ScanResult) -> LeftOut | None:
    return next(found.fault for found in result.objects if found.kind == "archive")


def _reasons(result: ScanResult) -> dict[str, ErrorCode]:
    return {left.path.partition("!/")[2]: left.code for left in result.left_out}


def _make(form: str, folder: Path, files: dict[str, bytes]) -> Path:
    path = folder / f"study.{form}"
    if form == "zip":
        return zipped(path, files)
    if form == "stored.zip":
        return zipped(path, files, zipfile.ZIP_STORED)
    if form == "bzip2.zip":
        return zipped(path, files, zipfile.ZIP_BZIP2)
    return tarred(path, files, form.partition(".")[2])


@pytest.mark.parametrize("form", ["zip", "stored.zip", "bzip2.zip", "tar", "tar.gz", "tar.bz2", "tar.xz"])
def test_an_archive_opens_as_the_folder_that_it_was_made_of(tmp_path: Path, form: str) -> None:
    files = slices(tmp_path / "plain")
    archive = _make(form, tmp_path, files)
    result = scan([archive])
    (stack,), (plain,) = result.stacks, scan([tmp_path / "plain"]).stacks

    assert (result.files, result.members, [found.kind for found in result.objects]) == (1, 4, ["archive"])
    assert (stack.slices, stack.files, repr(stack.geometry), result.left_out) == (4, 4, repr(plain.geometry), ())
    assert [i.path for i in stack.instances] == [f"{archive}!/dir/{z}" for z in range(4)]
    assert np.array_equal(load_volume(stack).values, load_volume(plain).values)
    assert np.array_equal(load_slice(stack, 2), load_slice(plain, 2))


def test_what_an_archive_is_does_not_hang_on_its_name(tmp_path: Path) -> None:
    files = slices(tmp_path / "plain")
    zipped(tmp_path / "IMAGE0001", files)
    tarred(tmp_path / "study.dcm", files, "gz")
    folder = tmp_path / "folder.zip"
    folder.mkdir()
    write_slice(folder / "a")
    result = scan([tmp_path / "IMAGE0001", tmp_path / "study.dcm", folder])

    assert (result.files, result.members, len(result.objects)) == (3, 8, 2)


def test_a_dicom_file_whose_preamble_looks_like_a_zip_is_dicom(tmp_path: Path) -> None:
    path = write_slice(tmp_path / "a")
    path.write_bytes(b"PK\x03\x04" + path.read_bytes()[4:])
    result = scan([path])

    assert ([stack.slices for stack in result.stacks], result.objects) == ([1], ())


@pytest.mark.parametrize("name", ["viewer.jar", "Report.DOCX", "help.epub"])
def test_a_program_and_a_document_count_as_one_file(tmp_path: Path, name: str) -> None:
    package = zipped(tmp_path / name, {"META-INF/MANIFEST.MF": b"x" * 50, "a.class": b"y" * 50})
    disc = zipped(tmp_path / "disc.zip", slices(tmp_path / "plain") | {f"viewer/{name}": package.read_bytes()})
    result = scan([package, disc])

    assert {left.path for left in result.left_out} == {str(package), f"{disc}!/viewer/{name}"}
    assert {left.code for left in result.left_out} == {ErrorCode.NOT_DICOM}
    assert [stack.slices for stack in result.stacks] == [4]


@pytest.mark.parametrize("first", ["META-INF/MANIFEST.MF", "META-INF/", "[Content_Types].xml", "mimetype", "_rels/x"])
def test_an_archive_of_images_may_begin_as_a_program_does(tmp_path: Path, first: str) -> None:
    inner = zipped(tmp_path / "study.zip", {first: b""} | slices(tmp_path / "plain"))
    outer = zipped(tmp_path / "outer.zip", {first: b"", "study.zip": inner.read_bytes()})
    inner.unlink()
    (stack,) = scan([outer]).stacks

    assert stack.slices == 4


def test_a_folder_whose_name_looks_like_a_member_is_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "a.zip!"
    folder.mkdir()
    write_slice(folder / "x")
    (stack,) = scan([tmp_path]).stacks

    assert load_slice(stack, 0).shape == (4, 6)
    assert open_binary(str(folder / "x")).read() == (folder / "x").read_bytes()


@pytest.mark.parametrize(
    ("raw", "flags", "name"),
    [
        ("影像/胸部.dcm".encode("gbk"), 0, "影像/胸部.dcm"),
        ("影像/胸部.dcm".encode(), 0x800, "影像/胸部.dcm"),
        ("影像/胸部.dcm".encode(), 0, "影像/胸部.dcm"),
        ("Köln/Schädel.dcm".encode("cp437"), 0, "Köln/Schädel.dcm"),
        (b"DIR\\IMG1", 0, "DIR/IMG1"),
    ],
)
def test_names_of_members_are_read_in_the_encoding_that_they_are_in(
    tmp_path: Path, raw: bytes, flags: int, name: str
) -> None:
    content = write_slice(tmp_path / "slice").read_bytes()
    archive = zip_by_hand(tmp_path / "a.zip", [(raw, content, flags)])
    (stack,) = scan([archive]).stacks

    assert stack.instances[0].path == f"{archive}!/{name}"
    assert load_slice(stack, 0).shape == (4, 6)


def test_chinese_names_in_a_tar_are_read(tmp_path: Path) -> None:
    content = write_slice(tmp_path / "slice").read_bytes()
    info = tarfile.TarInfo("影像/胸部.dcm")
    info.size = len(content)
    with tarfile.open(tmp_path / "a.tar", "w", format=tarfile.GNU_FORMAT, encoding="gbk") as archive:
        archive.addfile(info, io.BytesIO(content))
    (stack,) = scan([tmp_path / "a.tar"]).stacks

    assert stack.instances[0].path.endswith("!/影像/胸部.dcm")


def test_two_members_of_one_name_are_both_opened(tmp_path: Path) -> None:
    first, second = (write_slice(tmp_path / name, z=z).read_bytes() for z, name in enumerate("ab"))
    archive = zip_by_hand(tmp_path / "a.zip", [(b"x", first, 0), (b"x", second, 0)])
    (stack,) = scan([archive]).stacks

    assert [load_slice(stack, k)[0, 0] for k in (0, 1)] == [0, 1]


@pytest.mark.parametrize("name", ["../up", "a/../../up", "/etc/x", "C:/x", "..\\up", "C:\\x"])
def test_a_name_that_leads_out_of_the_archive_is_refused(tmp_path: Path, name: str) -> None:
    files = slices(tmp_path / "plain", 1)
    zip_ = zip_by_hand(tmp_path / "a.zip", [(name.encode(), b"x", 0), *((n.encode(), c, 0) for n, c in files.items())])
    tar = tarred(tmp_path / "a.tar.gz", {name: b"x"} | files, "gz")
    of_zip, of_tar = scan([zip_]), scan([tar])

    assert list(_reasons(of_zip).values()) == list(_reasons(of_tar).values()) == [ErrorCode.UNSAFE_NAME]
    assert (of_zip.members, of_tar.members) == (2, 2)
    assert all(len(result.stacks) == 1 for result in (of_zip, of_tar))


def test_links_and_devices_in_archives_are_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo(f"kind{kind.decode()}")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    zip_by_hand(tmp_path / "a.zip", [(b"link", b"/etc/passwd", 0)], made=3, mode=stat.S_IFLNK | 0o777)

    assert set(_reasons(scan([tmp_path / "a.tar"])).values()) == {ErrorCode.NOT_A_FILE}
    assert _reasons(scan([tmp_path / "a.zip"])) == {"link": ErrorCode.NOT_A_FILE}


def test_a_locked_member_and_an_unknown_compression_are_said(tmp_path: Path) -> None:
    content = write_slice(tmp_path / "slice").read_bytes()
    archive = zip_by_hand(tmp_path / "a.zip", [(b"locked", content, 1), (b"open", content, 0)])
    lzma = zipped(tmp_path / "b.zip", {"x": content}, zipfile.ZIP_LZMA)
    result = scan([archive])

    assert _reasons(result) == {"locked": ErrorCode.ENCRYPTED}
    assert len(result.stacks) == 1
    assert str(scan([lzma]).left_out[0].sentence) == "LZMA can't be unpacked here."


@pytest.mark.parametrize("head", [b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x01\x00"])
def test_what_can_not_be_unpacked_is_named_with_the_remedy(tmp_path: Path, head: bytes) -> None:
    (tmp_path / "study").write_bytes(head + bytes(100))
    fault = _fault(scan([tmp_path]))

    assert fault is not None
    assert fault.code is ErrorCode.NO_UNPACKER


@pytest.mark.parametrize(("form", "whole"), [("zip", 3), ("stored.zip", 3), ("tar", 3), ("tar.gz", 3), ("tar.bz2", 2)])
def test_of_an_archive_that_is_cut_all_that_is_whole_is_read(tmp_path: Path, form: str, whole: int) -> None:
    noise = np.random.default_rng(1)
    for z in range(6):
        write_slice(tmp_path / f"{z}", z=z, pixels=noise.integers(0, 4000, (600, 600), dtype=np.uint16))
    files = {f"{z}": (tmp_path / f"{z}").read_bytes() for z in range(6)}
    archive = _make(form, tmp_path, files)
    archive.write_bytes(archive.read_bytes()[: archive.stat().st_size * 3 // 5])
    result = scan([archive])
    fault = _fault(result)

    assert fault is not None
    assert fault.code is ErrorCode.ARCHIVE_CUT
    assert [stack.slices for stack in result.stacks] == [whole]
    assert set(_reasons(result).values()) <= {ErrorCode.TRUNCATED, ErrorCode.DAMAGED_ARCHIVE}
    assert load_volume(result.stacks[0]).values.shape[0] == result.stacks[0].slices


def test_a_zip_written_as_a_stream_is_read_though_it_is_cut(tmp_path: Path) -> None:
    class Pipe(io.RawIOBase):
        def __init__(self, file: io.BufferedWriter) -> None:
            self.file = file

        def write(self, data: object) -> int:
            return self.file.write(data)  # type: ignore[arg-type]

        def writable(self) -> bool:
            return True

    files = slices(tmp_path / "plain")
    with (tmp_path / "a.zip").open("wb") as out, zipfile.ZipFile(Pipe(out), "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        for name, content in files.items():
            archive.writestr(name, content)
    whole = (tmp_path / "a.zip").read_bytes()
    (tmp_path / "a.zip").write_bytes(whole[: whole.index(b"PK\x01\x02")])
    (stack,) = scan([tmp_path / "a.zip"]).stacks

    assert (stack.slices, load_volume(stack).values.shape) == (4, (4, 4, 6))


@pytest.mark.parametrize("where", range(-20_000, 20_001, 2_500))
def test_a_damaged_member_costs_itself_alone(tmp_path: Path, where: int) -> None:
    """Wherever the damage is: what comes out may be too long, too short, or of the right length."""
    noise = np.random.default_rng(1)
    for z in range(3):
        write_slice(tmp_path / f"{z}", z=z, pixels=noise.integers(0, 4000, (300, 300), dtype=np.uint16))
    archive = zipped(tmp_path / "a.zip", {f"{z}": (tmp_path / f"{z}").read_bytes() for z in range(3)})
    content = bytearray(archive.read_bytes())
    content[len(content) // 2 + where] ^= 0xFF
    archive.write_bytes(content)
    (stack,) = scan([archive]).stacks

    assert [load_slice(stack, k).shape for k in (0, 2)] == [(300, 300), (300, 300)]
    with pytest.raises(WorkstationError) as caught:
        load_slice(stack, 1)
    assert caught.value.code is ErrorCode.DAMAGED_ARCHIVE


def test_a_member_whose_sum_is_wrong_is_left_out(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", slices(tmp_path / "plain", 2))
    content = bytearray(archive.read_bytes())
    content[content.index(b"PK\x01\x02") + 16] ^= 0xFF
    archive.write_bytes(content)

    assert _reasons(scan([archive])) == {"dir/0": ErrorCode.DAMAGED_ARCHIVE}


def test_a_zip64_archive_behind_other_bytes_is_read(tmp_path: Path) -> None:
    files = slices(tmp_path / "plain")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name, content in files.items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(content)
    (stack,) = scan([tmp_path / "a.zip"]).stacks

    assert load_volume(stack).values.shape == (4, 4, 6)


@pytest.mark.parametrize(
    "end",
    [bytes(18), struct.pack("<4H2IH", 0, 0, 3, 3, 40, 9, 0), struct.pack("<4H2IH", 0, 0, 0xFFFF, 0xFFFF, 0, 0, 0)],
    ids=["empty", "elsewhere", "wide"],
)
def test_a_comment_that_looks_like_the_end_of_an_archive_is_a_comment(tmp_path: Path, end: bytes) -> None:
    files = slices(tmp_path / "plain")
    archive = zipped(tmp_path / "a.zip", files)
    with zipfile.ZipFile(archive, "a") as opened:
        opened.comment = b"from a disc PK\x05\x06" + end + b" of a patient"

    result = scan([archive])
    assert (result.members, _fault(result), [one.slices for one in result.stacks]) == (4, None, [4])


def test_an_archive_in_an_archive_is_opened_and_one_deeper_is_said(tmp_path: Path) -> None:
    files = slices(tmp_path / "plain")
    inner = zipped(tmp_path / "inner.zip", files).read_bytes()
    packed = tarred(tmp_path / "inner.tar.gz", files, "gz").read_bytes()
    deeper = zipped(tmp_path / "deeper.zip", {"inner.zip": inner}).read_bytes()
    archive = zipped(tmp_path / "a.zip", {"one/inner.zip": inner, "two/inner.tgz": packed, "deeper.zip": deeper})
    result = scan([archive])
    (stack,) = result.stacks

    assert (stack.slices, len(stack.spare), stack.files) == (4, 4, 8)
    assert load_volume(stack).values.shape == (4, 4, 6)
    assert {f.path.partition("!/")[2]: f.fault.code for f in result.objects if f.fault} == {
        "deeper.zip!/inner.zip": ErrorCode.NESTED_ARCHIVE
    }
    assert result.members == 4 + 4 + 2 + 2


def test_a_compressed_single_file_is_an_archive_of_one(tmp_path: Path) -> None:
    path = write_slice(tmp_path / "slice")
    (tmp_path / "slice.dcm.gz").write_bytes(gzip.compress(path.read_bytes()))
    (stack,) = scan([tmp_path / "slice.dcm.gz"]).stacks

    assert stack.instances[0].path.endswith("slice.dcm.gz!/slice.dcm")
    assert load_slice(stack, 0).shape == (4, 6)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_an_archive_that_expands_without_end_stops(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    files = slices(tmp_path / "plain", 1)
    whole = tarred(tmp_path / "a.tar", files).read_bytes()[: 512 * (1 - -len(files["dir/0"]) // 512)]
    info = tarfile.TarInfo("bomb")
    info.size = 2**30
    (tmp_path / "a").write_bytes(pack(whole + info.tobuf()) + pack(bytes(2**24)) * 50)
    result = scan([tmp_path / "a"])
    fault = _fault(result)

    assert fault is not None
    assert fault.code is ErrorCode.EXPANDS_TOO_FAR
    assert len(result.stacks) == 1


def test_a_member_that_claims_more_than_its_archive_explains_is_refused(tmp_path: Path) -> None:
    files = slices(tmp_path / "plain", 1)
    archive = zipped(tmp_path / "a.zip", {"bomb": bytes(100)} | files)
    content = bytearray(archive.read_bytes())
    at = content.index(b"PK\x01\x02") + 24
    content[at : at + 4] = (most_expanded(len(content)) + 1).to_bytes(4, "little")
    archive.write_bytes(content)
    result = scan([archive])

    assert _reasons(result) == {"bomb": ErrorCode.EXPANDS_TOO_FAR}
    assert len(result.stacks) == 1


def test_files_that_only_a_library_reads_are_read_out_of_archives_too(tmp_path: Path) -> None:
    big = write_slice(tmp_path / "big", syntax="1.2.840.10008.1.2.2").read_bytes()
    bare = write_slice(tmp_path / "bare", z=1).read_bytes()[132:]
    files = {"big": big, "bare": bare}
    from_zip = scan([zipped(tmp_path / "a.zip", files)])
    from_tar = scan([tarred(tmp_path / "a.tar.gz", files, "gz")])

    assert sum(stack.files for stack in from_zip.stacks) == sum(stack.files for stack in from_tar.stacks) == 2
    assert (from_zip.left_out, from_tar.left_out) == ((), ())
    assert [load_volume(stack).values.shape for stack in (*from_zip.stacks, *from_tar.stacks)]


def test_an_archive_that_changed_since_it_was_scanned_is_refused(tmp_path: Path) -> None:
    files = slices(tmp_path / "plain", 2)
    archive = zipped(tmp_path / "a.zip", files)
    (stack,) = scan([archive]).stacks
    zipped(archive, {"dir/0": files["dir/0"] + b"more"})
    os.utime(archive, ns=(1, 1))

    with pytest.raises(WorkstationError) as caught:
        load_volume(stack)
    assert caught.value.code in (ErrorCode.FILE_CHANGED, ErrorCode.NOT_FOUND)


def test_members_are_given_in_the_order_of_the_archive(tmp_path: Path) -> None:
    files = slices(tmp_path / "plain", 6)
    archive = tarred(tmp_path / "a.tar.gz", files, "gz")
    asked = [f"{archive}!/dir/{z}" for z in (5, 0, 3)]
    given = {path: file.read() for path, file in each(asked)}

    assert list(given) == [asked[1], asked[2], asked[0]]
    assert given == {path: files[path.partition("!/")[2]] for path in asked}


def test_nothing_is_written_while_an_archive_is_read(tmp_path: Path) -> None:
    archive = tarred(tmp_path / "a.tar.gz", slices(tmp_path / "plain"), "gz")
    before = sorted(tmp_path.rglob("*"))
    (stack,) = scan([archive]).stacks
    load_volume(stack)

    assert sorted(tmp_path.rglob("*")) == before


def test_a_cancelled_scan_of_an_archive_ends(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", slices(tmp_path / "plain"))
    cancel = CancelToken()
    cancel.cancel()

    with pytest.raises(Cancelled):
        scan([archive], cancel=cancel)


def test_a_folder_and_the_archive_of_it_are_one_study_with_byte_copies(tmp_path: Path) -> None:
    files = slices(tmp_path / "plain")
    zipped(tmp_path / "a.zip", files)
    tarred(tmp_path / "a.tar", files)
    tarred(tmp_path / "a.tar.gz", files, "gz")
    (stack,) = scan([tmp_path]).stacks

    assert (stack.slices, len(stack.spare), stack.files) == (4, 12, 16)
    assert [str(fact.code) for fact in stack.facts] == ["duplicate"]


def test_a_disc_in_an_archive_says_what_is_missing(tmp_path: Path) -> None:
    disc = shared("data", "dicomdir")
    index = (disc / "DICOMDIR").read_bytes()
    kept = {f"cd/{p.relative_to(disc)}".lower(): p.read_bytes() for p in (disc / "77654033").rglob("*") if p.is_file()}
    result = scan([tarred(tmp_path / "a.tgz", {"cd/DICOMDIR": index} | kept, "gz")])
    absent = {left.path for left in result.missing}

    assert (len(kept), len(result.missing), result.members) == (7, 24, 8)
    assert {left.code for left in result.missing} == {ErrorCode.MISSING_FILE}
    assert all(path.startswith(f"{tmp_path / 'a.tgz'}!/cd/9889200") for path in absent)
    assert sorted(found.kind for found in result.objects) == ["archive", "dicomdir"]


def test_copies_with_another_header_are_known_by_their_pixels(tmp_path: Path) -> None:
    files = {
        f"{number}/{z}": write_slice(
            tmp_path / "slice", z=z, SOPInstanceUID=f"1.9.{z}", AccessionNumber=number
        ).read_bytes()
        for number in ("1", "sent again")
        for z in range(2)
    }
    (stack,) = scan([zipped(tmp_path / "a.zip", files)]).stacks

    assert (stack.slices, len(stack.spare), [str(fact.code) for fact in stack.facts]) == (2, 2, ["duplicate"])


def test_more_members_than_are_allowed_are_said_and_the_first_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (entries, zips, contents):
        monkeypatch.setattr(module, "MOST_MEMBERS", 3)
    files = slices(tmp_path / "plain", 5)
    zipped(tmp_path / "a.zip", files)
    tarred(tmp_path / "a.tgz", files, "gz")

    for name in ("a.zip", "a.tgz"):
        lots = learn_members(str(tmp_path / name))
        assert next(lots).members == 3
        with pytest.raises(WorkstationError) as caught:
            next(lots)
        assert caught.value.code is ErrorCode.TOO_MANY_MEMBERS


def test_an_archive_of_files_that_are_no_images_ends_with_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "MOST_STRANGE", 3)
    files = {f"{number}.txt": b"" for number in range(2)} | slices(tmp_path / "plain", 2)
    files |= {f"more{number}.txt": b"no image, but some text" for number in range(5)}
    zipped(tmp_path / "a.zip", files)
    tarred(tmp_path / "a.tgz", files, "gz")

    for name in ("a.zip", "a.tgz"):
        lots = learn_members(str(tmp_path / name))
        lot = next(lots)
        assert (len(lot.candidates), len(lot.left_out)) == (2, 4)
        with pytest.raises(WorkstationError) as caught:
            next(lots)
        assert caught.value.code is ErrorCode.TOO_MANY_MEMBERS


@pytest.mark.parametrize("after", [b"x", b"no gzip at all", b"\0\0and more", b"\x1f\x8b"])
def test_what_follows_the_end_of_a_gzip_file_does_not_matter(tmp_path: Path, after: bytes) -> None:
    content = write_slice(tmp_path / "slice").read_bytes()
    (tmp_path / "slice").unlink()
    (tmp_path / "slice.gz").write_bytes(gzip.compress(content[:100]) + gzip.compress(content[100:]) + after)

    found = scan([tmp_path])

    assert not found.left_out
    assert load_volume(found.stacks[0]).values.shape == (1, 4, 6)


@pytest.mark.parametrize("after", [b"no gzip at all", b"\0\0and more"])
def test_what_was_given_before_the_end_of_a_gzip_file_is_given_once(after: bytes) -> None:
    content = random.Random(1).randbytes(2**20)
    stream = inflating(io.BytesIO(gzip.compress(content[:100]) + gzip.compress(content[100:]) + after))

    assert stream.read(50) == content[:50]
    assert stream.read(2 * len(content)) == content[50:]
    assert stream.read(1) == b""


def test_the_end_of_a_gzip_file_of_many_parts_is_found_without_reading_them_again_and_again() -> None:
    class Counted(io.BytesIO):
        given = 0

        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            self.given += len(data)
            return data

    parts = gzip.compress(b"") * 5000 + bytes(300) + gzip.compress(bytes(10**7))
    file = Counted(parts + b"no gzip")

    assert end_of_parts(file) == len(parts)
    assert file.given == len(parts) + 7
    assert end_of_parts(io.BytesIO(parts[:-9])) is None
    assert end_of_parts(io.BytesIO(gzip.compress(b"") * 40_000 + b"no gzip")) is None
