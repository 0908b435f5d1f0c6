"""`first-run`: the main job on a sample study, shown in the window or written to a folder where there is no display."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from workstation.catalogue import operation_named
from workstation.cli.analysing import run, tell, tell_missing
from workstation.cli.program import Program, pass_program
from workstation.cli.reading import choose_stack, open_paths
from workstation.cli.spoken import command, option
from workstation.domain.words import say
from workstation.workspace.intents import AnalysisRequest

OPERATION = "lung-nodule"
SLICES, SPACING_MM = 100, 2.5


@command(name="first-run", hidden=True)
@click.argument("study", required=False, type=click.Path(path_type=Path))
@option("--out", required=True, type=click.Path(path_type=Path, file_okay=False))
@pass_program
def first_run(program: Program, study: Path | None, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    if study is None:
        study = _sample(program, out / "sample-study")
    if program.screen().there:
        raise click.exceptions.Exit(program.screen().open([study]))
    operation = operation_named(OPERATION)
    stacks = open_paths(program, [study]).stacks
    stack = choose_stack(stacks, operation, None)
    desk = program.desk()
    request = AnalysisRequest(
        stack=stack, operation=operation.name, connection="local", parameters=operation.read_parameters({})
    )
    program.output.write(say("Analysing on this PC with the local cloud; nothing leaves it."))
    result = run(program, desk, request, consent=False)
    with program.output.progress() as reporter:
        written = desk.write_outputs(stack, result, out, program.output.language, reporter)
    program.screen().window_picture([study], result, out / "window.png")
    tell(program.output, stack, result, out)
    tell_missing(program.output, written)
    program.output.write(say("report.pdf and report.png: the report with key pictures"))
    program.output.write(say("window.png: the window with the study and its findings"))
    program.output.write(say("result.json, raw.json, findings.csv: the result in figures"))
    program.output.write(say("There is no display, so no window was opened."))


def _sample(program: Program, folder: Path) -> Path:
    """Our own chest phantom, made now; written once, as it is the same each time."""
    from workstation.imaging.phantom.make import PhantomOptions, make_phantom

    if (folder / "truth.json").exists():
        return folder
    program.output.write(say("Making a sample study: a chest phantom of our own."))
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as name, program.output.progress() as reporter:
        made = Path(name) / "study"
        make_phantom("chest-ct", made, 1, PhantomOptions(slices=SLICES, spacing_mm=SPACING_MM), reporter)
        folder.rmdir()
        made.rename(folder)
    return folder
