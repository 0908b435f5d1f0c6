"""ScreenChestCT: several analyses of one chest CT in one call, each answered in a branch of its own.

`Mask` of the request is the sum of the analyses wanted; of the answer, the link of a mask. A job that succeeds may hold
analyses that failed: `ErrorMessage` names them, in lower case. The documents' own example names two that it fills all
the same; what a service calls failed is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from workstation.catalogue import calcium_score, chest_vessels, covid_pneumonia, lung_nodules, rib_fracture
from workstation.catalogue.operation import ASCENDING_XYZ, YES, CallInput, Choice, WireAnswer
from workstation.catalogue.wire import Bases, Node, bad_answer, opened
from workstation.domain.answer import AnalysisResult, AnswerFinding, AnswerGrid, ServiceAnswer
from workstation.domain.blocks import Block, Column, Level, Row, TableBlock
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Measurement, worst
from workstation.domain.geometry import SAME_MM
from workstation.domain.request import Parameters
from workstation.domain.volume import ResultVolume
from workstation.domain.words import Words, say

Images = tuple[ResultVolume, ...]


def _nodules(node: Node, basis: Bases, images: Images) -> ServiceAnswer:
    return lung_nodules.read_branch(node, basis, ASCENDING_XYZ)


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One analysis of the screening.

    name     of the parameter that asks for it; bit in `Mask`
    key      of its part of the answer; `file`: the link in it
    failed   what its name in `ErrorMessage` holds
    codes    of its findings
    """

    name: str
    title: Words
    bit: int
    billed: bool
    key: str
    file: str = ""
    failed: tuple[str, ...]
    codes: tuple[str, ...]
    read: Callable[[Node, Bases, Images], ServiceAnswer]
    panel: Callable[[AnalysisResult], tuple[Block, ...]]


BRANCHES: Final = (
    Branch(
        name="covid",
        title=say("COVID-19 pneumonia"),
        bit=1,
        billed=True,
        key="Covid",
        file=covid_pneumonia.MASK,
        failed=("covid",),
        codes=("pneumonia-lesions",),
        read=covid_pneumonia.read_branch,
        panel=covid_pneumonia.panel,
    ),
    Branch(
        name="calcium",
        title=say("Coronary calcium score"),
        bit=2,
        billed=False,
        key="CACS",
        file=calcium_score.MASK,
        failed=("cacs", "calc"),
        codes=("coronary-calcium",),
        read=calcium_score.read_branch,
        panel=calcium_score.panel,
    ),
    Branch(
        name="nodules",
        title=say("Lung nodules"),
        bit=4,
        billed=True,
        key="LungNodule",
        failed=("nodule", "lung"),
        codes=("nodule",),
        read=_nodules,
        panel=lung_nodules.panel,
    ),
    Branch(
        name="ribs",
        title=say("Rib fractures"),
        bit=8,
        billed=False,
        key="DetectRibFracture",
        file=rib_fracture.MASK,
        failed=("rib", "fracture"),
        codes=("rib-fracture",),
        read=rib_fracture.read_branch,
        panel=rib_fracture.panel,
    ),
    Branch(
        name="vessels",
        title=say("Aorta and pulmonary artery"),
        bit=16,
        billed=False,
        key="AnalyzeChestVessel",
        file=chest_vessels.MASK,
        failed=("vessel", "aort", "pulmonary"),
        codes=("aorta", "pulmonary-artery"),
        read=chest_vessels.read_branch,
        panel=chest_vessels.panel,
    ),
)
LINKS: Final = tuple(f"{branch.key}.{branch.file}" for branch in BRANCHES if branch.file)
PARAMETERS: Final = tuple(
    Choice(name=branch.name, label=branch.title, default=YES, values=((YES, say("Yes")), ("no", say("No"))))
    for branch in BRANCHES
)
_NAMES: Final = re.compile(r"\[([^\]]*)\]")
# What became of a branch: the measurement that says so is called `analysis-NAME-STATE`.
_DONE: Final = "done"
_STATES: Final[Mapping[str, Words]] = {
    _DONE: say("done"),
    "failed": say("failed at the service"),
    "not-understood": say("not understood"),
}


def wanted(parameters: Parameters) -> tuple[Branch, ...]:
    """What a call asks for; all where nothing is said."""
    return tuple(branch for branch in BRANCHES if parameters.get(branch.name, YES) == YES)


def uses(parameters: Parameters) -> int:
    """As how many calls it is billed: the documents price two of the five analyses."""
    return sum(branch.billed for branch in wanted(parameters))


def used(parameters: Parameters, answer: ServiceAnswer) -> int:
    """The same once it is done: what the service calls failed is not billed."""
    said = {measurement.name for measurement in answer.measurements}
    return sum(branch.billed and f"analysis-{branch.name}-failed" not in said for branch in wanted(parameters))


def some_wanted(parameters: Parameters) -> None:
    """raises BAD_PARAMETER where nothing at all is asked for"""
    if not wanted(parameters):
        names = ", ".join(branch.name for branch in BRANCHES)
        raise WorkstationError(ErrorCode.BAD_PARAMETER, name=names, value="no", allowed=f"≥ 1 × {YES}")


def arguments(call: CallInput) -> Mapping[str, str]:
    """`Mask` is always sent, as the documents state no default."""
    links = {f"URLList.{n}.URL": url for n, url in enumerate(call.urls, start=1)}
    mask = sum(branch.bit for branch in wanted(call.parameters))
    return {"DataFormat": "DICOM", **call.organisation, "Mask": str(mask), **links}


def parse(answer: WireAnswer) -> ServiceAnswer:
    """`Result` of the finished job → typed answer. raises BAD_ANSWER, NO_BASIS"""
    root, basis = opened(answer.text, expect_basis=answer.expect_basis)
    failed, unnamed = _failed(root.text("ErrorMessage"))
    parts: list[tuple[Branch, ServiceAnswer]] = []
    states: list[Measurement] = []
    notes: list[Words] = list(unnamed)
    for branch in BRANCHES:
        if not root.has(branch.key) and branch not in failed:
            continue
        node = _child(root, branch.key)
        state = "failed"
        if node is not None and branch not in failed:
            try:
                parts.append((branch, branch.read(node, basis, answer.files.get(f"{branch.key}.{branch.file}", ()))))
                state = _DONE
            except WorkstationError as error:
                # One part that can't be read is no reason to lose the others, which were paid for as well.
                state, where = "not-understood", str(error.facts.get("where", branch.key))
                notes.append(
                    say("{analysis}: the answer can't be understood at {where}.", analysis=branch.title, where=where)
                )
        elif node is not None:
            notes.append(
                say("{analysis}: called failed, so what was answered all the same is not shown.", analysis=branch.title)
            )
        else:
            notes.append(say("{analysis}: failed at the service.", analysis=branch.title))
        states.append(_state(branch, state, basis))
    if not states:
        raise bad_answer("Data")
    joined = _joined(parts, basis)
    left = {branch.key for branch in failed}
    return replace(
        joined,
        measurements=(*states, *joined.measurements),
        notes=(*notes, *joined.notes),
        unknown=tuple(path for path in root.unread() if path.partition(".")[0] not in left),
    )


def _child(root: Node, key: str) -> Node | None:
    """The part of one analysis; one that is no object is left to its reader, which can't understand it either."""
    try:
        return root.child(key)
    except WorkstationError:
        return Node(None, key, root.read)


def _state(branch: Branch, state: str, basis: Bases) -> Measurement:
    return Measurement(
        name=f"analysis-{branch.name}-{state}",
        label=branch.title,
        value=_STATES[state],
        unit="",
        basis=basis.of(branch.key),
    )


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    """What became of each analysis, then each one's own blocks."""
    said = {measurement.name for measurement in result.measurements}
    rows: list[Row] = []
    blocks: list[Block] = []
    for branch in wanted(result.parameters):
        state = next((state for state in _STATES if f"analysis-{branch.name}-{state}" in said), "")
        if state == _DONE:
            found = tuple(finding for finding in result.findings if finding.code in branch.codes)
            rows.append(Row(cells=(branch.title, _STATES[state], float(len(found)))))
            blocks += branch.panel(replace(result, findings=found))
        else:
            rows.append(Row(cells=(branch.title, _STATES.get(state, say("no answer")), None), level=Level.NOTED))
    columns = (Column(label=say("Analysis")), Column(label=say("State")), Column(label=say("Findings"), decimals=0))
    return (TableBlock(columns=columns, rows=tuple(rows), title=say("Analyses")), *blocks)


def _failed(message: str) -> tuple[tuple[Branch, ...], tuple[Words, ...]]:
    """The analyses that `ErrorMessage` names; and a sentence where it names something else, or nothing."""
    if not message.strip():
        return (), ()
    names = [name.strip().lower() for group in _NAMES.findall(message) for name in group.split(",") if name.strip()]
    known = {name: branch for name in names for branch in BRANCHES if any(part in name for part in branch.failed)}
    others = [name for name in names if name not in known]
    notes: tuple[Words, ...] = ()
    if others or not names:
        notes = (say("The service says that a part failed, and not which of those asked for."),)
    return tuple(branch for branch in BRANCHES if branch in known.values()), notes


def _joined(parts: list[tuple[Branch, ServiceAnswer]], basis: Bases) -> ServiceAnswer:
    """All branches as one answer. One whose grid contradicts those before loses its shapes, and that is said."""
    grid = AnswerGrid()
    findings: list[AnswerFinding] = []
    uids: list[str] = []
    notes: list[Words] = []
    for branch, part in parts:
        joined = _one_grid(grid, part.grid)
        if joined is None:
            notes.append(
                say("{analysis}: its grid is not that of the others, so it is not painted.", analysis=branch.title)
            )
            findings += [replace(finding, shapes=()) for finding in part.findings]
            continue
        grid = joined
        findings += part.findings
        uids += [part.series_uid] if part.series_uid else []
    if len(set(uids)) > 1:
        raise bad_answer("SeriesInstanceUid")
    answers = [part for _, part in parts]
    return ServiceAnswer(
        findings=tuple(findings),
        grid=grid,
        basis=worst([basis.everything, *basis.parts.values()]),
        series_uid=uids[0] if uids else "",
        measurements=tuple(measurement for part in answers for measurement in part.measurements),
        texts=tuple(text for part in answers for text in part.texts),
        curves=tuple(curve for part in answers for curve in part.curves),
        masks=tuple(mask for part in answers for mask in part.masks),
        notes=(*notes, *(note for part in answers for note in part.notes)),
    )


def _one_grid(one: AnswerGrid, other: AnswerGrid) -> AnswerGrid | None:
    """What both say; None where they disagree by more than a printed figure is rounded."""
    for a, b in ((one.origin, other.origin), (one.spacing, other.spacing)):
        if a is not None and b is not None and max(abs(x - y) for x, y in zip(a, b, strict=True)) > 10 * SAME_MM:
            return None
    return AnswerGrid(origin=one.origin or other.origin, spacing=one.spacing or other.spacing)
