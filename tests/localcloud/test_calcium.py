"""Agatston's score against hand computations, and where calcium is looked for."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

import nibabel
import numpy as np
import numpy.typing as npt
import pytest

from tests.data import shared
from tests.localcloud.lung_scene import MIDDLE, Ball, as_files, chest
from workstation.localcloud.engine.agatston import score_calcium
from workstation.localcloud.engine.asked import Analysis, AnswerFile, BadInput
from workstation.localcloud.engine.calcium_answer import calc_cacs, find_calcium
from workstation.localcloud.engine.volume import read_series

CALCIUM = (Ball((0.0, -30.0, 0.0), 10.0, 500.0), Ball((2.0, -24.0, -24.0), 8.0, 350.0))


def plane(*regions: tuple[int, int], size: int = 40) -> npt.NDArray[np.int16]:
    """One slice of 40 HU; each region (pixels in a row, HU) two rows below the one before."""
    hu = np.full((1, size, size), 40, np.int16)
    for row, (pixels, value) in enumerate(regions):
        hu[0, 2 * row + 1, 1 : 1 + pixels] = value
    return hu


def total(hu: npt.NDArray[np.int16], pixel_mm: float, increment_mm: float) -> float:
    return score_calcium(hu, np.ones(hu.shape, bool), (increment_mm, pixel_mm, pixel_mm)).score


@pytest.mark.parametrize(
    ("regions", "increment_mm", "score"),
    [
        ([(20, 250)], 3.0, 10.0),
        ([(20, 250)], 1.5, 5.0),
        ([(3, 500)], 3.0, 0.0),
        ([(4, 500)], 3.0, 4.0),
        ([(12, 129)], 3.0, 0.0),
        ([(10, 199), (10, 200), (10, 299), (10, 400)], 3.0, 22.5 + 0.0),
    ],
)
def test_the_score_equals_the_hand_computation(
    regions: list[tuple[int, int]], increment_mm: float, score: float
) -> None:
    assert total(plane(*regions), 0.5, increment_mm) == pytest.approx(score)


def test_two_slices_add_up() -> None:
    hu = np.concatenate([plane((20, 250)), plane((20, 250))])

    assert total(hu, 0.625, 2.5) == pytest.approx(2 * 20 * 0.625**2 * 2 * 2.5 / 3)


def test_the_peak_of_each_slice_decides_its_weight() -> None:
    hu = np.concatenate([plane((20, 150)), plane((20, 450))])

    assert total(hu, 0.5, 3.0) == pytest.approx(20 * 0.25 * (1 + 4))


def test_what_touches_is_one_lesion_the_largest_score_comes_first() -> None:
    hu = np.full((3, 12, 12), 40, np.int16)
    hu[0, 2:4, 2:4] = hu[1, 4:6, 4:6] = 450  # corner to corner
    hu[:, 9, 2:8] = 500

    found = score_calcium(hu, np.ones(hu.shape, bool), (3.0, 1.0, 1.0))

    assert [(lesion.number, lesion.score, lesion.volume_mm3) for lesion in found.lesions] == [
        (1, pytest.approx(3 * 6 * 4), pytest.approx(3 * 6 * 3)),
        (2, pytest.approx(2 * 4 * 4), pytest.approx(2 * 4 * 3)),
    ]
    assert found.labels[0, 2, 2] == found.labels[1, 5, 5] == 2
    assert found.labels[2, 9, 7] == 1


def test_what_is_not_marked_does_not_count() -> None:
    hu = plane((20, 250))

    assert score_calcium(hu, np.zeros(hu.shape, bool), (3.0, 1.0, 1.0)).lesions == ()


def by_hand(hu: npt.NDArray[np.int16], spacing: tuple[float, float, float]) -> float:
    """Slice by slice, region by region, growing each with a list: written apart from the engine."""
    score = 0.0
    for image in hu:
        left = {(int(r), int(c)) for r, c in np.argwhere(image >= 130)}
        while left:
            grow, region = [left.pop()], []
            while grow:
                r, c = grow.pop()
                region.append(int(image[r, c]))
                near = {(r + a, c + b) for a in (-1, 0, 1) for b in (-1, 0, 1)} & left
                left -= near
                grow.extend(near)
            area = len(region) * spacing[1] * spacing[2]
            if area >= 1:
                score += area * min(4, max(region) // 100) * spacing[0] / 3
    return score


@pytest.mark.parametrize("row_cosine", [(1, 0, 0), (-1, 0, 0)])
def test_calcium_between_the_lungs_is_found_with_the_score_computed_by_hand(row_cosine: tuple[int, int, int]) -> None:
    volume = chest(CALCIUM, (), row_cosine=row_cosine)
    alone = np.where(volume.hu > 130, volume.hu, 0).astype(np.int16)

    found = find_calcium(volume)

    assert found.score == pytest.approx(by_hand(alone, volume.spacing_mm), rel=1e-9)
    assert len(found.lesions) == len(CALCIUM)
    for lesion, ball in zip(found.lesions, CALCIUM, strict=True):
        places = [volume.to_lps(index) for index in np.argwhere(found.labels == lesion.number).tolist()]
        assert np.mean(places, axis=0) == pytest.approx(ball.lps, abs=1.0)


def test_calcium_in_the_lung_is_none_of_the_heart() -> None:
    assert find_calcium(chest((Ball((-46.0, 0.0, 0.0), 10.0, 500.0),), ())).lesions == ()


def files(folder: Path, **changes: object) -> tuple[Path, ...]:
    for n, content in enumerate(as_files(chest(CALCIUM, ()), **changes)):
        (folder / f"{n:04d}").write_bytes(content)
    return tuple(sorted(folder.iterdir()))


def test_the_answer_adds_up_and_its_mask_has_the_lesions_numbers(tmp_path: Path) -> None:
    answer = calc_cacs(Analysis("CalcCACS", {"URLList": files(tmp_path)}, {"DataFormat": "DICOM"}))

    lesions = answer["Detections"]
    assert isinstance(lesions, list)
    assert sum(lesion["CalciumScore"] for lesion in lesions) == pytest.approx(answer["Score"], abs=0.01)
    assert sum(lesion["CalciumVolume"] for lesion in lesions) == pytest.approx(answer["VolumeScore"], abs=0.01)
    packed = answer["ResultUrl"]
    assert isinstance(packed, AnswerFile)
    with tarfile.open(fileobj=io.BytesIO(packed.content)) as archive:
        (member,) = archive.getmembers()
        inside = archive.extractfile(member)
        assert inside is not None
        image = nibabel.Nifti1Image.from_bytes(gzip.decompress(inside.read()))
    labels = np.asanyarray(image.dataobj)
    assert set(np.unique(labels)) == {0, *(lesion["CalciumId"] for lesion in lesions)}
    at = (image.affine @ np.append(np.argwhere(labels == 1).mean(axis=0), 1))[:3] * (-1, -1, 1)
    assert at == pytest.approx(np.array(CALCIUM[0].at) + MIDDLE, abs=1.0)
    assert answer["YingtaiBasis"] == {"all": "algorithm", "parts": {}}


def test_one_nifti_file_gives_the_same_score_as_its_slices(tmp_path: Path) -> None:
    volume = chest(CALCIUM, ())
    affine = np.diag([-1.5, -1.5, 2.5, 1.0])
    affine[:3, 3] = volume.positions_mm[0] * (-1, -1, 1)
    image = nibabel.Nifti1Image(volume.hu.T, affine)
    (tmp_path / "v.nii.gz").write_bytes(gzip.compress(image.to_bytes()))

    answer = calc_cacs(Analysis("CalcCACS", {"URLList": (tmp_path / "v.nii.gz",)}, {"DataFormat": "NIFTI"}))

    assert answer["Score"] == pytest.approx(round(find_calcium(volume).score, 2))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Modality": "MR"}, "InvalidParameter.Unsuitable"),
        ({"ImageOrientationPatient": [0, 1, 0, 0, 0, -1]}, "425"),
        ({"RescaleIntercept": "-900"}, "InvalidParameter.Unsuitable"),  # blood at 160 HU: contrast agent
    ],
)
def test_what_is_no_plain_chest_ct_is_refused(tmp_path: Path, change: dict[str, object], code: str) -> None:
    with pytest.raises(BadInput) as refused:
        calc_cacs(Analysis("CalcCACS", {"URLList": files(tmp_path, **change)}, {"DataFormat": "DICOM"}))

    assert refused.value.code == code


def test_slices_five_millimetres_apart_are_refused() -> None:
    series = tuple(sorted(p for p in shared("data", "chest-ct", "lung-dx-a0001").rglob("*") if p.is_file()))

    with pytest.raises(BadInput, match="1 to 3 mm"):
        calc_cacs(Analysis("CalcCACS", {"URLList": series}, {"DataFormat": "DICOM"}))


def test_in_a_real_chest_bones_and_noise_are_not_counted() -> None:
    """No calcium is known of in it; a sharp kernel, 5 mm: the score without smoothing is above 40 000."""
    volume = read_series(sorted(p for p in shared("data", "chest-ct", "lung-dx-a0001").rglob("*") if p.is_file()))

    assert find_calcium(volume).score < 500
