"""Frames in even steps from the first lie where an independent reader has them; heartbeats of SPECT are phases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK
from pydicom import Dataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.imaging.made import write_slice
from tests.imaging.studies import only_stack
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.series.scan import scan

NUCLEAR = "1.2.840.10008.5.1.4.1.1.20"


def _spect(path: Path, frames: int, syntax: str = ExplicitVRLittleEndian, **elements: Any) -> Path:
    detector = Dataset()
    detector.ImagePositionPatient = [10, 20, 50]
    detector.ImageOrientationPatient = [0.8, 0.6, 0, -0.6, 0.8, 0]
    own: dict[str, Any] = {"ImageType": ["ORIGINAL", "PRIMARY", "RECON TOMO", "EMISSION"]}
    own |= {"SliceVector": list(range(1, frames + 1)), "DetectorInformationSequence": [detector]} | elements
    order = ">u2" if syntax == ExplicitVRBigEndian else "<u2"
    return write_slice(
        path,
        pixels=np.arange(4, dtype=order).reshape(2, 2),
        syntax=syntax,
        SOPClassUID=NUCLEAR,
        Modality="NM",
        NumberOfFrames=frames,
        PixelData=np.repeat(np.arange(frames), 24).astype(order).tobytes(),
        Rows=4,
        Columns=6,
        SpacingBetweenSlices="4",
        ImagePositionPatient=None,
        ImageOrientationPatient=None,
        **own,
    )


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_slices_lie_where_simpleitk_has_them(tmp_path: Path, syntax: str) -> None:
    path = _spect(tmp_path / "spect.dcm", 5, syntax)
    theirs = SimpleITK.ReadImage(str(path))
    loaded = load_volume(only_stack(path))

    assert loaded.geometry is not None
    for z in range(5):
        theirs_at = theirs.TransformIndexToPhysicalPoint((5, 3, z))
        assert np.abs(loaded.geometry.to_patient([z, 3, 5]) - theirs_at).max() < 1e-3
        assert loaded.values[z, 3, 5] == SimpleITK.GetArrayFromImage(theirs)[z, 3, 5]


@pytest.mark.parametrize("way", ["3", "-3"])
def test_a_ct_written_into_one_file_lies_where_simpleitk_has_it(tmp_path: Path, way: str) -> None:
    pixels = np.repeat(np.arange(5, dtype=np.uint16), 24).tobytes()
    one_file: dict[str, Any] = {"NumberOfFrames": 5, "PixelData": pixels, "SpacingBetweenSlices": way}
    path = write_slice(tmp_path / "ct.dcm", 50.0, **one_file)
    theirs = SimpleITK.ReadImage(str(path))
    loaded = load_volume(only_stack(path))

    assert loaded.geometry is not None
    for z in range(5):
        at = loaded.geometry.to_index(theirs.TransformIndexToPhysicalPoint((5, 3, z)))
        assert np.abs(at - np.rint(at)).max() < 1e-3
        assert loaded.values[tuple(np.rint(at).astype(int))] == SimpleITK.GetArrayFromImage(theirs)[z, 3, 5]


def test_time_slots_of_a_gated_study_are_stacks(tmp_path: Path) -> None:
    kind = ["ORIGINAL", "PRIMARY", "RECON GATED TOMO", "EMISSION"]
    _spect(tmp_path / "spect.dcm", 6, ImageType=kind, TimeSlotVector=[1, 1, 1, 2, 2, 2], SliceVector=[1, 2, 3] * 2)
    stacks = scan([tmp_path]).stacks

    assert [[i.frame for i in stack.instances] for stack in stacks] == [[0, 1, 2], [3, 4, 5]]
    assert all(stack.geometry is not None and stack.geometry.step == 4 for stack in stacks)


def test_projections_have_no_place(tmp_path: Path) -> None:
    _spect(tmp_path / "spect.dcm", 5, ImageType=["ORIGINAL", "PRIMARY", "TOMO", "EMISSION"])

    assert only_stack(tmp_path).geometry is None
