"""Images that stand twice at one place: copies are spare, others are said to differ, whatever they are stored as."""

from __future__ import annotations

import shutil
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEGLSLossless,
    RLELossless,
)

from tests.imaging.made import write_slice
from workstation.domain.error import Cancelled
from workstation.domain.series import FactCode, Instance, Stack
from workstation.domain.work import CancelToken
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.series.compare import Comparison
from workstation.imaging.series.scan import scan


def _noise(seed: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint16]]:
    return np.random.default_rng(seed).integers(0, 4000, (16, 16)).astype(np.uint16)


def _series(folder: Path, compressed: bool, **elements: str) -> list[Path]:
    paths = [write_slice(folder / f"{k}", z=3.0 * k, pixels=_noise(k), **elements) for k in range(4)]
    if compressed:
        for path in paths:
            _compress(path)
    return paths


def _compress(path: Path) -> None:
    dataset = pydicom.dcmread(path)
    dataset.compress(RLELossless, generate_instance_uid=False)
    dataset.save_as(path)


def _stored_as(path: Path, syntax: str, there: Path) -> None:
    """The same image in another transfer syntax."""
    dataset = pydicom.dcmread(path)
    if syntax in (ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian):
        dataset.file_meta.TransferSyntaxUID = syntax
        if syntax == ExplicitVRBigEndian:
            dataset.PixelData = np.frombuffer(dataset.PixelData, np.uint16).byteswap().tobytes()
        order = {"implicit_vr": syntax == ImplicitVRLittleEndian, "little_endian": syntax != ExplicitVRBigEndian}
        pydicom.dcmwrite(there, dataset, enforce_file_format=True, **order)
    else:
        dataset.compress(syntax, generate_instance_uid=False)
        dataset.save_as(there)


def _zipped(paths: list[Path], there: Path) -> None:
    with zipfile.ZipFile(there, "w") as archive:
        for path in paths:
            archive.write(path, path.name)


def _only(folder: Path) -> Stack:
    (stack,) = scan([folder]).stacks
    return stack


@pytest.mark.parametrize("compressed", [False, True])
def test_a_copy_is_spare_also_where_its_header_was_changed(tmp_path: Path, compressed: bool) -> None:
    paths = _series(tmp_path, compressed)
    copy = pydicom.dcmread(paths[1])
    copy.StationName = "ELSEWHERE"
    copy.save_as(tmp_path / "copy")
    stack = _only(tmp_path)

    assert (stack.slices, len(stack.spare)) == (4, 1)
    assert stack.fact(FactCode.DUPLICATE) is not None
    assert stack.fact(FactCode.DUPLICATE_DIFFERS) is None


@pytest.mark.parametrize("compressed", [False, True])
def test_other_pixels_under_the_same_identifier_are_said_to_differ(tmp_path: Path, compressed: bool) -> None:
    paths = _series(tmp_path, compressed)
    uid = str(pydicom.dcmread(paths[1]).SOPInstanceUID)
    other = write_slice(tmp_path / "other", z=3.0, pixels=_noise(99), SOPInstanceUID=uid)
    if compressed:
        _compress(other)
    stack = _only(tmp_path)

    assert (stack.slices, len(stack.spare)) == (4, 1)
    assert stack.fact(FactCode.DUPLICATE_DIFFERS) is not None


@pytest.mark.parametrize("times", [2, 3])
@pytest.mark.parametrize("lost", [False, True])
def test_a_series_sent_again_under_new_names_lies_where_it_lay(tmp_path: Path, times: int, lost: bool) -> None:
    for again in range(times):
        for k in range(12):
            if not (lost and k == 5):
                write_slice(
                    tmp_path / f"{again}-{k:02}", z=3.0 * k, pixels=_noise(k), InstanceNumber=k + 1,
                    AcquisitionTime="101500", SOPInstanceUID=f"1.2.{again}.{k}",
                )  # fmt: skip
    stack = _only(tmp_path)
    slices = 11 if lost else 12

    assert (stack.slices, len(stack.spare)) == (slices, slices * (times - 1))
    assert stack.geometry is not None
    assert (stack.fact(FactCode.GAP) is not None) is lost
    assert stack.fact(FactCode.DUPLICATE_DIFFERS) is not None


def test_maps_that_differ_in_a_few_slices_are_all_shown(tmp_path: Path) -> None:
    for again in range(2):
        for k in range(24):
            write_slice(
                tmp_path / f"{k:02}-{again}", z=3.0 * k, pixels=_noise(k + 50 * (again if k in (13, 14) else 0)),
                InstanceNumber=k + 1, AcquisitionTime="101500", SOPInstanceUID=f"1.2.{again}.{k}",
            )  # fmt: skip
    stack = _only(tmp_path)

    assert (stack.slices, stack.spare) == (48, ())


def test_two_series_in_one_that_nothing_tells_apart_are_all_shown(tmp_path: Path) -> None:
    for k in range(24):
        write_slice(tmp_path / f"{k:02}", z=3.0 * (k % 12), pixels=_noise(k), SOPInstanceUID=f"1.2.{k}")
    stack = _only(tmp_path)

    assert (stack.slices, stack.geometry) == (24, None)


def test_images_without_identifiers_are_told_apart_by_their_places(tmp_path: Path) -> None:
    paths = _series(tmp_path, False, SOPInstanceUID="")
    shutil.copy(paths[2], tmp_path / "copy")
    stack = _only(tmp_path)

    assert (stack.slices, len(stack.spare)) == (4, 1)
    assert {f.code for f in stack.facts} == {FactCode.DUPLICATE, FactCode.MISSING_UID}


def test_all_images_under_one_identifier_are_one_stack(tmp_path: Path) -> None:
    _series(tmp_path, False, SOPInstanceUID="1.2.3.9")
    stack = _only(tmp_path)

    assert (stack.slices, stack.spare, stack.facts) == (4, (), ())


@pytest.mark.parametrize("uid", ["", "not a uid", "1..2", "0" * 80])
def test_a_series_identifier_that_is_none_loses_no_image(tmp_path: Path, uid: str) -> None:
    for k in range(4):
        path = write_slice(tmp_path / f"{k}", z=3.0 * k)
        dataset = pydicom.dcmread(path)
        dataset.add_new(0x0020000E, "LO", uid)
        dataset["SeriesInstanceUID"].VR = "UI"
        dataset.save_as(path)
    stack = _only(tmp_path)

    assert (stack.slices, stack.series_uid) == (4, uid)
    assert stack.id.endswith("#0")
    assert (stack.fact(FactCode.MISSING_UID) is not None) == (not uid)


def test_different_series_under_one_identifier_are_stacks_of_their_own(tmp_path: Path) -> None:
    for kernel, start in (("B30f", 0.0), ("B70f", 100.0)):
        for k in range(4):
            write_slice(tmp_path / f"{kernel}{k}", z=start + 3.0 * k, ConvolutionKernel=kernel)
    for k in range(3):
        write_slice(tmp_path / f"c{k}", z=3.0 * k, pixels=np.zeros((8, 8), np.uint16))
        sagittal: dict[str, Any] = {
            "ImagePositionPatient": [3.0 * k, 0, 0],
            "ImageOrientationPatient": [0, 1, 0, 0, 0, -1],
        }
        write_slice(tmp_path / f"s{k}", **sagittal)
    stacks = scan([tmp_path]).stacks

    assert sorted((str(s.plane), s.rows, s.kernel, s.slices) for s in stacks) == [
        ("axial", 4, "B30f", 4), ("axial", 4, "B70f", 4), ("axial", 8, "", 3), ("sagittal", 4, "", 3),
    ]  # fmt: skip
    assert len({s.id for s in stacks}) == 4


@pytest.mark.parametrize("copied", [False, True])
def test_a_film_at_one_place_keeps_pictures_that_do_not_change(tmp_path: Path, copied: bool) -> None:
    film = np.array([0, 0, 0, 1, 2, 2] * 8, np.uint16)
    path = write_slice(tmp_path / "film.dcm", NumberOfFrames=len(film), PixelData=np.repeat(film, 24).tobytes())
    if copied:
        shutil.copy(path, tmp_path / "again.dcm")
    (stack,) = scan([tmp_path]).stacks

    assert load_volume(stack).values[:, 0, 0].tolist() == (film.astype(int) - 1024).tolist()
    assert len(stack.spare) == (len(film) if copied else 0)


SYNTAXES = [
    ImplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
    RLELossless,
    JPEGLSLossless,
]


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_series_that_is_there_in_two_encodings_is_one_with_copies(tmp_path: Path, syntax: str, zipped: bool) -> None:
    paths = _series(tmp_path, False)
    (tmp_path / "again").mkdir()
    for path in paths:
        _stored_as(path, syntax, tmp_path / "again" / path.name)
    if zipped:
        _zipped([tmp_path / "again" / path.name for path in paths], tmp_path / "again.zip")
        shutil.rmtree(tmp_path / "again")
    stack = _only(tmp_path)

    assert (stack.slices, len(stack.spare), stack.geometry is not None) == (4, 4, True)
    assert stack.fact(FactCode.DUPLICATE) is not None
    assert stack.fact(FactCode.DUPLICATE_DIFFERS) is None


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_other_values_in_another_encoding_are_said_to_differ(tmp_path: Path, syntax: str) -> None:
    paths = _series(tmp_path, False)
    uid = str(pydicom.dcmread(paths[1]).SOPInstanceUID)
    other = write_slice(tmp_path / "other", z=3.0, pixels=_noise(1) + np.uint16(1), SOPInstanceUID=uid)
    _stored_as(other, syntax, other)
    stack = _only(tmp_path)

    assert (stack.slices, len(stack.spare)) == (4, 1)
    assert stack.fact(FactCode.DUPLICATE_DIFFERS) is not None


class _Counting(Comparison):
    """Counts what is asked of workers."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Counter[tuple[str, int]] = Counter()

    def _from_worker(self, function: Callable[[Instance], int], instance: Instance) -> int | None:
        self.asked[instance.path, instance.frame] += 1
        return super()._from_worker(function, instance)


def test_a_picture_that_is_compared_with_many_is_decoded_once(tmp_path: Path) -> None:
    paths = [write_slice(tmp_path / f"{k}", pixels=_noise(k), SOPInstanceUID="1.2.3.9") for k in range(12)]
    _zipped(paths, tmp_path / "all.zip")
    for path in paths:
        path.unlink()
    stack = _only(tmp_path)
    same = _Counting()

    assert not any(same(a, b) for a in stack.instances for b in stack.instances if a is not b)
    assert same.asked == {(f"{tmp_path}/all.zip!/{k}", 0): 1 for k in range(12)}


def test_a_comparison_ends_when_it_is_cancelled(tmp_path: Path) -> None:
    first = _only(write_slice(tmp_path / "1")).instances[0]
    cancel = CancelToken()
    cancel.cancel()

    with pytest.raises(Cancelled):
        Comparison(cancel)(first, first)
