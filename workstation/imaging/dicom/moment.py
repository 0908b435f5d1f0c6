"""What tells images at one place apart: echo, point in time, heartbeat, diffusion weighting, and so on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from workstation.imaging.dicom import tags
from workstation.imaging.dicom.tags import Tag
from workstation.imaging.dicom.text import double, first_number, floats, integer, plain, single

Direction = tuple[float, ...]
_GE_OFFSET: Final = 1_000_000_000  # GE adds it to b-values in some releases
MOMENT_TAGS: Final = (
    tags.ECHO_NUMBER,
    tags.ECHO_TIME,
    tags.INVERSION_TIME,
    tags.FLIP_ANGLE,
    tags.KVP,
    tags.TEMPORAL_POSITION,
    tags.ACQUISITION_NUMBER,
    tags.TRIGGER_TIME,
    tags.CARDIAC_PERCENT,
    tags.REFERENCE_TIME,
    tags.B_VALUE,
    tags.DIRECTION,
    *tags.PRIVATE_TAGS,
    tags.ACQUISITION_DATETIME,
    tags.ACQUISITION_TIME,
    tags.CONTENT_TIME,
    tags.CONCATENATION_SOURCE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """
    echo_time, inversion_time, trigger_time, reference_time  ms
    cardiac_percent  of the time from one R wave to the next
    b_value          s/mm², by the standard or one of four makers' own elements
    direction        of the diffusion gradient; () where there is none
    time, content_time  as DICOM writes them; sorts as it stands
    component        what the pixels show of the signal, by the image type: M, P, W, F …
    stack            StackID of an enhanced file
    dimensions       a frame's DimensionIndexValues, without those that count places
    film             what the parts of a concatenation share
    """

    echo: int | None = None
    echo_time: float | None = None
    inversion_time: float | None = None
    flip_angle: float | None = None
    kvp: float | None = None
    temporal: int | None = None
    acquisition: int | None = None
    trigger_time: float | None = None
    cardiac_percent: float | None = None
    reference_time: float | None = None
    b_value: float | None = None
    direction: Direction = ()
    time: str = ""
    content_time: str = ""
    stack: str = ""
    component: tuple[str, ...] = ()
    dimensions: tuple[int, ...] = ()
    film: str = ""


def moment_of(values: dict[Tag, bytes]) -> Moment:
    """From the raw values of one header; a damaged value is a missing one."""
    get = values.get
    return Moment(
        echo=integer(get(tags.ECHO_NUMBER)),
        echo_time=first_number(get(tags.ECHO_TIME)),
        inversion_time=first_number(get(tags.INVERSION_TIME)),
        flip_angle=first_number(get(tags.FLIP_ANGLE)),
        kvp=first_number(get(tags.KVP)),
        temporal=integer(get(tags.TEMPORAL_POSITION)),
        acquisition=integer(get(tags.ACQUISITION_NUMBER)),
        trigger_time=first_number(get(tags.TRIGGER_TIME)),
        cardiac_percent=single(get(tags.CARDIAC_PERCENT)),
        reference_time=first_number(get(tags.REFERENCE_TIME)),
        b_value=_b_value(values),
        direction=_direction(values),
        time=plain(get(tags.ACQUISITION_DATETIME)) or plain(get(tags.ACQUISITION_TIME)),
        content_time=plain(get(tags.CONTENT_TIME)),
        film=plain(get(tags.CONCATENATION_SOURCE)),
    )


def _b_value(values: dict[Tag, bytes]) -> float | None:
    """By the standard, else by one of four makers; an element that is there but empty says nothing."""
    if (b := double(values.get(tags.B_VALUE))) is not None:
        return b
    if (b := first_number(_private(values, tags.SIEMENS_B_VALUE))) is not None:
        return b
    if (b := first_number(_private(values, tags.GE_B_VALUE))) is not None:
        return b % _GE_OFFSET if b >= _GE_OFFSET else b
    if (b := single(_private(values, tags.PHILIPS_B_VALUE))) is not None:
        return b
    return double(_private(values, tags.UIH_B_VALUE))


def _direction(values: dict[Tag, bytes]) -> Direction:
    raw = values.get(tags.DIRECTION) or _private(values, tags.SIEMENS_DIRECTION)
    return tuple(round(value, 4) for value in floats(raw or _private(values, tags.UIH_DIRECTION) or b""))


def _private(values: dict[Tag, bytes], private: tags.Private) -> bytes | None:
    """None where nobody, or another maker, reserved the block that the element stands in."""
    for creator, key in private.places:
        if key in values and plain(values.get(creator)).strip().upper() == private.creator:
            return values[key]
    return None
