"""What `analyze` covers in the copies that it sends, and what it asks about what stays to be seen."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

import click

from workstation.catalogue.check import check
from workstation.catalogue.operation import Operation
from workstation.catalogue.repairs import RepairCode
from workstation.cli.program import Program
from workstation.domain.covering import NO_COVERING, Covering, FaceCover, Region, Subject, box
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Stack
from workstation.domain.words import Words, render, say, say_count
from workstation.workspace.covering import (
    can_find_faces,
    can_find_text,
    covering_of,
    how_to_get,
    is_photo,
    is_risky,
    still_seen,
    texts_of,
    texts_seen,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverAsked:
    """
    texts      None: wherever a name is likely and the pictures leave this PC, or where a repair asks for it
    faces      None: where a photograph leaves this PC, unless the operation is about faces
    boxes      by hand, in pixels of the picture
    uncovered  the person agreed that what is not covered is seen
    """

    texts: bool | None = None
    faces: FaceCover | None = None
    boxes: tuple[Region, ...] = ()
    uncovered: bool = False


def read_boxes(values: Sequence[str]) -> tuple[Region, ...]:
    """LEFT,TOP,RIGHT,BOTTOM: the first and the last pixel that is covered. raises BAD_PARAMETER"""
    return tuple(_box(value) for value in values)


def _box(value: str) -> Region:
    try:
        left, top, right, bottom = (float(part) for part in value.split(","))
    except ValueError:
        left = math.nan
    if not math.isfinite(left) or not (left <= right and top <= bottom and math.isfinite(right + bottom)):
        allowed = "LEFT,TOP,RIGHT,BOTTOM"
        raise WorkstationError(ErrorCode.BAD_PARAMETER, name="--cover-box", value=value, allowed=allowed)
    return box(Subject.DRAWN, left, top, right, bottom)


def asked_covering(
    program: Program, stack: Stack, operation: Operation, asked: CoverAsked, *, leaves_pc: bool, repair: bool
) -> Covering:
    """What is covered of one series or picture; say so, and what stays to be seen.

    raises  UNCOVERED where nobody agreed to that; MISSING_EXTRA, FACE_LEFT, as `covering_of`
    """
    risky = leaves_pc and is_risky(stack)
    texts, faces = asked.texts, asked.faces
    if texts is None:
        codes = {found.code for found in check(stack, operation).repairs}
        texts = can_find_text() and (risky or (repair and RepairCode.COVER in codes))
    if faces is None:
        covers = risky and is_photo(stack) and can_find_faces() and not operation.faces
        faces = FaceCover.FACE if covers else FaceCover.NONE
    covering = NO_COVERING
    if texts or faces is not FaceCover.NONE:
        with program.output.progress() as reporter:
            covering = covering_of(stack, texts=texts, faces=faces, reporter=reporter)
    covering = replace(covering, regions=(*covering.regions, *asked.boxes))
    if risky or covering.hides:
        _tell_covered(program, covering, texts=texts, faces=faces is not FaceCover.NONE)
    if risky:
        _agree(program, _seen(program, stack, covering, texts=texts), agreed=asked.uncovered)
    return replace(covering, reviewed=covering.reviewed or (risky and asked.uncovered))


def _tell_covered(program: Program, covering: Covering, *, texts: bool, faces: bool) -> None:
    if texts:
        count = covering.count(Subject.TEXT)
        program.output.write(say_count("{count} text is covered.", "{count} texts are covered.", count))
    if faces:
        count = covering.count(Subject.EYES, Subject.FACE, Subject.HEAD)
        program.output.write(say_count("{count} face is covered.", "{count} faces are covered.", count))
    if drawn := covering.count(Subject.DRAWN):
        program.output.write(say_count("{count} region is covered.", "{count} regions are covered.", drawn))


def _seen(program: Program, stack: Stack, covering: Covering, *, texts: bool) -> tuple[Words, ...]:
    """What may name the person and is not covered."""
    lines: list[Words] = []
    if not can_find_text():
        program.output.write(how_to_get())
        lines.append(say("Nobody looked for text in the picture that is sent."))
    elif not texts:
        with program.output.progress() as reporter:
            found = texts_of(stack, reporter)
        if count := texts_seen(stack, covering, found):
            lines.append(
                say_count("{count} text is seen in what is sent.", "{count} texts are seen in what is sent.", count)
            )
    faces = still_seen(stack, covering)
    if faces:
        lines.append(
            say_count("{count} face is seen in what is sent.", "{count} faces are seen in what is sent.", faces)
        )
    elif faces is None and is_photo(stack):
        lines.append(say("Nobody looked for faces in the picture that is sent."))
    return tuple(lines)


def _agree(program: Program, seen: Sequence[Words], *, agreed: bool) -> None:
    """raises UNCOVERED"""
    for line in seen:
        program.output.write(line)
    if not seen or agreed:
        return
    question = render(say("Send it as it is?"), program.output.language)
    if not sys.stdin.isatty() or not click.confirm(question, err=True):
        raise WorkstationError(ErrorCode.UNCOVERED)
