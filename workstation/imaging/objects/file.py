"""One object's data set in pydicom's form, and its texts in the characters that they really are written in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.imaging.archive.member import open_binary
from workstation.imaging.damage import as_error
from workstation.imaging.dicom.charset import Charset, charset_of
from workstation.imaging.dicom.fallback import read_dataset
from workstation.imaging.dicom.walk import BIG_ENDIAN, EXPLICIT, IMPLICIT

if TYPE_CHECKING:
    from pydicom import Dataset

LARGEST_DOCUMENT: Final = 64 * 2**20  # bytes of an object without pixels; pydicom takes many times as much
_LONGEST: Final = 4096  # characters of one text that are kept
_DEEPEST: Final = 64


def dataset_of(path: str, largest: int = LARGEST_DOCUMENT) -> Dataset:
    """All elements before the pixels. raises NOT_FOUND, UNREADABLE, TOO_LARGE"""
    with as_error(ErrorCode.UNREADABLE), open_binary(path) as file:
        size = file.seek(0, 2)
        if size > largest:
            raise WorkstationError(ErrorCode.TOO_LARGE, claimed_mb=size >> 20, limit_mb=largest >> 20)
        file.seek(0)
        dataset, _ = read_dataset(file)
    return dataset


def syntax_of(dataset: Dataset) -> str:
    """As the file states it, else as it was read."""
    meta = getattr(dataset, "file_meta", None)
    stated = str(meta.get("TransferSyntaxUID", "")) if meta is not None else ""
    implicit, little = dataset.original_encoding
    return stated or (IMPLICIT if implicit else EXPLICIT if little else BIG_ENDIAN)


def uid(dataset: Dataset, keyword: str) -> str:
    value = dataset.get(keyword)
    return str(value).strip("\0 ") if value else ""


def items(dataset: Dataset, keyword: str) -> list[Dataset]:
    """The items of a sequence; none where there is no such sequence."""
    from pydicom.sequence import Sequence

    value = dataset.get(keyword)
    return list(value) if isinstance(value, Sequence) else []


def first(dataset: Dataset, keyword: str) -> Dataset | None:
    return next(iter(items(dataset, keyword)), None)


def numbers(dataset: Dataset, keyword: str) -> tuple[float, ...]:
    """All values of a numeric element; none where one is missing, no number or not finite."""
    from pydicom.errors import BytesLengthException

    try:
        value = dataset.get(keyword)
        if isinstance(value, bytes):
            value = _of_unknown(value, keyword, bool(dataset.original_encoding[1]))
        if value is None or isinstance(value, str):
            return ()
        array = np.atleast_1d(np.asarray(value, dtype=np.float64)).ravel()
    except (ValueError, TypeError, OverflowError, BytesLengthException):  # what stands there is no number
        return ()
    return tuple(array.tolist()) if np.isfinite(array).all() else ()


# Widths of those that a long value may have (PS3.5 6.2): of texts, which are decimal, there are two more.
_BINARY: Final = {"FL": "f4", "FD": "f8", "US": "u2", "SS": "i2", "UL": "u4", "SL": "i4", "UV": "u8", "SV": "i8"}


def _of_unknown(raw: bytes, keyword: str, little: bool) -> npt.NDArray[np.generic] | None:
    """Numbers of an element of unknown representation: what is too long for its own stands so (PS3.5 6.2.2).

    raises ValueError
    """
    from pydicom.datadict import dictionary_VR

    kind = dictionary_VR(keyword)
    if kind in ("DS", "IS"):
        texts = raw.strip(b"\0 ")
        return np.array([float(one) for one in texts.split(b"\\")]) if texts else None
    return np.frombuffer(raw, np.dtype(_BINARY[kind]).newbyteorder("<" if little else ">")) if kind in _BINARY else None


def holds(dataset: Dataset, keyword: str) -> bool:
    """Whether anything stands there, whatever it is."""
    return bool(_raw(dataset, keyword))


def number(dataset: Dataset, keyword: str) -> float | None:
    values = numbers(dataset, keyword)
    return values[0] if values else None


def points(values: tuple[float, ...], width: int) -> npt.NDArray[np.float64]:
    """Coordinates one after the other → [n, width]. raises ValueError where their number does not fit"""
    return np.array(values, dtype=np.float64).reshape(-1, width)


class Texts:
    """The texts of one object. Which characters they are is judged by all of them together, as headers are."""

    def __init__(self, dataset: Dataset) -> None:
        self._declared = _raw(dataset, "SpecificCharacterSet")
        self._charset = self._judged(dataset)

    def _judged(self, dataset: Dataset) -> Charset:
        odd = [_raw(dataset, keyword) for keyword in ("PatientName", "SeriesDescription", "ContentDescription")]
        odd += [raw for raw in _texts_in(dataset) if not raw.isascii()][:64]
        return charset_of(self._declared, odd)

    def of(self, dataset: Dataset, keyword: str) -> str:
        raw = _raw(dataset, keyword)
        return self._charset.text(raw).replace("\0", "").strip()[:_LONGEST]

    def plain(self, dataset: Dataset, tag: tuple[int, int]) -> str:
        """As `of`, of an element of a repeating group."""
        value = dataset.get_item(tag).value if tag in dataset else b""
        raw = value if isinstance(value, bytes) else str(value or "").encode("utf-8", "replace")
        return self._charset.text(raw).replace("\0", "").strip()[:_LONGEST]

    def code(self, dataset: Dataset, keyword: str) -> tuple[str, str]:
        """(value, meaning) of the first code of a sequence; empty where there is none."""
        item = first(dataset, keyword)
        if item is None:
            return ("", "")
        value = self.of(item, "CodeValue") or self.of(item, "LongCodeValue") or self.of(item, "URNCodeValue")
        return (value, self.of(item, "CodeMeaning"))


# Thousands of items without a text: functional groups of frames, contours, references.
_WITHOUT_TEXTS: Final = frozenset({0x52009230, 0x30060040, 0x00081199, 0x00081140, 0x30060016})
_CHARACTERS: Final = frozenset({"LO", "SH", "PN", "ST", "LT", "UT", "UC"})


def _raw(dataset: Dataset, keyword: str) -> bytes:
    """The bytes as they stand in the file; those of text that was decoded already are made again."""
    from pydicom.datadict import tag_for_keyword

    tag = tag_for_keyword(keyword)
    if tag is None or tag not in dataset:
        return b""
    value = dataset.get_item(tag).value
    if isinstance(value, bytes):
        return value.strip(b"\0 ")
    if value is None:
        return b""
    original = getattr(value, "original_string", None)
    if isinstance(original, bytes):
        return original.strip(b"\0 ")
    parts = [value] if isinstance(value, str) or not hasattr(value, "__iter__") else list(value)
    return "\\".join(str(part) for part in parts).encode("utf-8", "replace")


def _texts_in(dataset: Dataset) -> Iterator[bytes]:
    """Raw texts at any depth, as far as nobody decoded them."""
    waiting: list[tuple[Dataset, int]] = [(dataset, 0)]
    while waiting:
        one, depth = waiting.pop()
        for tag in one.keys():  # noqa: SIM118  a data set's own iteration decodes its elements
            element = one.get_item(tag)
            vr = element.VR or _usual_vr(tag)  # implicit files do not say it
            if vr == "SQ" and depth < _DEEPEST and tag not in _WITHOUT_TEXTS:
                waiting += [(item, depth + 1) for item in one[tag].value]
            elif isinstance(element.value, bytes) and vr in _CHARACTERS:
                yield element.value


def _usual_vr(tag: int) -> str:
    from pydicom.datadict import dictionary_VR

    try:
        return dictionary_VR(tag)
    except KeyError:
        return ""
