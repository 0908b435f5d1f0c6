"""The stable JSON shapes of `scan`, `check` and `operations`; every sentence also as code and facts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from workstation.catalogue.check import Eligibility, Recommendation
from workstation.catalogue.limits import Limits
from workstation.catalogue.operation import AnyParameter, Choice, FreeText, Operation, Parameter, Service
from workstation.catalogue.reason import Reason
from workstation.catalogue.repairs import Repair
from workstation.catalogue.suits import Why
from workstation.domain.series import FoundObject, LeftOut, ScanResult, Stack, StackFact
from workstation.domain.words import Fact, Language, Words, render
from workstation.jobs.queries import JobDetail
from workstation.workspace.jobs import JobLine

Json = dict[str, object]
_LIFECYCLE: Final = {
    "available": "no_notice",
    "ending": "withdrawal_announced",
    "stopped": "stopped",
    "unknown": "unknown",
}


def facts_of(words: Words, language: Language) -> Json:
    return {name: _plain(fact, language) for name, fact in words.facts}


def _plain(fact: Fact, language: Language) -> object:
    return render(fact, language) if isinstance(fact, Words) else fact


def scan_json(result: ScanResult, language: Language) -> Json:
    return {
        "schema": "yingtai-scan/1",
        "files": result.files,
        "members": result.members,
        "series": [series_json(stack, language) for stack in result.stacks],
        "objects": [_object(found, language) for found in result.objects],
        "left_out": [_left_out(left, language) for left in result.left_out],
        "missing": [_left_out(left, language) for left in result.missing],
    }


def _object(found: FoundObject, language: Language) -> Json:
    known: Json = {
        "path": found.path,
        "uid": found.uid,
        "kind": found.kind,
        "refers_to": list(found.refers_to),
        "tie": found.tie.value if found.refers_to else None,
        "description": found.description,
    }
    if found.fault is not None:
        fault = _left_out(found.fault, language)
        known |= {name: fault[name] for name in ("code", "sentence", "facts")}
    return known


def _left_out(left: LeftOut, language: Language) -> Json:
    return {
        "path": left.path,
        "code": left.code.value,
        "sentence": render(left.sentence, language),
        "facts": facts_of(left.sentence, language),
    }


def series_json(stack: Stack, language: Language) -> Json:
    geometry = stack.geometry
    spacing = stack.instances[0].spacing
    if geometry is not None:
        spacing_mm: list[float | None] | None = [round(value, 6) for value in geometry.spacing_zyx]
        if geometry.slices < 2:
            spacing_mm = [None, *(spacing_mm or [])[1:]]
    else:
        spacing_mm = [None, *spacing] if spacing is not None else None
    return {
        "id": stack.id,
        "uid": stack.series_uid,
        "study_uid": stack.study.uid,
        "modality": stack.modality,
        "description": stack.description,
        "plane": stack.plane.value,
        "slices": stack.slices,
        "rows": stack.rows,
        "columns": stack.columns,
        "spacing_mm": spacing_mm,
        "uniform": geometry is not None and geometry.uniform,
        "thickness_mm": stack.thickness,
        "body_part": stack.body_part,
        "laterality": stack.laterality,
        "contrast": stack.contrast,
        "kernel": stack.kernel,
        "facts": [_fact(fact, language) for fact in stack.facts],
        "files": stack.files,
    }


def _fact(fact: StackFact, language: Language) -> Json:
    return {
        "code": fact.code.value,
        "sentence": render(fact.sentence, language),
        "facts": facts_of(fact.sentence, language),
        "measured": fact.measured,
    }


def check_json(
    rows: Iterable[tuple[Stack, tuple[Eligibility, ...]]],
    language: Language,
    recommended: Iterable[Recommendation] = (),
) -> Json:
    """`recommended`: of each study and operation the series that suits best; several where they are equal."""
    return {
        "schema": "yingtai-check/1",
        "series": [
            {"id": stack.id, "operations": [_eligibility(found, language) for found in eligibilities]}
            for stack, eligibilities in rows
        ],
        "recommended": [
            {
                "operation": one.operation,
                "study_uid": one.study_uid,
                "series": [stack.id for stack in one.stacks],
                "reasons": [_why(why, language) for why in one.reasons],
            }
            for one in recommended
        ],
    }


def _eligibility(found: Eligibility, language: Language) -> Json:
    return {
        "name": found.operation,
        "fits": found.fits,
        "reasons": [_reason(reason, language) for reason in found.reasons],
        "repairs": [_repair(repair, language) for repair in found.repairs],
        "better_series": found.better,
        "better_reason": [_why(why, language) for why in found.better_reason],
    }


def _why(why: Why, language: Language) -> Json:
    return {
        "code": why.code,
        "sentence": render(why.sentence, language),
        "facts": facts_of(why.sentence, language),
    }


def _reason(reason: Reason, language: Language) -> Json:
    return {
        "code": reason.code,
        "sentence": render(reason.sentence, language),
        "facts": facts_of(reason.sentence, language),
        "measured": reason.measured,
        "limit": reason.limit,
        "source": reason.source.value,
    }


def _repair(repair: Repair, language: Language) -> Json:
    return {
        "code": repair.code.value,
        "sentence": render(repair.sentence, language),
        "facts": facts_of(repair.sentence, language),
    }


def operations_json(operations: Iterable[Operation], today: date, language: Language) -> Json:
    return {
        "schema": "yingtai-operations/1",
        "operations": [operation_json(operation, today, language) for operation in operations],
    }


def operation_json(operation: Operation, today: date, language: Language) -> Json:
    asynchronous = operation.services[0].asynchronous
    kinds = sorted({kind.value for service in operation.services for kind in service.kinds})
    return {
        "name": operation.name,
        "title": render(operation.title, language),
        "sources": [service.source for service in operation.services],
        "family": operation.family,
        "mode": "async" if asynchronous else "sync",
        "input": operation.input_kind.value,
        "limits": _limits(operation.limits),
        "parameters": [_parameter(parameter, language) for parameter in operation.parameters],
        "price": {service.source: _price(service) for service in operation.services},
        "lifecycle": {service.source: _lifecycle(service, today) for service in operation.services},
        "connections": kinds,
        "card": operation.card,
        "medical": operation.medical,
    }


def _parameter(parameter: AnyParameter, language: Language) -> Json:
    known: Json = {
        "name": parameter.name,
        "title": render(parameter.label, language),
        "default": parameter.default,
    }
    match parameter:
        case Parameter():
            return known | {"low": parameter.low, "high": parameter.high, "decimals": parameter.decimals}
        case Choice():
            return known | {"values": [value for value, _ in parameter.values]}
        case FreeText():
            return known | {"most_characters": parameter.most}


def _limits(limits: Limits) -> Json:
    named = {
        "modality": limits.modality,
        "plane": limits.plane,
        "slices": limits.slices,
        "forms": limits.forms,
        "largest": limits.largest,
        "smallest": limits.smallest,
        "short_side": limits.short_side,
        "long_side": limits.long_side,
        "pixels": limits.pixels,
        "aspect": limits.aspect,
        "file_bytes": limits.file_bytes,
        "step_mm": limits.step_mm,
        "url_length": limits.url_length,
    }
    return {
        name: {
            "value": list(limit.value) if isinstance(limit.value, tuple) else limit.value,
            "source": limit.source.value,
        }
        for name, limit in named.items()
        if limit is not None
    }


def _price(service: Service) -> list[Json]:
    return [{"up_to": up_to, "cny": yuan} for up_to, yuan in service.prices.tiers]


def _lifecycle(service: Service, today: date) -> Json:
    ends = service.lifecycle.ends
    return {
        "status": _LIFECYCLE[service.lifecycle.status(today).value],
        "date": ends.isoformat() if ends is not None else None,
    }


def job_json(line: JobLine, language: Language) -> Json:
    return {
        "id": line.id,
        "title": render(line.title, language),
        "code": line.code,
        "state": render(line.state, language),
        "running": line.running,
        "resumable": line.resumable,
        "needs_decision": line.needs_decision,
        "finished": line.finished,
        "error": render(line.error, language) if line.error is not None else None,
        "remedy": render(line.remedy, language) if line.remedy is not None else None,
    }


def detail_json(line: JobLine, detail: JobDetail, language: Language) -> Json:
    """What was sent is listed by object key; keys hold no patient data."""
    job = detail.job
    return {
        "schema": "yingtai-job/1",
        **job_json(line, language),
        "error_code": job.error_code.value if job.error_code is not None else None,
        "operation": job.operation,
        "connection": job.connection,
        "series_id": job.stack_id,
        "parameters": dict(job.parameters),
        "request_id": job.request_id,
        "submissions": job.submissions,
        "cost_yuan": job.cost_yuan,
        "calls": [{"outcome": call.outcome, "cost_yuan": call.cost_yuan} for call in detail.calls],
        "created": job.created.isoformat(timespec="seconds"),
        "events": [
            {"at": event.at.isoformat(timespec="seconds"), "state": event.state.value, "what": event.what}
            for event in detail.events
        ],
        "sent": [
            {
                "bucket": row.bucket,
                "key": row.key,
                "bytes": row.bytes,
                "sent": row.sent.isoformat(timespec="seconds") if row.sent is not None else None,
                "deleted": row.deleted.isoformat(timespec="seconds") if row.deleted is not None else None,
            }
            for row in detail.sent
        ],
    }
