"""Masks cut by a picture that stands for several planes: a label is painted where it is on any of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.geometry import step_across
from workstation.domain.mask_cut import KeptCuts, Labels, cut, labels_on
from workstation.domain.volume import LabelVolume

if TYPE_CHECKING:
    from workstation.domain.projection import ViewPlane

Covered = npt.NDArray[np.bool_]
_cuts: Final = KeptCuts[Mapping[int, Covered]]()


def covers_on(volume: LabelVolume, plane: ViewPlane) -> Mapping[int, Covered]:
    """Where each label covers the pixels [row, column] of any plane within the slab's reach; labels that do nowhere
    are left out. Planes are as close as the mask's own, so that none of its slices is passed over."""
    return _cuts.get(volume, plane, lambda: _covers(volume, plane))


def cut_ahead(masks: Iterable[LabelVolume], plane: ViewPlane) -> None:
    """Off the window's thread, before it asks for the cuts of this plane."""
    for volume in masks:
        if plane.reach:
            covers_on(volume, plane)
        else:
            labels_on(volume, plane)


def _covers(volume: LabelVolume, plane: ViewPlane) -> Mapping[int, Covered]:
    found: dict[int, Covered] = {}
    for labels in _through(volume, plane):
        for label in _present(volume, labels):
            here = labels == label
            if label in found:
                found[label] |= here
            else:
                found[label] = here
    return found


def _through(volume: LabelVolume, plane: ViewPlane) -> Iterator[Labels]:
    normal = plane.normal
    step = step_across(volume.geometry, (float(normal[0]), float(normal[1]), float(normal[2])))
    pieces = math.ceil(2 * plane.reach / step - 1e-6)
    for offset in np.linspace(-plane.reach, plane.reach, pieces + 1):
        x, y, z = np.array(plane.position) + offset * normal
        yield cut(volume, replace(plane, position=(float(x), float(y), float(z))))


def _present(volume: LabelVolume, labels: Labels) -> list[int]:
    if len(volume.voxels) == 1:
        return list(volume.voxels) if labels.any() else []
    return [label for label in np.flatnonzero(np.bincount(labels.ravel(), minlength=256)).tolist() if label]
