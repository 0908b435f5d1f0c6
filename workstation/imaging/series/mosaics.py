"""Images that show many slices side by side: each is a whole volume, and lies nowhere in the patient by itself.

Siemens writes MOSAIC into the image type, and as place that of a slice as large as the whole mosaic; United Imaging
writes VFRAME and no place. Some converters take mosaics apart and leave the word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from workstation.imaging.dicom.attributes import Candidate
from workstation.imaging.series.orientations import direction, normals_of
from workstation.imaging.series.phases import offsets_of, regular

_LEAST_SLICES: Final = 3
_LEAST_STEP_MM: Final = 0.5  # a scanner that follows a moving head shifts its volumes by less, and not in equal steps


def without_false_places(frames: list[Candidate]) -> list[Candidate]:
    """Frames of a series, its mosaics without the place that their headers give."""
    called = [frame for frame in frames if frame.series.mosaic]
    if not called or _are_slices(called):
        return frames
    return [
        replace(frame, instance=replace(frame.instance, position=None)) if frame.series.mosaic else frame
        for frame in frames
    ]


def _are_slices(frames: Sequence[Candidate]) -> bool:
    """Whether they lie beside each other in steps, as slices do."""
    normals = normals_of(frames)
    runs: dict[int, list[Candidate]] = {}
    for frame in frames:
        runs.setdefault(direction(frame, normals)[0], []).append(frame)
    for number, run in runs.items():
        normal = direction(run[0], normals)[1]
        if number < 0 or normal is None:
            return False
        places = sorted({round(offset, 2) for offset in offsets_of(run, normal)})
        steps = [b - a for a, b in pairwise(places)]
        if len(places) < _LEAST_SLICES or min(steps) < _LEAST_STEP_MM or not regular(places):
            return False
    return True
