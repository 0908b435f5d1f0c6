"""What goes between the program and a worker: requests are trusted, answers are only let in as values of our own."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

from workstation.imaging.worker.quarantine import Barred


@dataclass(frozen=True, slots=True)
class Request:
    """Call `function` with `arguments`; `many`: it returns an iterator, and every item is an answer.

    function   defined at the top of a module of `workstation.imaging`
    room       bytes that it may allocate
    barred     members of archives that are not to be read (`starting` refuses them)
    """

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    many: bool
    room: int
    barred: Mapping[bytes, Barred] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Give:
    """The descriptor of a block follows (not on Windows, where the name is enough)."""

    number: int
    size: int
    name: str


@dataclass(frozen=True, slots=True)
class Drop:
    """A block is not needed any more."""

    number: int


class Kind(IntEnum):
    """Of an answer; what comes with it."""

    READY = 0  # once, when the process is up
    RESULT = 1  # the value; ends a request
    ITEM = 2  # a value of several
    END = 3  # of several
    ERROR = 4  # an exception of our own; ends a request
    DEFECT = 5  # its type's name, where it came up; ends a request
    STARTING = 6  # the member of an archive that is read next
    MORE_TIME = 7  # seconds


def packed(value: object) -> bytes:
    return pickle.dumps(value, protocol=5)


def unpack_request(data: bytes) -> Request | Give | Drop:
    value: Request | Give | Drop = pickle.loads(data)
    return value


def unpack_answer(data: bytes) -> tuple[Kind, Any]:
    """An answer of a worker, which has read hostile files. raises UnpicklingError for all but plain values of ours"""
    kind, value = _Answers(io.BytesIO(data)).load()
    return Kind(kind), value


_FUNCTIONS: Final = {
    ("workstation.domain.error", "_rebuild"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy._core.numeric", "_frombuffer"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("builtins", "frozenset"),
    ("builtins", "set"),
    ("builtins", "bytearray"),
    ("builtins", "complex"),
}


class _Answers(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _FUNCTIONS:
            return super().find_class(module, name)
        if module.startswith(("workstation.domain.", "workstation.imaging.")) and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type):
                return found
        raise pickle.UnpicklingError
