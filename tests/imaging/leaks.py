"""Find what identifies a patient in bytes that somebody received: for tests, apart from the program's own table.

Every value is looked for in the encodings that systems use, in upper and lower case, also hex and percent-encoded.
The originals' own pixel data is taken out first: those bytes are allowed, and noise spells short names.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pydicom
from pydicom.dataset import Dataset
from pydicom.encaps import generate_fragments

ENCODINGS = ("utf-8", "gb18030", "big5", "latin-1", "shift_jis", "euc_kr", "iso2022_jp", "utf-16-le", "utf-16-be")
IDENTIFIERS = {
    "PatientID", "OtherPatientIDs", "IssuerOfPatientID", "AccessionNumber", "StudyID", "InstitutionName",
    "InstitutionAddress", "InstitutionalDepartmentName", "StationName", "DeviceSerialNumber", "PatientAddress",
    "PatientTelephoneNumbers", "RequestedProcedureID", "ScheduledProcedureStepID", "PerformedProcedureStepID",
    "SourceApplicationEntityTitle", "CountryOfResidence",
}  # fmt: skip
FREE_TEXT = {
    "StudyDescription", "SeriesDescription", "ProtocolName", "PatientComments", "ImageComments",
    "AdditionalPatientHistory", "RequestedProcedureDescription", "ScheduledProcedureStepDescription",
    "PerformedProcedureStepDescription",
}  # fmt: skip
STANDARD_UIDS = "1.2.840.10008."
_SHORT = 5


@dataclass(frozen=True)
class Leak:
    keyword: str
    value: str
    encoding: str


def find_leaks(originals: Iterable[Path], received: bytes) -> list[Leak]:
    """Identifying values of the originals that stand in the received bytes."""
    secrets: dict[tuple[str, str | bytes], str] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in originals:
            ds = pydicom.dcmread(path, force=True)
            for pixels in _pixel_runs(ds):
                received = received.replace(pixels, b"|")
            meta = getattr(ds, "file_meta", None)
            for part in (ds, meta) if meta is not None else (ds,):
                secrets |= {(keyword, value): keyword for keyword, value in _identifying(part)}
    lower = received.lower()
    found = [leak for keyword, value in secrets for leak in _search(keyword, value, received, lower)]
    return sorted(set(found), key=lambda leak: (leak.keyword, leak.value))


def _pixel_runs(ds: Dataset) -> list[bytes]:
    pixels = ds.get("PixelData")
    if not pixels:
        return []
    if ds.get_item("PixelData").is_undefined_length:
        return [run for run in generate_fragments(pixels) if len(run) > 64]
    return [pixels]


def _identifying(ds: Dataset) -> Iterator[tuple[str, str | bytes]]:
    for element in ds:
        keyword = element.keyword or str(element.tag)
        if element.VR == "SQ":
            for item in element.value:
                yield from _identifying(item)
        elif element.VR == "PN" or keyword in IDENTIFIERS:
            raw = element.value
            texts = [str(value) for value in raw] if isinstance(raw, pydicom.multival.MultiValue) else [str(raw or "")]
            yield from ((keyword, word) for text in texts for word in [text, *re.split(r"[\^=\s]+", text)])
            yield from _undecoded(ds, element.tag, keyword)
        elif element.VR == "UI":
            uids = element.value if isinstance(element.value, list | pydicom.multival.MultiValue) else [element.value]
            yield from ((keyword, str(uid)) for uid in uids if uid and not str(uid).startswith(STANDARD_UIDS))
        elif element.VR in ("DA", "DT", "TM"):
            yield keyword, str(element.value or "").split(".")[0]
        elif (element.tag.is_private and not element.tag.is_private_creator) or keyword in FREE_TEXT:
            value = element.value
            if isinstance(value, bytes):
                runs = re.findall(rb"[ -~\x80-\xff]{5,}", value[:4096])
                maker = str(ds.get("Manufacturer", "")).encode()
                yield from ((keyword, run) for run in runs if run.strip() != maker)
            elif isinstance(value, str) and len(value) > 4 and not re.fullmatch(r"[-+0-9.\\\s]+", value):
                yield keyword, value


def _undecoded(ds: Dataset, tag: int, keyword: str) -> Iterator[tuple[str, bytes]]:
    """The bytes as they stand in the file, for values in a character set that is not declared."""
    raw = ds.get_item(tag)
    original = getattr(raw.value, "original_string", raw.value) if raw is not None else None
    if isinstance(original, bytes):
        yield from ((keyword, word) for word in re.split(rb"[\^=\s]+", original))


def _stands(value: bytes, received: bytes, *, alone: bool) -> bool:
    """Whether the bytes are there; a short word as a word, since random base64 of digests and signatures spells it."""
    if not alone:
        return value in received
    return re.search(rb"(?<![a-z0-9+/])" + re.escape(value) + rb"(?![a-z0-9+/])", received) is not None


def _search(keyword: str, value: str | bytes, received: bytes, lower: bytes) -> Iterator[Leak]:
    if isinstance(value, bytes):
        if len(value) > 3 and value.strip(b"\0 ") and value in received:
            yield Leak(keyword, repr(value), "raw")
        return
    value = value.strip("\0 ")
    if len(value) < (3 if value.isascii() else 2) or not value.strip("0.:"):
        return
    if value.isascii() and value.isdigit():
        if len(value) > 4 and re.search(rb"(?<![0-9])" + value.encode() + rb"(?![0-9])", received):
            yield Leak(keyword, value, "ascii")
        return
    for encoding in ENCODINGS:
        try:
            coded = value.encode(encoding)
        except UnicodeEncodeError:
            continue
        if len(coded) < 3:
            continue
        if _stands(coded.lower(), lower, alone=value.isascii() and len(value) <= _SHORT):
            yield Leak(keyword, value, encoding)
        if len(coded) > 3 and coded.hex().encode() in lower:  # digests in hex spell three bytes by chance
            yield Leak(keyword, value, f"{encoding} hex")
        if not value.isascii() and quote(coded).lower().encode() in lower:
            yield Leak(keyword, value, f"{encoding} percent")
