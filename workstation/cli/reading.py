"""`scan`, `check`, `operations`: what is there, and what it is good for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from workstation.catalogue import OPERATIONS, operation_named
from workstation.catalogue.check import PLANES, Eligibility, best, check
from workstation.catalogue.operation import Operation
from workstation.cli import shapes
from workstation.cli.output import Output
from workstation.cli.program import Program, pass_program
from workstation.domain.error import Blame, ErrorCode, WorkstationError
from workstation.domain.series import ScanResult, Stack
from workstation.domain.words import Words, render, say, say_count

PATHS: Final = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
AS_JSON: Final = click.option("--json", "as_json", is_flag=True, help="JSON on standard output.")
_RARE: Final = 12  # left-out files listed one by one; more are counted


def open_paths(program: Program, paths: Sequence[Path]) -> ScanResult:
    """raises NOT_FOUND for a path that does not exist"""
    for path in paths:
        if not path.exists():
            raise WorkstationError(ErrorCode.NOT_FOUND)
    with program.output.progress() as reporter:
        return program.scan(paths, reporter)


@click.command(help="List every stack found; every file is accounted for.")
@PATHS
@AS_JSON
@pass_program
def scan(program: Program, paths: tuple[Path, ...], as_json: bool) -> None:
    result = open_paths(program, paths)
    if as_json:
        program.output.json(shapes.scan_json(result, program.output.language))
    else:
        show_scan(program.output, result)


def show_scan(output: Output, result: ScanResult) -> None:
    heads = (
        say("Series"),
        say("Description"),
        say("Modality"),
        say("Plane"),
        say("Slices"),
        say("Size"),
        say("Spacing mm"),
    )
    output.table(heads, [_row(stack) for stack in result.stacks])
    for stack in result.stacks:
        for fact in stack.facts:
            output.write(f"{stack.id}: {render(fact.sentence, output.language)}")
    if result.objects:
        output.write(
            say_count(
                "{count} other object (report, mask, index …).",
                "{count} other objects (reports, masks, indices …).",
                len(result.objects),
            )
        )
    for left in result.left_out[:_RARE]:
        output.write(f"{Path(left.path).name}: {render(left.sentence, output.language)}")
    if len(result.left_out) > _RARE:
        more = len(result.left_out) - _RARE
        output.write(say_count("… and {count} more file left out.", "… and {count} more files left out.", more))
    output.write(say_count("{count} file.", "{count} files.", result.files))


def _row(stack: Stack) -> tuple[str | Words, ...]:
    size = f"{stack.rows} × {stack.columns}"
    spacing = " × ".join(f"{value:.3g}" for value in stack.geometry.spacing_zyx) if stack.geometry is not None else "–"
    return (stack.id, stack.description, stack.modality, PLANES[stack.plane], str(stack.slices), size, spacing)


@click.command(name="check", help="Say for each series which operations it qualifies for, and why not for the others.")
@PATHS
@click.option("--operation", "name", metavar="NAME", help="Only this operation; exit code 3 if no series fits.")
@AS_JSON
@pass_program
def check_command(program: Program, paths: tuple[Path, ...], name: str | None, as_json: bool) -> None:
    operations = (operation_named(name),) if name is not None else tuple(o for o in OPERATIONS if o.card)
    stacks = open_paths(program, paths).stacks
    rows = [(stack, tuple(check(stack, operation, stacks) for operation in operations)) for stack in stacks]
    if as_json:
        program.output.json(shapes.check_json(rows, program.output.language))
    else:
        _show_check(program.output, rows)
    if name is not None and not any(found.fits for _, eligibilities in rows for found in eligibilities):
        raise click.exceptions.Exit(Blame.NOT_ELIGIBLE.value)


def _show_check(output: Output, rows: Sequence[tuple[Stack, tuple[Eligibility, ...]]]) -> None:
    table: list[tuple[str | Words, ...]] = []
    for stack, eligibilities in rows:
        for found in eligibilities:
            lines = [*(r.sentence for r in found.reasons), *(r.sentence for r in found.repairs)]
            if found.better is not None:
                lines.append(say("Better: {series}", series=found.better))
            text = "\n".join(render(line, output.language) for line in lines)
            title = operation_named(found.operation).title
            table.append((stack.id, title, say("fits") if found.fits else say("does not fit"), text))
    output.table((say("Series"), say("Operation"), say("Fits"), say("Why")), table)


@click.command(name="operations", help="The catalogue of operations.")
@AS_JSON
@pass_program
def operations_command(program: Program, as_json: bool) -> None:
    today = datetime.now(UTC).date()
    if as_json:
        program.output.json(shapes.operations_json(OPERATIONS, today, program.output.language))
        return
    rows = []
    for operation in OPERATIONS:
        for service in operation.services:
            price = f"¥{service.price(0):.2f}" if service.prices.tiers else "–"
            ends = service.lifecycle.words(today) or say("available")
            rows.append((operation.name, operation.title, service.source, price, ends))
    program.output.table((say("Name"), say("Operation"), say("Service"), say("Price"), say("Life-cycle")), rows)


def choose_stack(stacks: Sequence[Stack], operation: Operation, series: str | None) -> Stack:
    """The series asked for by `id` or UID, else the one that fits best.

    raises NO_SUCH_SERIES, NOTHING_FOUND, NOT_ELIGIBLE, SEVERAL_SERIES on a tie
    """
    if not stacks:
        raise WorkstationError(ErrorCode.NOTHING_FOUND)
    if series is not None:
        named = [stack for stack in stacks if series in (stack.id, stack.series_uid)]
        if not named:
            raise WorkstationError(ErrorCode.NO_SUCH_SERIES, name=series)
        return named[0] if len(named) == 1 else _only(best(named, operation) or tuple(named))
    found = best(stacks, operation)
    if not found:
        if len(stacks) == 1:
            return stacks[0]  # its reasons are said where it is refused
        raise WorkstationError(ErrorCode.NOT_ELIGIBLE, operation=operation.title)
    return _only(found)


def _only(stacks: Sequence[Stack]) -> Stack:
    if len(stacks) > 1:
        names = ", ".join(stack.id for stack in stacks)
        raise WorkstationError(ErrorCode.SEVERAL_SERIES, count=len(stacks), names=names)
    return stacks[0]
