"""A watched folder: what arrives in it is read once it has settled. Asked again and again, so network drives work."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from workstation.domain.series import ScanResult, Stack
from workstation.domain.work import CancelToken, Clock

LEAST_S: Final = 2.0  # between two looks
RESTS: Final = 20  # times as long as a look took: a slow drive is not kept busy

FileState = tuple[int, int, int]  # bytes and times, as the system tells them


class Source(Protocol):
    """Where files come from. Both raise Cancelled."""

    def files(self, paths: Sequence[Path], cancel: CancelToken) -> Mapping[str, FileState]:
        """Every file below, without opening one."""
        ...

    def scan(self, paths: Sequence[Path], later: Container[str], cancel: CancelToken) -> ScanResult:
        """All that is below but the files named in `later`. What was read before should be remembered."""
        ...


@dataclass(frozen=True, slots=True)
class Arrived:
    """What is there now: `stacks` that are new or have other slices than before, and the whole `scan`."""

    stacks: tuple[Stack, ...]
    scan: ScanResult


def watch(
    paths: Sequence[Path],
    open_now: Iterable[Stack],
    source: Source,
    arrived: Callable[[Arrived], None],
    clock: Clock,
    cancel: CancelToken,
) -> None:
    """Look until the cancel; `arrived` is called whenever settled files have come, changed or gone.

    A file is settled when it is the same at two looks in a row, so one that is still being copied is waited for.
    A folder that can't be reached for a while (all files gone at once) is taken as it was before.

    open_now  series that are known already: they are told of when they are other
    raises    Cancelled
    """
    seen: Mapping[str, FileState] = {}
    scanned: Mapping[str, FileState] = {}
    known = {stack.id: stack for stack in open_now}
    while True:
        began = clock.monotonic()
        now = source.files(paths, cancel)
        settled = {path: state for path, state in now.items() if seen.get(path) == state}
        seen = now
        if settled and settled != scanned:
            result = source.scan(paths, now.keys() - settled.keys(), cancel)
            news = tuple(stack for stack in result.stacks if not same_slices(stack, known.get(stack.id)))
            known = {stack.id: stack for stack in result.stacks}
            scanned = settled
            arrived(Arrived(news, result))
        clock.sleep(max(LEAST_S, RESTS * (clock.monotonic() - began)), cancel)


def same_slices(one: Stack, other: Stack | None) -> bool:
    """Whether both hold the same frames of the same files."""
    return other is not None and (one.instances, one.spare) == (other.instances, other.spare)
