"""Every compression gives the pixels that went in, every cut or lying one an error."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
import pydicom
import pytest
from pydicom.pixels.encoders import JPEGLSLosslessEncoder

from tests.imaging.encapsulated import write_frames
from tests.imaging.made import write_slice
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Instance, PixelFormat
from workstation.imaging.pixels.decode import fill
from workstation.imaging.pixels.fragments import frame_pieces
from workstation.imaging.pixels.rle import decode_rle
from workstation.imaging.series.scan import scan

Stored = npt.NDArray[Any]
SHAPE = (40, 56)


def _rle(values: Stored) -> bytes:
    """PS3.5 annex G: one segment for each byte of a sample, the highest first."""
    planes = values.astype(values.dtype.newbyteorder(">")).view("u1").reshape(-1, values.itemsize).T
    segments = [imagecodecs.packbits_encode(np.ascontiguousarray(plane).tobytes()) for plane in planes]
    segments = [segment + b"\0" * (len(segment) % 2) for segment in segments]
    starts = 64 + np.cumsum([0, *(len(segment) for segment in segments[:-1])])
    header = [len(segments), *starts.tolist(), *[0] * (15 - len(segments))]
    return struct.pack("<16I", *header) + b"".join(segments)


def _jpegls_of_12_bits(values: Stored) -> bytes:
    return JPEGLSLosslessEncoder.encode(
        values.tobytes(),
        rows=values.shape[0],
        columns=values.shape[1],
        samples_per_pixel=1,
        bits_allocated=16,
        bits_stored=12,
        pixel_representation=0,
        photometric_interpretation="MONOCHROME2",
        number_of_frames=1,
    )


def _deflate(values: Stored) -> bytes:
    squeeze = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return squeeze.compress(values.tobytes()) + squeeze.flush()


def _unsigned(values: Stored) -> Stored:
    return values.view(f"u{values.itemsize}")


# transfer syntax, the encoder, lossless types
CODECS: dict[str, tuple[str, Callable[[Stored], bytes], tuple[str, ...]]] = {
    "encapsulated": ("1.2.840.10008.1.2.1.98", lambda v: v.tobytes(), ("u1", "i1", "u2", "i2", "u4", "i4")),
    "deflated": ("1.2.840.10008.1.2.8.1", _deflate, ("u1", "i1", "u2", "i2", "u4", "i4")),
    "rle": ("1.2.840.10008.1.2.5", _rle, ("u1", "i1", "u2", "i2", "u4")),
    "jpeg-lossless": (
        "1.2.840.10008.1.2.4.70",
        lambda v: imagecodecs.jpeg8_encode(_unsigned(v), lossless=True, predictor=1, bitspersample=8 * v.itemsize),
        ("u1", "i1", "u2", "i2"),
    ),
    "jpeg-lossless-57": (
        "1.2.840.10008.1.2.4.57",
        lambda v: imagecodecs.jpeg8_encode(_unsigned(v), lossless=True, predictor=6, bitspersample=8 * v.itemsize),
        ("u1", "i1", "u2", "i2"),
    ),
    "jpeg-ls": ("1.2.840.10008.1.2.4.80", lambda v: imagecodecs.jpegls_encode(_unsigned(v)), ("u1", "i1", "u2", "i2")),
    "jpeg-2000": (
        "1.2.840.10008.1.2.4.90",
        lambda v: imagecodecs.jpeg2k_encode(v, reversible=True, codecformat="J2K"),
        ("u1", "i1", "u2", "i2"),
    ),
    "jpeg-2000-any": (
        "1.2.840.10008.1.2.4.91",
        lambda v: imagecodecs.jpeg2k_encode(v, reversible=True, codecformat="J2K"),
        ("u1", "i1", "u2", "i2"),
    ),
    "htj2k": (
        "1.2.840.10008.1.2.4.201",
        lambda v: imagecodecs.htj2k_encode(v, reversible=True),
        ("u1", "i1", "u2", "i2"),
    ),
    "htj2k-any": (
        "1.2.840.10008.1.2.4.203",
        lambda v: imagecodecs.htj2k_encode(v, reversible=True),
        ("u1", "u2", "i2"),
    ),
    "jpeg-xl": (
        "1.2.840.10008.1.2.4.110",
        lambda v: imagecodecs.jpegxl_encode(_unsigned(v), lossless=True),
        ("u1", "i1", "u2", "i2"),
    ),
    "jpeg-xl-any": (
        "1.2.840.10008.1.2.4.112",
        lambda v: imagecodecs.jpegxl_encode(_unsigned(v), lossless=True),
        ("u1", "i1"),
    ),
}
EACH = [pytest.param(name, kind, id=f"{name}-{kind}") for name, (_, _, kinds) in CODECS.items() for kind in kinds]


def _frames(kind: str, count: int) -> list[Stored]:
    """Smooth pictures with noise, over all of the type's values."""
    dtype = np.dtype(kind)
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    out = []
    for number in range(count):
        ramp = (y * (number + 1) + x) / (SHAPE[0] * (number + 1) + SHAPE[1])
        noise = np.random.default_rng(number).normal(0, 0.02, SHAPE)
        out.append((low + np.clip(ramp + noise, 0, 1) * (high - low)).astype(dtype))
    return out


def _elements(kind: str) -> dict[str, Any]:
    return {"pixels": np.zeros(SHAPE, dtype=kind), "RescaleIntercept": 0}


def _instances(path: Path) -> tuple[Instance, ...]:
    (stack,) = scan([path]).stacks
    return tuple(sorted(stack.instances, key=lambda one: one.frame))


def _read(instances: tuple[Instance, ...], kind: type = np.float32) -> Stored:
    out = np.empty((len(instances), *SHAPE), dtype=kind)
    fill(instances, out)
    return out


@pytest.mark.parametrize(("name", "kind"), EACH)
def test_the_pixels_that_went_in_come_out(tmp_path: Path, name: str, kind: str) -> None:
    syntax, encode, _ = CODECS[name]
    frames = _frames(kind, 3)
    path = write_frames(tmp_path / "a", [[encode(frame)] for frame in frames], syntax, **_elements(kind))

    assert np.array_equal(_read(_instances(path)), np.array(frames, dtype=np.float32))


@pytest.mark.parametrize("name", [name for name, (_, _, kinds) in CODECS.items() if "i2" in kinds])
def test_16_bits_decoded_in_place_are_rescaled_there(tmp_path: Path, name: str) -> None:
    syntax, encode, _ = CODECS[name]
    (values,) = _frames("i2", 1)
    values = values // 4
    elements = _elements("i2") | {"RescaleSlope": 2, "RescaleIntercept": -1000}
    path = write_frames(tmp_path / "a", [[encode(values)]], syntax, **elements)

    assert np.array_equal(_read(_instances(path), np.int16)[0], values.astype(int) * 2 - 1000)


@pytest.mark.parametrize("name", ["jpeg-lossless", "jpeg-ls", "jpeg-2000", "rle"])
def test_12_bits_with_a_sign_get_it_from_the_highest_one_stored(tmp_path: Path, name: str) -> None:
    (values,) = _frames("i2", 1)
    values = values // 16
    low = (values.view("u2") & 0xFFF).astype("u2")
    encode = {
        "jpeg-lossless": lambda v: imagecodecs.jpeg8_encode(v, lossless=True, predictor=1, bitspersample=12),
        "jpeg-ls": _jpegls_of_12_bits,
        "jpeg-2000": lambda v: imagecodecs.jpeg2k_encode(v, reversible=True, codecformat="J2K", bitspersample=12),
        "rle": _rle,
    }[name]
    elements = _elements("i2") | {"BitsStored": 12, "HighBit": 11}
    path = write_frames(tmp_path / "a", [[encode(low)]], CODECS[name][0], **elements)

    assert np.array_equal(_read(_instances(path), np.int16)[0], values)


@pytest.mark.parametrize("kind", ["u2", "i2"])
@pytest.mark.parametrize(
    "name", [name for name, (_, _, kinds) in CODECS.items() if "i2" in kinds and name != "jpeg-2000-any"]
)  # of a stream that may have been cut, what lies above the highest value is an overshoot
def test_an_overlay_in_the_spare_bits_is_cut_off(tmp_path: Path, name: str, kind: str) -> None:
    (values,) = _frames(kind, 1)
    syntax, encode, _ = CODECS[name]
    elements = _elements(kind) | {"BitsStored": 12, "HighBit": 11}
    path = write_frames(tmp_path / "a", [[encode(values)]], syntax, **elements)
    theirs = pydicom.dcmread(write_slice(tmp_path / "native", **elements | {"pixels": values})).pixel_array

    assert np.array_equal(theirs, (values << 4) >> 4)
    assert np.array_equal(_read(_instances(path), np.int16)[0], theirs)


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"])
@pytest.mark.parametrize("off", [0, 3])
def test_values_that_jpeg_ls_puts_above_the_highest_stay_there(tmp_path: Path, syntax: str, off: int) -> None:
    """Whether spare bits are cut off or too high values lowered is told by the frame, not by the name it has."""
    values = np.full(SHAPE, 4095, dtype="u2")
    values[::2, ::3] = 4090
    spare = values | 0x1000 if not off else values
    elements = _elements("u2") | {"BitsStored": 12, "HighBit": 11}
    path = write_frames(tmp_path / "a", [[imagecodecs.jpegls_encode(spare, level=off)]], syntax, **elements)

    assert np.abs(_read(_instances(path))[0] - values).max() <= off


@pytest.mark.parametrize("kind", ["u2", "i2"])
@pytest.mark.parametrize("spots", [True, False])
def test_values_that_a_stream_cut_short_puts_beyond_the_ends_are_kept_there(
    tmp_path: Path, kind: str, spots: bool
) -> None:
    """A reversible JPEG 2000 stream that was cut overshoots; what lies a little above the highest is no overlay."""
    low, high = (0, 4095) if kind == "u2" else (-2048, 2047)
    values = np.full(SHAPE, high - 400, dtype=kind)
    values[:, :10] = low + 100
    if spots:
        values[5::9, 15::7] = high
        over = values + 30 * (values == high).astype(kind)
    else:
        values[::2, 20:] = high
        values[::2, :5] = low
        over = values + 30 * (values == high).astype(kind)
        over[::2, :5] -= 30 if kind == "i2" else 0
    elements = _elements(kind) | {"BitsStored": 12, "HighBit": 11}
    coded = imagecodecs.jpeg2k_encode(over, reversible=True, codecformat="J2K")
    path = write_frames(tmp_path / "a", [[coded]], "1.2.840.10008.1.2.4.91", **elements)

    assert np.array_equal(_read(_instances(path))[0], values)


@pytest.mark.parametrize("level", [20, 35, 60, 85])
@pytest.mark.parametrize("reversible", [True, False])
@pytest.mark.parametrize("codec", ["91", "203"])
@pytest.mark.parametrize("kind", ["u2", "i2"])
def test_thin_bright_lines_in_a_lossy_frame_never_turn_black(
    tmp_path: Path, level: int, reversible: bool, codec: str, kind: str
) -> None:
    values = np.full(SHAPE, 20)
    values[:, ::9] = 4095
    values[::13, ::7] = 4095
    values = (values - (2048 if kind == "i2" else 0)).astype(kind)
    if codec == "91":
        coded = imagecodecs.jpeg2k_encode(values, level=level, reversible=reversible, codecformat="J2K")
    else:
        coded = imagecodecs.htj2k_encode(values, level=None if reversible else level / 1e4, reversible=reversible)
    elements = _elements(kind) | {"BitsStored": 12, "HighBit": 11}
    path = write_frames(tmp_path / "a", [[coded]], f"1.2.840.10008.1.2.4.{codec}", **elements)
    plain = imagecodecs.jpeg2k_decode(coded).astype(int)

    assert np.array_equal(_read(_instances(path))[0], np.clip(plain, *((0, 4095) if kind == "u2" else (-2048, 2047))))


@pytest.mark.parametrize("number", ["90", "91", "201"])
def test_signed_values_whose_spare_bits_are_empty_get_their_sign(tmp_path: Path, number: str) -> None:
    (values,) = _frames("i2", 1)
    values = values // 16
    encode = imagecodecs.htj2k_encode if number == "201" else imagecodecs.jpeg2k_encode
    coded = encode((values & 0xFFF).astype("i2"), reversible=True)
    elements = _elements("i2") | {"BitsStored": 12, "HighBit": 11}
    path = write_frames(tmp_path / "a", [[coded]], f"1.2.840.10008.1.2.4.{number}", **elements)

    assert np.array_equal(_read(_instances(path), np.int16)[0], values)


def _two_fragments(frame: bytes) -> list[bytes]:
    middle = len(frame) // 4 * 2
    return [frame[:middle], frame[middle:]]


@pytest.mark.parametrize("layout", ["one each", "table", "wrong table", "extended", "split, table", "split, no table"])
def test_frames_are_found_wherever_the_tables_put_them(tmp_path: Path, layout: str) -> None:
    frames = _frames("u2", 4)
    syntax, encode, _ = CODECS["jpeg-ls"]
    coded = [encode(frame) for frame in frames]
    fragments = [_two_fragments(c) if "split" in layout else [c] for c in coded]
    starts, at = [], 0
    for of_frame in fragments:
        starts.append(at)
        at += sum(8 + len(fragment) + len(fragment) % 2 for fragment in of_frame)
    tables = {"table": starts, "wrong table": [start + 2 for start in starts], "split, table": starts}
    path = write_frames(
        tmp_path / "a",
        fragments,
        syntax,
        table=tables.get(layout),
        extended=layout == "extended",
        **_elements("u2"),
    )

    assert np.array_equal(_read(_instances(path)), np.array(frames, dtype=np.float32))


def test_one_frame_may_come_in_many_fragments(tmp_path: Path) -> None:
    (frame,) = _frames("u2", 1)
    syntax, encode, _ = CODECS["jpeg-2000"]
    coded = encode(frame)
    pieces = [coded[at : at + 256] for at in range(0, len(coded), 256)]
    path = write_frames(tmp_path / "a", [pieces], syntax, **_elements("u2"))

    assert np.array_equal(_read(_instances(path))[0], frame)


def test_finding_frames_reads_their_headers_only(tmp_path: Path) -> None:
    frames = [[bytes([number]) * 100_000] for number in range(50)]
    path = write_frames(tmp_path / "a", frames, CODECS["rle"][0], **_elements("u2"))
    data = path.read_bytes()
    start = data.index(b"\xe0\x7f\x10\x00OB") + 12
    asked = []

    def read(offset: int, count: int) -> bytes:
        asked.append(count)
        return data[offset : offset + count]

    pieces = frame_pieces(read, start, 50, len(data))

    assert [data[offset] for ((offset, _),) in pieces] == list(range(50))
    assert sum(asked) < 500


@pytest.mark.parametrize(("frames", "fragments"), [(1, 100_001), (3, 300_001), (20, 500_001)])
def test_a_frame_of_absurdly_many_fragments_is_refused_after_few_reads(frames: int, fragments: int) -> None:
    data = (b"\xfe\xff\x00\xe0" + bytes(4)) * (1 + fragments)
    asked = []

    def read(offset: int, count: int) -> bytes:
        asked.append(count)
        return data[offset : offset + count]

    with pytest.raises(WorkstationError) as caught:
        frame_pieces(read, 0, frames, len(data))
    assert caught.value.code is ErrorCode.DECODE_FAILED
    assert len(asked) < 100


@pytest.mark.parametrize("name", list(CODECS))
@pytest.mark.parametrize("cut", [0.5, 0.95])
def test_a_cut_last_frame_is_an_error_and_the_others_are_read(tmp_path: Path, name: str, cut: float) -> None:
    syntax, encode, _ = CODECS[name]
    frames = _frames("u2", 3)
    coded = [encode(frame) for frame in frames]
    path = write_frames(tmp_path / "a", [[c] for c in coded], syntax, **_elements("u2"))
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.rindex(coded[2]) + int(len(coded[2]) * cut)])
    instances = _instances(path)

    assert np.array_equal(_read(instances[:2]), np.array(frames[:2], dtype=np.float32))
    with pytest.raises(WorkstationError) as caught:
        _read(instances)
    assert caught.value.code is ErrorCode.TRUNCATED
    assert caught.value.facts["part"] == 2


@pytest.mark.parametrize("name", list(CODECS))
@pytest.mark.parametrize("cut", [0.5, 0.95])
def test_a_codestream_cut_inside_its_fragment_is_never_garbage(tmp_path: Path, name: str, cut: float) -> None:
    syntax, encode, _ = CODECS[name]
    (frame,) = _frames("u2", 1)
    coded = encode(frame)
    path = write_frames(tmp_path / "a", [[coded[: int(len(coded) * cut)]]], syntax, **_elements("u2"))

    with pytest.raises(WorkstationError) as caught:
        _read(_instances(path))

    assert caught.value.code in (ErrorCode.TRUNCATED, ErrorCode.DECODE_FAILED)


@pytest.mark.parametrize("name", [name for name in CODECS if name not in ("encapsulated", "deflated", "jpeg-xl")])
def test_a_frame_of_another_size_or_depth_than_the_header_says_is_refused(tmp_path: Path, name: str) -> None:
    syntax, encode, _ = CODECS[name]
    larger = np.zeros((SHAPE[0] * 4, SHAPE[1]), dtype="u2")
    larger[:] = np.arange(SHAPE[1])
    path = write_frames(tmp_path / "a", [[encode(larger)]], syntax, **_elements("u1" if name == "rle" else "u2"))

    with pytest.raises(WorkstationError) as caught:
        _read(_instances(path))

    assert caught.value.code is ErrorCode.DECODE_FAILED


def test_an_rle_frame_that_unpacks_to_more_than_its_picture_writes_nothing_beyond_it(tmp_path: Path) -> None:
    larger = np.random.default_rng(1).integers(0, 65536, (SHAPE[0] * 8, SHAPE[1]), dtype="u2")
    path = write_frames(tmp_path / "a", [[_rle(larger)]], CODECS["rle"][0], **_elements("u2"))
    out = np.full((3, *SHAPE), 77, dtype=np.int16)

    try:
        fill(_instances(path), out[1:2])
    except WorkstationError as error:
        assert error.code is ErrorCode.DECODE_FAILED  # noqa: PT017 - either way is right
    assert (out[0] == 77).all()
    assert (out[2] == 77).all()


def test_an_rle_plane_that_ends_early_is_said_and_does_not_show_what_lay_there_before(tmp_path: Path) -> None:
    smaller = np.zeros((SHAPE[0] - 1, SHAPE[1]), dtype="u2")
    path = write_frames(tmp_path / "a", [[_rle(smaller)]], CODECS["rle"][0], **_elements("u2"))

    with pytest.raises(WorkstationError) as caught:
        fill(_instances(path), np.empty((1, *SHAPE), dtype=np.int16))

    assert caught.value.code is ErrorCode.DECODE_FAILED


@pytest.mark.parametrize("kind", ["u1", "u2"])
@pytest.mark.parametrize("padding", [b"\0", b" ", b"\xff\xff", b"\0\0\0"])
def test_whatever_an_rle_frame_is_padded_with_is_no_run_of_it(tmp_path: Path, kind: str, padding: bytes) -> None:
    (frame,) = _frames(kind, 1)
    path = write_frames(tmp_path / "a", [[_rle(frame) + padding]], CODECS["rle"][0], **_elements(kind))

    assert np.array_equal(_read(_instances(path))[0], frame)


@pytest.mark.parametrize("starts", [(64, 64), (64, 63), (60, 80), (64, 10**9), (64, 2**32 - 1)])
def test_rle_planes_that_lie_nowhere_are_refused(starts: tuple[int, ...]) -> None:
    frame = struct.pack("<16I", len(starts), *starts, *[0] * (15 - len(starts))) + bytes(200)

    with pytest.raises(WorkstationError) as caught:
        decode_rle(frame, PixelFormat(rows=4, columns=5))

    assert caught.value.code is ErrorCode.DECODE_FAILED


@pytest.mark.parametrize("bits", [8, 12])
def test_lossy_jpeg_stays_within_two_levels_of_what_it_holds(tmp_path: Path, bits: int) -> None:
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    smooth = ((y + x) * (1 << bits) // 120).astype("u1" if bits == 8 else "u2")
    coded = imagecodecs.jpeg8_encode(smooth, level=100, bitspersample=bits)
    elements = _elements(smooth.dtype.str) | {"BitsStored": bits, "HighBit": bits - 1}
    syntax = "1.2.840.10008.1.2.4.50" if bits == 8 else "1.2.840.10008.1.2.4.51"
    path = write_frames(tmp_path / "a", [[coded]], syntax, **elements)

    assert np.abs(_read(_instances(path))[0] - smooth).max() <= 2


def test_uncompressed_bytes_under_a_compressed_name_are_read_if_they_fit_exactly(tmp_path: Path) -> None:
    pixels = np.arange(24, dtype=np.uint16).reshape(4, 6)
    path = write_slice(tmp_path / "a", pixels=pixels, RescaleIntercept=0)
    data = path.read_bytes().replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.5\0")
    path.write_bytes(data)
    (stack,) = scan([path]).stacks
    out = np.empty((1, 4, 6), np.int16)
    fill(stack.instances, out)

    assert np.array_equal(out[0], pixels)
