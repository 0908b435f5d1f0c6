"""NIfTI files made by nibabel for one test, and all of the optional test data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import numpy.typing as npt

from tests.data import shared
from workstation.domain.series import Stack
from workstation.imaging.series.scan import scan

TO_LEFT_BACK_HEAD = np.diag([-1.0, -1.0, 1.0, 1.0])  # the stack is the array turned round

WITH_PICTURES = (
    "chest-ct-j2k/example_seg_dicom.nii.gz",
    "mr-spine/nifti/PAM50_small_levels.nii.gz",
    "mr-spine/nifti/PAM50_small_t2.nii.gz",
    "mr-spine/nifti/t2.nii.gz",
    "mr-spine/nifti/t2_seg-manual_labeled.nii.gz",
    "nifti/broken/no-qform-no-sform.nii.gz",
    "nifti/ct-and-labels/example_ct_sm.nii.gz",
    "nifti/ct-and-labels/example_mr_sm.nii.gz",
    "nifti/ct-and-labels/medio-cube/test.nii.gz",
    "nifti/ct-shear/CT_pitch.nii.gz",
    "nifti/nibabel/anatomical.nii",
    "nifti/nibabel/example4d.nii.gz",
    "nifti/nibabel/example_nifti2.nii.gz",
    "nifti/nibabel/functional.nii",
    "nifti/nibabel/standard.nii.gz",
    "nifti/niivue/hippo.nii.gz",
    "nifti/niivue/ras.hdr",
    "nifti/orientations/ASR.nii.gz",
    "nifti/orientations/IPL.nii.gz",
    "nifti/orientations/RPI.nii.gz",
    "nifti/reader-js/big.nii.gz",
    "nifti/reader-js/little.nii.gz",
    "nifti/reader-js/with_extension.nii.gz",
    "nifti/rgb/tensor_rgb.nii.gz",
)  # fmt: skip


def write_nifti(path: Path, values: npt.NDArray[Any], affine: npt.NDArray[np.float64] | None = None) -> Path:
    """NIfTI-1 in the byte order of the values, with an sform; the plain affine is 1 mm along left, back and head."""
    header = nibabel.Nifti1Header(endianness=">" if values.dtype.str[0] == ">" else "<")
    header.set_data_dtype(values.dtype)
    nibabel.save(nibabel.Nifti1Image(values, TO_LEFT_BACK_HEAD if affine is None else affine, header), path)
    return path


def counted(*shape: int) -> npt.NDArray[np.int16]:
    """Every voxel different."""
    return np.arange(np.prod(shape), dtype=np.int16).reshape(shape)


def only_stack(path: Path) -> Stack:
    (stack,) = scan([path]).stacks
    return stack


def reference(name: str) -> tuple[npt.NDArray[Any], npt.NDArray[np.float64]]:
    """nibabel's values [x, y, z, volume] and affine from index to LPS mm."""
    image = nibabel.load(shared("data", *name.split("/")))
    values = np.asanyarray(image.dataobj)
    return values.reshape(*values.shape[:3], -1), np.diag([-1.0, -1.0, 1.0, 1.0]) @ image.affine
