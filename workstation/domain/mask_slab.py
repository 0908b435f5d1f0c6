"""Masks cut by a picture that stands for several planes: a label is painted where it is on any of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from workstation.domain.geometry import step_across
from workstation.domain.mask_cut import Labels, labels_on
from workstation.domain.volume import LabelVolume

if TYPE_CHECKING:
    from workstation.domain.projection import ViewPlane

Covered = npt.NDArray[np.bool_]
_last: WeakKeyDictionary[LabelVolume, tuple[ViewPlane, Mapping[int, Covered]]] = WeakKeyDictionary()


def covers_on(volume: LabelVolume, plane: ViewPlane) -> Mapping[int, Covered]:
    """Where each label covers the pixels [row, column] of any plane within the slab's reach; labels that do nowhere
    are left out. Planes are as close as the mask's own, so that none of its slices is passed over."""
    kept = _last.get(volume)
    if kept is not None and kept[0] == plane:
        return kept[1]
    found: dict[int, Covered] = {}
    for labels in _through(volume, plane):
        for label in _present(volume, labels):
            here = labels == label
            if label in found:
                found[label] |= here
            else:
                found[label] = here
    _last[volume] = (plane, found)
    return found


def _through(volume: LabelVolume, plane: ViewPlane) -> Iterator[Labels]:
    normal = plane.normal
    step = step_across(volume.geometry, (float(normal[0]), float(normal[1]), float(normal[2])))
    pieces = math.ceil(2 * plane.reach / step - 1e-6)
    for offset in np.linspace(-plane.reach, plane.reach, pieces + 1):
        x, y, z = np.array(plane.position) + offset * normal
        yield labels_on(volume, replace(plane, position=(float(x), float(y), float(z))))


def _present(volume: LabelVolume, labels: Labels) -> list[int]:
    if len(volume.voxels) == 1:
        return list(volume.voxels) if labels.any() else []
    return [label for label in np.flatnonzero(np.bincount(labels.ravel(), minlength=256)).tolist() if label]
