"""How an object's places belong to one series: by its images' UIDs, or in its frame of reference."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.answer import Placement, PlacementState
from workstation.domain.geometry import Geometry, Points, Vector
from workstation.domain.overlaid import pixel_stack
from workstation.domain.series import Stack
from workstation.domain.words import Words, say, say_count

NOTHING_TO_PLACE: Final = Placement(PlacementState.NOT_APPLICABLE, say("It names no place."))
BY_IMAGES: Final = Placement(PlacementState.PROVEN, say("Placement proven: it names these very images."))
_SAME_SPACE: Final = Placement(PlacementState.PROVEN, say("Placement proven: same frame of reference as the series."))
_NO_SPACE: Final = Placement(
    PlacementState.ASSUMED, say("Placement assumed: file or series states no frame of reference.")
)
_WORST: Final = (
    PlacementState.CONTRADICTED,
    PlacementState.ASSUMED,
    PlacementState.PROVEN,
    PlacementState.NOT_APPLICABLE,
)


def contradicted(reason: Words) -> Placement:
    return Placement(PlacementState.CONTRADICTED, say("Not painted: {reason}", reason=reason))


def worst(placements: Iterable[Placement]) -> Placement:
    """Of several parts that are painted together; of none: there is nothing to place."""
    found = sorted(placements, key=lambda one: _WORST.index(one.state))
    return found[0] if found else NOTHING_TO_PLACE


class SeriesPlace:
    """One series as objects see it: its space, and which slice an image's UID and frame are."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.in_pixels = stack.geometry is None
        self.geometry: Geometry = stack.geometry or pixel_stack(stack.slices, stack.rows, stack.columns)
        self._slices: dict[str, dict[int, int]] = {}
        for k, instance in enumerate(stack.instances):
            self._slices.setdefault(instance.sop_instance_uid, {})[instance.frame] = k
        self._own = frozenset(self._slices) - {""}
        for spare in stack.spare:
            if spare.sop_instance_uid not in self._own and spare.position is not None and not self.in_pixels:
                k = int(np.rint(self.geometry.to_index(spare.position)[0]))
                self._slices.setdefault(spare.sop_instance_uid, {})[spare.frame] = k

    def slices(self, uid: str, frames: Iterable[int] = ()) -> tuple[int, ...]:
        """Slices of this series that an image is, or some of its frames (from 1, as DICOM counts); none of others'."""
        known = self._slices.get(uid, {}) if uid else {}
        wanted = [frame - 1 for frame in frames]
        return tuple(sorted(known[frame] for frame in wanted if frame in known) if wanted else sorted(known.values()))

    def on_slice(self, k: int, pixels: npt.NDArray[np.float64]) -> Points:
        """(column, row) of an image, counted from the outer corner of its first pixel (PS3.3 C.18.6.1, C.10.5) → mm."""
        at = np.column_stack([np.full(len(pixels), k), pixels[:, 1] - 0.5, pixels[:, 0] - 0.5])
        return self.geometry.to_patient(at)

    def judge(self, frame_of_reference: str) -> Placement:
        """Whether places in millimetres of this frame of reference are places of the series."""
        if self.in_pixels:
            return contradicted(say("the series has no positions to place it by."))
        own = self.stack.frame_of_reference_uid
        if own and frame_of_reference:
            if own != frame_of_reference:
                return contradicted(say("it lies in another frame of reference than the series."))
            return _SAME_SPACE
        return _NO_SPACE

    def holds(self, points: Points) -> bool:
        """Whether any of these lies in what the series shows, half a voxel beyond the outer centers included."""
        at = self.geometry.to_index(points)
        low, high = np.full(3, -0.5), np.array(self.geometry.shape) - 0.5
        return bool(((at >= low - 1e-3) & (at <= high + 1e-3)).all(axis=-1).any())


OUTSIDE: Final = contradicted(say("it lies outside the series."))


def unplaced(count: int) -> Words:
    """Frames that could not be painted because nobody knows where they lie."""
    return say_count(
        "{count} frame has no place and is not painted.", "{count} frames have no place and are not painted.", count
    )


def vectors(points: Points) -> tuple[Vector, ...]:
    return tuple((x, y, z) for x, y, z in points.reshape(-1, 3).tolist())
