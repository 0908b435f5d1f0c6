"""`analyze` on nothing that is opened: a text, or a dialogue that is answered from a file or at the terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import click

from workstation.catalogue.medical_qa import AnswerType, Question, kind_words
from workstation.catalogue.operation import FreeText, InputKind, Operation
from workstation.cli.analysing import ask_consent, tell_kept, tell_missing
from workstation.cli.covering import CoverAsked, asked_covering
from workstation.cli.interrupts import interrupts
from workstation.cli.output import Output
from workstation.cli.program import Program
from workstation.domain.answer import AnalysisResult
from workstation.domain.covering import Covering, together
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Stack
from workstation.domain.words import render, say
from workstation.domain.work import CancelToken
from workstation.settings.connection import LOCAL_NAME
from workstation.workspace.desk import Desk
from workstation.workspace.dialogue import Answer, Dialogue, begin, converse, dialogue_of, read_answers, turn
from workstation.workspace.intents import TextRequest
from workstation.workspace.text_preparation import picture_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TextAnalysis:
    """What the command was told. `inputs` and `params`: by name."""

    operation: Operation
    inputs: Mapping[str, str]
    params: Mapping[str, str]
    answers: Path | None
    cover: CoverAsked
    paths: tuple[Path, ...]
    connection: str
    consent: bool
    max_cost: float | None
    out: Path
    as_json: bool


def analyze_text(program: Program, asked: TextAnalysis) -> None:
    """Do it and write all outputs. raises NO_FILE_WANTED, BAD_PARAMETER, TEXT_LENGTH, NO_CONSENT, …"""
    from workstation.report.write import check_writable

    if asked.paths:
        typed = " ".join(f"--input {name}=…" for name in _typed(asked.operation))
        wanted = typed if asked.operation.input_kind is InputKind.TEXT else "--answers FILE"
        raise WorkstationError(ErrorCode.NO_FILE_WANTED, operation=asked.operation.title, wanted=wanted)
    check_writable(asked.out.absolute())
    desk = program.desk()
    caller = _Caller(program, desk, asked)
    pictured: Stack | None = None
    if asked.operation.input_kind is InputKind.DIALOGUE:
        result = _dialogue(program, desk, asked, caller)
        pictured = desk.texts.pictured(caller.pictures)
    else:
        result = caller.call(_request(asked))
    with program.output.progress() as reporter:
        written = desk.write_outputs(pictured, result, asked.out, program.output.language, reporter)
    if asked.as_json:
        program.output.json(json.loads((asked.out / "result.json").read_text(encoding="utf-8")))
    tell_text(program.output, result, asked.out)
    tell_missing(program.output, written)


def _request(asked: TextAnalysis) -> TextRequest:
    """`--input text=…` is the parameter that is a text; `text=@FILE` reads it."""
    if asked.answers is not None:
        raise WorkstationError(ErrorCode.BAD_PARAMETER, name="--answers", value=asked.answers.name, allowed="–")
    names = _typed(asked.operation)
    given: dict[str, str] = dict(asked.params)
    for name, value in asked.inputs.items():
        if name not in names:
            allowed = ", ".join(f"{known}=…" for known in names)
            raise WorkstationError(ErrorCode.BAD_PARAMETER, name="--input", value=name, allowed=allowed)
        given[name] = _from_file(Path(value[1:])) if value.startswith("@") else value
    return TextRequest(
        operation=asked.operation.name,
        connection=asked.connection,
        parameters=asked.operation.read_parameters(given),
        limit_yuan=asked.max_cost,
    )


def _typed(operation: Operation) -> list[str]:
    return [parameter.name for parameter in operation.parameters if isinstance(parameter, FreeText)]


def _from_file(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError:
        raise WorkstationError(ErrorCode.NOT_FOUND) from None
    except UnicodeError:
        raise WorkstationError(ErrorCode.UNREADABLE) from None


def _dialogue(program: Program, desk: Desk, asked: TextAnalysis, caller: _Caller) -> AnalysisResult:
    """Answers from the file; without one they are asked for at the terminal."""
    for option, value in (("--input", asked.inputs), ("--param", asked.params)):
        if value:
            raise WorkstationError(ErrorCode.BAD_PARAMETER, name=option, value=next(iter(value)), allowed="--answers")
    begun = begin(asked.connection, desk.texts.now())
    if asked.answers is not None:
        answers = read_answers(asked.answers)
        pictures = max((len(answer.pictures) for answer in answers.values()), default=0)
        desk.texts.check_pictures(asked.operation, asked.connection, pictures)
        ended = converse(begun, answers, caller.call, desk.texts.now)
    elif sys.stdin.isatty():
        ended = _talk(program.output, begun, desk, caller)
    else:
        raise WorkstationError(ErrorCode.ANSWER_MISSING, kind="chiefComplaint", question=kind_words("chiefComplaint"))
    if ended.result is None:
        raise WorkstationError(ErrorCode.DIALOGUE_OVER)
    return ended.result


def _talk(output: Output, dialogue: Dialogue, desk: Desk, caller: _Caller) -> Dialogue:
    while dialogue.asked is not None:
        try:
            request = turn(dialogue, _prompted(output, dialogue.asked), desk.texts.now())
        except WorkstationError as error:
            if error.code is ErrorCode.DIALOGUE_EXPIRED:
                raise
            output.error(error, as_json=False)  # what was typed: it is asked for again
            continue
        dialogue = dialogue_of(caller.call(request))
    return dialogue


def _prompted(output: Output, question: Question) -> Answer:
    """One line at the terminal; several answers or files are parted by a semicolon."""
    asked = question.text or render(kind_words(question.kind), output.language)
    output.write(asked)
    for number, option in enumerate(question.options, start=1):
        output.write(f"  {number}. {option}")
    several = question.wants_pictures or question.type is AnswerType.MULTIPLE
    hint = say("Files, parted by ;") if question.wants_pictures else say("Several are parted by ;")
    line: str = click.prompt(render(hint, output.language) if several else ">", err=True)
    parts = [part.strip() for part in line.split(";")] if several else [line]
    if question.wants_pictures:
        return Answer(pictures=tuple(Path(part) for part in parts if part))
    by_number = {str(number): option for number, option in enumerate(question.options, start=1)}
    return Answer(texts=tuple(by_number.get(part, part) for part in parts))


class _Caller:
    """Asks for consent once, then for each call: what it costs, and the call itself."""

    def __init__(self, program: Program, desk: Desk, asked: TextAnalysis) -> None:
        self._program, self._desk, self._asked = program, desk, asked
        self._agreed = asked.consent and asked.max_cost is not None
        self.pictures: tuple[Path, ...] = ()  # of the last call

    def call(self, request: TextRequest) -> AnalysisResult:
        """raises NO_CONSENT, TOO_EXPENSIVE, what the call raises"""
        desk, output = self._desk, self._program.output
        request = replace(request, limit_yuan=self._asked.max_cost)
        if request.pictures:
            request = replace(request, covering=self._covering(request))
        self.pictures = request.pictures
        view = desk.texts.consent(request)
        if view.leaves_pc:
            self._agreed = self._agreed or ask_consent(output, view)
            if not self._agreed:
                raise WorkstationError(ErrorCode.NO_CONSENT)
            cost = desk.texts.estimate(request)
            if request.limit_yuan is not None and cost > request.limit_yuan:
                raise WorkstationError(ErrorCode.TOO_EXPENSIVE, cost=cost, limit=request.limit_yuan)
        cancel, before = CancelToken(), {line.id for line in desk.all_jobs()}
        try:
            with output.progress() as reporter, interrupts(cancel):
                return desk.texts.analyse_with_progress(request, reporter, cancel)
        except WorkstationError:
            tell_kept(output, desk, before)
            raise

    def _covering(self, request: TextRequest) -> Covering:
        """raises UNCOVERED; as `picture_of` and `asked_covering`"""
        operation, leaves_pc = self._asked.operation, request.connection != LOCAL_NAME
        return together(
            asked_covering(
                self._program, picture_of(path), operation, self._asked.cover, leaves_pc=leaves_pc, repair=False
            )
            for path in request.pictures
        )


def tell_text(output: Output, result: AnalysisResult, out: Path) -> None:
    """What was answered, and where it lies."""
    for text in result.texts:
        output.write(text)
    for note in result.notes:
        output.write(note)
    output.write(say("Written to {folder}", folder=str(out)))
