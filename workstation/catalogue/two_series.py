"""Operations on two series of one patient, and which two go together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from workstation.catalogue import registration, showapi
from workstation.catalogue.check import Eligibility, check, study_key
from workstation.catalogue.chest import IMAGEPROCESS_KINDS, WITHDRAWN_2026
from workstation.catalogue.limits import Limits, LimitSource, documented
from workstation.catalogue.operation import FLOATING, Extra, InputKind, Operation, Prices, Service
from workstation.catalogue.parts import TRUNK
from workstation.catalogue.preferences import CHEST_REGISTRATION
from workstation.catalogue.reason import Reason
from workstation.domain.geometry import Plane
from workstation.domain.person_name import readable
from workstation.domain.series import Stack
from workstation.domain.words import Words, say

ALIYUN_REGISTRATION: Final = Service(
    source="imageprocess.RunCTRegistration",
    product="imageprocess",
    version="2020-03-20",
    action="RunCTRegistration",
    asynchronous=True,
    kinds=IMAGEPROCESS_KINDS,
    prices=Prices(stated=False),  # its page calls it paid; the price list has no entry
    lifecycle=WITHDRAWN_2026,
    arguments=registration.arguments,
    read=registration.parse,
    links=registration.LINKS,
    kept=(registration.ARCHIVE,),
)

CT_REGISTRATION: Final = Operation(
    name="ct-registration",
    title=say("Chest CT registration"),
    family="ct",
    input_kind=InputKind.PAIR,
    services=(ALIYUN_REGISTRATION, showapi.REGISTRATION),
    limits=Limits(
        modality=documented(("CT",)),
        plane=documented(Plane.AXIAL),
        part=TRUNK,
        slices=documented((8, 600)),
    ),
    prefers=CHEST_REGISTRATION,
    panel=registration.panel,
    window="lung",
    extra=Extra("SimpleITK", "registration"),
)

WHOSE_UNKNOWN: Final = say("The two series do not say that they are of the same patient.")
_CODE: Final = "other-series"


def second_role(operation: Operation) -> str:
    """The role of the series besides the one looked at; "" where there is only one."""
    return FLOATING if operation.input_kind is InputKind.PAIR else ""


def check_second(second: Stack, first: Stack, operation: Operation) -> Eligibility:
    """Whether `second` qualifies beside the series looked at: its own limits, and what they must have in common."""
    found = check(second, operation)
    beside = tuple(_beside(second, first))
    if not beside:
        return found
    return replace(found, reasons=(*beside, *found.reasons), repairable=False)


def _beside(second: Stack, first: Stack) -> Iterator[Reason]:
    if (second.id, study_key(second)) == (first.id, study_key(first)):
        yield _reason(say("It is the same series twice."), LimitSource.OURS)
    elif same_patient(first, second) is False:
        yield _reason(say("The other series is of another patient."), LimitSource.DOCUMENTED)


def check_pair(first: Stack, stacks: Sequence[Stack], operation: Operation) -> Eligibility:
    """Whether the series looked at qualifies, and whether there is another one to go with it."""
    found = check(first, operation, stacks)
    if not second_role(operation) or not (found.fits or found.repairable) or seconds(first, stacks, operation):
        return found
    if any(same_patient(first, other) is False for other in stacks):
        none = say("A second series of the same patient is needed; the others are of other patients or don't qualify.")
    else:
        none = say("A second series of the same patient is needed: open it, too.")
    return replace(found, reasons=(_reason(none, LimitSource.DOCUMENTED), *found.reasons), repairable=False)


def _reason(sentence: Words, source: LimitSource) -> Reason:
    return Reason(_CODE, sentence, _CODE, "0", source)


def same_patient(one: Stack, other: Stack) -> bool | None:
    """By number, else by study or name; birth dates must not differ. None: the files don't say."""
    a, b = one.patient, other.patient
    if a.birth_date and b.birth_date and a.birth_date != b.birth_date:
        return False
    if a.id and b.id:
        return a.id == b.id
    if one.study.uid and one.study.uid == other.study.uid:
        return True
    if a.name and b.name and readable(a.name).casefold() != readable(b.name).casefold():
        return False
    return None


def seconds(first: Stack, stacks: Sequence[Stack], operation: Operation) -> tuple[Stack, ...]:
    """What can be brought onto this series: other examinations first, then what suits best."""

    def rank(stack: Stack) -> tuple[bool, bool, float]:
        another = study_key(stack) != study_key(first)
        return (same_patient(first, stack) is None, not another, -operation.prefers.points(stack))

    return tuple(sorted((stack for stack in stacks if check_second(stack, first, operation).fits), key=rank))
