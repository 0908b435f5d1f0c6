"""What a row of the service says; the rows themselves stand beside, by kind of examination.

To add an operation, add a row; checks, fetching, job and answer follow from it. Where a value travels (query or body)
is not checked: the documents say the address, the vendor's own client says the body, and the signature covers both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

Answer = dict[str, object]


class Kind(Enum):
    """What a parameter's text must be."""

    TEXT = auto()
    DECIMAL = auto()
    WHOLE = auto()  # an integer
    ADDRESS = auto()
    DATA = auto()  # Base64


class Mode(Enum):
    JOB = auto()  # answers RequestId and Message; the result is asked for
    AT_ONCE = auto()  # answers the result
    JOB_QUERY = auto()
    JOB_LIST = auto()
    JOB_CANCEL = auto()


class Dialogue(Enum):
    """What a call has to do with a dialogue, which it names by `SessionId`."""

    NONE = auto()
    TURN = auto()  # goes on with it, or begins one
    AFTERWARDS = auto()  # only speaks of it


@dataclass(frozen=True, slots=True)
class Product:
    """A vendor's product; its version is how a call to the common base address names it.

    wrong  the code and status that its document has for every wrong or missing parameter; None: the common ones
    """

    code: str
    version: str
    wrong: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One business parameter. `.N.` in `wire` counts from 1 without holes.

    above, most     range of a number: greater than, at most
    decimals        digits used of a DECIMAL, the rest is cut off
    items           least and greatest number of a list
    shorter_than    characters; of each, in a list
    missing         code of the refusal where it is not there
    """

    wire: str
    kind: Kind = Kind.TEXT
    required: bool = True
    values: tuple[str, ...] = ()
    above: float | None = None
    most: float | None = None
    decimals: int | None = None
    items: tuple[int, int] | None = None
    shorter_than: int | None = None
    missing: str = "MissingParameter"

    @property
    def name(self) -> str:
        return self.wire.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a call brought, checked: texts by name, lists of texts by name, addresses in order by the name of their
    list (or of the parameter)."""

    values: dict[str, str]
    lists: dict[str, tuple[str, ...]]
    addresses: dict[str, tuple[str, ...]]


def no_rule(checked: Checked) -> None:
    """Every parameter stands for itself."""


def in_data(request_id: str, answer: Answer) -> Answer:
    return {"RequestId": request_id, "Data": answer}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One action of one product; it is done by the engine's analysis of the same name.

    file_bytes  greatest size of each fetched file
    rule        what the parameters must be together, and what else they ask for; raises RpcRefusal
    wrap        RequestId and the analysis' answer → the whole answer of a call that answers AT_ONCE
    link_s      how long links to files of the result work
    later       parameter that makes a job of a call that answers AT_ONCE otherwise, where it is "true"
    """

    product: Product
    action: str
    mode: Mode
    parameters: tuple[Parameter, ...]
    methods: frozenset[str] = frozenset({"GET", "POST"})
    file_bytes: int = 0
    rule: Callable[[Checked], None] = no_rule
    wrap: Callable[[str, Answer], Answer] = in_data
    link_s: int = 30 * 60
    dialogue: Dialogue = Dialogue.NONE
    later: str = ""

    def is_job(self, checked: Checked) -> bool:
        return self.mode is Mode.JOB or (self.later != "" and checked.values.get(self.later) == "true")


IMAGEPROCESS: Final = Product("imageprocess", "2020-03-20")
IMAGERECOG: Final = Product("imagerecog", "2019-09-30", ("ParameterError", 400))
VIAPI: Final = Product("viapi", "2023-01-17")  # asks about jobs of every product


def photo_address(wire: str) -> Parameter:
    """The address of a picture; its absence has a code of its own in the documents on pictures."""
    return Parameter(wire=wire, kind=Kind.ADDRESS, missing="MissingImageURL")


ORGANISATION: Final = (Parameter(wire="OrgName"), Parameter(wire="OrgId"))
