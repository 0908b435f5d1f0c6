"""A job through real files, the real clients and a service that really listens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.cloud.test_against_local_cloud import rpc, store
from tests.jobs.fakes import TestClock
from tests.localcloud.service import serving
from workstation.catalogue.chest import LUNG_NODULE
from workstation.catalogue.operation import ConnectionKind
from workstation.domain.answer import PlacementState
from workstation.domain.error import ErrorCode
from workstation.domain.series import Stack
from workstation.domain.work import CancelToken, Reporter
from workstation.imaging.phantom.make import PhantomOptions, make_phantom
from workstation.imaging.series.scan import scan
from workstation.imaging.upload.prepare import Prepared, prepare
from workstation.jobs import JobState, NewJob, World, run
from workstation.localcloud.engine.asked import Analysis
from workstation.localcloud.faults import Fault, FaultKind
from workstation.localcloud.note import Running
from workstation.records import Records
from workstation.workspace.result_files import KeptFiles


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Stack:
    folder = tmp_path_factory.mktemp("study")
    make_phantom("chest-ct", folder, options=PhantomOptions(slices=24, size=64, spacing_mm=10.0))
    (found,) = scan([folder]).stacks
    return found


def first_voxel_engine(analysis: Analysis) -> dict[str, object]:
    """One nodule in the middle of the fourth slice, and the geometry that the files really state."""
    import pydicom

    frames = [pydicom.dcmread(file) for file in analysis.files["URLList"]]
    (column, row), gap = frames[0].PixelSpacing[::-1], frames[1].ImagePositionPatient[2]
    origin = [float(value) for value in frames[0].ImagePositionPatient]
    step = float(gap) - origin[2]
    element: dict[str, object] = {"ImageX": 31.5, "ImageY": 31.5, "ImageZ": 3.0, "Diameter": 8.0, "Confidence": 0.8}
    element["SOPInstanceUID"] = str(frames[3].SOPInstanceUID)
    series = {
        "SeriesInstanceUid": str(frames[0].SeriesInstanceUID),
        "Origin": origin,
        "Spacing": [float(column), float(row), step],
        "Elements": [element],
    }
    return {"Series": [series], "YingtaiBasis": {"all": "algorithm", "parts": {}}}


class RealWaits(TestClock):
    """Waits as long as the local service needs, not as long as the far one does."""

    def sleep(self, seconds: float, cancel: CancelToken) -> None:
        super().sleep(seconds, cancel)
        cancel.wait(min(seconds, 0.15))


@contextmanager
def around(root: Path, stack: Stack, running: Running, ledger: Records) -> Iterator[World]:
    def fill(folder: Path, salt: bytes, reporter: Reporter, cancel: CancelToken) -> Prepared:
        return prepare(stack, folder, salt, reporter=reporter, cancel=cancel)

    service = LUNG_NODULE.service_for(ConnectionKind.LOCAL)
    assert service is not None
    with store(running) as objects, rpc(running) as client:
        yield World(
            store=objects,
            client=client,
            service=service,
            files=KeptFiles(root / "results", RealWaits(), loopback_allowed=True),
            ledger=ledger,
            clock=RealWaits(),
            connection="local",
            kind=ConnectionKind.LOCAL,
            bucket=running.bucket,
            folder=root / "prepared",
            prepare=fill,
            org_name="site-01",
            org_id="site-01",
        )


def new_job(stack: Stack) -> NewJob:
    return NewJob(
        operation="lung-nodule",
        connection="local",
        stack_id=stack.id,
        study_uid=stack.study.uid,
        parameters={"threshold": 0.6},
    )


served = partial(serving, engine=first_voxel_engine)


def test_a_finding_comes_back_to_its_place_and_nothing_stays_there(
    tmp_path: Path, stack: Stack, ledger: Records
) -> None:
    with served(tmp_path / "cloud") as running, around(tmp_path, stack, running, ledger) as world:
        outcome = run(new_job(stack), world)
        with store(running) as objects:
            left = objects.list("yingtai/")

    assert outcome.error is None
    result = outcome.placed()
    assert result.placement.state is PlacementState.PROVEN
    assert stack.geometry is not None
    (shape,) = result.findings[0].shapes
    assert getattr(shape, "center", None) == pytest.approx(tuple(stack.geometry.to_patient((3, 31.5, 31.5))))
    assert left == ()


def test_the_ledger_holds_nothing_of_the_person_and_no_path(tmp_path: Path, stack: Stack, ledger: Records) -> None:
    with served(tmp_path / "cloud") as running, around(tmp_path, stack, running, ledger) as world:
        run(new_job(stack), world)

    kept = b"".join(file.read_bytes() for file in tmp_path.glob("records.db*") if file.is_file())
    assert stack.study.uid.encode() in kept
    told = (stack.patient.name, stack.patient.id, stack.study.date, str(Path(stack.instances[0].path).parent))
    assert all(len(text) >= 5 for text in told)
    assert [text for text in told if text.encode() in kept] == []


def test_an_answer_to_the_submit_that_is_lost_leaves_the_job_uncertain(
    tmp_path: Path, stack: Stack, ledger: Records
) -> None:
    lost = (Fault(on="DetectLungNodule", kind=FaultKind.DROP_AFTER),)
    with served(tmp_path / "cloud", faults=lost) as running, around(tmp_path, stack, running, ledger) as world:
        outcome = run(new_job(stack), world)
        again = run(outcome.job.id, world)

    assert (outcome.job.state, outcome.job.error_code) == (JobState.UNCERTAIN, ErrorCode.OUTCOME_UNKNOWN)
    assert (again.job.state, again.job.submissions) == (JobState.UNCERTAIN, 1)


def test_a_store_that_goes_away_in_the_upload_is_taken_up_again(tmp_path: Path, stack: Stack, ledger: Records) -> None:
    gone = (Fault(on="PutObject", kind=FaultKind.STATUS, after=10, count=None, status=403),)
    with (
        served(tmp_path / "cloud", faults=gone) as running,
        around(tmp_path, stack, running, ledger) as world,
        store(running) as objects,
    ):
        stopped = run(new_job(stack), world)
        stored_before = len(objects.list("yingtai/"))
    with served(tmp_path / "cloud") as running, around(tmp_path, stack, running, ledger) as world:
        outcome = run(stopped.job.id, replace(world, prepare=None))

    assert (stopped.job.state, stopped.job.error_code) == (JobState.UPLOADING, ErrorCode.FORBIDDEN)
    assert stored_before == 10
    assert outcome.job.state is JobState.DONE
