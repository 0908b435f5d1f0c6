"""The range that nearly all values lie in. Median and percentiles of numpy import its masked arrays when they are first
called: 25 ms, and ten times as long where no bytecode is kept, while a window waits for the interpreter's lock."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def nearly_all(values: npt.NDArray[Any]) -> tuple[float, float]:
    """1st and 99th percentile, linear between neighbours (method 7 of Hyndman and Fan, numpy's own).

    values  finite numbers, any shape, at least one
    """
    flat = values.reshape(-1)
    places = [(flat.size - 1) * share for share in (0.01, 0.99)]
    below = [int(place) for place in places]
    above = [min(k + 1, flat.size - 1) for k in below]
    ordered = np.partition(flat, sorted({*below, *above}))
    low, high = (
        float(ordered[k]) + (float(ordered[next_k]) - float(ordered[k])) * (place - k)
        for k, next_k, place in zip(below, above, places, strict=True)
    )
    return low, high
