"""Images that show many slices side by side: each is a whole volume, and lies nowhere in the patient by itself.

Siemens writes MOSAIC into the image type, and as place that of a slice as large as the whole mosaic; United Imaging
writes VFRAME and no place. Some converters take mosaics apart and leave the word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from workstation.domain.geometry import Vector
from workstation.imaging.dicom.attributes import Candidate
from workstation.imaging.series.orientations import direction, normals_of
from workstation.imaging.series.phases import offsets_of, regular

_LEAST_SLICES: Final = 3
_STEPS_MM: Final = (0.5, 20.0)  # a scanner that follows a head shifts volumes by less, one that moves the table by more


def without_false_places(frames: list[Candidate]) -> list[Candidate]:
    """Frames of a series, its mosaics without the place that their headers give."""
    called = [frame for frame in frames if frame.series.mosaic]
    if not called:
        return frames
    normals = normals_of(called)
    runs: dict[int, list[Candidate]] = {}
    for frame in called:
        runs.setdefault(direction(frame, normals)[0], []).append(frame)
    slices = {number for number, run in runs.items() if _are_slices(run, direction(run[0], normals)[1])}
    return [
        replace(frame, instance=replace(frame.instance, position=None))
        if frame.series.mosaic and direction(frame, normals)[0] not in slices
        else frame
        for frame in frames
    ]


def _are_slices(frames: Sequence[Candidate], normal: Vector | None) -> bool:
    """Whether they lie beside each other in steps, as slices do."""
    if normal is None:
        return False
    least, most = _STEPS_MM
    offsets = sorted(offsets_of(frames, normal))
    places = offsets[:1] + [b for a, b in pairwise(offsets) if b - a > least / 2]
    steps = [b - a for a, b in pairwise(places)]
    return len(places) >= _LEAST_SLICES and least <= min(steps) <= most and regular(places)
