"""The members of an archive of any form, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, Final, Protocol

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.imaging.archive import tars, zips
from workstation.imaging.archive.entries import LARGEST_MEMBER, MOST_MEMBERS, Entry, believed, most_expanded
from workstation.imaging.archive.forms import CLOSED, HEAD_BYTES, INDEXED, ArchiveForm, form_of, is_tar
from workstation.imaging.archive.gzip_parts import inflating
from workstation.imaging.archive.streams import Again, Held, HeldView, Part, buffered

_STEP: Final = 2**18
_STRIDE: Final = 2**24


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(slots=True, eq=False)
class Member:
    """One file of an archive.

    refused   why it is not opened
    open      its bytes, seekable, any number of times while the archive stands at this member
    checksum  CRC-32 of the bytes, if the archive tells it; of a compressed tar once the next member is asked for
    cut       how many bytes are missing; of a compressed tar known when it has ended
    """

    name: str
    size: int
    refused: WorkstationError | None
    open: Callable[[], BinaryIO]
    checksum: int | None = None
    cut: int = 0


@dataclass(frozen=True, slots=True)
class Index:
    """All members of an archive that can be read in any order. fault: what is wrong with it as a whole."""

    entries: tuple[Entry, ...]
    fault: WorkstationError | None
    by_name: Mapping[str, Entry]


def index(file: BinaryIO, form: ArchiveForm, size: int) -> Index:
    """raises DAMAGED_ARCHIVE where nothing can be read of it"""
    fault: WorkstationError | None = None
    kept: list[Entry] = []
    try:
        if form is ArchiveForm.ZIP:
            found, fault = zips.entries(file, size)
            kept.extend(believed(found, size))
        else:
            kept.extend(believed(tars.entries(file, size), size))
    except WorkstationError as error:
        fault = error
    return Index(tuple(kept), fault, {entry.name: entry for entry in kept})


def open_entry(file: BinaryIO, form: ArchiveForm, entry: Entry, *, owned: bool = False) -> BinaryIO:
    """The bytes of a member that an index names; `owned`: the archive is closed with it. raises what refuses it"""
    if entry.refused is not None:
        raise entry.refused.with_traceback(None)
    if form is ArchiveForm.ZIP:
        return zips.open_entry(file, entry, owned=owned)
    return buffered(Part(file, entry.offset, entry.size, owned=owned))


def members(file: BinaryIO, name: str) -> Iterator[Member | None]:
    """Every file of the archive `file`, in its order; None while a large one is passed by, to show that it goes on.

    name    of the archive, from which the only file in a .gz has its own
    raises  after the last that is whole: ARCHIVE_CUT, DAMAGED_ARCHIVE, EXPANDS_TOO_FAR, TOO_MANY_MEMBERS, NO_UNPACKER
    """
    size = zips.file_size(file)
    file.seek(0)
    form = form_of(file.read(HEAD_BYTES))
    file.seek(0)
    if form is None:
        raise WorkstationError(ErrorCode.DAMAGED_ARCHIVE)
    if form in CLOSED:
        raise WorkstationError(ErrorCode.NO_UNPACKER, method=form.value)
    if form in INDEXED:
        yield from _indexed(file, form, size)
        return
    make = partial(_stream, file, form, most_expanded(size, slow=form is not ArchiveForm.GZIP))
    stream = make()
    if is_tar(stream.peek(HEAD_BYTES)):
        yield from _tar_members(stream)
    else:
        yield from _only_member(make, name)


def _indexed(file: BinaryIO, form: ArchiveForm, size: int) -> Iterator[Member]:
    """The headers of a tar lie all over it, so each is read when its turn comes: who stops early pays for no more."""
    fault: WorkstationError | None = None
    if form is ArchiveForm.ZIP:
        entries, fault = zips.entries(file, size)
    else:
        entries = tars.entries(file, size)
    for entry in believed(entries, size):
        yield Member(entry.name, entry.size, entry.refused, partial(open_entry, file, form, entry), entry.crc)
    if fault is not None:
        raise fault


def _stream(file: BinaryIO, form: ArchiveForm, most: int) -> _Stream:
    file.seek(0)
    return _Stream(_expander(file, form), most)


def _expander(file: BinaryIO, form: ArchiveForm) -> _Readable:
    if form is ArchiveForm.GZIP:
        return inflating(file)
    if form is ArchiveForm.BZIP2:
        import bz2

        return bz2.BZ2File(file)
    import lzma

    return lzma.LZMAFile(file)


class _Stream:
    """What comes out of a compressed file, from start to end; bounded, and its errors are ours."""

    def __init__(self, stream: _Readable, most: int) -> None:
        self._stream, self._most, self._left = stream, most, most
        self.at = 0  # of the next byte that `read` gives
        self._ahead = b""
        self._stop: WorkstationError | None = None

    def read(self, size: int) -> bytes:
        """Up to `size` bytes, fewer only at the end. raises EXPANDS_TOO_FAR"""
        parts = [self._ahead[:size]]
        self._ahead = self._ahead[size:]
        count = len(parts[0])
        while count < size:
            data = self._take(size - count)
            if not data:
                break
            parts.append(data)
            count += len(data)
        self.at += count
        return b"".join(parts) if len(parts) > 1 else parts[0]

    def peek(self, size: int) -> bytes:
        if len(self._ahead) < size:
            head = self.read(size)
            self._ahead = head + self._ahead
            self.at -= len(head)
        return self._ahead[:size]

    def seek(self, offset: int) -> int:
        """Forward only."""
        while self.at < offset and self.read(min(_STEP, offset - self.at)):
            pass
        return self.at

    def skip(self, count: int) -> bool:
        """Pass by so many bytes; False at the end."""
        before = self.at
        self.seek(before + count)
        return self.at > before

    def end(self) -> None:
        """raises ARCHIVE_CUT, DAMAGED_ARCHIVE when the compressed file did not end as it should"""
        if self._stop is not None:
            raise self._stop

    def _take(self, size: int) -> bytes:
        if self._stop is not None:
            return b""
        from lzma import LZMAError

        from isal import igzip_lib

        try:
            data = self._stream.read(size)
        except EOFError:
            self._stop = WorkstationError(ErrorCode.ARCHIVE_CUT)
            return b""
        except (OSError, ValueError, LZMAError, igzip_lib.IsalError):  # type: ignore[misc]
            self._stop = WorkstationError(ErrorCode.DAMAGED_ARCHIVE)
            return b""
        self._left -= len(data)
        if self._left < 0:
            self._stop = WorkstationError(ErrorCode.EXPANDS_TOO_FAR, limit_mb=self._most // 2**20)
            raise self._stop
        return data


def _tar_members(stream: _Stream) -> Iterator[Member | None]:
    member, end = None, 0
    try:
        for number, entry in enumerate(tars.entries(stream, None)):
            if number >= MOST_MEMBERS:
                raise WorkstationError(ErrorCode.TOO_MANY_MEMBERS, limit=MOST_MEMBERS)
            refused = entry.refused
            if refused is None and entry.size > LARGEST_MEMBER:
                refused = WorkstationError(ErrorCode.EXPANDS_TOO_FAR, limit_mb=LARGEST_MEMBER // 2**20)
            held = Held(stream.read, entry.size)
            member, end = Member(entry.name, entry.size, refused, partial(_open_held, held)), entry.offset + entry.size
            yield member
            yield from _pass_by(stream, member, held, end)
    except WorkstationError:
        if member is not None:
            member.cut = max(0, end - stream.at)
        stream.end()  # why the compressed file ended says more than where the tar did
        raise
    while stream.skip(_STRIDE):  # to the end, where checksums stand
        yield None
    stream.end()


def _pass_by(stream: _Stream, member: Member, held: Held, end: int) -> Iterator[None]:
    """Read what nobody wanted of a member, for its checksum."""
    from isal import isal_zlib

    checksum = isal_zlib.crc32(held.known)
    told = stream.at
    while data := stream.read(min(_STEP, end - stream.at)):
        checksum = isal_zlib.crc32(data, checksum)
        if stream.at - told >= _STRIDE:
            told = stream.at
            yield None
    if stream.at == end:
        member.checksum = checksum


def _only_member(make: Callable[[], _Stream], name: str) -> Iterator[Member | None]:
    """A single file that was compressed without an archive around it; its size shows only when it was read."""
    stream = make()
    while stream.skip(_STRIDE):
        yield None
    size = stream.at
    yield Member(name.rpartition(".")[0] or name, size, None, lambda: buffered(Again(make, size)))
    stream.end()


def _open_held(held: Held) -> BinaryIO:
    return buffered(HeldView(held))
