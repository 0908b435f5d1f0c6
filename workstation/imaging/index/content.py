"""What is kept of one folder, as one blob: by columns, so that ten thousand frames are back within 40 ms."""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache, partial
from hashlib import blake2b
from operator import attrgetter, eq
from pathlib import Path
from typing import Final
from zlib import crc32

import workstation
from workstation.domain.series import Instance, Stack
from workstation.imaging.dicom.attributes import Candidate
from workstation.imaging.index.packing import BadBytesError, by_columns, pack, records_of, unpack
from workstation.imaging.series.collected import BuiltSeries, SeriesOfFolder
from workstation.imaging.series.learn import Learned

State = tuple[int, int, int]  # bytes, mtime in ns, ctime in ns (Windows: when it was made)

_FORMAT: Final = 2
_EDITION_BYTES: Final = 16
_SUM_BYTES: Final = 4
_NOTHING: Final = Learned()
_BESIDES: Final = attrgetter(*(field.name for field in fields(Learned) if field.name != "candidates"))
_PackedStack = tuple[Sequence[int], Sequence[int], Stack]  # instances, spare (both by frame number), all else


@dataclass(slots=True, eq=False)
class Content:
    """One folder as it was; frames are numbered through all its files.

    paths      of the files known
    states     of these files, by columns: sizes, mtimes, ctimes
    ends       number of the first frame behind each file's own
    instances  one a frame
    rest       file number → what was learned besides frames
    series     key, frame numbers and stacks of each series that lies in this folder alone
    """

    paths: Sequence[str]
    states: Sequence[array[int]]
    ends: Sequence[int]
    instances: Sequence[Instance]
    rest: Mapping[int, Learned]
    series: Sequence[tuple[Hashable, Sequence[int], Sequence[_PackedStack]]]
    _packed_frames: bytes
    _frames: Sequence[Candidate] = field(default=())

    def frames(self) -> Sequence[Candidate]:
        """Made when they are first asked for: where all stacks are known, they never are."""
        if not self._frames:
            infos, of_frame, moments = unpack(self._packed_frames)
            series = [infos[number] for number in _from(of_frame)]
            self._frames = records_of(Candidate, len(series), (self.instances, series, moments))
        return self._frames

    def learned(self, number: int) -> Learned:
        """All that is known of one file."""
        first = self.ends[number - 1] if number else 0
        frames = tuple(self.frames()[first : self.ends[number]])
        rest = self.rest.get(number)
        return Learned(frames) if rest is None else replace(rest, candidates=frames)

    def files(self, same: Sequence[bool]) -> dict[str, Learned]:
        """What was learned of the files that are `same`."""
        return {path: self.learned(number) for number, path in enumerate(self.paths) if same[number]}

    def built(self, there: Sequence[bool] | None = None) -> list[BuiltSeries]:
        """Series of which every frame is `there`, by frame number; all of them without it."""
        return [
            BuiltSeries(key, len(numbers), [self._stack(*one) for one in stacks], partial(self._take, numbers))
            for key, numbers, stacks in self.series
            if there is None or all(map(there.__getitem__, numbers))
        ]

    def same(self, states: Mapping[str, State]) -> list[bool]:
        """Of each of its files, whether it is as it was."""
        paths = self.paths
        if len(states) == len(paths) and all(map(eq, states, paths)) and columns_of(states.values()) == self.states:
            return [True] * len(paths)
        return list(map(eq, map(states.get, paths), zip(*self.states, strict=True)))

    @property
    def complete(self) -> bool:
        """Whether every frame is one of a series that is kept as it was built."""
        return sum(len(numbers) for _, numbers, _ in self.series) == len(self.instances)

    def loose(self, there: Sequence[bool]) -> Learned:
        """Frames that are there, of series that are not, go on in other folders, or were not built yet."""
        complete = [numbers for _, numbers, _ in self.series if all(map(there.__getitem__, numbers))]
        if sum(map(len, complete)) == sum(there):
            return _NOTHING
        alone = list(there)
        for numbers in complete:
            for number in numbers:
                alone[number] = False
        return Learned(tuple(frame for frame, wanted in zip(self.frames(), alone, strict=True) if wanted))

    def _take(self, numbers: Sequence[int]) -> list[Candidate]:
        frames = self.frames()
        return [frames[number] for number in numbers]

    def _stack(self, instances: Sequence[int], spare: Sequence[int], like: Stack) -> Stack:
        every = self.instances
        return replace(
            like, instances=tuple([every[number] for number in instances]), spare=tuple([every[n] for n in spare])
        )


def content_of(
    learned: Mapping[str, Learned], states: Mapping[str, State], series: Iterable[SeriesOfFolder]
) -> Content:
    """Files with what was learned of them. A series that has frames of other files is not kept as built."""
    frames: list[Candidate] = []
    ends: list[int] = []
    for known in learned.values():
        frames += known.candidates
        ends.append(len(frames))
    instances = [frame.instance for frame in frames]
    number = dict(zip(map(id, instances), range(len(instances)), strict=True))
    return Content(
        paths=tuple(learned),
        states=columns_of(states[path] for path in learned),
        ends=ends,
        instances=instances,
        rest={
            place: replace(known, candidates=())
            for place, known in enumerate(learned.values())
            if not known.candidates or any(_BESIDES(known))
        },
        series=[
            (
                key,
                [number[id(frame.instance)] for frame in of_series],
                [
                    (
                        [number[id(instance)] for instance in stack.instances],
                        [number[id(instance)] for instance in stack.spare],
                        replace(stack, instances=(), spare=()),
                    )
                    for stack in stacks
                ],
            )
            for key, of_series, stacks in series
            if all(id(frame.instance) in number for frame in of_series)
        ],
        _packed_frames=_pack_frames(frames),
    )


def columns_of(states: Iterable[State]) -> list[array[int]]:
    """Sizes, mtimes, ctimes."""
    return [array("q", column) for column in zip(*states, strict=True)]


def sealed(content: Content) -> bytes:
    """The blob: who wrote it, a sum, and the content by columns."""
    packed = pack(
        (
            content.paths,
            [column.tobytes() for column in content.states],
            _numbers(content.ends),
            by_columns(content.instances),
            content.rest,
            [
                (key, _numbers(of), [(_numbers(instances), _numbers(spare), like) for instances, spare, like in stacks])
                for key, of, stacks in content.series
            ],
            content._packed_frames,
        )
    )
    return edition() + _sum(packed) + packed


def opened(blob: bytes) -> Content | None:
    """None for what another edition of the program wrote, and for damaged bytes: both are simply not known."""
    start = len(edition()) + _SUM_BYTES
    packed = blob[start:]
    if blob[:start] != edition() + _sum(packed):
        return None
    try:
        paths, states, ends, instances, rest, series, packed_frames = unpack(packed)
    except (BadBytesError, ValueError):
        return None
    return Content(
        paths=paths,
        states=list(map(_from, states)),
        ends=_from(ends),
        instances=instances,
        rest=rest,
        series=[(key, _from(of), [(_from(i), _from(s), like) for i, s, like in stacks]) for key, of, stacks in series],
        _packed_frames=packed_frames,
    )


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


def _pack_frames(frames: Sequence[Candidate]) -> bytes:
    """What frames have besides their instances. Files of a series share its description."""
    infos: dict[object, int] = {}
    known: dict[int, int] = {}
    for frame in frames:
        if id(frame.series) not in known:
            known[id(frame.series)] = infos.setdefault(frame.series, len(infos))
    moments = by_columns([frame.moment for frame in frames])
    return pack((tuple(infos), _numbers(known[id(frame.series)] for frame in frames), moments))


def _numbers(numbers: Iterable[int]) -> bytes:
    return array("q", numbers).tobytes()


def _from(packed: bytes) -> array[int]:
    return array("q", packed)
