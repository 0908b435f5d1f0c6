"""A small chest of ellipsoids, balls and tubes as a function of patient millimetres, seen by any acquisition."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workstation.localcloud.engine.volume import CtVolume

Vector = npt.NDArray[np.float64]
MIDDLE = np.array([3.0, -140.0, -300.0])
LUNGS = ((np.array([-44.0, 0, 0]), "right"), (np.array([44.0, 0, 0]), "left"))
LUNG_AXES = np.array([34.0, 46.0, 66.0])


@dataclass(frozen=True)
class Ball:
    """`at` relative to MIDDLE, LPS mm."""

    at: tuple[float, float, float]
    diameter_mm: float
    hu: float = 40.0

    @property
    def lps(self) -> Vector:
        return MIDDLE + np.array(self.at)


@dataclass(frozen=True)
class Tube:
    start: tuple[float, float, float]
    end: tuple[float, float, float]
    diameter_mm: float


BALLS = (
    Ball((-44.0, 6.0, 20.0), 8.0),
    Ball((-52.0, -14.0, -24.0), 12.0, 90.0),
    Ball((46.0, 10.0, 4.0), 6.5, 60.0),
    Ball((40.0, -12.0, 34.0), 10.0, -600.0),
)
TUBES = (
    Tube((-60, 20, -50), (-36, 24, 50), 5.0),
    Tube((-30, -30, 10), (-62, 24, 16), 4.0),
    Tube((58, 18, -50), (52, -6, 50), 6.0),
    Tube((26, 20, -20), (62, -20, -30), 4.0),
)


def hounsfield(lps: Vector, balls: tuple[Ball, ...], tubes: tuple[Tube, ...], edge_mm: float) -> Vector:
    """HU at positions [..., 3]."""
    at = lps - MIDDLE
    body = 1 - np.hypot(at[..., 0] / 92, at[..., 1] / 64)
    hu = -1000 + np.clip(body * 60 / edge_mm + 0.5, 0, 1) * 1040
    for middle, _ in LUNGS:
        depth = (1 - np.linalg.norm((at - middle) / LUNG_AXES, axis=-1)) * LUNG_AXES.min()
        hu += np.clip(depth / edge_mm + 0.5, 0, 1) * (-860 - hu)
    for tube in tubes:
        start, way = np.array(tube.start), np.array(tube.end) - np.array(tube.start)
        along = np.clip((at - start) @ way / (way @ way), 0, 1)
        gap = np.linalg.norm(at - start - along[..., None] * way, axis=-1)
        hu += np.clip((tube.diameter_mm / 2 - gap) / edge_mm + 0.5, 0, 1) * (-20 - hu)
    for ball in balls:
        gap = np.linalg.norm(at - np.array(ball.at), axis=-1)
        hu += np.clip((ball.diameter_mm / 2 - gap) / edge_mm + 0.5, 0, 1) * (ball.hu - hu)
    return hu


def turned(degrees: float) -> Vector:
    """Turn about the patient's x axis, 3 x 3."""
    a = np.deg2rad(degrees)
    return np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])


def chest(
    balls: tuple[Ball, ...] = BALLS,
    tubes: tuple[Tube, ...] = TUBES,
    *,
    shape: tuple[int, int, int] = (64, 128, 128),
    spacing: tuple[float, float, float] = (2.5, 1.5, 1.5),
    row_cosine: tuple[float, float, float] = (1, 0, 0),
    column_cosine: tuple[float, float, float] = (0, 1, 0),
    oblique_deg: float = 0.0,
) -> CtVolume:
    """The chest in one acquisition; its middle is the volume's middle."""
    turn = turned(oblique_deg)
    row, column = turn @ np.array(row_cosine, float), turn @ np.array(column_cosine, float)
    normal = np.cross(row, column)
    normal *= np.sign(normal[2])
    steps = np.stack([normal, column, row]) * np.array(spacing)[:, None]
    origin = MIDDLE - (np.array(shape) - 1) / 2 @ steps
    index = np.stack(np.meshgrid(*(np.arange(n) for n in shape), indexing="ij"), axis=-1)
    hu = hounsfield(origin + index @ steps, balls, tubes, spacing[1])
    hu += np.random.default_rng(7).normal(0, 12, shape)
    return CtVolume(
        hu=np.rint(np.clip(hu, -1024, 3071)).astype(np.int16),
        spacing_mm=spacing,
        positions_mm=origin + np.arange(shape[0])[:, None] * steps[0],
        row_cosine=row,
        column_cosine=column,
        series_uid="1.2.3",
        sop_instance_uids=tuple(f"1.2.3.{number}" for number in range(1, shape[0] + 1)),
    )


def as_files(volume: CtVolume, **changes: object) -> list[bytes]:
    """The volume as CT files, lowest slice first; `changes` are DICOM keywords set in every one."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

    files = []
    for number, (plane, position) in enumerate(zip(volume.hu, volume.positions_mm, strict=True)):
        ds = Dataset()
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = CTImageStorage
        ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = volume.sop_instance_uids[number]
        ds.Modality, ds.SeriesInstanceUID = "CT", volume.series_uid
        ds.Rows, ds.Columns = plane.shape
        ds.PixelSpacing = [volume.spacing_mm[1], volume.spacing_mm[2]]
        ds.ImagePositionPatient = [f"{v:.10g}" for v in position]
        ds.ImageOrientationPatient = [f"{v:.10g}" for v in (*volume.row_cosine, *volume.column_cosine)]
        ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
        ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
        ds.RescaleIntercept, ds.RescaleSlope = "-1024", "1"
        ds.PixelData = (plane.astype(np.int32) + 1024).astype("<u2").tobytes()
        ds["PixelData"].VR = "OW"
        for keyword, value in changes.items():
            setattr(ds, keyword, value)
        buffer = io.BytesIO()
        ds.save_as(buffer, enforce_file_format=True)
        files.append(buffer.getvalue())
    return files
