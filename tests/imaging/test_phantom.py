"""Our phantoms are what they say, by other people's readers."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import signal
import subprocess
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pydicom
import pytest

from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.work import CancelToken, Progress
from workstation.imaging.phantom.make import CALCIUM_CT, FRACTURE_CT, PhantomOptions, PhantomTruth, make_phantom
from workstation.imaging.phantom.paint import SlicePatch, paint_ball

SMALL = PhantomOptions(slices=44, size=64, spacing_mm=5.0)


def phantom(folder: Path, options: PhantomOptions = SMALL, seed: int = 1) -> PhantomTruth:
    return make_phantom("chest-ct", folder, seed, options)


@lru_cache(maxsize=3)
def by_position(folder: Path) -> list[pydicom.Dataset]:
    """Every file of a folder that is written to no more, sorted from feet to head by pydicom's reading of positions."""
    files = [pydicom.dcmread(path) for path in folder.glob("*.dcm")]
    return sorted(files, key=lambda ds: float(np.cross(*across(ds)) @ ds.ImagePositionPatient * side(ds)))


def across(ds: pydicom.Dataset) -> tuple[np.ndarray, np.ndarray]:
    way = np.array(ds.ImageOrientationPatient, float)
    return way[:3], way[3:]


def side(ds: pydicom.Dataset) -> float:
    return math.copysign(1.0, np.cross(*across(ds))[2])


def spot(folder: Path, center: tuple[float, float, float]) -> float:
    """The HU at a patient place, worked out from the header of the nearest slice alone."""
    slices = by_position(folder)
    ds = min(slices, key=lambda s: abs(np.cross(*across(s)) @ (np.array(center) - s.ImagePositionPatient)))
    row, column = across(ds)
    rest = np.array(center) - np.array(ds.ImagePositionPatient, float)
    at = (round(rest @ column / ds.PixelSpacing[0]), round(rest @ row / ds.PixelSpacing[1]))
    return float(ds.pixel_array[at]) * ds.RescaleSlope + ds.RescaleIntercept


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> PhantomTruth:
    return phantom(tmp_path_factory.mktemp("first"))


def test_simpleitk_reads_the_geometry_that_the_truth_states(first: PhantomTruth) -> None:
    sitk = pytest.importorskip("SimpleITK")
    truth = first

    image = sitk.ReadImage(sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(first.folder)))

    assert image.GetSize() == (64, 64, 44)
    assert image.GetSpacing() == pytest.approx(truth.geometry.spacing_zyx[::-1], abs=1e-6)
    assert image.GetOrigin() == pytest.approx(truth.geometry.positions[0], abs=1e-6)
    wanted = truth.geometry.to_patient([10, 20, 30])
    assert image.TransformIndexToPhysicalPoint((30, 20, 10)) == pytest.approx(wanted, abs=1e-5)


def test_the_truth_names_each_slices_pixels_in_canonical_order(tmp_path: Path) -> None:
    truth = phantom(tmp_path, replace(SMALL, shuffled=True))

    digests = [hashlib.sha256(ds.PixelData).hexdigest() for ds in by_position(tmp_path)]

    assert json.loads((tmp_path / "truth.json").read_text())["pixel_sha256"] == digests
    assert [pydicom.dcmread(path).SOPInstanceUID for path in truth.files] == [
        ds.SOPInstanceUID for ds in by_position(tmp_path)
    ]


ACQUISITIONS = {
    "feet first": replace(SMALL, feet_first=True),
    "reversed": replace(SMALL, reversed_order=True),
    "flipped rows, shuffled": replace(SMALL, flip_rows=True, shuffled=True),
    "flipped columns": replace(SMALL, flip_columns=True),
    "oblique": replace(SMALL, oblique_deg=10.0),
    "not square, signed": replace(SMALL, pixel_mm=(6.4, 5.1), signed=True),
}


@pytest.mark.parametrize("name", ACQUISITIONS)
def test_every_acquisition_shows_the_same_nodules_at_the_same_place(
    name: str, first: PhantomTruth, tmp_path: Path
) -> None:
    other = phantom(tmp_path, ACQUISITIONS[name])

    assert [n.center_mm for n in other.nodules] == [n.center_mm for n in first.nodules]
    assert len(first.nodules) == 6
    big = max(first.nodules, key=lambda nodule: nodule.diameter_mm)
    assert spot(first.folder, big.center_mm) == pytest.approx(big.hu, abs=90)
    assert spot(tmp_path, big.center_mm) == pytest.approx(big.hu, abs=90)


def test_the_index_in_the_truth_leads_to_the_nodule(tmp_path: Path) -> None:
    truth = phantom(tmp_path, replace(SMALL, flip_rows=True, oblique_deg=10.0))
    big = max(truth.nodules, key=lambda nodule: nodule.diameter_mm)
    at = [round(value) for value in big.index]

    ds = by_position(tmp_path)[at[0]]

    assert int(ds.pixel_array[at[1], at[2]]) - 1024 == pytest.approx(big.hu, abs=90)


def test_a_ball_fills_as_much_of_the_voxels_as_its_volume() -> None:
    total = 0.0
    for index in range(12):
        hu = np.zeros((40, 40), np.float32)
        patch = SlicePatch(
            origin=(0.0, 0.0, index * 2.5),
            row_cosine=(1.0, 0.0, 0.0),
            column_cosine=(0.0, 1.0, 0.0),
            normal=(0.0, 0.0, 1.0),
            spacing=(0.7, 0.9),
            rows=40,
            columns=40,
            thickness=2.5,
        )
        paint_ball(hu, patch, (17.3, 13.1, 14.2), 3.0, 1.0)
        total += float(hu.sum()) * 0.7 * 0.9 * 2.5

    assert total == pytest.approx(4 / 3 * math.pi * 3.0**3, rel=0.01)


def test_a_missing_slice_leaves_a_hole_of_two_steps(tmp_path: Path) -> None:
    phantom(tmp_path, replace(SMALL, slices=10, missing=(4,)))

    heights = [float(ds.ImagePositionPatient[2]) for ds in by_position(tmp_path)]

    assert np.diff(heights) == pytest.approx([5, 5, 5, 10, 5, 5, 5, 5])


def test_copies_and_repeats_stand_at_the_position_of_their_slice(tmp_path: Path) -> None:
    truth = phantom(tmp_path, replace(SMALL, slices=10, copies=(2,), repeats=(3,)))

    found = by_position(tmp_path)

    assert len(found) == 12
    assert len({ds.SOPInstanceUID for ds in found}) == 11
    assert len({ds.ImagePositionPatient[2] for ds in found}) == len(truth.pixel_sha256) == 10


def test_the_same_seed_writes_the_same_bytes_and_another_seed_another_patient(tmp_path: Path) -> None:
    options = replace(SMALL, slices=3)
    one, two, other = (phantom(tmp_path / name, options, seed) for name, seed in (("a", 5), ("b", 5), ("c", 6)))

    assert [p.read_bytes() for p in one.files] == [p.read_bytes() for p in two.files]
    assert pydicom.dcmread(one.files[0]).PatientID != pydicom.dcmread(other.files[0]).PatientID


def test_the_chinese_name_is_read_in_both_character_sets(tmp_path: Path) -> None:
    names = []
    for charset in ("GB18030", "ISO_IR 192"):
        truth = phantom(tmp_path / charset, replace(SMALL, slices=1, charset=charset))
        names.append(pydicom.dcmread(truth.files[0]).PatientName.ideographic)

    assert names[0] == names[1]
    assert "^" in names[0]
    assert ord(names[0][0]) > 0x4E00


def test_an_unknown_kind_is_refused_with_the_kinds_there_are(tmp_path: Path) -> None:
    with pytest.raises(WorkstationError) as refused:
        make_phantom("knee", tmp_path)

    assert refused.value.code is ErrorCode.BAD_PARAMETER
    assert "chest-ct" in str(refused.value.facts["allowed"])


def test_a_cancelled_phantom_ends_without_its_truth(tmp_path: Path) -> None:
    cancel = CancelToken()

    def stop(progress: Progress) -> None:
        if progress.done == 2:
            cancel.cancel()

    with pytest.raises(Cancelled):
        make_phantom("chest-ct", tmp_path, 1, SMALL, stop, cancel)

    assert len(list(tmp_path.glob("*.dcm"))) == 2
    assert not (tmp_path / "truth.json").exists()


def test_no_half_file_stays_when_a_file_may_not_grow(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")  # POSIX only
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
        with pytest.raises(WorkstationError) as full:
            phantom(tmp_path, replace(SMALL, slices=2))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)

    assert full.value.code is ErrorCode.NO_SPACE
    assert list(tmp_path.iterdir()) == []


def test_dciodvfy_finds_no_error_in_a_slice(tmp_path: Path) -> None:
    if shutil.which("dciodvfy") is None:
        pytest.skip("dciodvfy (dicom3tools) is not installed")
    truth = phantom(tmp_path, replace(SMALL, slices=3, oblique_deg=10.0))

    said = subprocess.run(["dciodvfy", str(truth.files[1])], capture_output=True, text=True)

    assert "CTImage" in said.stderr + said.stdout
    assert "Error" not in said.stderr + said.stdout


def test_calcium_and_gaps_in_ribs_are_where_and_as_dense_as_the_truth_says(tmp_path: Path) -> None:
    scan = replace(SMALL, slices=30, size=160, spacing_mm=3.0, nodules=0)
    heart = make_phantom(CALCIUM_CT, tmp_path / "heart", 1, scan)
    ribs = make_phantom(FRACTURE_CT, tmp_path / "ribs", 1, scan)
    whole = make_phantom("chest-ct", tmp_path / "whole", 1, scan)

    assert len(heart.calcium) == 4
    assert not whole.calcium
    assert len(ribs.fractures) == 4
    for ball in heart.calcium:
        assert spot(tmp_path / "heart", ball.center_mm) == pytest.approx(ball.hu, abs=60)
        assert spot(tmp_path / "whole", ball.center_mm) < 100
    for gap in ribs.fractures:
        assert spot(tmp_path / "ribs", gap.center_mm) == pytest.approx(60, abs=60)
        assert spot(tmp_path / "whole", gap.center_mm) > 150
    (aorta,) = (vessel for vessel in whole.vessels if vessel.name == "aorta")
    inside = [point for point in aorta.points if abs(point[2] - heart.calcium[0].center_mm[2]) < 40]
    assert len(inside) == 2
    for point in inside:
        assert spot(tmp_path / "whole", point) == pytest.approx(48, abs=60)
