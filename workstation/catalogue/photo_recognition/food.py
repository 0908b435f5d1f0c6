"""RecognizeFood: up to five dishes with a confidence of 0 to 1 and kilocalories in 100 g, where these are known."""

from __future__ import annotations

from typing import Final

from workstation.catalogue.operation import WireAnswer
from workstation.catalogue.photo_recognition.reading import SHARE, answered, confidence_bars, listed, name_at, of_one
from workstation.catalogue.wire import Node, bad_answer, opened
from workstation.domain.answer import AnalysisResult, AnswerFinding, ServiceAnswer
from workstation.domain.blocks import Block, Column, Row, TableBlock
from workstation.domain.finding import Basis, Measurement
from workstation.domain.words import say

UNKNOWN: Final = "unknown"
_MOST_KCAL: Final = 1000.0  # 100 g of pure fat have 900


def parse(answer: WireAnswer) -> ServiceAnswer:
    """One finding a dish, the most probable first. raises BAD_ANSWER, NO_BASIS"""
    root, bases = opened(answer.text, expect_basis=answer.expect_basis)
    findings = [
        AnswerFinding(
            code="dish",
            label=say("{name}", name=name_at(node, "Category")),
            shapes=(),
            measurements=_energy(node, bases.of(node.path)),
            confidence=of_one(node, "Score"),
            basis=bases.of(node.path),
        )
        for node in listed(root, "TopFives")
    ]
    findings.sort(key=lambda finding: -(finding.confidence or 0.0))
    return answered(root, bases, findings)


def _energy(node: Node, basis: Basis) -> tuple[Measurement, ...]:
    """A number, a number as text, or UNKNOWN. raises BAD_ANSWER"""
    if node.text("Calorie").strip().casefold() in (UNKNOWN, ""):
        return ()
    value = node.required("Calorie")
    if not 0 <= value <= _MOST_KCAL:
        raise bad_answer(f"{node.path}.Calorie")
    return (Measurement(name="energy", label=say("Energy in 100 g"), value=value, unit="kcal", basis=basis),)


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """How sure each dish is, and what is known of its energy."""
    rows = tuple(
        Row(cells=(finding.label, energy.value if energy is not None else None), finding=finding.id)
        for finding in result.findings
        for energy in (finding.measurement("energy"),)
    )
    if not rows:
        return ()
    columns = (Column(label=say("Dish")), Column(label=say("Energy in 100 g"), unit="kcal", decimals=0))
    table = TableBlock(columns=columns, rows=rows, title=say("Energy"))
    return (*confidence_bars(result, say("Dishes"), SHARE), table)
