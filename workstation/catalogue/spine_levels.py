"""Reading DetectSpineMRI's answer: vertebrae and discs of a sagittal series by level, each with what was seen there.

Keys are in lower case in the documents' example and capitalised in their table; an envelope holds `httpCode` and
`success`. A `location` is [row, column]: the first number
grows downwards in the documents' example. No slice is named, so points are shown on the middle one, as assumed. The
same code says one thing of a disc and another of a vertebra.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from workstation.catalogue.operation import CallInput, WireAnswer
from workstation.catalogue.wire import Bases, Node, bad_answer, decode, opened
from workstation.domain.answer import AnalysisResult, AnswerFinding, AnswerGrid, IndexPixel, ServiceAnswer
from workstation.domain.blocks import Block, Level, StripBlock, StripItem
from workstation.domain.finding import Finding, Measurement, worst
from workstation.domain.words import Words, say

NORMAL: Final = "v1"
_STATE: Final = "state"
_LEVEL: Final = "level"
_CODES: Final = "codes"
_MOST_CODES: Final = 20  # of one level; the documents have eight
_CHAIN: Final = (
    *(f"C{n}" for n in range(1, 8)),
    *(f"T{n}" for n in range(1, 13)),
    *(f"L{n}" for n in range(1, 6)),
    "S1",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What one of the two lists is about. `states`: what its codes say."""

    code: str
    wire: str
    states: Mapping[str, Words]

    def label(self, level: str, state: Words) -> Words:
        if self.code == "disc":
            return say("Disc {level}: {state}", level=level, state=state)
        return say("Vertebra {level}: {state}", level=level, state=state)


_NORMAL: Final = say("normal")
_DEGENERATION: Final = say("degeneration")
_OTHER: Final = say("other change")
_DISC: Final = _Kind(
    code="disc",
    wire="discs",
    states={
        NORMAL: _NORMAL,
        "v2": _DEGENERATION,
        "v3": say("circumferential bulge"),
        "v4": say("asymmetric bulge"),
        "v5": say("protrusion"),
        "v6": say("extrusion"),
        "v7": say("Schmorl node"),
        "v8": _OTHER,
    },
)
_VERTEBRA: Final = _Kind(code="vertebra", wire="vertebras", states={NORMAL: _NORMAL, "v2": _DEGENERATION, "v3": _OTHER})


def arguments(call: CallInput) -> Mapping[str, str]:
    links = {f"URLList.{n}.URL": url for n, url in enumerate(call.urls, start=1)}
    return {"DataFormat": "DICOM", **call.organisation, **links}


def parse(answer: WireAnswer) -> ServiceAnswer:
    """The whole answer → typed. raises BAD_ANSWER, NO_BASIS"""
    envelope = Node(decode(answer.text, "answer"))
    if envelope.text("success").lower() not in ("", "true") or envelope.number("httpCode") not in (None, 200):
        raise bad_answer("success")
    root, basis = opened(answer.text, expect_basis=answer.expect_basis)
    lists = [(kind, _key(root, kind.wire)) for kind in (_DISC, _VERTEBRA)]
    if not any(root.has(name) for _, name in lists):
        raise bad_answer("data")
    return ServiceAnswer(
        findings=tuple(_finding(entry, kind, basis) for kind, name in lists for entry in root.items(name)),
        grid=AnswerGrid(),
        basis=worst([basis.everything, *basis.parts.values()]),
        unknown=root.unread(),
    )


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """The spine as a strip from head to foot, discs between their vertebrae."""
    items = [_item(finding) for finding in sorted(result.findings, key=_height)]
    return (StripBlock(items=tuple(items), title=say("Spine, from head to foot")),) if items else ()


def _item(finding: Finding) -> StripItem:
    state, codes = finding.measurement(_STATE), finding.measurement(_CODES)
    changed = codes is not None and set(str(codes.value).split(",")) != {NORMAL}
    words = state.value if state is not None else ""
    return StripItem(
        label=_level(finding),
        words=(words if isinstance(words, Words) else say("{name}", name=words),),
        finding=finding.id,
        level=Level.NOTED if changed else Level.PLAIN,
        minor=finding.code == _DISC.code,
    )


def _height(finding: Finding) -> tuple[float, str]:
    """Place in the chain: a disc half a step below the upper one of its vertebrae; what is no level comes last."""
    upper = _level(finding).split("-")[0]
    if upper not in _CHAIN:
        return (float(len(_CHAIN)), upper)
    return (_CHAIN.index(upper) + (0.5 if finding.code == _DISC.code else 0.0), "")


def _level(finding: Finding) -> str:
    measured = finding.measurement(_LEVEL)
    return measured.value if measured is not None and isinstance(measured.value, str) else ""


def _finding(entry: Node, kind: _Kind, bases: Bases) -> AnswerFinding:
    basis = bases.of(entry.path)
    level = "".join(entry.text(_key(entry, "identification")).split())
    if not level:
        raise bad_answer(f"{entry.path}.identification")
    stated = (code.strip().lower() for code in entry.text(_key(entry, "disease")).split(","))
    codes = tuple(dict.fromkeys(code for code in stated if code))
    if len(codes) > _MOST_CODES:
        raise bad_answer(f"{entry.path}.disease")
    state = _states(codes, kind)
    return AnswerFinding(
        code=kind.code,
        label=kind.label(level, state),
        shapes=tuple(_shapes(entry, level)),
        measurements=(
            Measurement(name=_LEVEL, label=say("Level"), value=level, unit="", basis=basis),
            Measurement(name=_STATE, label=say("State"), value=state, unit="", basis=basis),
            *(
                [Measurement(name=_CODES, label=say("Codes"), value=",".join(codes), unit="", basis=basis)]
                if codes
                else []
            ),
        ),
        confidence=None,
        basis=basis,
    )


def _states(codes: tuple[str, ...], kind: _Kind) -> Words:
    if not codes:
        return say("nothing stated")
    words = [_state(code, kind) for code in codes]
    line = words[0]
    for more in words[1:]:
        line = say("{first}, {second}", first=line, second=more)
    return line


def _state(code: str, kind: _Kind) -> Words:
    return kind.states.get(code) or say("code {code} that is not documented", code=code)


def _shapes(entry: Node, level: str) -> Iterator[IndexPixel]:
    numbers = entry.numbers(_key(entry, "location"))
    if not numbers:
        return
    if len(numbers) != 2:
        raise bad_answer(f"{entry.path}.location")
    yield IndexPixel(at=(numbers[0], numbers[1]), text=level)


def _key(node: Node, name: str) -> str:
    """The key as the example has it, or as the table has it."""
    return name if node.has(name) else name.capitalize()
