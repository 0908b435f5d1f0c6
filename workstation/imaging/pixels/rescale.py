"""Stored pixels → rescaled values (DICOM PS3.3 C.11.1): which type they need, and the arithmetic in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from workstation.domain.series import Instance, PixelFormat

Int16 = npt.NDArray[np.int16]


class DoesNotFitError(Exception):
    """A stored value lies outside int16 after rescaling: the volume needs float32."""


@dataclass(frozen=True, slots=True)
class Scale:
    """value = stored × slope + intercept. `whole`: may be exact in int16; `sure`: is, whatever is stored."""

    slope: float
    intercept: float
    whole: bool
    sure: bool


def stored_range(pixels: PixelFormat) -> tuple[int, int]:
    return _range(pixels.bits_stored, pixels.signed)


def _range(bits: int, signed: bool) -> tuple[int, int]:
    return (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)


def scale_of(instance: Instance) -> Scale:
    pixels = instance.pixels
    return _scale(instance.slope, instance.intercept, pixels.bits_allocated, stored_range(pixels))


@lru_cache(1024)  # all slices of a CT have the same; those of a PET each their own
def _scale(slope: float | None, intercept: float | None, bits_allocated: int, stored: tuple[int, int]) -> Scale:
    known = slope is not None and bits_allocated <= 16
    slope, intercept = 1.0 if slope is None else slope, 0.0 if intercept is None else intercept
    whole = known and slope.is_integer() and intercept.is_integer() and max(abs(slope), abs(intercept)) <= 32768
    ends = [end * slope + intercept for end in stored]
    return Scale(slope, intercept, whole, whole and min(ends) >= -32768 and max(ends) <= 32767)


def fits_int16(instances: Sequence[Instance]) -> bool:
    """Whether every slice may be int16; single values can still prove that it may not (`DoesNotFitError`)."""
    return all(scale_of(instance).whole for instance in instances)


_Step = tuple[np.ufunc, bool, np.generic]  # what is done, to signed values or to the same bits unsigned, with what


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is done to each slice of one format: `clean` the unused bits, then apply `scale` by `steps`."""

    signed: bool
    clean: tuple[_Step, ...]
    scale: Scale
    steps: tuple[_Step, ...]


@lru_cache(1024)
def _plan(
    slope: float | None, intercept: float | None, allocated: int, bits_stored: int, high_bit: int, signed: bool
) -> _Plan:
    scale = _scale(slope, intercept, allocated, _range(bits_stored, signed))
    clean: list[_Step] = []
    spare = 16 - bits_stored
    low = high_bit + 1 - bits_stored
    if low > 0:
        clean.append((np.right_shift, False, np.uint16(low)))
    if spare and signed:
        clean += [(np.left_shift, True, np.int16(spare)), (np.right_shift, True, np.int16(spare))]
    elif spare:
        clean.append((np.bitwise_and, False, np.uint16((1 << bits_stored) - 1)))
    # Modulo 65536 both interpretations add alike, so an unsigned 40000 - 32768 comes out right.
    steps: list[_Step] = []
    if scale.whole and scale.slope != 1:
        steps.append((np.multiply, False, np.uint16(int(scale.slope) & 0xFFFF)))
    if scale.whole and scale.intercept != 0:
        steps.append((np.add, False, np.uint16(int(scale.intercept) & 0xFFFF)))
    return _Plan(signed, tuple(clean), scale, tuple(steps))


def _plan_of(instance: Instance) -> _Plan:
    p = instance.pixels
    return _plan(instance.slope, instance.intercept, p.bits_allocated, p.bits_stored, p.high_bit, p.signed)


def _do(steps: tuple[_Step, ...], values: Int16, unsigned: npt.NDArray[np.uint16]) -> None:
    for step, signed, operand in steps:
        target = values if signed else unsigned
        step(target, operand, out=target)


def rescale_in_place(values: Int16, instance: Instance) -> None:
    """16-bit stored pixels, lying in an int16 array, become rescaled values there.

    Unused bits may hold anything (old overlays): they are cut off, and the sign is taken from the highest stored bit.
    raises DoesNotFitError
    """
    plan, unsigned = _plan_of(instance), values.view(np.uint16)
    _do(plan.clean, values, unsigned)
    _scaled(plan, values, unsigned)


def rescale_decoded(values: Int16, instance: Instance) -> None:
    """The same for stored values whose unused bits are in order. raises DoesNotFitError"""
    _scaled(_plan_of(instance), values, values.view(np.uint16))


def _scaled(plan: _Plan, values: Int16, unsigned: npt.NDArray[np.uint16]) -> None:
    scale = plan.scale
    if not scale.sure:
        stored: npt.NDArray[Any] = values if plan.signed else unsigned
        ends = [int(end) * scale.slope + scale.intercept for end in (stored.min(), stored.max())]
        if min(ends) < -32768 or max(ends) > 32767:
            raise DoesNotFitError
    _do(plan.steps, values, unsigned)


def rescale(stored: npt.NDArray[Any], instance: Instance, out: Int16 | npt.NDArray[np.float32]) -> None:
    """Decoded stored values of any type → `out` (int16 or float32, same shape). raises DoesNotFitError"""
    scale = scale_of(instance)
    if out.dtype == np.float32:
        with np.errstate(all="ignore"):  # an absurd slope makes infinite values; they are the file's
            np.multiply(stored, np.float32(scale.slope), out=out, casting="unsafe")
            if scale.intercept:
                np.add(out, np.float32(scale.intercept), out=out)
        return
    ends = [float(end) * scale.slope + scale.intercept for end in (stored.min(), stored.max())]
    if min(ends) < -32768 or max(ends) > 32767 or not np.issubdtype(stored.dtype, np.integer):
        raise DoesNotFitError
    wide = stored.astype(np.int32) * int(scale.slope) + int(scale.intercept)
    out[...] = wide.astype(np.int16)


def padding_of(instance: Instance) -> tuple[float, float] | None:
    """The padding range in rescaled values."""
    if instance.padding is None or instance.slope is None:
        return None
    scale = scale_of(instance)
    low, high = sorted(float(end) * scale.slope + scale.intercept for end in instance.padding)
    return low, high
