"""RecognizeImageColor: colours of a picture with the share of each. A code made of digits alone comes as a number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from workstation.catalogue.operation import CallInput, Parameter, WireAnswer
from workstation.catalogue.photo_recognition.reading import answered, listed, name_at, of_one, told
from workstation.catalogue.wire import Node, bad_answer, opened
from workstation.domain.answer import AnalysisResult, AnswerFinding, ServiceAnswer
from workstation.domain.blocks import Block, PaletteBlock, Swatch
from workstation.domain.finding import Measurement
from workstation.domain.words import Words, say

PARAMETERS: Final = (Parameter(name="count", label=say("Number of colours"), default=3, low=1, high=10, decimals=0),)
NAMES: Final[Mapping[str, Words]] = {
    "black": say("black"),
    "white": say("white"),
    "gray": say("gray"),
    "red": say("red"),
    "orange": say("orange"),
    "yellow": say("yellow"),
    "green": say("green"),
    "cyan": say("cyan"),
    "blue": say("blue"),
    "purple": say("purple"),
    "magenta": say("magenta"),
}
_DIGITS: Final = 6
_CODE: Final = re.compile(r"[0-9a-f]{6}")


def arguments(call: CallInput) -> Mapping[str, str]:
    return {"Url": call.picture, "ColorCount": str(round(float(call.parameters["count"])))}


def parse(answer: WireAnswer) -> ServiceAnswer:
    """The whole answer → one finding a colour, in the answer's order. raises BAD_ANSWER, NO_BASIS"""
    root, bases = opened(answer.text, expect_basis=answer.expect_basis)
    findings = []
    for node in listed(root, "ColorTemplateList"):
        basis, code, share = bases.of(node.path), _code(node), of_one(node, "Percentage")
        findings.append(
            AnswerFinding(
                code="colour",
                label=told(name_at(node, "Label"), NAMES),
                shapes=(),
                measurements=(
                    Measurement(name="share", label=say("Share"), value=round(100 * share, 4), unit="%", basis=basis),
                    Measurement(name="colour", label=say("Colour"), value=code, unit="", basis=basis),
                ),
                confidence=None,
                basis=basis,
            )
        )
    return answered(root, bases, findings)


def _code(node: Node) -> str:
    """`#rrggbb`; zeros that a number has lost stand in front again. raises BAD_ANSWER"""
    text = node.text("Color").casefold().removeprefix("#")
    code = text.zfill(_DIGITS) if text else ""
    if not _CODE.fullmatch(code):
        raise bad_answer(f"{node.path}.Color")
    return f"#{code}"


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """The colours, shown."""
    swatches = []
    for finding in result.findings:
        colour, share = finding.measurement("colour"), finding.measurement("share")
        if colour is not None and share is not None and isinstance(share.value, (int, float)):
            swatches.append(
                Swatch(
                    colour=str(colour.value),
                    label=finding.label,
                    share=share.value / 100,
                    basis=finding.basis,
                    finding=finding.id,
                )
            )
    return (PaletteBlock(swatches=tuple(swatches), title=say("Colours of the picture")),) if swatches else ()
