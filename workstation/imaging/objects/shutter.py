"""Display shutters: what of an image its author does not want seen (DICOM PS3.3 C.7.6.11; as a bitmap: C.7.6.15).

Places are row and column from 1, of pixel centers. Several shapes together leave the least to be seen. Edges are seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workstation.domain.overlaid import Rgb, Shutter
from workstation.imaging.objects.colour import rgb_of
from workstation.imaging.objects.contours import filled, toggle
from workstation.imaging.objects.file import number, numbers
from workstation.imaging.objects.overlay_planes import plane_over

if TYPE_CHECKING:
    from pydicom import Dataset

_Seen = npt.NDArray[np.bool_]


def shutter_of(dataset: Dataset, shape: tuple[int, int], spacing: tuple[float, float]) -> Shutter | None:
    """
    shape    rows and columns of the image that it is for
    spacing  between its rows, between its columns, in whatever unit: a circle is round as it is shown
    returns  None where nothing is hidden, or what is said of it is not whole
    """
    stated = dataset.get("ShutterShape") or ()
    kinds = {stated} if isinstance(stated, str) else set(stated)
    seen = np.ones(shape, dtype=np.bool_)
    if "RECTANGULAR" in kinds:
        seen &= _rectangle(dataset, shape)
    if "CIRCULAR" in kinds:
        seen &= _circle(dataset, shape, spacing)
    if "POLYGONAL" in kinds:
        seen &= _polygon(dataset, shape)
    group = int(number(dataset, "ShutterOverlayGroup") or 0)
    if "BITMAP" in kinds and group:
        bits = plane_over(dataset, group, shape)
        seen &= bits == 0 if bits is not None else True
    return Shutter(hidden=~seen, colour=_colour(dataset)) if seen.any() and not seen.all() else None


def _rectangle(dataset: Dataset, shape: tuple[int, int]) -> _Seen:
    sides = ("LeftVerticalEdge", "RightVerticalEdge", "UpperHorizontalEdge", "LowerHorizontalEdge")
    edges = [number(dataset, f"Shutter{side}") for side in sides]
    left, right, upper, lower = (
        edge if edge is not None else usual for edge, usual in zip(edges, (1, shape[1], 1, shape[0]), strict=True)
    )
    row, column = np.ogrid[1 : shape[0] + 1, 1 : shape[1] + 1]
    return np.asarray((row >= upper) & (row <= lower) & (column >= left) & (column <= right))


def _circle(dataset: Dataset, shape: tuple[int, int], spacing: tuple[float, float]) -> _Seen:
    center, radius = numbers(dataset, "CenterOfCircularShutter"), number(dataset, "RadiusOfCircularShutter")
    if len(center) != 2 or not radius:
        return np.ones(shape, dtype=np.bool_)
    row, column = np.ogrid[1 : shape[0] + 1, 1 : shape[1] + 1]
    down = (row - center[0]) * spacing[0] / spacing[1]  # the radius counts pixels along a row
    return np.asarray(down**2 + (column - center[1]) ** 2 <= radius**2)


def _polygon(dataset: Dataset, shape: tuple[int, int]) -> _Seen:
    given = numbers(dataset, "VerticesOfThePolygonalShutter")
    if len(given) < 6 or len(given) % 2:
        return np.ones(shape, dtype=np.bool_)
    rows, columns = np.array(given).reshape(-1, 2).T - 1
    seen = np.zeros(shape, dtype=np.bool_)
    at = np.rint([rows, columns]).astype(np.intp)
    seen[tuple(at[:, ((at >= 0) & (shape > at.T).T).all(axis=0)])] = True
    # Of two sides that face each other, filling takes in one: from all four corners all sides belong to it.
    for up in (False, True):
        for left in (False, True):
            crossed = np.zeros((shape[0], shape[1] + 1), dtype=np.uint8)
            toggle(crossed, shape[1] - 1 - columns if left else columns, shape[0] - 1 - rows if up else rows)
            inside = filled(crossed)
            seen |= inside[:: -1 if up else 1, :: -1 if left else 1]
    return seen


def _colour(dataset: Dataset) -> Rgb:
    """Black where nothing is said."""
    stated = rgb_of(numbers(dataset, "ShutterPresentationColorCIELabValue"))
    gray = round((number(dataset, "ShutterPresentationValue") or 0) / 65535 * 255)
    return stated or (gray, gray, gray)
