"""How large a pixel is, and what that size is worth: the three spacings of DICOM, and what the file says of them.

source: DICOM PS3.3 10.7.1.3, C.8.8.2 (Image Plane Pixel Spacing), C.8.11.3, C.8.11.7 (Estimated Radiographic
Magnification Factor)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workstation.domain.calibration import IN_PATIENT, Calibration, Spacing, SpacingKind
from workstation.imaging.dicom import tags
from workstation.imaging.dicom.tags import Tag
from workstation.imaging.dicom.text import first_number, plain, spacing_pair

PROJECTIONS: Final = frozenset({"CR", "DX", "MG", "IO", "PX", "RG", "XA", "RF"})
SIZE_TAGS: Final = (
    tags.PIXEL_SPACING,
    tags.IMAGER_SPACING,
    tags.PLANE_SPACING,
    tags.NOMINAL_SPACING,
    tags.CALIBRATION_TYPE,
    tags.MAGNIFICATION,
    tags.MODALITY,
)
_CALIBRATED: Final = frozenset({"GEOMETRY", "FIDUCIAL"})
_LARGEST: Final = 20.0  # a focus at a twentieth of the way: beyond that the factor is a mistake
_SAME: Final = 1e-4  # share by which two spacings written in decimals may differ


def size_of(values: Mapping[Tag, bytes]) -> tuple[Spacing | None, Calibration]:
    """Spacing between rows and columns in mm, and what it is worth; a damaged value is a missing one."""
    told = spacing_pair(values.get(tags.PIXEL_SPACING))
    at_imager = spacing_pair(values.get(tags.IMAGER_SPACING)) or spacing_pair(values.get(tags.PLANE_SPACING))
    if told is None and at_imager is None:
        on_film = spacing_pair(values.get(tags.NOMINAL_SPACING))
        return on_film, IN_PATIENT if on_film is None else Calibration(kind=SpacingKind.FILM)
    if told is not None:
        if plain(values.get(tags.MODALITY)) not in PROJECTIONS:
            return told, IN_PATIENT
        if plain(values.get(tags.CALIBRATION_TYPE)) in _CALIBRATED:
            return told, Calibration(kind=SpacingKind.CALIBRATED)
        if at_imager is None or not _equal(told, at_imager):
            return told, Calibration(kind=SpacingKind.UNSTATED)
    size = at_imager or told
    factor = first_number(values.get(tags.MAGNIFICATION))
    if size is not None and factor is not None and 1 <= factor <= _LARGEST:
        divided = (size[0] / factor, size[1] / factor)
        return divided, Calibration(kind=SpacingKind.ESTIMATED, magnification=factor)
    return size, Calibration(kind=SpacingKind.DETECTOR)


def _equal(a: Spacing, b: Spacing) -> bool:
    return all(abs(x - y) <= _SAME * y for x, y in zip(a, b, strict=True))
