"""What the RPC front serves: one row per operation, facts of the documents only.

To add an operation, add a row; checks, fetching, job and answer follow from it. Where a value travels (query or body)
is not checked: the documents say the address, the vendor's own client says the body, and the signature covers both.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final


class Kind(Enum):
    """What a parameter's text must be."""

    TEXT = auto()
    DECIMAL = auto()
    ADDRESS = auto()


class Mode(Enum):
    JOB = auto()  # answers RequestId and Message; the result is asked for
    JOB_QUERY = auto()


@dataclass(frozen=True, slots=True)
class Product:
    """A vendor's product; its version is how a call to the common base address names it."""

    code: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One business parameter. `.N.` in `wire` counts from 1 without holes.

    above, most     range of a DECIMAL: greater than, at most
    decimals        digits used of a DECIMAL, the rest is cut off
    items           least and greatest number of a list
    shorter_than    characters
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

    @property
    def name(self) -> str:
        return self.wire.partition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One action of one product; a JOB is done by the engine's analysis of the same name.

    file_bytes  greatest size of each fetched file
    """

    product: Product
    action: str
    mode: Mode
    parameters: tuple[Parameter, ...]
    methods: frozenset[str] = frozenset({"GET", "POST"})
    file_bytes: int = 0


IMAGEPROCESS: Final = Product("imageprocess", "2020-03-20")

_ORGANISATION: Final = (Parameter(wire="OrgName"), Parameter(wire="OrgId"))

DETECT_LUNG_NODULE: Final = Operation(
    product=IMAGEPROCESS,
    action="DetectLungNodule",
    mode=Mode.JOB,
    file_bytes=1024**2,
    parameters=(
        Parameter(wire="DataFormat", values=("DICOM",)),
        *_ORGANISATION,
        Parameter(wire="Threshold", kind=Kind.DECIMAL, required=False, above=0.0, most=1.0, decimals=2),
        Parameter(wire="URLList.N.URL", kind=Kind.ADDRESS, items=(20, 600), shorter_than=600),
    ),
)
IMAGEPROCESS_JOB_RESULT: Final = Operation(
    product=IMAGEPROCESS,
    action="GetAsyncJobResult",
    mode=Mode.JOB_QUERY,
    parameters=(Parameter(wire="JobId"),),
)

OPERATIONS: Final = (DETECT_LUNG_NODULE, IMAGEPROCESS_JOB_RESULT)
