"""Files that are exchanged while their series is open: nobody sees another patient's pixels under this one's name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import nibabel
import numpy as np
import pytest

from tests.imaging.archives import zipped
from tests.imaging.made import write_slice
from workstation.app import App
from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.series import Stack
from workstation.domain.work import CancelToken, silent
from workstation.workspace import watch as watching
from workstation.workspace.desk import Desk

LATER_NS = 5_000_000_000


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("YINGTAI_HOME", str(tmp_path / "home"))
    program = App()
    yield program.desk()
    program.close()


def study(folder: Path) -> list[Path]:
    folder.mkdir()
    return [write_slice(folder / f"{k}", z=3.0 * k) for k in range(4)]


def opened(desk: Desk, path: Path) -> Stack:
    (stack,) = desk.scan((path,), lambda _: None, silent, CancelToken()).stacks
    return stack


def written_later(path: Path) -> None:
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + LATER_NS))


def another(uid: str) -> str:
    """Of the same length."""
    return uid[:-1] + ("1" if uid[-1] != "1" else "2")


def refused(desk: Desk, stack: Stack) -> list[ErrorCode]:
    """By the volume, and by the slice that was exchanged."""
    codes = []
    for load in (lambda: desk.load(stack, silent, CancelToken()), lambda: desk.first_slice(stack, 2)):
        with pytest.raises(WorkstationError) as error:
            load()
        codes.append(error.value.code)
    return codes


def test_a_slice_of_another_patient_in_the_place_of_one_is_refused(desk: Desk, tmp_path: Path) -> None:
    files = study(tmp_path / "study")
    stack = opened(desk, tmp_path / "study")
    size = files[2].stat().st_size
    uid = another(stack.instances[2].sop_instance_uid)
    write_slice(files[2], z=6.0, PatientName="Test^Two", SOPInstanceUID=uid)
    written_later(files[2])

    assert files[2].stat().st_size == size
    assert refused(desk, stack) == [ErrorCode.FILE_CHANGED] * 2
    assert desk.first_slice(stack, 1).values.shape == (4, 6)  # the others are what they were


def test_a_slice_of_another_place_is_refused(desk: Desk, tmp_path: Path) -> None:
    files = study(tmp_path / "study")
    stack = opened(desk, tmp_path / "study")
    write_slice(files[2], z=7.0)
    written_later(files[2])

    assert refused(desk, stack) == [ErrorCode.FILE_CHANGED] * 2


@pytest.mark.parametrize("again", [False, True], ids=["first", "recalled"])
def test_a_file_that_was_only_written_again_is_the_same(desk: Desk, tmp_path: Path, again: bool) -> None:
    files = study(tmp_path / "study")
    stack = opened(desk, tmp_path / "study")
    if again:
        stack = opened(desk, tmp_path / "study")
    for file in files:
        written_later(file)

    assert desk.load(stack, silent, CancelToken()).values.shape == (4, 4, 6)


def test_an_archive_that_was_exchanged_is_refused(desk: Desk, tmp_path: Path) -> None:
    content = {path.name: path.read_bytes() for path in study(tmp_path / "plain")}
    archive = zipped(tmp_path / "a.zip", content)
    stack = opened(desk, archive)
    zipped(archive, content)
    written_later(archive)

    assert refused(desk, stack) == [ErrorCode.FILE_CHANGED] * 2


def volume(path: Path, value: int) -> None:
    image = nibabel.Nifti1Image(np.full((6, 5, 4), value, dtype=np.int16), np.eye(4))  # type: ignore[no-untyped-call]
    image.to_filename(path)


def test_a_file_of_another_form_that_a_watch_found_again_is_what_it_is_now(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NIfTI names no image in it that could tell two apart: only the watch knows that it is open as it is."""
    monkeypatch.setattr(watching, "LEAST_S", 0.02)
    path = tmp_path / "study" / "head.nii"
    path.parent.mkdir()
    volume(path, -50)
    stack = opened(desk, path.parent)
    volume(path, -90)
    written_later(path)
    before = refused(desk, stack)
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        desk.watch((path.parent,), (stack,), lambda _: cancel.cancel(), cancel)

    assert before == [ErrorCode.FILE_CHANGED] * 2
    assert (desk.load(stack, silent, CancelToken()).values == -90).all()


def test_a_folder_that_was_exchanged_and_is_opened_again_shows_what_it_holds(desk: Desk, tmp_path: Path) -> None:
    files = study(tmp_path / "study")
    before = opened(desk, tmp_path / "study")
    for k, file in enumerate(files):
        uid = another(before.instances[k].sop_instance_uid)
        write_slice(file, z=3.0 * k, PatientName="Test^Two", SeriesInstanceUID="1.2.3.5", SOPInstanceUID=uid)
        written_later(file)
    now = opened(desk, tmp_path / "study")

    assert refused(desk, before) == [ErrorCode.FILE_CHANGED] * 2
    assert desk.load(now, silent, CancelToken()).values.shape == (4, 4, 6)
