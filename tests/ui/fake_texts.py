"""Text analyses in memory: a translation, and a dialogue of three questions with a report."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from workstation.catalogue import operation_named
from workstation.domain.answer import AnalysisResult, JobStamp, Placement, PlacementState
from workstation.domain.error import WorkstationError
from workstation.domain.series import Stack
from workstation.domain.words import say
from workstation.domain.work import CancelToken
from workstation.workspace.cards import ConsentView
from workstation.workspace.intents import TextRequest
from workstation.workspace.jobs import JobLine
from workstation.workspace.texts import TextOffer

NOW: Final = datetime(2026, 11, 1, 12, tzinfo=UTC)
SESSION: Final = "7fa1fcaa9a5845d5906f5648d6de284f"
BASIS: Final = {"all": "simulated", "parts": {}}
NEXT: Final[dict[str, dict[str, object]]] = {
    "chiefComplaint": {
        "QuestionType": "symptoms",
        "Question": "皮损有什么感觉？",
        "AnswerType": "multiple",
        "Options": ["瘙痒", "疼痛", "无"],
    },
    "symptoms": {"QuestionType": "images", "AnswerType": "text"},
    "images": {"QuestionType": "images", "Reports": {"symptoms": ["瘙痒"], "diagProb": {"甲": 0.7, "乙": 0.3}}},
}


class FakeTexts:
    """`asked`: every call that was made. `fault`: what the next one fails with. A clear `gate` holds all calls."""

    def __init__(self) -> None:
        self.asked: list[TextRequest] = []
        self.fault: WorkstationError | None = None
        self.earlier: tuple[AnalysisResult, ...] = ()
        self.gate = threading.Event()
        self.gate.set()

    def now(self) -> datetime:
        return NOW

    def offers(self, connection: str) -> tuple[TextOffer, ...]:
        names = ("translation", "medical-qa")
        return tuple(
            TextOffer(
                operation=name,
                title=operation_named(name).title,
                cost=say("Local cloud, free"),
                offered=connection == "local" or name != "translation",
                lifecycle=say("The vendor withdrew this on {date}.", date="2024-04-24"),
            )
            for name in names
        )

    def consent(self, request: TextRequest) -> ConsentView:
        return ConsentView(
            leaves_pc=request.connection != "local",
            title=say("Send this to {place}?", place="Alibaba"),
            subtitle=say("RunMedQA"),
            leaves=(say("text"),),
            stays=(say("everything else"),),
            cost=say("Free"),
            cost_yuan=0.0,
            deleted=say("nothing is stored there by us"),
        )

    def analyse(self, request: TextRequest, went_on: Callable[[JobLine], None], cancel: CancelToken) -> AnalysisResult:
        self.asked.append(request)
        while not self.gate.wait(0.01):
            cancel.check()
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault
        went_on(JobLine(id=f"t{len(self.asked)}", title=say("Medical translation"), state=say("Done"), finished=True))
        return made(request, f"t{len(self.asked)}")

    def pictured(self, pictures: tuple[Path, ...]) -> Stack | None:
        return None

    def results(self) -> tuple[AnalysisResult, ...]:
        return self.earlier


def made(request: TextRequest, job_id: str = "t1") -> AnalysisResult:
    """What the service says to this call, read as the program reads it."""
    operation = operation_named(request.operation)
    (service,) = (service for service in operation.services if service.source.startswith("imageprocess"))
    raw = json.dumps(_said(request), ensure_ascii=False)
    answer = service.parse(raw, True)
    return AnalysisResult(
        operation=operation.name,
        connection=request.connection,
        basis=answer.basis,
        parameters=request.parameters,
        stack_id="",
        study_uid="",
        job=JobStamp(id=job_id, request_id="R", submitted=NOW, finished=NOW, cost_yuan=0.0),
        service_name="s",
        service_version="",
        placement=Placement(PlacementState.NOT_APPLICABLE, say("The answer names no place.")),
        findings=(),
        measurements=answer.measurements,
        texts=answer.texts,
        notes=answer.notes,
        raw=raw,
    )


def _said(request: TextRequest) -> dict[str, object]:
    if request.operation == "qa-feedback":
        return {"RequestId": "R", "YingtaiBasis": BASIS}
    if request.operation == "translation":
        return {"Data": {"Words": 3, "Text": "lung nodule", "YingtaiBasis": BASIS}}
    return {"Data": {"SessionId": SESSION, **NEXT[str(request.parameters["kind"])], "YingtaiBasis": BASIS}}
