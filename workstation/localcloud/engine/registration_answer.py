"""RunCTRegistration: the floating series moved onto the reference, as NIfTI and as DICOM slices in an archive."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from workstation.localcloud.engine.asked import Analysis, Answer, AnswerFile, BadInput, File
from workstation.localcloud.engine.label_file import index_to_lps
from workstation.localcloud.engine.registration import Matrix, Moved, move, register
from workstation.localcloud.engine.truth import truth_about
from workstation.localcloud.engine.volume import CtVolume, read_series

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

LEAST, MOST = 8, 600
_SCANNER: Final = 1  # NIFTI_XFORM_SCANNER_ANAT
_LPS_TO_RAS: Final = np.diag([-1.0, -1.0, 1.0, 1.0])
_FAST: Final = 1  # of gzip: a series of 600 slices is 300 MB
CT_IMAGE: Final = "1.2.840.10008.5.1.4.1.1.2"
EXPLICIT: Final = "1.2.840.10008.1.2.1"


def run_ct_registration(asked: Analysis) -> Answer:
    """Two axial chest CT series of one patient, 8 to 600 files each in any order, to the documented `Data`.

    raises BadInput
    """
    sides = asked.files["ReferenceList"], asked.files["FloatingList"]
    reference, floating = (read_series(side, least=LEAST, most=MOST) for side in sides)
    first, other = (_header(side[0]) for side in sides)
    if first.get("PatientID") != other.get("PatientID"):
        raise BadInput("InvalidParameter.Unsuitable", "the two series are of two patients")
    known = _known(reference, floating, asked.truth_dirs) if asked.truth_dirs else None
    moved = move(reference, floating, known) if known is not None else register(reference, floating)
    return {
        "NUrl": AnswerFile("moved.nii.gz", nifti(reference, moved)),
        "DUrl": AnswerFile("moved.tar.gz", dicom_archive(reference, moved, first)),
        "YingtaiBasis": {"all": "algorithm" if known is None else "truth", "parts": {}},
    }


def _known(reference: CtVolume, floating: CtVolume, folders: Sequence[Path]) -> Matrix | None:
    """How two scans of one phantom of ours lie to one another; None where that is not known."""
    truths = [truth_about(volume.pixel_sha256, folders) for volume in (reference, floating)]
    poses = [np.array(truth["pose"], np.float64) for truth in truths if truth is not None and "pose" in truth]
    return poses[1] @ np.linalg.inv(poses[0]) if len(poses) == 2 else None


def nifti(reference: CtVolume, moved: Moved) -> bytes:
    """`.nii.gz` in HU; stored column first, then row, then slice in ascending order, the affine that of the reference.

    source  https://nifti.nimh.nih.gov, nifti1.h
    """
    from nibabel import Nifti1Image

    affine = _LPS_TO_RAS @ index_to_lps(reference)
    image: Any = Nifti1Image(moved.hu.T, affine)  # type: ignore[no-untyped-call]
    image.header.set_xyzt_units(xyz="mm")
    image.set_sform(affine, _SCANNER)
    image.set_qform(affine, _SCANNER)
    return gzip.compress(image.to_bytes(), compresslevel=_FAST, mtime=0)


def dicom_archive(reference: CtVolume, moved: Moved, first: Dataset) -> bytes:
    """`.tar.gz` of CT slices on the grid of the reference, in its study and frame of reference; a series of its own."""
    series_uid = _uid(reference.series_uid, hashlib.sha256(moved.hu.tobytes()).hexdigest())
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=_FAST, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w") as archive,
    ):
        for number in range(1, len(moved.hu) + 1):
            content = _slice(reference, moved, first, series_uid, number)
            entry = tarfile.TarInfo(f"{number:04d}.dcm")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def _slice(reference: CtVolume, moved: Moved, first: Dataset, series_uid: str, number: int) -> bytes:
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import UID

    ds = Dataset()
    ds.ImageType = ["DERIVED", "SECONDARY", "AXIAL"]
    ds.SOPClassUID = CT_IMAGE
    ds.SOPInstanceUID = _uid(series_uid, str(number))
    ds.Modality = "CT"
    for keyword in ("SpecificCharacterSet", "PatientName", "PatientID", "StudyInstanceUID", "FrameOfReferenceUID"):
        setattr(ds, keyword, first.get(keyword, ""))
    ds.SeriesInstanceUID = series_uid
    ds.SeriesDescription = "Registered onto the reference series"
    ds.InstanceNumber = number
    ds.ImagePositionPatient = [f"{value:.10g}" for value in reference.positions_mm[number - 1]]
    ds.ImageOrientationPatient = [f"{value:.10g}" for value in (*reference.row_cosine, *reference.column_cosine)]
    ds.PixelSpacing = [f"{value:.10g}" for value in reference.spacing_mm[1:]]
    ds.SliceThickness = f"{reference.spacing_mm[0]:.10g}"
    ds.Rows, ds.Columns = moved.hu.shape[1:]
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated = ds.BitsStored = 16
    ds.HighBit, ds.PixelRepresentation = 15, 1
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = "0", "1", "HU"
    ds.PixelData = moved.hu[number - 1].astype("<i2").tobytes()
    ds["PixelData"].VR = "OW"
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID = UID(CT_IMAGE)
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.file_meta.TransferSyntaxUID = UID(EXPLICIT)
    written = io.BytesIO()
    ds.save_as(written, enforce_file_format=True)
    return written.getvalue()


def _header(file: File) -> Dataset:
    """Of a file that was read before, without pixels."""
    from pydicom import dcmread

    return dcmread(io.BytesIO(file) if isinstance(file, bytes) else file, stop_before_pixels=True)


def _uid(*parts: str) -> str:
    """source  PS3.5 B.2"""
    return f"2.25.{int.from_bytes(hashlib.sha256('/'.join(parts).encode()).digest()[:16], 'big')}"
