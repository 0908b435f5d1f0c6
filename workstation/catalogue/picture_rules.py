"""What an operation on one picture asks of it, and how it is sent: as DICOM, or written anew as a plain picture."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from workstation.catalogue.limits import Limits, LimitSource
from workstation.catalogue.reason import Reason
from workstation.catalogue.repairs import Repair, RepairCode, gentle_repairs
from workstation.domain.series import FactCode, FileForm, Stack
from workstation.domain.words import say

DICOM: Final = "dcm"
PHOTOGRAPH: Final = "XC"
WRITTEN: Final = ("png", "jpg")  # what the program writes, the first without loss
_FORM_NAMES: Final = {"dcm": "DICOM", "jpg": "JPEG", "jpeg": "JPEG"}
_SQUARE: Final = 0.01  # sides of a pixel may differ by this share
_NAMED_IN_PIXELS: Final = (FactCode.BURNT_IN, FactCode.SECONDARY, FactCode.LABELS)


def sent_form(stack: Stack, limits: Limits) -> str | None:
    """As what the picture is sent: "dcm", "png" or "jpg"; None where the operation takes nothing that can be made."""
    taken = limits.forms.value if limits.forms is not None else (DICOM, *WRITTEN)
    if stack.instances[0].form is FileForm.DICOM and DICOM in taken:
        return DICOM
    return next((form for form in WRITTEN if form in taken), None)


def picture_reasons(stack: Stack, limits: Limits) -> Iterator[Reason]:
    """Every rule that a picture fails: its kind, size, shape of pixels, and names that may stand in it."""
    dicom = stack.instances[0].form is FileForm.DICOM
    form = sent_form(stack, limits)
    if form is None and limits.forms is not None:
        taken = ", ".join(dict.fromkeys(_name(one) for one in limits.forms.value))
        sentence = say("This is no DICOM file; {forms} is needed.", forms=taken)
        yield Reason("form", sentence, stack.instances[0].form.value, taken, limits.forms.source)
    if stack.instances[0].form is FileForm.PICTURE:
        yield from _kind(stack, limits)
    yield from _sizes(stack, limits)
    aspect = stack.instances[0].spacing or stack.instances[0].aspect
    if aspect is not None and abs(aspect[0] / aspect[1] - 1) > _SQUARE:
        sentence = say("The pixels are not square: angles measured on them would be wrong.")
        yield Reason("pixels-not-square", sentence, f"{aspect[0]:g} × {aspect[1]:g}", "1 × 1", LimitSource.OURS)
    if dicom:
        for code in _NAMED_IN_PIXELS:
            fact = stack.fact(code)
            if fact is not None:
                yield Reason(code.value, fact.sentence, code.value, "0", LimitSource.OURS)


def _kind(stack: Stack, limits: Limits) -> Iterator[Reason]:
    """A picture file is a photograph where it is coloured, else it may be an exported radiograph."""
    if limits.modality is None:
        return
    photo, wanted = stack.modality == PHOTOGRAPH, PHOTOGRAPH in limits.modality.value
    if photo and not wanted:
        sentence = say("This is a color photograph; an X-ray picture is needed.")
        yield Reason("modality", sentence, PHOTOGRAPH, ", ".join(limits.modality.value), limits.modality.source)
    if wanted and stack.modality not in limits.modality.value:
        sentence = say("The picture is gray; a color photograph is needed.")
        yield Reason("modality", sentence, stack.modality, ", ".join(limits.modality.value), limits.modality.source)


def _sizes(stack: Stack, limits: Limits) -> Iterator[Reason]:
    size = f"{stack.columns} × {stack.rows}"
    if limits.largest is not None and exceeds((stack.rows, stack.columns), limits.largest.value):
        limit = f"{limits.largest.value[1]} × {limits.largest.value[0]}"
        sentence = say("The picture has {size} pixels; at most {limit} are allowed.", size=size, limit=limit)
        yield Reason("matrix-too-large", sentence, size, limit, limits.largest.source)
    if limits.smallest is not None and exceeds(limits.smallest.value, (stack.rows, stack.columns)):
        limit = f"{limits.smallest.value[1]} × {limits.smallest.value[0]}"
        sentence = say("The picture has {size} pixels; at least {limit} are needed.", size=size, limit=limit)
        yield Reason("matrix-too-small", sentence, size, limit, limits.smallest.source)
    yield from _sides(stack, limits)
    yield from _shape(stack, limits)


def _sides(stack: Stack, limits: Limits) -> Iterator[Reason]:
    short, long = sorted((stack.rows, stack.columns))
    if limits.short_side is not None and short > limits.short_side.value:
        most = limits.short_side.value
        sentence = say("The shorter side has {size} pixels; at most {most} are allowed.", size=short, most=most)
        yield Reason("short-side-too-long", sentence, short, most, limits.short_side.source)
    if limits.long_side is None:
        return
    least, most = limits.long_side.value
    if long > most:
        sentence = say("The longer side has {size} pixels; at most {most} are allowed.", size=long, most=most)
        yield Reason("long-side-too-long", sentence, long, most, limits.long_side.source)
    if long < least:
        sentence = say("The longer side has {size} pixels; at least {least} are needed.", size=long, least=least)
        yield Reason("long-side-too-short", sentence, long, least, limits.long_side.source)


def _shape(stack: Stack, limits: Limits) -> Iterator[Reason]:
    count = stack.rows * stack.columns
    if limits.pixels is not None and count >= limits.pixels.value:
        most = limits.pixels.value
        sentence = say("The picture has {count} pixels in all; fewer than {most} are needed.", count=count, most=most)
        yield Reason("too-many-pixels", sentence, count, most, limits.pixels.source)
    if limits.aspect is None:
        return
    least, most_wide = limits.aspect.value
    aspect = stack.columns / stack.rows
    if not least <= aspect <= most_wide:
        sentence = say(
            "The picture is {aspect:.2f} times as wide as high; {least:g} to {most:g} times is allowed.",
            aspect=aspect,
            least=least,
            most=most_wide,
        )
        yield Reason("aspect", sentence, round(aspect, 3), f"{least:g} … {most_wide:g}", limits.aspect.source)


def exceeds(size: tuple[int, int], limit: tuple[int, int]) -> bool:
    return size[0] > limit[0] or size[1] > limit[1]


def picture_repairs(stack: Stack, limits: Limits) -> Iterator[Repair]:
    """Those that keep every pixel."""
    form = sent_form(stack, limits)
    if form == DICOM:
        yield from gentle_repairs(stack)
    elif form is not None:
        sentence = say("The picture is written anew as {form}, without the data in its file.", form=_name(form))
        yield Repair(RepairCode.CONVERT, sentence)


def picture_made_smaller(stack: Stack, limits: Limits) -> tuple[tuple[Repair, ...], Stack]:
    """The repair that gives pixels new values, and the picture's header as it would be after it."""
    if sent_form(stack, limits) in (None, DICOM):
        return (), stack
    rows, columns = fitting_size((stack.rows, stack.columns), limits)
    if (rows, columns) == (stack.rows, stack.columns):
        return (), stack
    sentence = say(
        "The picture is reduced from {before} to {after} pixels by averaging areas.",
        before=f"{stack.columns} × {stack.rows}",
        after=f"{columns} × {rows}",
    )
    first = stack.instances[0]
    after = replace(first, pixels=replace(first.pixels, rows=rows, columns=columns))
    return (Repair(RepairCode.RESIZE, sentence),), replace(stack, instances=(after,))


def smaller_size(size: tuple[int, int], largest: tuple[int, int]) -> tuple[int, int]:
    """Rows and columns of the same shape that fit; the same where they do."""
    share = min(1.0, largest[0] / size[0], largest[1] / size[1])
    return max(1, math.floor(size[0] * share + 1e-9)), max(1, math.floor(size[1] * share + 1e-9))


def fitting_size(size: tuple[int, int], limits: Limits) -> tuple[int, int]:
    """Rows and columns of the same shape that no greatest size of the limits forbids; the same where none does."""
    if limits.largest is not None:
        size = smaller_size(size, limits.largest.value)
    short, long = sorted(size)
    share = 1.0
    if limits.short_side is not None:
        share = min(share, limits.short_side.value / short)
    if limits.long_side is not None:
        share = min(share, limits.long_side.value[1] / long)
    if limits.pixels is not None:
        share = min(share, math.sqrt((limits.pixels.value - 1) / (short * long)))
    if share == 1.0:
        return size
    return max(1, math.floor(size[0] * share + 1e-9)), max(1, math.floor(size[1] * share + 1e-9))


def _name(form: str) -> str:
    return _FORM_NAMES.get(form, form.upper())
