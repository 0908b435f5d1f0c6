"""The files below what was given, folder by folder, each once, whatever links say."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Final

from workstation.domain.work import CancelToken
from workstation.imaging.nifti.opening import partner

_MADE_UP: Final = ("/proc", "/sys")
_LONG: Final = 200  # characters of a folder's path; Windows opens 260 with the file's name, unless it is told otherwise

State = tuple[int, int, int]


@dataclass(slots=True, eq=False)
class Folder:
    """The files of one folder in the order of their names. `path` is "" for files that were found by their own paths.

    states  file → bytes, mtime in ns, ctime in ns, where the system tells; empty unless it was asked for
    odd     pipes, devices, sockets, links that lead nowhere or to what the system makes up: never opened, for a reader
            might wait for ever
    """

    path: str
    files: list[str] = field(default_factory=list)
    states: dict[str, State] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)
    unreadable: bool = False

    def note(self, path: str, file: os.DirEntry[str] | Path) -> None:
        """Keep the state of one of its files; of one that is gone or can't be asked there is none."""
        try:
            status = file.stat()
        except OSError:
            return
        self.states[path] = (status.st_size, status.st_mtime_ns, status.st_ctime_ns)

    def leave(self, later: Container[str]) -> None:
        """Do without these files for now."""
        self.files = [path for path in self.files if path not in later]
        self.states = {path: state for path, state in self.states.items() if path not in later}


class Walk:
    """First the folders, then what has a path of its own: files that were given, and links to files elsewhere."""

    def __init__(self, paths: Sequence[Path], *, states: bool = False) -> None:
        self._with_states = states
        self._alone: list[str] = []
        self._waiting: list[str] = []
        self._folders: set[tuple[int, int]] = set()
        self._met: set[str] = set()
        for path in paths:
            absolute = long_form(os.path.abspath(path))  # noqa: PTH100  Path.resolve would follow links
            if os.path.isdir(absolute):  # noqa: PTH112
                self._waiting.append(absolute)
            else:
                self._alone += (absolute, partner(absolute) or absolute)
        self._waiting.reverse()

    def __iter__(self) -> Iterator[Folder]:
        while self._waiting:
            folder = self._next(self._waiting.pop())
            if folder is not None:
                yield folder
        alone = self.unmet(self._alone)
        if alone.files or alone.odd:
            yield alone

    def unmet(self, paths: Iterable[str]) -> Folder:
        """Those of some files that neither lie in a folder of this walk nor were asked for before."""
        folder = Folder("")
        for path in dict.fromkeys(paths):
            there = os.path.exists(path)  # noqa: PTH110
            real = os.path.realpath(path) if there else path
            name = os.path.normcase(real)
            if name in self._met or (there and _identity(os.path.dirname(real)) in self._folders):  # noqa: PTH120
                continue
            self._met.add(name)
            (folder.odd if _is_odd(path) else folder.files).append(path)
        if self._with_states:
            for path in folder.files:
                folder.note(path, Path(path))
        return folder

    def _next(self, path: str) -> Folder | None:
        """None for a folder that was met before, behind a link."""
        folder = Folder(path)
        identity = _identity(path)
        if identity in self._folders:
            return None
        try:
            with os.scandir(path) as entries:
                ordered = sorted(entries, key=attrgetter("name"))
        except OSError:
            folder.unreadable = True
            return folder
        if identity is not None:
            self._folders.add(identity)
        folders: list[str] = []
        for entry in ordered:
            if _is_plain(entry):
                folder.files.append(entry.path)
                if self._with_states:
                    folder.note(entry.path, entry)
            elif _is_folder(entry):
                if entry.is_symlink() and _leads_into_the_system(entry.path):
                    folder.odd.append(entry.path)
                else:
                    folders.append(long_form(entry.path))
            elif entry.is_symlink() and not _leads_into_the_system(entry.path):
                self._alone.append(entry.path)
            else:
                folder.odd.append(entry.path)
        self._waiting += reversed(folders)
        return folder


def file_states(paths: Sequence[Path], cancel: CancelToken) -> dict[str, State]:
    """Every file below, without opening one. raises Cancelled"""
    states: dict[str, State] = {}
    for folder in Walk(paths, states=True):
        cancel.check()
        states |= folder.states
    return states


def long_form(path: str, system: str = sys.platform) -> str:
    """A path as Windows opens it however long it is; elsewhere, and where it is short, as it stands."""
    if system != "win32" or len(path) < _LONG or path.startswith("\\\\?\\"):
        return path
    return "\\\\?\\UNC" + path[1:] if path.startswith("\\\\") else "\\\\?\\" + path


def _is_plain(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file(follow_symlinks=False)
    except OSError:
        return True  # opening it will tell why


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _leads_into_the_system(path: str) -> bool:
    """From there processes lead to all files of the computer, as its root does."""
    real = os.path.realpath(path)
    return real == "/" or any(real == root or real.startswith(f"{root}/") for root in _MADE_UP)


def _is_odd(path: str) -> bool:
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116
    except OSError:
        return os.path.islink(path)  # noqa: PTH114


def _identity(folder: str) -> tuple[int, int] | None:
    try:
        status = os.stat(folder)  # noqa: PTH116
    except OSError:
        return None
    return status.st_dev, status.st_ino
