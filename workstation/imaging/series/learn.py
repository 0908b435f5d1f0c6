"""What one file is: frames of images, an object that is no image, or left out with its reason."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.sentences import sentence
from workstation.domain.series import FoundObject, LeftOut
from workstation.domain.work import CancelToken
from workstation.imaging import worker
from workstation.imaging.archive.contents import Member
from workstation.imaging.archive.forms import HEAD_BYTES, form_of, is_package, promised_form
from workstation.imaging.archive.member import standing_at
from workstation.imaging.dicom import tags
from workstation.imaging.dicom.attributes import AttributeReader, Candidate
from workstation.imaging.dicom.dicomdir import MOST_RECORDS, read_index
from workstation.imaging.dicom.header import LARGEST_HEADER, READ_FLAGS, Header, HeaderReader, NeedsWorker
from workstation.imaging.dicom.kinds import kind_of
from workstation.imaging.dicom.references import found_object
from workstation.imaging.dicom.series_info import SeriesInfo
from workstation.imaging.index.packing import BadBytesError, by_columns, pack, unpack
from workstation.imaging.nifti.opening import is_named_nifti, is_nifti, partner, read_file
from workstation.imaging.nifti.series import candidates
from workstation.imaging.picture.forms import is_named_picture, other_form, picture_form
from workstation.imaging.picture.read import read_picture
from workstation.imaging.picture.series import candidate

ARCHIVE: Final = "archive"
_DICOM_NAME: Final = ".dcm"  # a picture that was renamed to it is no radiograph: that it is no DICOM has to be said
_DISC_NAME: Final = ".iso"  # its mark stands too deep in it to be looked for in every file
_READ_A_SECOND: Final = 32e6  # bytes
_LARGEST_PICTURE: Final = 60e6  # bytes; what is larger has to be read as quickly, or is no picture


@dataclass(slots=True)  # not frozen, as there is one for each file
class Learned:
    """All that a scan keeps of one file; plain values, so that they can be stored and sent.

    A plain file has candidates, or is the one object, or is the one left out. An archive is the first object, and what
    else there is are its `members`.

    names    what the index of a disc names, as it has it
    missing  what of that is not in the archive that the index lies in
    """

    candidates: tuple[Candidate, ...] = ()
    objects: tuple[FoundObject, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    names: tuple[str, ...] = ()
    missing: tuple[LeftOut, ...] = ()
    members: int = 0


def left_out(path: str, error: WorkstationError) -> Learned:
    """What is known of a file that can't be used."""
    return Learned(left_out=(LeftOut(path, error.code, sentence(error).says),))


@dataclass(slots=True, eq=False)
class Learner:
    """Reads one file after the other; what they have in common is decoded once. One per scan and thread.

    plain_only  leave files to `learn_elsewhere` that have to be read by a library, which may hang, swell or die
    """

    plain_only: bool = True
    _headers: HeaderReader = field(init=False)
    _attributes: AttributeReader = field(init=False)
    _barred: Mapping[bytes, worker.Barred] = field(default_factory=lambda: worker.BARRIER.files)

    def __post_init__(self) -> None:
        self._headers = HeaderReader(self.plain_only)
        self._attributes = AttributeReader(self.plain_only)

    def bars(self, paths: Sequence[str]) -> bool:
        """Whether one of the files made a reader fail and is not tried again."""
        return bool(self._barred) and any(worker.reason(self._barred, path) is not None for path in paths)

    def learn(self, path: str) -> Learned | None:
        """None: a file for `learn_elsewhere`. Never raises for what a file holds: that is told in `left_out`."""
        if self._barred and (code := worker.reason(self._barred, path)) is not None:
            return left_out(path, WorkstationError(code))
        try:
            return self._learn(path)
        except NeedsWorker:
            return None

    def _learn(self, path: str, file: BinaryIO | None = None) -> Learned:
        if is_named_nifti(path):
            if self.plain_only:
                raise NeedsWorker
            nifti = learn_nifti(path)
            if nifti is not None:
                return nifti
        try:
            header = self._headers.read(path) if file is None else self._headers.read_stream(path, file)
            like = self._attributes.like_others(header)
            if like is not None:
                return Learned((like,))
            kind = kind_of(header.sop_class, image=_says_image(header))
            if not kind:
                return Learned(tuple(self._attributes.candidates(header)))
            if kind == "dicomdir":
                return self._index(header)
            return Learned(objects=(found_object(header, kind),))
        except WorkstationError as error:
            head = _head(path, file) if error.code is ErrorCode.NOT_DICOM else b""
            if is_nifti(head) and not is_named_nifti(path):
                if self.plain_only:
                    raise NeedsWorker from None
                worker.more_time(worker.PATIENCE_S + _size(path) / _READ_A_SECOND)
                return learn_nifti(path) or left_out(path, error)
            if picture_form(head) is not None and not path.lower().endswith(_DICOM_NAME):
                if self.plain_only:
                    raise NeedsWorker from None
                worker.more_time(worker.PATIENCE_S + min(_size(path), _LARGEST_PICTURE) / _READ_A_SECOND)
                return learn_picture(path)
            if form_of(head) is not None and not is_package(path.lower(), head):
                if self.plain_only:
                    raise NeedsWorker from None
                return Learned(objects=(FoundObject(path, ARCHIVE),))
            if error.code is ErrorCode.NOT_DICOM:
                error = _promised(path, head)
            return left_out(path, error)

    def learn_member(self, path: str, member: Member) -> Learned:
        """The same of a member of an archive, in a worker."""
        error = member.refused
        if error is None:
            try:
                worker.starting(path)
                with standing_at(path, member), member.open() as file:
                    learned = self._learn(path, file)
            except WorkstationError as raised:
                error = raised
        if error is not None:
            return left_out(path, error)
        # Its pixels can't be read by an offset into a file.
        frames = tuple(
            Candidate(replace(one.instance, pixel_offset=None, items_offset=None), one.series, one.moment)
            for one in learned.candidates
        )
        return replace(learned, candidates=frames)

    def _index(self, header: Header) -> Learned:
        """The index of a disc, and what it names."""
        if self.plain_only:
            raise NeedsWorker
        names: tuple[str, ...] = ()
        fault: WorkstationError | None = None
        try:
            index = read_index(header.path)
            names = index.names
            if index.more:
                fault = WorkstationError(ErrorCode.TOO_MANY_RECORDS, limit=MOST_RECORDS)
        except WorkstationError as error:
            fault = error
        told = LeftOut(header.path, fault.code, sentence(fault).says) if fault is not None else None
        return Learned(objects=(FoundObject(header.path, "dicomdir", fault=told),), names=names)


def learn_elsewhere(paths: Sequence[str], cancel: CancelToken | None = None) -> Iterator[tuple[str, Learned]]:
    """The same for odd files, in workers: each of `paths` in its order. raises Cancelled"""
    tasks = [worker.Task(_learn_here, (path,), about=path, patience_s=patience_s(path)) for path in paths]
    early: dict[int, Learned] = {}
    known: dict[SeriesInfo, SeriesInfo] = {}
    at = 0
    with closing(worker.run(tasks, cancel)) as answers:
        for number, answer in answers:
            if isinstance(answer, WorkstationError):
                answer = left_out(paths[number], answer)
            elif isinstance(answer, Exception):
                raise answer
            else:
                answer = _whole(paths[number], *answer)
            early[number] = sharing(answer, known)
            while at in early:
                yield paths[at], early.pop(at)
                at += 1


def _learn_here(path: str) -> tuple[Learned, bytes]:
    """In a worker: what it learned without the frames, and these by columns: pickled one by one, they take longest."""
    learned = Learner(plain_only=False).learn(path)
    assert learned is not None
    frames = learned.candidates
    columns = [by_columns([getattr(one, part) for one in frames]) for part in ("instance", "moment")]
    infos = {id(one.series): one.series for one in frames}
    order = dict(zip(infos, range(len(infos)), strict=True))
    numbers = [order[id(one.series)] for one in frames]
    return replace(learned, candidates=()), pack((tuple(infos.values()), numbers, *columns))


def _whole(path: str, learned: Learned, frames: bytes) -> Learned:
    try:
        infos, numbers, instances, moments = unpack(frames)
        found = [Candidate(*three) for three in zip(instances, map(infos.__getitem__, numbers), moments, strict=True)]
    except (BadBytesError, LookupError, TypeError, ValueError):
        return left_out(path, WorkstationError(ErrorCode.UNREADABLE))
    return replace(learned, candidates=tuple(found))


def patience_s(path: str) -> float:
    """Of a DICOM file the header alone is read; volumes and pictures may be read to their end."""
    most = math.inf if is_named_nifti(path) else _LARGEST_PICTURE if is_named_picture(path) else LARGEST_HEADER
    return worker.PATIENCE_S + min(_size(path), most) / _READ_A_SECOND


def _size(path: str) -> int:
    """0 for a member of an archive."""
    try:
        return os.stat(path).st_size  # noqa: PTH116
    except OSError:
        return 0


def sharing(learned: Learned, known: dict[SeriesInfo, SeriesInfo]) -> Learned:
    """Files of one series share their SeriesInfo object again."""
    if not learned.candidates:
        return learned
    return replace(
        learned,
        candidates=tuple(
            Candidate(one.instance, known.setdefault(one.series, one.series), one.moment) for one in learned.candidates
        ),
    )


def learn_nifti(path: str) -> Learned | None:
    """What a file holds if it is NIfTI or Analyze, else None. Of a pair the header file has the pictures."""
    try:
        file = worker.call(read_file, path, about=path)
        if file.path != path:
            return Learned(objects=(FoundObject(path, "nifti-voxels"),))
        return Learned(candidates(file))
    except WorkstationError as error:
        if error.code is ErrorCode.NOT_NIFTI or (error.code is ErrorCode.PARTNER_MISSING and not _is_header(path)):
            return None
        return left_out(path, error)


def _promised(path: str, head: bytes) -> WorkstationError:
    """Why a file is left out that nothing here reads: of one whose name promises images more than that it is no DICOM,
    for an error page may have been saved in the place of a slice."""
    name = path.lower()
    if is_package(name, head):
        return WorkstationError(ErrorCode.NOT_DICOM)
    if is_named_nifti(path) and (_is_header(path) or partner(path) is None):
        return WorkstationError(ErrorCode.NOT_NIFTI)
    if (other := other_form(head)) is not None:
        return WorkstationError(ErrorCode.PICTURE_FORM, form=other)
    if is_named_picture(path):
        return WorkstationError(ErrorCode.NOT_A_PICTURE)
    if name.replace("\\", "/").rsplit("/", 1)[-1].startswith("."):  # `._1.dcm` is what macOS notes of `1.dcm`
        return WorkstationError(ErrorCode.NOT_DICOM)
    if not head:
        return WorkstationError(ErrorCode.EMPTY_FILE)
    if name.endswith(_DISC_NAME):
        return WorkstationError(ErrorCode.NO_UNPACKER, method="ISO")
    if name.endswith(_DICOM_NAME):
        return WorkstationError(ErrorCode.NOT_AS_NAMED, form="DICOM")
    if (archive := promised_form(name)) is not None:
        return WorkstationError(ErrorCode.NOT_AS_NAMED, form=archive)
    return WorkstationError(ErrorCode.NOT_DICOM)


def _says_image(header: Header) -> bool:
    """Pixels, or rows whose pixels are lost; a data set that names no class of its own was not understood."""
    values = header.values
    return header.pixels is not None or tags.ROWS in values or tags.SOP_CLASS not in values


def _is_header(path: str) -> bool:
    return path.lower().endswith(".hdr")


def learn_picture(path: str) -> Learned:
    """What a picture file holds: one picture, or one for each page."""
    try:
        return Learned(tuple(map(candidate, worker.call(read_picture, path, about=path))))
    except WorkstationError as error:
        return left_out(path, error)


def _head(path: str, file: BinaryIO | None) -> bytes:
    """The first bytes, as many as tell an archive; none where they can't be read."""
    if file is not None:
        file.seek(0)
        return file.read(HEAD_BYTES)
    try:
        descriptor = os.open(path, READ_FLAGS)
    except OSError:
        return b""
    try:
        return os.read(descriptor, HEAD_BYTES)
    except OSError:
        return b""
    finally:
        os.close(descriptor)
