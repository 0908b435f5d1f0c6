"""RLE slices are unpacked in this process: every one in its place, and no frame reaches beyond its own memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pydicom
import pytest

from tests.imaging.made import write_slice
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Instance
from workstation.imaging.pixels import decode, rle_slice
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.series.scan import scan

MUTATIONS = 3000

# Input and output lie once right before and once right behind a page that nobody may touch: a signal ends the process.
GUARDED = """
import ctypes, mmap, random, sys
import imagecodecs
import numpy as np

PAGE = mmap.PAGESIZE
libc = ctypes.CDLL(None, use_errno=True)
libc.mprotect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)

def guarded():
    whole = mmap.mmap(-1, 5 * PAGE)
    start = ctypes.addressof(ctypes.c_char.from_buffer(whole))
    for page in (0, 4):
        assert libc.mprotect(start + page * PAGE, PAGE, 0) == 0
    return whole, memoryview(whole)[PAGE : 4 * PAGE]

kept_in, source = guarded()
kept_out, target = guarded()
chance = random.Random(int(sys.argv[2]))
values = np.cumsum(np.random.default_rng(1).integers(0, 3, 3 * PAGE) // 2).astype(np.uint8).tobytes()
right = refused = 0
for number in range(int(sys.argv[1])):
    size = chance.randrange(1, 2 * PAGE)
    packed = bytearray(imagecodecs.packbits_encode(values[:size]))
    for _ in range(number % 4):
        packed[chance.randrange(len(packed))] = chance.choice((0, 127, 128, 129, 255, chance.randrange(256)))
    if number % 3 == 1:
        del packed[chance.randrange(1, len(packed) + 1) :]
    if number % 5 == 1:
        size = max(1, size - chance.randrange(130))
    left_in, left_out = chance.choice((True, False)), chance.choice((True, False))
    frame = source[: len(packed)] if left_in else source[len(source) - len(packed) :]
    out = target[:size] if left_out else target[len(target) - size :]
    frame[:] = packed
    try:
        right += len(imagecodecs.packbits_decode(frame, out=out)) == size
    except RuntimeError:
        refused += 1
print(right, refused)
"""


def _write(path: Path, kind: str, z: int) -> np.ndarray:
    values = np.random.default_rng(z).integers(0, np.iinfo(kind).max // 4, (40, 56)).astype(kind)
    dataset = pydicom.dcmread(write_slice(path, z=z, pixels=values, RescaleIntercept=-7))
    dataset.compress(pydicom.uid.RLELossless)
    dataset.save_as(path)
    return values.astype(np.int64) - 7


def _instance(path: Path) -> Instance:
    (stack,) = scan([path]).stacks
    return stack.instances[0]


@pytest.mark.parametrize("kind", ["u1", "u2", "i2"])
def test_every_slice_comes_to_its_place_without_a_worker(tmp_path: Path, kind: str) -> None:
    expected = [_write(tmp_path / f"{(z * 5) % 11:03}", kind, z) for z in range(11)]

    (stack,) = scan([tmp_path]).stacks

    assert all(rle_slice.is_quick_rle(one) for one in stack.instances)
    assert np.array_equal(load_volume(stack).values, expected)


def test_floats_are_made_as_in_a_worker(tmp_path: Path) -> None:
    _write(tmp_path / "a", "u2", 0)
    instance = _instance(tmp_path / "a")
    here, there = np.empty((2, 40, 56), dtype=np.float32)

    rle_slice.RleReader().read(instance, here)
    decode.fill([instance], [there])

    assert np.array_equal(here, there)


@pytest.mark.parametrize("frames", [2, 3])
def test_files_of_several_frames_are_left_to_workers(tmp_path: Path, frames: int) -> None:
    pixels, raw = np.zeros((8, 8), np.uint16), bytes(128 * frames)
    path = write_slice(tmp_path / "a", pixels=pixels, PixelData=raw, NumberOfFrames=frames)
    dataset = pydicom.dcmread(path)
    dataset.compress(pydicom.uid.RLELossless)
    dataset.save_as(path)

    assert not rle_slice.is_quick_rle(_instance(path))


def test_a_file_that_holds_far_more_than_its_frame_is_left_to_workers(tmp_path: Path) -> None:
    path = tmp_path / "a"
    _write(path, "u2", 0)
    with path.open("ab") as file:
        file.write(bytes(2**17))

    assert not rle_slice.is_quick_rle(_instance(path))


def test_a_file_that_has_grown_since_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a"
    _write(path, "u2", 0)
    (stack,) = scan([path]).stacks
    with path.open("ab") as file:
        file.write(b"\0\0")

    with pytest.raises(WorkstationError) as raised:
        load_volume(stack)

    assert raised.value.code is ErrorCode.FILE_CHANGED


@pytest.mark.parametrize(("cut", "code"), [(12, ErrorCode.TRUNCATED), (2000, ErrorCode.TRUNCATED)])
def test_a_cut_file_is_refused_with_its_slice(tmp_path: Path, cut: int, code: ErrorCode) -> None:
    for z in range(3):
        _write(tmp_path / str(z), "u2", z)
    whole = (tmp_path / "1").read_bytes()
    (tmp_path / "1").write_bytes(whole[:-cut])
    (stack,) = scan([tmp_path]).stacks

    with pytest.raises(WorkstationError) as raised:
        load_volume(stack)

    assert (raised.value.code, raised.value.facts["slice"]) == (code, 1)


@pytest.mark.skipif(os.name == "nt", reason="there is no mprotect")
@pytest.mark.parametrize("seed", [1, 2])
def test_no_packed_plane_reaches_beyond_its_buffers(seed: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", GUARDED, str(MUTATIONS), str(seed)], capture_output=True, check=True, text=True
    )
    right, refused = map(int, done.stdout.split())

    assert min(right, refused) > MUTATIONS // 10
