"""NIfTI labels that lie beside a series → label volumes on its grid."""

from __future__ import annotations

from typing import Final

import numpy as np

from workstation.domain.answer import Placement, PlacementState
from workstation.domain.finding import Basis, Measurement
from workstation.domain.mask_place import on_grid
from workstation.domain.words import say
from workstation.imaging.nifti.answer_files import read_image
from workstation.imaging.objects.content import Content, part
from workstation.imaging.objects.frame_places import Grid
from workstation.imaging.objects.label_layers import LabelLayers
from workstation.imaging.objects.placing import SeriesPlace, contradicted

_PROVEN: Final = Placement(PlacementState.PROVEN, say("Placement proven: its grid is that of the series."))
_MOST: Final = 4096  # labels


def read(path: str, name: str, series: SeriesPlace) -> Content:
    """raises NOT_NIFTI, UNREADABLE, TOO_LARGE, TRUNCATED"""
    volume = read_image(path)
    if series.in_pixels:
        return Content(placement=contradicted(say("the series has no positions to place it by.")))
    values = on_grid(volume, series.geometry)
    if values is None:
        return Content(placement=contradicted(say("its grid is not that of the series.")))
    grid = Grid(series.geometry, series.geometry.offsets)
    layers = LabelLayers("labels")
    numbers: set[int] = set()
    for k, plane in enumerate(values):
        whole = np.nan_to_num(np.asarray(plane, dtype=np.float64))
        if not np.array_equal(whole, np.rint(whole)) or np.abs(whole).max(initial=0) > 2**31 - 1:
            return Content(placement=contradicted(say("its values are no labels.")))
        found = whole.astype(np.int32)
        numbers.update(np.unique(found).tolist())
        if len(numbers) > _MOST:
            return Content(placement=contradicted(say("its values are no labels.")))
        layers.put(grid, 0, found, k)
    names = {number: say("Label {label}", label=number) for number in numbers}
    masks, labels = layers.made(names)
    named = {mask.name: mask for mask in masks}
    findings = []
    for place, number in enumerate(sorted(labels), start=1):
        millilitres = sum(
            named[one.volume].voxels.get(one.label, 0) * float(np.prod(series.geometry.spacing_zyx)) / 1000
            for one in labels[number]
        )
        measured = Measurement(name="volume", label=say("Volume"), value=millilitres, unit="mL", basis=Basis.VENDOR)
        findings.append(part(name, place, "label", names[number], labels[number], (measured,)))
    return Content(placement=_PROVEN, findings=tuple(findings), masks=masks)
