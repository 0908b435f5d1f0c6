"""What a series says of its pictures as a whole, as far as a viewport shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from workstation.domain.calibration import IN_PATIENT, Calibration
from workstation.domain.film import Film
from workstation.domain.geometry import Plane, direction_letters
from workstation.domain.series import Stack


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """
    calibration  what millimetres are worth
    film         how fast its frames follow one another, where the file says it
    lossy        as `Stack.lossy`
    directions   where rows and columns lead in the patient, of pictures that have no places of their own: ("L", "F")
    """

    calibration: Calibration = IN_PATIENT
    film: Film | None = None
    lossy: float | None = None
    directions: tuple[str, str] | None = None


PLAIN: Final = Traits()


def traits_of(stack: Stack) -> Traits:
    """Of the slices as acquired; planes that are cut from them have a place, and need none of it."""
    first = stack.instances[0]
    said = {one.directions for one in stack.instances}
    directions = first.directions if len(said) == 1 else None
    directions = directions or _stated_directions(stack)
    return Traits(calibration=first.calibration, directions=directions, film=stack.film, lossy=stack.lossy)


def _stated_directions(stack: Stack) -> tuple[str, str] | None:
    """Of slices that all lie at one place, as a film's: they say how they lie there, if all say the same."""
    if stack.geometry is not None or stack.plane is Plane.NONE:
        return None
    ways = {(one.row_cosine, one.column_cosine) for one in stack.instances}
    said = {(direction_letters(row), direction_letters(column)) for row, column in ways if row and column}
    return said.pop() if len(said) == 1 and all(map(all, ways)) else None
