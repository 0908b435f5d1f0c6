"""Before anything is run: the card of each operation beside a series, and what an analysis would send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from workstation.catalogue import OPERATIONS
from workstation.catalogue.carrying import can_carry, check_room, reason_against
from workstation.catalogue.check import Eligibility, check, fits, recommend, study_key
from workstation.catalogue.limits import LimitSource
from workstation.catalogue.operation import ConnectionKind, InputKind, LifecycleStatus, Operation, Service
from workstation.catalogue.reason import Reason
from workstation.catalogue.repairs import largest_matrix
from workstation.catalogue.suits import listed
from workstation.catalogue.two_series import WHOSE_UNKNOWN, check_pair, same_patient, second_role, seconds
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Stack
from workstation.domain.series_name import short_name
from workstation.domain.words import NOTHING, Words, say, say_count
from workstation.workspace.cards import CardView, ConsentView, Fit, SecondSeries, TagLine
from workstation.workspace.connections import ConnectionInfo
from workstation.workspace.picture_preparation import picture_leaving

if TYPE_CHECKING:
    from workstation.imaging.upload.leaving import Leaving

_UNPRICED: Final = say("The vendor calls this paid and names no price: the call may cost")
_NOT_THERE: Final = say("This connection does not offer it.")
_NO_END: Final = say("The vendor has announced no end of this.")
_UNKNOWN_END: Final = say("Whether this still exists is not known: its vendor states nothing.")


def service_of(
    operation: Operation, connection: ConnectionInfo, today: date, connections: Sequence[ConnectionInfo]
) -> Service:
    """`connections`: all there are, to propose those that have it. raises NOT_OFFERED, WITHDRAWN, MISSING_EXTRA"""
    service, extra = operation.service_for(connection.kind), operation.extra
    if extra is not None and connection.local and not extra.here:
        raise WorkstationError(ErrorCode.MISSING_EXTRA, extra=extra.name)
    if service is not None and not _gone(service, connection, today):
        return service
    others = _names(still_have(operation, connections, today))
    if service is None or service.lifecycle.ends is None:
        raise WorkstationError(ErrorCode.NOT_OFFERED, name=connection.name, operation=operation.title, others=others)
    date_gone = service.lifecycle.ends.isoformat()
    raise WorkstationError(ErrorCode.WITHDRAWN, operation=operation.title, date=date_gone, others=others)


def check_carried(operation: Operation, service: Service, stacks: Sequence[Stack]) -> None:
    """raises NO_ROOM: a call of this service has no room for all slices of one of them"""
    for stack in stacks:
        check_room(operation, service, stack.slices)


def _gone(service: Service, connection: ConnectionInfo, today: date) -> bool:
    """The life-cycle is the vendor's: the local cloud and a hospital's own service go on."""
    vendors = connection.kind not in (ConnectionKind.LOCAL, ConnectionKind.COMPATIBLE)
    return vendors and service.lifecycle.status(today) is LifecycleStatus.STOPPED


def still_have(operation: Operation, connections: Sequence[ConnectionInfo], today: date) -> tuple[ConnectionInfo, ...]:
    """Those of the connections through which the operation can be done on this day."""
    return tuple(
        connection
        for connection in connections
        if (service := operation.service_for(connection.kind)) is not None
        and not _gone(service, connection, today)
        and can_carry(operation, service)
    )


def _offered(operation: Operation, connection: ConnectionInfo, today: date) -> bool:
    service = operation.service_for(connection.kind)
    return service is not None and not _gone(service, connection, today)


def _names(connections: Sequence[ConnectionInfo]) -> str:
    return ", ".join(connection.name for connection in connections) or "–"


def about(connection: ConnectionInfo) -> Words:
    """One line under a connection's name."""
    if connection.local:
        return say("Nothing leaves this PC")
    return say("Bucket {bucket}, {host}", bucket=connection.bucket, host=connection.host)


def fitting(stacks: Sequence[Stack]) -> dict[str, tuple[Fit, ...]]:
    """By stack id what each series qualifies for, and whether it is the one to take."""
    known: dict[str, tuple[Fit, ...]] = {stack.id: () for stack in stacks}
    for operation in OPERATIONS:
        if not operation.beside_series:
            continue
        qualified = [stack for stack in stacks if fits(stack, operation)]
        for one in recommend(qualified, operation):
            best, study = {stack.id for stack in one.stacks}, study_key(one.stacks[0])
            rivals = [stack for stack in qualified if study_key(stack) == study]
            for stack in rivals:
                chosen, beaten = stack.id in best and len(rivals) > len(best), stack.id not in best
                why = listed(operation.prefers.why(stack)) if chosen else NOTHING
                fit = Fit(title=operation.title, best=chosen, beaten=beaten, why=why)
                known[stack.id] = (*known[stack.id], fit)
    return known


def cards(
    stack: Stack,
    stacks: Sequence[Stack],
    connection: ConnectionInfo,
    prices: dict[str, float],
    today: date,
    connections: Sequence[ConnectionInfo],
) -> tuple[CardView, ...]:
    """One card an operation.

    prices       yuan of the next call by operation name
    connections  all there are, to propose those that have what this one has not
    """
    names = {other.id: short_name(other) for other in stacks}
    return tuple(
        replace(
            _card(
                operation,
                _found(stack, stacks, operation, connection),
                connection,
                _price(prices, operation),
                names,
                lifecycle_line(operation, connection, today, connections),
                stopped=not _offered(operation, connection, today),
            ),
            second_role=second_role(operation),
            seconds=_seconds(stack, stacks, operation),
        )
        for operation in OPERATIONS
        if operation.beside_series
    )


def _price(prices: dict[str, float], operation: Operation) -> float:
    return prices.get(operation.name, 0.0)


def _found(stack: Stack, stacks: Sequence[Stack], operation: Operation, connection: ConnectionInfo) -> Eligibility:
    found = check_pair(stack, stacks, operation)
    service, extra = operation.service_for(connection.kind), operation.extra
    no_room = reason_against(operation, service, stack.slices) if service is not None else None
    if no_room is not None:
        return replace(found, reasons=(no_room, *found.reasons), repairable=False)
    if extra is None or not connection.local or extra.here:
        return found
    sentence = say(
        'The local cloud needs {module} for this: pip install "yingtai[{extra}]"',
        module=extra.module,
        extra=extra.name,
    )
    missing = Reason("missing-extra", sentence, extra.module, extra.module, LimitSource.OURS)
    return replace(found, reasons=(missing, *found.reasons), repairable=False)


def _seconds(stack: Stack, stacks: Sequence[Stack], operation: Operation) -> tuple[SecondSeries, ...]:
    if not second_role(operation):
        return ()
    return tuple(SecondSeries(other.id, _dated(other)) for other in seconds(stack, stacks, operation))


def _dated(stack: Stack) -> Words:
    date = stack.study.date
    name = short_name(stack)
    return say("{date} · {name}", date=f"{date[:4]}-{date[4:6]}-{date[6:]}", name=name) if len(date) == 8 else name


@dataclass(frozen=True, slots=True)
class LifecycleLine:
    """What a card says about whether the service goes on; None where it is nobody's to end."""

    says: Words | None
    ending: bool


def lifecycle_line(
    operation: Operation, connection: ConnectionInfo, today: date, connections: Sequence[ConnectionInfo]
) -> LifecycleLine:
    service = operation.service_for(connection.kind)
    others = [other for other in still_have(operation, connections, today) if other != connection]
    if service is None:
        return LifecycleLine(_elsewhere(_NOT_THERE, others), ending=True)
    if connection.kind in (ConnectionKind.LOCAL, ConnectionKind.COMPATIBLE):
        return LifecycleLine(None, ending=False)
    says = service.lifecycle.words(today)
    if says is None:
        known = service.lifecycle.known
        return LifecycleLine(_NO_END if known else _UNKNOWN_END, ending=False)
    return LifecycleLine(_elsewhere(says, others), ending=True)


def _elsewhere(says: Words, others: Sequence[ConnectionInfo]) -> Words:
    """With the connections that can be chosen instead."""
    if not others:
        return says
    names = others[0].title
    for other in others[1:]:
        names = say("{first}, {second}", first=names, second=other.title)
    return say("{sentence} Also offered by: {names}", sentence=says, names=names)


def _card(
    operation: Operation,
    found: Eligibility,
    connection: ConnectionInfo,
    price: float,
    names: dict[str, Words],
    lifecycle: LifecycleLine,
    *,
    stopped: bool,
) -> CardView:
    service = operation.service_for(connection.kind)
    if stopped:
        chip = say("not offered") if service is None else say("withdrawn")
    elif found.repairable:
        chip = say("needs repair")
    elif found.fits:
        chip = say("better series") if found.better is not None else say("fits")
    else:
        chip = say("does not fit")
    cost = say("Local cloud, free") if connection.local else say("¥{yuan:.2f} a call", yuan=price)
    if not connection.local and service is not None and not service.prices.stated:
        cost = _UNPRICED
    return CardView(
        operation=operation.name,
        title=operation.title,
        fits=found.fits and not stopped,
        chip=chip,
        connection=connection.name,
        cost=cost,
        reasons=found.reasons,
        repairs=found.repairs,
        needs_repair=found.repairable and not stopped,
        better_series=found.better or "",
        better_name=names.get(found.better or "", NOTHING),
        better_reason=listed(found.better_reason),
        lifecycle=lifecycle.says,
        ending=lifecycle.ending,
        simulated=connection.local and operation.simulated,
        medical=operation.medical,
        parameters=operation.parameters,
        family=operation.family,
    )


def consent_view(
    stack: Stack,
    operation: Operation,
    service: Service,
    connection: ConnectionInfo,
    *,
    cost_yuan: float,
    calls: int,
    limit_yuan: float,
    site_code: str,
    others: Sequence[Stack] = (),
    warnings: tuple[Words, ...] = (),
) -> ConsentView:
    """Exactly what would leave this PC; for the local cloud nothing does.

    calls   billed ones of this month before this call
    others  further series that leave with this one
    """
    leaving = _leaving((stack, *others), operation)
    if service.nifti:
        leaving = replace(leaving, tags=(), kept=0)
    unsure = any(same_patient(stack, other) is None for other in others)
    warnings = (*warnings, WHOSE_UNKNOWN) if unsure else warnings
    picture = operation.input_kind is InputKind.PICTURE
    if connection.local:
        title = say("Analyse on this PC: nothing leaves it")
        cost = say("Free")
    else:
        title = say_count(
            "Send {count} slice to {place}?", "Send {count} slices to {place}?", leaving.slices, place=connection.title
        )
        title = say("Send one picture to {place}?", place=connection.title) if picture else title
        cost = say(
            "¥{yuan:.2f} · call {number} of this month, limit ¥{limit:.2f} a month",
            yuan=cost_yuan,
            number=calls + 1,
            limit=limit_yuan,
        )
        if not service.prices.stated:
            cost = _UNPRICED
    as_it_is = say("sent as it is")
    return ConsentView(
        leaves_pc=not connection.local,
        title=title,
        subtitle=say(
            "{operation} · {action} · bucket {bucket} (private)",
            operation=operation.title,
            action=service.action,
            bucket=connection.bucket or "–",
        ),
        leaves=_leaves(leaving, site_code, picture=picture, nifti=service.nifti),
        stays=leaving.stays,
        cost=cost,
        cost_yuan=0.0 if connection.local else cost_yuan,
        deleted=say("as soon as the result is here"),
        tags=tuple(
            TagLine(tag=tag.keyword, name=tag.value if not tag.last else f"{tag.value} … {tag.last}", fate=as_it_is)
            for tag in leaving.tags
        ),
        warnings=warnings,
    )


def _leaving(stacks: Sequence[Stack], operation: Operation) -> Leaving:
    """Of all series together; the attributes one after the other."""
    from workstation.imaging.upload.leaving import describe_leaving

    if operation.input_kind is InputKind.PICTURE:
        return picture_leaving(stacks[0], operation)
    every = []
    for stack in stacks:
        repairs = frozenset(repair.code.value for repair in check(stack, operation).repairs)
        every.append(describe_leaving(stack, repairs, largest_matrix(operation.limits)))
    return replace(
        every[0],
        slices=sum(one.slices for one in every),
        total_bytes=sum(one.total_bytes for one in every),
        tags=tuple(tag for one in every for tag in one.tags),
        kept=max(one.kept for one in every),
        notes=tuple(dict.fromkeys(note for one in every for note in one.notes)),
        changed=any(one.changed for one in every),
    )


def _leaves(leaving: Leaving, site_code: str, *, picture: bool, nifti: bool) -> tuple[Words, ...]:
    """A picture that was written anew and a NIfTI file have neither attributes nor identifiers."""
    megabytes = leaving.total_bytes / 1e6
    size = _size(leaving.slices, megabytes, changed=leaving.changed)
    if picture:
        size = say("One picture, up to {megabytes:.1f} MB", megabytes=megabytes)
    elif nifti:
        size = say("One NIfTI file, up to {megabytes:.0f} MB: values and where they lie", megabytes=megabytes)
    attributes = (
        say_count(
            "{count} attribute a slice: geometry, pixel format, display, how it was acquired",
            "{count} attributes a slice: geometry, pixel format, display, how it was acquired",
            leaving.kept,
        ),
        say("New identifiers made for this job only"),
    )
    return (
        size,
        *leaving.notes,
        *(attributes if leaving.kept else ()),
        say("Site code “{code}” (the service asks for one)", code=site_code),
    )


def _size(slices: int, megabytes: float, *, changed: bool) -> Words:
    if changed:
        return say_count(
            "{count} slice, {megabytes:.0f} MB", "{count} slices, {megabytes:.0f} MB", slices, megabytes=megabytes
        )
    return say_count(
        "{count} slice, {megabytes:.0f} MB, pixels unchanged",
        "{count} slices, {megabytes:.0f} MB, pixels unchanged",
        slices,
        megabytes=megabytes,
    )
