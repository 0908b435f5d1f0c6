"""Pictures to draw on, and masks on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from tests.workspace.sitting import stack
from workstation.domain.drawn_mask import DrawnMask, pack
from workstation.domain.series import PixelFormat, Stack

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
RED = (220, 60, 50)


def picture(stack_id: str = "p#0", *, rows: int = 60, columns: int = 80, study: str = "7.1") -> Stack:
    """A photograph: one slice in colours, without a place."""
    one = stack(stack_id, study=study, slices=1, description="Forearm")
    instance = replace(one.instances[0], path=f"{stack_id}.jpg", pixels=PixelFormat(rows=rows, columns=columns))
    return replace(one, modality="XC", instances=(instance,), geometry=None, unit="")


def disc(rows: int, columns: int, center: tuple[float, float], radius: float) -> npt.NDArray[np.bool_]:
    """By the definition: every pixel whose center is no farther than that from (column, row)."""
    y, x = np.mgrid[:rows, :columns]
    return np.asarray(np.hypot(x - center[0], y - center[1]) <= radius)


def mask(covered: npt.NDArray[np.bool_], name: str = "m1", stack_id: str = "p#0", number: int = 1) -> DrawnMask:
    rows, columns = covered.shape
    return DrawnMask(
        id=name,
        stack_id=stack_id,
        number=number,
        colour=RED,
        rows=rows,
        columns=columns,
        packed=pack(covered),
        by="Li",
        at=NOON,
    )


def overlap(a: npt.NDArray[np.bool_], b: npt.NDArray[np.bool_]) -> float:
    """Intersection over union."""
    return float((a & b).sum() / (a | b).sum())
