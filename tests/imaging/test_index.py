"""What an earlier scan learned saves reading, and never changes what a scan finds."""

from __future__ import annotations

import os
import pickle
import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from random import Random
from typing import Any
from zlib import crc32

import pytest

from tests.data import shared
from tests.imaging.made import write_slice
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import FactCode, ScanResult, Stack
from workstation.imaging.index.content import edition
from workstation.imaging.index.folder_index import UNSURE_NS, FolderIndex
from workstation.imaging.index.packing import BadBytesError, Later, later, pack, unpack
from workstation.imaging.series.scan import scan

COLOURED: dict[str, Any] = {
    "SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "PlanarConfiguration": 0,
    "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7, "PixelData": bytes(4 * 6 * 3),
}  # fmt: skip


class Shelf(dict[str, bytes]):
    """Blobs in memory."""

    def put(self, learned: Iterable[tuple[str, bytes]]) -> None:
        self.update(learned)


class BrokenShelf(Shelf):
    def get(self, folder: str, default: object = None) -> bytes:  # type: ignore[override]
        raise WorkstationError(ErrorCode.RECORDS_BUSY)

    def put(self, learned: Iterable[tuple[str, bytes]]) -> None:
        raise WorkstationError(ErrorCode.NO_SPACE)


def long_after(shelf: Shelf) -> FolderIndex:
    """The index at a time when every file of a test is old enough to be relied upon."""
    return FolderIndex(shelf, now_ns=lambda: time.time_ns() + 2 * UNSURE_NS)


_opened: list[str] | None = None


def _listen(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and _opened is not None:
        _opened.append(str(arguments[0]))


sys.addaudithook(_listen)


@contextmanager
def files_opened() -> Iterator[list[str]]:
    """Names of the files that are opened meanwhile, as the interpreter itself tells it."""
    global _opened
    _opened = opened = []
    try:
        yield opened
    finally:
        _opened = None


def same(one: ScanResult, other: ScanResult) -> bool:
    return (one.objects, one.left_out, one.files, one.members) == (
        other.objects,
        other.left_out,
        other.files,
        other.members,
    ) and all(same_stack(a, b) for a, b in zip(one.stacks, other.stacks, strict=True))


def same_stack(one: Stack, other: Stack) -> bool:
    plain = [field.name for field in fields(Stack) if field.name != "geometry"]
    if any(getattr(one, name) != getattr(other, name) for name in plain):
        return False
    if one.geometry is None or other.geometry is None:
        return one.geometry is other.geometry
    return one.geometry.positions.tolist() == other.geometry.positions.tolist()


def series(folder: Path, uid: str, slices: int) -> Path:
    folder.mkdir(exist_ok=True)
    for number in range(slices):
        write_slice(folder / f"{uid}-{number}.dcm", z=2.5 * number, SeriesInstanceUID=uid)
    return folder


def test_an_unchanged_folder_is_not_read_again(tmp_path: Path) -> None:
    series(tmp_path / "a", "1.2.3", 5)
    (tmp_path / "a" / "note.txt").write_text("no image")
    shelf = Shelf()
    first = scan([tmp_path], index=long_after(shelf))

    with files_opened() as opened:
        second = scan([tmp_path], index=long_after(shelf))

    assert [name for name in opened if name.startswith(str(tmp_path))] == []
    assert same(first, second)
    assert second.stacks[0].slices == 5


def test_only_what_changed_or_came_is_read_again(tmp_path: Path) -> None:
    series(tmp_path, "1.2.3", 5)
    shelf = Shelf()
    scan([tmp_path], index=long_after(shelf))
    write_slice(tmp_path / "1.2.3-1.dcm", z=2.5, SeriesInstanceUID="1.2.3", SeriesDescription="other")
    write_slice(tmp_path / "new.dcm", z=12.5, SeriesInstanceUID="1.2.3")
    (tmp_path / "1.2.3-4.dcm").unlink()

    with files_opened() as opened:
        result = scan([tmp_path], index=long_after(shelf))

    names = {Path(name).name for name in opened if name.startswith(str(tmp_path))}
    assert names == {"1.2.3-1.dcm", "new.dcm"}
    assert same(result, scan([tmp_path]))


def test_a_file_that_may_still_change_is_not_kept(tmp_path: Path) -> None:
    series(tmp_path, "1.2.3", 2)
    shelf = Shelf()
    scan([tmp_path], index=FolderIndex(shelf))

    with files_opened() as opened:
        scan([tmp_path], index=FolderIndex(shelf))

    assert len([name for name in opened if name.startswith(str(tmp_path))]) >= 2


def test_a_file_of_other_content_but_same_size_and_time_is_noticed(tmp_path: Path) -> None:
    path = write_slice(tmp_path / "a.dcm", PatientID="1")
    shelf = Shelf()
    scan([tmp_path], index=long_after(shelf))
    before = path.stat()
    path.write_bytes(write_slice(tmp_path / "a.dcm", PatientID="2").read_bytes())
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert path.stat().st_size == before.st_size
    if path.stat().st_ctime_ns == before.st_ctime_ns:
        pytest.skip("this file system does not tell when a file was changed besides what can be set")
    assert scan([tmp_path], index=long_after(shelf)).stacks[0].patient.id == "2"


def test_a_file_that_can_not_be_relied_upon_costs_only_its_own_reading(tmp_path: Path) -> None:
    series(tmp_path, "1.2.3", 4)
    write_slice(tmp_path / "odd.dcm", Rows=0)
    first = scan([tmp_path], index=long_after(shelf := Shelf()))
    kept = dict(shelf)
    with files_opened() as opened:
        second = scan([tmp_path], index=long_after(shelf))

    assert {Path(name).name for name in opened if name.startswith(str(tmp_path))} == {"odd.dcm"}
    assert [out.code for out in second.left_out] == [ErrorCode.UNREADABLE]
    assert same(first, second)
    assert shelf == kept


def test_a_series_that_goes_on_in_another_folder_stays_one(tmp_path: Path) -> None:
    series(tmp_path / "a", "1.2.3", 3)
    shelf = Shelf()
    scan([tmp_path], index=long_after(shelf))
    (tmp_path / "b").mkdir()
    write_slice(tmp_path / "b" / "fourth.dcm", z=7.5, SeriesInstanceUID="1.2.3")

    for _ in range(3):
        (stack,) = scan([tmp_path], index=long_after(shelf)).stacks
        assert (stack.slices, stack.files) == (4, 4)


def test_a_few_plain_files_are_read_rather_than_asked_for(tmp_path: Path) -> None:
    series(tmp_path, "1.2.3", 3)
    shelf = Shelf()
    first = scan([tmp_path], index=long_after(shelf))

    assert shelf == {}
    assert same(scan([tmp_path], index=long_after(shelf)), first)


def test_a_file_given_by_itself_is_known_too(tmp_path: Path) -> None:
    paths = [write_slice(tmp_path / f"{number}.dcm", z=number, **COLOURED) for number in range(3)]
    shelf = Shelf()
    first = scan(paths, index=long_after(shelf))

    with files_opened() as opened:
        second = scan(paths[:2], index=long_after(shelf))

    assert [name for name in opened if name.startswith(str(tmp_path))] == []
    assert [one.stacks[0].files for one in (first, second)] == [3, 2]


def test_a_file_that_is_still_being_written_is_left_alone(tmp_path: Path) -> None:
    series(tmp_path, "1.2.3", 4)
    last = str(tmp_path / "1.2.3-3.dcm")
    shelf = Shelf()

    first = scan([tmp_path], index=long_after(shelf), later={last})
    second = scan([tmp_path], index=long_after(shelf))

    assert (first.stacks[0].slices, first.files) == (3, 3)
    assert (second.stacks[0].slices, second.files) == (4, 4)


def test_files_given_among_known_ones_are_read_and_all_are_found(tmp_path: Path) -> None:
    paths = [write_slice(tmp_path / f"{number}.dcm", z=number, **COLOURED) for number in range(4)]
    shelf = Shelf()
    scan(paths[:2], index=long_after(shelf))

    for _ in range(3):
        assert same(scan(paths, index=long_after(shelf)), scan(paths))
    with files_opened() as opened:
        scan(paths, index=long_after(shelf))
    assert [name for name in opened if name.startswith(str(tmp_path))] == []


def test_damaged_blobs_are_not_known(tmp_path: Path) -> None:
    series(tmp_path, "1.2.3", 4)
    shelf = Shelf()
    truth = scan([tmp_path], index=long_after(shelf))
    whole = dict(shelf)
    random = Random(1)
    for _ in range(30):
        for folder, blob in whole.items():
            damaged = bytearray(blob)
            damaged[random.randrange(len(damaged))] ^= 1 << random.randrange(8)
            shelf[folder] = bytes(damaged[: random.choice([len(damaged), random.randrange(len(damaged))])])
        assert same(scan([tmp_path], index=long_after(shelf)), truth)


@pytest.mark.parametrize(
    "content",
    [
        b"garbage", pack(5), pack((1, 2, 3, 4, 5)), pack((("a.dcm", b"1", b"", b""), 1, [], [], b"")),
        pack((("a.dcm", b"", b"", b""), 1, [], [], b"")), pack((("", bytes(8), bytes(8), bytes(8)), 7, [], [], b"x")),
        pack((("", bytes(8), bytes(8), bytes(8)), 7, [], [], pack((bytes(8), {}, (), bytes(8), [], [])))),
    ],
)  # fmt: skip
def test_what_somebody_else_wrote_in_our_name_is_not_known(tmp_path: Path, content: bytes) -> None:
    series(tmp_path, "1.2.3", 4)
    truth = scan([tmp_path])
    forged = edition() + crc32(content).to_bytes(4, "little") + content
    shelf = Shelf({str(tmp_path): forged})

    assert same(scan([tmp_path], index=long_after(shelf)), truth)
    assert shelf[str(tmp_path)] != forged


def test_an_index_that_fails_costs_speed_only(tmp_path: Path) -> None:
    series(tmp_path, "1.2.3", 4)

    assert same(scan([tmp_path], index=FolderIndex(BrokenShelf())), scan([tmp_path]))


@pytest.mark.parametrize("value", [os.system, Path("x"), [shutil.rmtree], Random(1)])
def test_nothing_but_own_records_is_unpacked(value: object) -> None:
    with pytest.raises(BadBytesError):
        unpack(pickle.dumps(value))


def test_records_come_back_equal_and_shared_ones_shared(tmp_path: Path) -> None:
    stack = scan([series(tmp_path, "1.2.3", 3)]).stacks[0]
    packed = pack((stack.patient, stack.instances, FactCode.GAP, [stack.facts, stack.patient]))

    patient, instances, code, (facts, again) = unpack(packed)

    assert (patient, instances, code, facts) == (stack.patient, stack.instances, FactCode.GAP, stack.facts)
    assert patient is again


def test_frames_of_an_unchanged_folder_stay_packed_until_one_is_looked_at(tmp_path: Path) -> None:
    series(tmp_path, "1.2.3", 5)
    first = scan([tmp_path], index=long_after(shelf := Shelf()))

    (stack,) = scan([tmp_path], index=long_after(shelf)).stacks

    assert isinstance(stack.instances, Later)
    assert repr(stack.instances) == "<5 records, packed>"
    assert (stack.slices, stack.instances[0]) == (5, first.stacks[0].instances[0])
    assert repr(stack.instances) == "<5 records, packed>"
    assert stack.instances[3] == first.stacks[0].instances[3]
    assert repr(stack.instances) == "<5 records, unpacked>"


def test_records_for_later_are_a_tuple_to_all_who_look_at_them(tmp_path: Path) -> None:
    (stack,) = scan([series(tmp_path, "1.2.3", 4)]).stacks
    whole = stack.instances
    packed: Later[Any] = unpack(pack(later(whole)))

    assert packed == whole
    assert whole == packed
    assert packed != whole[:3]
    assert packed == unpack(pack(later(whole)))
    assert hash(packed) == hash(whole)
    assert (packed[-1], packed[1:3], list(packed)) == (whole[-1], whole[1:3], list(whole))
    assert pickle.loads(pickle.dumps(packed)) == whole


@pytest.mark.parametrize("behind", [b"", b"garbage", pack(5), pack([1]), pack((1, 2, 3))])
def test_bytes_that_are_no_records_are_refused_when_they_are_looked_at(behind: bytes) -> None:
    with pytest.raises(WorkstationError) as caught:
        list(Later(1, 4, behind))

    assert caught.value.code is ErrorCode.UNREADABLE


def test_a_changed_folder_keeps_what_was_known_of_a_series_that_was_never_looked_at(tmp_path: Path) -> None:
    folder = series(series(tmp_path / "a", "1.2.3", 4), "1.2.4", 4)
    scan([tmp_path], index=long_after(shelf := Shelf()))
    write_slice(folder / "new.dcm", SeriesInstanceUID="1.2.5")
    scan([tmp_path], index=long_after(shelf))

    with files_opened() as opened:
        result = scan([tmp_path], index=long_after(shelf))

    assert [name for name in opened if name.startswith(str(tmp_path))] == []
    assert same(result, scan([tmp_path]))


def test_whatever_happens_to_a_folder_the_index_finds_what_is_there(tmp_path: Path) -> None:
    random = Random(7)
    shelf = Shelf()
    for step in range(40):
        folder = tmp_path / random.choice("abc")
        folder.mkdir(exist_ok=True)
        files = sorted(folder.iterdir())
        deed = random.choice(("add", "add", "change", "remove", "rename", "damage"))
        name = f"{random.randrange(30)}.dcm"
        if deed == "add" or not files:
            write_slice(folder / name, z=step, SeriesInstanceUID=f"1.2.{random.randrange(3)}")
        elif deed == "change":
            write_slice(random.choice(files), z=step, SeriesInstanceUID=f"1.2.{random.randrange(3)}")
        elif deed == "remove":
            random.choice(files).unlink()
        elif deed == "rename":
            random.choice(files).replace(folder / name)
        else:
            random.choice(files).write_bytes(b"damaged")
        assert same(scan([tmp_path], index=long_after(shelf)), scan([tmp_path])), f"step {step}"


@pytest.mark.parametrize(
    "name", ["derived-objects", "enhanced-multiframe", "malformed", "dicomdir", "charsets", "nifti"]
)
def test_every_kind_of_file_comes_back_from_the_index_as_it_was_read(name: str) -> None:
    folder, shelf = shared("data", name), Shelf()
    truth = scan([folder], index=long_after(shelf))

    assert same(scan([folder], index=long_after(shelf)), truth)


@pytest.mark.parametrize("step", [0.0, 0.1, 3.0])
def test_mosaics_are_recalled_as_they_were_found(tmp_path: Path, step: float) -> None:
    """Their instances are not those that were read, for they lie elsewhere than their headers say."""
    series(tmp_path / "a", "1.2.3", 3)
    for number in range(6):
        write_slice(
            tmp_path / "a" / f"{number}", z=step * number, Modality="MR", SeriesInstanceUID="1.2.4",
            InstanceNumber=number + 1, ImageType=["ORIGINAL", "PRIMARY", "M", "MOSAIC"],
            DiffusionBValue=500.0 * (number % 2),
        )  # fmt: skip
    shelf = Shelf()
    first = scan([tmp_path], index=long_after(shelf))
    with files_opened() as opened:
        second = scan([tmp_path], index=long_after(shelf))

    assert same(first, second)
    assert not [name for name in opened if name.startswith(str(tmp_path / "a"))]
