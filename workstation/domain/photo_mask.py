"""A mask that goes with a picture to an analysis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PhotoMask:
    """`covered`: bool [row, column] in the pixels of the picture as it is seen, before anything is resized."""

    covered: npt.NDArray[np.bool_]

    @property
    def size(self) -> tuple[int, int]:
        """Rows, columns."""
        return self.covered.shape[0], self.covered.shape[1]
