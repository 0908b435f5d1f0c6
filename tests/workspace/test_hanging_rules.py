"""Hanging rules: usual layouts by kind of picture, a person's own before them, in their order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.workspace.sitting import scan, stack
from workstation.domain.hanging_rule import HangingRule
from workstation.domain.series import FileForm, Stack
from workstation.imaging.pixels.voi import to_gray
from workstation.workspace import hanging, hanging_rules
from workstation.workspace.layouts import Layout
from workstation.workspace.opening import add_scan, begin_scan, choose_stack
from workstation.workspace.state import Workspace

LUNG = replace(stack("1.2.3#0", number=2), body_part="Chest")
SOFT = replace(stack("1.2.4#0", number=3, slices=20, description="Mediastinum 3.0"), body_part="CHEST")
BONE = replace(stack("1.2.5#0", number=4, slices=20, description="Bone"), body_part="CHEST")


def _opened(*stacks: Stack, before: Workspace | None = None) -> Workspace:
    return add_scan(begin_scan(before or Workspace())[0], scan(*stacks))[0]


def _hung(state: Workspace) -> tuple[str, ...]:
    return tuple(cell.stack_id for cell in state.hanging.cells)


@pytest.mark.parametrize(
    ("modality", "pictures", "layout"),
    [
        ("CT", 1, Layout.ONE),
        ("MG", 4, Layout.FOUR),
        ("DX", 2, Layout.TWO),
        ("DX", 1, Layout.ONE),
        ("DX", 3, Layout.ONE),
        ("XC", 1, Layout.PHOTO),
    ],
)
def test_each_kind_of_picture_hangs_as_readers_expect(modality: str, pictures: int, layout: Layout) -> None:
    found = [replace(stack(f"1.{k}#0", number=k, slices=1), modality=modality) for k in range(pictures)]

    assert _opened(*found).hanging.layout is layout


def _breast(number: int, side: str, view: str, sop_class: str = "1.2.840.10008.5.1.4.1.1.1.2") -> Stack:
    one = stack(f"1.{number}#0", number=number, slices=1)
    taken = replace(one.instances[0], sop_class_uid=sop_class)
    return replace(
        one, modality="MG", laterality=side, view_position=view, geometry=None, instances=(taken,), description=view
    )


def test_mammograms_hang_back_to_back_in_whatever_order_they_come() -> None:
    found = [_breast(1, "L", "MLO"), _breast(2, "R", "MLO"), _breast(3, "L", "CC"), _breast(4, "R", "CC")]
    state = _opened(*found)

    assert state.hanging.layout is Layout.FOUR
    assert _hung(state) == ("1.4#0", "1.3#0", "1.2#0", "1.1#0")
    assert state.chosen == "1.1#0"


def test_a_mammogram_made_for_a_computer_hangs_behind_the_one_made_for_the_eye() -> None:
    raw = "1.2.840.10008.5.1.4.1.1.1.2.1"
    found = [_breast(1, "R", "CC", raw), _breast(2, "R", "CC"), _breast(3, "L", "CC", raw), _breast(4, "L", "CC")]
    state = _opened(*found)

    assert _hung(state) == ("1.2#0", "1.4#0", "", "")
    assert state.chosen == "1.2#0"


def test_two_radiographs_hang_side_by_side_the_one_from_the_front_first() -> None:
    two = [replace(_breast(k, "", view), modality="DX") for k, view in ((1, "LL"), (2, "PA"))]
    state = _opened(*two)

    assert _hung(state) == ("1.2#0", "1.1#0")


def test_a_layout_made_by_hand_is_filled_with_the_next_patient_s_series_only() -> None:
    four = hanging.lay_out(_opened(LUNG, SOFT), Layout.FOUR)[0]
    new = [
        replace(stack(f"9.{k}#0", study="9", patient="B", patient_id="2", number=k, slices=9 - k), body_part="HEAD")
        for k in range(2)
    ]
    state = _opened(*new, before=four)

    assert set(_hung(state)) == {"9.0#0", "9.1#0", ""}


def test_a_layout_that_was_there_before_any_study_is_filled() -> None:
    empty = hanging.lay_out(Workspace(), Layout.FOUR)[0]

    assert _hung(_opened(LUNG, SOFT, BONE, before=empty)) == (LUNG.id, SOFT.id, BONE.id, "")


def test_series_of_the_same_patient_that_hang_stay_where_they_are() -> None:
    two = choose_stack(hanging.activate(hanging.lay_out(_opened(LUNG, SOFT), Layout.TWO)[0], 1)[0], SOFT.id)[0]
    later = replace(BONE, study=replace(BONE.study, uid="5", date="20260401"))

    assert _hung(_opened(later, before=two)) == (LUNG.id, BONE.id)


def test_a_kept_layout_comes_back_for_series_of_its_kind_in_its_order() -> None:
    first = hanging.lay_out(_opened(LUNG, SOFT, BONE), Layout.TWO)[0]
    first = choose_stack(hanging.activate(first, 1)[0], BONE.id)[0]
    first = hanging.activate(first, 0)[0]
    kept, rule = hanging_rules.keep_rule(first, (-500.0, 1400.0), None)

    again = _opened(SOFT, BONE, LUNG, before=Workspace(rules=kept.rules))

    assert rule is not None
    assert rule.window == (-500.0, 1400.0)
    assert again.hanging.layout is Layout.TWO
    assert _hung(again) == (LUNG.id, BONE.id)


def test_a_rule_speaks_of_its_own_kind_only() -> None:
    kept, _ = hanging_rules.keep_rule(hanging.lay_out(_opened(LUNG), Layout.MPR)[0], None, None)
    head = replace(LUNG, body_part="HEAD")

    assert _opened(head, before=Workspace(rules=kept.rules)).hanging.layout is Layout.ONE
    assert _opened(LUNG, before=Workspace(rules=kept.rules)).hanging.layout is Layout.MPR


def test_the_newest_rule_of_a_kind_replaces_the_one_before_and_can_be_forgotten() -> None:
    state, _ = hanging_rules.keep_rule(_opened(LUNG), None, None)
    state, rule = hanging_rules.keep_rule(hanging.lay_out(state, Layout.MPR)[0], None, 2.0)

    assert state.rules == (rule,)
    assert hanging_rules.forget_rule(state).rules == ()


def test_a_layout_made_by_hand_stays_for_the_next_study() -> None:
    four = hanging.lay_out(_opened(LUNG, SOFT), Layout.FOUR)[0]
    other = replace(stack("9.1#0", study="9", patient_id="2"), body_part="HEAD")

    assert _opened(other, before=four).hanging.layout is Layout.FOUR


def test_a_series_that_a_rule_names_and_is_not_there_leaves_its_cell_empty() -> None:
    two = hanging.lay_out(_opened(LUNG, SOFT), Layout.TWO)[0]
    kept, _ = hanging_rules.keep_rule(two, None, None)

    assert _hung(_opened(LUNG, BONE, before=Workspace(rules=kept.rules))) == (LUNG.id, "")


def _compared(*stacks: Stack) -> Workspace:
    """Kept as the person's rule."""
    return hanging_rules.keep_rule(hanging.lay_out(_opened(*stacks), Layout.COMPARE)[0], None, None)[0]


def test_compare_of_two_studies_is_kept_as_such_and_finds_the_earlier_one_again() -> None:
    earlier = replace(LUNG, id="7.1#0", study=replace(LUNG.study, uid="7", date="20250301"))
    kept = _compared(LUNG, earlier)
    as_kept_before = replace(kept, rules=(replace(kept.rules[0], series=(LUNG.description,) * 2),))
    other = replace(LUNG.patient, id="2")
    now, before = (
        replace(one, patient=other, id=f"9{one.id}", study=replace(one.study, uid=f"9{one.study.uid}"))
        for one in (LUNG, earlier)
    )

    assert kept.rules[0].series == ()
    for rules in (kept.rules, as_kept_before.rules):
        again = _opened(LUNG, earlier, before=Workspace(rules=rules))
        assert (again.hanging.layout, _hung(again)) == (Layout.COMPARE, (LUNG.id, earlier.id))
        assert _hung(_opened(now, before, before=again)) == (now.id, before.id)
        assert _hung(_opened(now, before=again)) == (now.id, "")


def test_compare_within_one_study_is_kept_with_its_series() -> None:
    kept = _compared(LUNG, BONE)

    assert kept.rules[0].series == (LUNG.description, BONE.description)
    assert _hung(_opened(SOFT, BONE, LUNG, before=Workspace(rules=kept.rules))) == (LUNG.id, BONE.id)
    assert _hung(_opened(LUNG, SOFT, before=Workspace(rules=kept.rules))) == (LUNG.id, SOFT.id)


def test_a_picture_file_hangs_as_a_photograph_whatever_it_shows() -> None:
    one = stack(slices=1)
    file = replace(one, modality="", instances=(replace(one.instances[0], form=FileForm.PICTURE),), geometry=None)

    assert _opened(file).hanging.layout is Layout.PHOTO


@pytest.mark.parametrize("window", [(0.0, 0.0), (0.0, -5.0), (0.0, float("inf")), (float("nan"), 400.0), None])
def test_a_window_that_shows_nothing_is_not_taken_from_a_rule(window: tuple[float, float] | None) -> None:
    assert hanging_rules.own_window(HangingRule(window=window)) is None


def test_a_narrow_window_of_a_rule_is_one_that_can_be_shown() -> None:
    window = hanging_rules.own_window(HangingRule(window=(0.5, 0.4)))

    assert window is not None
    assert to_gray(np.array([0.3, 0.5, 0.7]), window).tolist() == [0, 128, 255]
