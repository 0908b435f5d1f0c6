"""What an index of a disc names, held against what is there."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.sentences import sentence
from workstation.domain.series import LeftOut
from workstation.imaging.dicom.dicomdir import Known, by_any_name, find, leaves_folder


@dataclass(frozen=True, slots=True)
class Named:
    """files: those that are there, by their paths; missing: why the others are not opened."""

    files: tuple[str, ...]
    missing: tuple[LeftOut, ...]


def named_on_disk(index: str, names: Iterable[str]) -> Named:
    """`index`: path of the DICOMDIR; `names`: relative, as it has them."""
    folder = os.path.dirname(index)  # noqa: PTH120
    listed: dict[str, dict[str, str]] = {}

    def known(relative: str) -> dict[str, str]:
        if relative not in listed:
            try:
                listed[relative] = by_any_name(os.listdir(os.path.join(folder, relative)))  # noqa: PTH118, PTH208
            except OSError:
                listed[relative] = {}
        return listed[relative]

    return _held_against(names, os.path.join(folder, ""), os.sep, known)  # noqa: PTH118


def named_in_archive(index: str, names: Iterable[str], members: Iterable[str]) -> Named:
    """The same where the index and all `members` (paths) lie in one archive."""
    folder = index.rpartition("/")[0] + "/"
    tree: dict[str, set[str]] = {}
    for member in members:
        if member.startswith(folder):
            parts = member[len(folder) :].split("/")
            for depth, part in enumerate(parts):
                tree.setdefault("/".join(parts[:depth]), set()).add(part)
    listed = {relative: by_any_name(there) for relative, there in tree.items()}
    return _held_against(names, folder, "/", lambda relative: listed.get(relative, {}))


def _held_against(names: Iterable[str], folder: str, separator: str, known: Known) -> Named:
    files: dict[str, None] = {}
    missing: list[LeftOut] = []
    says = {code: sentence(WorkstationError(code)).says for code in (ErrorCode.LEAVES_FOLDER, ErrorCode.MISSING_FILE)}
    for name in names:
        leaves = leaves_folder(name)
        found = None if leaves else find(name, known)
        if found is not None:
            files[folder + found.replace("/", separator)] = None
            continue
        code = ErrorCode.LEAVES_FOLDER if leaves else ErrorCode.MISSING_FILE
        missing.append(LeftOut(folder + name.replace("/", separator), code, says[code]))
    return Named(tuple(files), tuple(missing))
