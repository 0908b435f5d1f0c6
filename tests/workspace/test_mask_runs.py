"""A job on a picture and a mask drawn over it: left before its copies went up, it goes on with that very mask."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from tests.jobs.fakes import TestClock
from tests.photos import encoded, photo, shape
from tests.workspace.test_runs import FolderConnections
from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.photo_mask import PhotoMask, mask_from_json, mask_json
from workstation.domain.series import Stack
from workstation.domain.work import CancelToken, silent
from workstation.imaging.series.scan import scan
from workstation.records import Records
from workstation.workspace.intents import AnalysisRequest
from workstation.workspace.jobs import JobLine
from workstation.workspace.runs import JobFolders, Runs, Site, unheard

DRAWN = shape("ellipse", 120, 160)


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    (tmp_path / "photo.png").write_bytes(encoded(photo(DRAWN)))
    (found,) = scan([tmp_path / "photo.png"]).stacks
    return found


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    with Records(tmp_path / "records.db") as ledger:
        folders = JobFolders(tmp_path / "work", tmp_path / "results")
        yield Runs(FolderConnections(tmp_path), ledger, TestClock(), folders, lambda: Site("Site", "site-01", 100.0))


def request(stack: Stack, covered: npt.NDArray[np.bool_] = DRAWN) -> AnalysisRequest:
    mask = PhotoMask(covered=covered)
    return AnalysisRequest(stack=stack, operation="refine-mask", connection="local", parameters={}, mask=mask)


def left(runs: Runs, asked: AnalysisRequest | str, stack: Stack, work: Path) -> str:
    """The id of a job that was started, or gone on with, and left once its copies lay ready."""
    token = CancelToken()

    def quit_while_uploading(line: JobLine) -> None:
        if line.code == "uploading" and any(work.rglob("*.png")):
            token.cancel()

    go_on = partial(runs.resume, asked, (stack,)) if isinstance(asked, str) else partial(runs.start, asked)
    with pytest.raises(Cancelled):
        go_on(quit_while_uploading, silent, token, keep=True)
    (line,) = (line for line in runs.lines() if line.resumable)
    return line.id


def test_a_job_that_was_left_goes_on_with_the_mask_that_was_drawn(runs: Runs, stack: Stack, tmp_path: Path) -> None:
    job = left(runs, request(stack), stack, tmp_path / "work")
    for copy in (tmp_path / "work").rglob("*.png"):
        copy.unlink()  # so that copies have to be made anew

    assert left(runs, job, stack, tmp_path / "work") == job

    (mask,) = (tmp_path / "work").rglob("mask/*.png")
    with Image.open(mask) as image:
        assert np.array_equal(np.asarray(image.convert("L")) > 127, DRAWN)


def test_with_another_mask_it_is_another_analysis(runs: Runs, stack: Stack, tmp_path: Path) -> None:
    left(runs, request(stack), stack, tmp_path / "work")
    codes = []
    for covered in (DRAWN, shape("rectangle", 120, 160)):
        with pytest.raises(WorkstationError) as ended:
            runs.start(request(stack, covered), unheard, silent, CancelToken())
        codes.append(ended.value.code)

    assert codes[0] is ErrorCode.JOB_ACTIVE
    assert codes[1] is not ErrorCode.JOB_ACTIVE  # it is sent; this service answers no picture


def test_a_mask_comes_back_from_the_records_as_it_was() -> None:
    back = mask_from_json(mask_json(PhotoMask(covered=DRAWN)))

    assert back is not None
    assert np.array_equal(back.covered, DRAWN)
    assert (mask_json(None), mask_from_json("")) == ("", None)
