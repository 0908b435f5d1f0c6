"""What is kept of one folder, as one blob: where nothing changed its stacks are back at once, frames when asked for."""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from hashlib import blake2b
from itertools import chain, compress
from operator import eq
from pathlib import Path
from typing import Final
from zlib import crc32

import workstation
from workstation.domain.error import WorkstationError
from workstation.domain.series import Instance, Stack
from workstation.imaging.dicom.attributes import Candidate
from workstation.imaging.index.packing import BadBytesError, by_columns, later, pack, records_of, unpack
from workstation.imaging.series.collected import BuiltSeries, SeriesOfFolder
from workstation.imaging.series.learn import Learned

State = tuple[int, int, int]  # bytes, mtime in ns, ctime in ns (Windows: when it was made)
Listing = tuple[str, bytes, bytes, bytes]  # paths, sizes, mtimes, ctimes

_FORMAT: Final = 3
_EDITION_BYTES: Final = 16
_SUM_BYTES: Final = 4
_BETWEEN: Final = "\0"  # paths: the one character that is in none
_NOTHING: Final = Learned()


@dataclass(slots=True, eq=False)
class _Files:
    """What is known of one file after the other.

    ends    number of the first frame behind each file's own
    rest    file number → what was learned besides frames
    frames  of all files
    """

    ends: Sequence[int]
    rest: Mapping[int, Learned]
    frames: Sequence[Candidate]


@dataclass(slots=True, eq=False)
class Content:
    """One folder as it was; frames are numbered through all its files.

    listing  the files known
    count    of frames
    series   key, frame numbers (those of the stacks' frames, in their order) and stacks of each series that lies in
             this folder alone
    besides  what all files are besides frames
    """

    listing: Listing
    count: int
    series: Sequence[tuple[Hashable, Sequence[int], Sequence[Stack]]]
    besides: Sequence[Learned]
    _packed_files: bytes
    _files: _Files | None = field(default=None)

    def is_listing(self, listing: Listing) -> bool:
        """Whether it is that very folder, and every frame is one of a series that is kept as it was built."""
        return listing == self.listing and sum(len(numbers) for _, numbers, _ in self.series) == self.count

    def same(self, states: Mapping[str, State]) -> list[bool]:
        """Of each of its files, whether it is as it was."""
        return list(map(eq, map(states.get, self.paths), zip(*map(_from, self.listing[1:]), strict=True)))

    @property
    def paths(self) -> list[str]:
        return self.listing[0].split(_BETWEEN)

    def built(self, there: Sequence[bool] | None = None) -> list[BuiltSeries]:
        """Series of which every frame is `there`, by frame number; all of them without it."""
        return [
            BuiltSeries(key, len(numbers), stacks, partial(self._take, numbers))
            for key, numbers, stacks in self.series
            if there is None or all(map(there.__getitem__, numbers))
        ]

    def there(self, same: Sequence[bool]) -> list[bool]:
        """By frame number, whether it is one of a file that is `same`."""
        there: list[bool] = []
        for end, kept in zip(self._by_file().ends, same, strict=True):
            there += [kept] * (end - len(there))
        return there

    def files(self, same: Sequence[bool] | None = None) -> dict[str, Learned]:
        """What was learned of the files that are `same`; of all without it."""
        known = self._by_file()
        return {
            path: replace(known.rest.get(number, _NOTHING), candidates=tuple(known.frames[first:end]))
            for number, (path, first, end) in enumerate(zip(self.paths, (0, *known.ends), known.ends, strict=False))
            if same is None or same[number]
        }

    def besides_of(self, same: Sequence[bool]) -> list[Learned]:
        """What the files that are `same` are besides frames."""
        return [rest for number, rest in self._by_file().rest.items() if same[number]]

    def loose(self, there: Sequence[bool]) -> Learned:
        """Frames that are there, of series that are not, go on in other folders, or were not built yet."""
        alone = list(there)
        for _, numbers, _ in self.series:
            if all(map(there.__getitem__, numbers)):
                for number in numbers:
                    alone[number] = False
        return Learned(tuple(compress(self._by_file().frames, alone))) if any(alone) else _NOTHING

    def _take(self, numbers: Sequence[int]) -> list[Candidate]:
        return list(map(self._by_file().frames.__getitem__, sorted(numbers)))

    def _by_file(self) -> _Files:
        """Unpacked when something of it is first asked for: where all is as it was, nothing ever is.

        raises BadBytesError for bytes that fit a blob's sum and are none of ours
        """
        if self._files is None:
            try:
                self._files = self._unpacked()
            except (ValueError, TypeError, LookupError, AttributeError, StopIteration, WorkstationError) as error:
                raise BadBytesError(type(error).__name__) from None
        return self._files

    def _unpacked(self) -> _Files:
        ends, rest, infos, of_frame, moments, alone = unpack(self._packed_files)
        of_series: dict[int, Instance] = {}
        for _, numbers, stacks in self.series:
            of_series.update(zip(numbers, _instances(stacks), strict=True))
        others = iter(alone)
        instances = [of_series[n] if n in of_series else next(others) for n in range(self.count)]
        series = [infos[number] for number in _from(of_frame)]
        return _Files(_from(ends), rest, records_of(Candidate, self.count, (instances, series, moments)))


def listing_of(states: Mapping[str, State]) -> Listing:
    """`states`: one or more"""
    sizes, mtimes, ctimes = (array("q", column).tobytes() for column in zip(*states.values(), strict=True))
    return _BETWEEN.join(states), sizes, mtimes, ctimes


def sealed(learned: Mapping[str, Learned], states: Mapping[str, State], series: Iterable[SeriesOfFolder]) -> bytes:
    """The blob: who wrote it, a sum, and files with what was learned of them, one or more.

    states  of these and maybe others, in their order in the folder
    series  one that has frames of other files, or whose stacks have not the very instances that were read (mosaics), is
            not kept as it was built
    """
    paths = [path for path in states if path in learned]
    frames: list[Candidate] = []
    ends: list[int] = []
    rest: dict[int, Learned] = {}
    for place, path in enumerate(paths):
        frames += learned[path].candidates
        ends.append(len(frames))
        if (besides := replace(learned[path], candidates=())) != _NOTHING:
            rest[place] = besides
    number = {id(frame.instance): n for n, frame in enumerate(frames)}
    kept = [
        (key, _numbers(number[id(one)] for one in _instances(stacks)), [_shelved(stack) for stack in stacks])
        for key, of_series, stacks in series
        if all(id(one) in number for one in chain((frame.instance for frame in of_series), _instances(stacks)))
    ]
    in_series = {n for _, numbers, _ in kept for n in _from(numbers)}
    files = pack(
        (
            _numbers(ends),
            rest,
            *_descriptions(frames),
            by_columns([frame.moment for frame in frames]),
            by_columns([frame.instance for n, frame in enumerate(frames) if n not in in_series]),
        )
    )
    listing = listing_of({path: states[path] for path in paths})
    packed = pack((listing, len(frames), kept, _together(rest.values()), files))
    return edition() + _sum(packed) + packed


def opened(blob: bytes) -> Content | None:
    """None for what another edition of the program wrote, and for damaged bytes: both are simply not known."""
    start = len(edition()) + _SUM_BYTES
    packed = blob[start:]
    if blob[:start] != edition() + _sum(packed):
        return None
    try:
        listing, count, series, besides, files = unpack(packed)
        if [type(one) for one in (*listing, count, besides, files)] != [str, bytes, bytes, bytes, int, list, bytes]:
            return None
        of_key = [(key, _from(numbers), stacks) for key, numbers, stacks in series]
        return Content(listing, count, of_key, besides, files)
    except (BadBytesError, ValueError, TypeError):
        return None


@cache
def edition() -> bytes:
    """What wrote or reads a blob: its form, the program's version and, in a checkout, the very state of the code."""
    digest = blake2b(f"{_FORMAT} {workstation.__version__}".encode(), digest_size=_EDITION_BYTES)
    root = Path(workstation.__file__).parent
    for room in ("domain", "imaging"):
        for file in sorted((root / room).rglob("*.py")):
            status = file.stat()
            digest.update(f"{file.relative_to(root)} {status.st_size} {status.st_mtime_ns}".encode())
    return digest.digest()


def _sum(packed: bytes) -> bytes:
    return crc32(packed).to_bytes(_SUM_BYTES, "little")


def _instances(stacks: Iterable[Stack]) -> Iterable[Instance]:
    return chain.from_iterable((*stack.instances, *stack.spare) for stack in stacks)


def _shelved(stack: Stack) -> Stack:
    return replace(stack, instances=later(stack.instances), spare=later(stack.spare))


def _together(rest: Iterable[Learned]) -> list[Learned]:
    """As few as say the same. The index of a disc is told by itself, for its names go with its path."""
    many = list(rest)
    apart = [one for one in many if one.names]
    others = [one for one in many if not one.names]
    whole = Learned(
        objects=tuple(found for one in others for found in one.objects),
        left_out=tuple(out for one in others for out in one.left_out),
        missing=tuple(out for one in others for out in one.missing),
        members=sum(one.members for one in others),
    )
    return [*apart, whole] if whole != _NOTHING else apart


def _descriptions(frames: Sequence[Candidate]) -> tuple[tuple[object, ...], bytes]:
    """Those of the series, which their frames share, and the number of its own for each frame."""
    infos: dict[object, int] = {}
    known: dict[int, int] = {}
    for frame in frames:
        if id(frame.series) not in known:
            known[id(frame.series)] = infos.setdefault(frame.series, len(infos))
    return tuple(infos), _numbers(known[id(frame.series)] for frame in frames)


def _numbers(numbers: Iterable[int]) -> bytes:
    return array("q", numbers).tobytes()


def _from(packed: bytes) -> array[int]:
    return array("q", packed)
