"""A presentation state with a rescaling of its own: its windows are for values that the image does not have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import highdicom as hd
import numpy as np
import pytest
from pydicom.dataset import Dataset

from tests.imaging.asymmetric import Body
from tests.imaging.test_drawn_objects import state
from tests.imaging.test_segmentation import read
from workstation.domain.overlaid import Overlaid
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.pixels.voi import to_gray

NOT_APPLIED = "Its window is for other values than the image has, and is not applied."


def shown(
    folder: Path, own: tuple[float, float] | None, image: tuple[float, float], window: dict[str, Any]
) -> tuple[Overlaid, np.ndarray[Any, Any], np.ndarray[Any, Any] | None]:
    """The overlaid state, the stored values of a slice, and its gray by the state."""
    body = Body()
    random = np.random.default_rng(7)
    stored = random.integers(0, 3000, body.shape[1:]).astype("<u2")
    for number, ds in enumerate(body.write(folder)):
        ds.PixelData = stored.tobytes()
        ds.RescaleSlope, ds.RescaleIntercept = image
        ds.save_as(folder / f"{number:03}.dcm", enforce_file_format=True)
    made = state(body, voi_lut_transformations=[hd.pr.SoftcopyVOILUTTransformation(1000, 800)])
    (item,) = made.SoftcopyVOILUTSequence
    del item.WindowCenter, item.WindowWidth
    for keyword, value in window.items():
        setattr(item, keyword, value)
    if own is not None:
        made.RescaleSlope, made.RescaleIntercept = own
        made.RescaleType = "US"
    made.save_as(folder / "pr.dcm")
    stack, overlaid = read(folder)
    asked = next((one.window for one in overlaid.presentations if one.window is not None), None)
    gray = to_gray(load_volume(stack).values[3], asked) if asked is not None else None
    return overlaid, stored.astype(np.float64), gray


@pytest.mark.parametrize("image", [(1.0, -1024.0), (0.5, 10.0), (2.0, 0.0), (1.0, 0.0)])
@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT"])
def test_a_window_is_for_the_values_that_the_state_makes(
    tmp_path: Path, image: tuple[float, float], function: str
) -> None:
    window = {"WindowCenter": 300, "WindowWidth": 900, "VOILUTFunction": function}

    overlaid, stored, gray = shown(tmp_path, (2.0, -1000.0), image, window)

    values = 2 * stored - 1000
    below, wide = (299.5 - 449.5, 899.0) if function == "LINEAR" else (300.0 - 450.0, 900.0)
    expected = np.clip((values - below) / wide, 0, 1) * 255
    assert gray is not None
    assert np.abs(gray - expected).max() <= 1.0
    assert overlaid.notes == ()


def table() -> Dataset:
    one = Dataset()
    one.LUTDescriptor = [1000, 500, 8]
    one["LUTDescriptor"].VR = "US"
    one.LUTData = bytes(k * 255 // 999 for k in range(1000))
    one["LUTData"].VR = "OW"
    return one


def test_a_table_is_moved_to_the_values_of_the_image(tmp_path: Path) -> None:
    overlaid, stored, gray = shown(tmp_path, (1.0, 0.0), (1.0, -1024.0), {"VOILUTSequence": [table()]})

    expected = np.clip(stored - 500, 0, 999) * 255 // 999
    assert gray is not None
    assert np.abs(gray - expected).max() <= 1
    assert overlaid.notes == ()


@pytest.mark.parametrize(
    ("own", "window"),
    [
        ((2.0, 0.0), {"VOILUTSequence": [table()]}),
        ((0.0, 0.0), {"WindowCenter": 300, "WindowWidth": 900}),
        ((-1.0, 0.0), {"WindowCenter": 300, "WindowWidth": 900}),
    ],
)
def test_a_window_that_fits_no_value_of_the_image_is_left_out_and_said(
    tmp_path: Path, own: tuple[float, float], window: dict[str, Any]
) -> None:
    overlaid, _, gray = shown(tmp_path, own, (1.0, -1024.0), window)

    assert gray is None
    assert [str(note) for note in overlaid.notes] == [NOT_APPLIED]


def test_without_a_rescaling_of_its_own_a_state_means_the_values_of_the_image(tmp_path: Path) -> None:
    overlaid, _, _ = shown(tmp_path, None, (1.0, -1024.0), {"WindowCenter": 300, "WindowWidth": 900})

    assert {(one.window.center, one.window.width) for one in overlaid.presentations if one.window} == {(300.0, 900.0)}
