"""What stands beside a measure."""

from __future__ import annotations

from dataclasses import dataclass

from workstation.domain.figures import figure, places_for
from workstation.domain.measure import Measure, MeasureKind
from workstation.domain.measuring import Scale
from workstation.domain.noted import size_lines
from workstation.domain.words import Words, say
from workstation.imaging.pixels.statistics import RegionStatistics


@dataclass(frozen=True, slots=True)
class Valued:
    """What is known of the values under a measure. `numbers` None: it holds no pixel with a value.

    unit          of the values; "" where the file states none
    interpolated  they lie between those that were acquired
    """

    numbers: RegionStatistics | None = None
    unit: str = ""
    coloured: bool = False
    interpolated: bool = False


def label_lines(measure: Measure, scale: Scale, valued: Valued | None) -> tuple[Words, ...]:
    """One sentence a line. `valued` None: its values are not known yet."""
    lines = [say("{text}", text=measure.text)] if measure.text else []
    if measure.kind.region:
        lines += _value_lines(valued)
    elif measure.kind is MeasureKind.PROBE:
        lines.append(_probe_line(valued))
    if measure.kind.valued and valued is not None and valued.numbers is not None and valued.interpolated:
        lines.append(say("interpolated"))
    if measure.kind.valued and measure.slab.words is not None:
        lines.append(measure.slab.words)
    return (*lines, *size_lines(measure, scale))


def _value_lines(valued: Valued | None) -> list[Words]:
    if valued is None:
        return [_mean_line("…", "…", ""), _range_line("…", "…")]
    if valued.coloured:
        return [say("colour picture: no values")]
    numbers = valued.numbers
    if numbers is None:
        return [say("no pixel inside")]
    digits = places_for(max(abs(numbers.low), abs(numbers.high)))
    return [
        _mean_line(figure(numbers.mean, digits), figure(numbers.deviation, digits), valued.unit),
        _range_line(_exact(numbers.low, digits), _exact(numbers.high, digits)),
    ]


def _mean_line(mean: str, deviation: str, unit: str) -> Words:
    """A unit is named where the file states one, and never made up."""
    if unit:
        return say("mean {mean} {unit} · SD {deviation}", mean=mean, unit=unit, deviation=deviation)
    return say("mean {mean} · SD {deviation}", mean=mean, deviation=deviation)


def _range_line(low: str, high: str) -> Words:
    return say("min {low} · max {high}", low=low, high=high)


def _probe_line(valued: Valued | None) -> Words:
    if valued is None:
        return say("{text}", text="…")
    if valued.coloured:
        return say("colour picture: no values")
    if valued.numbers is None:
        return say("no pixel inside")
    value = valued.numbers.mean
    text = _exact(value, places_for(abs(value)))
    return say("{text}", text=f"{text} {valued.unit}") if valued.unit else say("value {value}", value=text)


def _exact(value: float, digits: int) -> str:
    return figure(value, 0 if value.is_integer() else digits)
