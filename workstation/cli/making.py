"""`phantom` and `localcloud`: our own test studies, and the service on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from workstation.cli.program import Program, pass_program
from workstation.cli.spoken import command, option, spoken
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.words import say


@command(help=say("Write a test study of our own, with truth.json beside it."))
@click.argument("kind")
@option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help=say("Folder to write to."))
@option("--seed", default=1, show_default=True, help=say("Another seed, another patient."))
@option("--slices", default=120, show_default=True, type=click.IntRange(1, 2000), help=say("How many."))
@option("--size", default=512, show_default=True, type=click.IntRange(16, 2048), help=say("Rows and columns."))
@option("--spacing", default=2.5, show_default=True, type=click.FloatRange(0.1, 20), help=say("Between slices, mm."))
@option("--pixel", nargs=2, type=click.FloatRange(0.1, 5), help=say("Between rows and between columns, mm."))
@option("--nodules", default=6, show_default=True, type=click.IntRange(0, 40), help=say("How many."))
@option("--feet-first", is_flag=True, help=say("The patient lay the other way."))
@option("--reversed", "reversed_order", is_flag=True, help=say("Acquired from feet to head."))
@option("--shuffled", is_flag=True, help=say("Instance numbers in random order."))
@option("--flip-rows", is_flag=True, help=say("Pictures upside down, and the header says so."))
@option("--flip-columns", is_flag=True, help=say("Pictures mirrored, and the header says so."))
@option(
    "--oblique", "oblique_deg", default=0.0, type=click.FloatRange(-45, 45), help=say("Degrees off the axial plane.")
)
@option("--tilt", "tilt_deg", default=0.0, type=click.FloatRange(-30, 30), help=say("Degrees of the gantry."))
@option("--signed", is_flag=True, help=say("Signed HU with padding instead of 12 bit unsigned."))
@option("--missing", multiple=True, type=int, metavar="SLICE", help=say("Leave out this slice (repeatable)."))
@option("--follow-up", is_flag=True, help=say("The same patient half a year later, lying otherwise."))
@option("--json", "as_json", is_flag=True, help=say("Print truth.json."))
@pass_program
def phantom(
    program: Program,
    kind: str,
    out: Path,
    seed: int,
    slices: int,
    size: int,
    spacing: float,
    pixel: tuple[float, float] | None,
    nodules: int,
    feet_first: bool,
    reversed_order: bool,
    shuffled: bool,
    flip_rows: bool,
    flip_columns: bool,
    oblique_deg: float,
    tilt_deg: float,
    signed: bool,
    missing: tuple[int, ...],
    follow_up: bool,
    as_json: bool,
) -> None:
    import json

    from workstation.imaging.phantom import radiograph, spine
    from workstation.imaging.phantom.make import KINDS, PhantomOptions, make_phantom

    kinds = (*KINDS, *spine.KINDS, *radiograph.KINDS)
    if kind not in kinds:
        raise WorkstationError(ErrorCode.BAD_PARAMETER, name="kind", value=kind, allowed=", ".join(kinds))
    if kind in radiograph.KINDS:
        drawn = radiograph.make_radiograph(kind, out, seed)
        if as_json:
            program.output.json(json.loads((out / "truth.json").read_text(encoding="utf-8")))
        else:
            program.output.write(say("A radiograph with {points} known points was written.", points=len(drawn.points)))
        return
    options = PhantomOptions(
        slices=slices,
        size=size,
        spacing_mm=spacing,
        pixel_mm=pixel or None,
        nodules=nodules,
        feet_first=feet_first,
        reversed_order=reversed_order,
        shuffled=shuffled,
        flip_rows=flip_rows,
        flip_columns=flip_columns,
        oblique_deg=oblique_deg,
        tilt_deg=tilt_deg,
        signed=signed,
        missing=missing,
        follow_up=follow_up,
    )
    with program.output.progress() as reporter:
        if kind in spine.KINDS:
            spine.make_spine(out, seed, spine.as_asked(options), reporter)
        else:
            truth = make_phantom(kind, out, seed, options, reporter)
    if as_json:
        program.output.json(json.loads((out / "truth.json").read_text(encoding="utf-8")))
    elif kind in spine.KINDS:
        program.output.write(say("A spine with {levels} vertebrae was written.", levels=len(spine.LEVELS)))
    else:
        nodules_drawn = len(truth.nodules)
        program.output.write(
            say("{slices} slices with {nodules} nodules were written.", slices=len(truth.files), nodules=nodules_drawn)
        )


@command(help=say("Serve the local cloud until stopped; one line of JSON says where."))
@option("--port", default=0, type=click.IntRange(0, 65535), help=say("0: the one used last, or any."))
@option("--state", type=click.Path(path_type=Path, file_okay=False), help=say("Folder of everything that it keeps."))
@option(
    "--engine",
    type=click.Choice(["algorithm", "truth"]),
    default="algorithm",
    show_default=True,
    help=say("What answers: methods run on the pixels, or what a phantom is known to hold."),
)
@option(
    "--truth",
    "truths",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help=say("Folder with the truth.json of a phantom; needs --engine truth."),
)
@option("--faults", type=click.Path(path_type=Path, exists=True, dir_okay=False), help=say("Fault plan, JSON."))
@option(
    "--record", type=click.Path(path_type=Path, file_okay=False), help=say("Keep every byte received in this folder.")
)
@option("--owner", type=int, hidden=True, help=say("End with this process."))
@option("--json", "as_json", is_flag=True, help=say("The line is JSON with and without this."))
@pass_program
def localcloud(
    program: Program,
    port: int,
    state: Path | None,
    engine: str,
    truths: tuple[Path, ...],
    faults: Path | None,
    record: Path | None,
    owner: int | None,
    as_json: bool,
) -> None:
    if truths and engine != "truth":
        raise click.UsageError(spoken(say("--truth needs --engine truth")))
    if engine == "truth" and not truths:
        raise click.UsageError(spoken(say("--engine truth needs --truth DIR")))
    code = program.serve_local_cloud(state=state, port=port, truths=truths, faults=faults, record=record, owner=owner)
    raise click.exceptions.Exit(code)
