"""`scan`, `check`, `operations`: what is there, and what it is good for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from workstation.catalogue import OPERATIONS, operation_named
from workstation.catalogue.check import best, check_all, recommend
from workstation.catalogue.operation import Operation
from workstation.cli import shapes
from workstation.cli.listing import show_check, show_scan
from workstation.cli.output import Output
from workstation.cli.program import Program, pass_program
from workstation.cli.spoken import command, option
from workstation.domain.error import Blame, ErrorCode, WorkstationError
from workstation.domain.sentences import sentence
from workstation.domain.series import LeftOut, ScanResult, Stack
from workstation.domain.words import render, say
from workstation.workspace.state import patients

_PATIENTS_NAMED: Final = 6
PATHS: Final = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
AS_JSON: Final = option("--json", "as_json", is_flag=True, help=say("JSON on standard output."))


def open_paths(program: Program, paths: Sequence[Path]) -> ScanResult:
    """raises NOT_FOUND for a path that does not exist"""
    for path in paths:
        if not path.exists():
            raise WorkstationError(ErrorCode.NOT_FOUND)
    with program.output.progress() as reporter:
        return program.scan(paths, reporter)


def open_what_is_there(program: Program, paths: Sequence[Path]) -> tuple[ScanResult, tuple[LeftOut, ...]]:
    """The same of those that exist, and the others. raises NOT_FOUND where none does"""
    there = [path for path in paths if path.exists()]
    error = WorkstationError(ErrorCode.NOT_FOUND)
    gone = [LeftOut(str(path.absolute()), error.code, sentence(error).says) for path in paths if path not in there]
    return open_paths(program, there or paths), tuple(gone)


def leave_without(output: Output, gone: Sequence[LeftOut]) -> None:
    """What was asked for and is not there is the caller's to mend, though all the rest was done."""
    for left in gone:
        output.write(f"{left.path}: {render(left.sentence, output.language)}")
    if gone:
        raise click.exceptions.Exit(Blame.BAD_INPUT.value)


@command(
    help=say(
        "List every stack found; every file is accounted for.\n\n"
        "PATHS are files and folders: DICOM, DICOMDIR, NIfTI, and zip or tar archives of them."
        " Of several, those that are there are listed; exit code 4 if one is not."
    ),
    short_help=say("List every stack found; every file is accounted for."),
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@option("--forget", is_flag=True, help=say("First delete what earlier scans kept on this PC; PATHS may be left out."))
@option("--retry", is_flag=True, help=say("Try again the files that made the reader fail before."))
@AS_JSON
@pass_program
def scan(program: Program, paths: tuple[Path, ...], forget: bool, retry: bool, as_json: bool) -> None:
    if retry:
        program.retry()
    if forget:
        program.forget_scans()
        if not paths:
            program.output.write(say("What earlier scans had kept is deleted."))
            return
    if not paths:
        raise click.MissingParameter(param_hint="PATHS", param_type="argument")
    result, gone = open_what_is_there(program, paths)
    if as_json:
        whole = replace(result, missing=(*gone, *result.missing))
        program.output.json(shapes.scan_json(whole, program.output.language))
    else:
        show_scan(program.output, result)
    leave_without(program.output, gone)


@command(
    name="check",
    help=say("Say for each series which operations it qualifies for, and why not for the others."),
    short_help=say("Say what each series qualifies for, and why not."),
)
@PATHS
@option("--operation", "name", metavar="NAME", help=say("Only this operation; exit code 3 if no series fits."))
@AS_JSON
@pass_program
def check_command(program: Program, paths: tuple[Path, ...], name: str | None, as_json: bool) -> None:
    operations = (operation_named(name),) if name is not None else tuple(o for o in OPERATIONS if o.beside_series)
    result, gone = open_what_is_there(program, paths)
    stacks = result.stacks
    columns = [check_all(stacks, operation) for operation in operations]
    rows = list(zip(stacks, zip(*columns, strict=True), strict=True))
    recommended = tuple(one for operation in operations for one in recommend(stacks, operation))
    if as_json:
        program.output.json(shapes.check_json(rows, program.output.language, recommended))
    else:
        show_check(program.output, rows, recommended)
    leave_without(program.output, gone)
    if name is not None and not any(found.fits for _, eligibilities in rows for found in eligibilities):
        raise click.exceptions.Exit(Blame.NOT_ELIGIBLE.value)


@command(name="operations", help=say("The catalogue of operations."))
@AS_JSON
@option("--markdown", is_flag=True, help=say("As the page of the documentation."))
@pass_program
def operations_command(program: Program, as_json: bool, markdown: bool) -> None:
    if markdown:
        from workstation.cli.catalogue_page import operations_page

        program.output.text(operations_page(OPERATIONS))
        return
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


def choose_stack(stacks: Sequence[Stack], operation: Operation, series: str | None, *, repair: bool = False) -> Stack:
    """The series asked for by `id` or UID, else the one that fits best.

    repair  also one that fits after repairs that change pixels
    raises NO_SUCH_SERIES, NOTHING_FOUND, NOT_ELIGIBLE, SEVERAL_PATIENTS, SEVERAL_SERIES on a tie
    """
    if not stacks:
        raise WorkstationError(ErrorCode.NOTHING_FOUND)
    if series is not None:
        named = [stack for stack in stacks if series in (stack.id, stack.series_uid)]
        if not named:
            raise WorkstationError(ErrorCode.NO_SUCH_SERIES, name=series)
        return named[0] if len(named) == 1 else _only(best(named, operation, repair=repair) or tuple(named))
    found = best_of_patients(stacks, operation, repair=repair)
    if len(found) > 1:
        ways = "; ".join(f"{number}: {', '.join(one.id for one in of)}" for number, of in found[:_PATIENTS_NAMED])
        more = "; …" if len(found) > _PATIENTS_NAMED else ""
        raise WorkstationError(ErrorCode.SEVERAL_PATIENTS, count=len(found), names=ways + more)
    if not found:
        if len(stacks) == 1:
            return stacks[0]  # its reasons are said where it is refused
        raise WorkstationError(ErrorCode.NOT_ELIGIBLE, operation=operation.title)
    return _only(found[0][1])


def best_of_patients(
    stacks: Sequence[Stack], operation: Operation, *, repair: bool = False
) -> list[tuple[int, tuple[Stack, ...]]]:
    """The patients with a series that qualifies, by the number that `scan` gives them, each with what suits best."""
    found = [
        (number, best([stack for study in person.studies for stack in study.stacks], operation, repair=repair))
        for number, person in enumerate(patients(tuple(stacks)), start=1)
    ]
    return [(number, of) for number, of in found if of]


def _only(stacks: Sequence[Stack]) -> Stack:
    if len(stacks) > 1:
        names = ", ".join(stack.id for stack in stacks)
        raise WorkstationError(ErrorCode.SEVERAL_SERIES, count=len(stacks), names=names)
    return stacks[0]
