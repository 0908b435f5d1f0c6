"""Raw DICOM values → strings and numbers. A damaged value is a missing one; nothing here raises."""

from __future__ import annotations

import math
import struct
from functools import lru_cache
from typing import Final

_DIRECT: Final = {b"ISO_IR 192": "utf-8", b"GB18030": "gb18030", b"GBK": "gbk"}


def decode(raw: bytes, charset: bytes, person: bool = False) -> str:
    """Text in its Specific Character Set (PS3.3 C.12.1.1.2); what can't be decoded is replaced."""
    value = raw.rstrip(b"\0 =") if person else raw.strip(b"\0 ")
    if value.isascii() and b"\x1b" not in value:
        return value.decode("ascii")
    direct = _DIRECT.get(charset.strip(b"\0 "))
    return value.decode(direct, "replace") if direct else _decode(value, charset, person)


@lru_cache(maxsize=1024)
def _decode(value: bytes, charset: bytes, person: bool) -> str:
    from pydicom.charset import convert_encodings, decode_bytes
    from pydicom.valuerep import PersonName

    declared = [part.decode("ascii", "replace").strip("\0 ") for part in charset.split(b"\\")]
    try:
        encodings = convert_encodings(declared)
        if person:
            return str(PersonName(value, encodings).decode())
        return decode_bytes(value, encodings, {0x09, 0x0A, 0x0C, 0x0D, 0x5C})
    except (LookupError, ValueError, AttributeError, TypeError):
        return value.decode("latin-1")


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
    """Exactly three finite numbers."""
    if not raw:
        return None
    parts = raw.split(b"\\")
    if len(parts) != 3:
        return None
    try:
        x, y, z = float(parts[0]), float(parts[1]), float(parts[2].rstrip(b"\0 "))
    except ValueError:
        return None
    return (x, y, z) if math.isfinite(x) and math.isfinite(y) and math.isfinite(z) else None


def double(raw: bytes | None) -> float | None:
    """The first value of a 64-bit float element."""
    if raw is None or len(raw) < 8:
        return None
    value = float(struct.unpack_from("<d", raw)[0])
    return value if math.isfinite(value) else None


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
