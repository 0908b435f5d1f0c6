"""What the real viewport paints while its frames are timed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.geometry import Geometry
from workstation.domain.placement import box_at
from workstation.domain.shapes import Mask, Shape
from workstation.domain.volume import LabelVolume, Volume
from workstation.domain.words import say


def frame_seconds(volume: Volume, side: int, frames: int) -> Iterator[float]:
    """Scroll through the volume at `side`² pixels with four marks and a mask on every slice; seconds of each frame."""
    from workstation.ui.screen import painted_frames

    geometry = volume.geometry
    assert geometry is not None
    return painted_frames(volume, marks_over(geometry), (mask_over(geometry),), side, frames)


def marks_over(geometry: Geometry) -> tuple[Finding, ...]:
    """Four boxes of 30 mm that reach through all slices, and the mask."""
    half = [round(15 / spacing) for spacing in geometry.spacing]
    boxes: list[Shape] = []
    for row, column in ((0.3, 0.3), (0.3, 0.7), (0.7, 0.3), (0.7, 0.7)):
        r, c = round(row * geometry.rows), round(column * geometry.columns)
        first, last = (0, r - half[0], c - half[1]), (geometry.slices - 1, r + half[0], c + half[1])
        boxes.append(box_at(first, last, geometry))
    size = Measurement(name="diameter", label=say("Diameter"), value=8.4, unit="mm", basis=Basis.ALGORITHM)
    shapes: list[Shape] = [*boxes, Mask(volume="bench", label=1)]
    return tuple(
        Finding(
            id=f"BENCH/{number}",
            code="nodule",
            label=say("Nodule"),
            shapes=(shape,),
            measurements=(size,),
            confidence=0.92,
            basis=Basis.ALGORITHM,
        )
        for number, shape in enumerate(shapes, start=1)
    )


def mask_over(geometry: Geometry) -> LabelVolume:
    values = np.zeros(geometry.shape, dtype=np.uint8)
    rows, columns = geometry.rows, geometry.columns
    values[:, rows // 4 : rows // 2, columns // 4 : columns // 2] = 1
    return LabelVolume(name="bench", values=values, geometry=geometry)
