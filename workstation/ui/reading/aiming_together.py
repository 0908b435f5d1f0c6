"""Views that follow one another show one place of the patient at one size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from workstation.domain.geometry import Vector
from workstation.ui.reading.cell_view import CellView
from workstation.ui.reading.linking import Links
from workstation.ui.viewport.aiming import Aim


@dataclass(frozen=True, slots=True, kw_only=True)
class _Apart:
    """How another view is aimed: further on in the patient, mm, and so many times closer."""

    way: Vector = (0.0, 0.0, 0.0)
    closer: float = 1.0


_TOGETHER: Final = _Apart()


class AimingTogether:
    """What the reader put apart, linking by hand or moving a view alone, stays so far apart."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._apart: dict[tuple[str, str], _Apart] = {}  # from one stack to another

    def follow(self, moved: CellView, cells: Sequence[CellView]) -> None:
        """A hand moved a view. One that shows its whole slice lets the others show theirs."""
        whole = moved.view.zoom_shown is None
        for other in self._beside(moved, cells):
            if whole:
                self._forget(moved, other)
                other.view.show_aim(None)
            elif (aim := moved.view.aim) is not None:
                apart = self._apart.get((moved.cell.stack_id, other.cell.stack_id), _TOGETHER)
                x, y, z = (a + b for a, b in zip(aim.point, apart.way, strict=True))
                other.view.show_aim(Aim(point=(x, y, z), scale=aim.scale * apart.closer))

    def join(self, opened: CellView, cells: Sequence[CellView]) -> None:
        """A series was opened beside others: it is shown where they are, or as whole as they are."""
        beside = [one for one in cells if one is not opened and self._links.linked(one, opened)]
        for other in beside:
            if other.view.zoom_shown is not None:
                self.follow(other, (other, opened))
                return
        if any((one.cell.stack_id, opened.cell.stack_id) not in self._apart for one in beside):
            opened.view.show_aim(None)

    def set_apart(self, moved: CellView, cells: Sequence[CellView]) -> None:
        """A hand moved this view alone."""
        for other in self._beside(moved, cells):
            self._keep(moved, other)

    def take(self, cells: Sequence[CellView]) -> None:
        """Series of different frames of reference were linked by hand: what is in their middle belongs together."""
        for one in cells:
            for other in cells:
                if one is not other and one.frame != other.frame:
                    self._keep(one, other)

    def _beside(self, moved: CellView, cells: Sequence[CellView]) -> list[CellView]:
        return [one for one in cells if one is not moved and self._links.linked(moved, one)]

    def _keep(self, one: CellView, other: CellView) -> None:
        ids = (one.cell.stack_id, other.cell.stack_id)
        here, there = one.view.aim, other.view.aim
        if here is None or there is None or ids[0] == ids[1]:
            return
        x, y, z = (b - a for a, b in zip(here.point, there.point, strict=True))
        closer = there.scale / here.scale
        self._apart[ids] = _Apart(way=(x, y, z), closer=closer)
        self._apart[ids[1], ids[0]] = _Apart(way=(-x, -y, -z), closer=1 / closer)

    def _forget(self, one: CellView, other: CellView) -> None:
        if one.frame == other.frame:
            for ids in ((one.cell.stack_id, other.cell.stack_id), (other.cell.stack_id, one.cell.stack_id)):
                self._apart.pop(ids, None)
