"""The files below what was given, folder by folder, each once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path

from workstation.imaging.nifti.opening import partner


@dataclass(slots=True, eq=False)
class Folder:
    """The files of one folder in the order of their names. `path` is "" for files that were given themselves.

    states  file → bytes, mtime in ns, ctime in ns, where the system tells; empty unless it was asked for
    """

    path: str
    files: list[str] = field(default_factory=list)
    states: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    unreadable: bool = False


def walk(paths: Sequence[Path], *, states: bool = False) -> Iterator[Folder]:
    """Every folder once, also behind links that form a loop."""
    seen_files: set[str] = set()
    seen_folders: set[tuple[int, int]] = set()
    given: list[str] = []
    waiting: list[str] = []
    for path in paths:
        absolute = os.path.abspath(path)  # noqa: PTH100  Path.resolve would follow links
        (waiting if os.path.isdir(absolute) else given).append(absolute)  # noqa: PTH112
    if given:
        given = list(dict.fromkeys(one for path in given for one in (path, partner(path) or path)))
        seen_files.update(given)
        yield Folder("", given, _states((path, Path(path)) for path in given) if states else {})
    waiting.reverse()
    while waiting:
        folder = Folder(waiting.pop())
        try:
            status = os.stat(folder.path)  # noqa: PTH116
            if (status.st_dev, status.st_ino) in seen_folders:
                continue
            seen_folders.add((status.st_dev, status.st_ino))
            with os.scandir(folder.path) as entries:
                ordered = sorted(entries, key=attrgetter("name"))
        except OSError:
            folder.unreadable = True
            yield folder
            continue
        folders: list[str] = []
        files: list[os.DirEntry[str]] = []
        for entry in ordered:
            if _is_folder(entry):
                folders.append(entry.path)
            else:
                files.append(entry)
        folder.files = [entry.path for entry in files]
        if states:
            folder.states = _states((entry.path, entry) for entry in files)
        if seen_files:
            folder.files = [path for path in folder.files if path not in seen_files]
        yield folder
        waiting += reversed(folders)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _states(files: Iterable[tuple[str, os.DirEntry[str] | Path]]) -> dict[str, tuple[int, int, int]]:
    states: dict[str, tuple[int, int, int]] = {}
    for path, file in files:
        try:
            status = file.stat()
        except OSError:
            continue
        states[path] = (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return states
