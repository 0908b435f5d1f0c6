"""TaggingAdImage: people, things and the scene of a picture, with a confidence of 0 to 1.

The operation's page has `TagInfo` with `HumanInfo` …; the job's result has it as JSON text within `tags[].value`, with
other capitals, every group an array within an array, and `[null]` where there is none. Both are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from workstation.catalogue.operation import WireAnswer
from workstation.catalogue.photo_recognition.places import places_table
from workstation.catalogue.photo_recognition.reading import SHARE, answered, confidence_bars, name_at, of_one
from workstation.catalogue.pixel_boxes import rectangle
from workstation.catalogue.wire import BASIS_KEY, Bases, Node, bad_answer, opened
from workstation.domain.answer import AnalysisResult, AnswerFinding, IndexRectangle, ServiceAnswer
from workstation.domain.blocks import Block
from workstation.domain.finding import Basis, Measurement
from workstation.domain.words import say

# Of five people side by side in the document's example the second and fourth numbers run across the picture.
_ORDER: Final = say(
    "Placement assumed: the document does not say in which order a box has its numbers; "
    "top, left, bottom, right is read."
)
_GROUPS: Final = ("humaninfo", "sceneinfo", "objectinfo")
_DEEPEST: Final = 16


def parse(answer: WireAnswer) -> ServiceAnswer:
    """One finding a person, scene and thing. raises BAD_ANSWER, NO_BASIS"""
    opened_root, bases = opened(answer.text, expect_basis=answer.expect_basis)
    root = Node(_lowered(opened_root.value))
    findings: list[AnswerFinding] = []
    unknown: list[str] = []
    told = False
    for info in _infos(root):
        told = True
        for group in _GROUPS:
            findings += [_finding(node, group, bases) for node in info.items(group)]
        unknown += info.unread()
    if not told:
        raise bad_answer("TagInfo")
    read = answered(root, bases, findings)
    assumed = _ORDER if any(finding.shapes for finding in findings) else None
    return replace(read, assumed=assumed, unknown=tuple(sorted({*unknown, *_left(root)})))


def _infos(root: Node) -> Iterator[Node]:
    if root.has("taginfo"):
        yield _inside(root)
    for tag in root.items("tags"):
        tag.text("confidence")  # always -1
        for value in tag.items("value"):
            yield _inside(Node(_lowered(value.value)))


def _inside(holder: Node) -> Node:
    info = holder.child("taginfo")
    if info is None:
        raise bad_answer("TagInfo")
    return Node(info.value, "taginfo")


def _left(root: Node) -> list[str]:
    return [path for path in root.unread() if not path.startswith(("taginfo", BASIS_KEY.casefold()))]


def _lowered(value: object, depth: int = 0) -> object:
    """Names of keys in lower case; arrays within arrays become one, without what is null."""
    if depth > _DEEPEST:
        raise bad_answer("TagInfo")
    if isinstance(value, dict):
        return {str(name).casefold(): _lowered(entry, depth + 1) for name, entry in value.items()}
    if isinstance(value, list):
        entries: list[object] = []
        for entry in value:
            inside = _lowered(entry, depth + 1)
            entries += inside if isinstance(inside, list) else [] if inside is None else [inside]
        return entries
    return value


def _finding(node: Node, group: str, bases: Bases) -> AnswerFinding:
    if not isinstance(node.value, dict):
        raise bad_answer(node.path)
    basis = bases.everything
    box = _box(node)
    return AnswerFinding(
        code={"humaninfo": "ad-person", "sceneinfo": "ad-scene", "objectinfo": "ad-thing"}[group],
        label=say("{name}", name=name_at(node, "category")),
        shapes=(box,) if box is not None else (),
        measurements=_clothes(node, basis),
        confidence=of_one(node, "score"),
        basis=basis,
    )


def _box(node: Node) -> IndexRectangle | None:
    numbers = node.numbers("bbox")
    if not numbers:
        return None
    if len(numbers) != 4:
        raise bad_answer(f"{node.path}.bbox")
    top, left, bottom, right = numbers
    return rectangle((left, top, right, bottom), f"{node.path}.bbox")


def _clothes(node: Node, basis: Basis) -> tuple[Measurement, ...]:
    """Not everybody wears something that has a name."""
    if not node.has("cloth_category"):
        node.number("cloth_category_score")
        return ()
    name = name_at(node, "cloth_category")
    kind = Measurement(name="clothes", label=say("Clothes"), value=name, unit="", basis=basis)
    if not node.has("cloth_category_score"):
        return (kind,)
    score = round(of_one(node, "cloth_category_score"), 6)
    label = say("Confidence of the clothes")
    return (kind, Measurement(name="clothes-confidence", label=label, value=score, unit="1", basis=basis))


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """All tags with their confidence, and where those are that have a place."""
    return (*confidence_bars(result, say("Tags"), SHARE), *places_table(result, say("People and things")))
