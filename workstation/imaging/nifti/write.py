"""Volumes and labels → .nii.gz, place for place: the one way in which this program writes NIfTI."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis
from workstation.domain.geometry import SAME_MM, Geometry
from workstation.domain.volume import LabelVolume, Values, Volume
from workstation.imaging.nifti.gzipped import CHUNK, compressor
from workstation.imaging.nifti.header import INTENT_LABEL
from workstation.imaging.upload.write import write_whole

_SCANNER: Final = 1  # NIFTI_XFORM_SCANNER_ANAT
_SIMULATED: Final = b"SIMULATED - NOT FOR DIAGNOSIS"
_DRIFT: Final = 1e-3  # steps that a slice may lie off the even grid of the file
_LABEL_DRIFT: Final = 0.1  # a label is no finer than its voxel; so far off its own grid a mask is painted
_LPS_TO_RAS: Final = np.diag([-1.0, -1.0, 1.0, 1.0])


def write(content: Volume | LabelVolume, path: Path) -> int:
    """Write a NIfTI-1 file, gzip-compressed where the name ends in .gz; returns its size in bytes.

    The array is stored column first, then row, then slice, with the values as they are (labels as uint8) and no
    scaling. The sform is exact, a sheared stack's too; the qform is given where no shear forbids it. Colour is left
    out; simulated labels say so in the description. The same content gives the same bytes.
    raises  NO_GEOMETRY, BAD_GEOMETRY (slices unevenly far apart: no affine holds them), NO_SPACE, CANNOT_WRITE
    """
    if content.geometry is None:
        raise WorkstationError(ErrorCode.NO_GEOMETRY)
    head = _header(content.geometry, content.values, content if isinstance(content, LabelVolume) else None)
    data = np.ascontiguousarray(content.values, dtype=content.values.dtype.newbyteorder("<"))
    return write_whole(path, _chunks(head, data, compressed=path.name.endswith(".gz")))


def _header(geometry: Geometry, values: Values | npt.NDArray[np.uint8], labels: LabelVolume | None) -> bytes:
    from nibabel import Nifti1Header

    header: Any = Nifti1Header()  # type: ignore[no-untyped-call]
    header.set_data_dtype(values.dtype.newbyteorder("<"))
    header.set_data_shape(values.shape[::-1])
    affine = _affine(geometry, _DRIFT if labels is None else _LABEL_DRIFT)
    if np.allclose(_cosines(affine).T @ _cosines(affine), np.eye(3), atol=1e-4):
        header.set_qform(affine, code=_SCANNER)
    else:
        header["pixdim"][1:4] = np.linalg.norm(affine[:3, :3], axis=0)
    header.set_sform(affine, code=_SCANNER)
    header.set_xyzt_units(xyz="mm")
    header["vox_offset"] = 352
    header["scl_slope"], header["scl_inter"] = 1, 0
    if labels is not None:
        header["intent_code"] = INTENT_LABEL
        if labels.basis is Basis.SIMULATED:  # a file may be shown by another program, away from its report
            header["descrip"] = _SIMULATED
    return bytes(header.binaryblock) + bytes(4)


def _cosines(affine: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    sides: npt.NDArray[np.float64] = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    return sides


def _affine(geometry: Geometry, drift: float) -> npt.NDArray[np.float64]:
    """(column, row, slice) → RAS mm. raises BAD_GEOMETRY"""
    positions = geometry.positions
    if geometry.slices > 1:
        step = (positions[-1] - positions[0]) / (geometry.slices - 1)
    else:
        step = np.array(geometry.normal) * geometry.step
    even = positions[0] + np.arange(geometry.slices)[:, None] * step
    if np.abs(even - positions).max() > max(SAME_MM, drift * geometry.step):
        raise WorkstationError(ErrorCode.BAD_GEOMETRY)
    lps = np.eye(4)
    lps[:3, 0] = np.array(geometry.row_cosine) * geometry.spacing[1]
    lps[:3, 1] = np.array(geometry.column_cosine) * geometry.spacing[0]
    lps[:3, 2] = step
    lps[:3, 3] = positions[0]
    return _LPS_TO_RAS @ lps


def _chunks(head: bytes, data: npt.NDArray[Any], *, compressed: bool) -> Iterator[bytes | memoryview]:
    content = data.reshape(-1).view(np.uint8).data
    parts = (content[at : at + CHUNK] for at in range(0, len(content), CHUNK))
    if not compressed:
        yield head
        yield from parts
        return
    pack = compressor()
    yield pack.compress(head)
    for part in parts:
        yield pack.compress(part)
    yield pack.flush()
