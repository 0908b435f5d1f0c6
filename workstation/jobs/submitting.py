"""The paid call: written before, sent once, and what became of it written after."""

from __future__ import annotations

from typing import Final

from workstation.catalogue.operation import CallInput, ConnectionKind
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.request import CallKind, RpcAnswer, ServiceCall
from workstation.domain.words import say
from workstation.domain.work import Progress
from workstation.jobs.consent import billing_month, check_consent, estimate_cost
from workstation.jobs.job import Job, JobState, job_of
from workstation.jobs.links import without_signatures
from workstation.jobs.plan import planned_objects
from workstation.jobs.ports import World
from workstation.jobs.session import Session
from workstation.jobs.stored import facts_json, plan_from_json
from workstation.records import CallRow
from workstation.records.calls_table import FREE, OPEN, UNKNOWN

_C = ErrorCode

# After these the service has certainly not taken the job. Any other failure leaves it open, a used nonce too: ours are
# random, so something on the way repeated the call, and the first one may have been taken.
NOT_TAKEN: Final = frozenset(
    {
        *(_C.CANCELLED, _C.UNREACHABLE, _C.REFUSED, _C.REFUSED_INPUT, _C.WRONG_KEY, _C.WRONG_SIGNATURE),
        *(_C.CLOCK_WRONG, _C.NO_BUCKET, _C.FORBIDDEN, _C.NOT_ACTIVATED, _C.IN_DEBT, _C.THROTTLED),
        *(_C.SERVICE_FAILED, _C.LINK_EXPIRED, _C.URL_TOO_LONG),
    }
)


def submit(session: Session) -> None:
    """Sign the links as late as possible, ask for the analysis once.

    raises NO_CONSENT, TOO_EXPENSIVE, OVER_MONTH_LIMIT, URL_TOO_LONG, Cancelled (nothing was sent),
           the service's refusal (the job is back at UPLOADING)
    """
    world, ledger, row = session.world, session.world.ledger, session.row
    session.check()
    attempt, now = row.submissions + 1, session.now()
    ledger.calls.settle(session.id, attempt, FREE)  # an attempt that ended before it was written as begun
    job = job_of(row)
    cost = estimate_cost(world.service, job.parameters, world.connection, world.kind, ledger, now)
    check_consent(job.consent, world.kind, cost, ledger, now)
    objects = planned_objects(row.prefix, session.id, plan_from_json(row.plan))
    links: dict[str, tuple[str, ...]] = {}
    for planned in objects:
        link = world.store.sign_get(planned.key, world.link_seconds)
        links[planned.file.role] = (*links.get(planned.file.role, ()), link)
    call = world.service.submit_call(
        CallInput(
            links=links,
            parameters=job.parameters,
            org_name=world.org_name,
            org_id=world.org_id,
            form=objects[0].file.form if objects else "",
        )
    )
    ledger.receipts.open(session.id)
    try:
        ledger.calls.begin(_call_row(session, attempt, cost, OPEN), _month_limit(job, world))
    except WorkstationError:
        ledger.receipts.close(session.id)
        raise
    session.reporter(Progress(0, 0, say("Submitting")))
    session.go(JobState.SUBMITTING, "submitting", submissions=attempt, submitted=now, cost_yuan=cost)
    _send(session, call)


def _month_limit(job: Job, world: World) -> float | None:
    """What may be spent this month; None where the call is free or the person set no limit."""
    if world.kind is ConnectionKind.LOCAL or job.consent is None:
        return None
    return job.consent.month_limit_yuan


def _send(session: Session, call: ServiceCall) -> None:
    world, ledger = session.world, session.world.ledger
    try:
        answer = world.client.call(call, CallKind.SUBMIT, session.cancel)
    except WorkstationError as error:
        if error.code not in NOT_TAKEN:
            _leave_open(session, str(error.facts.get("request_id", "")), str(error.facts.get("cause", "")))
            return
        ledger.calls.settle(session.id, session.row.submissions, FREE)
        session.go(JobState.UPLOADING, "refused", {"code": error.code.value, **error.facts}, cost_yuan=0.0)
        ledger.receipts.close(session.id)
        raise
    ledger.receipts.write(session.id, answer.request_id)
    _accepted(session, answer)
    ledger.receipts.close(session.id)


def _accepted(session: Session, answer: RpcAnswer) -> None:
    number = answer.request_id
    if session.world.service.is_job(job_of(session.row).parameters):
        session.go(JobState.WAITING, "submitted", request_id=number, service_job_id=number)
        return
    session.world.ledger.answers.save(session.id, answer.raw, without_signatures(answer.raw), session.now())
    session.go(JobState.DOWNLOADING, "answered", request_id=number)


def recover(session: Session) -> None:
    """A job found in the middle of the call: its number may have been kept; without it, only a person may go on."""
    ledger = session.world.ledger
    number = ledger.receipts.read(session.id)
    if number and session.world.service.is_job(job_of(session.row).parameters):
        session.go(JobState.WAITING, "submitted", {"receipt": 1}, request_id=number, service_job_id=number)
        ledger.receipts.close(session.id)
        return
    _leave_open(session, number)


def _leave_open(session: Session, number: str, cause: str = "") -> None:
    ledger = session.world.ledger
    ledger.calls.begin(_call_row(session, session.row.submissions, session.row.cost_yuan, UNKNOWN))
    facts = {"cause": cause} if cause else {}
    session.go(
        JobState.UNCERTAIN,
        "outcome-unknown",
        facts,
        error=ErrorCode.OUTCOME_UNKNOWN.value,
        error_facts=facts_json(facts),
        request_id=number,
        service_job_id=number,
    )
    ledger.receipts.close(session.id)


def _call_row(session: Session, attempt: int, cost: float, outcome: str) -> CallRow:
    now = session.row.submitted if outcome == UNKNOWN and session.row.submitted else session.now()
    return CallRow(
        job_id=session.id,
        attempt=attempt,
        connection=session.world.connection,
        source=session.world.service.source,
        month=billing_month(now),
        at=now,
        cost_yuan=cost,
        outcome=outcome,
        uses=session.world.service.uses(job_of(session.row).parameters),
    )
