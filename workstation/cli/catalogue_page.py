"""`docs/operations.md`: the catalogue as a page, made from the rows; the same every day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from workstation.catalogue.carrying import can_carry
from workstation.catalogue.limits import Limits, LimitSource, Part
from workstation.catalogue.operation import AnyParameter, Choice, FreeText, Operation, Parameter, Service
from workstation.domain.words import Language, render

_HEAD: Final = """# Operations

Made from the catalogue by `make docs`; a test compares. *doc*: the vendor's documents demand it, *ours*: we do, as the
answer would not be reliable. Prices are yuan a call by the month's count; failed calls are not billed. The local cloud
is free and goes on after the vendor's end.
"""


def operations_page(operations: Sequence[Operation]) -> str:
    """Markdown: a table of all, then each with its limits, parameters and services."""
    lines = [_HEAD, *_table(operations)]
    for operation in operations:
        lines += ["", *_section(operation)]
    return "\n".join(lines) + "\n"


def _table(operations: Sequence[Operation]) -> Iterator[str]:
    yield "| name | operation | 中文 | done on | services |"
    yield "|---|---|---|---|---|"
    for row in operations:
        sources = ", ".join(service.source for service in row.services)
        title, chinese = render(row.title, Language.ENGLISH), render(row.title, Language.CHINESE)
        yield f"| [`{row.name}`](#{row.name}) | {title} | {chinese} | {row.input_kind.value} | {sources} |"


def _section(operation: Operation) -> Iterator[str]:
    yield f"## {operation.name}"
    yield ""
    about = "" if operation.card else " It is no analysis of its own and has no card."
    made_up = " What the local cloud answers is simulated: it has no medical content." if operation.simulated else ""
    medical = "" if operation.medical else " It is not medical: it looks at a picture, not at a patient."
    yield f"{render(operation.title, Language.ENGLISH)}.{about}{made_up}{medical}"
    yield ""
    limits = [f"{name} {_figure(value)} ({source})" for name, value, source in _limits(operation.limits)]
    if limits:
        yield f"- Limits: {'; '.join(limits)}."
    for parameter in operation.parameters:
        yield f"- Parameter `{parameter.name}`: {_parameter(parameter)}"
    for service in operation.services:
        yield f"- {_service(operation, service)}"


def _limits(limits: Limits) -> Iterator[tuple[str, object, str]]:
    named = (
        ("modality", limits.modality),
        ("part of the body (no other may be named in the header)", limits.part),
        ("plane", limits.plane),
        ("slices", limits.slices),
        ("file kinds", limits.forms),
        ("rows and columns at least", limits.smallest),
        ("rows and columns at most", limits.largest),
        ("pixels of the shorter side at most", limits.short_side),
        ("pixels of the longer side", limits.long_side),
        ("pixels in all fewer than", limits.pixels),
        ("columns for each row", limits.aspect),
        ("bytes a file at most", limits.file_bytes),
        ("distance of slices, mm", limits.step_mm),
        ("characters of a link fewer than", limits.url_length),
    )
    for name, limit in named:
        if limit is not None:
            yield name, limit.value, "doc" if limit.source is LimitSource.DOCUMENTED else "ours"


def _figure(value: object) -> str:
    if isinstance(value, tuple):
        numbers = all(isinstance(part, (int, float)) for part in value)
        between = "–" if numbers and value[0] != value[-1] else " and " if numbers else ", "
        return between.join(f"{part}" or "none named" for part in value)
    return render(value.name, Language.ENGLISH) if isinstance(value, Part) else f"{value}"


def _parameter(parameter: AnyParameter) -> str:
    label = render(parameter.label, Language.ENGLISH)
    match parameter:
        case Parameter():
            return f"{label}, {parameter.low:g} … {parameter.high:g}, {parameter.default:g} unless given."
        case Choice():
            values = ", ".join(f"`{value}`" for value, _ in parameter.values)
            return f"{label}, one of {values}; `{parameter.default}` unless given."
        case FreeText():
            return f"{label}, a text of up to {parameter.most}{', which must be given' if parameter.required else ''}."


def _service(row: Operation, service: Service) -> str:
    kinds = ", ".join(f"`{kind.value}`" for kind in service.kinds)
    mode = "a job, asked for" if service.asynchronous else "answered at once"
    tiers = "; ".join(
        f"¥{yuan:g} up to {up_to}" if up_to is not None else f"¥{yuan:g} above" for up_to, yuan in service.prices.tiers
    )
    end = "no end announced" if service.lifecycle.known else "not known whether it goes on"
    if service.lifecycle.ends is not None:
        end = f"the vendor's end: {service.lifecycle.ends.isoformat()}"
    if service.lifecycle.behind is not None:
        end = f"a gateway that states no end; that of the service behind it: {service.lifecycle.behind.isoformat()}"
    free = "free: in no price list" if service.prices.stated else "paid, at a price that the documents don't state"
    return f"`{service.source}` through {kinds}: {mode}; {tiers or free}; {end}{_room(row, service)}."


def _room(row: Operation, service: Service) -> str:
    if service.nifti:
        return "; a series goes as one NIfTI file"
    if service.carries is None or can_carry(row, service):
        return ""
    files = "one file" if service.carries == 1 else f"{service.carries} files"
    return f"; a call has room for {files}, so no series can be sent"
