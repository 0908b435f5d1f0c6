"""RecognizeVehicleType: classes of cars with a confidence of 0 to 1. `Threshold` is the best of them, no threshold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workstation.catalogue.operation import WireAnswer
from workstation.catalogue.photo_recognition.reading import (
    SHARE,
    answered,
    confidence_bars,
    listed,
    name_at,
    of_one,
    told,
)
from workstation.catalogue.wire import opened
from workstation.domain.answer import AnalysisResult, AnswerFinding, ServiceAnswer
from workstation.domain.blocks import Block
from workstation.domain.words import Words, say

TYPES: Final[Mapping[str, Words]] = {
    "car": say("saloon car"),
    "mpv_mian": say("multi-purpose vehicle"),  # (sic)
    "mpv_main": say("multi-purpose vehicle"),
    "mpv": say("multi-purpose vehicle"),
    "suv": say("sport utility vehicle (SUV)"),
    "others": say("other vehicle"),
}


def parse(answer: WireAnswer) -> ServiceAnswer:
    """One finding a class, the most probable first. raises BAD_ANSWER, NO_BASIS"""
    root, bases = opened(answer.text, expect_basis=answer.expect_basis)
    findings = [
        AnswerFinding(
            code="vehicle",
            label=told(name_at(node, "Name"), TYPES),
            shapes=(),
            measurements=(),
            confidence=of_one(node, "Score"),
            basis=bases.of(node.path),
        )
        for node in listed(root, "Elements")
    ]
    findings.sort(key=lambda finding: -(finding.confidence or 0.0))
    root.number("Threshold")
    return answered(root, bases, findings)


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    return confidence_bars(result, say("Type of vehicle"), SHARE)
