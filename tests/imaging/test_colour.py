"""Colour is shown as the file means it, and its luma is what a probe reads."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
import pydicom
import pytest
from pydicom.pixels.processing import apply_color_lut
from pydicom.pixels.utils import pixel_array
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.data import shared
from tests.imaging.encapsulated import write_frames
from tests.imaging.made import write_slice
from workstation.domain.volume import SlicePixels
from workstation.imaging.pixels.load import load_pixels, load_volume
from workstation.imaging.pixels.thumbnail import thumbnail
from workstation.imaging.series.scan import scan

RGB = np.random.default_rng(4).integers(0, 256, (4, 6, 3), dtype=np.uint8)
GRAYED = np.rint(RGB.astype(np.float32) @ np.array([0.299, 0.587, 0.114], dtype=np.float32))


def _only(path: Path) -> SlicePixels:
    (stack,) = scan([path]).stacks
    return load_pixels(stack, 0)


def _write(path: Path, samples: npt.NDArray[np.uint8], photometric: str, **elements: object) -> Path:
    return write_slice(
        path,
        pixels=samples,
        **{"SamplesPerPixel": 3, "PhotometricInterpretation": photometric, "PlanarConfiguration": 0} | elements,
    )


def test_rgb_is_shown_as_it_is_and_probed_as_luma(tmp_path: Path) -> None:
    pixels = _only(_write(tmp_path / "a", RGB, "RGB"))

    assert pixels.colour is not None
    assert np.array_equal(pixels.colour, RGB)
    assert np.array_equal(pixels.values, GRAYED)


def test_planes_one_after_the_other_are_the_same_picture(tmp_path: Path) -> None:
    planes = np.ascontiguousarray(np.moveaxis(RGB, 2, 0))
    path = _write(tmp_path / "a", RGB, "RGB", PlanarConfiguration=1, PixelData=planes.tobytes())

    assert np.array_equal(_only(path).colour, RGB)


def _as_it_is(frame: bytes) -> bytes:
    return frame


def _deflated(frame: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return squeeze.compress(frame) + squeeze.flush()


@pytest.mark.parametrize(
    ("syntax", "pack"), [("1.2.840.10008.1.2.1.98", _as_it_is), ("1.2.840.10008.1.2.8.1", _deflated)]
)
@pytest.mark.parametrize(
    ("photometric", "planar"), [("RGB", 0), ("RGB", 1), ("YBR_FULL", 0), ("YBR_FULL", 1), ("YBR_FULL_422", 0)]
)
def test_encapsulated_frames_are_laid_out_as_native_ones(
    tmp_path: Path, syntax: str, pack: Callable[[bytes], bytes], photometric: str, planar: int
) -> None:
    elements: dict[str, Any] = {
        "pixels": RGB,
        "SamplesPerPixel": 3,
        "PhotometricInterpretation": photometric,
        "PlanarConfiguration": planar,
    }
    samples = [frame[..., : 2 if photometric == "YBR_FULL_422" else 3] for frame in (RGB, RGB[::-1])]
    laid_out = [(np.moveaxis(frame, 2, 0) if planar else frame).tobytes() for frame in samples]
    path = write_frames(tmp_path / "a", [[pack(frame)] for frame in laid_out], syntax, **elements)
    native = write_slice(tmp_path / "native", **elements | {"NumberOfFrames": 2, "PixelData": b"".join(laid_out)})
    theirs = pixel_array(pydicom.dcmread(native))
    volume = load_volume(scan([path]).stacks[0])

    assert np.array_equal(volume.colour, theirs)


def _smooth() -> npt.NDArray[np.uint8]:
    y, x = np.mgrid[:32, :48]
    return np.stack([5 * x, 7 * y, 255 - 3 * (x + y)], axis=-1).astype(np.uint8)


@pytest.mark.parametrize(
    ("syntax", "photometric", "pack"),
    [
        ("111", "YBR_FULL", lambda rgb: imagecodecs.jpegxl_encode_jpeg(imagecodecs.jpeg8_encode(rgb, level=95))),
        ("111", "YBR_FULL_422", lambda rgb: imagecodecs.jpegxl_encode_jpeg(imagecodecs.jpeg8_encode(rgb, level=95))),
        ("112", "XYB", lambda rgb: imagecodecs.jpegxl_encode(rgb, distance=0.5)),
        ("112", "RGB", lambda rgb: imagecodecs.jpegxl_encode(rgb, distance=0.5)),
        ("110", "RGB", lambda rgb: imagecodecs.jpegxl_encode(rgb, lossless=True)),
    ],
)
def test_jpeg_xl_has_undone_its_own_colours(
    tmp_path: Path, syntax: str, photometric: str, pack: Callable[[npt.NDArray[np.uint8]], bytes]
) -> None:
    rgb = _smooth()
    elements: dict[str, Any] = {"SamplesPerPixel": 3, "PhotometricInterpretation": photometric, "pixels": rgb}
    path = write_frames(
        tmp_path / "a", [[pack(rgb)]], f"1.2.840.10008.1.2.4.{syntax}", PlanarConfiguration=0, **elements
    )
    colour = _only(path).colour

    assert colour is not None
    assert np.abs(colour.astype(int) - rgb).mean() <= (0 if syntax == "110" else 3)


@pytest.mark.parametrize("photometric", ["YBR_FULL", "YBR_FULL_422"])
def test_luma_and_chroma_become_what_pydicom_makes_of_them(tmp_path: Path, photometric: str) -> None:
    samples = RGB if photometric == "YBR_FULL" else RGB[..., 0:2]
    stored = samples.tobytes()
    path = _write(tmp_path / "a", RGB, photometric, PixelData=stored)
    theirs = pixel_array(pydicom.dcmread(path))

    assert np.array_equal(_only(path).colour, theirs)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian])
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("first", [0, 7])
def test_a_palette_gives_its_colours(tmp_path: Path, syntax: str, bits: int, first: int) -> None:
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    table = np.arange(300, 300 + 3 * 32).reshape(3, 32) * 97 % (1 << bits)
    stored = np.arange(24, dtype=np.uint16).reshape(4, 6)
    elements: dict[str, object] = {"SamplesPerPixel": 1, "PhotometricInterpretation": "PALETTE COLOR"}
    for name, entries in zip(("Red", "Green", "Blue"), table, strict=True):
        words = np.frombuffer(entries.astype(f"<u{bits // 8}").tobytes(), dtype="<u2")
        elements[f"{name}PaletteColorLookupTableDescriptor"] = [32, first, bits]
        elements[f"{name}PaletteColorLookupTableData"] = words.astype(f"{order}u2").tobytes()
    elements["PixelData"] = stored.astype(f"{order}u2").tobytes()
    pixels = _only(write_slice(tmp_path / "a", pixels=stored, syntax=syntax, **elements))

    index = np.clip(stored.astype(int) - first, 0, 31)
    expected = table[:, index] >> (8 if bits == 16 else 0)
    assert pixels.colour is not None
    assert np.array_equal(np.moveaxis(pixels.colour, 2, 0), expected)


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian])
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize(
    ("count", "first"), [(255, 0), (256, 0), (101, 30), (257, 0), (1000, 5), (1001, 7), (2**16, 0)]
)
def test_a_palette_of_any_length_gives_its_colours(
    tmp_path: Path, syntax: str, bits: int, count: int, first: int
) -> None:
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    table = np.random.default_rng(count).integers(0, 1 << bits, (3, count))
    stored = np.linspace(0, min(count + first + 20, 65535), 24).astype(np.uint16).reshape(4, 6)
    elements: dict[str, object] = {"SamplesPerPixel": 1, "PhotometricInterpretation": "PALETTE COLOR"}
    for name, entries in zip(("Red", "Green", "Blue"), table, strict=True):
        packed = entries.astype(f"<u{bits // 8}").tobytes()
        words = np.frombuffer(packed + b"\0" * (len(packed) % 2), dtype="<u2")
        elements[f"{name}PaletteColorLookupTableDescriptor"] = [count % 2**16, first, bits]
        elements[f"{name}PaletteColorLookupTableData"] = words.astype(f"{order}u2").tobytes()
    elements["PixelData"] = stored.astype(f"{order}u2").tobytes()
    pixels = _only(write_slice(tmp_path / "a", pixels=stored, syntax=syntax, **elements))

    expected = table[:, np.clip(stored.astype(int) - first, 0, count - 1)] >> (bits - 8)
    assert pixels.colour is not None
    assert np.array_equal(np.moveaxis(pixels.colour, 2, 0), expected)


@pytest.mark.parametrize("vr", ["SS", "US"])
def test_a_palette_for_values_below_zero_is_known_without_its_sign(tmp_path: Path, vr: str) -> None:
    stored = np.arange(-14, 10, dtype=np.int16).reshape(4, 6)
    table = np.arange(3 * 20, dtype=np.uint8).reshape(3, 20)
    path = write_slice(tmp_path / "a", pixels=stored, PhotometricInterpretation="PALETTE COLOR")
    dataset = pydicom.dcmread(path)
    for key, entries in zip((0x00281101, 0x00281102, 0x00281103), table, strict=True):
        dataset.add_new(key, vr, [20, -10 if vr == "SS" else 65526, 8])
        dataset.add_new(key + 0x100, "OW", entries.tobytes())
    dataset.save_as(path)

    assert np.array_equal(np.moveaxis(_only(path).colour, 2, 0), table[:, np.clip(stored.astype(int) + 10, 0, 19)])


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian])
@pytest.mark.parametrize("bits", [8, 16])
def test_a_palette_in_segments_is_pydicoms(tmp_path: Path, syntax: str, bits: int) -> None:
    # twice 2 entries as they are, the last 2 again from where they stand, then a line of 26 to the last value
    again = [4, 0] if bits == 16 else [4, 0, 0, 0]
    last = 250 if bits == 8 else 61000
    segments = np.array([0, 2, 10, 20, 0, 2, 30, 40, 2, 1, *again, 1, 26, last]).astype(f"<u{bits // 8}").tobytes()
    words = np.frombuffer(segments + b"\0" * (len(segments) % 2), dtype="<u2")
    stored = np.arange(24, dtype=np.uint8).reshape(4, 6)
    elements: dict[str, object] = {"SamplesPerPixel": 1, "PhotometricInterpretation": "PALETTE COLOR"}
    big = syntax == ExplicitVRBigEndian
    for name in ("Red", "Green", "Blue"):
        elements[f"{name}PaletteColorLookupTableDescriptor"] = [32, 0, bits]
        elements[f"Segmented{name}PaletteColorLookupTableData"] = words.astype(">u2" if big else "<u2").tobytes()
    pixels = np.frombuffer(stored.tobytes(), "u2").astype(">u2" if big else "<u2").tobytes()
    path = write_slice(tmp_path / "a", pixels=stored, syntax=syntax, **elements | {"PixelData": pixels})
    # pydicom takes segments of 8 bits as bytes in their order; they stand in words (PS3.5 7.3)
    theirs = pydicom.dcmread(path)
    if big and bits == 8:
        theirs = pydicom.dcmread(
            write_slice(
                tmp_path / "little",
                pixels=stored,
                **elements
                | {f"Segmented{name}PaletteColorLookupTableData": words.tobytes() for name in ("Red", "Green", "Blue")},
            )
        )
    expected = apply_color_lut(stored, theirs)

    assert np.array_equal(_only(path).colour, expected >> (bits - 8))


def test_a_supplemental_palette_leaves_the_picture_gray() -> None:
    (stack,) = scan([shared("data", "enhanced-multiframe", "eCT_Supplemental.dcm")]).stacks

    assert load_pixels(stack, 0).colour is None
    assert load_volume(stack).colour is None


@pytest.mark.parametrize(
    "path",
    [
        "enhanced-multiframe/us-30-frames-jpeg.dcm",
        "malformed/pydicom-data-OT-PAL-8-face.dcm",
        "radiographs/knee-femur-canine-dx-jpeg.dcm",
        "radiographs/infant-pelvis-331_DDH_10.dcm",
        "transfer-syntaxes/others/examples_palette.dcm",
        "transfer-syntaxes/others/SC_rgb_jpeg_dcmtk.dcm",
        "transfer-syntaxes/others/SC_rgb_rle_16bit.dcm",
        "transfer-syntaxes/others/SC_ybr_full_422_uncompressed.dcm",
        "transfer-syntaxes/others/JLSL_RGB_ILV1.dcm",
        "transfer-syntaxes/others/HTJ2K_08_RGB.dcm",
        "malformed/pydicom-SC_rgb_small_odd_big_endian.dcm",
    ],
)
def test_colours_of_real_files_are_pydicoms_to_two_levels(path: str) -> None:
    file = shared("data", *path.split("/"))
    (stack,) = scan([file]).stacks
    dataset = pydicom.dcmread(file, force=True)
    if "TransferSyntaxUID" not in dataset.file_meta:
        dataset.file_meta.TransferSyntaxUID = pydicom.uid.UID(stack.instances[0].transfer_syntax)
    theirs = pixel_array(dataset, index=stack.instances[0].frame)
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        theirs = apply_color_lut(theirs, dataset)
    theirs = theirs >> 8 if theirs.dtype == np.uint16 else theirs
    colour = load_pixels(stack, 0).colour

    assert colour is not None
    assert np.abs(colour.astype(int) - theirs).max() <= 2


def test_a_volume_of_colour_has_it_slice_by_slice() -> None:
    (stack,) = scan([shared("data", "enhanced-multiframe", "us-30-frames-jpeg.dcm")]).stacks
    volume = load_volume(stack)

    assert volume.colour is not None
    assert volume.colour.shape == (*volume.values.shape, 3)
    for k in (0, 11, 29):
        pixels = load_pixels(stack, k)
        assert np.array_equal(volume.colour[k], pixels.colour)
        assert np.array_equal(volume.values[k], pixels.values)


def test_a_thumbnail_is_in_colour() -> None:
    (stack,) = scan([shared("data", "malformed", "pydicom-data-OT-PAL-8-face.dcm")]).stacks
    small = thumbnail(stack, 64)

    assert small.shape == (48, 64, 3)
    assert np.ptp(small.astype(int), axis=2).max() > 60
