"""Slices of an image of an answer on the grid of a series: as they are where the grids are one, else interpolated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from workstation.domain.geometry import Geometry
from workstation.domain.mask_place import on_grid
from workstation.domain.volume import ResultVolume, Values, Volume


def slices_on(image: ResultVolume, geometry: Geometry) -> Callable[[int], Values]:
    """k → slice k [row, column] of the grid. Beyond the image stands air: its smallest value, nearly."""
    turned = on_grid(image, geometry)
    if turned is not None:
        return lambda k: _values(turned[k])
    to_index = np.linalg.inv(image.to_patient)
    outside = float(image.values[:, ::8, ::8].min())  # this is asked for on the window's own thread

    def sampled(k: int) -> Values:
        points = _centers(geometry, k)
        at = points @ to_index[:3, :3].T + to_index[:3, 3]  # i, j, k of the image
        return _linear(image.values, at[..., ::-1], outside)

    return sampled


def across(volume: Volume, geometry: Geometry) -> Callable[[int], Values]:
    """k → what a series shows, as it lies in the patient, on slice k of another grid. Needs a place of its own."""
    own = volume.geometry
    assert own is not None
    outside = float(volume.values.min())
    return lambda k: _linear(volume.values, own.to_index(_centers(geometry, k)), outside)


def _centers(geometry: Geometry, k: int) -> npt.NDArray[np.float64]:
    """[row, column, 3], LPS mm."""
    rows, columns = np.mgrid[0 : geometry.rows, 0 : geometry.columns]
    return geometry.to_patient(np.stack([np.full(rows.shape, k), rows, columns], axis=-1))


def _linear(values: npt.NDArray[Any], at: npt.NDArray[np.float64], outside: float) -> Values:
    from scipy.ndimage import map_coordinates

    sampled: npt.NDArray[np.float32] = map_coordinates(
        values, np.moveaxis(at, -1, 0), output=np.float32, order=1, mode="constant", cval=outside
    )
    return sampled


def _values(plane: npt.NDArray[Any]) -> Values:
    """In a type that is painted; 16-bit integers stay, so that the fast way is open."""
    if plane.dtype == np.uint16:
        return np.ascontiguousarray(plane, dtype=np.uint16)
    if plane.dtype.kind in "iu" and plane.dtype.itemsize <= 2:
        return np.ascontiguousarray(plane, dtype=np.int16)
    return np.ascontiguousarray(plane, dtype=np.float32)
