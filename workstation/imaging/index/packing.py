"""Frozen records ↔ bytes, fast. Unpacking makes records of this program and nothing else, whatever the bytes say."""

from __future__ import annotations

import io
import pickle
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from itertools import repeat
from operator import attrgetter, is_
from typing import Any, Final, TypeVar, overload

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError

R = TypeVar("R")

_ROOMS: Final = ("workstation.domain.", "workstation.imaging.")
_HERE: Final = __name__
_DAMAGE: Final = (
    pickle.UnpicklingError, WorkstationError, ValueError, TypeError, AttributeError, LookupError, EOFError, ImportError,
    OverflowError, MemoryError, RecursionError,
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    records: Sequence[object]


def by_columns(records: Sequence[object]) -> object:
    """To be packed in place of many records of one type; unpacked it is a list of them."""
    return _Rows(records) if records else []


_Setter = Callable[[object, object], None]
_MAKING: Final = threading.Lock()
_SLOTS: Final[dict[type[Any], tuple[tuple[str, ...], tuple[_Setter, ...]]]] = {}


class BadBytesError(Exception):
    """Not what `pack` wrote, or written of something that is no record."""


def pack(value: object) -> bytes:
    """Numbers, texts, tuples, lists, dicts, enums, float64 arrays and frozen dataclasses of domain and imaging."""
    target = io.BytesIO()
    _Packer(target, protocol=5).dump(value)
    return target.getvalue()


def unpack(packed: bytes) -> Any:
    """raises BadBytesError"""
    try:
        return _Unpacker(io.BytesIO(packed)).load()
    except _DAMAGE as error:
        raise BadBytesError(type(error).__name__) from None


class Later(Sequence[R]):
    """Records that stay packed until one behind the first is asked for. Equal to a tuple of the same ones.

    raises (any look behind the first) UNREADABLE for bytes that `later` did not make
    """

    __slots__ = ("_count", "_first", "_made", "_packed")

    def __init__(self, first: R, count: int, packed: bytes) -> None:
        self._first, self._count, self._packed = first, count, packed
        self._made: tuple[R, ...] | None = None

    def __repr__(self) -> str:
        return f"<{self._count} records, {'packed' if self._made is None else 'unpacked'}>"

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> R: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[R]: ...
    def __getitem__(self, place: int | slice) -> R | Sequence[R]:
        return self._first if place == 0 else self._all()[place]

    def __iter__(self) -> Iterator[R]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Later | tuple) or len(other) != self._count:
            return False
        if isinstance(other, Later):
            return (self._first == other._first and self._packed == other._packed) or self._all() == other._all()
        return self._all() == other

    def __hash__(self) -> int:
        return hash(self._all())

    def __reduce__(self) -> tuple[type[tuple[R, ...]], tuple[list[R]]]:
        return tuple, (list(self),)

    def _all(self) -> tuple[R, ...]:
        if self._made is None:
            with _MAKING:  # of the same frame there is one record, whichever threads ask for it
                if self._made is None:
                    self._made = self._unpacked()
        return self._made

    def _unpacked(self) -> tuple[R, ...]:
        try:
            behind: list[R] = unpack(self._packed)
        except BadBytesError:
            raise WorkstationError(ErrorCode.UNREADABLE) from None
        if type(behind) is not list or len(behind) != self._count - 1:
            raise WorkstationError(ErrorCode.UNREADABLE)
        return (self._first, *behind)


def later(records: Sequence[R]) -> Sequence[R]:
    """The same, to be packed so that they are unpacked as `Later`; one by itself, or none, as they are."""
    if len(records) < 2 or type(records) is Later:
        return records
    return Later(records[0], len(records), pack(by_columns(records[1:])))


class _Packer(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        """Records as their values, in the order of their fields; the rest as pickle does it, which is checked below."""
        if isinstance(value, type):
            return NotImplemented
        kind = type(value)
        if kind is _Rows:
            return records_of, (type(value.records[0]), len(value.records), _columns(value.records))
        if kind is Later:
            return Later, (value._first, value._count, value._packed)
        if isinstance(value, Enum):
            return _member, (kind, value.value)
        if is_dataclass(kind):
            return _record, (kind, *[getattr(value, name) for name in _slots(kind)[0]])
        if kind is np.ndarray and value.dtype == np.float64:
            return _array, (value.shape, value.tobytes())
        return NotImplemented


class _Unpacker(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """The makers below and our own records: nothing here runs what the bytes name."""
        return _found(module, name)


@cache
def _found(module: str, name: str) -> Any:
    if module == _HERE and name in _MAKERS:
        return _MAKERS[name]
    if module.startswith(_ROOMS):
        found = getattr(import_module(module), name, None)
        if isinstance(found, type) and (is_dataclass(found) or issubclass(found, Enum)):
            return found
    raise pickle.UnpicklingError(name)


def _slots(kind: type[Any]) -> tuple[tuple[str, ...], tuple[_Setter, ...]]:
    """Names and setters of its fields, in their order."""
    slots = _SLOTS.get(kind)
    if slots is None:
        names = tuple(field.name for field in fields(kind))
        slots = _SLOTS[kind] = names, tuple(getattr(kind, name).__set__ for name in names)
    return slots


def _columns(records: Sequence[object]) -> tuple[object, ...]:
    """Each field's values as a list; as a tuple of one where all records have the same."""
    kind: type[Any] = type(records[0])
    columns: list[object] = []
    for name in _slots(kind)[0]:
        values = list(map(attrgetter(name), records))
        first = values[0]
        # -0.0 equals 0.0 and 1 equals True: only the very same value, or equal text, may stand for the others.
        same = all(map(is_, values, repeat(first))) or (type(first) is str and values.count(first) == len(values))
        columns.append((first,) if same else values)
    return tuple(columns)


def records_of(kind: type[R], count: int, columns: Sequence[Any]) -> list[R]:
    """Records by their fields' columns, slot by slot for all at once: half the time of making one after the other."""
    records = [kind.__new__(kind) for _ in range(count)]
    for put, column in zip(_slots(kind)[1], columns, strict=True):
        values = repeat(column[0], count) if type(column) is tuple else column
        deque(map(put, records, values), maxlen=0)
    return records


def _record(kind: type[Any], *values: object) -> object:
    """As it was packed: what a record looks at when it is made was looked at then."""
    record: object = object.__new__(kind)
    for put, value in zip(_slots(kind)[1], values, strict=True):
        put(record, value)
    return record


def _member(kind: type[Enum], value: object) -> Enum:
    return kind(value)


def _array(shape: tuple[int, ...], content: bytes) -> npt.NDArray[np.float64]:
    return np.frombuffer(content, dtype=np.float64).reshape(shape)


_MAKERS: Final[dict[str, Callable[..., object]]] = {
    "records_of": records_of,
    "_record": _record,
    "_member": _member,
    "_array": _array,
    "Later": Later,
}
