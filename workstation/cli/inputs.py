"""What an analysis is done on besides the series looked at: `--input ROLE=…`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from workstation.catalogue.operation import MASK, REFERENCE, Operation
from workstation.catalogue.two_series import check_second, second_role, seconds
from workstation.cli.output import Output
from workstation.cli.program import Program
from workstation.cli.reading import choose_stack, open_paths
from workstation.domain.error import Blame, ErrorCode, WorkstationError
from workstation.domain.photo_mask import PhotoMask
from workstation.domain.series import Stack
from workstation.domain.series_name import series_name
from workstation.domain.words import say
from workstation.workspace.photo_masks import check_photo_mask, read_photo_mask


def roles(operation: Operation) -> tuple[str, ...]:
    """What `--input` may name for this operation."""
    role = second_role(operation)
    if operation.drawn:
        return (MASK,)
    return (REFERENCE, role) if role else ()


def check_roles(given: Mapping[str, str], operation: Operation) -> None:
    """raises BAD_PARAMETER"""
    allowed = roles(operation)
    for role in given:
        if role not in allowed:
            listed = ", ".join(f"{name}=…" for name in allowed) or "–"
            raise WorkstationError(ErrorCode.BAD_PARAMETER, name="--input", value=role, allowed=listed)


def second_series(
    program: Program, given: Mapping[str, str], stacks: Sequence[Stack], operation: Operation, *, repair: bool
) -> Stack | None:
    """The series that is brought onto the other: one of those that are open by its ID, else the best one of a path.

    raises NOT_FOUND, NOTHING_FOUND, NOT_ELIGIBLE, SEVERAL_PATIENTS, SEVERAL_SERIES
    """
    text = given.get(second_role(operation), "")
    if not text:
        return None
    for stack in stacks:
        if text in (stack.id, stack.series_uid):
            return stack
    return choose_stack(open_paths(program, [Path(text)]).stacks, operation, None, repair=repair)


def photo_mask(given: Mapping[str, str], stack: Stack, operation: Operation) -> PhotoMask | None:
    """The mask that goes with the picture. raises MASK_NEEDED, MASK_SIZE, MASK_EMPTY, what reading it raises"""
    mask = read_photo_mask(Path(given[MASK])) if MASK in given else None
    check_photo_mask(mask, stack, operation)
    return mask


def without(second: Stack | None, stacks: tuple[Stack, ...]) -> tuple[Stack, ...]:
    """The others, from which the one looked at is taken; all where nothing else is there."""
    others = tuple(stack for stack in stacks if second is None or stack.id != second.id)
    return others or stacks


def need_second(output: Output, stack: Stack, stacks: Sequence[Stack], operation: Operation) -> None:
    """Name what there is to choose from. raises SECOND_SERIES_NEEDED"""
    for other in seconds(stack, stacks, operation):
        output.write(say("Possible: {series}, {name}", series=series_name(other), name=other.id))
    raise WorkstationError(ErrorCode.SECOND_SERIES_NEEDED, operation=operation.title)


def refuse_unfit_second(output: Output, second: Stack, stack: Stack, operation: Operation, *, repair: bool) -> None:
    """Say every reason, then end with “not eligible”; with what is repaired go on."""
    found = check_second(second, stack, operation)
    if found.fits or (repair and found.repairable):
        for line in found.repairs:
            output.write(line.sentence)
        return
    output.write(say("The second series does not qualify:"))
    for reason in found.reasons:
        output.write(reason.sentence)
    raise click.exceptions.Exit(Blame.NOT_ELIGIBLE.value)
