"""Cuts of findings that were made once: scrolling back costs nothing, and the memory they take has an end."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final

from workstation.ui.viewport.brush import Trace

MOST_BYTES: Final = 2**25  # of one view; masks are most of it
_TRACE_BYTES: Final = 400
_ELEMENT_BYTES: Final = 24  # of one end of a line of a mask's border


class KeptTraces:
    """By slice and whatever else tells one cut from another; those looked at longest ago give way."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Hashable, ...], tuple[Trace, ...]] = OrderedDict()
        self._bytes = 0

    def get(self, key: tuple[Hashable, ...], cut: Callable[[], tuple[Trace, ...]]) -> tuple[Trace, ...]:
        """The traces of this key, cut now if they are not kept."""
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return kept
        made = self._kept[key] = cut()
        self._bytes += _weight(made)
        while self._bytes > MOST_BYTES and len(self._kept) > 1:
            self._bytes -= _weight(self._kept.popitem(last=False)[1])
        return made

    def drop(self, which: Callable[[tuple[Hashable, ...]], bool]) -> None:
        """Those whose key is one of these are out of date."""
        for key in [key for key in self._kept if which(key)]:
            self._bytes -= _weight(self._kept.pop(key))

    def clear(self) -> None:
        self._kept.clear()
        self._bytes = 0


def _weight(traces: tuple[Trace, ...]) -> int:
    fills = sum(trace.fill.sizeInBytes() for trace in traces if trace.fill is not None)
    edges = sum(path.elementCount() for trace in traces for path in trace.edges)
    return fills + len(traces) * _TRACE_BYTES + edges * _ELEMENT_BYTES
