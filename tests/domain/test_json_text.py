"""Half characters of a service: no file and no database takes them."""

from __future__ import annotations

import json

import pytest

from workstation.domain.json_text import value_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'{"a": "x\ud800y"}', {"a": "x\ufffdy"}),
        (r'{"\udc00": [1, "\uDFFF"]}', {"\ufffd": [1, "\ufffd"]}),
        (r'"\ud83e\udec1"', "\U0001fac1"),
        (r'"\\ud800"', r"\ud800"),
        ('"\ud800"', "\ufffd"),
        ("[1.5, null]", [1.5, None]),
    ],
)
def test_half_characters_are_replaced_and_whole_ones_stay(text: str, value: object) -> None:
    found = value_of(text)

    assert found == value
    json.dumps(found, ensure_ascii=False).encode()


def test_what_is_no_json_may_be_refused() -> None:
    def refuse(constant: str) -> object:
        raise ValueError(constant)

    assert value_of("[Infinity]") == [float("inf")]
    with pytest.raises(ValueError, match="Infinity"):
        value_of("[Infinity]", refuse)
