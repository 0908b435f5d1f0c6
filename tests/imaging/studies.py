"""Small helpers of the imaging tests: a phantom's stack, and stacks of real folders."""

from __future__ import annotations

from pathlib import Path

import pydicom

from workstation.domain.series import Stack
from workstation.imaging.phantom.make import PhantomOptions, PhantomTruth, make_phantom
from workstation.imaging.series.scan import scan

SALT = bytes(range(32))


def chest_ct(folder: Path, **options: object) -> PhantomTruth:
    """A small chest phantom: 64², few slices."""
    return make_phantom("chest-ct", folder, 1, PhantomOptions(**{"slices": 6, "size": 64} | options))  # type: ignore[arg-type]


def only_stack(folder: Path) -> Stack:
    (stack,) = scan([folder]).stacks
    return stack


def received(folder: Path) -> bytes:
    """Everything in a folder, names included, as the other side would get it."""
    return b"".join(path.name.encode() + path.read_bytes() for path in sorted(folder.iterdir()))


def read(path: Path) -> pydicom.Dataset:
    return pydicom.dcmread(path)
