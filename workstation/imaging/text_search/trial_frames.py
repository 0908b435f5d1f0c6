"""Frames of real series, lettered or clean, written as files: what the search for text is measured by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.covering import NAMED_IN_PIXELS
from workstation.domain.error import WorkstationError
from workstation.domain.series import Stack
from workstation.imaging.phantom.header import made_uid
from workstation.imaging.pixels.load import load_pixels
from workstation.imaging.upload.write import EXPLICIT_LITTLE, write_part10

RADIOGRAPH: Final = "CR"  # all of them are called that
KINDS: Final = ("CT", "MR", RADIOGRAPH)
_RADIOGRAPHS: Final = ("CR", "DX", "RG", "IO", "PX", "MG")
_CLASSES: Final = {
    "CT": "1.2.840.10008.5.1.4.1.1.2",
    "MR": "1.2.840.10008.5.1.4.1.1.4",
    RADIOGRAPH: "1.2.840.10008.5.1.4.1.1.1",
}
USUAL_WINDOWS: Final = ((40.0, 400.0), (-600.0, 1500.0), (350.0, 2000.0))
ALL_WINDOWS: Final = (*USUAL_WINDOWS, (40.0, 80.0))  # through the last a chest is black and white noise
_LEAST_SIDE: Final = 200  # pixels: letters of 28 need some room
_FEWEST_VALUES: Final = 32  # fewer is a map of labels
_GRAY: Final = 3  # levels between channels of what is gray in all but name


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """One frame as a device stored it.

    kind      one of KINDS
    values    [row, column], whole numbers; HU for CT
    inverted  low values are bright
    window    center and width that the file asks to be shown with; None: it doesn't
    """

    kind: str
    values: npt.NDArray[Any]
    inverted: bool = False
    window: tuple[float, float] | None = None


def grounds_of(
    stacks: Sequence[Stack], count: int, seed: int, unread: Callable[[WorkstationError], None]
) -> tuple[Ground, ...]:
    """Frames of CT, MR and radiographs in turn, as many of each as there are; those of one kind over its stacks.

    What may bear text already is left out; so is what can't be read, and `unread` is told.
    """
    rng = np.random.default_rng(seed)
    pools: dict[str, list[Ground]] = {kind: [] for kind in KINDS}
    for kind in KINDS:
        fitting = [stack for stack in stacks if _fits(stack, kind)]
        each = -(-count // max(1, len(fitting)))
        for stack in fitting:
            for index in rng.permutation(stack.slices)[:each]:
                try:
                    found = _ground(stack, int(index), kind)
                except WorkstationError as error:
                    unread(error)
                    break
                pools[kind] += [found] if found is not None else []
        rng.shuffle(pools[kind])
    full = [pool for pool in pools.values() if pool]
    return tuple(full[n % len(full)][n // len(full) % len(full[n % len(full)])] for n in range(count)) if full else ()


def varied(ground: Ground, rng: np.random.Generator, windows: Sequence[tuple[float, float]]) -> Ground:
    """The same shown through another window; one in two reduced to 8 bits; one in two radiographs the other way up.

    windows  center and width, one of which a CT is shown with
    """
    values, window = ground.values, None
    low, high = (float(value) for value in np.percentile(values, (1, 99)))
    if ground.kind == "CT":
        window = windows[int(rng.integers(len(windows)))]
    elif rng.random() < 0.5:
        window = (low + (high - low) * rng.uniform(0.3, 0.7), max(2.0, (high - low) * rng.uniform(0.5, 1.2)))
    if rng.random() < 0.5:
        if window is not None:
            low, high = window[0] - window[1] / 2, window[0] + window[1] / 2
        values = np.clip((values - low) * (255 / max(high - low, 1)), 0, 255).astype(np.uint8)
        window = None
    if ground.kind == RADIOGRAPH and rng.random() < 0.5:
        values = (values.max() - values).astype(values.dtype)
        window = None
        return replace(ground, values=values, window=window, inverted=not ground.inverted)
    return replace(ground, values=values, window=window)


def write_frame(path: Path, ground: Ground, values: npt.NDArray[Any]) -> None:
    """As DICOM of the ground's kind. raises CANNOT_WRITE, NO_SPACE"""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import UID

    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = UID(EXPLICIT_LITTLE)
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = UID(_CLASSES[ground.kind])
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = UID(made_uid("lettered", path.parent.name, path.name))
    ds.StudyInstanceUID = UID(made_uid("lettered", path.parent.name))
    ds.SeriesInstanceUID = UID(made_uid("lettered series", path.parent.name))
    ds.Modality, ds.ImageType = ground.kind, ["ORIGINAL", "PRIMARY"]
    ds.PatientName, ds.PatientID, ds.InstanceNumber = "Trial^Text", "TRIAL", "1"
    if ground.kind != RADIOGRAPH:
        ds.ImagePositionPatient, ds.ImageOrientationPatient = [0, 0, 0], [1, 0, 0, 0, 1, 0]
        ds.PixelSpacing, ds.SliceThickness = [0.7, 0.7], "1"
        ds.FrameOfReferenceUID = UID(made_uid("lettered frame", path.parent.name))
    if ground.kind == "CT":
        ds.RescaleIntercept, ds.RescaleSlope = 0, 1
    if ground.window is not None:
        ds.WindowCenter, ds.WindowWidth = (f"{value:.6g}" for value in ground.window)
    bits = 8 if values.dtype == np.uint8 else 16
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME1" if ground.inverted else "MONOCHROME2"
    ds.Rows, ds.Columns = values.shape
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = bits, bits, bits - 1
    ds.PixelRepresentation = int(values.dtype.kind == "i")
    ds.PixelData = np.ascontiguousarray(values).tobytes()
    if len(ds.PixelData) % 2:
        ds.PixelData += b"\0"
    ds["PixelData"].VR = "OW" if bits == 16 else "OB"
    write_part10(path, ds)


def _fits(stack: Stack, kind: str) -> bool:
    right = stack.modality in _RADIOGRAPHS if kind == RADIOGRAPH else stack.modality == kind
    named = any(fact.code in NAMED_IN_PIXELS for fact in stack.facts)
    return right and not named and min(stack.rows, stack.columns) >= _LEAST_SIDE


def _ground(stack: Stack, index: int, kind: str) -> Ground | None:
    """None for what is no gray picture. raises as `load_pixels`"""
    pixels, instance = load_pixels(stack, index), stack.instances[index]
    values: npt.NDArray[Any] = pixels.values
    if pixels.colour is not None:
        if int(np.ptp(pixels.colour.astype(np.int16), axis=2).max()) > _GRAY:
            return None
        values = pixels.colour[..., 0]
    if np.unique(values).size < _FEWEST_VALUES or not np.isfinite(values).all():
        return None
    if values.dtype.kind == "f":
        low, high = float(values.min()), float(values.max())
        values = np.rint((values - low) * (4095 / max(high - low, 1e-6))).astype(np.int16)
    return Ground(kind=kind, values=values, inverted=instance.pixels.photometric == "MONOCHROME1")
