"""One ordinary reading, and what a test wants to be odd about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from tests.stacks import chest_ct
from workstation.domain.answer import AnalysisResult, JobStamp, Placement, PlacementState
from workstation.domain.decision import Decision, Reading
from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.series import Patient, Stack, StudyInfo, VoiWindow
from workstation.domain.shapes import Sphere
from workstation.domain.volume import Volume
from workstation.domain.words import Language, say

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def stack(name: str = "Zhang^San=张^三") -> Stack:
    return replace(
        chest_ct(20, rows=64, columns=64),
        patient=Patient(name=name, id="PH-0001", sex="F", age="058Y"),
        study=StudyInfo(uid="1.2.1", date="20260314", accession="A-1", institution="示例医院"),
    )


def finding(number: int, *, basis: Basis = Basis.ALGORITHM, label: str = "Nodule, left lung") -> Finding:
    center = stack().geometry
    assert center is not None
    x, y, z = (float(value) for value in center.to_patient((4.0 * number, 30.0, 20.0)))
    return Finding(
        id=f"7F3A/{number}",
        code="nodule",
        label=say(label),
        shapes=(Sphere(center=(x, y, z), radius=4.2),),
        measurements=(
            Measurement(name="diameter", label=say("Diameter"), value=8.4, unit="mm", basis=basis),
            Measurement(name="mean", label=say("Mean density"), value=-120.4, unit="HU", basis=basis),
            Measurement(name="type", label=say("Type"), value=say("solid"), unit="", basis=basis),
        ),
        confidence=0.92,
        basis=basis,
    )


def result(*findings: Finding, basis: Basis = Basis.ALGORITHM) -> AnalysisResult:
    return AnalysisResult(
        operation="lung-nodule",
        connection="local",
        basis=basis,
        parameters={"threshold": 0.6},
        stack_id="1.2.3#0",
        study_uid="1.2.1",
        job=JobStamp(id="7F3A", request_id="R-1", submitted=NOON, finished=NOON, cost_yuan=0.0),
        service_name="Yingtai local cloud",
        service_version="0.1.0",
        placement=Placement(
            PlacementState.PROVEN, say("Placement proven: origin, spacing and order equal the series sent.")
        ),
        findings=findings,
        raw='{"Series": []}',
    )


def _noise() -> npt.NDArray[np.int16]:
    """No two slices are the same picture."""
    return np.random.default_rng(1).integers(-950, -750, (20, 64, 64)).astype(np.int16)


def reading(
    analysed: AnalysisResult | None = None,
    *,
    decisions: Mapping[str, Decision] | None = None,
    language: Language = Language.ENGLISH,
    name: str = "Zhang^San=张^三",
) -> Reading:
    shown = stack(name)
    assert shown.geometry is not None
    return Reading(
        stack=shown,
        result=analysed if analysed is not None else result(finding(1), finding(2)),
        decisions=decisions or {},
        volume=Volume(values=_noise(), geometry=shown.geometry, unit="HU"),
        window=VoiWindow(center=-600, width=1500),
        language=language,
        made_at=NOON,
        program_version="0.1.0",
    )
