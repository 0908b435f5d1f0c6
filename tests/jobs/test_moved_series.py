"""A moved series is shown only where it came back on the very grid that was sent."""

from __future__ import annotations

import gzip
from dataclasses import replace
from functools import partial
from pathlib import Path

import nibabel
import numpy as np
import pytest

from tests.jobs.test_with_local_cloud import around, new_job, stack
from tests.localcloud.service import serving
from workstation.catalogue.two_series import ALIYUN_REGISTRATION, CT_REGISTRATION
from workstation.domain.answer import AnalysisResult, PlacementState
from workstation.domain.mask_place import on_grid
from workstation.domain.series import Stack
from workstation.jobs import run
from workstation.localcloud.engine.asked import Analysis, AnswerFile
from workstation.records import Records
from workstation.workspace.preparation import preparation

__all__ = ["stack"]
ARCHIVE = b"whatever the service packed"


def engine(analysis: Analysis, *, aside_mm: float = 0.0, flipped: bool = False) -> dict[str, object]:
    """Each voxel holds its slice; on the reference's grid, or on one moved to the left, or with its axes turned."""
    import pydicom

    files = analysis.files["ReferenceList"]
    frames = sorted((pydicom.dcmread(file) for file in files), key=lambda ds: float(ds.ImagePositionPatient[2]))
    first, last = (np.array(frames[k].ImagePositionPatient, float) for k in (0, -1))
    lps = np.eye(4)
    lps[:3, 0] = np.array(frames[0].ImageOrientationPatient[:3], float) * float(frames[0].PixelSpacing[1])
    lps[:3, 1] = np.array(frames[0].ImageOrientationPatient[3:], float) * float(frames[0].PixelSpacing[0])
    lps[:3, 2] = (last - first) / (len(frames) - 1)
    lps[:3, 3] = first + np.array([aside_mm, 0, 0])
    shape = (frames[0].Columns, frames[0].Rows, len(frames))
    values = np.broadcast_to(np.arange(len(frames), dtype=np.int16), shape).copy()
    if flipped:
        values = values[::-1, :, ::-1]
        ends = lps @ np.array([shape[0] - 1, 0, shape[2] - 1, 1.0])
        lps[:3, 0], lps[:3, 2], lps[:3, 3] = -lps[:3, 0], -lps[:3, 2], ends[:3]
    image = nibabel.Nifti1Image(values, np.diag([-1.0, -1, 1, 1]) @ lps).to_bytes()
    return {
        "NUrl": AnswerFile("a.nii.gz", gzip.compress(image)),
        "DUrl": AnswerFile("a.tar.gz", ARCHIVE),
        "YingtaiBasis": {"all": "algorithm", "parts": {}},
    }


def analysed(folder: Path, stack: Stack, ledger: Records, **options: object) -> AnalysisResult:
    other = replace(stack, id="9.9#0")
    fill = preparation(stack, CT_REGISTRATION, {"floating": other})
    job = replace(new_job(stack), operation="ct-registration", parameters={})
    served = serving(folder / "cloud", engine=partial(engine, **options))  # type: ignore[arg-type]
    with served as running, around(folder, stack, running, ledger) as world:
        return run(job, replace(world, service=ALIYUN_REGISTRATION, prepare=fill)).placed()


@pytest.mark.parametrize("flipped", [False, True])
def test_on_the_grid_sent_it_is_proven_however_its_axes_run(
    tmp_path: Path, stack: Stack, ledger: Records, flipped: bool
) -> None:
    result = analysed(tmp_path, stack, ledger, flipped=flipped)

    assert result.placement.state is PlacementState.PROVEN
    assert result.moving_id == "9.9#0"
    assert stack.geometry is not None
    values = on_grid(result.volumes[0], stack.geometry)
    assert values is not None
    assert [int(plane.min()) for plane in values] == [int(plane.max()) for plane in values]
    assert [int(plane.min()) for plane in values] == list(range(stack.slices))


def test_on_another_grid_it_is_not_shown(tmp_path: Path, stack: Stack, ledger: Records) -> None:
    result = analysed(tmp_path, stack, ledger, aside_mm=5.0)

    assert result.placement.state is PlacementState.CONTRADICTED
    assert str(result.placement.sentence) == "Not shown: the moved series lies on another grid than the series sent."


def test_what_the_service_packed_is_kept_as_it_came_and_not_read(tmp_path: Path, stack: Stack, ledger: Records) -> None:
    result = analysed(tmp_path, stack, ledger)

    assert result.files["DUrl"].read_bytes() == ARCHIVE
    assert sorted(result.files) == ["DUrl", "NUrl"]
    assert result.notes == ()
