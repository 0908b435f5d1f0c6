"""Every failing rule at once, with the measured value and the limit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.stacks import chest_ct
from workstation.catalogue import OPERATIONS
from workstation.catalogue.check import best, check, check_all, fits, recommend
from workstation.catalogue.chest import LUNG_NODULE
from workstation.catalogue.limits import LimitSource
from workstation.catalogue.operation import Operation
from workstation.domain.series import FactCode, FileForm, Patient, PixelFormat, StackFact
from workstation.domain.words import say


def sentences(stack_reasons: tuple[object, ...]) -> list[str]:
    return [str(reason.sentence) for reason in stack_reasons]  # type: ignore[attr-defined]


def test_an_ordinary_chest_ct_fits_without_a_repair() -> None:
    eligibility = check(chest_ct(), LUNG_NODULE)

    assert eligibility.fits
    assert eligibility.repairs == ()


def test_a_short_series_is_refused_with_the_counted_slices() -> None:
    eligibility = check(chest_ct(slices=19), LUNG_NODULE)

    assert sentences(eligibility.reasons) == ["19 slices; at least 20 are needed."]
    assert eligibility.reasons[0].source is LimitSource.DOCUMENTED


@pytest.mark.parametrize(("slices", "fits"), [(20, True), (600, True), (601, False)])
def test_the_documented_count_is_inclusive(slices: int, fits: bool) -> None:
    assert check(chest_ct(slices=slices), LUNG_NODULE).fits is fits


def test_every_failing_rule_is_given_at_once() -> None:
    stack = chest_ct(slices=10, modality="MR", rows=1024, columns=1024, row=(0, 1, 0), column=(0, 0, -1))

    eligibility = check(stack, LUNG_NODULE)

    assert [reason.code for reason in eligibility.reasons] == [
        "modality",
        "plane",
        "too-few-slices",
        "matrix-too-large",
        "file-too-large",
    ]


def test_a_file_is_measured_as_it_would_be_sent() -> None:
    wide = PixelFormat(rows=512, columns=512, bits_allocated=32, bits_stored=32, high_bit=31)

    assert [reason.code for reason in check(chest_ct(pixels=wide), LUNG_NODULE).reasons] == ["file-too-large"]


@pytest.mark.parametrize(
    "code", [FactCode.GAP, FactCode.UNEVEN_SPACING, FactCode.TILT, FactCode.BURNT_IN, FactCode.NOT_RESCALED]
)
def test_a_series_that_is_no_whole_volume_is_refused_by_us(code: FactCode) -> None:
    stack = chest_ct(facts=(StackFact(code, say("Odd."), 1.0),))

    reasons = check(stack, LUNG_NODULE).reasons

    assert [(reason.code, reason.source) for reason in reasons] == [(code.value, LimitSource.OURS)]


def test_an_oblique_series_that_is_still_axial_fits() -> None:
    assert check(chest_ct(facts=(StackFact(FactCode.OBLIQUE, say("Odd."), 11.0),)), LUNG_NODULE).fits


def test_a_better_series_of_the_same_study_is_proposed() -> None:
    thick, thin = chest_ct(60, step=5.0, name="1.2.3#0"), chest_ct(300, step=1.0, name="1.2.4#0")
    stranger = chest_ct(300, step=1.0, name="1.2.5#0", study="9.9")
    found = check(thick, LUNG_NODULE, [thick, thin])

    assert found.better == "1.2.4#0"
    assert [(why.code, str(why.sentence)) for why in found.better_reason] == [("thin-slices", "1 mm")]
    assert check(thin, LUNG_NODULE, [thick, thin]).better is None
    assert check(thick, LUNG_NODULE, [thick, stranger]).better is None


def test_series_of_nobody_and_no_study_have_nothing_to_do_with_one_another() -> None:
    nobody = [
        replace(chest_ct(count, name=name, study=""), patient=Patient()) for count, name in ((19, "a#0"), (99, "b#0"))
    ]

    assert check(nobody[0], LUNG_NODULE, nobody).better is None
    assert len(recommend([nobody[1], replace(nobody[1], id="c#0")], LUNG_NODULE)) == 2


def test_all_series_at_once_are_told_what_each_is_told_alone() -> None:
    stacks = [
        chest_ct(60, step=5.0, name="a#0"), chest_ct(300, name="b#0"), chest_ct(300, name="c#0"),
        chest_ct(19, name="d#0"), chest_ct(40, step=5.0, name="e#0", study="9.9"), chest_ct(5, name="f#0", study="8.8"),
    ]  # fmt: skip

    assert check_all(stacks, LUNG_NODULE) == tuple(check(stack, LUNG_NODULE, stacks) for stack in stacks)
    assert [found.better for found in check_all(stacks, LUNG_NODULE)] == ["b#0", None, None, "b#0", None, None]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
def test_whether_a_series_fits_is_the_same_with_and_without_the_reasons(operation: Operation) -> None:
    usual = chest_ct()
    gap = StackFact(FactCode.GAP, say("A slice is missing."))
    photo = replace(usual, instances=tuple(replace(one, form=FileForm.PICTURE) for one in usual.instances[:1]))
    stacks = [usual, chest_ct(19), chest_ct(601), replace(usual, facts=(gap,)), replace(usual, modality="MR"), photo]

    assert [fits(stack, operation) for stack in stacks] == [check(stack, operation).fits for stack in stacks]


def test_a_series_that_hardly_gains_is_not_proposed() -> None:
    short, long = chest_ct(299, name="1.2.3#0"), chest_ct(300, name="1.2.4#0")

    assert check(short, LUNG_NODULE, [short, long]).better is None
    assert best([short, long], LUNG_NODULE) == (long,)


def test_a_series_that_qualifies_is_proposed_to_one_that_does_not() -> None:
    short, whole = chest_ct(19, name="1.2.3#0"), chest_ct(name="1.2.4#0", kernel="B30f")

    assert check(short, LUNG_NODULE, [short, whole]).better_reason[0].code == "qualifies"


def test_each_study_has_its_own_recommendation() -> None:
    soft, sharp = chest_ct(300, kernel="B30f"), chest_ct(300, kernel="B70f", name="1.2.4#0")
    other = chest_ct(300, name="1.2.5#0", study="9.9")
    found = recommend([soft, sharp, other, chest_ct(5, study="8.8")], LUNG_NODULE)

    assert [(one.study_uid, one.stacks) for one in found] == [("1.2.1", (sharp,)), ("9.9", (other,))]
    assert [str(why.sentence) for why in found[0].reasons][:3] == ["300 mm covered", "1 mm", "sharp kernel (B70f)"]


def test_a_sharp_kernel_wins_and_equals_tie() -> None:
    sharp, soft = chest_ct(kernel="B70f", name="1.2.3#0"), chest_ct(kernel="B30f", name="1.2.4#0")

    assert best([soft, sharp], LUNG_NODULE) == (sharp,)
    assert len(best([sharp, chest_ct(kernel="B70f", name="1.2.4#0")], LUNG_NODULE)) == 2
