"""What a phase is called: by the value that tells it from the others, and which of how many it is, from 1."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from workstation.domain.words import Words, say

Sentence = Callable[[Hashable, int, int], Words]


def phase(value: Hashable, number: int, count: int) -> Words:
    return say("Phase {number} of {count} of this series.", number=number, count=count)


def _where_known(sentence: Callable[[float, int, int], Words]) -> Sentence:
    def known_or_not(value: Hashable, number: int, count: int) -> Words:
        return sentence(value, number, count) if isinstance(value, float) else phase(value, number, count)

    return known_or_not


def echo(value: Hashable, number: int, count: int) -> Words:
    return say("Echo {number} of {count} of this series.", number=number, count=count)


def direction(value: Hashable, number: int, count: int) -> Words:
    return say("Diffusion direction {number} of {count}.", number=number, count=count)


def part(value: Hashable, number: int, count: int) -> Words:
    return say("Part {number} of {count} of this series.", number=number, count=count)


def component(value: Hashable, number: int, count: int) -> Words:
    kind = " ".join(value) if isinstance(value, tuple) and value else "–"
    return say("Image type {kind}, {number} of {count} in this series.", kind=kind, number=number, count=count)


def kernel(value: Hashable, number: int, count: int) -> Words:
    return say(
        "Kernel {kernel}, {number} of {count} in this series.", kernel=str(value) or "–", number=number, count=count
    )


@_where_known
def b_value(value: float, number: int, count: int) -> Words:
    return say("b = {b:.0f} s/mm², {number} of {count} in this series.", b=value, number=number, count=count)


@_where_known
def heartbeat(value: float, number: int, count: int) -> Words:
    return say(
        "Heartbeat at {percent:g} %, {number} of {count} in this series.",
        percent=value,
        number=number,
        count=count,
    )


@_where_known
def inversion(value: float, number: int, count: int) -> Words:
    return say("Inversion time {ms:g} ms, {number} of {count} in this series.", ms=value, number=number, count=count)


@_where_known
def flip_angle(value: float, number: int, count: int) -> Words:
    return say(
        "Flip angle {degrees:g}°, {number} of {count} in this series.", degrees=value, number=number, count=count
    )


@_where_known
def voltage(value: float, number: int, count: int) -> Words:
    return say("{kv:g} kV, {number} of {count} in this series.", kv=value, number=number, count=count)


@_where_known
def thickness(value: float, number: int, count: int) -> Words:
    return say("Slices {mm:g} mm thick, {number} of {count} in this series.", mm=value, number=number, count=count)
