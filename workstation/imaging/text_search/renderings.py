"""One frame as the gray pictures in which text on it can be told from what lies behind it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.series import VoiWindow
from workstation.imaging.pixels.voi import to_gray

Gray = npt.NDArray[np.uint8]  # [row, column]; or [row, column, 3]

_SHARES: Final = (0.5, 99.5)  # percent: what lies outside is text, metal or padding
_ALIKE: Final = 6.0  # gray levels: two renderings that differ by less on average show the same


def renderings(
    values: npt.NDArray[Any], windows: tuple[VoiWindow, ...], colour: Gray | None = None, inverted: bool = False
) -> tuple[Gray, ...]:
    """Pictures of one frame, the most telling first; a coloured frame is seen as it is.

    values   [row, column] after the Modality LUT
    windows  as the file asks to be shown, and others that suit its kind

    A text is drawn with the greatest value that fits, and bone beside it may be as bright: between the file's window,
    the frame's own range and its percentiles at least one keeps both apart.
    """
    if colour is not None:
        return (colour,)
    found: list[Gray] = []
    for gray in (
        *(to_gray(values, window) for window in windows),
        _between(values, *_SHARES),
        _between(values, 0, 100),
    ):
        shown = 255 - gray if inverted else gray
        if all(np.abs(shown.astype(np.int16) - one).mean() >= _ALIKE for one in found):
            found.append(shown)
    return tuple(found)


def _between(values: npt.NDArray[Any], low_share: float, high_share: float) -> Gray:
    """Gray between two percentiles of the frame."""
    low, high = (float(value) for value in np.percentile(values, (low_share, high_share)))
    scaled = (values.astype(np.float32) - low) * np.float32(255 / max(high - low, 1e-6))
    gray: Gray = np.clip(scaled, 0, 255).astype(np.uint8)
    return gray
