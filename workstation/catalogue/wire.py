"""Reading a service's JSON: tolerant where the documents contradict themselves, strict about what places a finding.

The documents show one object where they promise an array, numbers as text, arrays as JSON text, and text that was
encoded once too often. Every reader here accepts those, and nothing else.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis
from workstation.domain.json_text import value_of

BASIS_KEY: Final = "YingtaiBasis"
_DEEPEST: Final = 64
_PLACE: Final = re.compile(r"\[\d+\]")
# What float() takes besides, such as 1_0 or full-width digits, is no number of a service.
_NUMBER: Final = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*")


def bad_answer(where: str) -> WorkstationError:
    """The answer can't be what the documents say; `where` is a wire path, never a value."""
    return WorkstationError(ErrorCode.BAD_ANSWER, where=where)


def decode(text: str, where: str) -> object:
    """JSON text → value; one level of superfluous escapes is taken off if that is what makes it JSON.

    raises BAD_ANSWER
    """
    # the second as some documents print it, where only quotes were escaped once more; the third a text's inside
    for candidate in (text, text.replace('\\"', '"'), f'"{text}"'):
        try:
            value = value_of(candidate)
        except (ValueError, RecursionError):
            continue
        if value == text:
            continue
        return decode(value, where) if isinstance(value, str) else value  # a text in a text: encoded once more
    raise bad_answer(where)


@dataclass(slots=True)
class Node:
    """One place in the answer, with its wire path (`Series[0].Elements[1]`) and a record of what was read."""

    value: object
    path: str = ""
    read: set[str] = field(default_factory=set)

    def _below(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def _raw(self, name: str) -> object:
        return self.value.get(name) if isinstance(self.value, dict) else None

    def _leaf(self, name: str) -> object:
        self.read.add(self._below(name))
        return self._raw(name)

    def has(self, name: str) -> bool:
        return isinstance(self.value, dict) and self.value.get(name) is not None

    def items(self, name: str) -> tuple[Node, ...]:
        """An array, or the single object shown in its place, or JSON text of either; absent: nothing."""
        value, path = self._raw(name), self._below(name)
        if isinstance(value, str):
            self.read.add(path)
            value = decode(value, path) if value.strip() else None
        if value is None:
            return ()
        listed = value if isinstance(value, list) else [value]
        return tuple(Node(entry, f"{path}[{k}]", self.read) for k, entry in enumerate(listed) if entry is not None)

    def child(self, name: str) -> Node | None:
        """An object; None where absent. raises BAD_ANSWER where it is something else"""
        found = self.items(name)
        if len(found) > 1 or (found and not isinstance(found[0].value, dict)):
            raise bad_answer(self._below(name))
        return Node(found[0].value, self._below(name), self.read) if found else None

    def number(self, name: str) -> float | None:
        """A finite number, also as text; None where absent. raises BAD_ANSWER"""
        value = self._leaf(name)
        return None if value is None or value == "" else _finite(value, self._below(name))

    def required(self, name: str) -> float:
        """A finite number that must be there. raises BAD_ANSWER"""
        value = self.number(name)
        if value is None:
            raise bad_answer(self._below(name))
        return value

    def text(self, name: str) -> str:
        """A text, or a number as text; empty where absent."""
        value = self._leaf(name)
        if value is None:
            return ""
        if isinstance(value, (dict, list)):
            raise bad_answer(self._below(name))
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return str(value)

    def triple(self, name: str) -> tuple[float, float, float] | None:
        """Three finite numbers as array or as JSON text; None where absent. raises BAD_ANSWER"""
        entries = self.items(name)
        if not entries:
            return None
        if len(entries) != 3:
            raise bad_answer(self._below(name))
        self.read.add(self._below(name))
        a, b, c = (_finite(entry.value, entry.path) for entry in entries)
        return (a, b, c)

    def numbers(self, name: str) -> tuple[float, ...]:
        """Finite numbers as array or as JSON text, in order; absent: nothing. raises BAD_ANSWER"""
        entries = self.items(name)
        self.read.add(self._below(name))
        return tuple(_finite(entry.value, entry.path) for entry in entries)

    def points(self, name: str) -> tuple[tuple[float, float, float], ...]:
        """Points as arrays of three numbers each, empty ones left out; a single point may stand alone.

        raises BAD_ANSWER
        """
        entries = self.items(name)
        self.read.add(self._below(name))
        if len(entries) == 3 and not any(isinstance(entry.value, list) for entry in entries):
            entries = (Node([entry.value for entry in entries], f"{self._below(name)}[0]"),)
        if not all(isinstance(entry.value, list) and len(entry.value) in (0, 3) for entry in entries):
            raise bad_answer(self._below(name))
        lists = [entry for entry in entries if isinstance(entry.value, list) and entry.value]
        triples = (Node({"at": entry.value}, entry.path).triple("at") for entry in lists)
        return tuple(triple for triple in triples if triple is not None)

    def unread(self) -> tuple[str, ...]:
        """Wire paths that no reader asked for, without array places (`Series.Elements.Risk`), sorted."""
        read = {_plain(path) for path in self.read}
        left = {_plain(path) for path in _paths(self.value, self.path, 0) if not path.startswith(BASIS_KEY)}
        return tuple(sorted(left - read))


def opened(text: str, *, expect_basis: bool) -> tuple[Node, Bases]:
    """The inside of an answer's `Data` (the whole where it has none), and where its values come from.

    raises BAD_ANSWER, NO_BASIS
    """
    value = decode(text, "Result")
    if isinstance(value, list) and len(value) == 1:  # one gateway documents an array where the vendor has an object
        (value,) = value
    root = Node(value)
    for name in ("Data", "data"):
        inside = root.child(name) if root.has(name) else None
        if inside is not None:
            root = Node(inside.value)
            break
    return root, bases(root, expected=expect_basis)


def links_of(text: str, paths: Iterable[str]) -> dict[str, str]:
    """The links at these wire paths of an answer, as far as it has them; `Elements[].ImageURL` is that of each element
    and is found as `Elements[0].ImageURL`… raises BAD_ANSWER"""
    if not paths:
        return {}
    root, _ = opened(text, expect_basis=False)
    return {at: link for path in paths for at, link in _links(root, path) if link}


def _links(node: Node, path: str) -> Iterator[tuple[str, str]]:
    name, _, rest = path.partition(".")
    if not rest:
        yield f"{node.path}.{name}" if node.path else name, node.text(name)
    elif name.endswith("[]"):
        for item in node.items(name.removesuffix("[]")):
            yield from _links(item, rest)
    else:
        inside = node.child(name)
        if inside is not None:
            yield from _links(inside, rest)


def _finite(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise bad_answer(where)
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise bad_answer(where)
    try:
        number = float(value)
    except OverflowError:
        raise bad_answer(where) from None
    if not math.isfinite(number):
        raise bad_answer(where)
    return number


def _paths(value: object, path: str, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        raise bad_answer(path)
    if isinstance(value, dict):
        for name, entry in value.items():
            yield from _paths(entry, f"{path}.{name}" if path else str(name), depth + 1)
    elif isinstance(value, list):
        for k, entry in enumerate(value):
            yield from _paths(entry, f"{path}[{k}]", depth + 1)
    else:
        yield path


def _plain(path: str) -> str:
    """An object may stand where an array is documented, so places don't tell paths apart."""
    return _PLACE.sub("", path)


@dataclass(frozen=True, slots=True)
class Bases:
    """Where values come from: one basis for all, another for single wire paths. A vendor's answer says nothing."""

    everything: Basis
    parts: dict[str, Basis]

    def of(self, path: str) -> Basis:
        """The basis of one wire path: the longest stated part that holds it, else that of the whole."""
        holding = [part for part in self.parts if path == part or path.startswith((f"{part}.", f"{part}["))]
        return self.parts[max(holding, key=len)] if holding else self.everything


def bases(root: Node, *, expected: bool) -> Bases:
    """Read the local cloud's extra key.

    raises NO_BASIS when it is expected and absent, BAD_ANSWER when it is not one of the bases
    """
    stated = root.child(BASIS_KEY)
    if stated is None:
        if expected:
            raise WorkstationError(ErrorCode.NO_BASIS)
        return Bases(Basis.VENDOR, {})
    parts = stated.child("parts")
    entries = parts.value if parts is not None and isinstance(parts.value, dict) else {}
    return Bases(
        _basis(stated.text("all"), f"{BASIS_KEY}.all"),
        {str(path): _basis(str(basis), f"{BASIS_KEY}.parts") for path, basis in entries.items()},
    )


def _basis(text: str, where: str) -> Basis:
    if text not in set(Basis):
        raise bad_answer(where)
    return Basis(text)
