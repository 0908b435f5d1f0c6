"""Whether files are still those that a series was found in: one may be exchanged while its series is open."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import FileForm, Instance, Stack
from workstation.imaging.archive.member import MARK, split
from workstation.imaging.damage import as_error
from workstation.imaging.dicom.fallback import read_dataset
from workstation.imaging.series.folders import State

_NEAR_MM: Final = 1e-3


class FileTimes:
    """When the files of each series had been written, as a scan found them. Safe in threads."""

    def __init__(self) -> None:
        self._times: dict[str, dict[str, int]] = {}  # stack id → file → ns

    def keep(self, stacks: Iterable[Stack], states: Mapping[str, State]) -> None:
        """`states` may lack files: of those nothing is known."""
        for stack in stacks:
            paths = {_file(instance) for instance in stack.instances}
            self._times[stack.id] = {path: states[path][1] for path in paths if path in states}

    def check(self, stack: Stack, instances: Sequence[Instance]) -> None:
        """Ask after the pixels of these were read: nobody may see those of one patient under the name of another.

        A file that was only written again, or on a drive that tells its time late, is the same by its header.
        raises FILE_CHANGED
        """
        times = self._times.get(stack.id, {})
        for path, instance in {_file(instance): instance for instance in instances}.items():
            try:
                now = os.stat(path).st_mtime_ns  # noqa: PTH116  of each file of a series
            except OSError:  # gone since, but what was read was what the series was found in
                continue
            if now != times.get(path, now) and not _same(instance):
                raise WorkstationError(ErrorCode.FILE_CHANGED)


def _file(instance: Instance) -> str:
    """The file of the disk that it lies in."""
    path = instance.path
    return (split(path) or (path,))[0] if MARK in path else path


def _same(instance: Instance) -> bool:
    """Whether the file's header still names this instance, at its place."""
    if instance.form is not FileForm.DICOM or MARK in instance.path or not instance.sop_instance_uid:
        return False
    try:
        with Path(instance.path).open("rb") as file, as_error(ErrorCode.UNREADABLE):
            header, _ = read_dataset(file)
            uid, place = header.get("SOPInstanceUID"), header.get("ImagePositionPatient")
            there = [float(value) for value in place or ()]
    except (OSError, WorkstationError):
        return False
    moved = instance.position is not None and len(there) == 3 and math.dist(there, instance.position) > _NEAR_MM
    return uid == instance.sop_instance_uid and not moved
