"""The jobs that the window lists, newest last."""

from __future__ import annotations

from dataclasses import replace

from workstation.workspace.jobs import JobLine
from workstation.workspace.state import Changed, Workspace


def put_job(state: Workspace, line: JobLine) -> tuple[Workspace, Changed]:
    """A job is new or went on."""
    known = any(job.id == line.id for job in state.jobs)
    jobs = tuple(line if job.id == line.id else job for job in state.jobs)
    return replace(state, jobs=jobs if known else (*state.jobs, line)), Changed.JOBS


def put_away(state: Workspace, job_id: str) -> tuple[Workspace, Changed]:
    """Take a job that stands still off the screen; one that runs or waits for a decision stays."""
    jobs = tuple(job for job in state.jobs if job.id != job_id or job.running or job.needs_decision)
    return (state, Changed.NOTHING) if len(jobs) == len(state.jobs) else (replace(state, jobs=jobs), Changed.JOBS)
