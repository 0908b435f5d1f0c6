"""Classic slices made from a volume: resampled and shrunk stacks, and files that are no DICOM.

One slice is one CT or MR Image Storage instance of 16-bit pixels on an even grid (DICOM PS3.3 A.3, A.4). Of the
originals' headers only survives what all slices have in common; place and pixel layout are the grid's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.geometry import Geometry
from workstation.domain.regrid import coarser_grid, even_grid, shrink_factor
from workstation.domain.series import FactCode, FileForm, Stack
from workstation.domain.volume import Volume
from workstation.domain.words import Words, say
from workstation.domain.work import CancelToken
from workstation.imaging.pixels.resample import area_average, in_threads, slice_maker, straightened_words
from workstation.imaging.pixels.rescale import fits_int16
from workstation.imaging.upload.deidentify import Elements
from workstation.imaging.upload.deidentify_table import Key
from workstation.imaging.upload.demanded import demanded_by
from workstation.imaging.upload.storing import HU, Storing
from workstation.imaging.upload.write import decimal

RESLICE: Final = "reslice"
RESIZE: Final = "resize"
_IMAGE_TYPE: Final[Key] = (0x0008, 0x0008)
_WINDOW: Final = ((0x0028, 0x1050), (0x0028, 0x1051))
# What a made slice says for itself, or can't say any more.
_REPLACED: Final[frozenset[Key]] = frozenset(
    {
        _IMAGE_TYPE,
        (0x0018, 0x0050),  # Slice Thickness
        (0x0018, 0x0088),  # Spacing Between Slices
        (0x0018, 0x1100),  # Reconstruction Diameter
        (0x0018, 0x1120),  # Gantry/Detector Tilt
        (0x0018, 0x1164),  # Imager Pixel Spacing
        (0x0020, 0x0020),  # Patient Orientation
        (0x0020, 0x1041),  # Slice Location
        (0x0028, 0x0006),  # Planar Configuration
        (0x0028, 0x0034),  # Pixel Aspect Ratio
        (0x0028, 0x0120),  # Pixel Padding Value
        (0x0028, 0x0121),  # Pixel Padding Range Limit
        (0x0028, 0x1052),  # Rescale Intercept
        (0x0028, 0x1053),  # Rescale Slope
        (0x0028, 0x1054),  # Rescale Type
    }
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Making:
    """What is made of a stack: its even grid, the grid that is sent, and in words all that this does.

    factor  so many pixels of a side become one
    """

    straight: Geometry
    grid: Geometry
    factor: float
    notes: tuple[Words, ...]

    @property
    def changed(self) -> bool:
        """Values lie at other places than in the original."""
        return bool(self.notes)


def is_made(stack: Stack, repairs: frozenset[str]) -> bool:
    """Whether copies can't be slices of the original files."""
    foreign = any(instance.form is not FileForm.DICOM for instance in stack.instances)
    return foreign or not repairs.isdisjoint((RESLICE, RESIZE))


def making_of(stack: Stack, repairs: frozenset[str], largest: tuple[int, int] | None) -> Making:
    """largest: rows, columns that a resized slice may have. raises NO_GEOMETRY"""
    geometry = stack.geometry
    if geometry is None:
        raise WorkstationError(ErrorCode.NO_GEOMETRY)
    straight = even_grid(geometry) if RESLICE in repairs else geometry
    wanted = largest if RESIZE in repairs else None
    grid = coarser_grid(straight, wanted) if wanted is not None else straight
    notes = []
    if straight is not geometry:
        notes.append(straightened_words(geometry))
    if grid is not straight:
        notes.append(resized_words(straight, grid))
    factor = shrink_factor(straight, wanted) if wanted is not None else 1.0
    return Making(straight=straight, grid=grid, factor=factor, notes=tuple(notes))


def resized_words(before: Geometry, after: Geometry) -> Words:
    return say(
        "Resized: {before} pixels became {after} by averaging areas.",
        before=f"{before.rows} × {before.columns}",
        after=f"{after.rows} × {after.columns}",
    )


def assumptions(stack: Stack) -> tuple[Words, ...]:
    """What had to be taken for granted to write DICOM from a file that is none."""
    if all(instance.form is FileForm.DICOM for instance in stack.instances):
        return ()
    modality = stack.modality or "OT"
    if stack.unit == HU:
        written = say("Written from NIfTI as {modality}: values taken as HU.", modality=modality)
    else:
        written = say("Written from NIfTI as {modality}.", modality=modality)
    assumed = (fact.sentence for fact in stack.facts if fact.code is FactCode.ASSUMED)
    return (written, say("Place and orientation are those of the NIfTI header; the patient stays empty."), *assumed)


def expected_storing(stack: Stack) -> tuple[Words, ...]:
    """What is known before the values are read."""
    if fits_int16(stack.instances):
        return ()
    return (say("Values that are not whole numbers are rounded to 16 bits."),)


def common_elements(all_survivors: Iterable[Elements]) -> Elements:
    """What every slice's header says alike."""
    common: Elements | None = None
    for survivors in all_survivors:
        if common is None:
            common = dict(survivors)
        else:
            common = {key: value for key, value in common.items() if survivors.get(key) == value}
    return common or {}


def made_elements(
    stack: Stack, making: Making, at: int, common: Elements, storing: Storing, padding: tuple[float, float] | None
) -> Elements:
    """The elements of one made slice, identity and UIDs aside. `padding`: rescaled values without measurement."""
    grid, modality = making.grid, stack.modality or "OT"
    kept = {key: value for key, value in common.items() if key not in _REPLACED}
    made: Elements = {
        _IMAGE_TYPE: (b"CS", _image_type(stack, making)),
        (0x0008, 0x0060): (b"CS", modality.encode("ascii")),
        (0x0018, 0x0050): _ds(stack.thickness or grid.step),
        (0x0020, 0x0032): _ds(*(float(value) for value in grid.positions[at])),
        (0x0020, 0x0037): _ds(*grid.row_cosine, *grid.column_cosine),
        (0x0028, 0x0002): _us(1),
        (0x0028, 0x0004): (b"CS", _photometric(stack)),
        (0x0028, 0x0010): _us(grid.rows),
        (0x0028, 0x0011): _us(grid.columns),
        (0x0028, 0x0030): _ds(*grid.spacing),
        (0x0028, 0x0100): _us(16),
        (0x0028, 0x0101): _us(16),
        (0x0028, 0x0102): _us(15),
        (0x0028, 0x0103): _us(1),
    }
    if modality != "MR" or (storing.slope, storing.intercept) != (1, 0):
        made[(0x0028, 0x1052)] = _ds(storing.intercept)
        made[(0x0028, 0x1053)] = _ds(storing.slope)
    if stack.unit == HU or modality == "CT":  # of which HU is understood where nothing is said
        made[(0x0028, 0x1054)] = (b"LO", b"HU" if stack.unit == HU else b"US")
    if padding is not None:
        low, high = (storing.stored_value(end) for end in padding)
        made[(0x0028, 0x0120)] = (b"SS", low.to_bytes(2, "little", signed=True))
        if high != low:
            made[(0x0028, 0x0121)] = (b"SS", high.to_bytes(2, "little", signed=True))
    window = stack.instances[stack.slices // 2].window
    if window is not None and not kept.keys() >= set(_WINDOW):
        made |= {_WINDOW[0]: _ds(window.center), _WINDOW[1]: _ds(window.width)}
    demanded = {} if common else demanded_by(modality)
    return {**demanded, **kept, **made}


def made_slices(
    volume: Volume, making: Making, storing: Storing, cancel: CancelToken | None
) -> Iterator[npt.NDArray[np.int16]]:
    """Stored pixels of the grid's slices, in order; no second volume is made. raises Cancelled"""
    straight, grid = making.straight, making.grid
    make = slice_maker(volume, straight) if straight is not volume.geometry else None

    def one(at: int) -> npt.NDArray[np.int16]:
        values: npt.NDArray[Any] = make(at) if make is not None else volume.values[at]
        if making.factor > 1:
            values = area_average(values, making.factor, grid.rows, grid.columns, volume.padding)
        return storing.stored(values)

    return in_threads(one, grid.slices, cancel)


def _image_type(stack: Stack, making: Making) -> bytes:
    """Derived; value 3 as the CT and MR modules want it (PS3.3 C.8.2.1.1.1, C.8.3.1.1.1)."""
    third = b"AXIAL" if stack.modality == "CT" else b"OTHER"
    words = [b"DERIVED", b"SECONDARY", third]
    if making.changed:
        words.append(b"RESAMPLED")
    return b"\\".join(words)


def _photometric(stack: Stack) -> bytes:
    inverted = stack.instances[0].pixels.photometric == "MONOCHROME1"
    return b"MONOCHROME1" if inverted else b"MONOCHROME2"


def _ds(*values: float) -> tuple[bytes, bytes]:
    return b"DS", "\\".join(decimal(value) for value in values).encode("ascii")


def _us(value: int) -> tuple[bytes, bytes]:
    return b"US", value.to_bytes(2, "little")
