"""The operations of imageseg. None is medical: they look at a picture, not at a patient.

The documents state no price and nothing of their end; three operations are gone from the vendor's current client.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from workstation.catalogue.limits import Limit, Limits, documented, ours
from workstation.catalogue.operation import (
    YES,
    AnyParameter,
    Choice,
    ConnectionKind,
    Extra,
    InputKind,
    Lifecycle,
    Operation,
    Prices,
    Service,
)
from workstation.catalogue.photo_segmentation import sought
from workstation.catalogue.photo_segmentation.answer import (
    CUT_OUT,
    ELEMENT_LINKS,
    FORM,
    LATER,
    LINKS,
    Sought,
    arguments,
    elements_of,
    refine_arguments,
    whole_of,
)
from workstation.catalogue.photo_segmentation.panel import panel
from workstation.catalogue.preferences import PHOTOGRAPH
from workstation.domain.words import Words, say

_PRODUCT: Final = "imageseg"
_VERSION: Final = "2019-12-30"
_KINDS: Final = (ConnectionKind.LOCAL, ConnectionKind.ALIYUN, ConnectionKind.COMPATIBLE)
_UNPRICED: Final = Prices(stated=False)
_NOT_KNOWN: Final = Lifecycle(known=False)
_OPENCV: Final = Extra("cv2", "ocr")
_MB: Final = 2**20

# A file that is no DICOM names no modality; one without colours is none of these, so it is let through as well.
_PHOTOGRAPHS: Final[Limit[tuple[str, ...]]] = ours(("XC", "GM", "DMS", "ES", ""))
_ONE_PHOTOGRAPH: Final = Limits(modality=_PHOTOGRAPHS, slices=documented((1, 1)), whole=False)
_FORMS: Final[Limit[tuple[str, ...]]] = documented(("jpg", "jpeg", "png", "bmp", "webp"))
_PLAIN_FORMS: Final[Limit[tuple[str, ...]]] = documented(("jpg", "jpeg", "png", "bmp"))

_WHOLE_LIMITS: Final = replace(
    _ONE_PHOTOGRAPH,
    forms=_FORMS,
    largest=documented((1279, 1279)),
    file_bytes=documented(3 * _MB),
    png_color=True,
)
_PERSON_LIMITS: Final = replace(
    _ONE_PHOTOGRAPH,
    forms=_FORMS,
    short_side=documented(2000),
    long_side=documented((32, 8000)),
    pixels=documented(8_000_000),
    aspect=documented((1 / 16, 16.0)),
    file_bytes=documented(3 * _MB),
    png_color=True,
)
_FACE_LIMITS: Final = replace(
    _ONE_PHOTOGRAPH,
    forms=documented(("jpg", "jpeg", "png")),
    smallest=documented((100, 100)),
    largest=documented((2048, 2048)),
    aspect=documented((0.5, 2.0)),
    file_bytes=documented(4 * _MB),
)
_FURNITURE_LIMITS: Final = replace(
    _ONE_PHOTOGRAPH,
    forms=_PLAIN_FORMS,
    smallest=documented((41, 41)),
    largest=documented((1998, 1998)),
    file_bytes=documented(4 * _MB),
)
_VEHICLE_LIMITS: Final = replace(
    _ONE_PHOTOGRAPH,
    forms=_PLAIN_FORMS,
    smallest=documented((33, 33)),
    largest=documented((1999, 1999)),
    file_bytes=documented(3 * _MB),
)
_MASK_LIMITS: Final = replace(
    _ONE_PHOTOGRAPH,
    forms=_PLAIN_FORMS,
    smallest=documented((33, 33)),
    largest=documented((1999, 1999)),
    file_bytes=documented(3 * _MB - 1),
)


def _whole(action: str, what: Sought, later: str = "") -> Service:
    """Answers one picture for the photograph."""
    return Service(
        source=f"{_PRODUCT}.{action}",
        product=_PRODUCT,
        version=_VERSION,
        action=action,
        asynchronous=False,
        later=later,
        in_query=True,
        kinds=_KINDS,
        prices=_UNPRICED,
        lifecycle=_NOT_KNOWN,
        arguments=arguments,
        read=whole_of(what),
        links=LINKS,
    )


def _elements(action: str, what: Sought) -> Service:
    """Answers a picture for each thing in it."""
    return replace(_whole(action, what), read=elements_of(what), links=ELEMENT_LINKS)


_LATER: Final = Choice(
    name=LATER,
    label=say("Answer later, as a job"),
    default="no",
    values=(("no", say("No")), (YES, say("Yes"))),
)
# The vendor's `crop` is left out: it does not tell where in the photograph its picture lies.
_FORM: Final = Choice(
    name=FORM,
    label=say("Form of the result picture"),
    default=CUT_OUT,
    values=((CUT_OUT, say("cut out, transparent")), ("mask", say("black and white mask")), ("white", say("on white"))),
)
_HEAD_FORM: Final = Choice(
    name=FORM,
    label=say("Form of the result picture"),
    default=CUT_OUT,
    values=((CUT_OUT, say("cut out, transparent")), ("mask", say("black and white mask"))),
)


def _cut_out(
    name: str,
    title: Words,
    service: Service,
    limits: Limits,
    *,
    parameters: tuple[AnyParameter, ...] = (),
    simulated: bool = False,
    drawn: bool = False,
    faces: bool = False,
) -> Operation:
    return Operation(
        name=name,
        title=title,
        family="photo",
        input_kind=InputKind.PICTURE,
        services=(service,),
        limits=limits,
        parameters=parameters,
        prefers=PHOTOGRAPH,
        panel=panel,
        extra=_OPENCV,
        simulated=simulated,
        medical=False,
        drawn=drawn,
        faces=faces,
    )


SEGMENT_BODY: Final = _cut_out(
    "segment-body",
    say("Photograph: cut out the body"),
    _whole("SegmentBody", sought.BODY, later=LATER),
    _WHOLE_LIMITS,
    parameters=(_FORM, _LATER),
)

SEGMENT_HEAD: Final = _cut_out(
    "segment-head",
    say("Photograph: cut out heads"),
    _elements("SegmentHead", sought.HEAD),
    _PERSON_LIMITS,
    parameters=(_HEAD_FORM,),
    faces=True,
)

SEGMENT_FACE: Final = _cut_out(
    "segment-face",
    say("Photograph: cut out faces"),
    _elements("SegmentFace", sought.FACE),
    _PERSON_LIMITS,
    faces=True,
)

SEGMENT_HAIR: Final = _cut_out(
    "segment-hair",
    say("Photograph: cut out hair"),
    _elements("SegmentHair", sought.HAIR),
    _PERSON_LIMITS,
    faces=True,
)

PARSE_FACE: Final = _cut_out(
    "parse-face",
    say("Photograph: parts of the face"),
    _elements("ParseFace", sought.PARTS),
    _FACE_LIMITS,
    simulated=True,
    faces=True,
)

SEGMENT_COMMODITY: Final = _cut_out(
    "segment-commodity",
    say("Photograph: cut out products"),
    _whole("SegmentCommodity", sought.COMMODITY),
    _WHOLE_LIMITS,
    parameters=(_FORM,),
)

SEGMENT_FURNITURE: Final = _cut_out(
    "segment-furniture",
    say("Photograph: cut out furniture"),
    _elements("SegmentFurniture", sought.FURNITURE),
    _FURNITURE_LIMITS,
)

SEGMENT_OBJECT: Final = _cut_out(
    "segment-object",
    say("Photograph: cut out the main object"),
    _whole("SegmentCommonImage", sought.OBJECT),
    _WHOLE_LIMITS,
    parameters=(_FORM,),
)

SEGMENT_VEHICLE: Final = _cut_out(
    "segment-vehicle",
    say("Photograph: cut out vehicles"),
    _elements("SegmentVehicle", sought.VEHICLE),
    _VEHICLE_LIMITS,
)

REFINE_MASK: Final = _cut_out(
    "refine-mask",
    say("Photograph: refine a drawn mask"),
    replace(_elements("RefineMask", sought.REFINED), in_query=False, arguments=refine_arguments),
    _MASK_LIMITS,
    drawn=True,
)

SEGMENTATIONS: Final = (
    SEGMENT_BODY,
    SEGMENT_HEAD,
    SEGMENT_FACE,
    SEGMENT_HAIR,
    PARSE_FACE,
    SEGMENT_COMMODITY,
    SEGMENT_FURNITURE,
    SEGMENT_OBJECT,
    SEGMENT_VEHICLE,
    REFINE_MASK,
)
