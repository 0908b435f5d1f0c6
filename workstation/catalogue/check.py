"""Does a series qualify for an operation? Every failing rule at once, with the measured value and the limit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from workstation.catalogue.limits import Limits, LimitSource
from workstation.catalogue.operation import Extra, InputKind, Operation
from workstation.catalogue.picture_rules import (
    DICOM,
    exceeds,
    picture_made_smaller,
    picture_reasons,
    picture_repairs,
    sent_form,
)
from workstation.catalogue.reason import Reason
from workstation.catalogue.repairs import HEADER_BYTES, Repair, RepairCode, changing_repairs, gentle_repairs
from workstation.catalogue.suits import WORTH_IT, Why
from workstation.catalogue.traits import elsewhere
from workstation.domain.covering import Covering, as_covered
from workstation.domain.geometry import Plane
from workstation.domain.series import FactCode, FileForm, Stack
from workstation.domain.words import Words, say, say_count


@dataclass(frozen=True, slots=True)
class Eligibility:
    """fits: as it is, or after repairs that keep every pixel.

    repairable             it does not fit, and would after all `repairs`, some of which change pixels
    better, better_reason  a series of the study that suits better, and in what
    """

    stack_id: str
    operation: str
    reasons: tuple[Reason, ...]
    repairs: tuple[Repair, ...]
    better: str | None = None
    better_reason: tuple[Why, ...] = ()
    repairable: bool = False

    @property
    def fits(self) -> bool:
        return not self.reasons


_NO_SERIES: Final = Reason(
    code="no-series",
    sentence=say("It is done on a text that you write, not on a series."),
    measured="series",
    limit="text",
    source=LimitSource.DOCUMENTED,
)
PLANES: Final = {
    Plane.AXIAL: say("axial"),
    Plane.SAGITTAL: say("sagittal"),
    Plane.CORONAL: say("coronal"),
    Plane.NONE: say("no plane"),
}


_COVER: Final = say("Text in the pictures is looked for, and covered in the copy that is sent.")
TEXT_SEARCH: Final = Extra("rapidocr", "ocr")


def check(stack: Stack, operation: Operation, study: Iterable[Stack] = ()) -> Eligibility:
    """All rules of one operation on one stack; `study`: the other stacks, from which a better one is proposed."""
    key = study_key(stack)
    others = [other for other in study if other.id != stack.id and study_key(other) == key]
    return _beside(_alone(stack, operation), stack, operation, best(others, operation))


def check_all(stacks: Sequence[Stack], operation: Operation) -> tuple[Eligibility, ...]:
    """Every stack, with the better one of its own study: what `check` says of each, each rule asked once."""
    found = [_alone(stack, operation) for stack in stacks]
    fitting: dict[tuple[str, str], list[Stack]] = {}
    for stack, one in zip(stacks, found, strict=True):
        if one.fits:
            fitting.setdefault(study_key(stack), []).append(stack)
    chosen = {key: operation.prefers.best(of) for key, of in fitting.items()}
    return tuple(
        _beside(one, stack, operation, chosen.get(study_key(stack), ()))
        for stack, one in zip(stacks, found, strict=True)
    )


def fits(stack: Stack, operation: Operation) -> bool:
    """What `check` says of it, for many series at once: the first reason against it is enough."""
    if not operation.input_kind.about_series:
        return False
    if operation.input_kind is InputKind.PICTURE:
        return next(_picture_reasons(stack, operation.limits), None) is None
    return next(_reasons(stack, operation.limits), None) is None


def _alone(stack: Stack, operation: Operation) -> Eligibility:
    if not operation.input_kind.about_series:
        return Eligibility(stack.id, operation.name, (_NO_SERIES,), ())
    if operation.input_kind is InputKind.PICTURE:
        return _picture(stack, operation)
    reasons = tuple(_reasons(stack, operation.limits))
    repairs, repairable = tuple(gentle_repairs(stack)), False
    if reasons:
        cover, shown = _covered(stack)
        changing, after = changing_repairs(shown, operation.limits)
        changing = cover + changing
        repairable = bool(changing) and not any(_reasons(after, operation.limits))
        repairs += changing if repairable else ()
    return Eligibility(stack.id, operation.name, reasons, repairs, repairable=repairable)


def _picture(stack: Stack, operation: Operation) -> Eligibility:
    limits = operation.limits
    reasons = tuple(_picture_reasons(stack, limits))
    repairs, repairable = tuple(picture_repairs(stack, limits)), False
    if reasons:
        cover, shown = _covered(stack)
        changing, after = picture_made_smaller(shown, limits)
        changing = cover + changing
        repairable = bool(changing) and not any(_picture_reasons(after, limits))
        repairs += changing if repairable else ()
    return Eligibility(stack.id, operation.name, reasons, repairs, repairable=repairable)


def _covered(stack: Stack) -> tuple[tuple[Repair, ...], Stack]:
    """The repair of names that may stand in the pixels, and the stack after it; none where text can't be looked for."""
    after = as_covered(stack, Covering(reviewed=True))
    if after is stack or len(after.facts) == len(stack.facts) or not TEXT_SEARCH.here:
        return (), stack
    return (Repair(RepairCode.COVER, _COVER),), after


def _picture_reasons(stack: Stack, limits: Limits) -> Iterator[Reason]:
    """A file that is no DICOM names no modality; what is sent as such has a size that is known before."""
    if stack.instances[0].form is not FileForm.PICTURE:
        yield from _modality(stack, limits)
    yield from _part(stack, limits)
    yield from _slices(stack, limits)
    yield from picture_reasons(stack, limits)
    if sent_form(stack, limits) == DICOM:
        yield from _file_size(stack, limits)


def _beside(found: Eligibility, stack: Stack, operation: Operation, chosen: tuple[Stack, ...]) -> Eligibility:
    """`chosen`: those of the study that suit best; where this stack is one of them none is better."""
    if not chosen or any(one.id == stack.id for one in chosen):
        return found
    why = operation.prefers.why_rather(chosen[0], stack)
    if not found.fits:
        return replace(found, better=chosen[0].id, better_reason=(Why("qualifies", say("qualifies")), *why))
    gain = operation.prefers.points(chosen[0]) - operation.prefers.points(stack)
    return replace(found, better=chosen[0].id, better_reason=why) if gain >= WORTH_IT and why else found


def _reasons(stack: Stack, limits: Limits) -> Iterator[Reason]:
    return (reason for rule in _RULES for reason in rule(stack, limits))


def best(stacks: Iterable[Stack], operation: Operation, *, repair: bool = False) -> tuple[Stack, ...]:
    """The stacks that qualify and suit best; several on a tie, none where nothing fits.

    repair  where nothing fits, those that would after repairs that change pixels
    """
    stacks = tuple(stacks)
    found = operation.prefers.best(stack for stack in stacks if fits(stack, operation))
    if found or not repair:
        return found
    return operation.prefers.best(stack for stack in stacks if check(stack, operation).repairable)


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The series of one study that suit an operation best: one, or several that are equally good."""

    operation: str
    study_uid: str
    stacks: tuple[Stack, ...]
    reasons: tuple[Why, ...]


def recommend(stacks: Iterable[Stack], operation: Operation) -> tuple[Recommendation, ...]:
    """One for each study that has a series which qualifies."""
    studies: dict[tuple[str, str], list[Stack]] = {}
    for stack in stacks:
        studies.setdefault(study_key(stack), []).append(stack)
    chosen = (best(of, operation) for of in studies.values())
    return tuple(
        Recommendation(operation.name, found[0].study.uid, found, operation.prefers.why(found[0]))
        for found in chosen
        if found
    )


def study_key(stack: Stack) -> tuple[str, str]:
    """What series of one examination of one person share. Studies of two people may bear one UID; where neither study
    nor person is told, as in NIfTI, a series stands alone."""
    if not stack.study.uid and not stack.patient.id:
        return ("", stack.id.partition("#")[0])
    return (stack.study.uid, stack.patient.id)


def _modality(stack: Stack, limits: Limits) -> Iterator[Reason]:
    if limits.modality is not None and stack.modality not in limits.modality.value:
        allowed = ", ".join(filter(None, limits.modality.value))  # a picture file that states none may do, too
        sentence = say("The modality is not stated; {allowed} is needed.", allowed=allowed)
        if stack.modality:
            sentence = say("The modality is {modality}; {allowed} is needed.", modality=stack.modality, allowed=allowed)
        yield Reason("modality", sentence, stack.modality, allowed, limits.modality.source)


def _part(stack: Stack, limits: Limits) -> Iterator[Reason]:
    """Only what is named as lying elsewhere: headers have many words, and some of them for more than one part."""
    if limits.part is None:
        return
    wanted = limits.part.value
    if elsewhere(stack, wanted.words):
        sentence = say("By its header it shows {named}; {needed} is needed.", named=stack.body_part, needed=wanted.name)
        yield Reason("body-part", sentence, stack.body_part, str(wanted.name), limits.part.source)


def _plane(stack: Stack, limits: Limits) -> Iterator[Reason]:
    if limits.plane is not None and stack.plane is not limits.plane.value:
        needed = PLANES[limits.plane.value]
        sentence = say("The slices are {plane}; {needed} is needed.", plane=PLANES[stack.plane], needed=needed)
        if stack.plane is Plane.NONE:
            sentence = say("The images lie in no known plane; {needed} is needed.", needed=needed)
        yield Reason("plane", sentence, stack.plane.value, limits.plane.value.value, limits.plane.source)


def _slices(stack: Stack, limits: Limits) -> Iterator[Reason]:
    if limits.slices is None:
        return
    least, most = limits.slices.value
    if stack.slices < least:
        sentence = say_count(
            "{count} slice; at least {least} are needed.",
            "{count} slices; at least {least} are needed.",
            stack.slices,
            least=least,
        )
        yield Reason("too-few-slices", sentence, stack.slices, least, limits.slices.source)
    if stack.slices > most:
        sentence = say("{slices} slices; at most {most} are allowed.", slices=stack.slices, most=most)
        yield Reason("too-many-slices", sentence, stack.slices, most, limits.slices.source)


def _matrix(stack: Stack, limits: Limits) -> Iterator[Reason]:
    size = f"{stack.rows} × {stack.columns}"
    if limits.largest is not None and exceeds((stack.rows, stack.columns), limits.largest.value):
        limit = f"{limits.largest.value[0]} × {limits.largest.value[1]}"
        sentence = say("The slices have {size} pixels; at most {limit} are allowed.", size=size, limit=limit)
        yield Reason("matrix-too-large", sentence, size, limit, limits.largest.source)
    if limits.smallest is not None and exceeds(limits.smallest.value, (stack.rows, stack.columns)):
        limit = f"{limits.smallest.value[0]} × {limits.smallest.value[1]}"
        sentence = say("The slices have {size} pixels; at least {limit} are needed.", size=size, limit=limit)
        yield Reason("matrix-too-small", sentence, size, limit, limits.smallest.source)


def sent_bytes(stack: Stack) -> int:
    """The largest file that would be sent: uncompressed pixels and the header of a de-identified copy."""
    formats = {(i.pixels, i.pixels.bits_allocated if i.form is FileForm.DICOM else 16) for i in stack.instances}
    return max(f.rows * f.columns * f.samples * bits // 8 for f, bits in formats) + HEADER_BYTES


def _file_size(stack: Stack, limits: Limits) -> Iterator[Reason]:
    if limits.file_bytes is not None and sent_bytes(stack) > limits.file_bytes.value:
        measured, limit = sent_bytes(stack) / 2**20, limits.file_bytes.value / 2**20
        sentence = say("A slice takes {size:.2f} MB; at most {limit:g} MB are allowed.", size=measured, limit=limit)
        yield Reason("file-too-large", sentence, sent_bytes(stack), limits.file_bytes.value, limits.file_bytes.source)


def _step(stack: Stack, limits: Limits) -> Iterator[Reason]:
    if limits.step_mm is None or stack.geometry is None:
        return
    low, high = limits.step_mm.value
    step = stack.geometry.step
    if not low - 1e-3 <= step <= high + 1e-3:
        sentence = say(
            "The slices are {step:.2f} mm apart; {low:g} to {high:g} mm are needed.", step=step, low=low, high=high
        )
        yield Reason("spacing", sentence, round(step, 3), f"{low:g}–{high:g}", limits.step_mm.source)


# Facts that no volume may have: an index would not mean one place, or the picture is none of the patient's anatomy.
_NOT_WHOLE: Final = (
    FactCode.GAP,
    FactCode.DUPLICATE_DIFFERS,
    FactCode.UNEVEN_SPACING,
    FactCode.SHIFTED,
    FactCode.TILT,
    FactCode.NO_POSITION,
    FactCode.LOCALIZER,
    FactCode.SECONDARY,
    FactCode.BURNT_IN,
    FactCode.LABELS,
    FactCode.NOT_RESCALED,
)


def _whole(stack: Stack, limits: Limits) -> Iterator[Reason]:
    if not limits.whole:
        return
    for code in _NOT_WHOLE:
        fact = stack.fact(code)
        if fact is not None:
            measured = fact.measured if fact.measured is not None else code.value
            yield Reason(code.value, fact.sentence, measured, "0", LimitSource.OURS)
    if (
        stack.geometry is None
        and stack.fact(FactCode.NO_POSITION) is None
        and stack.fact(FactCode.DUPLICATE_DIFFERS) is None
    ):
        yield _ours("no-geometry", say("The slices have no common place in the patient."))


def _pixels(stack: Stack, limits: Limits) -> Iterator[Reason]:
    if any(instance.pixels.coloured for instance in stack.instances):
        yield _ours("color", say("The pictures are in color; gray slices are needed."))


def _ours(code: str, sentence: Words) -> Reason:
    return Reason(code, sentence, code, "0", LimitSource.OURS)


Rule = Callable[[Stack, Limits], Iterator[Reason]]
_RULES: Final[tuple[Rule, ...]] = (_modality, _plane, _part, _slices, _matrix, _file_size, _step, _whole, _pixels)
