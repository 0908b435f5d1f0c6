"""Make the copies of one stack that may leave this PC, and say beforehand what they hold."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from workstation.domain.answer import SentSeries
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Instance, Stack
from workstation.domain.words import Words, say
from workstation.domain.work import CancelToken, Progress, Reporter, silent
from workstation.imaging.upload.burnt_in import must_not_be_sent
from workstation.imaging.upload.deidentify import (
    Elements,
    Pseudonyms,
    copy_elements,
    encoded,
    series_uids,
    sop_class_of,
    surviving,
)
from workstation.imaging.upload.deidentify_source import Source, lut_sequence, open_original, pixel_chunks, read_source
from workstation.imaging.upload.deidentify_table import RULES
from workstation.imaging.upload.write import make_folder, part10_head, write_whole

DECOMPRESS: Final = "decompress"
SHORTEST_SALT: Final = 16

STAYS: Final = (
    say("Name, number, birth date, sex, age and everything else about the person"),
    say("Every date and time"),
    say("Hospital, department, physicians, operators, station and device numbers"),
    say("All descriptions, comments, protocol names and other free text"),
    say("All original UIDs; what leaves has new ones that can't be traced back"),
    say("Private and unknown attributes, sequences, overlays, curves and preview pictures"),
)


@dataclass(frozen=True, slots=True)
class LeavingTag:
    """One attribute that leaves: its DICOM keyword and its value; where slices differ, the first and the last value."""

    keyword: str
    value: str
    last: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """For the consent panel: what would leave this PC.

    slices, total_bytes  how many files, and how large together (headers of the copies estimated)
    tags                 every attribute that leaves with a value from the original, over all slices
    stays                the kinds of things that don't leave
    kept, removed, private  attributes of the first slice: leaving, staying, and private among those that stay
    """

    slices: int
    total_bytes: int
    tags: tuple[LeavingTag, ...]
    stays: tuple[Words, ...]
    kept: int
    removed: int
    private: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """
    files        the copies in canonical order: slice 1 is `0001.dcm`, instance number 1
    sent         what the answer will be placed by: geometry and new UIDs
    uid_map      original UID → new UID; stays on this PC
    patient_id   the number that stands in the copies
    kept, removed, private  attributes over all slices: written from the original, left out, and private among those
    """

    files: tuple[Path, ...]
    sent: SentSeries
    uid_map: Mapping[str, str]
    patient_id: str
    total_bytes: int
    kept: int
    removed: int
    private: int


def describe_leaving(stack: Stack) -> Leaving:
    """Read the headers of a stack and say what would leave; writes nothing.

    raises TRUNCATED_SLICE, FILE_CHANGED, UNREADABLE, NOT_FOUND
    """
    seen: dict[str, tuple[str, str]] = {}
    counts: tuple[int, int, int] | None = None
    for number, instance in enumerate(stack.instances, start=1):
        with _named(number), open_original(instance.path) as file:
            source = read_source(file, instance)
        survivors = surviving(source.values, instance)
        counts = counts or _counts(source, survivors)
        for key, (vr, value) in sorted(survivors.items()):
            text = _readable(vr, value)
            keyword = RULES[key].keyword
            seen[keyword] = (seen[keyword][0] if keyword in seen else text, text)
    kept, removed, private = counts or (0, 0, 0)
    header = 1_500
    return Leaving(
        slices=stack.slices,
        total_bytes=sum(_pixel_bytes(instance) + header for instance in stack.instances),
        tags=tuple(LeavingTag(name, first, last if last != first else "") for name, (first, last) in seen.items()),
        stays=STAYS,
        kept=kept,
        removed=removed,
        private=private,
    )


def prepare(
    stack: Stack,
    folder: Path,
    salt: bytes,
    repairs: frozenset[str] = frozenset(),
    reporter: Reporter = silent,
    cancel: CancelToken | None = None,
    shown: bool = False,
) -> Prepared:
    """Write de-identified copies of a stack in canonical order; the originals are only read.

    salt     at least 16 secret random bytes, new for each job
    repairs  "decompress": compressed pixels are written native
    shown    the person saw this one picture and lets it go (a secondary capture)
    raises   BURNT_IN, TRUNCATED_SLICE, FILE_CHANGED, UNREADABLE, NOT_FOUND, DECODE_FAILED, NO_CODEC, NO_SPACE,
             CANNOT_WRITE, Cancelled; no copy is left behind then
    """
    if len(salt) < SHORTEST_SALT:
        raise ValueError(f"{len(salt)} bytes are no secret")
    if must_not_be_sent(stack, shown) is not None:
        raise WorkstationError(ErrorCode.BURNT_IN)
    cancel = cancel or CancelToken()
    make_folder(folder)
    written: list[Path] = []
    try:
        return _copies(stack, folder, Pseudonyms(salt), DECOMPRESS in repairs, reporter, cancel, written)
    except BaseException:
        for path in written:
            with contextlib.suppress(OSError):
                path.unlink()
        raise


def _copies(
    stack: Stack,
    folder: Path,
    pseudonyms: Pseudonyms,
    decompress: bool,
    reporter: Reporter,
    cancel: CancelToken,
    written: list[Path],
) -> Prepared:
    common = series_uids(stack, pseudonyms)
    sop_uids: list[str] = []
    kept = removed = private = total = 0
    for number, instance in enumerate(stack.instances, start=1):
        cancel.check()
        new = replace(common, instance=pseudonyms.instance_uid(instance.sop_instance_uid, number - 1))
        sop_class = sop_class_of(instance, stack.modality)
        with _named(number), open_original(instance.path) as file:
            source = read_source(file, instance)
            if source.burnt_in:  # a single slice that says so counts, also where the stack's first did not
                raise WorkstationError(ErrorCode.BURNT_IN)
            syntax, pixels = pixel_chunks(file, source, instance, decompress)
        survivors = surviving(source.values, instance)
        lut = lut_sequence(instance.path) if instance.slope is None else None
        elements = copy_elements(survivors, sop_class, new, pseudonyms.patient_id, number, lut)
        head = part10_head(sop_class, new.instance, syntax) + encoded(elements)
        path = folder / f"{number:04d}.dcm"
        written.append(path)
        total += write_whole(path, [head, *pixels])
        sop_uids.append(new.instance)
        kept, removed, private = (
            before + now for before, now in zip((kept, removed, private), _counts(source, survivors), strict=True)
        )
        reporter(Progress(number, stack.slices, say("Removing the identity"), total))
    return Prepared(
        files=tuple(written),
        sent=SentSeries(geometry=stack.geometry, series_uid=common.series, sop_instance_uids=tuple(sop_uids)),
        uid_map=MappingProxyType(dict(pseudonyms.map)),
        patient_id=pseudonyms.patient_id,
        total_bytes=total,
        kept=kept,
        removed=removed,
        private=private,
    )


@contextlib.contextmanager
def _named(number: int) -> Iterator[None]:
    """Say which slice a file that ends too early belongs to, counted from 1 as people do."""
    try:
        yield
    except WorkstationError as error:
        if error.code is ErrorCode.TRUNCATED:
            raise WorkstationError(ErrorCode.TRUNCATED_SLICE, slice=number, **error.facts) from None
        raise
    except OSError:
        raise WorkstationError(ErrorCode.UNREADABLE) from None


def _counts(source: Source, survivors: Elements) -> tuple[int, int, int]:
    return len(survivors), source.elements - len(survivors), source.private


def _pixel_bytes(instance: Instance) -> int:
    pixels = instance.pixels
    if instance.pixel_offset is None:
        return instance.file_bytes
    return pixels.rows * pixels.columns * pixels.samples * pixels.bits_allocated // 8


def _readable(vr: bytes, value: bytes) -> str:
    if vr in (b"US", b"SS"):
        return str(int.from_bytes(value, "little", signed=vr == b"SS"))
    if vr == b"FD":
        import struct

        return f"{struct.unpack('<d', value)[0]:g}"
    return value.decode("ascii", "replace").strip()
