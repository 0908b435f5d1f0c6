"""From the stored answer to a placed result; the same in the process that ran the job and in any later one."""

from __future__ import annotations

from dataclasses import dataclass

from workstation import __version__
from workstation.catalogue.operation import ConnectionKind
from workstation.domain.answer import LOCAL_SERVICE, AnalysisResult, JobStamp, SentSeries, ServiceAnswer
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.placement import place
from workstation.jobs.job import Job, job_of
from workstation.jobs.ports import Ledger, ServiceRow
from workstation.jobs.stored import sent_from_json


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Finished:
    """What came back of one job. `raw`: the service's answer as text, as it came."""

    answer: ServiceAnswer
    raw: str
    sent: SentSeries
    result: AnalysisResult


def finished(job_id: str, service: ServiceRow, kind: ConnectionKind, ledger: Ledger) -> Finished:
    """Parse what is stored and put it in its place in the patient.

    kind    an answer of a local connection has to say its basis
    raises  NO_SUCH_JOB; NOT_FOUND while there is no answer; BAD_ANSWER, NO_BASIS
    """
    row = ledger.jobs.row(job_id)
    stored = ledger.answers.of_job(job_id)
    if stored is None or not stored.answer or not row.sent_series:
        raise WorkstationError(ErrorCode.NOT_FOUND)
    answer = service.parse(stored.answer, kind is ConnectionKind.LOCAL)
    sent = sent_from_json(row.sent_series)
    result = _result(job_of(row), answer, sent, stored.raw, local=kind is ConnectionKind.LOCAL)
    return Finished(answer=answer, raw=stored.raw, sent=sent, result=result)


def _result(job: Job, answer: ServiceAnswer, sent: SentSeries, raw: str, *, local: bool) -> AnalysisResult:
    placement, findings = place(answer, sent, job.id)
    return AnalysisResult(
        operation=job.operation,
        connection=job.connection,
        basis=answer.basis,
        parameters=job.parameters,
        stack_id=job.stack_id,
        study_uid=job.study_uid,
        job=JobStamp(
            id=job.id,
            request_id=job.request_id,
            submitted=job.submitted or job.created,
            finished=job.finished or job.updated,
            cost_yuan=job.cost_yuan,
        ),
        service_name=LOCAL_SERVICE if local else answer.service_name or job.source,
        service_version=__version__ if local else answer.service_version,
        placement=placement,
        findings=findings,
        measurements=answer.measurements,
        texts=answer.texts,
        raw=raw,
        notes=job.notes,
    )
