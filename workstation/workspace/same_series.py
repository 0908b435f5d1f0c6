"""Series found by a scan, held against those that are open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from operator import attrgetter
from typing import Final

from workstation.domain.series import Stack

# The geometry follows from the slices, and arrays have no equality of their own.
_but_geometry: Final = attrgetter(*(field.name for field in fields(Stack) if field.name != "geometry"))


class SameSeries:
    """Of one scan. A series that is as it was keeps its value: its pixels need not be loaded again.

    For the scan's own thread: every frame of a series that is found again is looked at, ten thousand for 30 ms.
    """

    def __init__(self, open_now: Iterable[Stack]) -> None:
        self._known = {stack.id: stack for stack in open_now}

    def kept(self, found: Iterable[Stack]) -> tuple[Stack, ...]:
        """What was found, in its order; those that are open, or were found before, by their known values."""
        kept = tuple(self._known_or(stack) for stack in found)
        self._known |= {stack.id: stack for stack in kept}
        return kept

    def _known_or(self, new: Stack) -> Stack:
        known = self._known.get(new.id, new)
        return known if new is known or _but_geometry(new) == _but_geometry(known) else new
