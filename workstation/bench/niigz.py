"""Times of writing and reading a compressed NIfTI file."""

from __future__ import annotations

import gzip
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

from workstation.bench.timing import Figures, timed
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.volume import Volume

RUNS: Final = 7
SLICES: Final = 100


def niigz_figures(volume: Volume) -> dict[str, Figures]:
    """The first 100 slices to a .nii.gz file, and from the file to the volume; the file that is read is gzip's own.

    raises NO_GEOMETRY
    """
    from workstation.imaging.nifti.write import write
    from workstation.imaging.pixels.load import load_volume
    from workstation.imaging.series.scan import scan

    part = _first(volume, SLICES)
    with tempfile.TemporaryDirectory() as name:
        plain, written, packed = (Path(name) / end for end in ("plain.nii", "written.nii.gz", "packed.nii.gz"))
        write(part, plain)
        packed.write_bytes(gzip.compress(plain.read_bytes(), 1))
        return {
            "write": timed(lambda: write(part, written), RUNS),
            "read": timed(lambda: load_volume(scan([packed]).stacks[0]), RUNS),
        }


def _first(volume: Volume, slices: int) -> Volume:
    if volume.geometry is None:
        raise WorkstationError(ErrorCode.NO_GEOMETRY)
    geometry = replace(volume.geometry, positions=volume.geometry.positions[:slices])
    return replace(volume, values=volume.values[:slices], geometry=geometry)
