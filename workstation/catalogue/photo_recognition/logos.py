"""RecognizeLogo: station and trade marks with their boxes; how sure the class of the picture is stands as 0 to 100."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workstation.catalogue.operation import CallInput, WireAnswer
from workstation.catalogue.photo_recognition.places import places_table
from workstation.catalogue.photo_recognition.reading import PERCENT, answered, listed, name_at, of_hundred, told
from workstation.catalogue.pixel_boxes import read_echoes, rectangle
from workstation.catalogue.wire import Bases, Node, bad_answer, opened
from workstation.domain.answer import AnalysisResult, AnswerFinding, ServiceAnswer
from workstation.domain.blocks import Bar, BarsBlock, Block, FiguresBlock
from workstation.domain.finding import Basis, Measurement
from workstation.domain.words import Words, say

CLASSES: Final[Mapping[str, Words]] = {
    "normal": say("no logo"),
    "tv": say("logo of a television station"),
    "trademark": say("trade mark"),
}
SUGGESTIONS: Final[Mapping[str, Words]] = {
    "pass": say("pass: nothing to be done"),
    "review": say("review: a person should look"),
    "block": say("block: something should be done"),
}


def arguments(call: CallInput) -> Mapping[str, str]:
    return {"Tasks.1.ImageURL": call.picture}


def parse(answer: WireAnswer) -> ServiceAnswer:
    """One finding a logo, and the class of the picture with its rate. raises BAD_ANSWER, NO_BASIS"""
    root, bases = opened(answer.text, expect_basis=answer.expect_basis)
    findings: list[AnswerFinding] = []
    measures: list[Measurement] = []
    for element in listed(root, "Elements"):
        read_echoes(element, "ImageURL", "TaskId")
        for result in listed(element, "Results"):
            measures += _class(result, bases.of(result.path))
            findings += [_logo(node, bases) for node in result.items("LogosData")]
    return answered(root, bases, findings, measurements=tuple(measures))


def _class(result: Node, basis: Basis) -> tuple[Measurement, ...]:
    kind, suggestion = name_at(result, "Label"), name_at(result, "Suggestion")
    return (
        Measurement(name="class", label=say("Picture"), value=told(kind, CLASSES), unit="", basis=basis),
        Measurement(
            name="rate", label=PERCENT, value=round(100 * of_hundred(result, "Rate"), 4), unit="{score}", basis=basis
        ),
        Measurement(
            name="suggestion", label=say("Suggestion"), value=told(suggestion, SUGGESTIONS), unit="", basis=basis
        ),
    )


def _logo(node: Node, bases: Bases) -> AnswerFinding:
    if not isinstance(node.value, dict):
        raise bad_answer(node.path)
    left, top = node.required("X"), node.required("Y")
    box = rectangle((left, top, left + node.required("W"), top + node.required("H")), node.path)
    basis, name = bases.of(node.path), name_at(node, "Name")
    kind = told(name_at(node, "Type"), CLASSES)
    return AnswerFinding(
        code="logo",
        label=say("{name}: {kind}", name=name, kind=kind),
        shapes=(box,),
        measurements=(),
        confidence=None,  # the rate is that of the picture's class, not of a logo
        basis=basis,
    )


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """The class of the picture with its rate, what is suggested, and the logos."""
    rates = [(kind, rate) for kind, rate in zip(*(_named(result, name) for name in ("class", "rate")), strict=False)]
    bars = tuple(
        Bar(label=_words(kind), share=float(rate.value) / 100, text=f"{rate.value:.4g}", basis=rate.basis)
        for kind, rate in rates
        if isinstance(rate.value, (int, float))
    )
    suggestions = tuple(_named(result, "suggestion"))
    blocks: tuple[Block, ...] = ()
    if bars:
        blocks = (
            BarsBlock(bars=bars, title=say("{title}: {scale}", title=say("Class of the picture"), scale=PERCENT)),
        )
    if suggestions:
        blocks = (*blocks, FiguresBlock(figures=suggestions, title=say("What the service suggests")))
    return (*blocks, *places_table(result, say("Logos")))


def _named(result: AnalysisResult, name: str) -> list[Measurement]:
    return [measured for measured in result.measurements if measured.name == name]


def _words(measured: Measurement) -> Words:
    return measured.value if isinstance(measured.value, Words) else say("{text}", text=str(measured.value))
