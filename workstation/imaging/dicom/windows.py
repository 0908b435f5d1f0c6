"""How a file asks to be shown: its windows, their function and names, and the VOI LUT sequence.

source: DICOM PS3.3 C.11.1 (Modality LUT module), C.11.2 (VOI LUT module)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from workstation.domain.error import ErrorCode
from workstation.domain.series import VoiFunction, VoiTable, VoiWindow
from workstation.imaging.archive.member import open_binary
from workstation.imaging.damage import as_error
from workstation.imaging.dicom.fallback import read_dataset
from workstation.imaging.dicom.text import first_number, numbers, plains

if TYPE_CHECKING:
    from pydicom import Dataset

_MOST_TABLES: Final = 16

Entries = np.ndarray[tuple[int], np.dtype[np.uint16]]


def function_of(name: object) -> VoiFunction:
    """LINEAR where nothing or nonsense is said."""
    text = str(name or "").strip()
    return VoiFunction(text) if text in set(VoiFunction) else VoiFunction.LINEAR


def windows_of(center: bytes, width: bytes, names: bytes, function: bytes) -> tuple[VoiWindow, ...]:
    """All windows of a file that are defined, the first one first."""
    if not center or not width:
        return ()
    kind = function_of(function.strip(b"\0 ").decode("ascii", "replace"))
    centers, widths = _whole(center), _whole(width)
    texts = plains(names) if names.isascii() else ()
    lowest = 1.0 if kind is VoiFunction.LINEAR else 1e-6
    windows = []
    for number, (c, w) in enumerate(zip(centers, widths, strict=False)):
        if w >= lowest:
            name = texts[number] if number < len(texts) else ""
            windows.append(VoiWindow(center=c, width=w, function=kind, name=name))
    return tuple(windows)


def _whole(raw: bytes) -> tuple[float, ...]:
    """All numbers, or the first where another one is damaged."""
    every, first = numbers(raw), first_number(raw)
    return every if every is not None else (first,) if first is not None else ()


def table_type(path: str) -> str | None:
    """What the entries of a file's Modality LUT are: HU …; None where it is empty. For a worker. raises UNREADABLE"""
    with open_binary(path) as file:
        dataset, _ = read_dataset(file)
    with as_error(ErrorCode.UNREADABLE):
        items = dataset.get("ModalityLUTSequence")
        if not items or not items[0].get("LUTDescriptor"):
            return None
        return str(items[0].get("ModalityLUTType") or "US").strip()


def tables_of(path: str, values: tuple[float, float]) -> tuple[VoiWindow, ...]:
    """The file's VOI LUTs, each as a window over all its entries; what is not whole is left out. For a worker.

    values  the lowest and the highest that its pixels can have, rescaled
    raises  UNREADABLE
    """
    with open_binary(path) as file:
        dataset, _ = read_dataset(file)
    with as_error(ErrorCode.UNREADABLE):
        little = bool(dataset.original_encoding[1])
        tables = (table_of(item, little, values) for item in list(dataset.get("VOILUTSequence") or ())[:_MOST_TABLES])
        return tuple(table for table in tables if table is not None)


def table_of(item: Dataset, little: bool, values: tuple[float, float] | None = None) -> VoiWindow | None:
    """One item of a VOI LUT sequence, as a window over all its entries; None where it is not whole.

    values  as of `tables_of`; None: not known
    """
    descriptor, data = item.get("LUTDescriptor"), item.get("LUTData")
    if descriptor is None or len(descriptor) != 3 or data is None:
        return None
    count, first, bits = (int(value) for value in descriptor)
    if not 8 <= bits <= 16:
        return None
    entries = entries_of(data, count, little)
    if len(entries) < 2:
        return None
    first = _with_sign(first, len(entries), values)
    gray = np.rint(np.clip(entries / ((1 << bits) - 1), 0, 1) * 255).astype(np.uint8)
    name = str(item.get("LUTExplanation") or "").strip()
    table = VoiTable(first=first, gray=gray.tobytes())
    return VoiWindow(center=first + len(gray) / 2, width=float(len(gray)), name=name, table=table)


def _with_sign(first: int, count: int, values: tuple[float, float] | None) -> int:
    """The first value mapped, which has a sign where rescaled values have one (PS3.3 C.11.2.1.1).

    Its VR does not tell: it goes by the stored values, and implicit files have none.
    """
    below = first - (1 << 16)
    if first < 1 << 15:
        return first
    as_read, signed = (_reached(start, count, values) for start in (first, below)) if values is not None else (0, 0)
    if as_read == signed:
        return below if first + count > 1 << 16 else first
    return below if signed > as_read else first


def _reached(start: int, count: int, values: tuple[float, float]) -> float:
    """How many of the entries from `start` on some value can reach."""
    return max(0.0, min(start + count - 1, values[1]) - max(start, values[0]) + 1)


def entries_of(data: object, count: int, little: bool) -> Entries:
    """The first `count` (0: 65,536) entries of LUT Data, fewer where it has no more.

    Words of 16 bits, or bytes packed into words where there are just enough of those; pydicom gives words as numbers
    where it knows them.
    """
    count = count % (1 << 16) or 1 << 16
    if isinstance(data, bytes):
        if len(data) == count and count % 2:  # not packed into words
            return np.frombuffer(data, dtype=np.uint8).astype(np.uint16)
        words = np.frombuffer(data[: len(data) // 2 * 2], dtype="<u2" if little else ">u2").astype("<u2")
    else:
        given = [data] if isinstance(data, int) else list(data)  # type: ignore[call-overload]
        words = np.array(given, dtype=np.int64).astype("<u2")
    if len(words) == (count + 1) // 2 and count > 1:
        return words.view(np.uint8)[:count].astype(np.uint16)
    return words[:count].astype(np.uint16)
