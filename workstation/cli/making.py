"""`phantom` and `localcloud`: our own test studies, and the service on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from workstation.cli.program import Program, pass_program
from workstation.domain.words import say


@click.command(help="Write a test study of our own, with truth.json beside it.")
@click.argument("kind")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder to write to.")
@click.option("--seed", default=1, show_default=True, help="Another seed, another patient.")
@click.option("--slices", default=120, show_default=True, type=click.IntRange(1, 2000))
@click.option("--size", default=512, show_default=True, type=click.IntRange(16, 2048), help="Rows and columns.")
@click.option("--spacing", default=2.5, show_default=True, type=click.FloatRange(0.1, 20), help="Between slices, mm.")
@click.option("--pixel", nargs=2, type=click.FloatRange(0.1, 5), help="Between rows and between columns, mm.")
@click.option("--nodules", default=6, show_default=True, type=click.IntRange(0, 40))
@click.option("--feet-first", is_flag=True, help="The patient lay the other way.")
@click.option("--reversed", "reversed_order", is_flag=True, help="Acquired from feet to head.")
@click.option("--shuffled", is_flag=True, help="Instance numbers in random order.")
@click.option("--flip-rows", is_flag=True, help="Pictures upside down, and the header says so.")
@click.option("--flip-columns", is_flag=True, help="Pictures mirrored, and the header says so.")
@click.option(
    "--oblique", "oblique_deg", default=0.0, type=click.FloatRange(-45, 45), help="Degrees off the axial plane."
)
@click.option("--tilt", "tilt_deg", default=0.0, type=click.FloatRange(-30, 30), help="Degrees of the gantry.")
@click.option("--signed", is_flag=True, help="Signed HU with padding instead of 12 bit unsigned.")
@click.option("--missing", multiple=True, type=int, metavar="SLICE", help="Leave out this slice (repeatable).")
@click.option("--json", "as_json", is_flag=True, help="Print truth.json.")
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
    as_json: bool,
) -> None:
    import json

    from workstation.imaging.phantom.make import PhantomOptions, make_phantom

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
    )
    with program.output.progress() as reporter:
        truth = make_phantom(kind, out, seed, options, reporter)
    if as_json:
        program.output.json(json.loads((out / "truth.json").read_text(encoding="utf-8")))
    else:
        nodules_drawn = len(truth.nodules)
        program.output.write(
            say("{slices} slices with {nodules} nodules were written.", slices=len(truth.files), nodules=nodules_drawn)
        )


@click.command(help="Serve the local cloud until stopped; one line of JSON says where.")
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="0: the one used last, or any.")
@click.option("--state", type=click.Path(path_type=Path, file_okay=False), help="Folder of everything that it keeps.")
@click.option("--engine", type=click.Choice(["algorithm", "truth"]), default="algorithm", show_default=True)
@click.option(
    "--truth",
    "truths",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="Folder with the truth.json of a phantom; needs --engine truth.",
)
@click.option("--faults", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Fault plan, JSON.")
@click.option(
    "--record", type=click.Path(path_type=Path, file_okay=False), help="Keep every byte received in this folder."
)
@click.option("--owner", type=int, hidden=True, help="End with this process.")
@click.option("--json", "as_json", is_flag=True, help="The line is JSON with and without this.")
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
        raise click.UsageError("--truth needs --engine truth")
    if engine == "truth" and not truths:
        raise click.UsageError("--engine truth needs --truth DIR")
    code = program.serve_local_cloud(state=state, port=port, truths=truths, faults=faults, record=record, owner=owner)
    raise click.exceptions.Exit(code)
