"""A body that differs in all six directions of the patient, as CT files of any orientation, and in whatever objects of
others draw it. Its places are worked out from PS3.3 C.7.6.2 alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

Array = npt.NDArray[np.float64]
# Half a side of the core, and how far each arm reaches from the middle, mm: left, right, back, front, head, foot.
# No pixel center lies on a border.
CORE, ARM = 7.3, 4.4
REACH = {"L": 30.6, "R": 13.3, "P": 22.4, "A": 17.7, "H": 26.3, "F": 10.6}

WAYS: dict[str, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    "axial": ((1, 0, 0), (0, 1, 0)),
    "rows and columns reversed": ((-1, 0, 0), (0, -1, 0)),
    "sagittal": ((0, 1, 0), (0, 0, -1)),
    "coronal": ((1, 0, 0), (0, 0, -1)),
    "oblique": ((0.9848077530, 0.1736481777, 0), (-0.1736481777, 0.9848077530, 0)),
}


def inside(points: Array) -> npt.NDArray[np.bool_]:
    """Which of these places (mm LPS) lie in the body."""
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    core = (np.abs(points) <= CORE).all(axis=-1)
    along_x = (np.abs(y) <= ARM) & (np.abs(z) <= ARM) & (x <= REACH["L"]) & (x >= -REACH["R"])
    along_y = (np.abs(x) <= ARM) & (np.abs(z) <= ARM) & (y <= REACH["P"]) & (y >= -REACH["A"])
    along_z = (np.abs(x) <= ARM) & (np.abs(y) <= ARM) & (z <= REACH["H"]) & (z >= -REACH["F"])
    found: npt.NDArray[np.bool_] = core | along_x | along_y | along_z
    return found


def outline(z: float) -> Array | None:
    """The body's border at a height, closed, [n, 2] of (x, y) mm; None where it has none."""
    a, c = ARM, CORE
    if abs(z) <= ARM:
        left, right, back, front = REACH["L"], -REACH["R"], REACH["P"], -REACH["A"]
        points = [(left, -a), (left, a), (c, a), (c, c), (a, c), (a, back), (-a, back), (-a, c), (-c, c), (-c, a)]
        points += [(right, a), (right, -a), (-c, -a), (-c, -c), (-a, -c), (-a, front), (a, front), (a, -c)]
        return np.array([*points, (c, -c), (c, -a)])
    if abs(z) <= CORE:
        return np.array([(c, -c), (c, c), (-c, c), (-c, -c)])
    if -REACH["F"] <= z <= REACH["H"]:
        return np.array([(a, -a), (a, a), (-a, a), (-a, -a)])
    return None


@dataclass
class Body:
    """CT slices of it. order: of the slices in the file names; shape: slices, rows, columns; steps along them, mm."""

    way: str = "axial"
    shape: tuple[int, int, int] = (27, 40, 43)
    spacing: tuple[float, float, float] = (3.0, 2.0, 2.0)
    frame_of_reference: str = "1.2.3.9"
    files: list[Dataset] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.row, self.column = (np.array(cosine, dtype=float) for cosine in WAYS[self.way])
        self.normal = np.cross(self.row, self.column)
        step, down, right = self.spacing
        middle = (np.array(self.shape) - 1) / 2
        # The body's own middle lies off the picture's, so that no turn leaves it where it is.
        self.first = -(middle[0] * step * self.normal + middle[1] * down * self.column + middle[2] * right * self.row)
        self.first = self.first + np.array([3.0, -2.0, 4.0])

    def points(self) -> Array:
        """Places of all pixel centers [slice, row, column, 3], slices along the normal."""
        k, r, c = np.meshgrid(*(np.arange(size) for size in self.shape), indexing="ij")
        step, down, right = self.spacing
        return (
            self.first
            + k[..., None] * step * self.normal
            + r[..., None] * down * self.column
            + c[..., None] * right * self.row
        )

    def mask(self) -> npt.NDArray[np.bool_]:
        return inside(self.points())

    def pixels_of(self, k: int, points: Array) -> Array:
        """mm [n, 3] → (column, row) counted from the outer corner of the first pixel of slice k."""
        away = points - (self.first + k * self.spacing[0] * self.normal)
        return np.column_stack([away @ self.row / self.spacing[2] + 0.5, away @ self.column / self.spacing[1] + 0.5])

    def write(self, folder: Path) -> list[Dataset]:
        folder.mkdir(parents=True, exist_ok=True)
        mask = self.mask()
        series = generate_uid(entropy_srcs=[self.way, "body", str(self.shape)])
        for k in range(self.shape[0]):
            ds = Dataset()
            ds.file_meta = FileMetaDataset()
            ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
            ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = CTImageStorage
            ds.SOPInstanceUID = generate_uid(entropy_srcs=[series, str(k)])
            ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
            ds.Modality, ds.Manufacturer = "CT", "Test"
            ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.PatientSex = "Body^Asymmetric", "7", "", ""
            ds.StudyInstanceUID, ds.SeriesInstanceUID = "1.2.3.7", series
            ds.StudyID, ds.AccessionNumber, ds.ReferringPhysicianName = "1", "", ""
            ds.StudyDate, ds.StudyTime, ds.SeriesNumber, ds.InstanceNumber = "20240102", "101010", 3, k + 1
            ds.FrameOfReferenceUID = self.frame_of_reference
            ds.PositionReferenceIndicator = ""
            position = self.first + k * self.spacing[0] * self.normal
            ds.ImagePositionPatient = [round(float(value), 6) for value in position]
            ds.ImageOrientationPatient = [round(float(value), 9) for value in (*self.row, *self.column)]
            ds.PixelSpacing, ds.SliceThickness = [self.spacing[1], self.spacing[2]], self.spacing[0]
            ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
            ds.Rows, ds.Columns = self.shape[1:]
            ds.BitsAllocated = ds.BitsStored = 16
            ds.HighBit, ds.PixelRepresentation = 15, 0
            ds.RescaleSlope, ds.RescaleIntercept = "1", "-1024"
            ds.PixelData = (24 + 2000 * mask[k]).astype("<u2").tobytes()
            ds["PixelData"].VR = "OW"
            ds.save_as(folder / f"{k:03}.dcm", enforce_file_format=True)
            self.files.append(ds)
        return self.files
