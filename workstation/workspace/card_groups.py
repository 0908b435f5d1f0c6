"""The cards beside a series in the order that a reader wants them: what fits first, what can't be done folded away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from workstation.domain.words import NOTHING, Language, Words, render, say, say_count
from workstation.workspace.cards import CardView

FAMILIES: Final[Mapping[str, Words]] = {
    "ct": say("CT"),
    "mr": say("MR"),
    "x-ray": say("X-ray"),
    "photo": say("Photograph"),
    "text": say("Text"),
}


@dataclass(frozen=True, slots=True)
class CardGroup:
    """`folded`: only its head is shown until it is asked for. `head` NOTHING: the cards alone."""

    name: str
    head: Words
    cards: tuple[CardView, ...]
    folded: bool = False


def grouped(cards: Sequence[CardView], looked_for: str = "") -> tuple[CardGroup, ...]:
    """What fits as it is, then after repair; what another series suits better; what is not on offer; what does not fit.

    Operations that are not medical stand by themselves, below those that are.
    looked_for  only cards with all of these words in their title, in either language; then nothing is folded
    """
    words = looked_for.casefold().split()
    found = [card for card in cards if all(word in _searchable(card) for word in words)]
    fits = [card for card in found if card.fits and not card.better_series]
    repair = [card for card in found if card.needs_repair and not card.better_series]
    better = [card for card in found if card.better_series]
    pictures = [card for card in (*fits, *repair) if not card.medical]
    rest = [card for card in found if card not in fits and card not in repair and card not in better]
    missing = [card for card in rest if not card.reasons]
    unfit = [card for card in rest if card.reasons]
    groups = (
        CardGroup("fits", NOTHING, tuple(card for card in (*fits, *repair) if card.medical)),
        CardGroup("not-medical", say("Photographs, not medical"), tuple(pictures)),
        CardGroup("better", say("Another series suits better"), tuple(better)),
        CardGroup(
            "missing",
            say_count("{count} fits, but is not on offer here", "{count} fit, but are not on offer here", len(missing)),
            tuple(missing),
            folded=not words,
        ),
        CardGroup(
            "unfit",
            say_count("{count} does not fit this series", "{count} do not fit this series", len(unfit)),
            tuple(sorted(unfit, key=_family)),
            folded=not words,
        ),
    )
    return tuple(group for group in groups if group.cards)


def _family(card: CardView) -> int:
    names = list(FAMILIES)
    return names.index(card.family) if card.family in names else len(names)


def _searchable(card: CardView) -> str:
    titles = (render(card.title, language) for language in Language)
    family = (render(FAMILIES.get(card.family, NOTHING), language) for language in Language)
    return " ".join((*titles, *family, card.operation)).casefold()
