"""An answer whose file is a mask: fetched, placed and painted on the grid sent, or refused with its reason."""

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
from workstation.catalogue.chest import ALIYUN_COVID
from workstation.domain.answer import AnalysisResult, PlacementState
from workstation.domain.series import Stack
from workstation.domain.shapes import Mask
from workstation.jobs import run
from workstation.localcloud.engine.asked import Analysis, AnswerFile
from workstation.localcloud.faults import Fault, FaultKind
from workstation.records import Records

__all__ = ["stack"]
AT = (5, 20, 40)  # slice, row, column of the marked voxel


def engine(analysis: Analysis, *, aside_mm: float = 0.0, content: bytes = b"") -> dict[str, object]:
    """One marked voxel, on the grid that the files state, moved to the left by so much."""
    import pydicom

    frames = sorted(
        (pydicom.dcmread(file) for file in analysis.files["URLList"]), key=lambda ds: float(ds.ImagePositionPatient[2])
    )
    first, last = (np.array(frames[k].ImagePositionPatient, float) for k in (0, -1))
    lps = np.eye(4)
    lps[:3, 0] = np.array(frames[0].ImageOrientationPatient[:3], float) * float(frames[0].PixelSpacing[1])
    lps[:3, 1] = np.array(frames[0].ImageOrientationPatient[3:], float) * float(frames[0].PixelSpacing[0])
    lps[:3, 2] = (last - first) / (len(frames) - 1)
    lps[:3, 3] = first + np.array([aside_mm, 0, 0])
    values = np.zeros((64, 64, len(frames)), np.uint8)
    values[AT[2], AT[1], AT[0]] = 1
    image = gzip.compress(nibabel.Nifti1Image(values, np.diag([-1.0, -1, 1, 1]) @ lps).to_bytes())
    return {
        "NewProbability": "0.1",
        "NormalProbability": "0.2",
        "OtherProbability": "0.7",
        "LesionRatio": "0.01",
        "Mask": AnswerFile("mask.nii.gz", content or image),
        "YingtaiBasis": {"all": "algorithm", "parts": {}},
    }


def analysed(
    folder: Path, stack: Stack, ledger: Records, *, faults: tuple[Fault, ...] = (), **options: object
) -> AnalysisResult:
    served = serving(folder / "cloud", engine=partial(engine, **options), faults=faults)  # type: ignore[arg-type]
    with served as running, around(folder, stack, running, ledger) as world:
        return run(replace(new_job(stack), parameters={}), replace(world, service=ALIYUN_COVID)).placed()


def test_a_mask_on_the_grid_sent_is_painted_where_it_marks(tmp_path: Path, stack: Stack, ledger: Records) -> None:
    result = analysed(tmp_path, stack, ledger)

    (mask,) = result.masks
    assert result.placement.state is PlacementState.PROVEN
    assert result.findings[0].shapes == (Mask(volume="lesions", label=1),)
    assert np.argwhere(mask.values).tolist() == [list(AT)]
    assert stack.geometry is not None
    assert mask.geometry.to_patient(AT) == pytest.approx(stack.geometry.to_patient(AT), abs=1e-3)


def test_a_mask_on_another_grid_is_listed_and_never_painted(tmp_path: Path, stack: Stack, ledger: Records) -> None:
    result = analysed(tmp_path, stack, ledger, aside_mm=5.0)

    assert result.placement.state is PlacementState.CONTRADICTED
    assert str(result.placement.sentence) == "Not painted: its grid is not that of the series sent."
    assert result.masks == ()
    assert [finding.shapes for finding in result.findings] == [()]
    assert [m.name for m in result.measurements][-1] == "lesion-ratio"


@pytest.mark.parametrize("content", [b"not an image", gzip.compress(b"nor this")], ids=["no gzip", "no NIfTI"])
def test_a_file_that_is_no_image_is_said_and_figures_stay(
    tmp_path: Path, stack: Stack, ledger: Records, content: bytes
) -> None:
    result = analysed(tmp_path, stack, ledger, content=content)

    assert [str(finding.label) for finding in result.findings] == ["Pneumonia lesions, mask not available"]
    assert result.placement.state is PlacementState.NOT_APPLICABLE
    assert len(result.measurements) == 4
    assert str(result.notes[-1]).startswith("Mask")


def test_a_link_that_is_over_is_said_and_figures_stay(tmp_path: Path, stack: Stack, ledger: Records) -> None:
    over = (Fault(on="GetObject", kind=FaultKind.STATUS, after=stack.slices, count=None, status=403),)
    result = analysed(tmp_path, stack, ledger, faults=over)

    assert [str(finding.label) for finding in result.findings] == ["Pneumonia lesions, mask not available"]
    assert len(result.measurements) == 4
