"""Numbers of a region: mean, spread and ends of the rescaled values in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionStatistics:
    """In the unit of the values; `deviation` is that of the population. `count`: pixels that hold a measurement."""

    count: int
    mean: float
    deviation: float
    low: float
    high: float


def statistics_of(
    values: npt.NDArray[Any], region: npt.NDArray[np.bool_], padding: tuple[float, float] | None = None
) -> RegionStatistics | None:
    """Statistics of the values where `region` (same shape) is true, padding and not-a-number left out; None: empty."""
    inside = values[region].astype(np.float64)
    inside = inside[np.isfinite(inside)]
    if padding is not None:
        inside = inside[(inside < padding[0]) | (inside > padding[1])]
    if not inside.size:
        return None
    return RegionStatistics(
        count=int(inside.size),
        mean=float(inside.mean()),
        deviation=float(inside.std()),
        low=float(inside.min()),
        high=float(inside.max()),
    )


def ellipse_region(
    rows: int, columns: int, center: tuple[float, float], radius: tuple[float, float]
) -> npt.NDArray[np.bool_]:
    """The pixels whose centers lie in an ellipse; center and radius as (column, row), in pixels, radius above 0."""
    y, x = np.ogrid[:rows, :columns]
    inside: npt.NDArray[np.bool_] = ((x - center[0]) / radius[0]) ** 2 + ((y - center[1]) / radius[1]) ** 2 <= 1
    return inside
