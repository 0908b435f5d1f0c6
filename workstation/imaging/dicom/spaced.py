"""Frames of one file that lie in even steps from the first: reconstructed SPECT (PS3.3 C.8.4.15); also CT or MR."""

from __future__ import annotations

import struct
from dataclasses import replace
from typing import Final

from workstation.domain.geometry import cross, length
from workstation.imaging.dicom import groups as g
from workstation.imaging.dicom.attributes import Candidate, frame_of
from workstation.imaging.dicom.frames import read_top
from workstation.imaging.dicom.header import Header
from workstation.imaging.dicom.text import first_number, numbers, vector

_NORMAL: Final = 0.9  # shorter than this, two cosines that are none


def spaced_frames(header: Header, frames: int, first: Candidate, *, plain_only: bool = False) -> list[Candidate]:
    """One candidate per frame; without a place where the file gives none. Time slots are phases.

    plain_only  raise NeedsWorker for what our own reader refuses
    raises      UNREADABLE, NeedsWorker
    """
    top = read_top(header, plain_only=plain_only)
    start = vector(top.value(g.DETECTORS, g.POSITION)) or first.instance.position
    six = numbers(top.value(g.DETECTORS, g.ORIENTATION)) or (
        *(first.instance.row_cosine or ()),
        *(first.instance.column_cosine or ()),
    )
    step = first_number(top.values.get(g.SPACING_BETWEEN)) or 0.0
    slices, slots = (_counts(top.values.get(key, b""), frames) for key in (g.SLICES, g.TIME_SLOTS))
    instances = [frame_of(first.instance, k, k + 1) for k in range(frames)]
    moments = [replace(first.moment, temporal=slots[k]) if slots else first.moment for k in range(frames)]
    if start is not None and len(six) == 6 and step:
        row, column = (six[0], six[1], six[2]), (six[3], six[4], six[5])
        normal = cross(row, column)
        if length(normal) > _NORMAL:
            for k in range(frames):
                way = step * ((slices[k] if slices else k + 1) - 1) / length(normal)
                x, y, z = (a + way * n for a, n in zip(start, normal, strict=True))
                instances[k] = replace(instances[k], position=(x, y, z), row_cosine=row, column_cosine=column)
    return [Candidate(instance, first.series, moment) for instance, moment in zip(instances, moments, strict=True)]


def _counts(raw: bytes, frames: int) -> tuple[int, ...]:
    """One number for each frame, from 1; () where there is not one for each."""
    return struct.unpack(f"<{frames}H", raw) if len(raw) == 2 * frames else ()
