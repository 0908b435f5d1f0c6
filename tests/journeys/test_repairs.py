"""A series that has to be resampled or shrunk first: on request only, told everywhere, and placed to the millimetre."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pydicom
import pytest

from tests.journeys.conftest import make
from tests.journeys.program import Program
from tests.journeys.test_orientation import middle, truth_of
from tests.journeys.test_outputs import spheres, volume
from workstation.imaging.series.scan import scan
from workstation.imaging.upload.prepare import prepare

TILTED = ("--slices", "40", "--size", "128", "--spacing", "4", "--tilt", "14")
LARGE = ("--slices", "20", "--size", "640", "--spacing", "8")
TILTED_AND_LARGE = ("--slices", "36", "--size", "500", "--spacing", "4", "--tilt", "-12")


def truth_of_copies(study: Path, folder: Path, *repairs: str) -> npt.NDArray[np.float64]:
    """`truth.json` for the series as it is sent: its pixels' digests, and the nodules' places worked out from its own
    headers alone. Returns the edges of a sent voxel, mm."""
    (stack,) = scan([study]).stacks
    prepared = prepare(stack, folder / "copies", bytes(32), frozenset(repairs), largest=(512, 512))
    copies = [pydicom.dcmread(path) for path in prepared.files]
    first = copies[0]
    row, column = np.array(first.ImageOrientationPatient, float).reshape(2, 3)
    origin, end = (np.array(ds.ImagePositionPatient, float) for ds in (first, copies[-1]))
    step = (end - origin) / (len(copies) - 1)
    down, right = (float(value) for value in first.PixelSpacing)
    matrix = np.column_stack([step, column * down, row * right])
    nodules = [
        nodule | {"index": np.linalg.solve(matrix, middle(nodule) - origin).tolist()} for nodule in truth_of(study)
    ]
    digests = [hashlib.sha256(ds.PixelData).hexdigest() for ds in copies]
    (folder / "truth.json").write_text(
        json.dumps({"schema": "yingtai-phantom/1", "pixel_sha256": digests, "nodules": nodules})
    )
    edges: npt.NDArray[np.float64] = np.linalg.norm(matrix, axis=0)
    return edges


@pytest.mark.parametrize(
    ("options", "repairs"),
    [(LARGE, ("resize",)), (TILTED_AND_LARGE, ("reslice", "resize"))],
    ids=["640 pixels", "tilted and too large then"],
)
def test_nodules_of_a_repaired_series_come_back_where_they_were_drawn(
    options: tuple[str, ...], repairs: tuple[str, ...], tmp_path: Path
) -> None:
    study = make(tmp_path, *options)
    sent = tmp_path / "sent"
    sent.mkdir()
    voxel = truth_of_copies(study, sent, *repairs)
    program = Program(tmp_path / "home")
    with program.service(truth=sent):
        ran = program.analyze(study, tmp_path / "out", "--repair", "--json")
    assert ran.code == 0, ran.err

    found, drawn = spheres(ran.json), truth_of(study)
    assert ran.json["basis"] == "truth"
    assert ran.json["placement"]["state"] == "proven"
    assert len(found) == len(drawn) >= 3
    for (center, _), nodule in zip(found, drawn, strict=True):
        assert np.abs(center - middle(nodule)).max() <= min(0.05, voxel.min() / 2)
    assert [note.partition(":")[0] for note in ran.json["notes"]] == [
        {"reslice": "Resampled", "resize": "Resized"}[repair] for repair in repairs
    ]


def test_the_engine_finds_the_nodules_of_a_tilted_series_in_their_place(tmp_path: Path) -> None:
    study = make(tmp_path, "--slices", "44", "--size", "256", "--spacing", "3", "--tilt", "10")
    ran = Program(tmp_path / "home").analyze(study, tmp_path / "out", "--repair", "--json")
    assert ran.code == 0, ran.err
    found = [center for center, _ in spheres(ran.json)]
    drawn = [nodule for nodule in truth_of(study) if nodule["diameter_mm"] >= 6]

    assert ran.json["basis"] == "algorithm"
    assert len(drawn) >= 3
    for nodule in drawn:
        assert min(float(np.linalg.norm(center - middle(nodule))) for center in found) <= 3.6  # a voxel's diagonal


def test_without_the_word_repair_it_is_refused_with_the_remedy(tmp_path: Path) -> None:
    study = make(tmp_path, *TILTED)
    program = Program(tmp_path / "home")

    ran = program.analyze(study, tmp_path / "out")
    checked: dict[str, Any] = program.run("check", study, "--json").json

    assert ran.code == 3
    assert "--repair" in ran.err
    assert not (tmp_path / "out").exists()
    found = checked["series"][0]["operations"][0]
    assert found["fits"] is False
    assert [repair["code"] for repair in found["repairs"]] == ["reslice"]


def test_a_chest_ct_kept_as_nifti_is_sent_as_ct_with_its_assumptions_told(tmp_path: Path) -> None:
    """Written by nibabel from the phantom's pixels as pydicom reads them."""
    nibabel = pytest.importorskip("nibabel")
    drawn = make(tmp_path, "--slices", "40", "--size", "128", "--spacing", "4", "--oblique", "6")
    hu, matrix, origin = volume(drawn)
    to_patient = np.eye(4)
    to_patient[:3] = np.column_stack([matrix[:, ::-1], origin])  # columns, rows, slices
    study = tmp_path / "nifti"
    study.mkdir()
    image = nibabel.Nifti1Image(hu.transpose(2, 1, 0).astype(np.int16), np.diag([-1.0, -1.0, 1.0, 1.0]) @ to_patient)
    nibabel.save(image, study / "chest.nii.gz")
    (study / "truth.json").write_bytes((drawn / "truth.json").read_bytes())
    sent = tmp_path / "sent"
    sent.mkdir()
    truth_of_copies(study, sent)
    program = Program(tmp_path / "home")
    with program.service(truth=sent):
        ran = program.analyze(study, tmp_path / "out", "--json")
    assert ran.code == 0, ran.err

    found = spheres(ran.json)
    assert ran.json["basis"] == "truth"
    assert ran.json["placement"]["state"] == "proven"
    assert len(found) == len(truth_of(drawn)) >= 3
    for (center, _), nodule in zip(found, truth_of(drawn), strict=True):
        assert center == pytest.approx(middle(nodule), abs=0.05)
    told = " ".join(ran.json["notes"])
    assert "Written from NIfTI as CT: values taken as HU." in told
    assert "Place and orientation are those of the NIfTI header" in told
