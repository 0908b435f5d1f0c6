"""Damaged files from a seed: whatever they hold, each is accounted for and none makes a reader fail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.data import shared
from tests.imaging import hostile
from tests.imaging.made import write_slice
from tests.imaging.mutate import mutated
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Stack
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.series.scan import scan

COUNT = 200
NEVER = {ErrorCode.DEFECT, ErrorCode.KILLED_READER, ErrorCode.NO_READER, ErrorCode.TIMED_OUT_READING}


def outcome(stack: Stack) -> ErrorCode | None:
    try:
        load_volume(stack)
    except WorkstationError as error:
        return error.code
    return None


def told_of(folder: Path, originals: Sequence[tuple[str, bytes]], seed: int) -> Counter[ErrorCode | None]:
    """What scan and load say of `COUNT` damaged files, after a look that each stands somewhere exactly once."""
    for number in range(COUNT):
        name, data = originals[number % len(originals)]
        (folder / f"{number:03d}-{name}").write_bytes(mutated(data, seed + number))
    found = scan([folder])
    in_stacks = {instance.path for stack in found.stacks for instance in (*stack.instances, *stack.spare)}
    elsewhere = [one.path for one in (*found.objects, *found.left_out) if "!/" not in one.path]
    assert found.files == COUNT == len(in_stacks) + len(elsewhere)
    return Counter([*[left.code for left in found.left_out], *[outcome(stack) for stack in found.stacks]])


def test_damaged_plain_and_odd_files_make_no_reader_fail(tmp_path: Path) -> None:
    slice_ = write_slice(tmp_path / "original.dcm").read_bytes()
    (tmp_path / "original.dcm").unlink()
    originals = [
        ("plain.dcm", slice_),
        ("bare.dcm", hostile.body()),
        ("deflated.dcm", hostile.deflated(hostile.body())),
        ("nest.dcm", hostile.with_nest(hostile.nested(3))),
        ("rle.dcm", hostile.encapsulated(hostile.rle(2, 64), hostile.RLE)),
        ("j2k.dcm", hostile.encapsulated(hostile.j2k(8, 8), hostile.J2K)),
        ("volume.nii", hostile.nifti((4, 4, 3), data=bytes(96))),
    ]

    told = told_of(tmp_path, originals, 1000)

    assert not NEVER & set(told)
    assert told[None] > COUNT / 20


@pytest.mark.parametrize("folder", ["transfer-syntaxes", "enhanced-multiframe", "derived-objects"])
def test_damaged_real_files_make_no_reader_fail(tmp_path: Path, folder: str) -> None:
    real = sorted(path for path in shared("data", folder).rglob("*") if path.is_file())
    originals = [(path.name, path.read_bytes()) for path in real if path.stat().st_size < 200_000]

    told = told_of(tmp_path, originals, 2000)

    assert not NEVER & set(told)
