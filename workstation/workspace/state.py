"""The whole state of one sitting as a frozen value. A use case takes it and returns the new one and what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Flag, auto

from workstation.domain.answer import AnalysisResult
from workstation.domain.coverage import Coverage
from workstation.domain.decision import OPEN, Decision
from workstation.domain.drawn_mask import DrawnMask
from workstation.domain.editing import edited
from workstation.domain.finding import Finding
from workstation.domain.hanging_rule import HangingRule
from workstation.domain.layers import Layer, layers_of
from workstation.domain.measure import Measure
from workstation.domain.overlaid import FileLook, Overlaid
from workstation.domain.own_finding import OWN_READING
from workstation.domain.ruler import RulerCalibration
from workstation.domain.series import FactCode, FoundObject, LeftOut, Patient, Stack, StudyInfo
from workstation.domain.signature import Signed
from workstation.workspace.jobs import JobLine
from workstation.workspace.layouts import Hanging
from workstation.workspace.sifting import Sifting


class Changed(Flag):
    """What a use case touched, so that only its viewers draw anew."""

    NOTHING = 0
    STACKS = auto()  # what is open, or how far the scan is
    CHOSEN = auto()  # another series is looked at
    RESULTS = auto()
    DECISIONS = auto()
    SELECTION = auto()  # another finding
    FILTER = auto()  # the lowest confidence shown, which labels, or whether overlays are shown
    JOBS = auto()
    READER = auto()
    LAYOUT = auto()  # what hangs where
    MEASURES = auto()  # what was measured, or which of it is selected
    SOUGHT = auto()  # a measure is to be brought into sight
    COVERAGE = auto()  # which slices were looked at
    SIGNED = auto()  # a reading was signed, or got an addendum
    SLICES = auto()  # on which slices findings are seen
    OVERLAID = auto()  # what files from elsewhere show, and how
    DRAWN = auto()  # masks drawn on a picture, how they are painted, or which is selected
    RULERS = auto()  # how large the pixels of a picture are, by a ruler in it


@dataclass(frozen=True, slots=True)
class Reader:
    """Who decides; written beside every decision and into the report."""

    name: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class DecisionStep:
    """One change of one decision: the value before and after. Results that arrive in between are not touched."""

    finding_id: str
    before: Decision
    after: Decision


@dataclass(frozen=True, slots=True)
class MeasureStep:
    """One change of one measure of one series: None before it was drawn, and after it was deleted."""

    stack_id: str
    measure_id: str
    before: Measure | None
    after: Measure | None


@dataclass(frozen=True, slots=True)
class OwnStep:
    """One change of one finding of the reader's: None before it was found, and after it was taken away.

    reading  what the finding belongs to, as it was without it; where there was no such result, it makes one
    """

    reading: AnalysisResult
    finding_id: str
    before: Finding | None
    after: Finding | None
    decided: Decision


@dataclass(frozen=True, slots=True)
class DrawnStep:
    """One change of one mask drawn on a picture: None before it was drawn, and after it was deleted."""

    stack_id: str
    mask_id: str
    before: DrawnMask | None
    after: DrawnMask | None


@dataclass(frozen=True, slots=True)
class RulerStep:
    """One change of how large the pixels of one picture are: None where nobody said so."""

    stack_id: str
    before: RulerCalibration | None
    after: RulerCalibration | None


Step = DecisionStep | MeasureStep | OwnStep | DrawnStep | RulerStep


@dataclass(frozen=True, slots=True)
class History:
    """What can be taken back (oldest first), and what was taken back (the last one first to return)."""

    past: tuple[Step, ...] = ()
    future: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """One sitting. Mappings are replaced, never written.

    stacks      everything open, in the order found; `patients` groups them
    files, members, seconds   how much was scanned, and how long it took, all scans together
    scanning    scans under way
    undecided   nobody chose a series since the last scan began: the first good one found is chosen
    unhung      nobody chose a series or a layout since the last scan began: rules say how its first series hangs
    hanging     what hangs where, and which of it is looked at
    rules       how series hang when they are shown first, as the person kept it
    watched     name of the folder that is watched; "" for none
    grown       the stack looked at as it is now on disk, with slices that came while it was looked at
    results     by stack id, one a job, oldest first
    shown_job   by stack id: the job whose result is shown; the newest where absent
    selected    finding id; "" for none
    threshold   findings with a lower confidence are hidden; those without one never are
    overlays    whether marks are painted
    hidden_labels  labels of masks that are not painted: job, mask, label
    measures    by stack id, in the order drawn; `kept_measures`: series whose earlier ones were asked for
    selected_measure  its id; "" for none
    sought      the measure that was to be brought into sight last
    drawn       by stack id: masks drawn on pictures; `kept_drawn`: pictures whose earlier ones were asked for
    selected_drawn  id of the mask that is drawn on; "" for none
    rulers      by stack id: pictures that a ruler calibrates; `kept_rulers`: those whose earlier one was asked for
    coverage    by stack id: slices that were looked at
    signed      by job: readings that are signed; nothing of them changes
    sifting     how the findings of the study are listed, and which of them
    slices      by finding id: first and last slice it is seen on, from 0; where that is known
    overlaid    by stack id: what files from elsewhere show over it; `file_looks`: how, by stack and object id
    mask_look   how drawn masks are painted as long as nothing else was said of them
    """

    stacks: tuple[Stack, ...] = ()
    objects: tuple[FoundObject, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    files: int = 0
    members: int = 0
    seconds: float = 0.0
    scanning: int = 0
    undecided: bool = True
    unhung: bool = False
    hanging: Hanging = field(default_factory=Hanging)
    rules: tuple[HangingRule, ...] = ()
    watched: str = ""
    grown: Stack | None = None
    results: Mapping[str, tuple[AnalysisResult, ...]] = field(default_factory=dict)
    shown_job: Mapping[str, str] = field(default_factory=dict)
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    history: History = History()
    selected: str = ""
    threshold: float = 0.0
    overlays: bool = True
    hidden_labels: frozenset[tuple[str, str, int]] = frozenset()
    measures: Mapping[str, tuple[Measure, ...]] = field(default_factory=dict)
    kept_measures: frozenset[str] = frozenset()
    selected_measure: str = ""
    sought: Measure | None = None
    drawn: Mapping[str, tuple[DrawnMask, ...]] = field(default_factory=dict)
    kept_drawn: frozenset[str] = frozenset()
    selected_drawn: str = ""
    rulers: Mapping[str, RulerCalibration] = field(default_factory=dict)
    kept_rulers: frozenset[str] = frozenset()
    coverage: Mapping[str, Coverage] = field(default_factory=dict)
    signed: Mapping[str, Signed] = field(default_factory=dict)
    sifting: Sifting = field(default_factory=Sifting)
    slices: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    overlaid: Mapping[str, tuple[Overlaid, ...]] = field(default_factory=dict)
    file_looks: Mapping[tuple[str, str], FileLook] = field(default_factory=dict)
    mask_look: FileLook = field(default_factory=FileLook)
    jobs: tuple[JobLine, ...] = ()
    reader: Reader = Reader()

    def stack(self, stack_id: str) -> Stack | None:
        return next((stack for stack in self.stacks if stack.id == stack_id), None)

    @property
    def chosen(self) -> str:
        """Id of the stack looked at; "" for none."""
        return self.hanging.chosen

    @property
    def chosen_stack(self) -> Stack | None:
        return self.stack(self.chosen)

    @property
    def shown_result(self) -> AnalysisResult | None:
        """The result that belongs to the series looked at, and to no other; None where there is none."""
        return self.result_of(self.chosen)

    def result_of(self, stack_id: str) -> AnalysisResult | None:
        """The result that is shown over this series, and over no other; None where there is none."""
        results = self.results.get(stack_id, ())
        job_id = self.shown_job.get(stack_id)
        return next((result for result in results if result.job.id == job_id), results[-1] if results else None)

    def moved_onto(self, stack_id: str, moving_id: str = "") -> AnalysisResult | None:
        """The newest result that brought another open series onto this one, where its place may be painted.

        moving_id  which other series; "" for any
        """
        for result in reversed(self.results.get(stack_id, ())):
            if moving_id not in ("", result.moving_id):
                continue
            if result.volumes and result.placement.state.painted and self.stack(result.moving_id) is not None:
                return result
        return None

    @property
    def visible_findings(self) -> tuple[Finding, ...]:
        """Findings of the shown result that the threshold leaves, in the answer's order."""
        result = self.shown_result
        return self.visible_of(result) if result is not None else ()

    def visible_of(self, result: AnalysisResult) -> tuple[Finding, ...]:
        """The same of any result."""
        return tuple(self.as_read(f) for f in result.findings if self.passes(f))

    def painted_with(self, result: AnalysisResult) -> tuple[Finding, ...]:
        """What is painted while this result is shown: its findings, and whatever the reader found on the series."""
        kept = self.results.get(result.stack_id, ()) if result.placement.state.painted else ()
        others = (r for r in kept if r is not result)
        own = (f for r in others if r.in_pixels == result.in_pixels for f in r.findings if f.own)
        return (*self.visible_of(result), *own)

    def as_read(self, finding: Finding) -> Finding:
        """With the shapes that the reader gave it."""
        shapes = self.decision(finding.id).shapes
        return edited(finding, shapes) if shapes is not None else finding

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Labels of the masks of the shown result."""
        result = self.shown_result
        return layers_of(result.findings, result.masks) if result is not None else ()

    @property
    def shown_layers(self) -> tuple[Layer, ...]:
        """Those that are painted."""
        result = self.shown_result
        return self.shown_layers_of(result) if result is not None else ()

    def shown_layers_of(self, result: AnalysisResult) -> tuple[Layer, ...]:
        """The same of any result."""
        layers = layers_of(result.findings, result.masks)
        return tuple(layer for layer in layers if (result.job.id, *layer.key) not in self.hidden_labels)

    @property
    def hidden(self) -> int:
        """Findings of the shown result below the threshold."""
        result = self.shown_result
        return len(result.findings) - len(self.visible_findings) if result is not None else 0

    def passes(self, finding: Finding) -> bool:
        """Whether the threshold leaves it."""
        return finding.confidence is None or finding.confidence >= self.threshold

    def decision(self, finding_id: str) -> Decision:
        return self.decisions.get(finding_id, OPEN)

    def measure(self, measure_id: str) -> Measure | None:
        return next((one for of_stack in self.measures.values() for one in of_stack if one.id == measure_id), None)

    def drawn_mask(self, mask_id: str) -> DrawnMask | None:
        return next((one for of_stack in self.drawn.values() for one in of_stack if one.id == mask_id), None)

    def finding(self, finding_id: str) -> Finding | None:
        """As it was reported."""
        owner = self.owner(finding_id)
        return next((f for f in owner.findings if f.id == finding_id), None) if owner is not None else None

    def owner(self, finding_id: str) -> AnalysisResult | None:
        """The result that holds this finding."""
        return next(
            (r for results in self.results.values() for r in results for f in r.findings if f.id == finding_id), None
        )


def with_own(state: Workspace, step: OwnStep, *, back: bool = False) -> Workspace:
    """The state after a step, or before it; what was taken away comes back as the last one."""
    now = step.before if back else step.after
    reading, results = step.reading, state.results.get(step.reading.stack_id, ())
    held = next((r for r in results if r.job.id == reading.job.id), replace(reading, findings=()))
    if any(f.id == step.finding_id for f in held.findings):
        findings = tuple(now if f.id == step.finding_id else f for f in held.findings)
    else:
        findings = (*held.findings, now)
    made = replace(held, findings=tuple(f for f in findings if f is not None))
    kept = [made if r.job.id == made.job.id else r for r in results]
    if held not in results:
        kept.append(made)
    decision = step.decided if now is not None else OPEN
    left = tuple(r for r in kept if r.findings or r.operation != OWN_READING)
    return replace(
        state,
        results={**state.results, reading.stack_id: left},
        decisions={**state.decisions, step.finding_id: decision},
    )


def with_measure(state: Workspace, step: MeasureStep, *, back: bool = False) -> Workspace:
    """The state after a step, or before it; what was deleted comes back as the last one."""
    now = step.before if back else step.after
    measures = state.measures.get(step.stack_id, ())
    if now is None:
        kept = tuple(one for one in measures if one.id != step.measure_id)
    elif any(one.id == now.id for one in measures):
        kept = tuple(now if one.id == now.id else one for one in measures)
    else:
        kept = (*measures, now)
    return replace(state, measures={**state.measures, step.stack_id: kept})


def with_drawn(state: Workspace, step: DrawnStep, *, back: bool = False) -> Workspace:
    """The state after a step, or before it; what was deleted comes back as the last one."""
    now = step.before if back else step.after
    drawn = state.drawn.get(step.stack_id, ())
    if now is None:
        kept = tuple(one for one in drawn if one.id != step.mask_id)
    elif any(one.id == now.id for one in drawn):
        kept = tuple(now if one.id == now.id else one for one in drawn)
    else:
        kept = (*drawn, now)
    return replace(state, drawn={**state.drawn, step.stack_id: kept})


def with_ruler_step(state: Workspace, step: RulerStep, *, back: bool = False) -> Workspace:
    """The state after a step, or before it."""
    now = step.before if back else step.after
    others = {id_: ruler for id_, ruler in state.rulers.items() if id_ != step.stack_id}
    return replace(state, rulers=others if now is None else {**others, step.stack_id: now})


@dataclass(frozen=True, slots=True)
class StudyGroup:
    info: StudyInfo
    stacks: tuple[Stack, ...]


@dataclass(frozen=True, slots=True)
class PatientGroup:
    patient: Patient
    studies: tuple[StudyGroup, ...]


def patients(stacks: tuple[Stack, ...]) -> tuple[PatientGroup, ...]:
    """Patient → study → series: patients in the order found, newest study first, series by number."""
    people: dict[tuple[str, str, str], list[Stack]] = {}
    for stack in stacks:
        people.setdefault(_person(stack), []).append(stack)
    return tuple(PatientGroup(of[0].patient, _studies(of)) for of in people.values())


def _person(stack: Stack) -> tuple[str, str, str]:
    """Two studies without name and ID may be two people: they are never put together."""
    patient = stack.patient
    return (patient.id, patient.name, "" if patient.id or patient.name else stack.study.uid)


def _studies(stacks: list[Stack]) -> tuple[StudyGroup, ...]:
    studies: dict[str, list[Stack]] = {}
    for stack in stacks:
        studies.setdefault(stack.study.uid, []).append(stack)
    groups = [StudyGroup(of[0].study, tuple(sorted(of, key=_series_order))) for of in studies.values()]
    return tuple(sorted(groups, key=lambda group: (group.info.date, group.info.time), reverse=True))


def _series_order(stack: Stack) -> tuple[bool, int, str, int]:
    """Stacks of one series by their number in it: the tenth comes after the ninth."""
    number = stack.series_number
    uid, _, place = stack.id.rpartition("#")
    return (number is None, number or 0, uid, int(place) if place.isdecimal() else 0)


def in_order(stacks: tuple[Stack, ...]) -> tuple[Stack, ...]:
    """Every stack as the study browser lists it."""
    return tuple(s for person in patients(stacks) for study in person.studies for s in study.stacks)


def matching(stacks: tuple[Stack, ...], text: str) -> tuple[Stack, ...]:
    """Stacks in which every word of `text` occurs: patient, study, series, plane, modality, date; case ignored."""
    words = text.casefold().split()
    return tuple(stack for stack in stacks if all(word in _searchable(stack) for word in words))


def _searchable(stack: Stack) -> str:
    patient, study = stack.patient, stack.study
    parts = (patient.name, patient.id, study.date, study.description, study.accession, stack.modality)
    return " ".join((*parts, stack.description, stack.body_part, stack.plane.value, stack.kernel)).casefold()


def good_first(stack: Stack) -> bool:
    """Worth being shown without being asked for: a real stack, no localizer, no screenshot."""
    return stack.slices > 1 and not any(stack.fact(code) for code in (FactCode.LOCALIZER, FactCode.SECONDARY))
