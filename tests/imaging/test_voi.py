from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.pixels.processing import apply_windowing

from workstation.domain.series import VoiFunction, VoiTable, VoiWindow
from workstation.imaging.pixels.voi import PRESETS, GrayTable, auto_window, preset, to_gray, window_to_gray

windows = st.builds(VoiWindow, center=st.floats(-2000, 3000), width=st.floats(1, 5000))
EVERY = np.arange(-32768, 32768, dtype=np.int16)


def test_the_standards_example_window() -> None:
    values = np.array([-161, -160, 40, 239, 240], dtype=np.float32)

    # 127.8 rounds to 128; 239.5 is the upper end
    assert window_to_gray(values, 40, 400).tolist() == [0, 0, 128, 255, 255]


@given(windows)
def test_the_window_is_pydicoms_up_to_rounding(window: VoiWindow) -> None:
    dataset = Dataset()
    dataset.PhotometricInterpretation, dataset.BitsStored, dataset.PixelRepresentation = "MONOCHROME2", 8, 0
    dataset.WindowCenter, dataset.WindowWidth = round(window.center, 3), max(1.0, round(window.width, 3))
    values = np.arange(-3000, 4000, 7, dtype=np.float64)
    theirs = apply_windowing(values, dataset)

    assert np.abs(window_to_gray(values, window.center, window.width) - theirs).max() <= 1.01


@given(windows)
def test_the_table_gives_the_same_gray_for_every_int16(window: VoiWindow) -> None:
    assert np.array_equal(GrayTable(window).apply(EVERY), window_to_gray(EVERY, window.center, window.width))


@given(windows)
def test_gray_never_falls_while_values_rise(window: VoiWindow) -> None:
    assert (np.diff(GrayTable(window).apply(EVERY).astype(int)) >= 0).all()


def test_a_window_narrower_than_one_is_refused() -> None:
    with pytest.raises(ValueError, match="below 1"):
        window_to_gray(np.zeros(3, np.float32), 0, 0.5)


def test_inverted_changes_black_and_white_but_padding_stays_black() -> None:
    table = GrayTable(VoiWindow(center=0, width=2), inverted=True, padding=(-2000, -1999))

    assert table.apply(np.array([[-2000, -100, 100]], dtype=np.int16)).tolist() == [[0, 255, 0]]


@pytest.mark.parametrize("kind", [np.int16, np.float32])
def test_a_picture_is_painted_into_the_given_array(kind: type[np.int16] | type[np.float32]) -> None:
    values: npt.NDArray[np.int16] | npt.NDArray[np.float32] = np.arange(-12, 12).reshape(4, 6).astype(kind)
    out = np.zeros((6, 4), dtype=np.uint8)
    GrayTable(preset("mediastinum")).apply(values.T, out)

    assert np.array_equal(out, window_to_gray(values.T, 40, 400))


def test_the_automatic_window_spans_the_values_without_padding() -> None:
    values = np.concatenate([np.full(5000, -2000), np.linspace(0, 100, 1001)]).astype(np.float32)
    window = auto_window(values, padding=(-2000, -2000))

    assert window.center == pytest.approx(50, abs=0.5)
    assert window.width == pytest.approx(98, abs=0.5)


@pytest.mark.parametrize("values", [np.zeros((3, 3)), np.full((2, 2), np.nan), np.empty((0, 4))])
def test_the_automatic_window_of_nothing_is_still_a_window(values: npt.NDArray[np.float64]) -> None:
    assert auto_window(values).width >= 1


@pytest.mark.parametrize("filled", [-3.4e38, 3.4e38])
def test_what_stands_for_no_value_makes_no_window(filled: float) -> None:
    values = np.full((40, 40), filled, dtype=np.float32)
    values[10:30] = np.linspace(0, 100, 800, dtype=np.float32).reshape(20, 40)
    window = auto_window(values)

    assert (window.center, window.width) == pytest.approx((50, 98), abs=0.5)


def test_presets_have_their_own_names_and_keys() -> None:
    keys = [one.key for one in PRESETS if one.key]

    assert len({one.code for one in PRESETS}) == len(PRESETS)
    assert len(set(keys)) == len(keys)
    assert (preset("lung").center, preset("lung").width) == (-600, 1500)


@pytest.mark.parametrize("function", [VoiFunction.EXACT, VoiFunction.SIGMOID, VoiFunction.LINEAR])
@given(windows)
def test_every_function_is_pydicoms_up_to_rounding(function: VoiFunction, window: VoiWindow) -> None:
    center, width = round(window.center, 3), round(window.width, 3)
    dataset = Dataset()
    dataset.PhotometricInterpretation, dataset.BitsStored, dataset.PixelRepresentation = "MONOCHROME2", 8, 0
    dataset.WindowCenter, dataset.WindowWidth, dataset.VOILUTFunction = center, width, function.value
    values = np.arange(-3000, 4000, 7, dtype=np.float64)
    ours = to_gray(values, VoiWindow(center=center, width=width, function=function))

    assert np.abs(ours - apply_windowing(values, dataset)).max() <= 1.01


def test_a_table_gives_its_entries_and_its_ends_beyond_them() -> None:
    window = VoiWindow(center=2, width=4, table=VoiTable(first=-1, gray=bytes([9, 50, 200, 255])))

    assert to_gray(np.array([-32768, -1, 0, 1, 2, 3, 32767], np.int16), window).tolist() == [
        9,
        9,
        50,
        200,
        255,
        255,
        255,
    ]
    assert GrayTable(window).apply(np.array([[-1, 2]], np.int16)).tolist() == [[9, 255]]


@pytest.mark.parametrize("high", [0.003, 1.0, 9.5])
def test_a_small_range_of_real_numbers_is_shown_with_all_its_grays(high: float) -> None:
    values = np.linspace(0, high, 1001, dtype=np.float32)

    gray = GrayTable(auto_window(values)).apply(values)

    assert len(np.unique(gray)) == 256
    assert np.abs(gray - np.linspace(0, 255, 1001)).max() < 4  # the percentiles cut a hundredth at each end


def test_a_few_labels_stand_out_from_their_background() -> None:
    values = np.zeros((100, 100), dtype=np.int16)
    values[0, :3] = (1, 2, 3)

    gray = GrayTable(auto_window(values)).apply(values)

    assert gray[0, :3].min() > 0
    assert gray[50, 50] == 0


@pytest.mark.parametrize("kind", [np.int16, np.float32])
def test_a_picture_of_one_value_is_background(kind: type[np.generic]) -> None:
    values = np.full((4, 4), 7, dtype=kind)

    assert not GrayTable(auto_window(values)).apply(values).any()
