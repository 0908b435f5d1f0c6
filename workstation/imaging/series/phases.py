"""Frames that share places → phases: echoes, points in time, image types."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from workstation.domain.geometry import DUPLICATE_MM, Vector, dot
from workstation.domain.series import FactCode, StackFact
from workstation.domain.words import say
from workstation.imaging.dicom.attributes import Candidate

# Tried one after the other where positions repeat: the first that separates them names the phases.
_SEPARATORS: Final[Mapping[str, Callable[[Candidate], Hashable]]] = MappingProxyType(
    {
        "echo": lambda c: c.moment.echo,
        "temporal": lambda c: c.moment.temporal,
        "image_type": lambda c: c.series.image_type,
        "echo_time": lambda c: c.moment.echo_time,
        "b_value": lambda c: c.moment.b_value,
        "acquisition": lambda c: c.moment.acquisition,
        "trigger_time": lambda c: c.moment.trigger_time,
        "time": lambda c: c.moment.time,
    }
)

_NUMBERED: Final = ("echo", "temporal")  # numbered by the file itself, so a phase may be a single image


def offset_of(frame: Candidate, normal: Vector) -> float:
    assert frame.instance.position is not None
    return dot(frame.instance.position, normal)


def _distinct(frames: Sequence[Candidate], normal: Vector) -> int:
    offsets = sorted(offset_of(frame, normal) for frame in frames)
    return 1 + sum(b - a > DUPLICATE_MM for a, b in pairwise(offsets))


def _identities(frames: Sequence[Candidate]) -> int:
    """How many different frames these are, copies counted once."""
    return len({(f.instance.sop_instance_uid or f.instance.path, f.instance.frame) for f in frames})


def phases(frames: list[Candidate], normal: Vector | None) -> list[tuple[list[Candidate], tuple[StackFact, ...]]]:
    """Split frames that share places by the first attribute that separates them completely."""
    if normal is None or _distinct(frames, normal) == _identities(frames):
        return [(frames, ())]
    for name, separator in _SEPARATORS.items():
        parts: dict[Hashable, list[Candidate]] = {}
        for frame in frames:
            parts.setdefault(separator(frame), []).append(frame)
        sizes = [_identities(part) for part in parts.values()]
        if max(sizes) < 2 or len(sizes) < 2 or (min(sizes) < 2 and name not in _NUMBERED):
            continue
        if all(size == _distinct(part, normal) for size, part in zip(sizes, parts.values(), strict=True)):
            ordered = [parts[key] for key in sorted(parts, key=lambda key: (key is None, key))]
            code = FactCode.MULTI_ECHO if name in ("echo", "echo_time") else FactCode.MULTI_PHASE
            return [(part, (_phase(code, number, len(ordered)),)) for number, part in enumerate(ordered, start=1)]
    return [(frames, ())]


def _phase(code: FactCode, number: int, count: int) -> StackFact:
    if code is FactCode.MULTI_ECHO:
        return StackFact(
            code, say("Echo {number} of {count} of this series.", number=number, count=count), float(count)
        )
    return StackFact(code, say("Phase {number} of {count} of this series.", number=number, count=count), float(count))
