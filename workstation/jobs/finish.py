"""From the stored answer to a placed result; the same in the process that ran the job and in any later one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from workstation import __version__
from workstation.catalogue.operation import ConnectionKind
from workstation.domain.answer import (
    LOCAL_SERVICE,
    AnalysisResult,
    JobStamp,
    MaskShape,
    Placement,
    PlacementState,
    SentSeries,
    ServiceAnswer,
)
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Finding
from workstation.domain.mask_place import on_grid, place_mask
from workstation.domain.photo_area import with_areas
from workstation.domain.placement import place
from workstation.domain.shapes import Mask
from workstation.domain.volume import LabelVolume
from workstation.domain.words import Words, say
from workstation.jobs.job import Job, job_of
from workstation.jobs.ports import Ledger, ResultFiles, ServiceRow
from workstation.jobs.stored import sent_from_json


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Finished:
    """What came back of one job. `raw`: the service's answer as text, as it came."""

    answer: ServiceAnswer
    raw: str
    sent: SentSeries
    result: AnalysisResult


def finished(job_id: str, service: ServiceRow, kind: ConnectionKind, ledger: Ledger, kept: ResultFiles) -> Finished:
    """Parse what is stored and put it in its place in the patient.

    kept    the files that were fetched for it
    kind    an answer of a local connection has to say its basis
    raises  NO_SUCH_JOB; NOT_FOUND while there is no answer; BAD_ANSWER, NO_BASIS
    """
    row = ledger.jobs.row(job_id)
    stored = ledger.answers.of_job(job_id)
    if stored is None or not stored.answer or not row.sent_series:
        raise WorkstationError(ErrorCode.NOT_FOUND)
    files, unread = kept.read(job_id, service.kept)
    sent = sent_from_json(row.sent_series)
    size = (sent.geometry.rows, sent.geometry.columns) if sent.pixels and sent.geometry is not None else None
    answer = service.parse(stored.answer, kind is ConnectionKind.LOCAL, files, size)
    result = _result(job_of(row), answer, sent, stored.raw, unread(), local=kind is ConnectionKind.LOCAL)
    result = replace(result, files=kept.places(job_id))
    return Finished(answer=answer, raw=stored.raw, sent=sent, result=result)


def _result(
    job: Job, answer: ServiceAnswer, sent: SentSeries, raw: str, unread: tuple[Words, ...], *, local: bool
) -> AnalysisResult:
    placement, findings = place(answer, sent, job.id)
    masks, refused = _masks(answer, sent)
    if placement.state is not PlacementState.CONTRADICTED:
        placement = _by_masks(answer, placement, masks, refused)
        findings = tuple(with_areas(_with_masks(finding, masks), masks) for finding in findings)
    if sent.moving is not None and answer.volumes:
        placement = _by_grid(answer, sent)
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
        masks=masks,
        texts=answer.texts,
        curves=answer.curves,
        volumes=answer.volumes,
        moving_id=sent.moving_id,
        in_pixels=sent.pixels,
        raw=raw,
        notes=(
            *job.notes,
            *answer.notes,
            *unread,
            *(say("Mask {name} is not painted: {reason}", name=name, reason=reason) for name, reason in refused),
        ),
    )


def _by_masks(
    answer: ServiceAnswer, placement: Placement, masks: tuple[LabelVolume, ...], refused: tuple[tuple[str, Words], ...]
) -> Placement:
    """A mask on the grid sent proves its own place, one on another contradicts it; other shapes don't depend on it."""
    if not all(isinstance(shape, MaskShape) for finding in answer.findings for shape in finding.shapes):
        return placement
    if masks and any(mask.in_pixels for mask in answer.masks):
        return placement
    if masks:
        return Placement(PlacementState.PROVEN, say("Placement proven: the mask's grid equals the series sent."))
    if refused:
        return Placement(PlacementState.CONTRADICTED, say("Not painted: {reason}", reason=refused[0][1]))
    return placement


def _with_masks(finding: Finding, masks: tuple[LabelVolume, ...]) -> Finding:
    """Without what lies in masks that are not painted."""
    there = {mask.name for mask in masks}
    kept = tuple(shape for shape in finding.shapes if not isinstance(shape, Mask) or shape.volume in there)
    return finding if len(kept) == len(finding.shapes) else replace(finding, shapes=kept)


def _by_grid(answer: ServiceAnswer, sent: SentSeries) -> Placement:
    """A moved series shows what lies where only if it came back on the very grid that it was moved onto."""
    geometry = sent.geometry
    if geometry is not None and all(on_grid(volume, geometry) is not None for volume in answer.volumes):
        sentence = say("Placement proven: the moved series lies on the grid of the series sent.")
        return Placement(PlacementState.PROVEN, sentence)
    return Placement(
        PlacementState.CONTRADICTED, say("Not shown: the moved series lies on another grid than the series sent.")
    )


def _masks(answer: ServiceAnswer, sent: SentSeries) -> tuple[tuple[LabelVolume, ...], tuple[tuple[str, Words], ...]]:
    """Those that lie on the grid sent, and by file why others are not painted."""
    placed = [(mask, place_mask(mask, sent)) for mask in answer.masks]
    return (
        tuple(mask for _, mask in placed if isinstance(mask, LabelVolume)),
        tuple((mask.volume.name, reason) for mask, reason in placed if isinstance(reason, Words)),
    )
