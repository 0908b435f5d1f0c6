"""The one list of a study's findings: what is in it, what the filters leave, and its order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workspace.sitting import NOON, result, scan, stack
from workstation.domain.decision import DecisionState
from workstation.domain.finding import Basis, Measurement
from workstation.domain.words import Language, say
from workstation.workspace.decisions import accept, comment, reject
from workstation.workspace.finding_list import entries, listed, show_all, sift, take_slices
from workstation.workspace.findings import add_result, next_finding, set_threshold
from workstation.workspace.opening import add_scan, choose_stack
from workstation.workspace.sifting import Sifting, Sort
from workstation.workspace.state import Workspace

LUNG, SOFT = stack("1.2.3#0"), stack("1.2.4#0", number=3, description="Mediastinum 3.0")
OTHER = stack("5.5.5#0", study="5.5")


def reading() -> Workspace:
    """Two series of one study with results, and one of another study."""
    state, _ = add_scan(Workspace(), scan(LUNG, SOFT, OTHER))
    for stack_id, study, job in ((LUNG.id, "1.2", "job1"), (SOFT.id, "1.2", "job2"), (OTHER.id, "5.5", "job3")):
        state, _ = add_result(state, result(stack_id, study=study, job=job), {})
    return choose_stack(state, LUNG.id)[0]


def ids(state: Workspace, **sifting: object) -> list[str]:
    sifted, _ = sift(state, replace(Sifting(), **sifting))  # type: ignore[arg-type]
    return [one.finding.id for one in listed(sifted)]


def test_it_holds_every_result_of_every_series_of_the_study_and_of_no_other() -> None:
    state, _ = add_result(reading(), result(LUNG.id, job="job4", confidences=(0.5,)), {})

    assert [one.finding.id for one in entries(state)] == [
        *("job1/1", "job1/2", "job1/3"),
        "job4/1",
        *("job2/1", "job2/2", "job2/3"),
    ]
    assert [one.stack.id for one in entries(state)][-1] == SOFT.id


def test_it_is_sorted_as_asked() -> None:
    state, _ = reject(reading(), "job1/1", NOON)
    state, _ = accept(state, "job1/2", NOON)
    state, _ = take_slices(state, {"job1/1": (20, 22), "job1/2": (3, 5), "job1/3": (9, 9), "job2/1": (1, 1)})

    assert ids(state, sort=Sort.PLACE)[:3] == ["job2/1", "job1/2", "job1/3"]
    assert ids(state, sort=Sort.CONFIDENCE) == ["job1/1", "job2/1", "job1/2", "job2/2", "job1/3", "job2/3"]
    assert ids(state, sort=Sort.DECISION) == ["job1/3", "job2/1", "job2/2", "job2/3", "job1/2", "job1/1"]


def test_sizes_are_compared_in_millimetres_whatever_was_measured() -> None:
    made = result(LUNG.id, confidences=(None, None, None))
    sizes = (("volume", 4.2, "mL"), ("diameter", 18.0, "mm"), ("length", 25.0, "mm"))  # 4.2 mL: a ball of 20 mm
    findings = tuple(
        replace(one, measurements=(Measurement(name=n, label=say("x"), value=v, unit=u, basis=Basis.VENDOR),))
        for one, (n, v, u) in zip(made.findings, sizes, strict=True)
    )
    state, _ = add_scan(Workspace(), scan(LUNG))
    state, _ = add_result(choose_stack(state, LUNG.id)[0], replace(made, findings=findings), {})

    assert ids(state, sort=Sort.SIZE) == ["job1/3", "job1/1", "job1/2"]


@pytest.mark.parametrize(
    ("sifting", "left"),
    [
        ({"kind": "fracture"}, []),
        ({"decision": DecisionState.REJECTED}, ["job1/1"]),
        ({"slices": (4, 8)}, ["job1/2"]),
        ({"slices": (5, 5)}, ["job1/2"]),
        ({"slices": (6, 8)}, []),
        ({"text": "mediastinum nodule"}, ["job2/1", "job2/2", "job2/3"]),
        ({"text": " Vessel "}, ["job1/3"]),
        ({"text": "nothing of that kind"}, []),
    ],
)
def test_filters_leave_what_fits(sifting: dict[str, object], left: list[str]) -> None:
    state, _ = reject(reading(), "job1/1", NOON)
    state, _ = comment(state, "job1/3", "a vessel", NOON)
    state, _ = take_slices(state, {"job1/2": (3, 5)})

    assert ids(state, **sifting) == left


def test_words_are_looked_for_in_the_language_of_the_reader() -> None:
    state, _ = sift(reading(), Sifting(text="结节"))

    assert len(listed(state, Language.CHINESE)) == 6
    assert listed(state, Language.ENGLISH) == ()


def test_the_confidence_filter_counts_too_and_one_step_shows_all_again() -> None:
    state, _ = sift(reading(), Sifting(sort=Sort.SIZE, text="lung"))
    state, _ = set_threshold(state, 0.6)
    every, _ = show_all(state)

    assert len(listed(state)) == 4  # "Lung nodules" is the operation of both series
    assert len(listed(every)) == len(entries(every)) == 6
    assert every.sifting == Sifting(sort=Sort.SIZE)


def test_next_goes_through_what_is_listed_in_its_order() -> None:
    state, _ = sift(reading(), Sifting(sort=Sort.CONFIDENCE))
    first, _ = next_finding(state, 1)
    second, _ = next_finding(first, 1)
    third, _ = next_finding(second, 1)

    assert [first.selected, second.selected, third.selected] == ["job1/1", "job2/1", "job1/2"]


def test_only_what_was_decided_on_is_made_anew() -> None:
    state = reading()
    before = entries(state)
    decided, _ = accept(state, before[1].finding.id, NOON)
    after = entries(decided)

    assert [a is b for a, b in zip(before, after, strict=True)] == [n != 1 for n in range(len(before))]
    assert after[1].decision.state is DecisionState.ACCEPTED
    assert [one.decision for one in entries(state)] == [one.decision for one in before]
