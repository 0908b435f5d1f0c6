"""What a reader of objects hands back from its worker."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from workstation.domain.answer import Placement
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.geometry import Geometry
from workstation.domain.overlaid import Presentation, Rgb
from workstation.domain.shapes import Shape
from workstation.domain.value_map import ValueMap
from workstation.domain.volume import LabelVolume
from workstation.domain.words import Words

_FAST: Final = 1  # of zlib: masks are long runs of the same


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Content:
    """As `Overlaid`, without what the scan knows already."""

    placement: Placement
    findings: tuple[Finding, ...] = ()
    masks: tuple[LabelVolume, ...] = ()
    maps: tuple[ValueMap, ...] = ()
    colours: Mapping[str, Rgb] = field(default_factory=dict)
    slices: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()
    presentations: tuple[Presentation, ...] = ()
    in_pixels: bool = False
    notes: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class PackedMask:
    """A label volume for the way from a worker, which would take longest of all as it is."""

    name: str
    labels: bytes
    geometry: Geometry
    names: Mapping[int, Words]
    basis: Basis | None

    @staticmethod
    def of(mask: LabelVolume) -> PackedMask:
        packed = zlib.compress(mask.values.tobytes(), _FAST)
        return PackedMask(mask.name, packed, mask.geometry, dict(mask.names), mask.basis)

    def unpacked(self) -> LabelVolume:
        """raises UNREADABLE for what is no volume of its geometry's size"""
        shape = self.geometry.shape
        size = shape[0] * shape[1] * shape[2]
        try:
            labels = zlib.decompressobj().decompress(self.labels, size)
        except zlib.error:
            labels = b""
        if len(labels) != size:
            raise WorkstationError(ErrorCode.UNREADABLE)
        values = np.frombuffer(labels, dtype=np.uint8).reshape(shape)
        return LabelVolume(name=self.name, values=values, geometry=self.geometry, names=self.names, basis=self.basis)


def for_the_way(content: Content) -> tuple[Content, tuple[PackedMask, ...]]:
    return replace(content, masks=()), tuple(map(PackedMask.of, content.masks))


def part(
    name: str,
    number: int,
    code: str,
    label: Words,
    shapes: Sequence[Shape],
    measurements: Sequence[Measurement] = (),
) -> Finding:
    """One part of the object `name`; where it comes from is whoever wrote the file."""
    return Finding(
        id=f"{name}/{number}",
        code=code,
        label=label,
        shapes=tuple(shapes),
        measurements=tuple(measurements),
        confidence=None,
        basis=Basis.VENDOR,
    )
