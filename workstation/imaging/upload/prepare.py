"""Make the copies of one stack that may leave this PC."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from workstation.domain.answer import SentSeries
from workstation.domain.covering import NO_COVERING, Covering, covered_words
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.geometry import Geometry
from workstation.domain.series import Stack
from workstation.domain.words import Words, say
from workstation.domain.work import CancelToken, Progress, Reporter, silent
from workstation.imaging.dicom.walk import EXPLICIT
from workstation.imaging.redact.fill import cover_volume, hidden_by
from workstation.imaging.redact.native import cover_element
from workstation.imaging.upload.burnt_in import must_not_be_sent
from workstation.imaging.upload.deidentify import (
    Elements,
    Pseudonyms,
    copy_elements,
    encoded,
    pixel_lead,
    series_uids,
    sop_class_of,
    surviving,
)
from workstation.imaging.upload.demanded import of_frame
from workstation.imaging.upload.from_volume import (
    Making,
    assumptions,
    common_elements,
    is_made,
    made_elements,
    made_slices,
    making_of,
)
from workstation.imaging.upload.originals import read_originals
from workstation.imaging.upload.storing import storing_of
from workstation.imaging.upload.survivors import OVERLAY_CUT, Counts, headers
from workstation.imaging.upload.write import Chunk, make_folder, part10_head, write_whole

DECOMPRESS: Final = "decompress"
SHORTEST_SALT: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """
    files        the copies in canonical order: slice 1 is `0001.dcm`, instance number 1
    sent         what the answer will be placed by: geometry and new UIDs
    uid_map      original UID → new UID; stays on this PC
    patient_id   the number that stands in the copies
    kept, removed, private  attributes over all slices: written from the original, left out, and private among those
    notes        what was done to the pixels or taken for granted; stands with the result
    """

    files: tuple[Path, ...]
    sent: SentSeries
    uid_map: Mapping[str, str]
    patient_id: str
    total_bytes: int
    kept: int
    removed: int
    private: int
    notes: tuple[Words, ...] = ()


def prepare(
    stack: Stack,
    folder: Path,
    salt: bytes,
    repairs: frozenset[str] = frozenset(),
    reporter: Reporter = silent,
    cancel: CancelToken | None = None,
    shown: bool = False,
    largest: tuple[int, int] | None = None,
    covering: Covering = NO_COVERING,
) -> Prepared:
    """Write de-identified copies of a stack in canonical order; the originals are only read.

    A frame of a multi-frame file leaves as a slice of its own; so does a slice of a NIfTI file, as the CT or MR image
    that its series is taken for.

    salt     at least 16 secret random bytes, new for each job
    repairs  "decompress": compressed pixels are written native; "reslice": the stack leaves on its even grid;
             "resize": with fewer, larger pixels
    shown    the person saw this one picture and lets it go (a secondary capture)
    largest  rows, columns that a resized slice may have
    covering what is made solid in every copy; reviewed, it lets go what would be refused for burnt-in text
    raises   BURNT_IN, TRUNCATED_SLICE, FILE_CHANGED, UNREADABLE, NOT_FOUND, DECODE_FAILED, NO_CODEC, NO_GEOMETRY,
             OUT_OF_MEMORY, NO_SPACE, CANNOT_WRITE, Cancelled; no copy is left behind then
    """
    if len(salt) < SHORTEST_SALT:
        raise ValueError(f"{len(salt)} bytes are no secret")
    if must_not_be_sent(stack, shown or covering.reviewed) is not None:
        raise WorkstationError(ErrorCode.BURNT_IN)
    cancel = cancel or CancelToken()
    make_folder(folder)
    making = making_of(stack, repairs, largest) if is_made(stack, repairs) else None
    originals = [i.sop_instance_uid for i in stack.instances] if making is None else [""] * making.grid.slices
    copies = _Copies(stack, originals, folder, Pseudonyms(salt), cleaned=covering.reviewed)
    try:
        if making is not None:
            return _made(stack, making, copies, covering, reporter, cancel)
        return _copied(stack, copies, DECOMPRESS in repairs, covering, reporter, cancel)
    except BaseException:
        copies.remove()
        raise


class _Copies:
    """The copies written so far, and what they all are called.

    originals  SOP instance UID of each slice's original; "" where it has none
    """

    def __init__(
        self, stack: Stack, originals: Sequence[str], folder: Path, pseudonyms: Pseudonyms, *, cleaned: bool
    ) -> None:
        self._folder, self._pseudonyms, self._cleaned = folder, pseudonyms, cleaned
        self._common = series_uids(stack, pseudonyms)
        self._sop_uids = [pseudonyms.instance_uid(uid, place) for place, uid in enumerate(originals)]
        self._written: dict[int, Path] = {}
        self.bytes = 0

    def write(
        self,
        place: int,
        survivors: Elements,
        sop_class: str,
        syntax: str,
        pixels: Sequence[Chunk],
        lut: bytes | None = None,
    ) -> None:
        """The copy of one slice. raises NO_SPACE, CANNOT_WRITE"""
        new = replace(self._common, instance=self._sop_uids[place])
        person = self._pseudonyms.patient_id
        elements = copy_elements(survivors, sop_class, new, person, place + 1, lut, self._cleaned)
        head = part10_head(sop_class, new.instance, syntax) + encoded(elements)
        path = self._folder / f"{place + 1:04d}.dcm"
        self._written[place] = path
        self.bytes += write_whole(path, [head, *pixels])

    def remove(self) -> None:
        for path in self._written.values():
            with contextlib.suppress(OSError):
                path.unlink()

    def prepared(
        self, geometry: Geometry | None, counts: Counts, notes: tuple[Words, ...], original: Geometry | None = None
    ) -> Prepared:
        return Prepared(
            files=tuple(self._written[place] for place in range(len(self._sop_uids))),
            sent=SentSeries(
                geometry=geometry,
                series_uid=self._common.series,
                sop_instance_uids=tuple(self._sop_uids),
                original=original,
            ),
            uid_map=MappingProxyType(dict(self._pseudonyms.map)),
            patient_id=self._pseudonyms.patient_id,
            total_bytes=self.bytes,
            kept=counts.kept,
            removed=counts.removed,
            private=counts.private,
            notes=notes,
        )


def _copied(
    stack: Stack, copies: _Copies, decompress: bool, covering: Covering, reporter: Reporter, cancel: CancelToken
) -> Prepared:
    """Slice by slice as the original files have them, but for what is covered."""
    counts, cut = Counts(), False
    instances = stack.instances
    hidden = hidden_by(covering, stack.rows, stack.columns) if covering.hides else None
    for place, original in read_originals(instances, decompress or hidden is not None, cancel=cancel):
        instance = instances[place]
        # a single slice that says so counts, also where the stack's first did not
        if original.burnt_in and not covering.reviewed:
            raise WorkstationError(ErrorCode.BURNT_IN)
        survivors = of_frame(stack, instance, surviving(original.values, instance)) | original.layout
        counts.add(original, survivors)
        cut |= original.overlay_cut
        sop_class = sop_class_of(instance, stack.modality)
        pixels = original.pixels
        if hidden is not None:
            pixels = cover_element(pixels, instance, survivors, hidden)
        copies.write(place, survivors, sop_class, original.syntax, [pixels], original.lut)
        reporter(Progress(counts.slices, stack.slices, say("Removing the identity"), copies.bytes))
    notes = (OVERLAY_CUT,) if cut else ()
    return copies.prepared(stack.geometry, counts, notes + covered_words(covering))


def _made(
    stack: Stack, making: Making, copies: _Copies, covering: Covering, reporter: Reporter, cancel: CancelToken
) -> Prepared:
    """Slice by slice from the volume, on the grid that was planned."""
    from workstation.imaging.pixels.load import load_volume

    counts, cut = Counts(), False
    every: list[Elements] = []
    for _, original, survivors in headers(stack, cancel):
        if original.burnt_in and not covering.reviewed:
            raise WorkstationError(ErrorCode.BURNT_IN)
        counts.add(original, survivors)
        every.append(survivors)
        cut |= original.overlay_cut
    common = common_elements(every)
    volume = load_volume(stack, reporter, cancel)
    if covering.hides:
        volume = cover_volume(volume, covering)
    storing = storing_of(volume)
    sop_class = sop_class_of(stack.instances[0], stack.modality)
    size = making.grid.rows * making.grid.columns * 2
    lead = pixel_lead(size, 16)
    total = making.grid.slices
    counts.kept = 0
    for at, pixels in enumerate(made_slices(volume, making, storing, cancel)):
        elements = made_elements(stack, making, at, common, storing, volume.padding)
        counts.kept += len(elements)
        copies.write(at, elements, sop_class, EXPLICIT, [lead, pixels.tobytes()])
        reporter(Progress(at + 1, total, say("Removing the identity"), copies.bytes))
    notes = [*making.notes, *assumptions(stack), *covered_words(covering)]
    if storing.said is not None:
        notes.append(storing.said)
    if cut:
        notes.append(OVERLAY_CUT)
    return copies.prepared(making.grid, counts, tuple(notes), stack.geometry if making.changed else None)
