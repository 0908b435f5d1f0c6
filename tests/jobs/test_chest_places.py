"""Calcium, broken ribs and great vessels, from the truth over the service's answer and its parser to the patient."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import numpy.typing as npt
import pytest

from workstation.catalogue.chest import ALIYUN_CALCIUM, ALIYUN_RIBS, ALIYUN_VESSELS
from workstation.catalogue.operation import Service
from workstation.domain.answer import PlacementState, SentSeries, ServiceAnswer
from workstation.domain.mask_place import place_mask
from workstation.domain.placement import place
from workstation.domain.shapes import Box3D, Mask, Polyline
from workstation.domain.volume import LabelVolume, ResultVolume
from workstation.imaging.phantom.make import CALCIUM_CT, FRACTURE_CT, PhantomOptions, PhantomTruth, make_phantom
from workstation.localcloud.engine.asked import Analysis, Answer, AnswerFile
from workstation.localcloud.engine.calcium_answer import calc_cacs
from workstation.localcloud.engine.rib_answer import detect_rib_fracture
from workstation.localcloud.engine.vessel_answer import analyze_chest_vessel

Array = npt.NDArray[np.float64]
SMALL: dict[str, Any] = {"slices": 30, "size": 96, "spacing_mm": 3.0, "nodules": 1}
WAYS: dict[str, dict[str, Any]] = {
    "head first": {},
    "feet first": {"feet_first": True},
    "reversed": {"reversed_order": True},
    "shuffled": {"shuffled": True},
    "flipped rows": {"flip_rows": True},
    "flipped columns": {"flip_columns": True},
    "oblong pixels": {"pixel_mm": (3.4, 4.2)},
    "oblique": {"oblique_deg": 10.0},
    "all at once": {"feet_first": True, "shuffled": True, "flip_columns": True, "oblique_deg": 10.0},
}
# Each way by itself once, and all at once for each kind: the grid that masks lie on is the same for all of them, and is
# tried in every way in tests/imaging/test_phantom.py and tests/imaging/test_nifti_place.py.


def answered(
    kind: str, way: str, folder: Path, engine: Callable[[Analysis], Answer], service: Service
) -> tuple[PhantomTruth, SentSeries, ServiceAnswer]:
    """The phantom, what is known of what was sent, and the parsed answer with its files."""
    truth = make_phantom(kind, folder, 1, PhantomOptions(**SMALL | WAYS[way]))
    sent_order = tuple(sorted(truth.files))  # the service has to find the order itself
    answer = engine(Analysis(service.action, {"URLList": sent_order}, {"DataFormat": "DICOM"}, (folder,)))
    files = {key: (image(value),) for key, value in answer.items() if isinstance(value, AnswerFile)}
    text = json.dumps({key: value if key not in files else "https://x" for key, value in answer.items()})
    assert tuple(files) == service.links
    sent = SentSeries(geometry=truth.geometry, series_uid=truth.series_uid, sop_instance_uids=())
    return truth, sent, service.parse(text, True, files)


def image(file: AnswerFile) -> ResultVolume:
    with tarfile.open(fileobj=io.BytesIO(file.content)) as archive:
        inside = archive.extractfile(archive.getmembers()[0])
        assert inside is not None
        read = nibabel.Nifti1Image.from_bytes(gzip.decompress(inside.read()))
    affine = np.diag([-1.0, -1.0, 1.0, 1.0]) @ read.affine
    return ResultVolume(name="x.nii.gz", values=np.asanyarray(read.dataobj).T, to_patient=affine)


def painted(answer: ServiceAnswer, sent: SentSeries) -> LabelVolume:
    (mask,) = answer.masks
    placed = place_mask(mask, sent)
    assert isinstance(placed, LabelVolume)
    return placed


def where(mask: LabelVolume, label: int) -> Array:
    """Patient mm of the voxels of one label."""
    return mask.geometry.to_patient(np.argwhere(mask.values == label).astype(np.float64))


@pytest.mark.parametrize("way", ["head first", "flipped rows", "oblong pixels", "all at once"])
def test_calcium_is_painted_over_what_was_drawn(way: str, tmp_path: Path) -> None:
    truth, sent, answer = answered(CALCIUM_CT, way, tmp_path, calc_cacs, ALIYUN_CALCIUM)
    mask = painted(answer, sent)
    _, findings = place(answer, sent, "J")

    assert len(findings) == len(truth.calcium) == 4
    hit = set()
    for finding in findings:
        (shape,) = finding.shapes
        assert isinstance(shape, Mask)
        points = where(mask, shape.label)
        outside = [
            np.linalg.norm(points - np.array(ball.center_mm), axis=1).max() - ball.diameter_mm / 2
            for ball in truth.calcium
        ]
        assert min(outside) < 0.01
        hit.add(int(np.argmin(outside)))
    assert hit == {0, 1, 2, 3}


@pytest.mark.parametrize("way", ["reversed", "oblique", "all at once"])
def test_boxes_lie_around_the_broken_ribs(way: str, tmp_path: Path) -> None:
    truth, sent, answer = answered(FRACTURE_CT, way, tmp_path, detect_rib_fracture, ALIYUN_RIBS)
    placement, findings = place(answer, sent, "J")
    mask, voxel = painted(answer, sent), np.linalg.norm(truth.geometry.spacing_zyx)

    assert placement.state is PlacementState.PROVEN
    assert len(findings) == len(truth.fractures) == 4
    for finding, gap in zip(findings, truth.fractures, strict=True):
        box, label = finding.shapes
        assert isinstance(box, Box3D)
        assert isinstance(label, Mask)
        assert np.linalg.norm(np.mean(box.corners, axis=0) - np.array(gap.center_mm)) < voxel
        distance = np.linalg.norm(where(mask, label.label) - np.array(gap.center_mm), axis=1)
        assert distance.max() <= gap.diameter_mm / 2 + 0.01


@pytest.mark.parametrize("way", ["feet first", "shuffled", "flipped columns", "all at once"])
def test_center_lines_run_through_the_great_vessels(way: str, tmp_path: Path) -> None:
    truth, sent, answer = answered("chest-ct", way, tmp_path, analyze_chest_vessel, ALIYUN_VESSELS)
    placement, findings = place(answer, sent, "J")
    mask = painted(answer, sent)

    assert placement.state is PlacementState.ASSUMED
    assert [finding.code for finding in findings] == [vessel.name for vessel in truth.vessels]
    for finding, vessel in zip(findings, truth.vessels, strict=True):
        line, _, label = finding.shapes
        assert isinstance(line, Polyline)
        assert isinstance(label, Mask)
        assert len(line.points) > 20
        assert from_pieces(np.array(line.points), np.array(vessel.points)).max() < 0.01
        assert from_pieces(where(mask, label.label), np.array(vessel.points)).max() <= vessel.radius_mm + 0.01


def from_pieces(points: Array, knots: Array) -> Array:
    """Distance of points [n, 3] from straight pieces between knots, mm."""
    ways = np.diff(knots, axis=0)
    apart = points[:, None] - knots[None, :-1]
    along = np.clip((apart * ways).sum(axis=2) / (ways**2).sum(axis=1), 0, 1)
    gaps: Array = np.linalg.norm(apart - along[..., None] * ways, axis=2).min(axis=1)
    return gaps
