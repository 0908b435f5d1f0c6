"""Which pixels a result picture means: by its transparency, by black and white, or by what is not white.

The documents promise transparent pictures for cut-outs, and say of a mask only that it is a picture; asked for in
another form (`ReturnForm`), a cut-out comes as a mask of one channel or as a picture on white.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.volume import ResultVolume

_HALF: Final = 128
_WHITE: Final = 250  # JPEG makes white a little less than that
_NEAR: Final = 8  # gray levels from black or white
_TWO_TONED: Final = 0.9  # of the pixels: edges of a mask are gray

Samples = npt.NDArray[np.uint8]  # [row, column] or [row, column, 3 or 4]
Covered = npt.NDArray[np.bool_]  # [row, column]


class PictureKind(Enum):
    """What a result picture is by the documents."""

    CUT_OUT = auto()  # four channels; what is transparent is left out
    MASK = auto()  # white on black
    ANY = auto()  # they don't say


def samples_of(volume: ResultVolume) -> Samples | None:
    """The samples of a picture; None where the file holds something else."""
    values = volume.values
    if values.dtype != np.uint8 or len(values) != 1:
        return None
    if values.ndim == 3 or (values.ndim == 4 and values.shape[3] in (3, 4)):
        picture: Samples = values[0].astype(np.uint8, copy=False)
        return picture
    return None


def covered(samples: Samples, kind: PictureKind) -> tuple[Covered, bool]:
    """Pixels that are meant, and whether they were told from a white background, which is less certain."""
    if samples.ndim == 3 and samples.shape[2] == 4:
        alpha = samples[..., 3]
        if alpha.min() < _HALF or kind is PictureKind.CUT_OUT:
            return alpha >= _HALF, False
        samples = samples[..., :3]
    gray = samples if samples.ndim == 2 else samples.max(axis=2)
    if samples.ndim == 2 or kind is PictureKind.MASK or _two_toned(samples):
        return gray >= _HALF, False
    return ~_white_outside(samples), True


def _two_toned(samples: Samples) -> bool:
    """Black and white alone, but for edges: a mask that was written with three channels."""
    low, high = samples.min(axis=2), samples.max(axis=2)
    plain = (high <= _NEAR) | (low >= 255 - _NEAR)
    return bool(plain.mean() >= _TWO_TONED) and bool((high <= _NEAR).any())


def _white_outside(samples: Samples) -> Covered:
    """White that is joined with the edge of the picture: white within an object is its own."""
    from scipy.ndimage import binary_propagation

    white = samples.min(axis=2) >= _WHITE
    edge = np.zeros_like(white)
    edge[[0, -1]], edge[:, [0, -1]] = True, True
    outside: Covered = binary_propagation(edge & white, mask=white)
    return outside
