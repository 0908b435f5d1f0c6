"""The scan's memory: what earlier scans learned of a folder, recalled for files that are still as they were."""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import compress
from typing import Final, Protocol

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.imaging.index.content import Content, State, listing_of, opened, sealed
from workstation.imaging.index.packing import BadBytesError
from workstation.imaging.series.collected import BuiltSeries, SeriesOfFolder
from workstation.imaging.series.learn import Learned

UNSURE_NS: Final = 2 * 10**9  # the coarsest clock of a file system (FAT): a file this young may change unseen
_FEW: Final = 3  # plain files: reading so many takes no longer than asking what is known of them
_MOST_WAITING: Final = 8 * 2**20  # bytes
# What may be otherwise at the next look though the file is the same.
_PASSING: Final = frozenset(
    {ErrorCode.UNREADABLE, ErrorCode.NOT_FOUND, ErrorCode.FILE_CHANGED, ErrorCode.OUT_OF_MEMORY, ErrorCode.NO_CODEC,
     ErrorCode.KILLED_READER, ErrorCode.TIMED_OUT_READING, ErrorCode.READING_MEMORY, ErrorCode.NO_READER}
)  # fmt: skip
_PAIRED: Final = (".hdr", ".img", ".hdr.gz", ".img.gz")


class Shelf(Protocol):
    """Where blobs are kept, one a folder. Both raise WorkstationError, which costs speed and nothing else."""

    def get(self, folder: str) -> bytes | None: ...

    def put(self, learned: Iterable[tuple[str, bytes]]) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Recalled:
    """What is known of the files of a folder that are as they were.

    paths   these files, `count` of them: `series`, `loose` and `rest` hold all that is known of them
    series  of which every file is as it was, with their stacks; they lie in this folder alone
    loose   frames of other series
    rest    what files are besides frames
    stale   something was known besides, which is gone or has changed
    files   makes what is known of each of the files
    """

    paths: Container[str] = ()
    count: int = 0
    series: Sequence[BuiltSeries] = ()
    loose: Learned = field(default_factory=Learned)
    rest: Sequence[Learned] = ()
    stale: bool = False
    files: Callable[[], dict[str, Learned]] = dict


class FolderIndex:
    """The index during one scan. Not shared between threads; the shelf is."""

    def __init__(self, shelf: Shelf, now_ns: Callable[[], int] = time.time_ns) -> None:
        self._shelf: Shelf | None = shelf
        self._now_ns = now_ns
        self._waiting: list[tuple[str, bytes]] = []

    def recall(self, folder: str, states: Mapping[str, State]) -> Recalled:
        """`states`: of every file in it, by its full path, as it is now."""
        blob = self._get(folder) if states else None
        content = opened(blob) if blob is not None else None
        if content is None:
            return Recalled()
        if content.is_listing(listing_of(states)):
            return Recalled(
                paths=states,
                count=len(states),
                series=content.built(),
                rest=content.besides,
                files=content.files,
            )
        try:
            return _changed(content, states)
        except (BadBytesError, ValueError, LookupError):
            return Recalled()

    def remember(
        self,
        folder: str,
        states: Mapping[str, State],
        recalled: Recalled,
        learned: Mapping[str, Learned],
        series: Sequence[SeriesOfFolder],
    ) -> None:
        """Keep what was recalled and what was learned of files whose `states`, taken before they were read, can be
        relied upon. Nothing is written where nothing is new.

        series  those that lie in this folder alone, with their stacks
        """
        if self._shelf is None:
            return
        now = self._now_ns()
        sure = {
            path: known
            for path, known in learned.items()
            if path in states and abs(now - states[path][1]) > UNSURE_NS and _lasting(path, known, states[path])
        }
        if not sure and not recalled.stale and len(series) <= len(recalled.series):
            return
        if len(sure) + recalled.count <= _FEW and all(map(_quick, sure.values())):
            return
        self._waiting.append((folder, sealed(recalled.files() | sure, states, series)))
        if sum(len(blob) for _, blob in self._waiting) > _MOST_WAITING:
            self.flush()

    def flush(self) -> None:
        """Put what waits; called once more when a scan ends, however it ends."""
        waiting, self._waiting = self._waiting, []
        if self._shelf is not None:
            try:
                self._shelf.put(waiting)
            except WorkstationError:
                self._shelf = None

    def _get(self, folder: str) -> bytes | None:
        if self._shelf is not None:
            try:
                return self._shelf.get(folder)
            except WorkstationError:
                self._shelf = None
        return None


def _changed(content: Content, states: Mapping[str, State]) -> Recalled:
    """What is still so in a folder of which something has changed, or is not kept as built."""
    same = content.same(states)
    there = content.there(same)
    paths = set(compress(content.paths, same))
    return Recalled(
        paths=paths,
        count=len(paths),
        series=content.built(there),
        loose=content.loose(there),
        rest=content.besides_of(same),
        stale=not all(same),
        files=partial(content.files, same),
    )


def _quick(learned: Learned) -> bool:
    """Whether it is one uncompressed image, which is read in a moment."""
    return len(learned.candidates) == 1 and learned.candidates[0].instance.pixel_offset is not None


def _lasting(path: str, learned: Learned, state: State) -> bool:
    """Whether all this was read from that very file, in that very state, and would be read again."""
    if path.lower().endswith(_PAIRED):  # one file of a pair depends on the other
        return False
    if _quick(learned) and not (learned.objects or learned.left_out):
        instance = learned.candidates[0].instance
        return instance.path == path and instance.file_bytes == state[0]
    inside = f"{path}!/"
    for candidate in learned.candidates:
        instance = candidate.instance
        if instance.path == path:
            if instance.file_bytes != state[0]:
                return False
        elif not instance.path.startswith(inside):
            return False
    others = [*(found.path for found in learned.objects), *(out.path for out in learned.left_out)]
    if any(other != path and not other.startswith(inside) for other in others):
        return False
    return learned != Learned() and all(out.code not in _PASSING for out in learned.left_out)
