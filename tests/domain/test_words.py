"""Sentences: rendered late, in the reader's language; every error has one."""

from __future__ import annotations

import pickle
import string

import pytest

from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.sentences import SENTENCES, sentence
from workstation.domain.words import Language, join, render, say, say_count


def test_facts_are_filled_in_and_words_in_words_are_rendered_too() -> None:
    words = say("Not painted: {reason}", reason=say("the answer's grid has another size."))

    assert render(words, Language.ENGLISH) == "Not painted: the answer's grid has another size."


@pytest.mark.parametrize(("count", "text"), [(1, "1 copy"), (2, "2 copies"), (0, "0 copies")])
def test_counted_things_take_their_plural(count: int, text: str) -> None:
    assert render(say_count("{count} copy", "{count} copies", count), Language.ENGLISH) == text


def test_sentences_are_joined_as_the_language_does() -> None:
    parts = [say("Cancelled."), say("Nothing more was sent.")]

    assert join(parts, Language.ENGLISH) == "Cancelled. Nothing more was sent."
    assert " " not in join(parts, Language.CHINESE)


def test_every_code_has_its_sentence() -> None:
    assert set(SENTENCES) == set(ErrorCode)


def test_an_errors_facts_stand_in_its_sentence() -> None:
    row = sentence(WorkstationError(ErrorCode.TOO_EXPENSIVE, cost=2.4, limit=1.0))

    assert str(row.says) == "This call costs ¥2.40, more than the limit of ¥1.00."


def test_an_error_survives_the_way_from_another_process() -> None:
    error = pickle.loads(pickle.dumps(WorkstationError(ErrorCode.TRUNCATED, missing_bytes=7)))

    assert (error.code, error.facts) == (ErrorCode.TRUNCATED, {"missing_bytes": 7})
    assert pickle.loads(pickle.dumps(Cancelled())).code is ErrorCode.CANCELLED


def test_placeholders_are_names_so_that_translators_can_move_them() -> None:
    fields = [field for row in SENTENCES.values() for text in (row.says, row.remedy) for field in _fields(text.message)]

    assert fields
    assert all(field.isidentifier() for field in fields)


def _fields(message: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(message) if name is not None]
