"""Images of an answer: on the grid of the series that was sent, or refused. Nothing is resampled on the way."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.answer import AnswerMask, SentSeries
from workstation.domain.geometry import Geometry, pixel_grid
from workstation.domain.volume import LabelVolume, ResultVolume
from workstation.domain.words import Words, say

_WITHIN_VOXELS: Final = 0.1  # at the outermost voxels
_LARGEST_LABEL: Final = 255


def place_mask(mask: AnswerMask, sent: SentSeries) -> LabelVolume | Words:
    """The mask in canonical order, its axes turned as the series has them; or the sentence why it is not painted."""
    geometry = sent.geometry
    if geometry is None:
        return say("the series has no positions to place it by.")
    values = mask.volume.values
    if values.ndim != 3:
        return say("it is no label image.")
    if mask.in_pixels:
        return _in_picture(mask, geometry)
    turned = on_grid(mask.volume, geometry)
    if turned is None:
        return say("its grid is not that of the series sent.")
    labels = np.empty(turned.shape, dtype=np.uint8)
    for into, values in zip(labels, turned, strict=True):  # slice by slice: a copy of all as floats may not fit
        into[...] = np.clip(np.nan_to_num(values.astype(np.float32)), 0, _LARGEST_LABEL)
        if not np.array_equal(into, values):
            return say("its values are no labels.")
    return LabelVolume(name=mask.name, values=labels, geometry=geometry, names=mask.names, basis=mask.basis)


def _in_picture(mask: AnswerMask, geometry: Geometry) -> LabelVolume | Words:
    """The mask in the pixels of the original picture: where that was reduced for sending, each takes the label of the
    pixel that it went into."""
    values = mask.volume.values
    if values.shape != geometry.shape:
        return say("its size is not that of the picture sent.")
    row, column = geometry.spacing
    rows, columns = round(geometry.rows * row), round(geometry.columns * column)
    down = np.minimum((np.arange(rows) + 0.5) / row, geometry.rows - 1).astype(np.intp)
    along = np.minimum((np.arange(columns) + 0.5) / column, geometry.columns - 1).astype(np.intp)
    labels = values[:, down][:, :, along].astype(np.uint8)
    return LabelVolume(
        name=mask.name, values=labels, geometry=pixel_grid(rows, columns), names=mask.names, basis=mask.basis
    )


def on_grid(volume: ResultVolume, geometry: Geometry) -> npt.NDArray[np.generic] | None:
    """An image as [slice, row, column] of the grid (a view); None where no turning makes the two grids equal."""
    to_patient, values = volume.to_patient, volume.values
    if values.ndim != 3 or not np.isfinite(to_patient).all():
        return None
    counts = values.shape
    ends = np.array([[i, j, k] for i in (0, counts[2] - 1) for j in (0, counts[1] - 1) for k in (0, counts[0] - 1)])
    at = geometry.to_index(ends @ to_patient[:3, :3].T + to_patient[:3, 3])
    if not np.isfinite(at).all():
        return None
    # How one step along i, j, k goes in slices, rows, columns: whole steps along one axis each, or no such grid.
    step = geometry.to_index(to_patient[:3, 3] + to_patient[:3, :3].T) - geometry.to_index(to_patient[:3, 3])
    axes = [int(np.abs(way).argmax()) for way in step]
    if sorted(axes) != [0, 1, 2]:
        return None
    signs = [float(np.sign(way[axis])) for way, axis in zip(step, axes, strict=True)]
    shape = [0, 0, 0]
    for place, axis in enumerate(axes):
        shape[axis] = counts[2 - place]
    if tuple(shape) != geometry.shape:
        return None
    expected = np.empty_like(at)
    for place, (axis, sign) in enumerate(zip(axes, signs, strict=True)):
        expected[:, axis] = ends[:, place] if sign > 0 else shape[axis] - 1 - ends[:, place]
    if np.abs(at - expected).max() > _WITHIN_VOXELS:
        return None
    order = [2 - axes.index(axis) for axis in range(3)]  # array axis of values for slice, row, column
    turned = values.transpose(order)
    flips = tuple(slice(None, None, -1) if signs[axes.index(axis)] < 0 else slice(None) for axis in range(3))
    return turned[flips]
