"""Raw DICOM values → codes and numbers. A damaged value is a missing one; nothing here raises."""

from __future__ import annotations

import math
import struct
from typing import Final

_FAR: Final = 1e6  # mm
_NEAR: Final = 1e-6


def plain(raw: bytes | None) -> str:
    """A value of the default repertoire: UIDs, codes, dates."""
    return (raw or b"").strip(b"\0 ").decode("ascii", "replace")


def plains(raw: bytes | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in plain(raw).split("\\")) if raw else ()


def numbers(raw: bytes | None) -> tuple[float, ...] | None:
    """All values of a decimal string; None where one is missing or no finite number."""
    if not raw:
        return None
    try:
        values = tuple([float(part) for part in raw.strip(b"\0 ").split(b"\\")])
    except ValueError:
        return None
    return values if all(map(math.isfinite, values)) else None


def vector(raw: bytes | None) -> tuple[float, float, float] | None:
    """A place in mm: exactly three numbers, none of them so large that nothing lies there."""
    if not raw:
        return None
    try:
        first, second, third = raw.rstrip(b"\0 ").split(b"\\")
        x, y, z = float(first), float(second), float(third)
    except ValueError:
        return None
    # No number compares as false.
    return (x, y, z) if -_FAR < x < _FAR and -_FAR < y < _FAR and -_FAR < z < _FAR else None


def spacing_pair(raw: bytes | None) -> tuple[float, float] | None:
    """Two distances in mm that pixels may have."""
    two = numbers(raw)
    return (two[0], two[1]) if two and len(two) == 2 and min(two) > _NEAR and max(two) < _FAR else None


def double(raw: bytes | None) -> float | None:
    """The first value of a 64-bit float element."""
    if raw is None or len(raw) < 8:
        return None
    value = float(struct.unpack_from("<d", raw)[0])
    return value if math.isfinite(value) else None


def floats(raw: bytes) -> tuple[float, ...]:
    """All values of a 64-bit float element; none where one is no finite number."""
    values = struct.unpack_from(f"<{len(raw) // 8}d", raw)
    return values if all(map(math.isfinite, values)) else ()


def single(raw: bytes | None) -> float | None:
    """The first value of a 32-bit float element, or of a decimal string that stands in its place."""
    if raw is None or len(raw) < 4:
        return first_number(raw)
    value = float(struct.unpack_from("<f", raw)[0])
    return value if abs(value) < 1e9 else None


def first_number(raw: bytes | None) -> float | None:
    """The first value of a decimal string."""
    if not raw:
        return None
    try:
        value = float(raw.split(b"\\", 1)[0].strip(b"\0 "))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def integer(raw: bytes | None) -> int | None:
    """The first value of an integer string; "3.0" is taken as 3."""
    if not raw:
        return None
    try:
        return int(raw)
    except ValueError:
        value = first_number(raw)
        return int(value) if value is not None else None


def short(raw: bytes | None, signed: bool = False) -> int | None:
    """A 16-bit value; None where it is missing or has another length."""
    return int.from_bytes(raw, "little", signed=signed) if raw is not None and len(raw) == 2 else None
