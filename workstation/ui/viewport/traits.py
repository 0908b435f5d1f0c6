"""What a series says of its pictures as a whole, as far as a viewport shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from workstation.domain.calibration import IN_PATIENT, Calibration
from workstation.domain.film import Film
from workstation.domain.series import Stack


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """
    calibration  what millimetres are worth
    film         how fast its frames follow one another, where the file says it
    lossy        as `Stack.lossy`
    directions   where rows and columns lead in the patient, of a radiograph that has no place: ("L", "F")
    """

    calibration: Calibration = IN_PATIENT
    film: Film | None = None
    lossy: float | None = None
    directions: tuple[str, str] | None = None


PLAIN: Final = Traits()


def traits_of(stack: Stack) -> Traits:
    """Of the slices as acquired; planes that are cut from them have a place, and need none of it."""
    first = stack.instances[0]
    return Traits(calibration=first.calibration, directions=first.directions, film=stack.film, lossy=stack.lossy)
