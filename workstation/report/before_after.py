"""Two series before and after one was brought onto the other: the middle slice, as a chequer and as a difference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.decision import Reading
from workstation.domain.geometry import Geometry
from workstation.domain.series import VoiWindow
from workstation.domain.volume import Values, Volume
from workstation.domain.words import Words, say
from workstation.imaging.pixels.voi import GrayTable

SQUARES: Final = 8  # of a chequer, along its shorter side
DIFFERENCE: Final = VoiWindow(center=0.0, width=1000.0)
_OTHER: Final = say("the other series")
_CHEQUER: Final = say("in squares with this one")
_DIFFERING: Final = say("its values − those of this one: black −500, white +500")
Gray = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of pictures. `files` and `captions` beside one another."""

    head: Words
    files: tuple[str, ...]
    captions: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """`aspect`: width to height of every picture, in millimetres. `slice_index`: from 0."""

    rows: tuple[Row, ...]
    aspect: float
    slice_index: int


def write_before_after(reading: Reading, folder: Path) -> BeforeAfter | None:
    """Write the pictures into `folder`; None where nothing was moved, or where it is not proven.

    Before needs the other series' own pixels; without them only after is shown.
    """
    from workstation.imaging.pixels.on_grid import across, slices_on

    result, volume, geometry = reading.result, reading.volume, reading.geometry
    shown = bool(result.moving_id and result.volumes) and result.placement.state.painted
    if not shown or volume is None or geometry is None:
        return None
    k = geometry.slices // 2
    looks: list[tuple[str, Words, Callable[[int], Values]]] = []
    if reading.moving is not None and reading.moving.geometry is not None:
        looks.append(("before", say("Before"), across(reading.moving, geometry)))
    looks.append(("after", say("After"), slices_on(result.volumes[0], geometry)))
    date = reading.moving_date
    whose = say("the series of {date}", date=f"{date[:4]}-{date[4:6]}-{date[6:]}") if len(date) == 8 else _OTHER
    captions = (whose, _CHEQUER, _DIFFERING)
    rows = tuple(
        Row(head, _pictures(reading.window, volume, other(k), k, name, folder), captions) for name, head, other in looks
    )
    return BeforeAfter(rows, _aspect(geometry), k)


def _aspect(geometry: Geometry) -> float:
    return geometry.columns * geometry.spacing[1] / (geometry.rows * geometry.spacing[0])


def _pictures(window: VoiWindow, volume: Volume, other: Values, k: int, name: str, folder: Path) -> tuple[str, ...]:
    from PIL import Image

    this = volume.values[k]
    table, plain = GrayTable(window, volume.inverted, volume.padding), GrayTable(window, volume.inverted)
    ours, theirs = table.apply(this), plain.apply(other)
    difference = other.astype(np.float32) - this.astype(np.float32)
    if volume.padding is not None:
        difference[(this >= volume.padding[0]) & (this <= volume.padding[1])] = 0
    pictures = {
        "other": theirs,
        "chequer": np.where(_squares(ours.shape), ours, theirs),
        "difference": GrayTable(DIFFERENCE).apply(difference),
    }
    files = []
    for kind, gray in pictures.items():
        files.append(f"{name}-{kind}.png")
        Image.fromarray(gray).save(folder / files[-1])
    return tuple(files)


def _squares(shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    side = max(1, min(shape) // SQUARES)
    rows, columns = np.indices(shape) // side
    chequer: npt.NDArray[np.bool_] = (rows + columns) % 2 == 0
    return chequer
