"""Numbers and units as people read them, the same on screen and paper."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from workstation.domain.finding import Measurement
from workstation.domain.words import Language, Words, render

_UNITS: Final[Mapping[str, str]] = {
    "mm2": "mm²",
    "mm3": "mm³",
    "cm2": "cm²",
    "cm3": "cm³",
    "deg": "°",
    "1": "",
    "{score}": "",
    "mL": "ml",
}
_WHOLE: Final = frozenset({"mm3", "HU", "{score}"})
_TENTHS: Final = frozenset({"mm", "mm2", "cm", "cm2", "cm3", "mL", "ml", "%", "deg"})


def unit_text(unit: str) -> str:
    """A UCUM unit as it is written beside a number; annotations in braces are none."""
    return _UNITS.get(unit, "" if unit.startswith("{") else unit)


def figure(value: float, decimals: int = 0) -> str:
    """A number with a true minus sign and no negative zero; never an exponent."""
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.removeprefix("-")
    return text.replace("-", "−")


def places_for(largest: float) -> int:
    """Decimals for pixel values of which the largest is so far from zero: three digits of small ones, as 0.00114."""
    if largest >= 1:
        return 1 if largest >= 10 else 2
    return max(4, 2 - math.floor(math.log10(largest))) if largest > 0 else 4


def window_places(width: float) -> int:
    """Decimals for centre and width of a window."""
    return 0 if width >= 10 else 2 if width >= 0.1 else max(5, places_for(width))


def decimals_of(value: float, unit: str) -> int:
    """Lengths to a tenth, volumes and densities whole; of other numbers at least two digits that are not zero."""
    if unit in _TENTHS:
        return 1 if abs(value) < 1000 else 0
    if unit in _WHOLE or float(value).is_integer():
        return 0
    size = abs(value)
    return 1 if size >= 10 else 2 if size >= 0.1 else 3


def value_text(measurement: Measurement, language: Language) -> str:
    """The value without its unit."""
    value = measurement.value
    if isinstance(value, Words):
        return render(value, language)
    if isinstance(value, str):
        return value
    return figure(value, decimals_of(value, measurement.unit))


def with_unit(text: str, unit: str) -> str:
    """A number and its unit: a degree stands right behind it, others after a space that is not broken."""
    said = unit_text(unit)
    return f"{text}{said}" if said in ("", "°", "%") else f"{text}\u00a0{said}"
