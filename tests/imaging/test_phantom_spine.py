"""The drawn spine is what its truth says, by other people's readers."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest

from workstation.imaging.phantom.make import PhantomOptions
from workstation.imaging.phantom.spine import FIELD_MM, SPOT, USUAL, as_asked, make_spine

WAYS = {
    "as usual": USUAL,
    "feet first": replace(USUAL, feet_first=True),
    "shuffled": replace(USUAL, shuffled=True),
    "reversed": replace(USUAL, reversed_order=True),
    "flipped": replace(USUAL, flip_rows=True, flip_columns=True),
    "oblong pixels": replace(USUAL, size=256, pixel_mm=(1.4, 1.1)),
    "signed": replace(USUAL, signed=True),
}


def brightest(folder: Path) -> np.ndarray:
    """Patient mm of each place brighter than anything but a spot, worked out from the headers alone."""
    found = []
    for path in folder.glob("*.dcm"):
        ds = pydicom.dcmread(path)
        way = np.array(ds.ImageOrientationPatient, float)
        for row, column in np.argwhere(ds.pixel_array > 0.85 * SPOT):
            at = np.array(ds.ImagePositionPatient, float)
            found.append(at + column * ds.PixelSpacing[1] * way[:3] + row * ds.PixelSpacing[0] * way[3:])
    return np.array(found)


@pytest.mark.parametrize("way", list(WAYS))
def test_every_vertebra_is_where_the_truth_says(way: str, tmp_path: Path) -> None:
    make_spine(tmp_path, 3, WAYS[way])
    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    bright = brightest(tmp_path)
    middles = np.array([one["center_mm"] for one in truth["vertebrae"]])
    gaps = np.linalg.norm(bright[:, None] - middles[None], axis=2)

    assert len(truth["vertebrae"]) == 8
    assert gaps.min(axis=1).max() < 3.5
    for k, middle in enumerate(middles):
        assert bright[gaps.argmin(axis=1) == k].mean(axis=0) == pytest.approx(middle, abs=1.0)


def test_the_truth_names_the_pixels_that_were_written(tmp_path: Path) -> None:
    truth = make_spine(tmp_path)
    written = [hashlib.sha256(pydicom.dcmread(path).PixelData).hexdigest() for path in truth.files]

    assert tuple(written) == truth.pixel_sha256


def test_it_is_a_sagittal_t2_mr_series_of_21_slices(tmp_path: Path) -> None:
    make_spine(tmp_path)
    files = [pydicom.dcmread(path, stop_before_pixels=True) for path in tmp_path.glob("*.dcm")]

    assert len(files) == 21
    assert {(ds.Modality, ds.SOPClassUID.name, ds.SeriesDescription) for ds in files} == {
        ("MR", "MR Image Storage", "T2 TSE SAG")
    }
    assert not any("KVP" in ds for ds in files)
    assert files[0].Rows * files[0].PixelSpacing[0] == pytest.approx(FIELD_MM, abs=0.1)


def test_what_was_not_asked_for_is_as_usual_for_a_spine() -> None:
    assert as_asked(PhantomOptions()) == USUAL
    assert as_asked(PhantomOptions(slices=25, flip_rows=True)) == replace(USUAL, slices=25, flip_rows=True)
