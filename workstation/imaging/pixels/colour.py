"""Samples of a colour picture → sRGB as it is shown, and the luma that a probe reads.

source: DICOM PS3.3 C.7.6.3.1.2 (photometric interpretation), C.7.6.3.1.5 and C.7.9 (palettes), ITU-R BT.601
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.series import PixelFormat
from workstation.imaging.dicom.windows import entries_of
from workstation.imaging.pixels.codestream import Claim
from workstation.imaging.pixels.layout import Stored

if TYPE_CHECKING:
    from pydicom import Dataset

Rgb = npt.NDArray[np.uint8]  # [row, column, 3]

PALETTE: Final = "PALETTE COLOR"
_COLOURS: Final = ("Red", "Green", "Blue")
_LUMA: Final = np.array([0.299, 0.587, 0.114], dtype=np.float32)
_FULL: Final = np.array(
    [[1, 1, 1], [0, -0.114 * 1.772 / 0.587, 1.772], [1.402, -0.299 * 1.402 / 0.587, 0]], dtype=np.float32
)
_PARTIAL: Final = np.array([[1.1644, 1.1644, 1.1644], [0, -0.3917, 2.0173], [1.5960, -0.8129, 0]], dtype=np.float32)


def has_chroma(pixels: PixelFormat, claim: Claim | None) -> bool:
    """Whether decoded samples are luma and chroma. `claim`: what the compressed frame says, which is sooner right."""
    if claim is not None and claim.mixed:
        return False
    if claim is not None and claim.ybr is not None:
        return claim.ybr
    return pixels.photometric.startswith("YBR") and pixels.photometric not in ("YBR_RCT", "YBR_ICT")


def to_rgb(samples: Stored, pixels: PixelFormat, claim: Claim | None) -> Rgb:
    """[row, column, 3 or more] as decoded → sRGB."""
    eight = _eight_bits(samples[..., :3], pixels.bits_stored)
    if not has_chroma(pixels, claim):
        return np.ascontiguousarray(eight)
    partial = pixels.photometric.startswith("YBR_PARTIAL")
    values = eight.astype(np.float32)
    values -= np.array([16 if partial else 0, 128, 128], dtype=np.float32)
    values = values @ (_PARTIAL if partial else _FULL)
    rgb: Rgb = np.clip(np.floor(values + np.float32(0.5)), 0, 255).astype(np.uint8)
    return rgb


def palette_of(dataset: Dataset) -> tuple[Rgb, int]:
    """The palette as sRGB [entry, 3], and the stored value of its first entry.

    raises ValueError and what pydicom raises
    """
    count, first, _ = (int(value) for value in dataset.RedPaletteColorLookupTableDescriptor)
    count = count % (1 << 16) or 1 << 16
    if dataset.get("PixelRepresentation") == 1 and first >= 1 << 15:  # written without its sign
        first -= 1 << 16
    table = _segmented(dataset, count) if "RedPaletteColorLookupTableData" not in dataset else _listed(dataset, count)
    # Some writers say 16 bits and fill in 8-bit values.
    table = table >> np.uint16(8) if table.max(initial=0) > 255 else table
    return np.ascontiguousarray(table.astype(np.uint8)), first


def _listed(dataset: Dataset, count: int) -> npt.NDArray[np.uint16]:
    little = bool(dataset.original_encoding[1])
    data = (dataset[f"{colour}PaletteColorLookupTableData"].value for colour in _COLOURS)
    colours = [entries_of(one, count, little) for one in data]
    if any(len(one) < count for one in colours):
        raise ValueError("a palette has fewer entries than it says")
    return np.stack(colours, axis=-1)


def _segmented(dataset: Dataset, count: int) -> npt.NDArray[np.uint16]:
    from pydicom.pixels.processing import apply_color_lut

    _, first, bits = dataset.RedPaletteColorLookupTableDescriptor
    if bits == 8 and count > 256:  # pydicom would begin again after 256
        raise ValueError("a palette has more entries than can be told apart")
    if not dataset.original_encoding[1]:
        dataset = _in_little_endian(dataset)
    entries = np.arange(first, first + count, dtype=np.int32)
    return apply_color_lut(entries, dataset)[..., :3].astype(np.uint16)


def through_palette(stored: Stored, palette: Rgb, first: int) -> Rgb:
    index = np.clip(stored.astype(np.int32) - first, 0, len(palette) - 1)
    rgb: Rgb = palette[index]
    return rgb


def luma_of(rgb: Rgb) -> npt.NDArray[np.uint8]:
    luma: npt.NDArray[np.uint8] = np.rint(rgb.astype(np.float32) @ _LUMA).astype(np.uint8)
    return luma


def _eight_bits(samples: Stored, bits_stored: int) -> npt.NDArray[np.uint8]:
    if samples.dtype.itemsize == 1:
        return samples.view(np.uint8)
    eight: npt.NDArray[np.uint8] = np.clip(samples >> max(0, bits_stored - 8), 0, 255).astype(np.uint8)
    return eight


def _in_little_endian(dataset: Dataset) -> Dataset:
    """The same with the palette as a little endian file has it: pydicom leaves its words as they lie, and reads most
    of them, but not all, by the order of the file."""
    from pydicom import DataElement, Dataset

    turned = Dataset()
    turned.update(dataset)
    turned.set_original_encoding(False, True)
    for colour in _COLOURS:
        keyword = f"Segmented{colour}PaletteColorLookupTableData"
        raw = dataset.get(keyword)
        if isinstance(raw, bytes):
            words = np.frombuffer(raw[: len(raw) // 2 * 2], dtype=np.uint16).byteswap().tobytes()
            turned[keyword] = DataElement(keyword, "OW", words)
    return turned
