"""Windows of presentation states in the values of the images (DICOM PS3.3 C.11.1, C.11.8; PS3.4 N.2.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workstation.domain.series import Instance, VoiFunction, VoiWindow
from workstation.imaging.dicom.windows import function_of, table_of
from workstation.imaging.objects.file import Texts, items, number, numbers

if TYPE_CHECKING:
    from pydicom import Dataset

Line = tuple[float, float]  # slope, intercept


def window_of(item: Dataset, texts: Texts, little: bool) -> VoiWindow | None:
    """Its table, else its first window."""
    for table in items(item, "VOILUTSequence"):
        whole = table_of(table, little)
        if whole is not None:
            return replace(whole, name=texts.of(table, "LUTExplanation"))
    centers, widths = numbers(item, "WindowCenter"), numbers(item, "WindowWidth")
    if not centers or not widths:
        return None
    function = function_of(item.get("VOILUTFunction"))
    if widths[0] <= 0 or (widths[0] < 1 and function is VoiFunction.LINEAR):
        return None
    name = texts.of(item, "WindowCenterWidthExplanation").split("\\")[0]
    return VoiWindow(center=centers[0], width=widths[0], function=function, name=name)


def line_of(dataset: Dataset) -> Line | None:
    """The state's own rescaling, which its windows are for; None: it has none, and they are for the image's values."""
    slope, intercept = number(dataset, "RescaleSlope"), number(dataset, "RescaleIntercept")
    return (slope, intercept) if slope is not None and intercept is not None else None


def for_values_of(window: VoiWindow, own: Line | None, instance: Instance) -> VoiWindow | None:
    """A window for values that the state rescales with `own`, for those of the image; None where there is none.

    A table is by whole values: it can be moved, not stretched.
    """
    if own is None or own == (instance.slope, instance.intercept):
        return window
    if own[0] == 0 or instance.slope is None or instance.intercept is None:
        return None
    stretch = instance.slope / own[0]
    shift = instance.intercept - own[1] * stretch
    if stretch <= 0:
        return None
    if window.table is not None:
        if stretch != 1 or shift != round(shift):
            return None
        table = replace(window.table, first=window.table.first + round(shift))
        return replace(window, center=window.center + shift, table=table)
    half, least = (0.5, 1.0) if window.function is VoiFunction.LINEAR else (0.0, 0.0)  # C.11.2.1.2.1
    center = (window.center - half) * stretch + shift + half
    return replace(window, center=center, width=(window.width - least) * stretch + least)
