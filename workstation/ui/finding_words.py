"""What the window says of a finding and of the result it belongs to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from workstation.catalogue import OPERATIONS
from workstation.domain.answer import AnalysisResult
from workstation.domain.block_words import BASIS_CHIPS
from workstation.domain.decision import Decision, DecisionState
from workstation.domain.figures import decimals_of, figure, with_unit
from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.own_finding import OWN_READING
from workstation.domain.words import Words, say
from workstation.workspace.finding_list import operation_words

_NAMELESS: Final = frozenset({"diameter", "volume", "long-axis", "short-axis", "length", "type", "mean", "category"})

BASIS_WORDS: Final = {
    Basis.SIMULATED: say("SIMULATED – NOT FOR DIAGNOSIS"),
    Basis.TRUTH: say("the phantom's own truth, for tests"),
    Basis.ALGORITHM: say("a published classical method, really run on these pixels"),
    Basis.VENDOR: say("the vendor's service"),
    Basis.READER: say("the reader"),
}

STATE_WORDS: Final = {
    DecisionState.OPEN: say("undecided"),
    DecisionState.ACCEPTED: say("accepted"),
    DecisionState.REJECTED: say("rejected"),
}


def operation_title(name: str) -> Words:
    """What people call the operation; its name where the catalogue has no such row any more."""
    return operation_words(name)


def measurement_words(measurement: Measurement) -> Words:
    """Value and unit; the name where the unit does not tell it."""
    value = measurement.value
    if isinstance(value, float | int):
        said = say("{text}", text=with_unit(figure(value, decimals_of(value, measurement.unit)), measurement.unit))
    else:
        said = value if isinstance(value, Words) else say("{text}", text=value)
    if measurement.name in _NAMELESS:
        return said
    return say("{label} {value}", label=measurement.label, value=said)


def facts_of(finding: Finding, slices: tuple[int, int] | None, old: Collection[str] = ()) -> tuple[Words, ...]:
    """Size, volume, type, slices (from 1), confidence: what is known, in this order; and what of it is simulated.

    old  names of measurements that are of the shape before the reader changed it
    """
    simulated = [measured.basis is Basis.SIMULATED for measured in finding.measurements]
    mixed = any(simulated) and not all(simulated)
    parts = [
        say("{value} ({basis})", value=measurement_words(measured), basis=BASIS_CHIPS[measured.basis])
        if mixed and made_up
        else say("{value} (of the original shape)", value=measurement_words(measured))
        if measured.name in old
        else measurement_words(measured)
        for measured, made_up in zip(finding.measurements, simulated, strict=True)
    ]
    if slices is not None:
        first, last = slices[0] + 1, slices[1] + 1
        one = say("slice {first}", first=first)
        parts.append(one if first == last else say("slices {first}–{last}", first=first, last=last))
    if finding.confidence is not None:
        parts.append(say("confidence {value:.2f}", value=finding.confidence))
    if finding.basis is Basis.SIMULATED and not mixed:
        parts.append(BASIS_CHIPS[finding.basis])
    return tuple(parts)


def decision_words(decision: Decision) -> Words:
    """Such as: accepted · Li · 2026-03-14 12:05"""
    state = STATE_WORDS[decision.state]
    if decision.at is None:
        return state
    at = local_time(decision.at)
    by = say("{name}, {role}", name=decision.by, role=decision.role) if decision.role else decision.by or say("no name")
    return say("{state} · {by} · {at}", state=state, by=by, at=at)


def none_reported(result: AnalysisResult) -> Words:
    """Never "normal": what was looked for, by whom, and from which confidence on."""
    if result.moving_id:
        return result.none_reported
    title = operation_title(result.operation)
    threshold = result.parameters.get("threshold")
    if isinstance(threshold, float | int):
        return say(
            "None reported by {service} ({operation}) at threshold {threshold:.2f}.",
            service=result.service,
            operation=title,
            threshold=float(threshold),
        )
    return say("None reported by {service} ({operation}).", service=result.service, operation=title)


def provenance(result: AnalysisResult, connection: Words) -> tuple[Words, ...]:
    """Where the result comes from, one sentence a line."""
    service = " ".join(filter(None, (result.service_name, result.service_version)))
    if result.operation == OWN_READING:
        return (operation_title(result.operation), result.placement.sentence)
    lines = [
        say("{operation} · {connection}", operation=operation_title(result.operation), connection=connection),
        say("Basis: {basis}", basis=BASIS_WORDS[result.basis]),
        say("Service {service}", service=service) if service else say("The service gives no name."),
        say("{at} · job {job}", at=local_time(result.job.finished), job=result.job.id[:8]),
    ]
    lines.extend(_asked(result))
    if result.job.cost_yuan:
        lines.append(say("Cost ¥{yuan:.2f}", yuan=result.job.cost_yuan))
    return (*lines, result.placement.sentence, *result.notes)


def _asked(result: AnalysisResult) -> tuple[Words, ...]:
    """What was asked for, by the names that the card has for it."""
    row = next((row for row in OPERATIONS if row.name == result.operation), None)
    labels = {parameter.name: parameter.label for parameter in row.parameters} if row is not None else {}
    return tuple(
        say("{label} {value}", label=labels.get(name, say("{text}", text=name)), value=_figure(value))
        for name, value in sorted(result.parameters.items())
    )


def _figure(value: str | float) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def local_time(at: datetime) -> str:
    """Date and minute on this PC's clock."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M")
