"""What files show over a series: by default, as the reader wants it, and never what is contradicted."""

from __future__ import annotations

from dataclasses import replace

from tests.workspace.sitting import stack
from workstation.domain.answer import Placement, PlacementState
from workstation.domain.finding import Basis, Finding
from workstation.domain.overlaid import Overlaid, Presentation
from workstation.domain.shapes import Point
from workstation.domain.words import Language, render, say
from workstation.workspace.layouts import Cell, Hanging
from workstation.workspace.overlaid import (
    author_of,
    look_of,
    painted_over,
    set_opacity,
    set_outline,
    show_as_author,
    show_file,
    show_part,
    shown_words,
    take_overlaid,
)
from workstation.workspace.state import Changed, Workspace

LUNG = stack("1.2.3#0")
SOFT = stack("1.2.4#0")


def overlaid(
    name: str = "seg", kind: str = "seg", placement: PlacementState = PlacementState.PROVEN, shapes: bool = True
) -> Overlaid:
    finding = Finding(
        id=f"{name}/1",
        code="segment",
        label=say("Liver"),
        shapes=(Point(at=(1.0, 2.0, 3.0)),) if shapes else (),
        measurements=(),
        confidence=None,
        basis=Basis.VENDOR,
    )
    return Overlaid(
        id=name, kind=kind, title=say("Liver"), placement=Placement(placement, say("It is so.")), findings=(finding,)
    )


def opened(*objects: Overlaid) -> Workspace:
    state = Workspace(stacks=(LUNG, SOFT), hanging=Hanging(cells=(Cell(stack_id=LUNG.id),)))
    return take_overlaid(state, LUNG.id, objects)[0]


def test_what_is_proven_or_assumed_is_painted_over_its_own_series_alone() -> None:
    state = opened(overlaid("a"), overlaid("b", placement=PlacementState.ASSUMED))

    assert [one.id for one, _ in painted_over(state, LUNG.id)] == ["a", "b"]
    assert painted_over(state, SOFT.id) == ()


def test_what_is_contradicted_is_never_painted() -> None:
    state = opened(overlaid("a", placement=PlacementState.CONTRADICTED))

    asked, changed = show_file(state, "a", True)

    assert changed is Changed.NOTHING
    assert painted_over(asked, LUNG.id) == ()


def test_presentation_states_wait_to_be_asked_for() -> None:
    state = opened(overlaid("pr", kind="presentation-state"))
    assert painted_over(state, LUNG.id) == ()

    asked, changed = show_file(state, "pr", True)

    assert changed is Changed.OVERLAID
    assert len(painted_over(asked, LUNG.id)) == 1


def test_one_key_hides_all_of_them() -> None:
    state = opened(overlaid("a"))

    assert painted_over(replace(state, overlays=False), LUNG.id) == ()


def test_how_it_is_painted_stays_when_the_file_is_read_again() -> None:
    state = opened(overlaid("a"))
    state, _ = set_opacity(state, "a", 0.9)
    state, _ = set_outline(state, "a", True)
    state, _ = show_part(state, "a", "a/1", False)

    again, _ = take_overlaid(state, LUNG.id, (overlaid("a"),))

    look = look_of(again, LUNG.id, again.overlaid[LUNG.id][0])
    assert (look.opacity, look.outline, look.hidden) == (0.9, True, frozenset({"a/1"}))


def test_an_opacity_stays_between_nothing_and_all() -> None:
    state, _ = set_opacity(opened(overlaid("a")), "a", 7.0)

    assert look_of(state, LUNG.id, state.overlaid[LUNG.id][0]).opacity == 1.0


def test_nothing_changes_for_an_object_that_is_not_there() -> None:
    state = opened(overlaid("a"))

    assert show_file(state, "b", False) == (state, Changed.NOTHING)
    assert take_overlaid(state, "9.9#0", (overlaid("b"),)) == (state, Changed.NOTHING)


def said(state: Workspace) -> list[str]:
    return [render(words, Language.ENGLISH) for words in shown_words(state, LUNG.id)]


def test_what_is_shown_is_told_by_kind_name_and_place_for_a_report() -> None:
    two = overlaid("b", placement=PlacementState.ASSUMED)
    two = replace(two, findings=(*two.findings, replace(two.findings[0], id="b/2")))
    state = opened(overlaid("a"), two, overlaid("c", placement=PlacementState.CONTRADICTED), overlaid("d"))
    state, _ = show_part(state, "b", "b/2", False)
    state, _ = show_file(state, "d", False)

    assert said(state) == [
        "Segmentation “Liver”, placement proven",
        "Segmentation “Liver”, 1 of 2 parts, placement assumed, not proven",
    ]
    assert said(replace(state, overlays=False)) == []


def test_one_author_at_a_time_has_his_way_and_the_report_says_so() -> None:
    wanted = (Presentation(slices=(0,), turned=90),)
    one, two = (replace(overlaid(name, kind="presentation-state"), presentations=wanted) for name in ("a", "b"))
    state = opened(one, two, overlaid("c"))

    state, changed = show_as_author(state, "a", True)
    state, _ = show_as_author(state, "b", True)

    assert changed is Changed.OVERLAID
    assert [one.id for one, _ in painted_over(state, LUNG.id)] == ["b", "c"]
    assert author_of(state, LUNG.id) is two
    assert said(state)[-1] == "picture as “Liver” asks"
    assert show_as_author(state, "c", True) == (state, Changed.NOTHING)
    state, _ = show_as_author(state, "b", False)
    assert author_of(state, LUNG.id) is None
    assert [one.id for one, _ in painted_over(state, LUNG.id)] == ["c"]
