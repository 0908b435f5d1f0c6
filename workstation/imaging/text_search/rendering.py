"""One frame as the picture in which text on it can be told from what lies behind it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.series import VoiWindow
from workstation.imaging.pixels.voi import to_gray

Gray = npt.NDArray[np.uint8]  # [row, column]; or [row, column, 3]

_SHARES: Final = (0.5, 99.5)  # percent: what lies outside is text, metal or padding
_ALIKE: Final = 6.0  # gray levels: two renderings that differ by less on average show the same


def rendering(
    values: npt.NDArray[Any], windows: tuple[VoiWindow, ...], colour: Gray | None = None, inverted: bool = False
) -> Gray:
    """The picture of one frame that is searched; a coloured frame is searched as it is.

    values   [row, column] after the Modality LUT
    windows  as the file asks to be shown, and others that suit its kind

    A text is drawn with the greatest value that fits, and bone beside it may be as bright in one window, or both dark
    beside metal in another. The mean of several shows what any of them does: each grows with the value.
    """
    if colour is not None:
        return colour
    finite = values if values.dtype.kind in "iu" else np.nan_to_num(values)
    found: list[Gray] = []
    for gray in (
        *(to_gray(finite, window) for window in windows),
        _between(finite, *_SHARES),
        _between(finite, 0, 100),
    ):
        if all(np.abs(gray.astype(np.int16) - one).mean() >= _ALIKE for one in found):
            found.append(gray)
    mean: Gray = (np.stack(found).sum(axis=0, dtype=np.uint16) // len(found)).astype(np.uint8)
    return np.subtract(255, mean, dtype=np.uint8) if inverted else mean


def _between(values: npt.NDArray[Any], low_share: float, high_share: float) -> Gray:
    """Gray between two percentiles of the frame."""
    low, high = (float(value) for value in np.percentile(values, (low_share, high_share)))
    scaled = (values.astype(np.float32) - low) * np.float32(255 / max(high - low, 1e-6))
    gray: Gray = np.clip(scaled, 0, 255).astype(np.uint8)
    return gray
