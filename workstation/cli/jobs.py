"""`jobs`: what became of analyses, also of those that a crash or a power cut stopped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from workstation.cli.analysing import tell, tell_missing
from workstation.cli.interrupts import interrupts
from workstation.cli.program import Program, pass_program
from workstation.cli.reading import AS_JSON, open_paths
from workstation.cli.shapes import detail_json, job_json
from workstation.cli.spoken import group, option
from workstation.cli.texts import tell_text
from workstation.domain.answer import AnalysisResult
from workstation.domain.series import Stack
from workstation.domain.words import say, say_count
from workstation.domain.work import CancelToken
from workstation.workspace.desk import Desk
from workstation.workspace.jobs import Resolution


@group(help=say("List, show, resume and cancel analyses."))
def jobs() -> None:
    pass


@jobs.command(name="list", help=say("All jobs, the oldest first."))
@AS_JSON
@pass_program
def list_jobs(program: Program, as_json: bool) -> None:
    lines = program.desk().all_jobs()
    if as_json:
        rows = [job_json(line, program.output.language) for line in lines]
        program.output.json({"schema": "yingtai-jobs/1", "jobs": rows})
        return
    heads = (say("Job"), say("Analysis"), say("State"), say("Cost"), say("Problem"), say("What to do"))
    table = [(line.id, line.title, line.state, line.cost or "", line.error or "", line.remedy or "") for line in lines]
    program.output.table(heads, table)


@jobs.command(help=say("One job with its events and what was sent."))
@click.argument("job_id", metavar="JOB")
@AS_JSON
@pass_program
def show(program: Program, job_id: str, as_json: bool) -> None:
    if as_json:
        _print_job(program, job_id)
        return
    line, detail = program.desk().job(job_id)
    program.output.write(line.title)
    program.output.write(line.state)
    for words in (line.error, line.remedy):
        if words is not None:
            program.output.write(words)
    if line.cost is not None:
        program.output.write(say("Cost: {cost}", cost=line.cost))
    if line.number:
        program.output.write(say("The service's number of the call: {number}", number=line.number))
    table = [(f"{event.at:%Y-%m-%d %H:%M:%S}", event.state.value, event.what) for event in detail.events]
    program.output.table((say("Time (UTC)"), say("State"), say("Event")), table)
    program.output.write(
        say_count(
            "{count} object was sent; {left} may still be there.",
            "{count} objects were sent; {left} may still be there.",
            len(detail.sent),
            left=detail.objects_left,
        )
    )


@jobs.command(help=say("Go on with a job from where it stopped. Nothing is sent or charged twice."))
@click.argument("job_id", metavar="JOB")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help=say("Write the outputs; needs the study's folder.")
)
@option(
    "--decide",
    type=click.Choice([resolution.value for resolution in Resolution]),
    help=say("For a job whose outcome is unknown: what to do."),
)
@option("--number", default="", help=say("The service's number of the job, one of those that its list has."))
@AS_JSON
@pass_program
def resume(
    program: Program,
    job_id: str,
    paths: tuple[Path, ...],
    out: Path | None,
    decide: str | None,
    number: str,
    as_json: bool,
) -> None:
    from workstation.report.write import check_writable

    desk = program.desk()
    stacks = open_paths(program, paths).stacks if paths else ()
    if out is not None:
        check_writable(out.absolute())
    cancel = CancelToken()
    with program.output.progress() as reporter, interrupts(cancel):
        resolution = Resolution(decide) if decide is not None else None
        result = desk.resume_with_progress(job_id, stacks, resolution, reporter, cancel, number)
    _write(program, desk, result, stacks, out)
    if as_json:
        _print_job(program, job_id)


def _write(
    program: Program, desk: Desk, result: AnalysisResult | None, stacks: Sequence[Stack], out: Path | None
) -> None:
    if result is None:
        program.output.write(say("The job was given up."))
        return
    stack = next((stack for stack in stacks if stack.id == result.stack_id), None)
    if out is None or (stack is None and result.stack_id):
        program.output.write(say("The result is here. Name the study's folder and --out to write the report."))
        return
    with program.output.progress() as reporter:
        written = desk.write_outputs(stack, result, out, program.output.language, reporter, stacks)
    if stack is None:
        tell_text(program.output, result, out)
    else:
        tell(program.output, stack, result, out)
    tell_missing(program.output, written)


def _print_job(program: Program, job_id: str) -> None:
    program.output.json(detail_json(*program.desk().job(job_id), program.output.language))


@jobs.command(help=say("Cancel a job; what was uploaded is deleted there."))
@click.argument("job_id", metavar="JOB")
@AS_JSON
@pass_program
def cancel(program: Program, job_id: str, as_json: bool) -> None:
    desk = program.desk()
    desk.cancel_job(job_id)
    line = desk.job(job_id)[0]
    program.output.write(line.state)
    if line.error is not None:
        program.output.write(line.error)
    if as_json:
        _print_job(program, job_id)
