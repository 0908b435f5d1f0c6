"""`yingtai scan-text`: text in the pictures of a path, with its place."""

from __future__ import annotations

from pathlib import Path

import click

from workstation.cli.program import Program, pass_program
from workstation.cli.reading import AS_JSON, open_paths
from workstation.cli.spoken import command, option
from workstation.domain.covering import FoundText
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Stack
from workstation.domain.series_name import series_name
from workstation.domain.words import say, say_count
from workstation.workspace.covering import texts_of


@command(name="scan-text", help=say("Find text in pictures, such as a name burnt into them. Nothing leaves this PC."))
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@option("--series", metavar="ID", help=say("A series as “yingtai scan” names it; default: all."))
@AS_JSON
@pass_program
def scan_text(program: Program, paths: tuple[Path, ...], series: str | None, as_json: bool) -> None:
    stacks = [one for one in open_paths(program, paths).stacks if series is None or series in (one.id, one.series_uid)]
    if not stacks:
        raise WorkstationError(ErrorCode.NOTHING_FOUND)
    with program.output.progress() as reporter:
        found = [(stack, texts_of(stack, reporter)) for stack in stacks]
    if as_json:
        program.output.json({"schema": "yingtai-text/1", "series": [_json(stack, texts) for stack, texts in found]})
        return
    for stack, texts in found:
        program.output.write(series_name(stack))
        program.output.write(say_count("{count} text found", "{count} texts found", len(texts)))
        for one in texts:
            column, row = one.corners[0]
            place = say(
                "slice {slice}, column {column:.0f}, row {row:.0f}", slice=one.frame + 1, column=column, row=row
            )
            program.output.write(say("  {text} – {place}", text=one.text, place=place))


def _json(stack: Stack, texts: tuple[FoundText, ...]) -> dict[str, object]:
    return {
        "id": stack.id,
        "texts": [
            {"slice": one.frame, "corners_px": one.corners, "text": one.text, "confidence": round(one.confidence, 3)}
            for one in texts
        ],
    }
