"""A file is shown as it asks to be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.pixels.processing import apply_voi
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.imaging.made import write_slice
from workstation.domain.series import Instance, VoiFunction
from workstation.imaging.dicom.windows import table_of
from workstation.imaging.pixels.voi import to_gray
from workstation.imaging.series.scan import scan

PIXELS = np.arange(24, dtype=np.uint16).reshape(4, 6)


def _instance(path: Path, **elements: Any) -> Instance:
    write_slice(path, pixels=PIXELS, RescaleIntercept=0, **elements)
    (stack,) = scan([path]).stacks
    return stack.instances[0]


def test_several_windows_are_kept_with_their_names(tmp_path: Path) -> None:
    instance = _instance(
        tmp_path / "a",
        WindowCenter=[40, -600],
        WindowWidth=[400, 1500],
        WindowCenterWidthExplanation=["SOFT", "LUNG"],
    )
    assert instance.window is not None
    windows = [(w.center, w.width, w.name) for w in (instance.window, *instance.more_windows)]

    assert windows == [(40, 400, "SOFT"), (-600, 1500, "LUNG")]


def test_windows_of_the_files_of_a_series_are_each_files_own(tmp_path: Path) -> None:
    for z in range(6):
        elements = {"WindowCenter": [z, 10 * z], "WindowWidth": [100, 200], "WindowCenterWidthExplanation": ["A", "B"]}
        write_slice(tmp_path / f"{z}", z=z, **elements)
    (stack,) = scan([tmp_path]).stacks

    assert [one.window.center for one in stack.instances if one.window] == list(range(6))
    assert [one.more_windows[0].center for one in stack.instances] == [10 * z for z in range(6)]
    assert {one.more_windows[0].name for one in stack.instances} == {"B"}


@pytest.mark.parametrize(
    ("said", "meant"),
    [("SIGMOID", VoiFunction.SIGMOID), ("LINEAR_EXACT", VoiFunction.EXACT), ("ODD", VoiFunction.LINEAR)],
)
def test_the_function_of_the_window_is_the_files(tmp_path: Path, said: str, meant: VoiFunction) -> None:
    window = _instance(tmp_path / "a", WindowCenter=10, WindowWidth=5, VOILUTFunction=said).window

    assert window is not None
    assert window.function is meant


@pytest.mark.parametrize(("center", "width"), [("x", "400"), ("40", "0"), ("40", "")])
def test_a_window_that_is_none_is_left_out(tmp_path: Path, center: str, width: str) -> None:
    path = write_slice(tmp_path / "a", pixels=PIXELS, WindowCenter="11", WindowWidth="222")
    data = path.read_bytes()
    data = data.replace(b"DS\2\x0011", b"DS\2\0" + center.ljust(2).encode()[:2])
    data = data.replace(b"DS\4\x00222 ", b"DS\4\0" + width.ljust(4).encode())
    path.write_bytes(data)
    (stack,) = scan([path]).stacks

    assert stack.instances[0].window is None


@pytest.mark.parametrize("bits", [8, 10, 16])
@pytest.mark.parametrize("first", [0, 5])
def test_a_voi_lut_is_the_look_where_there_is_no_window(tmp_path: Path, bits: int, first: int) -> None:
    lut = pydicom.Dataset()
    lut.LUTDescriptor = [16, first, bits]
    lut.LUTData = (np.linspace(0, 1, 16) ** 2 * ((1 << bits) - 1)).astype(np.uint16).tobytes()
    lut["LUTDescriptor"].VR, lut["LUTData"].VR = "US", "OW"
    lut.LUTExplanation = "DENSE"
    instance = _instance(tmp_path / "a", VOILUTSequence=[lut])
    theirs = apply_voi(PIXELS, pydicom.dcmread(tmp_path / "a"))

    assert instance.window is not None
    assert instance.window.name == "DENSE"
    assert np.array_equal(to_gray(PIXELS, instance.window), np.rint(theirs * (255 / ((1 << bits) - 1))))


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian])
@pytest.mark.parametrize("vr", ["US", "SS"])
@pytest.mark.parametrize(("kind", "intercept", "first"), [
    (np.uint16, -1024, -1024), (np.int16, 0, -1024), (np.int16, 0, -40), (np.uint16, -30000, -30000),
    (np.uint16, 0, 40000), (np.uint16, 0, 65520), (np.uint16, -1024, 50000),
])  # fmt: skip
def test_the_first_value_of_a_voi_lut_has_the_sign_of_rescaled_values(
    tmp_path: Path, syntax: str, vr: str, kind: type[np.generic], intercept: int, first: int
) -> None:
    if vr == "SS" and not -(2**15) <= first < 2**15:
        pytest.skip("no number of this VR")
    stored = np.arange(first - intercept - 4, first - intercept + 20).clip(*_ends(kind)).astype(kind).reshape(4, 6)
    entries = np.arange(16, dtype=np.uint8) * 16
    item = pydicom.Dataset()
    item.add_new("LUTDescriptor", vr, [16, first if vr == "SS" else first % 2**16, 8])
    item.add_new("LUTData", "OW", entries.astype(">u2" if syntax == ExplicitVRBigEndian else "<u2").tobytes())
    pixels = stored.byteswap() if syntax == ExplicitVRBigEndian else stored
    write_slice(tmp_path / "a", pixels=pixels, syntax=syntax, RescaleIntercept=intercept, VOILUTSequence=[item])
    (stack,) = scan([tmp_path]).stacks
    values = stored.astype(int) + intercept

    assert stack.instances[0].window is not None
    gray = to_gray(values, stack.instances[0].window)
    assert np.array_equal(gray, entries[np.clip(values - first, 0, 15)])


def _ends(kind: type[np.generic]) -> tuple[int, int]:
    return np.iinfo(kind).min, np.iinfo(kind).max


def test_a_table_for_nothing_but_values_below_zero_is_known_without_the_pixels() -> None:
    item = pydicom.Dataset()
    item.add_new("LUTDescriptor", "US", [2048, 64512, 8])
    item.add_new("LUTData", "OW", bytes(4096))
    window = table_of(item, True)

    assert window is not None
    assert window.table is not None
    assert window.table.first == -1024


def test_the_voi_lut_and_the_window_are_both_offered_the_lut_first(tmp_path: Path) -> None:
    lut = pydicom.Dataset()
    lut.LUTDescriptor, lut.LUTData = [4, 0, 8], bytes([1, 2, 3, 4])
    lut["LUTDescriptor"].VR, lut["LUTData"].VR = "US", "OW"
    instance = _instance(tmp_path / "a", VOILUTSequence=[lut], WindowCenter=10, WindowWidth=5)

    assert instance.window is not None
    assert instance.window.table is not None
    assert [(one.center, one.width) for one in instance.more_windows] == [(10, 5)]


def test_every_voi_lut_of_a_file_is_offered(tmp_path: Path) -> None:
    luts = []
    for name in ("NORMAL", "HARDER"):
        lut = pydicom.Dataset()
        lut.LUTDescriptor, lut.LUTData, lut.LUTExplanation = [4, 0, 8], bytes([1, 2, 3, 4]), name
        lut["LUTDescriptor"].VR, lut["LUTData"].VR = "US", "OW"
        luts.append(lut)
    instance = _instance(tmp_path / "a", VOILUTSequence=luts)

    assert instance.window is not None
    assert [one.name for one in (instance.window, *instance.more_windows)] == ["NORMAL", "HARDER"]
