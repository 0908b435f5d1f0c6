"""Files that an answer links to, read one by one."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.jobs.fakes import TestClock
from workstation.workspace.result_files import KeptFiles

GREY = np.arange(60, dtype=np.uint8).reshape(6, 10)


@pytest.fixture
def kept(tmp_path: Path) -> KeptFiles:
    folder = tmp_path / "JOB"
    folder.mkdir()
    for number in range(3):
        Image.fromarray(GREY + number).save(folder / f"Elements[{number}].ImageURL.png")
    (folder / "Elements[3].ImageURL.png").write_bytes(b"no picture at all")
    return KeptFiles(tmp_path, TestClock(), loopback_allowed=True)


def test_a_picture_is_read_when_it_is_asked_for_and_let_go_of(kept: KeptFiles) -> None:
    files, _ = kept.read("JOB")
    (first,) = files["Elements[1].ImageURL"]
    assert np.array_equal(first.values[0], GREY + 1)

    gone = weakref.ref(first.values)
    del first
    gc.collect()

    assert gone() is None
    (again,) = files.get("Elements[1].ImageURL", ())
    assert np.array_equal(again.values[0], GREY + 1)


@pytest.mark.parametrize("asked", [True, False])
def test_what_cannot_be_read_is_said_once_whether_it_was_asked_for_or_not(kept: KeptFiles, asked: bool) -> None:
    files, unread = kept.read("JOB")
    if asked:
        assert files.get("Elements[3].ImageURL", ()) == ()
        assert files.get("Elements[3].ImageURL", ()) == ()

    said = [str(words) for words in unread()]

    assert len(said) == 1
    assert said[0].startswith("Elements[3].ImageURL")


def test_a_file_that_is_left_alone_is_neither_read_nor_said(kept: KeptFiles) -> None:
    files, unread = kept.read("JOB", leave=("Elements[3].ImageURL",))

    assert set(files) == {f"Elements[{number}].ImageURL" for number in range(3)}
    assert unread() == ()
