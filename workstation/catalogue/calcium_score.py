"""CalcCACS: coronary calcium score and volume, in all and lesion by lesion, and a mask of the lesions.

The answer names no places and no vessels. Assumed of the mask, and taken only where it is so: its labels are the
lesions' numbers. `CalciumCenter`, which the official client knows and no document describes, places nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from workstation.catalogue.operation import CallInput, WireAnswer
from workstation.catalogue.series_form import labels_of, series_arguments, the_label_image
from workstation.catalogue.wire import Bases, Node, bad_answer, opened
from workstation.domain.answer import (
    AnalysisResult,
    AnswerFinding,
    AnswerGrid,
    AnswerMask,
    MaskShape,
    ServiceAnswer,
)
from workstation.domain.blocks import Block, Cell, Column, FiguresBlock, Row, TableBlock
from workstation.domain.finding import Basis, Finding, Measurement, worst
from workstation.domain.volume import ResultVolume
from workstation.domain.words import Words, say

MASK: Final = "ResultUrl"  # wire path of the link
CALCIUM: Final = "calcium"  # name of the label image
SCORE: Final = "calcium-score"
VOLUME: Final = "calcium-volume"
_LABELS: Final = {SCORE: say("Calcium score"), VOLUME: say("Calcium volume")}
_UNITS: Final = {SCORE: "", VOLUME: "mm3"}
_ROUNDED: Final = 0.02  # totals are printed with two decimals


def arguments(call: CallInput) -> Mapping[str, str]:
    return series_arguments(call, "DataSourceType")


def parse(answer: WireAnswer) -> ServiceAnswer:
    """`Result` of the finished job → typed answer. raises BAD_ANSWER, NO_BASIS"""
    root, basis = opened(answer.text, expect_basis=answer.expect_basis)
    return read_branch(root, basis, answer.files.get(MASK, ()), unknown=True)


def read_branch(node: Node, basis: Bases, images: tuple[ResultVolume, ...], *, unknown: bool = False) -> ServiceAnswer:
    """The same answer where it is a part of another one, which may give the score alone.

    images   what the link at `ResultUrl` gave
    unknown  whether to tell what nobody read
    raises   BAD_ANSWER
    """
    totals = tuple(_measurements(node, basis, {SCORE: "Score", VOLUME: "VolumeScore"}))
    entries = node.items("Detections")
    linked = bool(node.text(MASK))
    if not totals and not entries and not linked:
        raise bad_answer(node.path or "Data")
    image, notes = the_label_image(images)
    mask_basis = basis.of(_path(node, MASK))
    labels = labels_of(image) if image is not None else ()
    numbers = [_number(entry) for entry in entries]
    if len(set(numbers)) < len(numbers):
        raise bad_answer(f"{_path(node, 'Detections')}[].CalciumId")
    lesions = tuple(
        _lesion(entry, number, basis, painted=set(labels) == set(numbers))
        for entry, number in zip(entries, numbers, strict=True)
    )
    if set(labels) != set(numbers):
        lesions = (*lesions, *_unnumbered(labels, mask_basis))
    if not lesions and _value(totals, SCORE):
        lesions = (_somewhere(mask_basis),)
    if linked and image is None and (not images or lesions):
        notes = (*notes, say("The mask of the calcium is not available."))
    return ServiceAnswer(
        findings=lesions,
        grid=AnswerGrid(),
        basis=worst([basis.of(node.path), *basis.parts.values()]),
        measurements=totals,
        masks=() if image is None else (_mask(image, labels, mask_basis),),
        notes=(*notes, *_sums(totals, lesions, bool(entries)), *_honest(basis.of(_path(node, "Score")))),
        unknown=node.unread() if unknown else (),
    )


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """Score and volume at large; the lesions as a table with their total."""
    totals = tuple(m for m in result.measurements if m.name in (SCORE, VOLUME))
    blocks: list[Block] = []
    if totals:
        blocks.append(FiguresBlock(figures=totals, title=say("Coronary calcium")))
    lesions = [finding for finding in result.findings if finding.measurement(SCORE) is not None]
    if lesions:
        columns = (
            Column(label=say("Calcified lesion")),
            Column(label=say("Score")),
            Column(label=say("Volume"), unit="mm3"),
        )
        rows = tuple(
            Row(cells=(lesion.label, _cell(lesion, SCORE), _cell(lesion, VOLUME)), finding=lesion.id)
            for lesion in lesions
        )
        total = Row(cells=(say("Total"), _value(totals, SCORE), _value(totals, VOLUME)))
        blocks.append(TableBlock(columns=columns, rows=rows, total=total, title=say("Calcified lesions")))
    return tuple(blocks)


def _cell(lesion: Finding, name: str) -> Cell:
    measured = lesion.measurement(name)
    return measured.value if measured is not None else None


def _measurements(node: Node, basis: Bases, keys: Mapping[str, str]) -> Iterator[Measurement]:
    for name, key in keys.items():
        value = node.number(key)
        if value is None:
            continue
        if value < 0:
            raise bad_answer(_path(node, key))
        yield Measurement(
            name=name, label=_LABELS[name], value=value, unit=_UNITS[name], basis=basis.of(_path(node, key))
        )


def _number(entry: Node) -> int:
    number = entry.required("CalciumId")
    if not number.is_integer():
        raise bad_answer(f"{entry.path}.CalciumId")
    return int(number)


def _lesion(entry: Node, number: int, basis: Bases, *, painted: bool) -> AnswerFinding:
    measurements = tuple(_measurements(entry, basis, {SCORE: "CalciumScore", VOLUME: "CalciumVolume"}))
    return AnswerFinding(
        code="coronary-calcium",
        label=say("Calcified lesion {number}", number=number),
        shapes=(MaskShape(mask=CALCIUM, label=number),) if painted else (),
        measurements=measurements,
        confidence=None,
        basis=worst([basis.of(entry.path), *(measurement.basis for measurement in measurements)]),
    )


def _unnumbered(labels: tuple[int, ...], basis: Basis) -> Iterator[AnswerFinding]:
    """Labels that are not the lesions' numbers still show where calcium is."""
    if labels:
        yield AnswerFinding(
            code="coronary-calcium",
            label=say("Calcium, lesions not told apart"),
            shapes=tuple(MaskShape(mask=CALCIUM, label=label) for label in labels),
            measurements=(),
            confidence=None,
            basis=basis,
        )


def _somewhere(basis: Basis) -> AnswerFinding:
    """A score without lesions: nobody may read “none reported” beside it."""
    return AnswerFinding(
        code="coronary-calcium",
        label=say("Coronary calcium, place not given"),
        shapes=(),
        measurements=(),
        confidence=None,
        basis=basis,
    )


def _mask(image: ResultVolume, labels: tuple[int, ...], basis: Basis) -> AnswerMask:
    names: dict[int, Words] = {label: say("Calcified lesion {number}", number=label) for label in labels}
    return AnswerMask(name=CALCIUM, volume=image, names=names, basis=basis)


def _value(totals: tuple[Measurement, ...], name: str) -> float | None:
    value = next((m.value for m in totals if m.name == name), None)
    return value if isinstance(value, float) else None


def _sums(totals: tuple[Measurement, ...], lesions: tuple[AnswerFinding, ...], listed: bool) -> Iterator[Words]:
    """Lesions add up to the total in the documents; where they don't, one of the two figures is wrong."""
    for name in (SCORE, VOLUME) if listed else ():
        total = _value(totals, name)
        parts = [m.value for lesion in lesions for m in lesion.measurements if m.name == name]
        added = sum(value for value in parts if isinstance(value, float))
        if total is not None and abs(total - added) > _ROUNDED + 1e-3 * total:
            yield say(
                "{what}: the lesions add up to {added:.2f}, not to the total of {total:.2f}.",
                what=_LABELS[name],
                added=added,
                total=total,
            )


def _honest(basis: Basis) -> Iterator[Words]:
    """What the score of this PC can't do."""
    if basis is Basis.ALGORITHM:
        yield say("All calcium of the heart counts, also of valves and the aortic root; vessels are not told apart.")


def _path(node: Node, key: str) -> str:
    return f"{node.path}.{key}" if node.path else key
