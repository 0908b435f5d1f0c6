"""Read the files of one CT series into a volume, independently of the client that sent them.

Words and axes: array `[slice, row, column]`, slices ascending along the normal of the image plane, the normal turned so
that its largest component is positive (an axial stack runs from the feet to the head).  Positions are patient LPS
millimetres of pixel centers (DICOM PS3.3 C.7.6.2).
"""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from workstation.localcloud.engine.asked import BadInput

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

AIR_HU = -1024
STEP_TOLERANCE = 0.02  # of the median step
SAME_POSITION_MM = 0.01
COSINE_TOLERANCE = 1e-3
LEAST_SIDE, MOST_SIDE = 16, 8192  # rows or columns; a header may claim more than there is memory for
JPEG_LOSSLESS = {"1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70"}  # the open pydicom plug-ins leave these out
# What parsers and codecs raise on damaged bytes; the job must then end with a reason, not with a traceback.
FOREIGN_BYTES = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CtVolume:
    """One CT series.

    hu               int16 [slice, row, column], Hounsfield units, padding set to air
    spacing_mm       between slices (along the normal), rows, columns
    positions_mm     float64 [slice, 3], LPS position of the first pixel of each slice
    row_cosine       the way the column index grows, LPS
    column_cosine    the way the row index grows, LPS
    sop_instance_uids, pixel_sha256   one per slice; the digest is of the Pixel Data value as it was sent
    """

    hu: npt.NDArray[np.int16]
    spacing_mm: tuple[float, float, float]
    positions_mm: npt.NDArray[np.float64]
    row_cosine: npt.NDArray[np.float64]
    column_cosine: npt.NDArray[np.float64]
    series_uid: str = ""
    sop_instance_uids: tuple[str, ...] = ()
    pixel_sha256: tuple[str, ...] = ()

    @property
    def axes_lps(self) -> npt.NDArray[np.float64]:
        """float64 [3, 3]: the LPS directions in which the slice, row and column index grow."""
        return np.stack([ascending_normal(self.row_cosine, self.column_cosine), self.column_cosine, self.row_cosine])

    def to_lps(self, index: Sequence[float]) -> npt.NDArray[np.float64]:
        """LPS mm of a fractional index (slice, row, column); slices between two positions are interpolated."""
        at = float(np.clip(index[0], 0, len(self.positions_mm) - 1))
        low = min(int(at), max(len(self.positions_mm) - 2, 0))
        high = min(low + 1, len(self.positions_mm) - 1)
        first = self.positions_mm[low] + (at - low) * (self.positions_mm[high] - self.positions_mm[low])
        lps: npt.NDArray[np.float64] = (
            first
            + index[1] * self.spacing_mm[1] * self.column_cosine
            + index[2] * self.spacing_mm[2] * self.row_cosine
            + (index[0] - at) * self.spacing_mm[0] * self.axes_lps[0]
        )
        return lps


def ascending_normal(
    row_cosine: npt.NDArray[np.float64], column_cosine: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Normal of the image plane, turned so that its largest component is positive."""
    normal = np.cross(row_cosine, column_cosine)
    normal = normal / np.linalg.norm(normal)
    turned: npt.NDArray[np.float64] = normal if normal[np.argmax(np.abs(normal))] > 0 else -normal
    return turned


AXIAL, SAGITTAL = 2, 0  # the patient axis that the slices follow
PLANES = {AXIAL: "axial", SAGITTAL: "sagittal"}


def read_series(
    files: Sequence[bytes | Path], *, least: int = 20, most: int = 600, modality: str = "CT", plane: int = AXIAL
) -> CtVolume:
    """Read all files of one series, axial CT unless it is said otherwise, in any order, compressed or not.

    raises BadInput with the documents' codes: 422 nothing there, 423 not DICOM, 424 several series, 425 not axial,
           426 too few, InvalidParameter.TooLarge too many, InvalidParameter.Unsuitable another modality or plane, or no
           regular stack,
           InvalidImage.Content damaged pixels, InvalidImage.Resolution matrices of different, no or monstrous size
    """
    if not files:
        raise BadInput("422", "no files")
    headers = [_read(file) for file in files]
    _check_one_series(headers, modality)
    if len(headers) < least:
        raise BadInput("426", f"{len(headers)} frames, at least {least} are needed")
    if len(headers) > most:
        raise BadInput("InvalidParameter.TooLarge", f"{len(headers)} frames, at most {most} are allowed")
    row_cosine, column_cosine = _orientation(headers, plane)
    normal = ascending_normal(row_cosine, column_cosine)
    positions = np.array([_numbers(ds, "ImagePositionPatient", 3) for ds in headers])
    order = np.argsort(positions @ normal, kind="stable")
    step = _step(positions[order] @ normal)
    headers = [headers[i] for i in order]
    hu = np.empty((len(headers), int(headers[0].Rows), int(headers[0].Columns)), np.int16)
    digests = []
    for number, ds in enumerate(headers):
        digests.append(hashlib.sha256(ds.PixelData).hexdigest())
        hu[number] = _hounsfield(ds)
        del ds.PixelData  # one decoded copy is enough
    return CtVolume(
        hu=hu,
        spacing_mm=(step, float(headers[0].PixelSpacing[0]), float(headers[0].PixelSpacing[1])),
        positions_mm=positions[order],
        row_cosine=row_cosine,
        column_cosine=column_cosine,
        series_uid=str(headers[0].get("SeriesInstanceUID", "")),
        sop_instance_uids=tuple(str(ds.get("SOPInstanceUID", "")) for ds in headers),
        pixel_sha256=tuple(digests),
    )


def _read(file: bytes | Path) -> Dataset:
    from pydicom import dcmread
    from pydicom.errors import InvalidDicomError

    source = io.BytesIO(file) if isinstance(file, bytes) else file
    if (len(file) if isinstance(file, bytes) else file.stat().st_size) == 0:
        raise BadInput("422", "an empty file")
    try:
        ds = dcmread(source)
        rows, columns = int(ds.get("Rows") or 0), int(ds.get("Columns") or 0)
        one_gray = int(ds.get("SamplesPerPixel") or 1) == 1 == int(ds.get("NumberOfFrames") or 1)
    except InvalidDicomError:
        raise BadInput("423", "a file is not DICOM") from None
    except FOREIGN_BYTES as defect:
        raise BadInput("423", f"a file is damaged ({type(defect).__name__})") from None
    if "PixelData" not in ds or rows < 1 or columns < 1:
        raise BadInput("422", "a file without picture")
    if not LEAST_SIDE <= min(rows, columns) <= max(rows, columns) <= MOST_SIDE:
        raise BadInput("InvalidImage.Resolution", f"rows and columns must be {LEAST_SIDE} to {MOST_SIDE}")
    if not one_gray:
        raise BadInput("InvalidParameter.Unsuitable", "not single gray frames")
    return ds


def _numbers(ds: Dataset, name: str, count: int) -> list[float]:
    """So many finite numbers of a header. raises BadInput"""
    try:
        numbers = [float(value) for value in ds[name].value]
    except FOREIGN_BYTES:
        numbers = []
    if len(numbers) != count or not np.isfinite(numbers).all():
        raise BadInput("425", "a frame has no position, orientation or pixel spacing")
    return numbers


def _check_one_series(headers: Sequence[Dataset], modality: str) -> None:
    if len({str(ds.get("SeriesInstanceUID", "")) for ds in headers}) > 1:
        raise BadInput("424", "more than one series")
    if {str(ds.get("Modality", "")) for ds in headers} != {modality}:
        raise BadInput("InvalidParameter.Unsuitable", f"not a {modality} series")
    if len({(int(ds.Rows), int(ds.Columns)) for ds in headers}) > 1:
        raise BadInput("InvalidImage.Resolution", "matrices of different size")


def _orientation(headers: Sequence[Dataset], plane: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    cosines = np.array([_numbers(ds, "ImageOrientationPatient", 6) for ds in headers])
    spacing = np.array([_numbers(ds, "PixelSpacing", 2) for ds in headers])
    if np.abs(cosines - cosines[0]).max() > COSINE_TOLERANCE or np.abs(spacing - spacing[0]).max() > COSINE_TOLERANCE:
        raise BadInput("425", "frames of different orientation or pixel spacing")
    row, column = cosines[0, :3], cosines[0, 3:]
    if min(np.linalg.norm(row), np.linalg.norm(column)) < 0.9 or abs(row @ column) > 0.01 or spacing.min() <= 0:
        raise BadInput("InvalidParameter.Unsuitable", "direction cosines or pixel spacing are not valid")
    if np.argmax(np.abs(np.cross(row, column))) != plane:  # the documents number only what is not axial
        code = "425" if plane == AXIAL else "InvalidParameter.Unsuitable"
        raise BadInput(code, f"frames are not {PLANES[plane]}")
    return row / np.linalg.norm(row), column / np.linalg.norm(column)


def _step(offsets: npt.NDArray[np.float64]) -> float:
    steps = np.diff(offsets)
    step = float(np.median(steps))
    if steps.min() <= SAME_POSITION_MM:
        raise BadInput("InvalidParameter.Unsuitable", "two frames at one position")
    if np.abs(steps - step).max() > STEP_TOLERANCE * step + SAME_POSITION_MM:
        raise BadInput("InvalidParameter.Unsuitable", f"uneven steps, {steps.min():.2f} to {steps.max():.2f} mm")
    return float(np.mean(steps))


def _stored(ds: Dataset) -> npt.NDArray[np.integer]:
    if str(ds.file_meta.TransferSyntaxUID) not in JPEG_LOSSLESS:
        return np.asarray(ds.pixel_array)
    from imagecodecs import jpegsof3_decode
    from pydicom.encaps import generate_frames

    raw = np.asarray(jpegsof3_decode(next(generate_frames(ds.PixelData, number_of_frames=1))))
    return raw.view(np.int16) if int(ds.PixelRepresentation) == 1 and raw.dtype == np.uint16 else raw


def _hounsfield(ds: Dataset) -> npt.NDArray[np.int16]:
    """Modality LUT (PS3.3 C.11.1) and pixel padding (C.7.5.1.1.2) of one slice, int16 [row, column]."""
    try:
        stored = _stored(ds)
        slope, intercept = (
            float(default if ds.get(name) is None else ds[name].value)
            for name, default in (("RescaleSlope", 1), ("RescaleIntercept", 0))
        )
        padding = None if ds.get("PixelPaddingValue") is None else int(ds.PixelPaddingValue)
        limit = padding if padding is None else int(ds.get("PixelPaddingRangeLimit") or padding)
    except FOREIGN_BYTES as defect:
        raise BadInput("InvalidImage.Content", f"pixels cannot be decoded ({type(defect).__name__})") from None
    if stored.shape != (int(ds.Rows), int(ds.Columns)):
        raise BadInput("InvalidImage.Content", "pixels do not fill the matrix")
    if not np.isfinite((slope, intercept)).all():
        raise BadInput("InvalidImage.Content", "pixel values without a scale")
    values = np.rint(stored.astype(np.float32) * np.float32(slope) + np.float32(intercept))
    if padding is not None and limit is not None:
        values[(stored >= min(padding, limit)) & (stored <= max(padding, limit))] = AIR_HU
    hu: npt.NDArray[np.int16] = np.clip(values, AIR_HU, 32767).astype(np.int16)
    return hu
