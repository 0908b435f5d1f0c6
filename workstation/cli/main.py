"""The top of the command line: commands, exit codes, and the one place where defects are caught."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from workstation import __version__
from workstation.cli.analysing import analyze, view
from workstation.cli.connections import connection
from workstation.cli.first_run import first_run
from workstation.cli.jobs import jobs
from workstation.cli.making import localcloud, phantom
from workstation.cli.program import Program, pass_program
from workstation.cli.reading import check_command, operations_command, scan
from workstation.cli.spoken import group, option, speak, speaking
from workstation.cli.text_finding import scan_text
from workstation.domain.error import Blame, ErrorCode, WorkstationError
from workstation.domain.words import Language, say

log = logging.getLogger(__name__)


def _speak(context: click.Context, _: click.Parameter, lang: str | None) -> None:
    """Before anything else is said, so that `--lang zh --help` is in Chinese."""
    if lang is not None:
        program: Program = context.obj
        program.output.language = Language(lang)
        speak(program.output.language)


def _tell_version(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked:
        click.echo(f"yingtai {__version__}")
        context.exit()


@group(
    help=say(
        "Yingtai 影台: a DICOM imaging workstation. Research use only, not a medical device.\n\n"
        "Without a command the window opens."
    ),
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@option(
    "--lang",
    type=click.Choice([language.value for language in Language]),
    is_eager=True,
    expose_value=False,
    callback=_speak,
    help=say("Language of the messages."),
)
@option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_tell_version,
    help=say("Show the version and exit."),
)
@click.pass_context
def yingtai(context: click.Context) -> None:
    program: Program = context.obj
    if context.invoked_subcommand is None:
        context.exit(program.screen().open([]))


@yingtai.command(name="open", help=say("Open the window on files and folders."))
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@pass_program
def open_command(program: Program, paths: tuple[Path, ...]) -> None:
    for path in paths:
        if not path.exists():
            raise WorkstationError(ErrorCode.NOT_FOUND)
    raise click.exceptions.Exit(program.screen().open(paths))


COMMANDS = (
    scan,
    scan_text,
    check_command,
    operations_command,
    analyze,
    view,
    jobs,
    connection,
    localcloud,
    phantom,
    first_run,
)
for _command in COMMANDS:
    yingtai.add_command(_command)


def run(program: Program, arguments: Sequence[str] | None = None, more: Sequence[click.Command] = ()) -> int:
    """Run one command; returns its exit code. `more`: commands that `app` adds."""
    for command in more:
        yingtai.add_command(command)
    given = list(sys.argv[1:] if arguments is None else arguments)
    with speaking(program.output.language):
        return _run(program, given, as_json="--json" in given)


def _run(program: Program, arguments: list[str], *, as_json: bool) -> int:
    try:
        code = yingtai.main(args=arguments, prog_name="yingtai", obj=program, standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as wrong:
        wrong.show()
        return Blame.USAGE.value
    except (click.Abort, KeyboardInterrupt):
        return Blame.CANCELLED.value
    except WorkstationError as error:
        return program.output.error(error, as_json=as_json)
    except BrokenPipeError:
        return 0  # the reader of our output has seen enough
    except Exception as defect:  # noqa: BLE001 - one of the two places that catch all
        log.error("defect: %s", frames_of(defect))
        return program.output.error(WorkstationError(ErrorCode.DEFECT, kind=type(defect).__name__), as_json=as_json)
    finally:
        program.close()


def frames_of(defect: BaseException) -> str:
    """Where it happened, without the message: that may hold a name."""
    frames = traceback.extract_tb(defect.__traceback__)
    return f"{type(defect).__name__} at " + " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames))
