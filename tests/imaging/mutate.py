"""Damage to small real files, from a seed: flipped bits, edited lengths, cuts, spliced tags, broken streams."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from typing import Final

_LENGTHS: Final = (0, 1, 2, 3, 7, 0x7F, 0xFF, 0x7FFF, 0xFFFE, 0xFFFF, 2**24, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF)
_NUMBERS: Final = (
    b"nan", b"inf", b"-1", b"0", b"1e999", b"99999999999", b"-0.0", b"1\\2\\3\\4", b"\\\\\\", b"0x10", b"\xff\xfe", b"",
)  # fmt: skip
_MARKS: Final = (
    b"\xfe\xff\x00\xe0\xff\xff\xff\xff",
    b"\xfe\xff\x0d\xe0\0\0\0\0",
    b"\xfe\xff\xdd\xe0\0\0\0\0",
    b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff",
    b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03",
    b"\xff\x4f\xff\x51\x00\x29\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\xff\xd9",
    b"\x08\x00\x05\x00CS\x0a\x00ISO_IR 192",
    b"\x28\x00\x10\x00US\x02\x00\xff\xff",
)


def mutated(data: bytes, seed: int) -> bytes:
    """One to six pieces of damage; the same for the same seed."""
    chance = random.Random(seed)
    damaged = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        chance.choice(_KINDS)(damaged, chance)
    return bytes(damaged)


def _place(data: bytearray, chance: random.Random) -> int:
    """More often in the header than in the pixels."""
    end = len(data) if chance.random() < 0.4 else min(len(data), 4096)
    return chance.randrange(max(1, end))


def _flip(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 8)):
        at = _place(data, chance)
        if at < len(data):
            data[at] ^= 1 << chance.randrange(8)


def _cut(data: bytearray, chance: random.Random) -> None:
    del data[_place(data, chance) :]


def _remove(data: bytearray, chance: random.Random) -> None:
    at = _place(data, chance)
    del data[at : at + chance.choice((1, 2, 4, 8, 64, 512))]


def _length(data: bytearray, chance: random.Random) -> None:
    """After something that looks like a value representation, or anywhere."""
    places = [at for at in range(132, min(len(data) - 6, 6000)) if data[at : at + 2].isalpha()] or [0]
    at = chance.choice(places) + 2
    short = chance.random() < 0.6
    value = chance.choice(_LENGTHS)
    data[at : at + (2 if short else 4)] = struct.pack("<H", value & 0xFFFF) if short else struct.pack("<I", value)


def _insert(data: bytearray, chance: random.Random) -> None:
    at = _place(data, chance)
    data[at:at] = chance.choice(_MARKS)


def _write(data: bytearray, chance: random.Random) -> None:
    at = _place(data, chance)
    value = chance.choice((*_NUMBERS, *_MARKS, bytes([chance.randrange(256)]) * chance.choice((2, 16, 300))))
    data[at : at + len(value)] = value


def _move(data: bytearray, chance: random.Random) -> None:
    """A piece of the file at another place of it."""
    start, to = _place(data, chance), _place(data, chance)
    data[to:to] = data[start : start + chance.choice((8, 40, 200))]


def _word(data: bytearray, chance: random.Random) -> None:
    at = _place(data, chance) & ~1
    data[at : at + 2] = struct.pack("<H", chance.choice((0, 1, 0x7FFF, 0x8000, 0xFFFF, chance.randrange(65536))))


_KINDS: Final[tuple[Callable[[bytearray, random.Random], None], ...]] = (
    _flip, _flip, _cut, _remove, _length, _length, _insert, _write, _write, _move, _word,
)  # fmt: skip
