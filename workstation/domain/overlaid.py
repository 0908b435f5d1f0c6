"""What a file from elsewhere shows over a series: its parts, their place, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.answer import Placement
from workstation.domain.finding import Finding
from workstation.domain.geometry import Geometry, Points, Vector
from workstation.domain.projection import center_of
from workstation.domain.series import VoiWindow
from workstation.domain.shapes import Mask
from workstation.domain.value_map import ValueMap
from workstation.domain.volume import LabelVolume
from workstation.domain.words import Words

Rgb = tuple[int, int, int]
OVERLAY_PLANES: Final = "overlay-planes"  # the kind of what images bring along in their own groups 60xx
FILL: Final = 0.35  # how much of a mask's colour covers the picture


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shutter:
    """What of an image is not to be seen: bool [row, column], and what is painted there."""

    hidden: npt.NDArray[np.bool_]
    colour: Rgb


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """How an author wants an image to be shown (DICOM PS3.3 C.11.8, C.11.6, C.10.4, C.10.6, C.7.6.11).

    slices   those that it is for, from 0
    window   None where none is asked for
    inverse  whether the lowest values are white, whatever the image says of itself; None: nothing is said
    turned   clockwise, degrees: 0, 90, 180, 270; `flipped`: left and right exchanged after that
    area     displayed part: first (column, row) and last, zero-based pixel centers; None: all of it
    zoom     pixels of the screen for one of the image; None: the part is as large as fits
    """

    slices: tuple[int, ...]
    window: VoiWindow | None = None
    inverse: bool | None = None
    turned: int = 0
    flipped: bool = False
    area: tuple[tuple[float, float], tuple[float, float]] | None = None
    zoom: float | None = None
    shutter: Shutter | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Overlaid:
    """One object beside one series.

    id         SOP instance UID; the path of the file where there is none
    kind       as `FoundObject.kind`, or `overlay-planes`
    findings   its parts (segments, structures, measurements, graphics), ids `object/n`; without shapes where their
               place is contradicted, or lies in another series
    masks      label volumes that the parts name
    maps       measured values, each of one part
    colours    by finding id, where the file recommends one
    slices     that it marks (key images), from 0
    texts      what it says in words, line by line; names and values as they stand in the file
    in_pixels  places are pixels (x column, y row, z slice), as the series has no place in the patient
    notes      what a reader should know, such as parts that could not be shown
    fault      why it can't be read at all
    """

    id: str
    kind: str
    title: Words
    placement: Placement
    findings: tuple[Finding, ...] = ()
    masks: tuple[LabelVolume, ...] = ()
    maps: tuple[ValueMap, ...] = ()
    colours: Mapping[str, Rgb] = field(default_factory=dict)
    slices: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()
    presentations: tuple[Presentation, ...] = ()
    in_pixels: bool = False
    notes: tuple[Words, ...] = ()
    fault: Words | None = None

    @property
    def paints(self) -> bool:
        """Whether there is anything that may be painted."""
        there = bool(self.maps) or any(finding.shapes for finding in self.findings)
        return self.placement.state.painted and there

    def has_place(self, finding: Finding) -> bool:
        """Whether there is anything of this part that may be painted."""
        return bool(finding.shapes) or any(one.part == finding.id for one in self.maps)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLook:
    """How a reader wants one object painted.

    opacity  of the fill of masks, 0 … 1
    hidden   ids of parts that are not painted
    outline  masks without their fill
    author   the picture is shown as its author wants it
    """

    shown: bool = True
    opacity: float = FILL
    outline: bool = False
    hidden: frozenset[str] = frozenset()
    author: bool = False


def pixel_stack(slices: int, rows: int, columns: int) -> Geometry:
    """The frame of pictures that have no place in a patient: x is the column, y the row, z the slice, from 0."""
    positions = np.zeros((slices, 3))
    positions[:, 2] = np.arange(slices)
    return Geometry(
        positions=positions,
        row_cosine=(1.0, 0.0, 0.0),
        column_cosine=(0.0, 1.0, 0.0),
        spacing=(1.0, 1.0),
        rows=rows,
        columns=columns,
    )


def middle_of(finding: Finding, masks: tuple[LabelVolume, ...]) -> Vector | None:
    """A point of a part to jump to: the middle of its points, or of the slice where its mask is widest."""
    center = center_of(finding)
    if center is not None:
        return center
    for shape in finding.shapes:
        volume = next((mask for mask in masks if isinstance(shape, Mask) and mask.name == shape.volume), None)
        if volume is not None and isinstance(shape, Mask) and shape.label in volume.voxels:
            k = int(volume.covers[:, shape.label].argmax())
            at = np.argwhere(volume.values[k] == shape.label).mean(axis=0)
            point: Points = volume.geometry.to_patient((k, at[0], at[1]))
            return (float(point[0]), float(point[1]), float(point[2]))
    return None
