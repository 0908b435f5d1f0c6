"""Every sentence a person can read has its Chinese; none is stale; placeholders agree."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from workstation.domain.words import Language, Words, render, say

ROOT = Path(__file__).parent.parent
KEYWORDS = {"say": None, "say_count": (1, 2)}


@pytest.fixture(scope="module")
def extracted() -> set[str]:
    found = extract_from_dir(str(ROOT / "workstation"), method_map=[("**.py", "python")], keywords=KEYWORDS)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found} - {""}


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    with (ROOT / "resources" / "locale" / "zh_CN" / "LC_MESSAGES" / "yingtai.po").open("rb") as file:
        return read_po(file)


def texts(catalogue: Catalog) -> dict[str, str]:
    return {
        entry.id if isinstance(entry.id, str) else entry.id[0]: entry.string
        if isinstance(entry.string, str)
        else entry.string[0]
        for entry in catalogue
        if entry.id
    }


def test_no_sentence_is_without_its_chinese(extracted: set[str], chinese: Catalog) -> None:
    translated = {message for message, text in texts(chinese).items() if text.strip()}

    assert extracted - translated == set()
    assert len(extracted) > 400


def test_no_translation_is_stale_or_fuzzy(extracted: set[str], chinese: Catalog) -> None:
    assert set(texts(chinese)) - extracted == set()
    assert [entry.id for entry in chinese if entry.id and entry.fuzzy] == []


def test_placeholders_are_the_same_in_both_languages(chinese: Catalog) -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    wrong = [message for message, text in texts(chinese).items() if not fields(text) <= fields(message)]
    lost = [m for m, text in texts(chinese).items() if fields(m) - fields(text) - {"count"}]

    assert wrong == []
    assert lost == []


def test_the_compiled_catalogue_is_the_written_one(chinese: Catalog) -> None:
    """`make` compiles it; a stale one would show old words."""
    assert render(say("Lung nodules"), Language.CHINESE) == "肺结节"
    for entry in chinese:
        if isinstance(entry.id, str) and entry.id:
            assert render(say(entry.id), Language.CHINESE) == entry.string
        elif entry.id:
            one, many = entry.id
            for count in (1, 2):
                assert render(Words(one, (), many, count), Language.CHINESE) == entry.string[0]


def test_chinese_sentences_have_the_stops_of_chinese(chinese: Catalog) -> None:
    narrow = [
        text for text in texts(chinese).values() if re.search(r"[,;?!][\u4e00-\u9fff]|[\u4e00-\u9fff][,;?!]", text)
    ]

    assert narrow == []
