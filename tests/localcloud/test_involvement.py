"""The whitened share of the lung, where it is known what was drawn; and the documented answer around it."""

from __future__ import annotations

import gzip
from pathlib import Path

import nibabel
import numpy as np
import pytest

from tests.data import shared
from tests.localcloud.lung_scene import MIDDLE, Ball, Tube, as_files, chest
from workstation.localcloud.engine.asked import Analysis, AnswerFile, BadInput
from workstation.localcloud.engine.covid_answer import detect_covid
from workstation.localcloud.engine.involvement import enlarged, find_involvement
from workstation.localcloud.engine.lungs import segment_lungs
from workstation.localcloud.engine.volume import CtVolume, read_series

GLASS = Ball((-46.0, 0.0, 10.0), 30.0, -550.0)
DENSE = Ball((46.0, 4.0, -10.0), 24.0, 20.0)


def ball_ml(*balls: Ball) -> float:
    return sum(np.pi / 6 * ball.diameter_mm**3 for ball in balls) / 1000


def test_ground_glass_and_consolidation_are_counted_with_their_volume() -> None:
    volume = chest((GLASS, DENSE), ())
    lungs = segment_lungs(volume)
    lung_ml = np.count_nonzero(lungs.labels) * np.prod(lungs.stride * volume.spacing_mm) / 1000

    found = find_involvement(volume)

    voxel_ml = np.prod(volume.spacing_mm) / 1000
    assert found.lesions.sum() * voxel_ml == pytest.approx(ball_ml(GLASS, DENSE), rel=0.15)
    assert found.share == pytest.approx(ball_ml(GLASS, DENSE) / lung_ml, rel=0.15)


def test_the_lesions_lie_where_they_were_drawn() -> None:
    volume = chest((GLASS,), ())

    places = [volume.to_lps(index) for index in np.argwhere(find_involvement(volume).lesions).tolist()]

    assert np.mean(places, axis=0) == pytest.approx(np.array(GLASS.at) + MIDDLE, abs=1.5)


def test_vessels_thinner_than_eight_millimetres_are_left_out() -> None:
    volume = chest((), (Tube((-70, -6, -30), (-22, 6, 30), 4.0), Tube((30, 0, -40), (60, 0, 40), 7.0)))

    assert find_involvement(volume).share == 0


def test_branching_vessels_of_ten_millimetres_are_left_out() -> None:
    arms = ((-44, 4, 45), (-62, 14, -40), (-28, -14, -40))
    volume = chest((), tuple(Tube((-44, 0, 0), arm, 10.0) for arm in arms))

    assert find_involvement(volume).share < 0.002


def test_a_consolidation_on_a_vessel_is_kept() -> None:
    volume = chest((DENSE,), (Tube((46, 4, -10), (46, 4, 60), 6.0),))

    voxel_ml = np.prod(volume.spacing_mm) / 1000
    assert find_involvement(volume).lesions.sum() * voxel_ml == pytest.approx(ball_ml(DENSE), rel=0.3)


def test_a_lung_with_nothing_in_it_is_not_involved() -> None:
    assert find_involvement(chest((), ())).share == 0


def test_without_lungs_nothing_is_involved() -> None:
    volume = chest()
    volume.hu[:] = 40

    assert find_involvement(volume).share == 0


def test_the_mask_lies_on_the_grid_that_came_and_made_up_figures_say_so(tmp_path: Path) -> None:
    volume = chest((GLASS,), (), row_cosine=(-1, 0, 0), oblique_deg=10.0)
    files = [tmp_path / f"{n:04d}" for n in range(len(volume.hu))]
    for file, content in zip(files, as_files(volume), strict=True):
        file.write_bytes(content)

    answer = detect_covid(Analysis("DetectCovid19Cad", {"URLList": tuple(files[::-1])}, {}))

    mask = answer["Mask"]
    assert isinstance(mask, AnswerFile)
    image = nibabel.Nifti1Image.from_bytes(gzip.decompress(mask.content))
    voxels = np.argwhere(np.asanyarray(image.dataobj))
    ras = (image.affine @ np.append(voxels.mean(axis=0), 1))[:3]
    assert image.shape == volume.hu.shape[::-1]
    assert ras * (-1, -1, 1) == pytest.approx(np.array(GLASS.at) + MIDDLE, abs=1.5)
    made_up = ("NewProbability", "NormalProbability", "OtherProbability")
    assert answer["YingtaiBasis"] == {"all": "algorithm", "parts": dict.fromkeys(made_up, "simulated")}
    assert sum(float(str(answer[name])) for name in made_up) == pytest.approx(1)
    assert 0 < float(str(answer["LesionRatio"])) < 1


@pytest.mark.parametrize(
    ("change", "code"),
    [({"Modality": "MR"}, "InvalidParameter.Unsuitable"), ({"ImageOrientationPatient": [0, 1, 0, 0, 0, -1]}, "425")],
)
def test_what_is_no_axial_chest_ct_is_refused(tmp_path: Path, change: dict[str, object], code: str) -> None:
    for n, content in enumerate(as_files(chest(), **change)):
        (tmp_path / f"{n:04d}").write_bytes(content)

    with pytest.raises(BadInput) as refused:
        detect_covid(Analysis("DetectCovid19Cad", {"URLList": tuple(sorted(tmp_path.iterdir()))}, {}))

    assert refused.value.code == code


def test_nineteen_frames_are_too_few(tmp_path: Path) -> None:
    for n, content in enumerate(as_files(chest())[:19]):
        (tmp_path / f"{n:04d}").write_bytes(content)

    with pytest.raises(BadInput) as refused:
        detect_covid(Analysis("DetectCovid19Cad", {"URLList": tuple(sorted(tmp_path.iterdir()))}, {}))

    assert refused.value.code == "426"


def test_a_real_chest_has_two_lungs_of_plausible_size() -> None:
    series = sorted(path for path in shared("data", "chest-ct").rglob("*") if path.is_file())
    volume = read_series(series)

    lungs = segment_lungs(volume)
    found = find_involvement(volume)

    litres = np.count_nonzero(lungs.labels) * np.prod(lungs.stride * volume.spacing_mm) / 1e6
    assert sorted(lungs.present()) == [1, 2]
    assert 2 < litres < 9
    assert 0 <= found.share < 0.5


def lung_bases() -> tuple[CtVolume, np.ndarray]:
    """The only CT at hand with labels of lung lobes: 30 slices of 3 mm voxels, lung bases only; True in the lung."""
    image, labels = (
        nibabel.as_closest_canonical(nibabel.load(shared("data", "nifti", "ct-and-labels", name)))
        for name in ("example_ct_sm.nii.gz", "example_seg.nii.gz")
    )
    hu, lobes = (np.asanyarray(each.dataobj).T[:, ::-1, ::-1] for each in (image, labels))  # RAS to LPS
    x, y, z = (image.affine @ (hu.shape[2] - 1, hu.shape[1] - 1, 0, 1))[:3]
    volume = CtVolume(
        hu=np.ascontiguousarray(hu, np.int16),
        spacing_mm=(3.0, 3.0, 3.0),
        positions_mm=np.array([-x, -y, z]) + np.arange(len(hu))[:, None] * (0.0, 0.0, 3.0),
        row_cosine=np.array([1.0, 0.0, 0.0]),
        column_cosine=np.array([0.0, 1.0, 0.0]),
    )
    return volume, np.isin(lobes, (10, 11, 12, 13, 14))


def test_the_lung_mask_agrees_with_the_labels_at_hand() -> None:
    volume, lung = lung_bases()
    lungs = segment_lungs(volume)

    ours = enlarged(lungs.labels > 0, lungs, volume.hu.shape)

    dice = 2 * np.count_nonzero(lung & ours) / (np.count_nonzero(lung) + np.count_nonzero(ours))
    assert dice > 0.95  # 0.962 when it was written
