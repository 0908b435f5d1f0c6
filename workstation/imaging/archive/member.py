"""One file by its path, be it plain or a member of an archive: `a.zip!/dir/x`, `a.zip!/b.tar.gz!/x`."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.imaging.archive.contents import Index, Member, index, members, open_entry
from workstation.imaging.archive.forms import HEAD_BYTES, INDEXED, ArchiveForm, form_of

MARK: Final = "!/"
_LARGEST_NESTED: Final = 256 * 2**20  # bytes of an archive in an archive that has to be held in memory
_standing: dict[str, Member] = {}  # the member that a pass through an archive stands at, by its path


def member_path(archive: str, name: str) -> str:
    return f"{archive}{MARK}{name}"


def split(path: str) -> tuple[str, str] | None:
    """The archive and the member's name in it; None for the path of a plain file."""
    at = path.find(MARK)
    while at > 0:
        if os.path.isfile(path[:at]):  # noqa: PTH113  a folder's name may end like this, too
            return path[:at], path[at + len(MARK) :]
        at = path.find(MARK, at + 1)
    return None


def open_binary(path: str) -> BinaryIO:
    """The bytes of a plain file or of a member, seekable; a seek to the end tells its size.

    raises  NOT_FOUND, UNREADABLE, what refuses the member; TRUNCATED, DAMAGED_ARCHIVE while it is read
    """
    if path in _standing:
        return _standing[path].open()
    parts = split(path)
    if parts is None:
        return _open(path)
    archive, name = parts
    file = _open(archive)
    try:
        status = os.fstat(file.fileno())
        known = _index(archive, status.st_size, status.st_mtime_ns)
        if known is not None and name in known[1].by_name:
            return open_entry(file, known[0], known[1].by_name[name], owned=True)
        for _, member in _wanted(file, archive, {path}):
            return member.open()
        raise WorkstationError(ErrorCode.NOT_FOUND)
    except WorkstationError:
        file.close()
        raise


def in_any_order(path: str) -> bool:
    """Whether a file can be reached without reading all that is before it; a member of a compressed tar can't."""
    parts = split(path)
    if parts is None:
        return True
    try:
        with _open(parts[0]) as archive:
            return MARK not in parts[1] and form_of(archive.read(HEAD_BYTES)) in INDEXED
    except WorkstationError:
        return False


def each(paths: Sequence[str]) -> Iterator[tuple[str, BinaryIO]]:
    """Plain files, or members of one archive in its order and in one pass; one open at a time.

    raises  as `open_binary`; NOT_FOUND for members that are gone
    """
    parts = split(paths[0])
    if parts is None:
        for path in paths:
            with open_binary(path) as file:
                yield path, file
        return
    archive = parts[0]
    left = set(paths)
    with _open(archive) as whole:
        status = os.fstat(whole.fileno())
        known = _index(archive, status.st_size, status.st_mtime_ns)
        if known is not None:
            form, entries = known[0], known[1].by_name
            there = [(entries[path[len(archive) + 2 :]], path) for path in left if path[len(archive) + 2 :] in entries]
            for entry, path in sorted(there, key=lambda one: one[0].offset):
                with open_entry(whole, form, entry) as file:
                    yield path, file
                left.remove(path)
        for path, member in _wanted(whole, archive, left) if left else ():
            with member.open() as file:
                yield path, file
            left.remove(path)
            if not left:
                break
    if left:
        raise WorkstationError(ErrorCode.NOT_FOUND)


@contextmanager
def standing_at(path: str, member: Member) -> Iterator[None]:
    """Lets `open_binary` find a member of an archive that can't be read in any order, while a pass stands there."""
    _standing[path] = member
    try:
        yield
    finally:
        del _standing[path]


@contextmanager
def opened_inside(member: Member) -> Iterator[BinaryIO]:
    """A member that is itself an archive; held in memory where it has to be read in any order.

    raises EXPANDS_TOO_FAR, and as reading it does
    """
    with _open_inside(member) as file:
        yield file


def _open_inside(member: Member) -> BinaryIO:
    file = member.open()
    form = form_of(file.read(HEAD_BYTES))
    file.seek(0)
    if form not in INDEXED:
        return file
    with file:
        if member.size > _LARGEST_NESTED:
            raise WorkstationError(ErrorCode.EXPANDS_TOO_FAR, limit_mb=_LARGEST_NESTED // 2**20)
        return io.BytesIO(file.read())


def _open(path: str) -> BinaryIO:
    try:
        return open(path, "rb")  # noqa: PTH123  half of the time would go into a Path
    except FileNotFoundError:
        raise WorkstationError(ErrorCode.NOT_FOUND) from None
    except OSError:
        raise WorkstationError(ErrorCode.UNREADABLE) from None


@lru_cache(maxsize=4)
def _index(archive: str, size: int, changed: int) -> tuple[ArchiveForm, Index] | None:
    """The index of an archive that stays the same; None for those that have to be read from their start."""
    with _open(archive) as file:
        form = form_of(file.read(HEAD_BYTES))
        return (form, index(file, form, size)) if form in INDEXED else None


def _wanted(file: BinaryIO, archive: str, wanted: set[str]) -> Iterator[tuple[str, Member]]:
    """The members with these paths, also inside an archive that is a member, in one pass. raises what refuses one"""
    inside = {path[:at] for path in wanted for at in range(len(path)) if path.startswith(MARK, at)}
    try:
        for member in members(file, Path(archive).name):
            if member is None:
                continue
            path = member_path(archive, member.name)
            if path in wanted:
                if member.refused is not None:
                    raise member.refused.with_traceback(None)
                yield path, member
            elif path in inside:
                # Not closed here: what is given away is read when this pass is over, and from this.
                yield from _wanted(_open_inside(member), path, wanted)
    except WorkstationError as error:
        if error.code is not ErrorCode.ARCHIVE_CUT:
            raise
