"""Cards stand in the order that a reader wants them, and are found by what they are called."""

from __future__ import annotations

from workstation.catalogue.limits import LimitSource
from workstation.catalogue.reason import Reason
from workstation.domain.words import say
from workstation.workspace.card_groups import grouped
from workstation.workspace.cards import CardView

PLANE = Reason("plane", say("The slices are sagittal; axial is needed."), "sagittal", "axial", LimitSource.OURS)


def card(
    name: str,
    *,
    fits: bool = False,
    repair: bool = False,
    better: str = "",
    reasons: tuple[Reason, ...] = (),
    family: str = "ct",
    medical: bool = True,
) -> CardView:
    return CardView(
        operation=name, title=say("{text}", text=name), fits=fits, chip=say("fits"), connection="local",
        cost=say("free"), needs_repair=repair, better_series=better, reasons=reasons, family=family,
        medical=medical,
    )  # fmt: skip


CARDS = (
    card("spine", reasons=(PLANE,), family="mr"),
    card("covid", fits=True, better="1.2#0"),
    card("knee", reasons=(PLANE,), family="x-ray"),
    card("ribs", reasons=(PLANE,)),
    card("vessels", repair=True),
    card("nodules", fits=True),
    card("calcium"),
)


def names(looked_for: str = "") -> dict[str, list[str]]:
    return {group.name: [one.operation for one in group.cards] for group in grouped(CARDS, looked_for)}


def test_what_fits_comes_first_and_what_does_not_is_folded_by_family() -> None:
    assert names() == {
        "fits": ["nodules", "vessels"],
        "better": ["covid"],
        "missing": ["calcium"],
        "unfit": ["ribs", "spine", "knee"],
    }
    assert [group.name for group in grouped(CARDS) if group.folded] == ["missing", "unfit"]


def test_what_is_not_medical_stands_by_itself_below_what_is() -> None:
    fitting = (
        card("colours", fits=True, family="photo", medical=False),
        card("skin", fits=True, family="photo"),
        card("elements", repair=True, family="photo", medical=False),
    )
    groups = grouped(fitting)

    assert [(group.name, [one.operation for one in group.cards]) for group in groups] == [
        ("fits", ["skin"]),
        ("not-medical", ["colours", "elements"]),
    ]
    assert str(groups[1].head) == "Photographs, not medical"


def test_the_head_of_a_folded_group_counts() -> None:
    assert [str(group.head) for group in grouped(CARDS) if group.folded] == [
        "1 fits, but is not on offer here",
        "3 do not fit this series",
    ]


def test_what_is_looked_for_is_found_in_folded_groups_too() -> None:
    (group,) = grouped(CARDS, "SPI")

    assert ([one.operation for one in group.cards], group.folded) == (["spine"], False)
    assert grouped(CARDS, "nothing of this name") == ()


def test_a_family_is_found_in_either_language() -> None:
    assert names("磁共振") == {"unfit": ["spine"]}
    assert names("x-ray") == {"unfit": ["knee"]}
