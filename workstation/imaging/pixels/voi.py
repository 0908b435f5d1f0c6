"""Rescaled values → display gray: VOI windows and tables, made ready for fast painting; presets, automatic windows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.percentiles import nearly_all
from workstation.domain.series import Stack, VoiFunction, VoiWindow
from workstation.domain.words import Words, say

Gray = npt.NDArray[np.uint8]


def window_to_gray(values: npt.NDArray[Any], center: float, width: float) -> Gray:
    """Map rescaled values to display gray with a linear VOI window.

    values  any real type, any shape (a slice is [row, column]); HU for CT
    center  Window Center (0028,1050), in the units of `values`
    width   Window Width (0028,1051), same units, at least 1
    returns uint8, same shape; 0 black, 255 white, ends clamped
    raises  ValueError for width < 1, where the function is undefined
    source  DICOM PS3.3 C.11.2.1.2.1, VOI LUT Function LINEAR; the half-unit shift is the standard's
    """
    if width < 1:
        raise ValueError(f"window width {width} is below 1")
    above = np.asarray(values, dtype=np.float32) - np.float32(center - 0.5)
    if width > 1:
        ramp = above / np.float32(width - 1) + np.float32(0.5)
    else:
        ramp = np.where(above > 0, np.float32(1.0), np.float32(0.0))
    gray: Gray = np.rint(np.clip(ramp, 0.0, 1.0) * 255).astype(np.uint8)
    return gray


def to_gray(values: npt.NDArray[Any], window: VoiWindow) -> Gray:
    """The same through a window's own function or table (PS3.3 C.11.2.1.2.1, C.11.2.1.3, C.11.2.1.1)."""
    if window.table is not None:
        gray = np.frombuffer(window.table.gray, dtype=np.uint8)
        place = np.rint(np.asarray(values, dtype=np.float32)).astype(np.int64) - window.table.first
        shown: Gray = gray[np.clip(place, 0, len(gray) - 1)]
        return shown
    if window.function is VoiFunction.LINEAR:
        return window_to_gray(values, window.center, window.width)
    ramp = (np.asarray(values, dtype=np.float32) - np.float32(window.center)) / np.float32(window.width)
    if window.function is VoiFunction.SIGMOID:
        with np.errstate(over="ignore"):
            ramp = 1 / (1 + np.exp(-4 * ramp))
    else:
        ramp = np.clip(ramp + np.float32(0.5), 0.0, 1.0)
    rounded: Gray = np.rint(ramp * 255).astype(np.uint8)
    return rounded


EXACT_BELOW: Final = 16.0  # of ranges as small as this the half unit of LINEAR would take too much

_ALL_INT16: Final = np.arange(65536, dtype=np.uint16).view(np.int16)  # every value at the place of its bit pattern


@dataclass(frozen=True, slots=True, eq=False)
class GrayTable:
    """One window made ready for painting: the same gray as `to_gray`, for int16 by a table of 65,536 entries.

    inverted  MONOCHROME1 or the invert key: black and white change places, after the window
    padding   rescaled values (low, high) that are painted as background (black)
    """

    window: VoiWindow
    inverted: bool = False
    padding: tuple[float, float] | None = None
    _table: Gray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_table", self._gray(_ALL_INT16))

    def apply(self, values: npt.NDArray[Any], out: Gray | None = None) -> Gray:
        """Gray [row, column]: int16 through the table, other types by arithmetic. `out`: uint8, same shape."""
        if values.dtype != np.int16:
            gray = self._gray(values)
            if out is None:
                return gray
            out[...] = gray
            return out
        bits = values.view(np.uint16) if values.flags.c_contiguous else np.ascontiguousarray(values).view(np.uint16)
        # "wrap" never happens with 16 bits, but spares numpy the check and a copy.
        return np.take(self._table, bits, out=out, mode="wrap")

    def _gray(self, values: npt.NDArray[Any]) -> Gray:
        gray = to_gray(values, self.window)
        if self.inverted:
            gray = 255 - gray
        if self.padding is not None:
            low, high = self.padding
            gray[(values >= low) & (values <= high)] = 0
        return gray


@dataclass(frozen=True, slots=True)
class Preset:
    """A named window in HU; it fits CT only. `key`: the digit that chooses it, "" for none."""

    code: str
    name: Words
    window: VoiWindow
    key: str = ""


PRESETS: Final = (
    Preset("mediastinum", say("Mediastinum"), VoiWindow(center=40, width=400), "2"),
    Preset("lung", say("Lung"), VoiWindow(center=-600, width=1500), "3"),
    Preset("bone", say("Bone"), VoiWindow(center=350, width=2000), "4"),
    Preset("brain", say("Brain"), VoiWindow(center=40, width=80), "5"),
    Preset("abdomen", say("Abdomen"), VoiWindow(center=40, width=350), "6"),
    Preset("liver", say("Liver"), VoiWindow(center=90, width=150), "7"),
    Preset("vessel", say("Vessels"), VoiWindow(center=200, width=600), "8"),
    Preset("calcium", say("Calcium"), VoiWindow(center=200, width=600), "9"),
    Preset("pancreas", say("Pancreas"), VoiWindow(center=40, width=350)),
    Preset("lung-narrow", say("Lung, narrow"), VoiWindow(center=-500, width=1400)),
)
_NO_VALUE: Final = 1e30  # programs fill with the largest float32 where there is nothing
_WINDOWS: Final = {one.code: one.window for one in PRESETS}


def preset(code: str) -> VoiWindow:
    """raises KeyError"""
    return _WINDOWS[code]


def auto_window(values: npt.NDArray[Any], padding: tuple[float, float] | None = None) -> VoiWindow:
    """The window from the 1st to the 99th percentile, padding and what stands for no value left out; of whole numbers
    at least 1 wide."""
    step = max(1, values.size // 2**18)  # a quarter million values tell the percentiles
    sample = np.asarray(values).reshape(-1)[::step]
    sample = sample[np.isfinite(sample)]
    measured = sample[np.abs(sample) < _NO_VALUE] if sample.dtype.kind == "f" else sample
    sample = measured if measured.size else sample
    if padding is not None:
        inside = sample[(sample < padding[0]) | (sample > padding[1])]
        sample = inside if inside.size else sample
    if not sample.size:
        return VoiWindow(center=0.5, width=1)
    low, high = nearly_all(sample)
    if low == high:  # little stands out, as in a map of labels
        low, high = float(sample.min()), float(sample.max())
    if low == high:  # nothing does: background
        return VoiWindow(center=low + 1, width=1)
    if sample.dtype.kind == "f" and low < high < low + EXACT_BELOW:
        return VoiWindow(center=(low + high) / 2, width=high - low, function=VoiFunction.EXACT)
    return VoiWindow(center=(low + high) / 2, width=max(1.0, high - low))


def default_window(
    stack: Stack,
    index: int,
    values: npt.NDArray[Any] | None = None,
    padding: tuple[float, float] | None = None,
) -> VoiWindow:
    """How a slice is shown first: the file's own window, else the mediastinum for CT in HU, else by percentiles.

    values, padding  of that slice; only asked where file and modality say nothing
    """
    told = told_window(stack, index)
    if told is not None:
        return told
    return auto_window(values, padding) if values is not None else VoiWindow(center=128, width=256)


def told_window(stack: Stack, index: int) -> VoiWindow | None:
    """What the file or its unit says of how a slice is shown; None where only its values can tell."""
    window = stack.instances[index].window
    return preset("mediastinum") if window is None and stack.unit == "HU" else window
