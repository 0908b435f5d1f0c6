"""Small real values to test a sitting with: two patients, three series, one result."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from workstation.domain.answer import AnalysisResult, JobStamp, Placement, PlacementState
from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.geometry import Geometry
from workstation.domain.series import (
    FactCode,
    Instance,
    Patient,
    PixelFormat,
    ScanResult,
    Stack,
    StackFact,
    StudyInfo,
)
from workstation.domain.shapes import Sphere
from workstation.domain.words import Words, say

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 14, 12, 5, tzinfo=UTC)


def geometry(slices: int, step: float = 1.0, size: int = 32) -> Geometry:
    positions = np.stack([np.zeros(slices), np.zeros(slices), np.arange(slices) * step], axis=-1)
    return Geometry(
        positions=positions,
        row_cosine=(1, 0, 0),
        column_cosine=(0, 1, 0),
        spacing=(0.8, 0.8),
        rows=size,
        columns=size,
    )


def stack(
    stack_id: str = "1.2.3#0",
    *,
    study: str = "1.2",
    patient: str = "TEST^ONE",
    patient_id: str = "1",
    description: str = "Lung 1.0",
    number: int = 1,
    slices: int = 30,
    facts: tuple[StackFact, ...] = (),
    date: str = "20260314",
) -> Stack:
    place = geometry(slices)
    instances = tuple(
        Instance(
            path=f"{stack_id}-{k}.dcm",
            file_bytes=1000,
            sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
            sop_instance_uid=f"{stack_id}.{k}",
            transfer_syntax="1.2.840.10008.1.2.1",
            pixels=PixelFormat(rows=32, columns=32),
        )
        for k in range(slices)
    )
    return Stack(
        id=stack_id,
        series_uid=stack_id.split("#")[0],
        study=StudyInfo(uid=study, date=date, description="CT chest"),
        patient=Patient(name=patient, id=patient_id),
        modality="CT",
        series_number=number,
        description=description,
        instances=instances,
        geometry=place,
        facts=facts,
        files=slices,
        unit="HU",
    )


def localizer() -> Stack:
    fact = StackFact(FactCode.LOCALIZER, say("localizer"))
    return stack("1.2.1#0", description="Topogram", number=0, slices=1, facts=(fact,))


def finding(job: str, number: int, confidence: float | None, slice_index: int = 10) -> Finding:
    return Finding(
        id=f"{job}/{number}",
        code="nodule",
        label=say("Nodule"),
        shapes=(Sphere(center=(8.0, 8.0, float(slice_index)), radius=3.0),),
        measurements=(
            Measurement(name="diameter", label=say("Diameter"), value=6.0, unit="mm", basis=Basis.ALGORITHM),
            Measurement(name="volume", label=say("Volume"), value=113.0, unit="mm3", basis=Basis.ALGORITHM),
        ),
        confidence=confidence,
        basis=Basis.ALGORITHM,
    )


def result(
    stack_id: str = "1.2.3#0",
    *,
    study: str = "1.2",
    job: str = "job1",
    confidences: tuple[float | None, ...] = (0.92, 0.71, 0.4),
    basis: Basis = Basis.ALGORITHM,
    placement: PlacementState = PlacementState.PROVEN,
    notes: tuple[Words, ...] = (),
) -> AnalysisResult:
    return AnalysisResult(
        operation="lung-nodule",
        connection="local",
        basis=basis,
        parameters={"threshold": 0.6},
        stack_id=stack_id,
        study_uid=study,
        job=JobStamp(id=job, request_id="r", submitted=NOON, finished=LATER, cost_yuan=0.0),
        service_name="DetectLungNodule",
        service_version="1",
        placement=Placement(placement, say("Placement proven: origin, spacing and order equal the series sent.")),
        findings=tuple(finding(job, n, c, 5 + 5 * n) for n, c in enumerate(confidences, start=1)),
        notes=notes,
    )


def scan(*stacks: Stack) -> ScanResult:
    return ScanResult(stacks=stacks, objects=(), left_out=(), files=sum(stack.files for stack in stacks), seconds=0.5)
