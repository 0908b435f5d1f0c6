"""Rows to test the records with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from workstation.records import CallRow, JobRow, SentRow

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)

JOB = JobRow(
    id="7F3A1C00",
    operation="lung-nodule",
    connection="local",
    source="imageprocess.DetectLungNodule",
    stack_id="1.2.3#0",
    study_uid="1.2",
    parameters='{"threshold": 0.6}',
    state="created",
    created=NOON,
    updated=NOON,
    salt=b"\x00salt\xff",
    prefix="yingtai",
)


def job(job_id: str, *, stack_id: str = "") -> JobRow:
    return replace(JOB, id=job_id, stack_id=stack_id or job_id)


def sent(job_id: str, number: int) -> SentRow:
    return SentRow(
        job_id=job_id,
        connection="local",
        bucket="studies",
        key=f"p/{job_id}/{number:04d}.dcm",
        bytes=1000 + number,
        planned=NOON,
    )


def call(job_id: str, attempt: int = 1, *, month: str = "2026-03", yuan: float = 2.0) -> CallRow:
    return CallRow(
        job_id=job_id,
        attempt=attempt,
        connection="clinic",
        source=JOB.source,
        month=month,
        at=NOON,
        cost_yuan=yuan,
        outcome="open",
    )
