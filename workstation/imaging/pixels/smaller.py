"""A volume of larger pixels, for a series that is too large for the memory: read slice by slice, averaged in blocks."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.geometry import Geometry
from workstation.domain.series import Stack
from workstation.domain.volume import Values, Volume
from workstation.domain.words import Words, say
from workstation.domain.work import CancelToken, Progress, Reporter, silent

FACTOR: Final = 2  # pixels of a block in either direction


def smaller_grid(geometry: Geometry, factor: int = FACTOR) -> Geometry:
    """The same slices with blocks of factor × factor pixels as one; what is left at the right and below is let go."""
    spacing = (geometry.spacing[0] * factor, geometry.spacing[1] * factor)
    # The middle of the first block lies half a block less half a pixel further in either direction.
    shift = (factor - 1) / 2
    first = geometry.to_patient((0, shift, shift)) - geometry.to_patient((0, 0, 0))
    return Geometry(
        positions=geometry.positions + first,
        row_cosine=geometry.row_cosine,
        column_cosine=geometry.column_cosine,
        spacing=spacing,
        rows=max(1, geometry.rows // factor),
        columns=max(1, geometry.columns // factor),
        thickness=geometry.thickness,
    )


def smaller_words(factor: int = FACTOR) -> Words:
    """Said beside every picture of it."""
    return say("smaller: {factor} × {factor} pixels averaged to one", factor=factor)


def load_smaller(
    stack: Stack, reporter: Reporter = silent, cancel: CancelToken | None = None, factor: int = FACTOR
) -> Volume:
    """All slices on `smaller_grid`, rescaled, the mean of each block; colours are left out (their luma stays).

    raises  as `load_volume`; BAD_GEOMETRY where a slice is smaller than a block
    """
    from workstation.imaging.pixels.load import load_pixels  # not before a volume is asked for: the window starts first
    from workstation.imaging.pixels.rescale import fits_int16, padding_of
    from workstation.imaging.pixels.reuse import VOLUMES

    rows, columns = stack.rows // factor, stack.columns // factor
    if not rows or not columns:
        raise WorkstationError(ErrorCode.BAD_GEOMETRY)
    whole = fits_int16(stack.instances)
    shape = (stack.slices, rows, columns)
    values: Values = VOLUMES.new(shape, np.int16 if whole else np.float32)
    for k in range(stack.slices):
        if cancel is not None:
            cancel.check()
        blocks = _blocks(load_pixels(stack, k, cancel).values, rows, columns, factor)
        if whole and (blocks.min() < -32768 or blocks.max() > 32767):
            values, whole = values.astype(np.float32), False
        values[k] = np.rint(blocks) if whole else blocks
        reporter(Progress(k + 1, stack.slices, say("Loading")))
    return Volume(
        values=values,
        geometry=smaller_grid(stack.geometry, factor) if stack.geometry is not None else None,
        unit=stack.unit,
        padding=padding_of(stack.instances[0]),
        inverted=stack.instances[0].pixels.photometric == "MONOCHROME1",
    )


def _blocks(values: Values, rows: int, columns: int, factor: int) -> npt.NDArray[np.float32]:
    cut = values[: rows * factor, : columns * factor].reshape(rows, factor, columns, factor)
    mean: npt.NDArray[np.float32] = cut.mean(axis=(1, 3), dtype=np.float32)
    return mean
