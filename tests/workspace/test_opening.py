"""What is open and chosen."""

from __future__ import annotations

from dataclasses import replace

from tests.workspace.sitting import localizer, result, scan, stack
from workstation.domain.error import ErrorCode
from workstation.domain.series import LeftOut
from workstation.domain.words import say
from workstation.workspace.findings import add_result
from workstation.workspace.opening import (
    add_found,
    add_scan,
    begin_scan,
    choose_stack,
    end_scan,
    next_stack,
    next_study,
)
from workstation.workspace.state import Changed, Workspace, in_order, matching, patients

LUNG = stack("1.2.3#0", number=2)
SOFT = stack("1.2.4#0", number=3, description="Mediastinum 3.0")
OTHER = stack("9.9.1#0", study="9.9", patient="TEST^TWO", patient_id="2", description="Head")


def opened() -> Workspace:
    state, _ = begin_scan(Workspace())
    return add_scan(state, scan(localizer(), LUNG, SOFT, OTHER))[0]


def test_the_first_real_series_found_is_shown_before_the_scan_ends() -> None:
    scanning, _ = begin_scan(Workspace())
    with_topogram, _ = add_found(scanning, (localizer(),))
    with_lung, changed = add_found(with_topogram, (LUNG,))

    assert with_topogram.chosen == ""
    assert with_lung.chosen == LUNG.id
    assert Changed.CHOSEN in changed


def test_a_series_that_the_reader_chose_is_not_taken_away_by_the_scan() -> None:
    scanning, _ = begin_scan(opened())
    chosen, _ = choose_stack(scanning, SOFT.id)
    after, changed = add_found(chosen, (stack("5.5#0", study="5"),))

    assert after.chosen == SOFT.id
    assert changed == Changed.STACKS


def test_a_folder_opened_later_is_shown() -> None:
    scanning, _ = begin_scan(opened())
    after, _ = add_scan(scanning, scan(stack("5.5#0", study="5")))

    assert after.chosen == "5.5#0"
    assert len(after.stacks) == 5


def test_a_lone_localizer_is_shown_when_the_scan_has_found_nothing_else() -> None:
    scanning, _ = begin_scan(Workspace())

    assert add_scan(scanning, scan(localizer()))[0].chosen == localizer().id


def test_opening_the_same_folder_twice_lists_its_series_once() -> None:
    again, _ = begin_scan(opened())

    assert len(add_scan(again, scan(LUNG, SOFT))[0].stacks) == 4


def test_a_failed_scan_keeps_what_it_found() -> None:
    scanning, _ = begin_scan(Workspace())
    found, _ = add_found(scanning, (LUNG,))
    ended, _ = end_scan(found)

    assert ended.stacks == (LUNG,)
    assert ended.scanning == 0


def test_every_left_out_file_is_kept_once() -> None:
    out = LeftOut("a.txt", ErrorCode.NOT_DICOM, say("This is not a DICOM file."))
    first, _ = add_scan(Workspace(), replace(scan(LUNG), left_out=(out,)))
    second, _ = add_scan(first, replace(scan(LUNG), left_out=(out,)))

    assert second.left_out == (out,)


def test_series_are_grouped_by_patient_and_study_and_numbered() -> None:
    groups = patients(opened().stacks)

    assert [group.patient.name for group in groups] == ["TEST^ONE", "TEST^TWO"]
    assert [s.id for s in groups[0].studies[0].stacks] == [localizer().id, LUNG.id, SOFT.id]


def test_many_stacks_of_one_series_follow_each_other_by_number() -> None:
    found = [stack(f"1.2.3#{k}", number=2) for k in (10, 2, 11, 0, 1)]

    assert [s.id for s in in_order(tuple(found))] == [f"1.2.3#{k}" for k in (0, 1, 2, 10, 11)]


def test_two_studies_without_name_and_id_are_two_people() -> None:
    one = stack("1#0", study="1", patient="", patient_id="")
    two = stack("2#0", study="2", patient="", patient_id="")

    assert len(patients((one, two))) == 2


def test_page_down_goes_to_the_next_series_and_stops_at_the_last() -> None:
    state = opened()
    order = [s.id for s in in_order(state.stacks)]
    at_last, _ = choose_stack(state, order[-1])

    assert next_stack(choose_stack(state, order[0])[0], 1)[0].chosen == order[1]
    assert next_stack(at_last, 1)[0].chosen == order[-1]


def test_the_next_study_starts_at_its_first_series() -> None:
    state, _ = choose_stack(opened(), SOFT.id)

    assert next_study(state, 1)[0].chosen == OTHER.id
    assert next_study(next_study(state, 1)[0], -1)[0].chosen == localizer().id


def test_search_needs_every_word() -> None:
    stacks = opened().stacks

    assert [s.id for s in matching(stacks, "one LUNG")] == [LUNG.id]
    assert matching(stacks, "one head") == ()


def test_results_go_when_the_series_turns_out_to_be_of_another_study() -> None:
    state, _ = add_result(opened(), result(LUNG.id), {})
    after, changed = add_found(state, (stack(LUNG.id, study="7"),))

    assert after.results[LUNG.id] == ()
    assert Changed.RESULTS in changed
