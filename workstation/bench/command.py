"""The command `bench`, hung on the command line by `app`."""

from __future__ import annotations

from pathlib import Path

import click

from workstation.cli.program import Program, pass_program
from workstation.cli.spoken import command, option
from workstation.domain.words import say

TASK_NAMES = (
    *("load", "first-slice", "scan", "memory", "display", "start", "deid", "mpr", "niigz", "codec"),
    *("heartbeat", "layout", "window-drag", "scroll60", "text-search"),
)


@command(help=say("Time the program's own work on a folder of data."))
@click.argument("task", metavar="TASK", type=click.Choice(TASK_NAMES))
@option("--data", required=True, type=click.Path(path_type=Path, exists=True), help=say("Folder to read."))
@option("--json", "as_json", is_flag=True, help=say("JSON on standard output."))
@pass_program
def bench(program: Program, task: str, data: Path, as_json: bool) -> None:
    from workstation.bench.tasks import TASKS

    program.keep_apart()  # nothing of a measurement stays in the reader's settings and records
    figures = TASKS[task](program, data)
    answer: dict[str, object] = {"task": task, "data": data.name}
    if isinstance(figures, dict):
        groups = {name: of.json() for name, of in figures.items()}
        answer |= {"median_s": next(iter(groups.values()))["median_s"], "groups": groups}
    else:
        answer |= figures.json()
    if as_json:
        program.output.json(answer)
    else:
        for name, value in answer.items():
            program.output.write(f"{name}: {value}")
