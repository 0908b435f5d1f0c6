"""Regions of an ultrasound picture that have a size: a sector in centimetres, beside curves over time and words.

source: DICOM PS3.3 C.8.5.5 (US region calibration)
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from workstation.domain.calibration import Calibration, Region, Spacing, SpacingKind
from workstation.domain.error import ErrorCode
from workstation.domain.series import PixelFormat
from workstation.imaging.archive.member import open_binary
from workstation.imaging.damage import as_error
from workstation.imaging.dicom.fallback import read_dataset

if TYPE_CHECKING:
    from pydicom import Dataset

_MOST: Final = 64
_TISSUE, _CENTIMETRES = 1, 3  # spatial format: a picture in two dimensions; unit of both directions
_EDGES: Final = ("RegionLocationMinY0", "RegionLocationMinX0", "RegionLocationMaxY1", "RegionLocationMaxX1")


def regions_of(path: str, pixels: PixelFormat) -> tuple[Spacing, Calibration] | None:
    """Size of the largest region, by which the picture is drawn, and all regions; None where none can be trusted.

    A region that leaves the picture tells that the picture was made smaller afterwards, so none of them is true.
    For a worker. raises UNREADABLE
    """
    with open_binary(path) as file:
        dataset, _ = read_dataset(file)
    with as_error(ErrorCode.UNREADABLE):
        items = list(dataset.get("SequenceOfUltrasoundRegions") or ())[:_MOST]
        edges = [[int(item.get(name, -1)) for name in _EDGES] for item in items]
        if any(not (0 <= top < bottom < pixels.rows and 0 <= left < right < pixels.columns)
               for top, left, bottom, right in edges):  # fmt: skip
            return None
        found = [region for item, place in zip(items, edges, strict=True) if (region := _region(item, place))]
    if not found:
        return None
    found.sort(key=lambda one: (one.bottom - one.top) * (one.right - one.left))
    return found[-1].spacing, Calibration(kind=SpacingKind.REGIONS, regions=tuple(found))


def _region(item: Dataset, place: list[int]) -> Region | None:
    units = (item.get("PhysicalUnitsXDirection"), item.get("PhysicalUnitsYDirection"))
    if item.get("RegionSpatialFormat") != _TISSUE or units != (_CENTIMETRES, _CENTIMETRES):
        return None
    across, along = (abs(float(item.get(name) or 0)) * 10 for name in ("PhysicalDeltaX", "PhysicalDeltaY"))
    if not (math.isfinite(across) and math.isfinite(along) and min(across, along) > 0):
        return None
    top, left, bottom, right = place
    return Region(top=top, left=left, bottom=bottom, right=right, spacing=(along, across))
