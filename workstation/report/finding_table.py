"""The findings as one table: what the row's own table says of each, or else whatever was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from workstation.domain.block_words import BASIS_CHIPS, NOTHING_KNOWN, cell_text, head_text, numeric
from workstation.domain.blocks import Block, TableBlock
from workstation.domain.decision import DecisionState, Reading
from workstation.domain.editing import of_original
from workstation.domain.figures import unit_text, value_text, with_unit
from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.layers import number_of
from workstation.domain.projection import slices_of
from workstation.domain.shapes import Shape
from workstation.domain.words import Language, Words, render, say

DECISIONS: Final[Mapping[DecisionState, Words]] = {
    DecisionState.OPEN: say("undecided"),
    DecisionState.ACCEPTED: say("accepted"),
    DecisionState.REJECTED: say("rejected"),
}
NOTHING_CHANGED: Final[Mapping[str, tuple[Shape, ...]]] = MappingProxyType({})
_MOST: Final = 5  # columns of figures beside one another; more are told in one


@dataclass(frozen=True, slots=True)
class Figures:
    """One column: its head, whether it holds numbers, and its cell for each finding."""

    head: str
    right: bool
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FindingTable:
    """`used`: the block whose columns stand in it, so that it is not printed a second time."""

    columns: tuple[Figures, ...]
    rejected: tuple[bool, ...]
    used: TableBlock | None


def finding_table(reading: Reading, blocks: Sequence[Block]) -> FindingTable:
    """Number, label, figures, confidence, slices, basis where it is mixed, decision: what there is of them."""
    language, findings = reading.language, reading.findings
    places = tuple(str(number_of(f, place)) for place, f in enumerate(findings, start=1))
    numbers = Figures(_said(say("No."), language), False, places)
    labels = Figures(_said(say("Finding"), language), False, tuple(render(f.label, language) for f in findings))
    confidences = tuple(NOTHING_KNOWN if f.confidence is None else f"{f.confidence:.2f}" for f in findings)
    known = [numbers, labels, Figures(_said(say("Confidence"), language), True, confidences)]
    changed = {f.id: shapes for f in findings if (shapes := reading.decision(f.id).shapes) is not None}
    own = _own_table(blocks, findings) if not changed else None  # the row's table knows the service's figures only
    figures = (
        _own_columns(own, findings, known, language)
        if own is not None
        else measured_columns(findings, language, changed)
    )
    columns = [
        numbers,
        labels,
        *figures,
        known[2],
        Figures(_said(say("Slices"), language), False, tuple(_slices(f, reading) for f in findings)),
        *_bases(findings, language),
        Figures(_said(say("Decision"), language), False, tuple(_decision(f, reading) for f in findings)),
    ]
    rejected = tuple(reading.decision(f.id).state is DecisionState.REJECTED for f in findings)
    kept = tuple(c for c in columns if c is labels or any(cell != NOTHING_KNOWN for cell in c.cells))
    return FindingTable(kept, rejected, own)


def _said(words: Words, language: Language) -> str:
    return render(words, language)


def _own_table(blocks: Sequence[Block], findings: Sequence[Finding]) -> TableBlock | None:
    """A table of the row that has one line for every finding and nothing else."""
    ids = sorted(finding.id for finding in findings)
    tables = (block for block in blocks if isinstance(block, TableBlock) and block.total is None)
    fitting = (table for table in tables if len(table.columns) <= _MOST + 3)
    return next((table for table in fitting if ids and sorted(row.finding for row in table.rows) == ids), None)


def _own_columns(
    block: TableBlock, findings: Sequence[Finding], known: Sequence[Figures], language: Language
) -> list[Figures]:
    """Its columns in the order of the findings, without those that repeat what stands there already."""
    rows = {row.finding: row for row in block.rows}
    columns = []
    for place, column in enumerate(block.columns):
        cells = tuple(
            cell_text(rows[f.id].cells[place], column, language) if place < len(rows[f.id].cells) else NOTHING_KNOWN
            for f in findings
        )
        if not any(cells == other.cells for other in known):
            columns.append(Figures(head_text(column, language), numeric(block, place), cells))
    return columns


def measured_columns(
    findings: Sequence[Finding], language: Language, changed: Mapping[str, tuple[Shape, ...]] = NOTHING_CHANGED
) -> list[Figures]:
    """One column for each name of a measurement; where there are too many, all in one.

    changed  by finding id: shapes of the reader's hand; figures that don't follow from them say so
    """
    names = list(dict.fromkeys(m.name for finding in findings for m in finding.measurements))
    if len(names) > _MOST:
        told = tuple(_told(finding, language, changed.get(finding.id)) for finding in findings)
        return [Figures(_said(say("Measured"), language), False, told)]
    columns = []
    for name in names:
        found = [finding.measurement(name) for finding in findings]
        there = [m for m in found if m is not None]
        units = {m.unit for m in there}
        one = len(units) == 1
        unit = unit_text(there[0].unit) if one else ""
        cells = tuple(
            _value(m, finding, language, "" if one else m.unit, changed.get(finding.id))
            if m is not None
            else NOTHING_KNOWN
            for m, finding in zip(found, findings, strict=True)
        )
        head = f"{_said(there[0].label, language)} {unit}".strip()
        columns.append(Figures(head, all(isinstance(m.value, float | int) for m in there), cells))
    return columns


def _value(
    measured: Measurement, finding: Finding, language: Language, unit: str, shapes: tuple[Shape, ...] | None
) -> str:
    """Beside real values of the same finding a simulated one says so itself."""
    text = with_unit(value_text(measured, language), unit)
    if of_original(finding, measured, shapes):
        text = _said(say("{value} (of the original shape)", value=text), language)
    if measured.basis is Basis.SIMULATED and any(m.basis is not Basis.SIMULATED for m in finding.measurements):
        return f"{text} ({_said(BASIS_CHIPS[Basis.SIMULATED], language)})"
    return text


def _told(finding: Finding, language: Language, shapes: tuple[Shape, ...] | None) -> str:
    parts = (
        f"{render(m.label, language)} {_value(m, finding, language, m.unit, shapes)}" for m in finding.measurements
    )
    return " · ".join(parts) or NOTHING_KNOWN


def _slices(finding: Finding, reading: Reading) -> str:
    geometry = reading.geometry
    if geometry is None or geometry.slices == 1:
        return NOTHING_KNOWN
    seen = slices_of(finding, geometry, reading.result.masks)
    if seen is None:
        return NOTHING_KNOWN
    return f"{seen[0] + 1}–{seen[1] + 1}" if seen[0] != seen[1] else str(seen[0] + 1)


def _bases(findings: Sequence[Finding], language: Language) -> tuple[Figures, ...]:
    bases = {finding.basis for finding in findings}
    if len(bases) < 2 or not bases & {Basis.SIMULATED, Basis.READER}:
        return ()
    service = say("the vendor's service")
    cells = tuple(_said(BASIS_CHIPS.get(f.basis, service), language) for f in findings)
    return (Figures(_said(say("Basis"), language), False, cells),)


def _decision(finding: Finding, reading: Reading) -> str:
    decision = reading.decision(finding.id)
    said = _said(DECISIONS[decision.state], reading.language)
    changed = _changed(finding, reading)
    if changed is not None:
        said = f"{said}; {_said(changed, reading.language)}"
    return f"{said}: {decision.comment}" if decision.comment else said


def _changed(finding: Finding, reading: Reading) -> Words | None:
    """That the shape is the reader's, and what the service had said of its own; None where it is the service's."""
    if reading.decision(finding.id).shapes is None:
        return None
    before = next(one for one in reading.result.findings if one.id == finding.id)
    told = [
        with_unit(value_text(was, reading.language), was.unit)
        for was, now in zip(before.measurements, finding.measurements, strict=True)
        if was.value != now.value
    ]
    if not told:
        return say("shape changed by the reader")
    return say("shape changed by the reader, reported: {values}", values=", ".join(told))
