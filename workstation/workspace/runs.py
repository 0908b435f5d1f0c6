"""Running durable jobs for a person: by window or command, with their lines of words, and from any earlier point."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from workstation.catalogue import OPERATIONS, job_list, operation_named
from workstation.catalogue.carrying import check_room
from workstation.catalogue.check import check
from workstation.catalogue.operation import NO_PARAMETERS, Operation, Service
from workstation.catalogue.repairs import KEEPS_PIXELS, Repair
from workstation.catalogue.two_series import check_second, second_role
from workstation.domain.answer import AnalysisResult
from workstation.domain.covering import as_covered
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.request import Parameters
from workstation.domain.sentences import sentence
from workstation.domain.series import Stack
from workstation.domain.words import Words, say
from workstation.domain.work import CancelToken, Clock, Progress, Reporter, silent
from workstation.jobs.cleaning import sweep
from workstation.jobs.consent import Consent, billing_month, check_month_limit, estimate_cost, vendor_day
from workstation.jobs.finish import finished
from workstation.jobs.job import Job, JobState, NewJob
from workstation.jobs.listed import has_list, may_be
from workstation.jobs.ports import AnalysisService, Ledger, ObjectStore, Prepare, World
from workstation.jobs.queries import ask_cancel, list_jobs, show_job, state_words
from workstation.jobs.runner import JobOutcome, create, run
from workstation.jobs.stored import OtherSeries
from workstation.jobs.uncertain import UncertainChoice, resolve_uncertain
from workstation.records.calls_table import BILLED
from workstation.workspace.connections import ConnectionInfo, Connections, named
from workstation.workspace.intents import AnalysisRequest, TextRequest
from workstation.workspace.jobs import JobLine, Resolution
from workstation.workspace.offers import check_carried, service_of
from workstation.workspace.photo_masks import check_photo_mask
from workstation.workspace.preparation import preparation
from workstation.workspace.result_files import KeptFiles
from workstation.workspace.text_preparation import sending_again

WentOn = Callable[[JobLine], None]


def unheard(line: JobLine) -> None:
    """Nobody watches this run."""


@dataclass(frozen=True, slots=True)
class Site:
    """Whom the service is told the data comes from, and what may be spent a month (yuan)."""

    org_name: str
    org_id: str
    month_limit_yuan: float


@dataclass(frozen=True, slots=True)
class JobFolders:
    """Where copies are prepared (gone with the end of a job), and where files of answers stay."""

    work: Path
    results: Path


class Runs:
    """All jobs of this program. Safe between threads: each job runs in the thread that asks for it."""

    def __init__(
        self,
        connections: Connections,
        ledger: Ledger,
        clock: Clock,
        folders: JobFolders,
        site: Callable[[], Site],
    ) -> None:
        self._connections, self._ledger, self._clock = connections, ledger, clock
        self._folders, self._site = folders, site
        self._tokens: dict[str, CancelToken] = {}
        self._lock = threading.Lock()

    def estimate(self, operation: Operation, info: ConnectionInfo, parameters: Parameters = NO_PARAMETERS) -> float:
        """Yuan of the next call, by default with the defaults; 0 where the connection does not offer it."""
        service = operation.service_for(info.kind)
        if service is None:
            return 0.0
        return estimate_cost(service, parameters, info.name, info.kind, self._ledger, self._clock.now())

    def check_month_limit(self, info: ConnectionInfo, cost: float) -> None:
        """raises OVER_MONTH_LIMIT"""
        check_month_limit(self._site().month_limit_yuan, info.kind, cost, self._ledger, self._clock.now())

    def month(self) -> tuple[float, int]:
        """Yuan spent and calls made this month, over all connections that cost."""
        month = billing_month(self._clock.now())
        infos = [info for info in self._connections.all() if not info.local]
        return self._ledger.calls.spent_yuan(month), sum(self.calls(info) for info in infos)

    def calls(self, info: ConnectionInfo, service: Service | None = None) -> int:
        """Billed calls of this month, of one service or of all that the connection has."""
        month = billing_month(self._clock.now())
        services = [service] if service is not None else [s for o in OPERATIONS if (s := o.service_for(info.kind))]
        return sum(self._ledger.calls.count(info.name, s.source, month) for s in services)

    def start(
        self,
        request: AnalysisRequest,
        went_on: WentOn,
        reporter: Reporter,
        cancel: CancelToken,
        *,
        keep: bool = False,
    ) -> AnalysisResult:
        """Create a job and run it to its end.

        keep    `cancel` is the end of the program: the job stays resumable

        raises BAD_PARAMETER, NOT_ELIGIBLE, NO_ROOM, SECOND_SERIES_NEEDED, MASK_NEEDED, MASK_SIZE, MASK_EMPTY,
               NOT_OFFERED, WITHDRAWN, NO_CONSENT, TOO_EXPENSIVE, OVER_MONTH_LIMIT, JOB_ACTIVE; what ended the job
        """
        operation = operation_named(request.operation)
        info = named(self._connections, request.connection)
        service = service_of(operation, info, vendor_day(self._clock.now()), self._connections.all())
        operation.together(request.parameters)
        check_photo_mask(request.mask, request.stack, operation)
        repairs = eligible(request, operation)
        check_carried(operation, service, (request.stack, *request.others.values()))
        cost = self.estimate(operation, info, request.parameters)
        new = NewJob(
            operation=operation.name,
            connection=info.name,
            stack_id=request.stack.id,
            study_uid=request.stack.study.uid,
            parameters=dict(request.parameters),
            others={role: OtherSeries(other.id, other.study.uid) for role, other in request.others.items()},
            consent=None if info.local else self._consent(request, info, cost),
            notes=tuple(dict.fromkeys(repair.sentence for repair in repairs if repair.code in KEEPS_PIXELS)),
            covering=request.covering,
            mask=request.mask,
        )
        fill = preparation(
            request.stack,
            operation,
            request.others,
            nifti=service.nifti,
            mask=request.mask,
            covering=request.covering,
        )
        world = self._world(info, service, fill)
        return self._run(new, world, went_on, reporter, cancel, keep=keep).placed()

    def start_text(
        self,
        request: TextRequest,
        fill: Prepare,
        went_on: WentOn,
        reporter: Reporter,
        cancel: CancelToken,
        *,
        keep: bool = False,
    ) -> AnalysisResult:
        """The same for what belongs to no series. raises as `start`; JOB_ACTIVE names the job that is under way"""
        operation = operation_named(request.operation)
        info = named(self._connections, request.connection)
        service = service_of(operation, info, vendor_day(self._clock.now()), self._connections.all())
        check_room(operation, service, len(request.pictures))
        cost = self.estimate(operation, info)
        consent = Consent(
            slices=len(request.pictures),
            bytes=sum(picture.stat().st_size for picture in request.pictures if picture.is_file()),
            place=f"{info.bucket} · {info.host}",
            cost_yuan=cost,
            limit_yuan=cost if request.limit_yuan is None else request.limit_yuan,
            month_limit_yuan=self._site().month_limit_yuan,
            given_at=self._clock.now(),
        )
        new = NewJob(
            operation=operation.name,
            connection=info.name,
            stack_id="",
            study_uid="",
            parameters=dict(request.parameters),
            consent=None if info.local else consent,
            covering=request.covering,
        )
        return self._run(new, self._world(info, service, fill), went_on, reporter, cancel, keep=keep).placed()

    def resume_text(
        self,
        job_id: str,
        fill: Prepare,
        went_on: WentOn,
        reporter: Reporter,
        cancel: CancelToken,
        *,
        keep: bool = False,
    ) -> AnalysisResult:
        """Go on with a job that belongs to no series. raises JOB_BUSY, OUTCOME_UNKNOWN, what ended the job"""
        job = show_job(job_id, self._ledger).job
        if job.state is JobState.UNCERTAIN:
            raise job.error or WorkstationError(ErrorCode.OUTCOME_UNKNOWN)
        info = named(self._connections, job.connection)
        world = self._world(info, self._service(job, info), fill)
        return self._run(job_id, world, went_on, reporter, cancel, keep=keep).placed()

    def resume(
        self,
        job_id: str,
        stacks: Sequence[Stack],
        went_on: WentOn,
        reporter: Reporter,
        cancel: CancelToken,
        *,
        keep: bool = False,
    ) -> AnalysisResult:
        """Go on with a job from where it stopped; a job that is done gives its result again."""
        job = show_job(job_id, self._ledger).job
        if job.state is JobState.DONE:
            info = named(self._connections, job.connection)
            return self._finished(job, info)
        if job.state is JobState.UNCERTAIN:
            raise job.error or WorkstationError(ErrorCode.OUTCOME_UNKNOWN)
        return self._run(job_id, self._world_of(job, stacks), went_on, reporter, cancel, keep=keep).placed()

    def resolve(
        self,
        job_id: str,
        resolution: Resolution,
        stacks: Sequence[Stack],
        went_on: WentOn,
        reporter: Reporter,
        cancel: CancelToken,
        *,
        keep: bool = False,
        number: str = "",
    ) -> AnalysisResult | None:
        """Do with an uncertain job what the person decided; None when it was given up.

        number  of one of the jobs that the service lists, which the person takes for this one

        raises  JOBS_LISTED, NONE_LISTED, CANNOT_ASK when the call's number never arrived; nothing is decided then
        """
        job = show_job(job_id, self._ledger).job
        world = self._world_of(job, stacks)
        if resolution is Resolution.ASK_AGAIN and job.state is JobState.UNCERTAIN and not job.service_job_id:
            self._check_listed(job, world, number, cancel)
        resolve_uncertain(job_id, UncertainChoice(resolution.value), self._ledger, self._clock, number)
        outcome = self._run(job_id, world, went_on, reporter, cancel, keep=keep)
        return None if resolution is Resolution.GIVE_UP else outcome.placed()

    def _check_listed(self, job: Job, world: World, number: str, cancel: CancelToken) -> None:
        """raises JOBS_LISTED, NONE_LISTED unless `number` is one of the jobs that may be this one; CANNOT_ASK"""
        found = may_be(job, world.service, world.jobs_service, self._ledger, self._clock, cancel)
        numbers = [one.id for one in found]
        if not numbers:
            raise WorkstationError(ErrorCode.NONE_LISTED, name=job.id)
        if number not in numbers:
            raise WorkstationError(ErrorCode.JOBS_LISTED, name=job.id, count=len(numbers), numbers=", ".join(numbers))

    def cancel(self, job_id: str) -> None:
        """A person's cancel: the run that has the job ends it in order; if nobody has it, it is ended here."""
        with self._lock:
            token = self._tokens.get(job_id)
        held = ask_cancel(job_id, self._ledger, self._clock)
        if token is not None:
            token.cancel()
        elif not held:
            job = show_job(job_id, self._ledger).job
            if not job.state.final and job.state is not JobState.UNCERTAIN:
                self._run(job_id, self._world_of(job, ()), unheard, silent, CancelToken())

    def lines(self) -> tuple[JobLine, ...]:
        """All jobs in words, oldest first."""
        return tuple(self.line(job) for job in list_jobs(self._ledger))

    def line(self, job: Job, progress: Progress | None = None) -> JobLine:
        row = sentence(job.error) if job.error is not None and job.state is not JobState.CANCELLED else None
        held = self._ledger.is_held(job.id)
        return JobLine(
            id=job.id,
            title=operation_named(job.operation).title,
            state=_state(job, progress) if held or not job.state.resumable else _stopped(job),
            fraction=_fraction(job, progress),
            stack_id=job.stack_id,
            connection=job.connection,
            error=row.says if row is not None else None,
            remedy=row.remedy if row is not None else None,
            running=held and not job.state.final,
            resumable=job.state.resumable and not held,
            needs_decision=job.state is JobState.UNCERTAIN,
            finished=job.state.final,
            code=job.state.value,
            cost=self._cost(job),
            number=job.request_id,
        )

    def _cost(self, job: Job) -> Words | None:
        """What the call costs by the price list: certain once the service said that it did it, or did not."""
        if job.consent is None:
            return None
        calls = [call for call in self._ledger.calls.of_job(job.id) if call.cost_yuan > 0]
        if not calls:
            return None
        yuan = sum(call.cost_yuan for call in calls)
        if any(call.outcome != BILLED for call in calls):
            return say("¥{yuan:.2f}, not certain", yuan=yuan)
        return say("¥{yuan:.2f}", yuan=yuan)

    def results(self, stack: Stack) -> tuple[AnalysisResult, ...]:
        """Results of earlier runs on this very series, oldest first. One that can't be read any more is left out."""
        found: list[AnalysisResult] = []
        for job in list_jobs(self._ledger):
            same = job.stack_id == stack.id and job.study_uid == stack.study.uid
            if not same or job.state is not JobState.DONE:
                continue
            try:
                info = named(self._connections, job.connection)
                found.append(self._finished(job, info))
            except WorkstationError:
                continue
        return tuple(found)

    def text_results(self, most: int) -> Iterator[AnalysisResult]:
        """Results that belong to no series, newest first, of the last `most` jobs. Unreadable ones are left out."""
        jobs = [job for job in list_jobs(self._ledger) if not job.stack_id and job.state is JobState.DONE]
        for job in jobs[: -most - 1 : -1]:
            with suppress(WorkstationError):
                yield self._finished(job, named(self._connections, job.connection))

    def sweep(self) -> int:
        """Delete what earlier runs could not delete; the number of objects still there."""
        return sweep(self._ledger, self._store, self._folders.work, self._clock)

    def _store(self, connection: str, bucket: str) -> ObjectStore | None:
        """The store that objects were left in; None where the connection is gone or has another bucket now."""
        try:
            info = named(self._connections, connection)
            service = next(s for operation in OPERATIONS if (s := operation.service_for(info.kind)) is not None)
            opened = self._connections.open(connection, service.product)
        except (WorkstationError, StopIteration):
            return None
        return opened.store if opened.bucket == bucket else None

    def _consent(self, request: AnalysisRequest, info: ConnectionInfo, cost: float) -> Consent:
        stacks = (request.stack, *request.others.values())
        files = {instance.path: instance.file_bytes for stack in stacks for instance in stack.instances}
        return Consent(
            slices=sum(stack.slices for stack in stacks),
            bytes=sum(files.values()),
            place=f"{info.bucket} · {info.host}",
            cost_yuan=cost,
            limit_yuan=cost if request.limit_yuan is None else request.limit_yuan,
            month_limit_yuan=self._site().month_limit_yuan,
            given_at=self._clock.now(),
        )

    def _files(self, info: ConnectionInfo) -> KeptFiles:
        return KeptFiles(self._folders.results, self._clock, loopback_allowed=info.local or info.on_this_pc)

    def _finished(self, job: Job, info: ConnectionInfo) -> AnalysisResult:
        return finished(job.id, self._service(job, info), info.kind, self._ledger, self._files(info)).result

    def _service(self, job: Job, info: ConnectionInfo) -> Service:
        """The service that did it, whatever its life-cycle says now."""
        operation = operation_named(job.operation)
        for service in operation.services:
            if service.source == job.source:
                return service
        raise WorkstationError(ErrorCode.NOT_OFFERED, name=info.name, operation=operation.title, others="–")

    def _world_of(self, job: Job, stacks: Sequence[Stack]) -> World:
        """The world of an earlier job; its study may be open or not."""
        info = named(self._connections, job.connection)
        by_place = {(stack.id, stack.study.uid): stack for stack in stacks}
        stack = by_place.get((job.stack_id, job.study_uid))
        others = {
            role: found
            for role, other in job.others.items()
            if (found := by_place.get((other.stack_id, other.study_uid))) is not None
        }
        operation = operation_named(job.operation)
        service = self._service(job, info)
        fill = None
        if stack is not None:
            fill = preparation(stack, operation, others, nifti=service.nifti, mask=job.mask, covering=job.covering)
        if not job.stack_id:
            fill = sending_again(operation, job.parameters)
        return self._world(info, service, fill)

    def _world(self, info: ConnectionInfo, service: Service, fill: Prepare | None) -> World:
        opened, site = self._connections.open(info.name, service.product), self._site()
        return World(
            store=opened.store,
            client=opened.client,
            service=service,
            ledger=self._ledger,
            clock=self._clock,
            connection=info.name,
            kind=info.kind,
            bucket=opened.bucket,
            folder=self._folders.work,
            files=self._files(info),
            jobs_service=self._jobs_service(info, service),
            prepare=fill,
            prefix=opened.prefix,
            org_name=site.org_name,
            org_id=site.org_id,
        )

    def _jobs_service(self, info: ConnectionInfo, service: Service) -> AnalysisService | None:
        """Whoever keeps the list of jobs of this connection; None where it has no address for that."""
        if not has_list(service):
            return None
        try:
            return self._connections.open(info.name, job_list.PRODUCT).client
        except WorkstationError:
            return None

    def _run(
        self,
        what: str | NewJob,
        world: World,
        went_on: WentOn,
        reporter: Reporter,
        cancel: CancelToken,
        *,
        keep: bool = False,
    ) -> JobOutcome:
        job_id = what if isinstance(what, str) else create(what, world).id
        with self._lock:
            self._tokens[job_id] = cancel
        try:
            outcome = run(job_id, world, partial(self._tell, job_id, went_on, reporter), cancel, keep=keep)
        finally:
            with self._lock:
                self._tokens.pop(job_id, None)
        went_on(self.line(outcome.job))
        return outcome

    def _tell(self, job_id: str, went_on: WentOn, reporter: Reporter, progress: Progress) -> None:
        reporter(progress)
        went_on(self.line(show_job(job_id, self._ledger).job, progress))


def eligible(request: AnalysisRequest, operation: Operation) -> tuple[Repair, ...]:
    """What is repaired before sending, of each series. raises NOT_ELIGIBLE, SECOND_SERIES_NEEDED"""
    role = second_role(operation)
    if role and role not in request.others:
        raise WorkstationError(ErrorCode.SECOND_SERIES_NEEDED, operation=operation.title)
    every = [check(as_covered(request.stack, request.covering), operation)]
    every += [
        check_second(as_covered(other, request.covering.of(place)), request.stack, operation)
        for place, other in enumerate(request.others.values(), start=1)
    ]
    if any(not found.fits and not (request.repair and found.repairable) for found in every):
        raise WorkstationError(ErrorCode.NOT_ELIGIBLE, operation=operation.title)
    return tuple(repair for found in every for repair in found.repairs)


def _fraction(job: Job, progress: Progress | None) -> float | None:
    """None while nobody knows how much there is to do: a service at work tells no share."""
    if progress is None or job.state.final or not (progress.total or progress.bytes_total):
        return None
    return progress.fraction


def _stopped(job: Job) -> Words:
    return say("Stopped · {state}", state=state_words(job))


def _state(job: Job, progress: Progress | None) -> Words:
    if progress is None or job.state.final:
        return state_words(job)
    if progress.seconds_left is not None:
        return say("{state} · {seconds:.0f} s left", state=progress.words, seconds=progress.seconds_left)
    return progress.words
