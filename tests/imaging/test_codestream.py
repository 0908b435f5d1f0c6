from __future__ import annotations

import io
from pathlib import Path

import imagecodecs
import numpy as np
import numpy.typing as npt
import pydicom
import pytest
from PIL import Image
from pydicom.encaps import get_frame

from tests.data import shared
from tests.imaging.encapsulated import write_frames
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.imaging.pixels.codestream import claim_of
from workstation.imaging.pixels.load import load_slice
from workstation.imaging.series.scan import scan


def _compressed(folder: Path) -> list[pydicom.Dataset]:
    found = [
        pydicom.dcmread(path)
        for path in sorted(folder.rglob("*.dcm"))
        if b"1.2.840.10008.1.2.4" in path.read_bytes()[:2000]
    ]
    return [dataset for dataset in found if dataset.file_meta.TransferSyntaxUID.is_encapsulated]


def test_the_size_is_the_headers_for_every_compression_of_one_slice() -> None:
    datasets = _compressed(shared("data", "transfer-syntaxes", "one-ct-slice"))
    claims = [claim_of(get_frame(dataset.PixelData, 0, number_of_frames=1)) for dataset in datasets]

    assert len(claims) >= 10
    assert all(claim and (claim.rows, claim.columns, claim.samples) == (512, 512, 1) for claim in claims)


@pytest.mark.parametrize(
    "frame", [b"", b"\xff\xd8", b"\xff\x4f\xff\x51\x00", b"\xff\xd8\xff\xe0\x00\x00" * 3, bytes(64)]
)
def test_what_is_no_frame_has_no_size(frame: bytes) -> None:
    assert claim_of(frame) is None


def test_a_frame_that_claims_more_than_its_header_is_not_decoded(tmp_path: Path) -> None:
    source = next(path for path in sorted(shared("data", "chest-ct-j2k", "dicom").iterdir()))
    raw = source.read_bytes()
    at = raw.index(b"\xff\x4f\xff\x51") + 8
    (tmp_path / "bomb").write_bytes(raw[:at] + (60000).to_bytes(4, "big") * 2 + raw[at + 8 :])
    (stack,) = scan([tmp_path]).stacks

    with pytest.raises(WorkstationError) as caught:
        load_slice(stack, 0)

    assert caught.value.code is ErrorCode.DECODE_FAILED


COMMENT = b"\xff\x64\x00\x0b\x00\x01PADDING"
LONG_COMMENT = b"\xff\x64\x01\x0b\x00\x01" + b"A" * 263
_VALUES = np.random.default_rng(0).integers(0, 256, (96, 96)).astype("u1")


def _tiles() -> tuple[bytes, list[int]]:
    """A stream of nine tiles, and where each begins."""
    file = io.BytesIO()
    Image.fromarray(_VALUES).save(file, "JPEG2000", no_jp2=True, irreversible=False, tile_size=(32, 32))
    coded = file.getvalue()
    starts = [at for at in range(len(coded)) if coded.startswith(b"\xff\x90\x00\x0a", at)]
    assert len(starts) == 9
    return coded, starts


def _values(path: Path, coded: bytes) -> npt.NDArray[np.float32]:
    written = write_frames(
        path, [[coded]], "1.2.840.10008.1.2.4.90", pixels=np.zeros((96, 96), "u1"), RescaleIntercept=0
    )
    (stack,) = scan([written]).stacks
    return load_slice(stack, 0)


@pytest.mark.parametrize(
    "insert", [COMMENT, COMMENT * 5, LONG_COMMENT, bytes(20), b"\xff" * 7], ids=["one", "five", "long", "zeros", "ones"]
)
@pytest.mark.parametrize("form", ["J2K", "JP2", "tiles"])
def test_what_fills_a_whole_stream_up_is_passed_over(tmp_path: Path, insert: bytes, form: str) -> None:
    coded = imagecodecs.jpeg2k_encode(_VALUES, reversible=True, codecformat=form) if form != "tiles" else _tiles()[0]

    assert np.array_equal(_values(tmp_path / "a", coded[:-2] + insert + coded[-2:]), _VALUES)


@pytest.mark.parametrize("at", [1, 3, 5, 8, 9])  # of the header of a tile-part: its mark, length, tile and length
@pytest.mark.parametrize("number", [2, 7])
def test_a_stream_whose_tiles_cannot_be_followed_is_not_shown_in_part(tmp_path: Path, at: int, number: int) -> None:
    coded, starts = _tiles()
    damaged = bytearray(coded)
    damaged[starts[number] + at] ^= 0x21

    with pytest.raises(WorkstationError, match="decode-failed"):
        _values(tmp_path / "a", bytes(damaged))


@pytest.mark.parametrize("number", [1, 4, 8])
@pytest.mark.parametrize("insert", [b"", b"\x12" * 20, COMMENT], ids=["nothing", "garbage", "comment"])
def test_a_stream_that_lacks_tiles_is_not_shown_in_part(tmp_path: Path, number: int, insert: bytes) -> None:
    coded, starts = _tiles()

    with pytest.raises(WorkstationError, match="decode-failed"):
        _values(tmp_path / "a", coded[: starts[number]] + insert + coded[-2:])


@pytest.mark.parametrize("tile", [None, (48, 48)])
@pytest.mark.parametrize("drop", [1, -1])
def test_a_stream_that_lacks_a_part_of_a_tile_is_not_shown(
    tmp_path: Path, tile: tuple[int, int] | None, drop: int
) -> None:
    coded = imagecodecs.htj2k_encode(_VALUES, reversible=True, tilepart=1, tile=tile)
    starts = [at for at in range(len(coded)) if coded.startswith(b"\xff\x90\x00\x0a", at)]
    ends = [*starts[1:], len(coded) - 2]

    assert len(starts) > 4
    assert np.array_equal(_values(tmp_path / "a", coded), _VALUES)
    with pytest.raises(WorkstationError, match="decode-failed"):
        _values(tmp_path / "b", coded[: starts[drop]] + coded[ends[drop] :])


def test_a_comment_that_looks_like_a_tile_part_is_a_comment(tmp_path: Path) -> None:
    coded, starts = _tiles()
    comment = b"\xff\x64\x00\x12\x00\x00" + b"\xff\x90\x00\x0a" + bytes(10)

    assert np.array_equal(_values(tmp_path / "a", coded[: starts[0]] + comment + coded[starts[0] :]), _VALUES)


@pytest.mark.parametrize("kept", [0.5, 0.9])
def test_a_stream_whose_end_mark_stands_within_its_last_part_is_not_shown(tmp_path: Path, kept: float) -> None:
    coded = imagecodecs.jpeg2k_encode(_VALUES, reversible=True, codecformat="J2K")
    cut = coded[: int(kept * len(coded))] + coded[-2:]

    with pytest.raises(WorkstationError, match="decode-failed"):
        _values(tmp_path / "a", cut + bytes(len(coded) - len(cut)))
