"""Files of an answer: every image in them, and a sentence for all else."""

from __future__ import annotations

import io
import struct
import tarfile
from pathlib import Path

import nibabel
import numpy as np
import pytest

from workstation.imaging.nifti.answer_files import read_images


def nifti() -> bytes:
    return bytes(nibabel.Nifti1Image(np.ones((4, 3, 2), np.uint8), np.eye(4)).to_bytes())


def archive(**files: bytes) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name.replace("_", "."))
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return held.getvalue()


def zipped() -> bytes:
    return b"PK\x05\x06" + bytes(18)  # the end of an archive without a file


def read(folder: Path, name: str, content: bytes) -> tuple[list[str], list[str]]:
    (folder / name).write_bytes(content)
    images, left = read_images(folder / name)
    return [image.name for image in images], [str(words) for words in left]


def test_the_image_in_an_archive_is_read_and_other_files_are_listed(tmp_path: Path) -> None:
    held = archive(mask_nii=nifti(), readme_txt=b"hello")

    assert read(tmp_path, "ResultURL.tar.gz", held) == (["mask.nii"], ["readme.txt is no image."])


def test_an_archive_without_a_file_is_said(tmp_path: Path) -> None:
    assert read(tmp_path, "ResultURL.zip", zipped()) == ([], ["ResultURL.zip holds no file."])


def test_an_image_without_a_finite_place_is_not_taken(tmp_path: Path) -> None:
    content = bytearray(nifti())
    struct.pack_into("<f", content, 280, float("nan"))  # srow_x[0]

    assert read(tmp_path, "Mask.nii", bytes(content)) == ([], ["Mask.nii: The file can't be read."])


@pytest.mark.parametrize("content", [b"", nifti()[:-3], nifti()[:100]])
def test_a_file_that_ends_too_early_is_said(tmp_path: Path, content: bytes) -> None:
    images, (left,) = read(tmp_path, "Mask.nii", content)

    assert images == []
    assert left.startswith("Mask.nii: The file ends too early")
