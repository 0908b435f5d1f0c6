"""The list of jobs."""

from __future__ import annotations

from workstation.domain.words import say
from workstation.workspace.job_list import put_away, put_job
from workstation.workspace.jobs import JobLine
from workstation.workspace.state import Workspace

RUNNING = JobLine(id="a", title=say("Lung nodules"), state=say("uploading"), running=True)
DONE = JobLine(id="b", title=say("Lung nodules"), state=say("done"), finished=True)


def test_a_job_that_went_on_keeps_its_place() -> None:
    state, _ = put_job(put_job(Workspace(), RUNNING)[0], DONE)
    further = JobLine(id="a", title=say("Lung nodules"), state=say("analysing"), running=True)

    assert put_job(state, further)[0].jobs == (further, DONE)


def test_only_a_job_that_stands_still_can_be_put_away() -> None:
    state, _ = put_job(put_job(Workspace(), RUNNING)[0], DONE)

    assert put_away(state, "b")[0].jobs == (RUNNING,)
    assert put_away(state, "a")[0].jobs == (RUNNING, DONE)
