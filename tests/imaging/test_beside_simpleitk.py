"""Every frame of the test data that an independent reader opens has that reader's pixels."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import SimpleITK

from tests.data import shared
from workstation.domain.error import WorkstationError
from workstation.domain.series import FileForm, Instance
from workstation.imaging.pixels.decode import fill
from workstation.imaging.series.scan import scan

Pixels = npt.NDArray[Any]
FOLDERS = (
    "charsets", "chest-ct", "chest-ct-j2k", "dicomdir", "enhanced-multiframe", "gaps-duplicates", "head-ct-tilt",
    "malformed", "mixed-folder", "mr-head", "mr-spine", "radiographs", "transfer-syntaxes",
)  # fmt: skip
LOSSY = ("4.50", "4.51", "4.53", "4.55", "4.81", "4.91", "4.203")
NOT_ASKED = {
    "orthanc-MultiframeWindowing.dcm": "SimpleITK gives every frame the first one's slope and intercept",
    "philips-enhanced-mr-IM-0001-0170-0001.dcm": "as above",
    "dental-cr-modality-lut.dcm": "SimpleITK leaves out the Modality LUT sequence",
    "SC_rgb_rle_16bit.dcm": "SimpleITK takes low and high bytes for each other and shifts the planes",
}
# What neither we nor anybody else decodes, and why.
UNREADABLE = {
    "pydicom-JPEG2000-embedded-sequence-delimiter.dcm": "its codestream claims 1024 × 3,722,445,056 pixels",
}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    SimpleITK.ProcessObject.SetGlobalWarningDisplay(False)
    yield
    SimpleITK.ProcessObject.SetGlobalWarningDisplay(True)


@lru_cache(maxsize=1)
def _theirs(path: str) -> Pixels | None:
    try:
        return SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(path))
    except RuntimeError:
        return None


def _ours(instance: Instance) -> Pixels:
    size = (instance.pixels.rows, instance.pixels.columns)
    gray, colour = np.zeros((1, *size), np.float32), np.zeros((1, *size, 3), np.uint8)
    fill((instance,), gray, colour)
    return colour[0] if instance.pixels.coloured else gray[0]


@cache
def _instances(folder: str) -> list[Instance]:
    stacks = scan([shared("data", folder)]).stacks
    return [i for s in stacks for i in (*s.instances, *s.spare) if i.form is FileForm.DICOM and "!/" not in i.path]


def _difference(instance: Instance, ours: Pixels, theirs: Pixels) -> float:
    if theirs.ndim == ours.ndim + 1:
        theirs = theirs[instance.frame]
    wide = theirs.astype(np.float64)
    if instance.pixels.photometric == "MONOCHROME1":  # which SimpleITK turns round
        together = wide + ours
        return float(np.ptp(together))
    return float(np.abs(wide - ours).max())


@pytest.mark.parametrize("folder", FOLDERS)
def test_frames_are_simpleitks_and_nothing_but_the_listed_files_is_refused(folder: str) -> None:
    compared, refused = 0, set()
    for instance in _instances(folder):
        name = Path(instance.path).name
        if name in UNREADABLE:
            with pytest.raises(WorkstationError):
                _ours(instance)
            assert _theirs(instance.path) is None
            refused.add(name)
            continue
        ours = _ours(instance)
        theirs = _theirs(instance.path) if name not in NOT_ASKED else None
        if theirs is None:
            continue
        lossy = instance.transfer_syntax.endswith(LOSSY)
        # float32 beside float64: seven digits
        allowed = 2.0 * abs(instance.slope or 1.0) if lossy else 2e-7 * float(np.abs(ours).max())
        assert _difference(instance, ours, theirs) <= allowed, f"{name} {instance.frame}"
        compared += 1

    assert compared > 0
    assert refused == (set(UNREADABLE) if folder == "malformed" else set())


def test_one_slice_in_sixteen_encodings_is_one_picture() -> None:
    pictures = {i.transfer_syntax: _ours(i) for i in _instances("transfer-syntaxes") if "one-ct-slice" in i.path}
    plain = pictures["1.2.840.10008.1.2"]
    exact = ("1.2.1", "1.2.2", "1.99", "1.2.5", "4.57", "4.70", "4.80", "4.90")
    same = [syntax for syntax, picture in pictures.items() if np.array_equal(picture, plain)]

    assert len(pictures) == 15  # implicit little endian comes twice
    assert all(any(syntax.endswith(end) for syntax in same) for end in exact)
    near = next(picture for syntax, picture in pictures.items() if syntax.endswith("4.81"))
    assert np.abs(near - plain).max() == 1
