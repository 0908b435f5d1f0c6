"""A sagittal T2 series of an invented lumbar spine, written as a scanner would, with the truth beside it.

Vertebrae and discs follow a lordotic curve from T11 to S1; in the middle of each vertebra is a small bright spot, as
the vein there is. All is laid out in millimetres around CENTER (patient axes LPS), so that another acquisition of the
same seed sees the same patient.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields, replace
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.geometry import Geometry, Vector, cross
from workstation.domain.words import Words, say
from workstation.domain.work import CancelToken, Progress, Reporter, silent
from workstation.imaging.phantom.header import made_uid, series_header, set_slice
from workstation.imaging.phantom.make import PhantomOptions
from workstation.imaging.phantom.paint import SlicePatch, paint_ball
from workstation.imaging.upload.write import decimal, make_folder, write_part10, write_whole

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

Plane = npt.NDArray[np.float32]
KINDS: Final[Mapping[str, Words]] = MappingProxyType({"spine-mr": say("Sagittal T2 MR of a lumbar spine")})
USUAL: Final = PhantomOptions(slices=21, size=320, spacing_mm=4.0, nodules=0)
FIELD_MM: Final = 300.0
CENTER: Final[Vector] = (4.0, -20.0, -60.0)  # on the middle of L2, LPS mm
LEVELS: Final = ("T11", "T12", "L1", "L2", "L3", "L4", "L5", "S1")
SPOT: Final = 1400.0  # nothing else is as bright
SPOT_MM: Final = 5.0
NOISE: Final = 12.0
_STEP_MM: Final = 34.0  # from vertebra to vertebra
_HALF_BODY_MM: Final = (24.0, 17.0, 13.0)  # across, from front to back, along
_TISSUE: Final = 160.0
_BONE: Final = 420.0
_FLUID: Final = 950.0
_DISCS: Final[Mapping[str, float]] = MappingProxyType({"v1": 640.0, "v2": 250.0, "v2,v3": 230.0, "v2,v5": 210.0})
_MR_IMAGE_STORAGE: Final = "1.2.840.10008.5.1.4.1.1.4"
_OF_CT: Final = (
    "KVP", "ScanOptions", "DataCollectionDiameter", "GantryDetectorTilt", "TableHeight", "RotationDirection",
    "ExposureTime", "XRayTubeCurrent", "Exposure", "FilterType", "ConvolutionKernel", "ReconstructionDiameter",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SpineLevel:
    """A vertebra or a disc: the middle of it in patient LPS mm and as (slice, row, column) of the series."""

    level: str
    state: str
    center_mm: Vector
    index: tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpineTruth:
    """What was written. `files` and `pixel_sha256` in canonical order; levels from head to foot."""

    geometry: Geometry
    files: tuple[Path, ...]
    pixel_sha256: tuple[str, ...]
    vertebrae: tuple[SpineLevel, ...]
    discs: tuple[SpineLevel, ...]


def as_asked(options: PhantomOptions) -> PhantomOptions:
    """What differs from an ordinary chest was asked for; the rest is as usual for a spine."""
    chest = PhantomOptions()
    asked = {f.name: getattr(options, f.name) for f in fields(options)}
    return replace(USUAL, **{name: value for name, value in asked.items() if value != getattr(chest, name)})


def make_spine(
    out: Path,
    seed: int = 1,
    options: PhantomOptions = USUAL,
    reporter: Reporter = silent,
    cancel: CancelToken | None = None,
) -> SpineTruth:
    """Write one series into a folder (made if it is not there), and `truth.json` beside the slices.

    raises CANNOT_WRITE, NO_SPACE, Cancelled
    """
    cancel = cancel or CancelToken()
    make_folder(out)
    geometry, states = _geometry(options), _states(seed)
    numbers = _instance_numbers(options, seed)
    series_uid = made_uid("spine", seed, *astuple(options))
    files, digests = [], []
    for place in range(options.slices):
        cancel.check()
        raw = _stored(geometry, states, options, seed, place).tobytes()
        ds = _header(seed, series_uid, options, geometry)
        x, y, z = (float(value) for value in geometry.positions[place])
        set_slice(
            ds,
            uid=made_uid(series_uid, place),
            number=numbers[place],
            position=(x, y, z),
            location=-x if options.feet_first else x,
            pixels=raw,
            shape=(geometry.rows, geometry.columns),
        )
        files.append(out / f"IM{numbers[place]:05d}.dcm")
        write_part10(files[-1], ds)
        digests.append(hashlib.sha256(raw).hexdigest())
        reporter(Progress(place + 1, options.slices, say("Drawing the phantom")))
    vertebrae = tuple(_level(level, states[level], at, geometry) for level, at in zip(LEVELS, _middles(), strict=True))
    discs = tuple(
        _level(f"{upper}-{lower}", states[f"{upper}-{lower}"], _between(k), geometry)
        for k, (upper, lower) in enumerate(pairwise(LEVELS))
    )
    truth = SpineTruth(
        geometry=geometry, files=tuple(files), pixel_sha256=tuple(digests), vertebrae=vertebrae, discs=discs
    )
    write_whole(out / "truth.json", [(json.dumps(_as_json(truth, seed), indent=1) + "\n").encode()])
    return truth


def _front_to_back(z: npt.NDArray[np.float64] | Plane) -> npt.NDArray[np.float64]:
    """The curve of the spine: y of its middle at a height, relative to CENTER, mm."""
    curve: npt.NDArray[np.float64] = 16 * ((np.asarray(z, np.float64) + 30) / 130) ** 2  # no mirror image of itself
    return curve


def _height(k: float) -> float:
    """Height of vertebra k, relative to CENTER, mm; halves are discs."""
    return ((len(LEVELS) - 1) / 2 - k) * _STEP_MM


def _middles() -> tuple[Vector, ...]:
    return tuple((0.0, float(_front_to_back(np.array(_height(k)))), _height(k)) for k in range(len(LEVELS)))


def _between(k: int) -> Vector:
    z = _height(k + 0.5)
    return (0.0, float(_front_to_back(np.array(z))), z)


def _states(seed: int) -> dict[str, str]:
    """What each level is drawn as, in the words of the service."""
    rng = np.random.default_rng([seed, 51])
    discs = {f"{a}-{b}": str(rng.choice(list(_DISCS))) for a, b in pairwise(LEVELS)}
    return discs | {level: str(rng.choice(["v1", "v1", "v2"])) for level in LEVELS}


def _level(level: str, state: str, at: Vector, geometry: Geometry) -> SpineLevel:
    center = (at[0] + CENTER[0], at[1] + CENTER[1], at[2] + CENTER[2])
    slice_, row, column = (float(value) for value in geometry.to_index(np.array(center)))
    return SpineLevel(level=level, state=state, center_mm=center, index=(slice_, row, column))


def _geometry(scan: PhantomOptions) -> Geometry:
    """Sagittal slices from the patient's right to the left, in the decimals that the header can hold."""
    angle, turn = math.radians(scan.oblique_deg), math.atan2(0.5, 1.0)
    axis = np.array([0.0, math.sin(turn), math.cos(turn)])  # no picture axis stays as it was

    def turned(vector: Vector) -> npt.NDArray[np.float64]:
        v, around = np.array(vector), np.array(cross((float(axis[0]), float(axis[1]), float(axis[2])), vector))
        return np.asarray(v * math.cos(angle) + around * math.sin(angle) + axis * (axis @ v) * (1 - math.cos(angle)))

    row = turned((0, -1, 0) if scan.flip_columns else (0, 1, 0))
    column = turned((0, 0, 1) if scan.flip_rows else (0, 0, -1))
    normal = turned((1, 0, 0))
    pixel = scan.pixel_mm or (FIELD_MM / scan.size, FIELD_MM / scan.size)
    half = (scan.size - 1) / 2
    corner = np.array(CENTER) - half * pixel[0] * column - half * pixel[1] * row
    along = (np.arange(scan.slices) - scan.slices // 2) * scan.spacing_mm  # the middle slice is the patient's
    return Geometry(
        positions=np.round(corner + along[:, None] * normal, 6),
        row_cosine=_vector(row),
        column_cosine=_vector(column),
        spacing=(float(decimal(pixel[0])), float(decimal(pixel[1]))),
        rows=scan.size,
        columns=scan.size,
        thickness=scan.spacing_mm,
    )


def _vector(values: npt.NDArray[np.float64]) -> Vector:
    return (float(values[0]) + 0.0, float(values[1]) + 0.0, float(values[2]) + 0.0)


def _instance_numbers(scan: PhantomOptions, seed: int) -> list[int]:
    """Instance number of each slice in canonical order: from the patient's right."""
    numbers = list(range(1, scan.slices + 1))
    if scan.shuffled:
        return [int(n) for n in np.random.default_rng([seed, 52]).permutation(numbers)]
    return numbers[::-1] if scan.reversed_order else numbers


def _signal(patch: SlicePatch, states: Mapping[str, str]) -> Plane:
    """Brightness [row, column] of one slice, without noise."""
    x, y, z = patch.grid()
    signal: Plane = np.zeros((patch.rows, patch.columns), np.float32)
    signal += np.where((x / 150) ** 2 + ((y - 20) / 110) ** 2 < 1, _TISSUE, 0.0).astype(np.float32)
    back = (y - _front_to_back(z)).astype(np.float32)
    place = (len(LEVELS) - 1) / 2 - z / np.float32(_STEP_MM)  # 0 in the middle of the first vertebra
    across, front, along = _HALF_BODY_MM
    column = (np.abs(x) < across) & (np.abs(back) < front) & (place > -0.4) & (place < len(LEVELS) - 0.6)
    nearest = np.clip(np.rint(place), 0, len(LEVELS) - 1)
    bone = np.abs(place - nearest) * _STEP_MM < along
    gray = np.array([_DISCS[states[f"{a}-{b}"]] for a, b in pairwise(LEVELS)], np.float32)
    upper = np.clip(np.floor(place), 0, len(gray) - 1).astype(np.intp)
    signal[:] = np.where(column, np.where(bone, np.float32(_BONE), gray[upper]), signal)
    signal[:] = np.where((np.abs(x) < 12) & (back > front + 4) & (back < front + 18), np.float32(_FLUID), signal)
    for middle in _middles():
        paint_ball(signal, patch, middle, SPOT_MM / 2, SPOT)
    return signal


def _stored(
    geometry: Geometry, states: Mapping[str, str], scan: PhantomOptions, seed: int, place: int
) -> npt.NDArray[np.uint16] | npt.NDArray[np.int16]:
    x, y, z = (float(a) - b for a, b in zip(geometry.positions[place], CENTER, strict=True))
    patch = SlicePatch(
        origin=(x, y, z),
        row_cosine=geometry.row_cosine,
        column_cosine=geometry.column_cosine,
        normal=geometry.normal,
        spacing=geometry.spacing,
        rows=geometry.rows,
        columns=geometry.columns,
        thickness=1.0,  # thinner than the gap, as a spot would drown in four millimetres
    )
    signal = _signal(patch, states)
    signal += np.random.default_rng([seed, 53, place]).standard_normal(signal.shape, np.float32) * np.float32(NOISE)
    values = np.clip(np.rint(signal), 0, 4095)
    if scan.signed:
        signed: npt.NDArray[np.int16] = values.astype("<i2")
        return signed
    unsigned: npt.NDArray[np.uint16] = values.astype("<u2")
    return unsigned


def _header(seed: int, series_uid: str, scan: PhantomOptions, geometry: Geometry) -> Dataset:
    from pydicom.uid import UID

    ds = series_header(seed, series_uid, scan.charset)
    for name in _OF_CT:
        if name in ds:
            delattr(ds, name)
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = UID(_MR_IMAGE_STORAGE)
    ds.Modality, ds.BodyPartExamined, ds.ImageType = "MR", "LSPINE", ["ORIGINAL", "PRIMARY", "M", "SE"]
    ds.StudyDescription = ds.ProtocolName = "腰椎MR平扫"
    ds.SeriesDescription = "T2 TSE SAG"
    ds.ManufacturerModelName = "Spine 1"
    ds.ScanningSequence, ds.SequenceVariant, ds.MRAcquisitionType = "SE", "SK", "2D"
    ds.RepetitionTime, ds.EchoTime, ds.EchoTrainLength = "3500", "100", "15"
    ds.PatientPosition = "FFS" if scan.feet_first else "HFS"
    ds.ImageOrientationPatient = [decimal(v) for v in (*geometry.row_cosine, *geometry.column_cosine)]
    ds.PixelSpacing = [decimal(v) for v in geometry.spacing]
    ds.SliceThickness = ds.SpacingBetweenSlices = decimal(scan.spacing_mm)
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored = 16, 16 if scan.signed else 12
    ds.HighBit, ds.PixelRepresentation = ds.BitsStored - 1, int(scan.signed)
    ds.WindowCenter, ds.WindowWidth = "450", "900"
    return ds


def _as_json(truth: SpineTruth, seed: int) -> dict[str, object]:
    def levels(of: tuple[SpineLevel, ...]) -> list[dict[str, object]]:
        return [
            {
                "level": one.level,
                "state": one.state,
                "center_mm": [round(value, 6) for value in one.center_mm],
                "index": [round(value, 4) for value in one.index],
            }
            for one in of
        ]

    return {
        "schema": "yingtai-phantom/1",
        "kind": "spine-mr",
        "seed": seed,
        "slices": truth.geometry.slices,
        "spacing_mm": list(truth.geometry.spacing_zyx),
        "origin_lps_mm": truth.geometry.positions[0].tolist(),
        "pixel_sha256": list(truth.pixel_sha256),
        "vertebrae": levels(truth.vertebrae),
        "discs": levels(truth.discs),
    }
