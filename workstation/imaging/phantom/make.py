"""Our own test studies: analytic patients, written as a scanner would, with the truth beside them."""

from __future__ import annotations

import hashlib
import json
import math
import multiprocessing
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import astuple, dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.geometry import Geometry, Vector, cross
from workstation.domain.words import Words, say
from workstation.domain.work import CancelToken, Progress, Reporter, silent
from workstation.imaging.phantom.chest import CENTER, Chest, Fracture, GreatVessel, Nodule, great_vessels, make_chest
from workstation.imaging.phantom.header import made_uid, series_header, set_slice, study_uid
from workstation.imaging.phantom.paint import SlicePatch
from workstation.imaging.phantom.pose import AS_FIRST, FOLLOW_UP, Pose
from workstation.imaging.upload.write import decimal, make_folder, write_part10, write_whole

CALCIUM_CT: Final = "chest-ct-calcium"
FRACTURE_CT: Final = "chest-ct-fractures"
KINDS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "chest-ct": say("Chest CT with lung nodules"),
        CALCIUM_CT: say("Chest CT with calcium of the heart"),
        FRACTURE_CT: say("Chest CT with rib fractures"),
    }
)
NOISE_HU: Final = 15.0
FIELD_MM: Final = 369.0
_PADDING: Final = -2000  # outside the scanner's circle, signed series only
_ALONE: Final = 8_000_000  # up to so many voxels further processes don't pay


@dataclass(frozen=True, slots=True, kw_only=True)
class PhantomOptions:
    """How the patient is scanned. The patient, in millimetres, depends on the seed and the number of nodules only.

    size             rows and columns
    spacing_mm       between slices, which are as thick
    pixel_mm         between rows, between columns; None: 369 mm across the picture
    feet_first       the patient lay the other way: PatientPosition FFS, table positions run the other way
    reversed_order   instance numbers run from feet to head (head to feet without)
    shuffled         instance numbers and file names in random order
    flip_rows, flip_columns  pictures stored upside down, mirrored; the header says so
    oblique_deg      angle of the slices off the axial plane
    tilt_deg         angle of the gantry: slices turned about the left-right axis, while the table moves on to the head
    signed           16-bit signed values that are HU, -2000 outside the circle; else 12 bit unsigned, intercept -1024
    missing          canonical indices of slices that are not written
    copies           canonical indices of slices stored twice, byte for byte
    follow_up        the same patient half a year later, lying otherwise: shifted and turned (`pose.FOLLOW_UP`)
    repeats          canonical indices of slices stored twice, the second time under another SOP instance UID
    charset          of the header
    """

    slices: int = 120
    size: int = 512
    spacing_mm: float = 2.5
    pixel_mm: tuple[float, float] | None = None
    nodules: int = 6
    feet_first: bool = False
    reversed_order: bool = False
    shuffled: bool = False
    flip_rows: bool = False
    flip_columns: bool = False
    oblique_deg: float = 0.0
    tilt_deg: float = 0.0
    signed: bool = False
    missing: tuple[int, ...] = ()
    copies: tuple[int, ...] = ()
    repeats: tuple[int, ...] = ()
    charset: str = "GB18030"
    follow_up: bool = False

    @property
    def pose(self) -> Pose:
        return FOLLOW_UP if self.follow_up else AS_FIRST


@dataclass(frozen=True, slots=True, kw_only=True)
class PhantomNodule:
    """A nodule as drawn: patient LPS mm, and its fractional (slice, row, column) in the written series."""

    center_mm: Vector
    diameter_mm: float
    hu: float
    index: tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhantomFracture:
    """A fracture as drawn: the ball across the rib, like a nodule; `rib` and `segment` as in `chest.Fracture`."""

    center_mm: Vector
    diameter_mm: float
    rib: str
    segment: int
    index: tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PhantomTruth:
    """What was written. `files` and `pixel_sha256` in canonical order, one for each distinct slice.

    pose  how the patient lies; all places are those of this scan
    """

    kind: str
    seed: int
    folder: Path
    study_uid: str
    series_uid: str
    geometry: Geometry
    files: tuple[Path, ...]
    pixel_sha256: tuple[str, ...]
    nodules: tuple[PhantomNodule, ...]
    calcium: tuple[PhantomNodule, ...]
    fractures: tuple[PhantomFracture, ...]
    vessels: tuple[GreatVessel, ...]
    pose: Pose = AS_FIRST


def make_phantom(
    kind: str,
    out: Path,
    seed: int = 1,
    options: PhantomOptions | None = None,
    reporter: Reporter = silent,
    cancel: CancelToken | None = None,
) -> PhantomTruth:
    """Write one study into a folder (made if it is not there), and `truth.json` beside the slices.

    raises BAD_PARAMETER (no such kind, no slices), CANNOT_WRITE, NO_SPACE, Cancelled
    """
    scan, cancel = options or PhantomOptions(), cancel or CancelToken()
    if kind not in KINDS:
        raise WorkstationError(ErrorCode.BAD_PARAMETER, name="kind", value=kind, allowed=", ".join(KINDS))
    kept = [index for index in range(scan.slices) if index not in scan.missing]
    if not kept or scan.size < 16:
        raise WorkstationError(ErrorCode.BAD_PARAMETER, name="slices", value=len(kept), allowed="≥ 1 (≥ 16 × 16)")
    make_folder(out)
    geometry = _geometry(scan, kept)
    patient = make_chest(seed, scan.nodules, calcium=kind == CALCIUM_CT, fractures=kind == FRACTURE_CT)
    chest = _within(patient, geometry, scan)
    numbers = _instance_numbers(scan, len(kept), seed)
    draw = partial(_write_slice, chest, scan, seed, geometry, kept, numbers, out)
    digests: dict[int, str] = {}
    for place, digest in _all_slices(draw, len(kept), scan.size * scan.size, cancel):
        digests[place] = digest
        reporter(Progress(len(digests), len(kept), say("Drawing the phantom")))
    truth = PhantomTruth(
        kind=kind,
        seed=seed,
        folder=out,
        study_uid=study_uid(seed, follow_up=scan.follow_up),
        series_uid=_series_uid(seed, scan),
        geometry=geometry,
        files=tuple(out / _file_name(number) for number in numbers),
        pixel_sha256=tuple(digests[place] for place in range(len(kept))),
        nodules=tuple(_found(nodule, geometry, scan.pose) for nodule in chest.nodules),
        calcium=tuple(_found(ball, geometry, scan.pose) for ball in chest.calcium),
        fractures=tuple(_broken(fracture, geometry, scan.pose) for fracture in chest.fractures),
        vessels=tuple(
            replace(vessel, points=tuple(scan.pose.place(at) for at in vessel.points)) for vessel in great_vessels()
        ),
        pose=scan.pose,
    )
    write_whole(out / "truth.json", [(json.dumps(_as_json(truth), indent=1) + "\n").encode()])
    return truth


def _axes(scan: PhantomOptions) -> tuple[Vector, Vector, Vector]:
    """Row cosine, column cosine, and the normal from feet to head."""
    # Neither picture axis stays as it was in an oblique study; a gantry only turns about the row's.
    angle, turn = (
        (math.radians(scan.tilt_deg), 0.0) if scan.tilt_deg else (math.radians(scan.oblique_deg), math.atan2(0.5, 1.0))
    )
    axis = np.array([math.cos(turn), math.sin(turn), 0.0])

    def turned(vector: Vector) -> npt.NDArray[np.float64]:
        v = np.array(vector)
        around: npt.NDArray[np.float64] = np.array(cross((axis[0], axis[1], axis[2]), vector))
        return np.asarray(v * math.cos(angle) + around * math.sin(angle) + axis * (axis @ v) * (1 - math.cos(angle)))

    def vector(values: npt.NDArray[np.float64]) -> Vector:
        return (float(values[0]) + 0.0, float(values[1]) + 0.0, float(values[2]) + 0.0)

    row, column, normal = turned((1, 0, 0)), turned((0, 1, 0)), turned((0, 0, 1))
    return (
        vector(-row if scan.flip_columns else row),
        vector(-column if scan.flip_rows else column),
        vector(normal),
    )


def _geometry(scan: PhantomOptions, kept: list[int]) -> Geometry:
    """Where the written slices lie, in the decimals that the header can hold."""
    row, column, normal = _axes(scan)
    pixel = scan.pixel_mm or (FIELD_MM / scan.size, FIELD_MM / scan.size)
    half = (scan.size - 1) / 2
    corner = np.array(CENTER) - half * pixel[0] * np.array(column) - half * pixel[1] * np.array(row)
    along = (np.array(kept, np.float64) - (scan.slices - 1) / 2) * scan.spacing_mm
    way = np.array((0.0, 0.0, 1.0) if scan.tilt_deg else normal)
    positions = np.round(corner + along[:, None] * way, 6)
    return Geometry(
        positions=positions,
        row_cosine=row,
        column_cosine=column,
        spacing=(float(decimal(pixel[0])), float(decimal(pixel[1]))),
        rows=scan.size,
        columns=scan.size,
        thickness=scan.spacing_mm,
    )


def _within(chest: Chest, geometry: Geometry, scan: PhantomOptions) -> Chest:
    """The patient without the nodules, calcium and fractures that the slices would cut off or not reach."""

    def whole(nodule: Nodule | Fracture) -> bool:
        center = scan.pose.place(nodule.center)
        offset = float(np.array(center) @ np.array(geometry.normal))
        room = nodule.diameter_mm / 2 - scan.spacing_mm / 2
        row, column = (float(v) for v in geometry.to_index(center)[1:])
        inside = 0 <= row < geometry.rows and 0 <= column < geometry.columns
        return inside and bool(geometry.offsets[0] + room <= offset <= geometry.offsets[-1] - room)

    return replace(
        chest,
        nodules=tuple(filter(whole, chest.nodules)),
        calcium=tuple(filter(whole, chest.calcium)),
        fractures=tuple(filter(whole, chest.fractures)),
    )


def _instance_numbers(scan: PhantomOptions, count: int, seed: int) -> list[int]:
    """Instance number of each slice in canonical order: head first, as chests are scanned."""
    numbers = list(range(1, count + 1))
    if scan.shuffled:
        return [int(n) for n in np.random.default_rng([seed, 31]).permutation(numbers)]
    return numbers if scan.reversed_order != scan.feet_first else numbers[::-1]


def _file_name(number: int) -> str:
    return f"IM{number:05d}.dcm"


def _series_uid(seed: int, scan: PhantomOptions) -> str:
    return made_uid("series", seed, *astuple(scan))


def _all_slices(draw: partial[str], count: int, voxels: int, cancel: CancelToken) -> Iterator[tuple[int, str]]:
    """Draw every slice, in further processes where that pays; yields (canonical index, digest) as they are done."""
    workers = min(count, os.cpu_count() or 1, 8)
    if workers == 1 or count * voxels <= _ALONE:
        for place in range(count):
            cancel.check()
            yield place, draw(place)
        return
    # spawn: a forked child of a program with threads may hang
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting: dict[Future[str], int] = {pool.submit(draw, place): place for place in range(count)}
        try:
            for done in as_completed(waiting):
                cancel.check()
                yield waiting[done], done.result()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _write_slice(
    chest: Chest,
    scan: PhantomOptions,
    seed: int,
    geometry: Geometry,
    kept: list[int],
    numbers: list[int],
    out: Path,
    place: int,
) -> str:
    """Draw and write the slice at one canonical place; returns the digest of its pixel bytes."""
    from pydicom.tag import Tag

    series_uid = _series_uid(seed, scan)
    pixels = _stored(chest, scan, seed, geometry, kept[place], place)
    raw = pixels.tobytes()
    ds = series_header(seed, series_uid, scan.charset, follow_up=scan.follow_up)
    ds.PatientPosition = "FFS" if scan.feet_first else "HFS"
    ds.ImageOrientationPatient = [decimal(v) for v in (*geometry.row_cosine, *geometry.column_cosine)]
    ds.PixelSpacing = [decimal(v) for v in geometry.spacing]
    ds.SliceThickness = decimal(scan.spacing_mm)
    ds.GantryDetectorTilt = decimal(scan.tilt_deg)
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored = 16, 16 if scan.signed else 12
    ds.HighBit, ds.PixelRepresentation = ds.BitsStored - 1, int(scan.signed)
    if scan.signed:
        ds.add_new(Tag("PixelPaddingValue"), "SS", _PADDING)
    ds.WindowCenter, ds.WindowWidth = ["-600", "40"], ["1500", "400"]
    ds.WindowCenterWidthExplanation = ["LUNG", "MEDIASTINUM"]
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = "0" if scan.signed else "-1024", "1", "HU"
    x, y, z = (float(value) for value in geometry.positions[place])
    fill = partial(
        set_slice,
        ds,
        position=(x, y, z),
        location=-z if scan.feet_first else z,
        pixels=raw,
        shape=(scan.size, scan.size),
    )
    fill(uid=made_uid(series_uid, kept[place]), number=numbers[place])
    write_part10(out / _file_name(numbers[place]), ds)
    if kept[place] in scan.copies:
        write_part10(out / f"copy-of-{_file_name(numbers[place])}", ds)
    if kept[place] in scan.repeats:
        fill(uid=made_uid(series_uid, kept[place], "again"), number=len(kept) + 1 + place)
        write_part10(out / f"again-{_file_name(numbers[place])}", ds)
    return hashlib.sha256(raw).hexdigest()


def _stored(
    chest: Chest, scan: PhantomOptions, seed: int, geometry: Geometry, index: int, place: int
) -> npt.NDArray[np.uint16] | npt.NDArray[np.int16]:
    """Stored values [row, column] of one slice, noise included."""
    x, y, z = (float(a) - b for a, b in zip(geometry.positions[place], CENTER, strict=True))
    patch = SlicePatch(
        origin=(x, y, z),
        row_cosine=geometry.row_cosine,
        column_cosine=geometry.column_cosine,
        normal=geometry.normal,
        spacing=geometry.spacing,
        rows=geometry.rows,
        columns=geometry.columns,
        thickness=scan.spacing_mm,
    )
    hu = chest.hu(scan.pose.in_patient(patch))
    hu += _noise(hu.shape, np.random.default_rng([seed, 42 if scan.follow_up else 41, index]))
    if not scan.signed:
        unsigned: npt.NDArray[np.uint16] = np.clip(np.rint(hu) + 1024, 0, 4095).astype("<u2")
        return unsigned
    values: npt.NDArray[np.int16] = np.clip(np.rint(hu), -1024, 3071).astype("<i2")
    middle = (scan.size - 1) / 2
    away = np.hypot(*np.ogrid[-middle : middle + 1, -middle : middle + 1])
    values[away > scan.size / 2] = _PADDING
    return values


def _noise(shape: tuple[int, ...], rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Noise of NOISE_HU with the short correlation that a reconstruction kernel leaves (weights 1 2 1 both ways)."""
    grain = rng.standard_normal((shape[0] + 2, shape[1] + 2), dtype=np.float32)
    for _ in range(2):
        grain = grain[1:] + grain[:-1]
        grain = grain[:, 1:] + grain[:, :-1]
    grain *= np.float32(NOISE_HU / 6)  # the weights' root of squares: 6
    return grain


def _found(nodule: Nodule, geometry: Geometry, pose: Pose) -> PhantomNodule:
    center = pose.place(nodule.center)
    index = geometry.to_index(center)
    return PhantomNodule(
        center_mm=center,
        diameter_mm=nodule.diameter_mm,
        hu=nodule.hu,
        index=(float(index[0]), float(index[1]), float(index[2])),
    )


def _broken(fracture: Fracture, geometry: Geometry, pose: Pose) -> PhantomFracture:
    center = pose.place(fracture.center)
    index = geometry.to_index(center)
    return PhantomFracture(
        center_mm=center,
        diameter_mm=fracture.diameter_mm,
        rib=fracture.rib,
        segment=fracture.segment,
        index=(float(index[0]), float(index[1]), float(index[2])),
    )


def _as_json(truth: PhantomTruth) -> dict[str, object]:
    return {
        "schema": "yingtai-phantom/1",
        "kind": truth.kind,
        "seed": truth.seed,
        "series_uid": truth.series_uid,
        "slices": truth.geometry.slices,
        "spacing_mm": list(truth.geometry.spacing_zyx),
        "origin_lps_mm": truth.geometry.positions[0].tolist(),
        "pixel_sha256": list(truth.pixel_sha256),
        "pose": truth.pose.matrix().tolist(),
        "nodules": [_ball_json(nodule) for nodule in truth.nodules],
        "calcium": [_ball_json(ball) for ball in truth.calcium],
        "fractures": [
            {
                "center_mm": list(fracture.center_mm),
                "diameter_mm": fracture.diameter_mm,
                "rib": fracture.rib,
                "segment": fracture.segment,
                "index": [round(value, 4) for value in fracture.index],
            }
            for fracture in truth.fractures
        ],
        "vessels": [
            {"name": vessel.name, "radius_mm": vessel.radius_mm, "points_mm": [list(at) for at in vessel.points]}
            for vessel in truth.vessels
        ],
    }


def _ball_json(ball: PhantomNodule) -> dict[str, object]:
    return {
        "center_mm": list(ball.center_mm),
        "diameter_mm": ball.diameter_mm,
        "hu": ball.hu,
        "index": [round(value, 4) for value in ball.index],
    }
