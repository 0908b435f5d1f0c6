"""What an archive holds: each of its members is learned as a file is, in a worker, in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Final

from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.series import FoundObject
from workstation.domain.work import CancelToken
from workstation.imaging import worker
from workstation.imaging.archive.contents import Member, members
from workstation.imaging.archive.member import member_path, open_binary, opened_inside
from workstation.imaging.dicom.series_info import SeriesInfo
from workstation.imaging.series.disc import named_in_archive
from workstation.imaging.series.learn import ARCHIVE, Learned, Learner, left_out, sharing

_PATIENCE_S: Final = 5.0  # for one lot
_LOT_MEMBERS: Final = 64
_LOT_FRAMES: Final = 2000
_LOT_BYTES: Final = 2**24
_LEAST_BYTES: Final = 16  # of a member that is worth being opened
MOST_STRANGE: Final = 20_000  # members of one archive that can't be used: each costs time, and a line


def learn_archive(path: str, cancel: CancelToken | None = None, during: Callable[[int], None] | None = None) -> Learned:
    """The archive as an object, and all its members. `during` is told how many they are so far. raises Cancelled"""
    lots: list[Learned] = []
    known: dict[SeriesInfo, SeriesInfo] = {}
    fault = Learned()
    count = 0
    try:
        for lot in worker.stream(learn_members, path, about=path, patience_s=_PATIENCE_S, cancel=cancel):
            lots.append(sharing(lot, known))
            count += lot.members
            if during is not None:
                during(count)
    except Cancelled:
        raise
    except WorkstationError as error:
        fault = left_out(path, error)
    whole = _together(lots)
    return replace(whole, objects=(_archive(path, fault), *whole.objects))


def learn_members(path: str) -> Iterator[Learned]:
    """In a worker: the members in lots. raises what is wrong with the archive as a whole, after the last member"""
    pass_through = _Pass(Learner(plain_only=False))
    fault: WorkstationError | None = None
    lot: list[Learned] = []
    size = 0
    try:
        with open_binary(path) as file:
            for learned, count in pass_through.learn(file, path):
                lot.append(learned)
                size += count
                frames = sum(len(one.candidates) for one in lot)
                if size >= _LOT_BYTES or len(lot) >= _LOT_MEMBERS or frames >= _LOT_FRAMES:
                    yield _together(lot)
                    lot, size = [], 0
    except WorkstationError as error:
        fault = error
    missing = tuple(
        one
        for index, names in pass_through.indices
        for one in named_in_archive(index, names, pass_through.paths).missing
    )
    yield replace(_together(lot), missing=missing)
    if fault is not None:
        raise fault


@dataclass(slots=True, eq=False)
class _Pass:
    """One way through an archive, and through the archives that it holds. paths: of all members; strange: left out"""

    learner: Learner
    strange: int = 0
    paths: list[str] = field(default_factory=list)
    indices: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def learn(self, file: BinaryIO, archive: str, *, inside: bool = False) -> Iterator[tuple[Learned, int]]:
        """What each member is, and how many bytes had to be read for it, at most.

        raises as `members`; TOO_MANY_MEMBERS where too many of them can't be used
        """
        pending: tuple[Learned, Member, str] | None = None
        try:
            for member in members(file, Path(archive).name):
                if member is None:
                    yield Learned(), _LOT_BYTES
                    continue
                if pending is not None:
                    yield _settled(*pending)
                path = member_path(archive, member.name)
                self.paths.append(path)
                if member.refused is None and member.size < _LEAST_BYTES:
                    member.refused = WorkstationError(ErrorCode.NOT_DICOM if member.size else ErrorCode.EMPTY_FILE)
                learned = self.learner.learn_member(path, member)
                if learned.objects and learned.objects[0].kind == ARCHIVE:
                    yield from self._inside(member, path, inside)
                    learned = replace(learned, objects=())
                if learned.names:
                    self.indices.append((path, learned.names))
                pending = replace(learned, names=(), members=1), member, path
                self.strange += len(learned.left_out)
                if self.strange > MOST_STRANGE:
                    raise WorkstationError(ErrorCode.TOO_MANY_MEMBERS, limit=MOST_STRANGE)
        except WorkstationError:
            if pending is not None:
                yield _settled(*pending)
            raise
        if pending is not None:
            yield _settled(*pending)

    def _inside(self, member: Member, path: str, inside: bool) -> Iterator[tuple[Learned, int]]:
        """A member that is an archive, and what it holds, if it lies in no other one."""
        fault = Learned()
        try:
            if inside:
                raise WorkstationError(ErrorCode.NESTED_ARCHIVE)
            with opened_inside(member) as nested:
                yield from self.learn(nested, path, inside=True)
        except WorkstationError as error:
            fault = left_out(path, error)
        yield Learned(objects=(_archive(path, fault),)), 0


def _settled(learned: Learned, member: Member, path: str) -> tuple[Learned, int]:
    """What is known of a member once the archive has passed it, and how many bytes that took, if it lay in a stream."""
    size = 0 if member.refused is not None else min(member.size, _LOT_BYTES // 4)  # a large one tells by itself
    if member.cut and learned.candidates:
        cut = left_out(path, WorkstationError(ErrorCode.TRUNCATED, missing_bytes=member.cut))
        return replace(cut, members=1), size
    if member.checksum is None:
        return learned, size
    frames = tuple(replace(one, instance=replace(one.instance, checksum=member.checksum)) for one in learned.candidates)
    return replace(learned, candidates=frames), size


def _archive(path: str, fault: Learned) -> FoundObject:
    return FoundObject(path, ARCHIVE, fault=fault.left_out[0] if fault.left_out else None)


def _together(lots: list[Learned]) -> Learned:
    return Learned(
        candidates=tuple(one for lot in lots for one in lot.candidates),
        objects=tuple(one for lot in lots for one in lot.objects),
        left_out=tuple(one for lot in lots for one in lot.left_out),
        missing=tuple(one for lot in lots for one in lot.missing),
        members=sum(lot.members for lot in lots),
    )
