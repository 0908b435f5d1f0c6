"""Files and folders → stacks, objects, and what was left out. By content, never by name; headers only."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.sentences import sentence
from workstation.domain.series import FoundObject, LeftOut, ScanResult, Stack
from workstation.domain.words import Words, say
from workstation.domain.work import CancelToken, Progress, Reporter, silent
from workstation.imaging.dicom.attributes import AttributeReader, Candidate
from workstation.imaging.dicom.fallback import referred_series
from workstation.imaging.dicom.header import READ_FLAGS, Header, HeaderReader
from workstation.imaging.dicom.kinds import is_archive, kind_of, refers
from workstation.imaging.dicom.series_info import series_key
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
    for files in _folders(paths, collected):
        for path in files:
            collected.add(path)
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
    _headers: HeaderReader = field(default_factory=HeaderReader)
    _attributes: AttributeReader = field(default_factory=AttributeReader)

    def add(self, path: str) -> None:
        self.files += 1
        try:
            header = self._headers.read(path)
            kind = kind_of(header.sop_class)
            if kind:
                self.objects.append(FoundObject(path, kind, referred_series(path) if refers(kind) else ()))
            else:
                self._add_image(header)
        except WorkstationError as error:
            if error.code is ErrorCode.NOT_DICOM and _archive(path):
                self.objects.append(FoundObject(path, "archive"))
            else:
                self.leave_out(path, error)

    def _add_image(self, header: Header) -> None:
        for candidate in self._attributes.candidates(header):
            # Files of one series share their SeriesInfo object, so its key is made once.
            key = self._keys.get(id(candidate.series))
            if key is None:
                key = self._keys[id(candidate.series)] = series_key(candidate.series)
            self.series.setdefault(key, []).append(candidate)
            self._touched.add(key)

    def leave_out(self, path: str, error: WorkstationError) -> None:
        self.left_out.append(LeftOut(path, error.code, _says(error)))

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


def _says(error: WorkstationError) -> Words:
    return sentence(error).says


def _archive(path: str) -> bool:
    try:
        descriptor = os.open(path, READ_FLAGS)
    except OSError:
        return False
    try:
        return is_archive(os.read(descriptor, 262), path)
    except OSError:
        return False
    finally:
        os.close(descriptor)


def _folders(paths: Sequence[Path], collected: _Collected) -> Iterator[list[str]]:
    """Every folder once, also behind links that form a loop: its files in the order of their names."""
    seen_files: set[str] = set()
    seen_folders: set[tuple[int, int]] = set()
    given: list[str] = []
    waiting: list[str] = []
    for path in paths:
        absolute = os.path.abspath(path)  # noqa: PTH100  Path.resolve would follow links
        (waiting if os.path.isdir(absolute) else given).append(absolute)  # noqa: PTH112
    if given:
        given = list(dict.fromkeys(given))
        seen_files.update(given)
        yield given
    waiting.reverse()
    while waiting:
        folder = waiting.pop()
        try:
            status = os.stat(folder)  # noqa: PTH116
            if (status.st_dev, status.st_ino) in seen_folders:
                continue
            seen_folders.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as entries:
                ordered = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            collected.leave_out(folder, WorkstationError(ErrorCode.UNREADABLE))
            continue
        files: list[str] = []
        folders: list[str] = []
        for entry in ordered:
            (folders if _is_folder(entry) else files).append(entry.path)
        yield [path for path in files if path not in seen_files] if seen_files else files
        waiting += reversed(folders)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
