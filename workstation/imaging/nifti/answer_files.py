"""Files of an answer: NIfTI alone or in an archive → arrays with their affine. Read in a worker, as they come from
elsewhere."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Final

import numpy as np

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.sentences import sentence
from workstation.domain.volume import ResultVolume
from workstation.domain.words import Words, say
from workstation.imaging.archive.contents import members
from workstation.imaging.archive.forms import HEAD_BYTES, form_of
from workstation.imaging.archive.member import member_path
from workstation.imaging.nifti.opening import is_named_nifti, opened, read_header, skip
from workstation.imaging.nifti.place import affine_of
from workstation.imaging.worker import call

_MOST_BYTES: Final = 2**31  # of one image: 600 slices of 1024² as float32 take 2.5e9
_MOST_FILES: Final = 100
_RAS_TO_LPS: Final = np.diag([-1.0, -1.0, 1.0, 1.0])


def read_images(path: Path) -> tuple[tuple[ResultVolume, ...], tuple[Words, ...]]:
    """Every NIfTI image of a file or archive; and a sentence for each other file, or one that can't be read.

    A field of vectors comes as [k, j, i, component]. raises NOT_FOUND, what a damaged archive raises
    """
    images: tuple[ResultVolume, ...]
    images, left = call(_read_all, str(path))
    return images, left


def _read_all(path: str) -> tuple[tuple[ResultVolume, ...], tuple[Words, ...]]:
    images: list[ResultVolume] = []
    left: list[Words] = []
    inside_it = _inside(path)
    if not inside_it:
        left.append(say("{name} holds no file.", name=PurePosixPath(path).name))
    for inside in inside_it:
        name = PurePosixPath(inside.replace("\\", "/")).name
        if not is_named_nifti(inside):
            left.append(say("{name} is no image.", name=name))
            continue
        try:
            images.append(_read(inside, name))
        except WorkstationError as error:
            left.append(say("{name}: {reason}", name=name, reason=sentence(error).says))
    return tuple(images), tuple(left)


def _inside(path: str) -> Sequence[str]:
    with open(path, "rb") as file:  # noqa: PTH123
        head = file.read(HEAD_BYTES)
        if is_named_nifti(path) or form_of(head) is None:
            return [path]
        return [member_path(path, member.name) for member in islice(filter(None, members(file, path)), _MOST_FILES)]


def read_image(path: str) -> ResultVolume:
    """One NIfTI image, in this process. raises NOT_NIFTI, UNREADABLE, TOO_LARGE, TRUNCATED"""
    return _read(path, PurePosixPath(path.replace("\\", "/")).name)


def _read(path: str, name: str) -> ResultVolume:
    header, voxels = read_header(path)
    if header.data_bytes > _MOST_BYTES:
        raise WorkstationError(ErrorCode.TOO_LARGE, claimed_mb=header.data_bytes >> 20, limit_mb=_MOST_BYTES >> 20)
    with opened(voxels) as (file, _, compressed):
        skip(file, header.offset, compressed)
        content = file.read(header.data_bytes)
    if len(content) < header.data_bytes:
        raise WorkstationError(ErrorCode.TRUNCATED, missing_bytes=header.data_bytes - len(content))
    stored = np.frombuffer(content, dtype=header.dtype)
    shape = [*header.shape, *([header.samples] if header.samples > 1 else [])]
    if math.prod(shape) != stored.size:
        raise WorkstationError(ErrorCode.NOT_NIFTI)
    values = stored.reshape(shape, order="F")
    if header.slope != 1.0 or header.intercept != 0.0:
        values = values.astype(np.float32) * np.float32(header.slope) + np.float32(header.intercept)
    singles = tuple(axis for axis in range(3, values.ndim) if values.shape[axis] == 1)
    values = np.moveaxis(values.squeeze(axis=singles), (0, 1, 2), (2, 1, 0))
    affine, _ = affine_of(header)
    if not np.isfinite(affine).all():
        raise WorkstationError(ErrorCode.UNREADABLE)
    return ResultVolume(name=name, values=np.ascontiguousarray(values), to_patient=_RAS_TO_LPS @ affine)
