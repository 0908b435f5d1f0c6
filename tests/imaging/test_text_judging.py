"""What is read into anatomy is no text; what belongs to a text is, be it one sign."""

from __future__ import annotations

import pytest

from workstation.domain.covering import FoundText
from workstation.imaging.text_search.judging import Quad, repeats, texts_of


def quad(left: float, top: float, width: float, height: float = 20) -> Quad:
    return (left, top), (left + width, top), (left + width, top + height), (left, top + height)


@pytest.mark.parametrize(
    ("text", "confidence", "is_text"),
    [
        ("王伟", 0.8, True),
        ("1985-03-12", 0.7, True),
        ("1985-03-12", 0.5, False),
        ("L", 0.99, False),
        ("63", 0.93, False),
        ("63", 0.98, True),
        ("—·—", 0.99, False),
    ],
)
def test_only_sure_readings_of_several_signs_are_texts(text: str, confidence: float, is_text: bool) -> None:
    assert bool(texts_of([(quad(10, 10, 80), text, confidence)])) is is_text


def test_one_sign_beside_a_text_belongs_to_it() -> None:
    found = texts_of([(quad(10, 10, 80), "ZHANG WEI", 0.99), (quad(120, 10, 15), "M", 0.5)])

    assert [one.text for one in found] == ["ZHANG WEI", "M"]


@pytest.mark.parametrize("place", [quad(300, 10, 15), quad(10, 40, 90, 150)])
def test_one_sign_far_away_or_far_larger_does_not(place: Quad) -> None:
    found = texts_of([(quad(10, 10, 80), "ZHANG WEI", 0.99), (place, "C", 0.5)])

    assert [one.text for one in found] == ["ZHANG WEI"]


def test_a_line_that_was_read_twice_is_given_once_and_whole() -> None:
    (found,) = texts_of([(quad(10, 10, 40), "ZHANG", 0.99), (quad(10, 10, 80), "ZHANG WEI", 0.9)])

    assert found.text == "ZHANG WEI"


@pytest.mark.parametrize(
    ("text", "place", "again"),
    [
        ("ZHANGWEI", quad(11, 9, 79), True),
        ("WEI", quad(60, 10, 30), True),
        ("ZHANG WEI", quad(10, 60, 80), False),
        ("1985-03-12", quad(11, 9, 79), False),
        ("ZHANG WEI 1985", quad(10, 10, 140), False),
    ],
)
def test_a_text_repeats_another_only_where_that_ones_cover_hides_it(text: str, place: Quad, again: bool) -> None:
    earlier = FoundText(frame=0, corners=quad(10, 10, 80), text="ZHANG WEI", confidence=1)

    assert repeats(FoundText(frame=3, corners=place, text=text, confidence=1), earlier) is again
