"""One thing reported: shapes, measurements, confidence, and where its values come from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from workstation.domain.shapes import Shape
from workstation.domain.words import Words


class Basis(StrEnum):
    """Where a value comes from, worst first."""

    SIMULATED = "simulated"
    TRUTH = "truth"
    ALGORITHM = "algorithm"
    VENDOR = "vendor"
    READER = "reader"  # a person saw it and drew it


def worst(bases: Iterable[Basis]) -> Basis:
    """The worst of its parts; that of nothing is never asked for, so an empty input is an error."""
    return min(bases, key=list(Basis).index)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """`name` is a stable code (diameter, volume, mean, …), `label` what people read, `unit` in UCUM ("mm", "HU")."""

    name: str
    label: Words
    value: float | str | Words
    unit: str
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`id` is `job/n` and never changes, that of a reader's own finding `job/n.x`. `code` is a stable kind ("nodule").
    `confidence` 0…1; None: none was given."""

    id: str
    code: str
    label: Words
    shapes: tuple[Shape, ...]
    measurements: tuple[Measurement, ...]
    confidence: float | None
    basis: Basis

    @property
    def number(self) -> int | None:
        """Its place in the answer, from 1; also among a part of the findings."""
        last = self.id.rpartition("/")[2].partition(".")[0]
        return int(last) if last.isascii() and last.isdigit() else None

    @property
    def own(self) -> bool:
        """Whether the reader found it, not a service."""
        return self.basis is Basis.READER

    def measurement(self, name: str) -> Measurement | None:
        return next((m for m in self.measurements if m.name == name), None)
