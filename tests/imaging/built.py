"""Stacks of frames that lie in no file: what a scan does with its frames, in one call."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from workstation.domain.series import Stack
from workstation.imaging.dicom.attributes import Candidate
from workstation.imaging.dicom.series_info import series_key
from workstation.imaging.series.stacks import SamePixels, number_stacks, stacks_of_series


def build_stacks(candidates: Iterable[Candidate], same: SamePixels | None = None) -> tuple[Stack, ...]:
    """Every frame in exactly one stack (as instance or spare), whatever the order they come in.

    `same` tells whether two instances at one place hold the same picture.
    """
    series: dict[Hashable, list[Candidate]] = {}
    for candidate in candidates:
        series.setdefault(series_key(candidate.series), []).append(candidate)
    return number_stacks([stacks_of_series(frames, same) for frames in series.values()])
