"""What the program can do about a series before it is sent, and what the series would be then. Headers only."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Final

from workstation.catalogue.limits import Limits
from workstation.domain.error import WorkstationError
from workstation.domain.geometry import Geometry
from workstation.domain.regrid import coarser_grid, even_grid, has_holes, is_even
from workstation.domain.series import FactCode, FileForm, Stack
from workstation.domain.words import Words, say, say_count

HEADER_BYTES: Final = 4096  # what a de-identified copy's header needs at most
NATIVE: Final = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1"})  # little endian, not compressed
_CURED: Final = frozenset({FactCode.TILT, FactCode.UNEVEN_SPACING, FactCode.SHIFTED})
_BEYOND_CURE: Final = frozenset({FactCode.GAP, FactCode.DUPLICATE_DIFFERS})


class RepairCode(StrEnum):
    """The last three change pixels: they are done only when the person agrees."""

    DROP_DUPLICATES = "drop-duplicates"
    REORDER = "reorder"
    DECOMPRESS = "decompress"
    NEW_UIDS = "new-uids"
    SPLIT_FRAMES = "split-frames"
    CONVERT = "convert"
    RESLICE = "reslice"
    RESIZE = "resize"
    COVER = "cover-text"


KEEPS_PIXELS: Final = frozenset(RepairCode) - {RepairCode.RESLICE, RepairCode.RESIZE, RepairCode.COVER}


@dataclass(frozen=True, slots=True)
class Repair:
    """What the program can do about it, and says before it does."""

    code: RepairCode
    sentence: Words


def gentle_repairs(stack: Stack) -> Iterator[Repair]:
    """Those that keep every pixel: they are done without asking, and said."""
    if stack.fact(FactCode.DUPLICATE) is not None:
        yield Repair(
            RepairCode.DROP_DUPLICATES,
            say_count(
                "{count} identical copy is left out.", "{count} identical copies are left out.", len(stack.spare)
            ),
        )
    numbers = [i.instance_number for i in stack.instances if i.instance_number is not None]
    if len({b > a for a, b in pairwise(numbers)}) > 1:
        yield Repair(RepairCode.REORDER, say("Slices are put in order by their position, from the feet to the head."))
    dicom = [instance for instance in stack.instances if instance.form is FileForm.DICOM]
    if any(instance.transfer_syntax not in NATIVE for instance in dicom):
        yield Repair(RepairCode.DECOMPRESS, say("Slices are decompressed before they are sent; no pixel changes."))
    if stack.fact(FactCode.MISSING_UID) is not None:
        yield Repair(RepairCode.NEW_UIDS, say("Missing identifiers are made anew."))
    if len({instance.path for instance in dicom}) < len(dicom):
        yield Repair(RepairCode.SPLIT_FRAMES, say("Each frame leaves as a slice of its own; no pixel changes."))
    if len(dicom) < stack.slices:
        yield Repair(RepairCode.CONVERT, say("The slices are written as DICOM, as their file is none."))


def changing_repairs(stack: Stack, limits: Limits) -> tuple[tuple[Repair, ...], Stack]:
    """Those that give pixels new values, and the stack's header as it would be after them."""
    if stack.geometry is None:
        return (), stack
    try:
        return _regridded(stack, stack.geometry, limits)
    except WorkstationError:  # steps so odd that no grid comes out
        return (), stack


def _regridded(stack: Stack, geometry: Geometry, limits: Limits) -> tuple[tuple[Repair, ...], Stack]:
    codes = {fact.code for fact in stack.facts}
    repairs: list[Repair] = []
    grid = geometry
    if not is_even(geometry) and not has_holes(geometry) and not codes & _BEYOND_CURE:
        grid = even_grid(geometry)
        repairs.append(
            Repair(
                RepairCode.RESLICE,
                say(
                    "Slices are resampled to a straight stack of even {step:.2f} mm steps; values are interpolated.",
                    step=grid.step,
                ),
            )
        )
    largest = largest_matrix(limits)
    smaller = coarser_grid(grid, largest) if largest is not None else grid
    if smaller is not grid:
        before, after = (f"{g.rows} × {g.columns}" for g in (grid, smaller))
        sentence = say(
            "Slices are reduced from {before} to {after} pixels by averaging areas.", before=before, after=after
        )
        repairs.append(Repair(RepairCode.RESIZE, sentence))
    if not repairs:
        return (), stack
    first = stack.instances[0]
    pixels = replace(first.pixels, rows=smaller.rows, columns=smaller.columns, bits_allocated=16, bits_stored=16)
    return tuple(repairs), replace(
        stack,
        instances=(replace(first, pixels=pixels),) * smaller.slices,
        geometry=smaller,
        facts=tuple(fact for fact in stack.facts if fact.code not in _CURED),
    )


def largest_matrix(limits: Limits) -> tuple[int, int] | None:
    """Rows and columns that a slice of 16-bit pixels may have, by its matrix and by the size of its file."""
    sides: list[tuple[int, int]] = []
    if limits.largest is not None:
        sides.append(limits.largest.value)
    if limits.file_bytes is not None:
        side = math.isqrt(max(1, limits.file_bytes.value - HEADER_BYTES) // 2)
        sides.append((side, side))
    return (min(rows for rows, _ in sides), min(columns for _, columns in sides)) if sides else None
