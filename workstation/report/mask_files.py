"""Masks of a result as NIfTI files beside `result.json`, one for each label image, on the grid that was sent."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis
from workstation.domain.geometry import Geometry, Vector
from workstation.domain.volume import LabelVolume, ResultVolume
from workstation.domain.words import Words

SAFE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}")


def mask_file(mask: str) -> str:
    """Where the file of a label image lies, seen from `result.json`."""
    return f"masks/{mask}.nii.gz"


def write_masks(masks: Sequence[LabelVolume], folder: Path) -> list[Path]:
    """Write every label image. raises NO_SPACE, CANNOT_WRITE"""
    from workstation.imaging.nifti.write import write

    paths = [folder / mask_file(mask.name) for mask in masks]
    if paths:
        (folder / "masks").mkdir(exist_ok=True)
    for mask, path in zip(masks, paths, strict=True):
        write(mask, path)
    return paths


def read_mask(folder: Path, name: str, names: Mapping[int, Words], basis: Basis | None) -> LabelVolume:
    """One label image back, with its grid as the file says it.

    raises NO_RESULT where the file is none of ours; NOT_FOUND and what a damaged file raises
    """
    from workstation.imaging.nifti.answer_files import read_images

    path = folder / mask_file(name)
    if not SAFE.fullmatch(name):
        raise WorkstationError(ErrorCode.NO_RESULT)
    if not path.is_file():
        raise WorkstationError(ErrorCode.NOT_FOUND)
    images, _ = read_images(path)
    if len(images) != 1 or images[0].values.ndim != 3:
        raise WorkstationError(ErrorCode.NO_RESULT)
    values = images[0].values.astype(np.uint8)
    return LabelVolume(name=name, values=values, geometry=_geometry(images[0]), names=names, basis=basis)


def _geometry(image: ResultVolume) -> Geometry:
    """The grid of a file that holds columns, rows, slices in this order. raises BAD_GEOMETRY"""
    columns, rows, steps = (image.to_patient[:3, axis] for axis in range(3))
    counts = image.values.shape
    spacing = (float(np.linalg.norm(rows)), float(np.linalg.norm(columns)))
    return Geometry(
        positions=image.to_patient[:3, 3] + np.arange(counts[0])[:, None] * steps,
        row_cosine=_vector(columns / spacing[1]),
        column_cosine=_vector(rows / spacing[0]),
        spacing=spacing,
        rows=counts[1],
        columns=counts[2],
        thickness=float(np.linalg.norm(steps)),
    )


def _vector(way: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Vector:
    x, y, z = way.tolist()
    return (x, y, z)
