"""Label images of a result as NIfTI, on the grid of the series that came."""

from __future__ import annotations

import gzip
from typing import Any

import numpy as np
import numpy.typing as npt

from workstation.localcloud.engine.volume import CtVolume

_LABELS = 1002  # NIFTI_INTENT_LABEL
_SCANNER = 1  # NIFTI_XFORM_SCANNER_ANAT
_LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


def label_file(volume: CtVolume, labels: npt.NDArray[np.uint8], *, simulated: bool = False) -> bytes:
    """`.nii.gz` of `labels` [slice, row, column]; the same labels give the same bytes. `simulated` ones say so inside.

    Stored column first, then row, then slice in ascending order; the affine is that of the series, in RAS mm as NIfTI
    counts (https://nifti.nimh.nih.gov, nifti1.h).
    """
    from nibabel import Nifti1Image

    affine = _LPS_TO_RAS @ index_to_lps(volume)
    image: Any = Nifti1Image(labels.T, affine)  # type: ignore[no-untyped-call]
    image.header.set_xyzt_units(xyz="mm")
    image.header["intent_code"] = _LABELS
    if simulated:
        image.header["descrip"] = b"SIMULATED - NOT FOR DIAGNOSIS"
    image.set_sform(affine, _SCANNER)
    image.set_qform(affine, _SCANNER)
    return gzip.compress(image.to_bytes(), compresslevel=5, mtime=0)


def index_to_lps(volume: CtVolume) -> npt.NDArray[np.float64]:
    """4×4: (column, row, slice) from 0 → patient LPS mm."""
    positions = volume.positions_mm
    affine = np.eye(4)
    affine[:3, 0] = volume.row_cosine * volume.spacing_mm[2]
    affine[:3, 1] = volume.column_cosine * volume.spacing_mm[1]
    affine[:3, 2] = (positions[-1] - positions[0]) / max(1, len(positions) - 1)
    affine[:3, 3] = positions[0]
    return affine
