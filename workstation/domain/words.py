"""Sentences as values: a message id with its facts, rendered in the reader's language as late as possible."""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from workstation.resources import resource

CATALOGUE: Final = "yingtai"


class Language(StrEnum):
    ENGLISH = "en"
    CHINESE = "zh"


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence: English message id, named facts, and for counted things the plural and the number."""

    message: str
    facts: tuple[tuple[str, Fact], ...] = ()
    plural: str = ""
    count: int = 0

    def __str__(self) -> str:
        return render(self, Language.ENGLISH)


Fact = str | int | float | Words
NOTHING: Final = Words("")


def say(message: str, **facts: Fact) -> Words:
    """A sentence; `{name}` in it is filled from the facts when it is rendered. Extracted for translation."""
    return Words(message, tuple(facts.items()))


def say_count(one: str, many: str, count: int, **facts: Fact) -> Words:
    """A sentence that depends on a number, which it may show as `{count}`. Extracted for translation."""
    return Words(one, (("count", count), *facts.items()), many, count)


@cache
def _translations(language: Language) -> gettext.NullTranslations:
    if language is Language.ENGLISH:
        return gettext.NullTranslations()
    return gettext.translation(CATALOGUE, resource("locale"), ["zh_CN"], fallback=True)


def render(words: Words, language: Language) -> str:
    """The sentence in one language; facts that are words themselves are rendered in the same language."""
    translations = _translations(language)
    if not words.message:
        return ""
    if words.plural:
        text = translations.ngettext(words.message, words.plural, words.count)
    else:
        text = translations.gettext(words.message)
    if not words.facts:
        return text
    facts = {name: render(fact, language) if isinstance(fact, Words) else fact for name, fact in words.facts}
    return text.format(**facts)


def join(parts: tuple[Words, ...] | list[Words], language: Language) -> str:
    """Several sentences one after the other, spaced as the language does."""
    return ("" if language is Language.CHINESE else " ").join(render(part, language) for part in parts)
