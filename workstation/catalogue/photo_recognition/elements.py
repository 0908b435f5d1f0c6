"""DetectImageElements and DetectFruits: boxes in pixels with a name and a confidence of 0 to 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workstation.catalogue.operation import WireAnswer
from workstation.catalogue.photo_recognition.places import places_table
from workstation.catalogue.photo_recognition.reading import answered, listed, name_at, of_one, told
from workstation.catalogue.pixel_boxes import rectangle
from workstation.catalogue.wire import opened
from workstation.domain.answer import AnalysisResult, AnswerFinding, IndexRectangle, ServiceAnswer
from workstation.domain.blocks import Block
from workstation.domain.finding import Basis
from workstation.domain.words import Words, say

# In lower case: the table has MajorHuman, the example majorauction.
TYPES: Final[Mapping[str, Words]] = {
    "untype": say("undefined type"),
    "alltype": say("all types"),
    "roottype": say("root type"),
    "synthesis": say("group of elements"),
    "embedded": say("embedded element"),
    "format": say("format of an element"),
    "majorobject": say("main object"),
    "character": say("text"),
    "identifier": say("mark"),
    "background": say("background"),
    "decoration": say("decoration"),
    "majorhuman": say("person"),
    "majorauction": say("article for sale"),
    "majorthing": say("thing"),
    "majorother": say("other main object"),
    "charmain": say("main text"),
    "charsub": say("secondary text"),
    "charaction": say("call to action"),
    "charcontent": say("body text"),
    "charnumber": say("number in text"),
    "charother": say("other text"),
    "identlogo": say("logo"),
    "identlight": say("highlight mark"),
    "identcode": say("bar code or QR code"),
    "identother": say("other mark"),
    "backbitmap": say("bitmap background"),
    "backvector": say("vector background"),
    "backother": say("other background"),
    "decotile": say("tiled decoration"),
    "decoregion": say("decorated region"),
    "decopieces": say("scattered decoration"),
    "decoedge": say("decoration at the edge"),
    "decoline": say("linear decoration"),
    "decobox": say("frame"),
    "decochar": say("decoration of a call to action"),
    "decoother": say("other decoration"),
    "synthmajor": say("group of main objects"),
    "synthchar": say("group of texts"),
    "synthident": say("group of marks"),
    "synthback": say("group of backgrounds"),
    "synthdeco": say("group of decorations"),
    "synthother": say("other group"),
    "embedsvg": say("embedded SVG"),
    "embedjson": say("embedded JSON"),
    "embedhtml": say("embedded HTML"),
}


def parse_elements(answer: WireAnswer) -> ServiceAnswer:
    """Left, top, width and height of each element. raises BAD_ANSWER, NO_BASIS"""
    root, bases = opened(answer.text, expect_basis=answer.expect_basis)
    findings = []
    for node in listed(root, "Elements"):
        left, top = node.required("X"), node.required("Y")
        box = rectangle((left, top, left + node.required("Width"), top + node.required("Height")), node.path)
        label = told(name_at(node, "Type"), TYPES)
        findings.append(_boxed("element", label, box, of_one(node, "Score"), bases.of(node.path)))
    return answered(root, bases, findings)


def parse_fruits(answer: WireAnswer) -> ServiceAnswer:
    """Left, top, right and bottom of each fruit. raises BAD_ANSWER, NO_BASIS"""
    root, bases = opened(answer.text, expect_basis=answer.expect_basis)
    findings = []
    for node in listed(root, "Elements"):
        box = rectangle(node.numbers("Box"), f"{node.path}.Box")
        name = name_at(node, "Name")
        findings.append(_boxed("fruit", say("{name}", name=name), box, of_one(node, "Score"), bases.of(node.path)))
    return answered(root, bases, findings)


def _boxed(code: str, label: Words, box: IndexRectangle, confidence: float, basis: Basis) -> AnswerFinding:
    return AnswerFinding(
        code=code,
        label=label,
        shapes=(box,),
        measurements=(),
        confidence=confidence,
        basis=basis,
    )


def elements_panel(result: AnalysisResult) -> tuple[Block, ...]:
    return places_table(result, say("Elements of the picture"))


def fruits_panel(result: AnalysisResult) -> tuple[Block, ...]:
    return places_table(result, say("Fruits and nuts"))
