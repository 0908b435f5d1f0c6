"""Analyses of nothing that is opened: a text, or one turn of a dialogue. What they send, cost, and gave earlier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from workstation.catalogue import OPERATIONS, operation_named
from workstation.catalogue.carrying import check_room
from workstation.catalogue.operation import Operation, Service
from workstation.domain.answer import AnalysisResult
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Stack
from workstation.domain.words import NOTHING, Words, say, say_count
from workstation.domain.work import CancelToken, Clock, Reporter, silent
from workstation.jobs.consent import vendor_day
from workstation.workspace.cards import ConsentView
from workstation.workspace.connections import ConnectionInfo, Connections, named
from workstation.workspace.intents import TextRequest
from workstation.workspace.offers import lifecycle_line, service_of, still_have
from workstation.workspace.runs import Runs, WentOn, unheard
from workstation.workspace.text_preparation import picture_of, sending

MOST_EARLIER: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOffer:
    """One text operation for one connection. `lifecycle`: what the vendor says about its end; `offered` else not."""

    operation: str
    title: Words
    cost: Words
    offered: bool
    lifecycle: Words = NOTHING


class TextDesk:
    """Plain functions, several at once from a pool. All may raise WorkstationError; Cancelled with a token."""

    def __init__(self, runs: Runs, connections: Connections, clock: Clock) -> None:
        self._runs, self._connections, self._clock = runs, connections, clock

    def now(self) -> datetime:
        return self._clock.now()

    def offers(self, connection: str) -> tuple[TextOffer, ...]:
        """The text operations that have a place in the window."""
        info = named(self._connections, connection)
        rows = [row for row in OPERATIONS if row.card and not row.input_kind.about_series]
        return tuple(self._offer(row, info) for row in rows)

    def consent(self, request: TextRequest) -> ConsentView:
        """Exactly what would leave this PC. raises NOT_OFFERED, WITHDRAWN, NO_ROOM, OVER_MONTH_LIMIT"""
        info, operation = named(self._connections, request.connection), operation_named(request.operation)
        service = service_of(operation, info, vendor_day(self._clock.now()), self._connections.all())
        check_room(operation, service, len(request.pictures))
        cost = self._runs.estimate(operation, info)
        self._runs.check_month_limit(info, cost)
        return consent_view(request, operation, service, info, cost)

    def check_pictures(self, operation: Operation, connection: str, count: int) -> None:
        """Before a dialogue begins: whether the call that asks for pictures will take so many. raises NO_ROOM"""
        service = operation.service_for(named(self._connections, connection).kind)
        if service is not None:
            check_room(operation, service, count)

    def estimate(self, request: TextRequest) -> float:
        """Yuan that the call would cost now."""
        return self._runs.estimate(operation_named(request.operation), named(self._connections, request.connection))

    def analyse(self, request: TextRequest, went_on: WentOn, cancel: CancelToken) -> AnalysisResult:
        """One durable job. `cancel` is the end of the program: the job stays resumable."""
        return self._run(request, went_on, silent, cancel, keep=True)

    def analyse_with_progress(self, request: TextRequest, reporter: Reporter, cancel: CancelToken) -> AnalysisResult:
        """For commands: progress instead of lines."""
        return self._run(request, unheard, reporter, cancel, keep=False)

    def _run(
        self, request: TextRequest, went_on: WentOn, reporter: Reporter, cancel: CancelToken, *, keep: bool
    ) -> AnalysisResult:
        """The same words again go on with the job that stopped on its way; nothing is sent twice."""
        operation = operation_named(request.operation)
        fill = sending(operation, request.pictures, request.covering)
        try:
            return self._runs.start_text(request, fill, went_on, reporter, cancel, keep=keep)
        except WorkstationError as error:
            if error.code is not ErrorCode.JOB_ACTIVE:
                raise
            job_id = str(error.facts["name"])
        return self._runs.resume_text(job_id, fill, went_on, reporter, cancel, keep=keep)

    def pictured(self, pictures: tuple[Path, ...]) -> Stack | None:
        """What a report shows of a dialogue: its only picture, as long as it is there and can be read."""
        if len(pictures) != 1:
            return None
        try:
            return picture_of(pictures[0])
        except WorkstationError:
            return None

    def results(self) -> tuple[AnalysisResult, ...]:
        """Results of earlier runs, newest first; of a dialogue only its last turn."""
        found: list[AnalysisResult] = []
        seen: set[object] = set()
        for result in self._runs.text_results(MOST_EARLIER):
            began = result.parameters.get("began")  # of a dialogue; each of its turns has it
            if began is None or began not in seen:
                found.append(result)
            seen.add(began)
        return tuple(found)

    def _offer(self, operation: Operation, info: ConnectionInfo) -> TextOffer:
        today, connections = vendor_day(self._clock.now()), self._connections.all()
        offered = info in still_have(operation, (info,), today)
        return TextOffer(
            operation=operation.name,
            title=operation.title,
            cost=_told(_cost(self._runs.estimate(operation, info), info), info, operation) if offered else NOTHING,
            offered=offered,
            lifecycle=lifecycle_line(operation, info, today, connections).says or NOTHING,
        )


def _cost(yuan: float, info: ConnectionInfo) -> Words:
    if info.local:
        return say("Local cloud, free")
    return say("¥{yuan:.2f} a call", yuan=yuan) if yuan else say("Free of charge while in public test")


def _told(cost: Words, info: ConnectionInfo, operation: Operation) -> Words:
    """The cost, and beforehand whether the answer will be made up."""
    if not (info.local and operation.simulated):
        return cost
    made_up = say("The answer will be simulated: it has no medical content.")
    return say("{cost}. {warning}", cost=cost, warning=made_up)


def consent_view(
    request: TextRequest, operation: Operation, service: Service, info: ConnectionInfo, cost_yuan: float
) -> ConsentView:
    """What would leave this PC; for the local cloud nothing does."""
    written = sum(len(str(value)) for name, value in request.parameters.items() if name in ("text", "texts"))
    leaves = [say_count("{count} character of text, as it is", "{count} characters of text, as they are", written)]
    if request.pictures:
        count = len(request.pictures)
        leaves.append(say_count("{count} picture, encoded anew", "{count} pictures, encoded anew", count))
    title = say("Send this to {place}?", place=info.title)
    return ConsentView(
        leaves_pc=not info.local,
        title=say("Analyse on this PC: nothing leaves it") if info.local else title,
        subtitle=say("{operation} · {action}", operation=operation.title, action=service.action),
        leaves=tuple(leaves),
        stays=(
            say("What was said earlier in this dialogue, except to the service itself"),
            say("Name, place, date and camera of every picture"),
        )
        if request.pictures
        else (say("Everything that is open in the window"),),
        cost=_cost(cost_yuan, info),
        cost_yuan=0.0 if info.local else cost_yuan,
        deleted=say("as soon as the result is here") if request.pictures else say("nothing is stored there by us"),
        warnings=() if info.local else (say("A name, number or date in the text leaves this PC with it: write none."),),
    )
