"""What a phase is called: by the value that tells it from the others, and which of how many it is, from 1."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final

from workstation.domain.words import Words, say

Said = tuple[Words, Words]  # a sentence, and the same in a word or two
Sentence = Callable[[Hashable, int, int], Said]

_LONGEST: Final = 12  # characters of a brief word that a file gives


def phase(value: Hashable, number: int, count: int) -> Said:
    return (
        say("Phase {number} of {count} of this series.", number=number, count=count),
        say("phase {number}/{count}", number=number, count=count),
    )


def _where_known(sentence: Callable[[float, int, int], Said]) -> Sentence:
    def known_or_not(value: Hashable, number: int, count: int) -> Said:
        return sentence(value, number, count) if isinstance(value, float) else phase(value, number, count)

    return known_or_not


def _brief(word: str) -> Words | None:
    """A file's own word, which nobody translates; None: it is too long, or there is none."""
    return say("{text}", text=word) if 0 < len(word) <= _LONGEST else None


def echo(value: Hashable, number: int, count: int) -> Said:
    return (
        say("Echo {number} of {count} of this series.", number=number, count=count),
        say("echo {number}/{count}", number=number, count=count),
    )


def direction(value: Hashable, number: int, count: int) -> Said:
    return (
        say("Diffusion direction {number} of {count}.", number=number, count=count),
        say("direction {number}/{count}", number=number, count=count),
    )


def part(value: Hashable, number: int, count: int) -> Said:
    return (
        say("Part {number} of {count} of this series.", number=number, count=count),
        say("part {number}/{count}", number=number, count=count),
    )


def component(value: Hashable, number: int, count: int) -> Said:
    kind = " ".join(value) if isinstance(value, tuple) and value else ""
    sentence = say(
        "Image type {kind}, {number} of {count} in this series.", kind=kind or "–", number=number, count=count
    )
    return sentence, _brief(kind) or say("type {number}/{count}", number=number, count=count)


def kernel(value: Hashable, number: int, count: int) -> Said:
    name = str(value).replace("\\", ", ")
    sentence = say(
        "Kernel {kernel}, {number} of {count} in this series.", kernel=name or "–", number=number, count=count
    )
    return sentence, _brief(name) or say("kernel {number}/{count}", number=number, count=count)


def b_value(value: Hashable, number: int, count: int) -> Said:
    if not isinstance(value, float):
        return say("b is not told, {number} of {count} in this series.", number=number, count=count), Words("b = ?")
    b = f"{value:.0f}" if value >= 10 else f"{round(value, 1):g}"
    return say("b = {b} s/mm², {number} of {count} in this series.", b=b, number=number, count=count), Words(f"b = {b}")


@_where_known
def heartbeat(value: float, number: int, count: int) -> Said:
    sentence = say(
        "Heartbeat at {percent:g} %, {number} of {count} in this series.", percent=value, number=number, count=count
    )
    return sentence, Words(f"{value:g} %")


@_where_known
def inversion(value: float, number: int, count: int) -> Said:
    sentence = say(
        "Inversion time {ms:g} ms, {number} of {count} in this series.", ms=value, number=number, count=count
    )
    return sentence, Words(f"TI {value:g} ms")


@_where_known
def flip_angle(value: float, number: int, count: int) -> Said:
    sentence = say(
        "Flip angle {degrees:g}°, {number} of {count} in this series.", degrees=value, number=number, count=count
    )
    return sentence, Words(f"{value:g}°")


@_where_known
def voltage(value: float, number: int, count: int) -> Said:
    sentence = say("{kv:g} kV, {number} of {count} in this series.", kv=value, number=number, count=count)
    return sentence, Words(f"{value:g} kV")


@_where_known
def thickness(value: float, number: int, count: int) -> Said:
    sentence = say("Slices {mm:g} mm thick, {number} of {count} in this series.", mm=value, number=number, count=count)
    return sentence, Words(f"{value:g} mm")
