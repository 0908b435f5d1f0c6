"""Files and folders → stacks, objects, and what was left out. By content, never by name; headers only."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import FoundObject, LeftOut, ScanResult, Stack
from workstation.domain.words import say
from workstation.domain.work import CancelToken, Progress, Reporter, silent
from workstation.imaging.dicom.attributes import Candidate
from workstation.imaging.dicom.series_info import series_key
from workstation.imaging.series.folders import walk
from workstation.imaging.series.learn import Learned, Learner, left_out
from workstation.imaging.series.stacks import number_stacks, stacks_of_series

_REPORT_EVERY: Final = 250


def scan(
    paths: Sequence[Path],
    reporter: Reporter = silent,
    cancel: CancelToken | None = None,
    found: Callable[[Stack], None] | None = None,
) -> ScanResult:
    """Find every stack below `paths`; every file stands in a stack, in `objects` or in `left_out`.

    found   is told of a stack as soon as its folder is done; the same id comes again if later files belong to it
    raises  Cancelled
    """
    started = time.perf_counter()
    collected = _Collected(found)
    learner = Learner()
    for folder in walk(paths):
        if folder.unreadable:
            collected.add(left_out(folder.path, WorkstationError(ErrorCode.UNREADABLE)))
        for path in folder.files:
            collected.files += 1
            collected.add(learner.learn(path))
            if collected.files % _REPORT_EVERY == 0:
                _report(collected, reporter, cancel)
        collected.folder_done()
    _report(collected, reporter, cancel)
    return collected.result(time.perf_counter() - started)


def _report(collected: _Collected, reporter: Reporter, cancel: CancelToken | None) -> None:
    if cancel is not None:
        cancel.check()
    reporter(Progress(collected.files, 0, say("Looking through files")))


@dataclass(slots=True, eq=False)
class _Collected:
    """What a scan knows so far."""

    found: Callable[[Stack], None] | None
    files: int = 0
    objects: list[FoundObject] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    series: dict[Hashable, list[Candidate]] = field(default_factory=dict)
    _touched: set[Hashable] = field(default_factory=set)
    _built: dict[Hashable, tuple[int, list[Stack]]] = field(default_factory=dict)
    _keys: dict[int, Hashable] = field(default_factory=dict)

    def add(self, learned: Learned) -> None:
        for candidate in learned.candidates:
            # Files of one series share their SeriesInfo object, so its key is made once.
            key = self._keys.get(id(candidate.series))
            if key is None:
                key = self._keys[id(candidate.series)] = series_key(candidate.series)
            self.series.setdefault(key, []).append(candidate)
            self._touched.add(key)
        if learned.objects:
            self.objects += learned.objects
        if learned.left_out:
            self.left_out += learned.left_out

    def folder_done(self) -> None:
        if self.found is not None:
            for key in self._touched:
                for stack in number_stacks([self._build(key)]):
                    self.found(stack)
        self._touched.clear()

    def _build(self, key: Hashable) -> list[Stack]:
        frames = self.series[key]
        count, stacks = self._built.get(key, (0, []))
        if count != len(frames):
            stacks = stacks_of_series(frames)
            self._built[key] = (len(frames), stacks)
        return stacks

    def result(self, seconds: float) -> ScanResult:
        return ScanResult(
            stacks=number_stacks([self._build(key) for key in self.series]),
            objects=tuple(self.objects),
            left_out=tuple(self.left_out),
            files=self.files,
            seconds=seconds,
        )
