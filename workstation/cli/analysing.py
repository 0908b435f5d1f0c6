"""`analyze`: the main job, from a folder to a report. `view`: what the viewport shows, as a picture."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Final

import click

from workstation.catalogue import operation_named
from workstation.catalogue.check import best, check, check_all
from workstation.catalogue.operation import REFERENCE, Operation
from workstation.catalogue.suits import listed
from workstation.catalogue.two_series import second_role
from workstation.cli import shapes
from workstation.cli.covering import CoverAsked, asked_covering, read_boxes
from workstation.cli.inputs import check_roles, need_second, photo_mask, refuse_unfit_second, second_series, without
from workstation.cli.interrupts import interrupts
from workstation.cli.output import Output
from workstation.cli.program import Program, pass_program
from workstation.cli.reading import AS_JSON, choose_stack, open_paths
from workstation.cli.spoken import command, option, spoken
from workstation.domain.answer import AnalysisResult
from workstation.domain.covering import FaceCover, as_covered, together
from workstation.domain.error import Blame, ErrorCode, WorkstationError
from workstation.domain.geometry import Plane
from workstation.domain.object_words import file_name
from workstation.domain.overlaid import OVERLAY_PLANES, Overlaid
from workstation.domain.series import FoundObject, LeftOut, ScanResult, Stack, VoiWindow
from workstation.domain.series_name import series_name
from workstation.domain.words import Language, Words, render, say, say_count
from workstation.domain.work import CancelToken
from workstation.settings.connection import LOCAL_NAME
from workstation.workspace.cards import ConsentView
from workstation.workspace.desk import Desk, operation_window
from workstation.workspace.intents import AnalysisRequest, ReportFiles
from workstation.workspace.state import patients

_NAMED: Final = 6  # damaged files named one by one; more are counted: an archive may be locked with all it holds
_DAMAGE: Final = frozenset(
    {ErrorCode.TRUNCATED, ErrorCode.UNREADABLE, ErrorCode.FILE_CHANGED, ErrorCode.NO_PIXELS, ErrorCode.DECODE_FAILED,
     ErrorCode.ARCHIVE_CUT, ErrorCode.DAMAGED_ARCHIVE, ErrorCode.MISSING_FILE, ErrorCode.NOT_AS_NAMED,
     ErrorCode.EMPTY_FILE}
)  # fmt: skip
# What costs no series a slice, but is the answer where nothing else is found
_NO_SLICE: Final = frozenset(
    {ErrorCode.PICTURE_CUT, ErrorCode.NOT_A_PICTURE, ErrorCode.PICTURE_FORM, ErrorCode.PICTURE_TOO_SMALL,
     ErrorCode.NO_UNPACKER, ErrorCode.ENCRYPTED, ErrorCode.NESTED_ARCHIVE}
)  # fmt: skip


@command(
    help=say("Analyse the series that fits best, and write result, report and tables to a folder."),
    short_help=say("Analyse the series that fits best, into a folder."),
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@option("--operation", "name", required=True, metavar="NAME", help=say("See “yingtai operations”."))
@option(
    "--input",
    "inputs",
    multiple=True,
    metavar="ROLE=PATH",
    help=say("A further input, where an operation needs one; a text as text=… or text=@FILE."),
)
@option("--param", "params", multiple=True, metavar="K=V", help=say("A parameter of the operation."))
@option(
    "--answers",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help=say("Answers of a dialogue: JSON, a list of texts by question, and for “images” a list of files."),
)
@option("--connection", metavar="NAME", help=say("Default: the local cloud."))
@option("--series", metavar="ID", help=say("A series as “yingtai scan” names it; default: the one that fits best."))
@option(
    "--repair", is_flag=True, help=say("Agree to repairs that change pixels, such as straightening a tilted gantry.")
)
@option(
    "--cover-text/--no-cover-text",
    "cover_text",
    default=None,
    help=say("Cover found text in the copy; default: where names are likely and it leaves this PC."),
)
@option(
    "--cover-face",
    type=click.Choice([much.value for much in FaceCover]),
    help=say("Cover so much of every face in a photograph; default: face, where it leaves this PC."),
)
@option(
    "--cover-box",
    "cover_boxes",
    multiple=True,
    metavar="LEFT,TOP,RIGHT,BOTTOM",
    help=say("Cover this part of the copy, in pixels of the picture."),
)
@option(
    "--consent-uncovered",
    is_flag=True,
    help=say("Agree that text and faces that are not covered leave this PC."),
)
@option("--consent", is_flag=True, help=say("Agree that de-identified copies leave this PC."))
@option("--max-cost", type=click.FloatRange(0), metavar="YUAN", help=say("Spend at most this."))
@option("--lang", type=click.Choice([language.value for language in Language]), help=say("Language of the report."))
@option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help=say("Folder to write to."))
@AS_JSON
@pass_program
def analyze(
    program: Program,
    paths: tuple[Path, ...],
    name: str,
    inputs: tuple[str, ...],
    params: tuple[str, ...],
    answers: Path | None,
    connection: str | None,
    series: str | None,
    repair: bool,
    cover_text: bool | None,
    cover_face: str | None,
    cover_boxes: tuple[str, ...],
    consent_uncovered: bool,
    consent: bool,
    max_cost: float | None,
    lang: str | None,
    out: Path,
    as_json: bool,
) -> None:
    from workstation.report.write import check_writable

    if lang is not None:
        program.output.language = Language(lang)
    operation = operation_named(name)
    cover = CoverAsked(
        texts=cover_text,
        faces=None if cover_face is None else FaceCover(cover_face),
        boxes=read_boxes(cover_boxes),
        uncovered=consent_uncovered,
    )
    given = _pairs(inputs, "--input")
    if not operation.input_kind.about_series:
        from workstation.cli.texts import TextAnalysis, analyze_text

        asked = TextAnalysis(
            operation=operation,
            inputs=given,
            params=_pairs(params, "--param"),
            answers=answers,
            cover=cover,
            paths=paths,
            connection=connection or LOCAL_NAME,
            consent=consent,
            max_cost=max_cost,
            out=out,
            as_json=as_json,
        )
        analyze_text(program, asked)
        return
    parameters = operation.read_parameters(_pairs(params, "--param"))
    check_roles(given, operation)
    if REFERENCE in given:
        paths = (Path(given[REFERENCE]), *paths)
    if not paths:
        raise click.UsageError(spoken(say("A file or folder is needed.")))
    found = open_paths(program, paths)
    stacks = found.stacks
    if not stacks:
        _refuse_damaged(program.output, found.faults)
    second = second_series(program, given, stacks, operation, repair=repair)
    stacks = without(second, stacks)
    mendable = repair or bool(cover_text)
    if series is None and len(stacks) > 1 and not best(stacks, operation, repair=mendable):
        _refuse_all(program.output, stacks, operation, as_json=as_json)
    stack = choose_stack(stacks, operation, series, repair=mendable)
    if series is None and len(stacks) > 1:
        _tell_patient(program.output, stacks, stack)
        why = listed(operation.prefers.why(stack))
        program.output.write(say("Taken: {series} – {reasons}", series=series_name(stack), reasons=why))
    beside = {Path(instance.path).parent for instance in stack.instances}
    archives = {instance.path.partition("!/")[0] for instance in stack.instances}
    near = (left for left in found.faults if Path(left.path).parent in beside or left.path in archives)
    damaged = [left for left in near if left.code not in _NO_SLICE]
    _refuse_damaged(program.output, damaged, only_say=series is not None)
    desk, connection = program.desk(), connection or LOCAL_NAME
    leaves_pc = connection != LOCAL_NAME
    covering = asked_covering(program, stack, operation, cover, leaves_pc=leaves_pc, repair=repair)
    _refuse_unfit(program.output, as_covered(stack, covering), operation, stacks, repair=repair, as_json=as_json)
    if second is not None:
        all_but_boxes = replace(cover, boxes=())
        beside_it = asked_covering(program, second, operation, all_but_boxes, leaves_pc=leaves_pc, repair=repair)
        covering = together((covering, beside_it))
        refuse_unfit_second(program.output, as_covered(second, beside_it), stack, operation, repair=repair)
    elif second_role(operation):
        need_second(program.output, stack, stacks, operation)
    mask = photo_mask(given, stack, operation)
    check_writable(out.absolute())  # before anything is paid for
    request = AnalysisRequest(
        stack=stack,
        operation=operation.name,
        connection=connection,
        parameters=parameters,
        others={second_role(operation): second} if second is not None else {},
        mask=mask,
        covering=covering,
        repair=repair,
        limit_yuan=max_cost,
    )
    result = run(program, desk, request, consent=consent)
    with program.output.progress() as reporter:
        others = tuple(request.others.values())
        written = desk.write_outputs(stack, result, out, program.output.language, reporter, others)
    if as_json:
        import json

        program.output.json(json.loads((out / "result.json").read_text(encoding="utf-8")))
    tell(program.output, stack, result, out)
    tell_missing(program.output, written)


def _tell_patient(output: Output, stacks: Sequence[Stack], chosen: Stack) -> None:
    """Of several patients in a folder only one has a series that qualifies."""
    people = patients(tuple(stacks))
    if len(people) > 1:
        number = next(
            n for n, person in enumerate(people, start=1) if chosen in chain(*(s.stacks for s in person.studies))
        )
        output.write(say("Only patient {number} of {count} has a series that fits.", number=number, count=len(people)))


def _pairs(entries: Sequence[str], option: str) -> Mapping[str, str]:
    pairs: dict[str, str] = {}
    for entry in entries:
        name, equals, value = entry.partition("=")
        if not equals:
            raise WorkstationError(ErrorCode.BAD_PARAMETER, name=option, value=entry, allowed="NAME=VALUE")
        pairs[name.strip()] = value.strip()
    return pairs


def _refuse_damaged(output: Output, left_out: Sequence[LeftOut], *, only_say: bool = False) -> None:
    """A slice that was lost on the way must not be missed in silence, be it at the end where it leaves no gap.

    only_say  the series was named, so which of the folder's series lost a slice is not asked again
    raises    the damage of the first such file
    """
    damaged = [left for left in left_out if left.code in _DAMAGE | _NO_SLICE]
    for left in damaged[:_NAMED]:
        output.write(f"{Path(left.path).name}: {render(left.sentence, output.language)}")
    if (more := len(damaged) - _NAMED) > 0:
        output.write(say_count("and {count} more like this", "and {count} more like these", more))
    if damaged and not only_say:
        raise WorkstationError(damaged[0].code, **dict(damaged[0].sentence.facts))


def _refuse_unfit(
    output: Output, stack: Stack, operation: Operation, stacks: Sequence[Stack], *, repair: bool, as_json: bool
) -> None:
    """Say every reason, then end with “not eligible”; with what is repaired go on."""
    found = check(stack, operation, stacks)
    if found.fits or (repair and found.repairable):
        for line in found.repairs:
            output.write(line.sentence)
        return
    for reason in found.reasons:
        output.write(reason.sentence)
    if found.repairable:
        output.write(say("With --repair it fits:"))
        for line in found.repairs:
            output.write(line.sentence)
    better = next((other for other in stacks if other.id == found.better), None)
    if better is not None:
        why = listed(found.better_reason)
        output.write(say("Better: {series} – {reasons}", series=series_name(better), reasons=why))
    if as_json:
        output.json(shapes.check_json([(stack, (found,))], output.language))
    raise click.exceptions.Exit(Blame.NOT_ELIGIBLE.value)


def _refuse_all(output: Output, stacks: Sequence[Stack], operation: Operation, *, as_json: bool) -> None:
    """Every reason of every series, then the end as “not eligible”."""
    rows = [(stack, (found,)) for stack, found in zip(stacks, check_all(stacks, operation), strict=True)]
    for stack, (found,) in rows:
        for reason in found.reasons:
            output.write(f"{stack.description or stack.id}: {render(reason.sentence, output.language)}")
    if as_json:
        output.json(shapes.check_json(rows, output.language))
    raise click.exceptions.Exit(Blame.NOT_ELIGIBLE.value)


def run(program: Program, desk: Desk, request: AnalysisRequest, *, consent: bool) -> AnalysisResult:
    """Ask where that is needed, then analyse with progress. raises NO_CONSENT, TOO_EXPENSIVE, …"""
    view = desk.consent(request)
    if view.leaves_pc:
        agreed = consent and request.limit_yuan is not None
        if not agreed and not ask_consent(program.output, view):
            raise WorkstationError(ErrorCode.NO_CONSENT)
        cost = desk.estimate(request)
        if request.limit_yuan is not None and cost > request.limit_yuan:
            raise WorkstationError(ErrorCode.TOO_EXPENSIVE, cost=cost, limit=request.limit_yuan)
    cancel = CancelToken()
    before = {line.id for line in desk.all_jobs()}
    try:
        with program.output.progress() as reporter, interrupts(cancel):
            return desk.analyse_with_progress(request, reporter, cancel)
    except WorkstationError:
        tell_kept(program.output, desk, before)
        raise


def tell_kept(output: Output, desk: Desk, before: Collection[str]) -> None:
    """By which name to go on with a job that stopped on its way: what was paid for is in it."""
    with suppress(WorkstationError):  # records that can't be read are not the news here
        for line in desk.all_jobs():
            if line.id not in before and (line.resumable or line.needs_decision):
                output.write(say("The analysis is kept as a job. Go on with: yingtai jobs resume {job}", job=line.id))


def ask_consent(output: Output, view: ConsentView) -> bool:
    """Show what leaves, ask at a terminal; without one the answer is no."""
    if not sys.stdin.isatty():
        return False
    heads: tuple[tuple[Words, tuple[Words, ...]], ...] = (
        (say("Leaves this PC"), view.leaves),
        (say("Stays here"), view.stays),
    )
    output.write(view.title)
    for head, lines in heads:
        output.write(head)
        for line in lines:
            output.write("  " + render(line, output.language))
    output.write(view.cost)
    return click.confirm(render(say("Send and analyse?"), output.language), err=True)


def tell(output: Output, stack: Stack, result: AnalysisResult, out: Path) -> None:
    """What was found in which series, and where it lies."""
    output.write(say("Series: {series}", series=stack.description or stack.id))
    if result.findings:
        output.write(say_count("{count} finding.", "{count} findings.", len(result.findings)))
    else:
        output.write(result.none_reported)
    for number, finding in enumerate(result.findings, start=1):
        parts = [render(finding.label, output.language)]
        diameter = finding.measurement("diameter")
        if diameter is not None and isinstance(diameter.value, float):
            parts.append(f"{diameter.value:.1f} mm")
        if finding.confidence is not None:
            parts.append(f"{finding.confidence:.2f}")
        output.write(f"  {number}. {' · '.join(parts)}")
    output.write(result.placement.sentence)
    output.write(say("Written to {folder}", folder=str(out)))


def tell_missing(output: Output, written: ReportFiles) -> None:
    """Which characters the report shows by their code. The report is written all the same."""
    if written.missing_glyphs:
        error = WorkstationError(ErrorCode.MISSING_GLYPHS, characters=written.missing_glyphs)
        output.error(error, as_json=False)


@command(help=say("Write what the viewport shows of one series as PNG."))
@click.argument("path", type=click.Path(path_type=Path))
@option("--series", metavar="ID", help=say("A series as “yingtai scan” names it."))
@option("--slice", "slice_index", type=int, metavar="N", help=say("Counted from 0; default: the middle."))
@option(
    "--window",
    metavar="C,W",
    help=say("Window center and width; default: the series' own, with a result that of its operation."),
)
@option(
    "--plane", type=click.Choice([p.value for p in Plane if p is not Plane.NONE]), help=say("Default: as acquired.")
)
@option(
    "--result", "result_file", type=click.Path(path_type=Path, dir_okay=False), help=say("Marks of this result.json.")
)
@option(
    "--look",
    type=click.Choice(["this", "other", "difference"]),
    default="this",
    show_default=True,
    help=say("With a result that moved another series: that one in the place of this, or the difference."),
)
@option("--straighten", is_flag=True, help=say("Resample tilted or uneven slices onto a straight, even grid."))
@option(
    "--object",
    "wanted",
    multiple=True,
    metavar="ID",
    help=say(
        "Paint this segmentation, structure set, report … of the same PATH over the series it refers to: its UID, path"
        " or file name as “yingtai scan --json” has them; “overlay-planes” for those of the images themselves, “all”"
        " for every one. May be given several times."
    ),
)
@option("--screenshot", required=True, type=click.Path(path_type=Path, dir_okay=False), help=say("File to write."))
@pass_program
def view(
    program: Program,
    path: Path,
    series: str | None,
    slice_index: int | None,
    window: str | None,
    plane: str | None,
    result_file: Path | None,
    look: str,
    straighten: bool,
    wanted: tuple[str, ...],
    screenshot: Path,
) -> None:
    from workstation.report.read_result import read_result

    result = read_result(result_file)[0] if result_file is not None else None
    found = open_paths(program, [path])
    stacks = found.stacks
    if not stacks:
        _refuse_damaged(program.output, found.faults)
    stack = _shown(stacks, series, result) if series or result or not wanted else _referred_to(found, wanted)
    if result is not None and result.stack_id != stack.id:
        raise WorkstationError(ErrorCode.WRONG_STUDY)
    program.screen().picture(
        stack,
        screenshot,
        slice_index=slice_index,
        window=_window(window) if window or result is None else operation_window(result.operation, stack),
        plane=Plane(plane) if plane is not None else stack.plane,
        result=result,
        straighten=straighten,
        look=look,
        objects=_objects(program, stack, found.objects, wanted),
    )


def _is_wanted(found: FoundObject, wanted: Sequence[str]) -> bool:
    name = file_name(found.path)
    return "all" in wanted or any(one in (found.uid, found.path, name, Path(name).name) for one in wanted)


def _referred_to(found: ScanResult, wanted: Sequence[str]) -> Stack:
    """The series that the objects asked for refer to; of several the one with most slices."""
    meant = {uid for one in found.objects if _is_wanted(one, wanted) for uid in one.refers_to}
    named = [stack for stack in found.stacks if meant & {stack.series_uid, stack.id}]
    return max(named or found.stacks, key=lambda stack: stack.slices)


def _objects(
    program: Program, stack: Stack, objects: Sequence[FoundObject], wanted: Sequence[str]
) -> tuple[Overlaid, ...]:
    """What was asked for, read; and said what of it is not painted. raises NO_SUCH_OBJECT"""
    if not wanted:
        return ()
    chosen = [one for one in objects if _is_wanted(one, wanted)]
    found = program.desk().objects(stack, chosen, CancelToken())
    own = "all" in wanted or OVERLAY_PLANES in wanted
    overlaid = tuple(one for one in found if own or one.kind != OVERLAY_PLANES)
    if not overlaid and "all" not in wanted:
        raise WorkstationError(ErrorCode.NO_SUCH_OBJECT, name=", ".join(wanted))
    for one in overlaid:
        program.output.write(say("{name}: {sentence}", name=one.title, sentence=one.fault or one.placement.sentence))
        for note in one.notes:
            program.output.write(note)
    return overlaid


def _shown(stacks: Sequence[Stack], series: str | None, result: AnalysisResult | None) -> Stack:
    """The series asked for, else that of the result, else the one with most slices."""
    if not stacks:
        raise WorkstationError(ErrorCode.NOTHING_FOUND)
    wanted = series if series is not None else result.stack_id if result is not None else None
    if wanted is None:
        return max(stacks, key=lambda stack: stack.slices)
    for stack in stacks:
        if wanted in (stack.id, stack.series_uid):
            return stack
    if series is None:
        raise WorkstationError(ErrorCode.WRONG_STUDY)
    raise WorkstationError(ErrorCode.NO_SUCH_SERIES, name=series)


def _window(text: str | None) -> VoiWindow | None:
    if text is None:
        return None
    try:
        center, width = (float(part) for part in text.split(","))
    except ValueError:
        raise WorkstationError(ErrorCode.BAD_PARAMETER, name="--window", value=text, allowed="C,W") from None
    if width < 1:
        raise WorkstationError(ErrorCode.BAD_PARAMETER, name="--window", value=text, allowed="W ≥ 1")
    return VoiWindow(center=center, width=width)
