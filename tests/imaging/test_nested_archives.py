"""What lies in an archive that is itself a member of one, opened again after the scan."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.imaging.archives import tarred, zipped
from tests.imaging.made import write_slice
from tests.imaging.nifti_files import counted, write_nifti
from workstation.imaging.archive.member import open_binary
from workstation.imaging.pixels.load import load_slice, load_volume
from workstation.imaging.series.scan import scan

Pack = Callable[[bytes], bytes]
PACKS = [gzip.compress, bz2.compress, lzma.compress]


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("form", ["zip", "tar", "tar.gz"])
def test_a_compressed_single_file_in_an_archive_opens_after_the_scan(tmp_path: Path, form: str, pack: Pack) -> None:
    nifti = write_nifti(tmp_path / "a.nii", counted(4, 5, 6)).read_bytes()
    dicom = write_slice(tmp_path / "a.dcm").read_bytes()
    files = {"a.nii.x": pack(nifti), "a.dcm.x": pack(dicom)}
    path = tmp_path / f"a.{form}"
    archive = zipped(path, files) if form == "zip" else tarred(path, files, form.partition(".")[2])
    volumes = {stack.modality: load_volume(stack).values for stack in scan([archive]).stacks}
    first = {stack.modality: load_slice(stack, 0) for stack in scan([archive]).stacks}

    assert {values.shape for values in volumes.values()} == {(6, 5, 4), (1, 4, 6)}
    assert all(np.array_equal(first[modality], values[0]) for modality, values in volumes.items())
    with open_binary(f"{archive}!/a.dcm.x!/a.dcm") as file:
        assert file.read() == dicom


@pytest.mark.parametrize("form", ["", "gz", "bz2"])
def test_a_large_member_of_a_tar_in_a_zip_is_read_as_it_is_asked_for(tmp_path: Path, form: str) -> None:
    noise = np.random.default_rng(1).bytes(2**21)
    inner = tarred(tmp_path / "inner", {"first": bytes(100), "noise": noise}, form).read_bytes()
    archive = zipped(tmp_path / "a.zip", {"inner": inner})

    with open_binary(f"{archive}!/inner!/noise") as file:
        assert file.read() == noise
        file.seek(2**20)
        assert file.read(16) == noise[2**20 : 2**20 + 16]
