"""A series as the call says it is sent: DICOM slices, or one NIfTI file."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.localcloud.engine.asked import Analysis, BadInput, File
from workstation.localcloud.engine.label_file import label_file
from workstation.localcloud.engine.volume import AIR_HU, FOREIGN_BYTES, STEP_TOLERANCE, CtVolume, read_series

LEAST, MOST = 20, 600
_MOST_BYTES: Final = 3 * 2**29
_GZIP: Final = b"\x1f\x8b"
_NIFTI_2: Final = (b"\x1c\x02\x00\x00", b"\x00\x00\x02\x1c")  # size of its header, either byte order
_RAS_TO_LPS: Final = np.diag([-1.0, -1.0, 1.0, 1.0])


def read_input(asked: Analysis) -> CtVolume:
    """One axial CT of 20 to 600 slices. raises BadInput"""
    files = asked.files["URLList"]
    if asked.parameters.get("DataFormat") != "NIFTI":
        return read_series(files, least=LEAST, most=MOST)
    return read_nifti(files)


def read_nifti(files: Sequence[File]) -> CtVolume:
    """One NIfTI file of CT values whose third axis runs along the body, kept in its own order of rows and columns.

    raises BadInput: 422 nothing there, 425 not axial, 426 too few slices, InvalidParameter.TooLarge too many,
           InvalidParameter.Unsuitable no single volume or no CT values, InvalidImage.Content damaged
    """
    from nibabel import Nifti1Image, Nifti2Image
    from nibabel.filebasedimages import ImageFileError
    from nibabel.spatialimages import HeaderDataError
    from nibabel.wrapstruct import WrapStructError

    if len(files) != 1:
        raise BadInput("InvalidParameter", f"{len(files)} NIfTI files, exactly one is needed")
    raw = _unpacked(files[0])
    try:
        kind: Any = Nifti2Image if raw[:4] in _NIFTI_2 else Nifti1Image
        image = kind.from_bytes(raw)
        values = np.asarray(image.get_fdata(dtype=np.float32)).squeeze()
        affine = _RAS_TO_LPS @ image.affine
    except (*FOREIGN_BYTES, ImageFileError, HeaderDataError, WrapStructError) as defect:
        raise BadInput("InvalidImage.Content", f"no NIfTI image ({type(defect).__name__})") from None
    if values.ndim != 3:
        raise BadInput("InvalidParameter.Unsuitable", "not one volume")
    stack = values.T
    if affine[2, 2] < 0:  # slices from head to feet
        affine[:3, 3] += affine[:3, 2] * (len(stack) - 1)
        affine[:3, 2] *= -1
        stack = stack[::-1]
    return _volume(stack, affine)


def _unpacked(file: File) -> bytes:
    try:
        with io.BytesIO(file) if isinstance(file, bytes) else file.open("rb") as packed:
            first = packed.read(2)
            packed.seek(0)
            with gzip.GzipFile(fileobj=packed) if first == _GZIP else packed as plain:
                raw = bytes(plain.read(_MOST_BYTES + 1))
    except FOREIGN_BYTES as defect:
        raise BadInput("InvalidImage.Content", f"a damaged file ({type(defect).__name__})") from None
    if not raw:
        raise BadInput("422", "an empty file")
    if len(raw) > _MOST_BYTES:
        raise BadInput("InvalidParameter.TooLarge", "a file of more than 1.5 GB")
    return raw


def _volume(values: npt.NDArray[np.float32], affine: npt.NDArray[np.float64]) -> CtVolume:
    """`values` [k, j, i]; `affine`: index (i, j, k) → LPS mm."""
    if len(values) < LEAST:
        raise BadInput("426", f"{len(values)} slices, at least {LEAST} are needed")
    if len(values) > MOST:
        raise BadInput("InvalidParameter.TooLarge", f"{len(values)} slices, at most {MOST} are allowed")
    steps = affine[:3, :3].T
    mm = np.linalg.norm(steps, axis=1)
    if mm.min() <= 0 or not np.isfinite(affine).all():
        raise BadInput("InvalidParameter.Unsuitable", "its voxels have no size")
    column, row = steps[0] / mm[0], steps[1] / mm[1]
    normal = np.cross(column, row)
    if int(np.abs(normal).argmax()) != 2:
        raise BadInput("425", "slices are not axial")
    if abs(abs(float(normal @ (steps[2] / mm[2]))) - 1) > STEP_TOLERANCE:
        raise BadInput("InvalidParameter.Unsuitable", "a tilted gantry: slices are sheared")
    finite = np.nan_to_num(values, nan=AIR_HU)
    if float(finite.min()) > -200:
        raise BadInput("InvalidParameter.Unsuitable", "no CT values: nothing is as dark as lung or air")
    hu = np.clip(np.rint(finite), AIR_HU, 32767).astype(np.int16)
    return CtVolume(
        hu=hu,
        spacing_mm=(float(mm[2]), float(mm[1]), float(mm[0])),
        positions_mm=affine[:3, 3] + np.arange(len(hu))[:, None] * steps[2],
        row_cosine=column,
        column_cosine=row,
        pixel_sha256=tuple(hashlib.sha256(plane.tobytes()).hexdigest() for plane in hu),
    )


def label_archive(volume: CtVolume, labels: npt.NDArray[np.uint8], name: str, *, simulated: bool = False) -> bytes:
    """`.tar.gz` of one label image; the same labels give the same bytes."""
    content = label_file(volume, labels, simulated=simulated)
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w") as archive,
    ):
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()
