"""How pictures hang: which layout, what is in each of its cells, which of them is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workstation.domain.geometry import Plane
from workstation.domain.series import Stack
from workstation.domain.slab import NO_SLAB, Slab


class Layout(StrEnum):
    ONE = "1x1"
    TWO = "1x2"
    FOUR = "2x2"
    NINE = "3x3"
    MPR = "mpr"
    VOLUME = "3d"
    COMPARE = "compare"
    PHOTO = "photo"

    @property
    def size(self) -> int:
        """How many cells it has."""
        return _SIZES[self]

    @property
    def one_series(self) -> bool:
        """Whether all its cells show the same series."""
        return self in (Layout.ONE, Layout.MPR, Layout.VOLUME, Layout.PHOTO)

    @property
    def planes(self) -> bool:
        """Whether its cells are the three planes that share a crosshair."""
        return self in (Layout.MPR, Layout.VOLUME)


_SIZES = {
    Layout.ONE: 1,
    Layout.TWO: 2,
    Layout.FOUR: 4,
    Layout.NINE: 9,
    Layout.MPR: 3,
    Layout.VOLUME: 3,
    Layout.COMPARE: 2,
    Layout.PHOTO: 1,
}
MPR_PLANES = (Plane.AXIAL, Plane.CORONAL, Plane.SAGITTAL)  # in the order of the cells, the large one first


@dataclass(frozen=True, slots=True)
class Cell:
    """stack_id: "" for an empty cell. plane: cut from the volume; None: slices as acquired.

    onto  the series that this one was brought onto by a registration: it is shown on that one's slices
    """

    stack_id: str = ""
    plane: Plane | None = None
    onto: str = ""


def can_be_cut(stack: Stack | None) -> bool:
    """Whether there are other planes of it than its slices."""
    return stack is not None and stack.geometry is not None and stack.slices > 1


def mpr_cells(stack_id: str, stack: Stack | None) -> tuple[Cell, ...]:
    """Three planes of a series; one that can't be cut is at least shown as it is."""
    first, *others = (Cell(stack_id, plane) for plane in MPR_PLANES)
    return (first if can_be_cut(stack) or stack is None else Cell(stack_id), *others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hanging:
    """cells: as many as the layout has. active: the cell that keys, cards and findings are about.

    maximised  the active cell fills the room for now
    linked     cells follow one another
    by_hand    a person laid it out
    """

    layout: Layout = Layout.ONE
    cells: tuple[Cell, ...] = (Cell(),)
    active: int = 0
    maximised: bool = False
    linked: bool = True
    by_hand: bool = False
    slab: Slab = NO_SLAB

    @property
    def chosen(self) -> str:
        """Id of the stack looked at; "" for none."""
        return self.cells[self.active].stack_id
