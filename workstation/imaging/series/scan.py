"""Files and folders → stacks, objects, and what was left out. By content, never by name; headers only."""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Iterator, Sequence
from pathlib import Path

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import ScanResult, Stack
from workstation.domain.work import CancelToken, Reporter, silent
from workstation.imaging.index.folder_index import FolderIndex, Recalled
from workstation.imaging.series.collected import Collected
from workstation.imaging.series.compare import Comparison
from workstation.imaging.series.disc import named_on_disk
from workstation.imaging.series.folders import Folder, State, Walk
from workstation.imaging.series.learn import ARCHIVE, Learned, Learner, learn_elsewhere, left_out
from workstation.imaging.series.members import learn_archive
from workstation.imaging.series.pace import Pace


def scan(
    paths: Sequence[Path],
    reporter: Reporter = silent,
    cancel: CancelToken | None = None,
    found: Callable[[Stack], None] | None = None,
    *,
    index: FolderIndex | None = None,
    later: Container[str] = (),
    states: dict[str, State] | None = None,
) -> ScanResult:
    """Find every stack below `paths`; every file stands in a stack, in `objects` or in `left_out`.

    found   is told of stacks while the scan is under way; the same id comes again if later files belong to it
    index   what earlier scans learned: files that are as they were are not read again
    later   files that are left alone, because they are still being written
    states  is filled with the state that each file was found in
    raises  Cancelled
    """
    started = time.perf_counter()
    collected = Collected(found, Comparison(cancel))
    learner = Learner()
    pace = Pace(paths, reporter, cancel, collected.tell)
    memory = _Memory(index)

    def inside(members: int) -> None:
        pace.step(collected.seen + members)

    try:
        walk = Walk(paths, states=index is not None or states is not None)
        for folder in memory.units(_folders(walk, collected), learner):
            if later:
                folder.leave(later)
            if states is not None:
                states |= folder.states
            collected.enter(folder.path)
            if folder.unreadable:
                collected.add(left_out(folder.path, WorkstationError(ErrorCode.UNREADABLE)))
            for path in folder.odd:
                collected.files += 1
                collected.add(left_out(path, WorkstationError(ErrorCode.NOT_A_FILE)))
            recalled = memory.recall(folder, learner)
            collected.files += recalled.count
            for known in (*recalled.rest, recalled.loose):
                collected.add(known)
            collected.add_built(recalled.series)
            pace.step(collected.seen)
            left: Sequence[str] = folder.files
            if recalled.count:
                left = () if recalled.count == len(left) else [path for path in left if path not in recalled.paths]
            learned: dict[str, Learned] = {}
            for path, known in _learn(left, learner, cancel, inside):
                learned[path] = known
                collected.files += 1
                collected.add(known)
                pace.step(collected.seen)
            memory.note(folder, recalled, learned)
            collected.tell()
        pace.look(collected.seen)
        return collected.result(time.perf_counter() - started)
    finally:
        pace.close()
        memory.keep(collected)


def _folders(walk: Walk, collected: Collected) -> Iterator[Folder]:
    """What was given, then what indices of discs name besides."""
    yield from walk
    while collected.indices:
        index, names = collected.indices.popitem()
        named = named_on_disk(index, names)
        collected.missing.update((one.path, one) for one in named.missing)
        unmet = walk.unmet(named.files)
        if unmet.files or unmet.odd:
            yield unmet


def _learn(
    files: Sequence[str],
    learner: Learner,
    cancel: CancelToken | None,
    inside: Callable[[int], None],
) -> Iterator[tuple[str, Learned]]:
    """Plain files first; the odd ones together, because several workers read them; then archives."""
    odd: list[str] = []
    for path in files:
        known = learner.learn(path)
        if known is not None:
            yield path, known
        else:
            odd.append(path)
    if odd:
        archives: list[str] = []
        for path, known in learn_elsewhere(odd, cancel):
            if known.objects and known.objects[0].kind == ARCHIVE:
                archives.append(path)
            else:
                yield path, known
        for path in archives:
            yield path, learn_archive(path, cancel, inside)


class _Memory:
    """What this scan recalls and keeps; without an index nothing."""

    def __init__(self, index: FolderIndex | None) -> None:
        self._index = index
        self._news: list[tuple[Folder, Recalled, dict[str, Learned]]] = []
        self._given: dict[str, Recalled] = {}

    def units(self, folders: Iterator[Folder], learner: Learner) -> Iterator[Folder]:
        """What the index keeps as one: a folder; a file that was given by itself. Those not known stay together."""
        for folder in folders:
            if folder.path or self._index is None:
                yield folder
                continue
            unknown = Folder("", states=folder.states, odd=folder.odd)
            for path in folder.files:
                unit = _alone(path, folder)
                recalled = self.recall(unit, learner)
                if recalled.count:
                    self._given[path] = recalled
                    yield unit
                else:
                    unknown.files.append(path)
            if unknown.files or unknown.odd:
                yield unknown

    def recall(self, folder: Folder, learner: Learner) -> Recalled:
        if self._index is None or not folder.path:
            return Recalled()
        if folder.path in self._given:
            return self._given.pop(folder.path)
        if learner.bars(folder.files):  # what made a reader fail since is not taken as it was
            folder.states = {path: state for path, state in folder.states.items() if not learner.bars((path,))}
        return self._index.recall(folder.path, folder.states)

    def note(self, folder: Folder, recalled: Recalled, learned: dict[str, Learned]) -> None:
        if self._index is None or not (learned or recalled.stale or recalled.loose.candidates):
            return
        if folder.path:
            self._news.append((folder, recalled, learned))
        else:
            self._news += [(_alone(path, folder), Recalled(), {path: known}) for path, known in learned.items()]

    def keep(self, collected: Collected) -> None:
        """However the scan ended: what it learned is kept."""
        if self._index is None:
            return
        series = collected.series_of({folder.path for folder, _, _ in self._news})
        for folder, recalled, learned in self._news:
            self._index.remember(folder.path, folder.states, recalled, learned, series.get(folder.path, ()))
        self._index.flush()


def _alone(path: str, folder: Folder) -> Folder:
    return Folder(path, [path], {path: folder.states[path]} if path in folder.states else {})
