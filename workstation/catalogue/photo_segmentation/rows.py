"""The operations of imageseg. None is medical: they look at a picture, not at a patient.

The documents state no price and nothing of their end; three operations are gone from the vendor's current client.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from workstation.catalogue.limits import Limit, Limits, documented, ours
from workstation.catalogue.operation import (
    YES,
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
from workstation.domain.words import say

_PRODUCT: Final = "imageseg"
_VERSION: Final = "2019-12-30"
_KINDS: Final = (ConnectionKind.LOCAL, ConnectionKind.ALIYUN, ConnectionKind.COMPATIBLE)
_UNPRICED: Final = Prices(stated=False)
_NOT_KNOWN: Final = Lifecycle(known=False)
_OPENCV: Final = Extra("cv2", "ocr")
_MB: Final = 2**20

# A file that is no DICOM names no modality; one without colours is none of these, so it is let through as well.
_PHOTOGRAPHS: Final[Limit[tuple[str, ...]]] = ours(("XC", "GM", "DMS", "ES", ""))
_ONE: Final = documented((1, 1))
_FORMS: Final[Limit[tuple[str, ...]]] = documented(("jpg", "jpeg", "png", "bmp", "webp"))
_PLAIN_FORMS: Final[Limit[tuple[str, ...]]] = documented(("jpg", "jpeg", "png", "bmp"))

_WHOLE_LIMITS: Final = Limits(
    modality=_PHOTOGRAPHS,
    slices=_ONE,
    forms=_FORMS,
    largest=documented((1279, 1279)),
    file_bytes=documented(3 * _MB),
    png_color=True,
    whole=False,
)
_PERSON_LIMITS: Final = Limits(
    modality=_PHOTOGRAPHS,
    slices=_ONE,
    forms=_FORMS,
    short_side=documented(2000),
    long_side=documented((32, 8000)),
    pixels=documented(8_000_000),
    aspect=documented((1 / 16, 16.0)),
    file_bytes=documented(3 * _MB),
    png_color=True,
    whole=False,
)
_FACE_LIMITS: Final = Limits(
    modality=_PHOTOGRAPHS,
    slices=_ONE,
    forms=documented(("jpg", "jpeg", "png")),
    smallest=documented((100, 100)),
    largest=documented((2048, 2048)),
    aspect=documented((0.5, 2.0)),
    file_bytes=documented(4 * _MB),
    whole=False,
)
_FURNITURE_LIMITS: Final = Limits(
    modality=_PHOTOGRAPHS,
    slices=_ONE,
    forms=_PLAIN_FORMS,
    smallest=documented((41, 41)),
    largest=documented((1998, 1998)),
    file_bytes=documented(4 * _MB),
    whole=False,
)
_VEHICLE_LIMITS: Final = Limits(
    modality=_PHOTOGRAPHS,
    slices=_ONE,
    forms=_PLAIN_FORMS,
    smallest=documented((33, 33)),
    largest=documented((1999, 1999)),
    file_bytes=documented(3 * _MB),
    whole=False,
)
_MASK_LIMITS: Final = Limits(
    modality=_PHOTOGRAPHS,
    slices=_ONE,
    forms=_PLAIN_FORMS,
    smallest=documented((33, 33)),
    largest=documented((1999, 1999)),
    file_bytes=documented(3 * _MB - 1),
    whole=False,
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

SEGMENT_BODY: Final = Operation(
    name="segment-body",
    title=say("Photograph: cut out the body"),
    family="photo",
    input_kind=InputKind.PICTURE,
    services=(_whole("SegmentBody", sought.BODY, later=LATER),),
    limits=_WHOLE_LIMITS,
    parameters=(_FORM, _LATER),
    prefers=PHOTOGRAPH,
    panel=panel,
    extra=_OPENCV,
    medical=False,
)

SEGMENT_HEAD: Final = Operation(
    name="segment-head",
    title=say("Photograph: cut out heads"),
    family="photo",
    input_kind=InputKind.PICTURE,
    services=(_elements("SegmentHead", sought.HEAD),),
    limits=_PERSON_LIMITS,
    parameters=(_HEAD_FORM,),
    prefers=PHOTOGRAPH,
    panel=panel,
    extra=_OPENCV,
    medical=False,
)

SEGMENT_FACE: Final = Operation(
    name="segment-face",
    title=say("Photograph: cut out faces"),
    family="photo",
    input_kind=InputKind.PICTURE,
    services=(_elements("SegmentFace", sought.FACE),),
    limits=_PERSON_LIMITS,
    prefers=PHOTOGRAPH,
    panel=panel,
    extra=_OPENCV,
    medical=False,
)

SEGMENT_HAIR: Final = Operation(
    name="segment-hair",
    title=say("Photograph: cut out hair"),
    family="photo",
    input_kind=InputKind.PICTURE,
    services=(_elements("SegmentHair", sought.HAIR),),
    limits=_PERSON_LIMITS,
    prefers=PHOTOGRAPH,
    panel=panel,
    extra=_OPENCV,
    medical=False,
)

PARSE_FACE: Final = Operation(
    name="parse-face",
    title=say("Photograph: parts of the face"),
    family="photo",
    input_kind=InputKind.PICTURE,
    services=(_elements("ParseFace", sought.PARTS),),
    limits=_FACE_LIMITS,
    prefers=PHOTOGRAPH,
    panel=panel,
    extra=_OPENCV,
    simulated=True,
    medical=False,
)

SEGMENT_COMMODITY: Final = Operation(
    name="segment-commodity",
    title=say("Photograph: cut out products"),
    family="photo",
    input_kind=InputKind.PICTURE,
    services=(_whole("SegmentCommodity", sought.COMMODITY),),
    limits=_WHOLE_LIMITS,
    parameters=(_FORM,),
    prefers=PHOTOGRAPH,
    panel=panel,
    extra=_OPENCV,
    medical=False,
)

SEGMENT_FURNITURE: Final = Operation(
    name="segment-furniture",
    title=say("Photograph: cut out furniture"),
    family="photo",
    input_kind=InputKind.PICTURE,
    services=(_elements("SegmentFurniture", sought.FURNITURE),),
    limits=_FURNITURE_LIMITS,
    prefers=PHOTOGRAPH,
    panel=panel,
    extra=_OPENCV,
    medical=False,
)

SEGMENT_OBJECT: Final = Operation(
    name="segment-object",
    title=say("Photograph: cut out the main object"),
    family="photo",
    input_kind=InputKind.PICTURE,
    services=(_whole("SegmentCommonImage", sought.OBJECT),),
    limits=_WHOLE_LIMITS,
    parameters=(_FORM,),
    prefers=PHOTOGRAPH,
    panel=panel,
    extra=_OPENCV,
    medical=False,
)

SEGMENT_VEHICLE: Final = Operation(
    name="segment-vehicle",
    title=say("Photograph: cut out vehicles"),
    family="photo",
    input_kind=InputKind.PICTURE,
    services=(_elements("SegmentVehicle", sought.VEHICLE),),
    limits=_VEHICLE_LIMITS,
    prefers=PHOTOGRAPH,
    panel=panel,
    extra=_OPENCV,
    medical=False,
)

REFINE_MASK: Final = Operation(
    name="refine-mask",
    title=say("Photograph: refine a drawn mask"),
    family="photo",
    input_kind=InputKind.PICTURE,
    services=(
        Service(
            source="imageseg.RefineMask",
            product=_PRODUCT,
            version=_VERSION,
            action="RefineMask",
            asynchronous=False,
            kinds=_KINDS,
            prices=_UNPRICED,
            lifecycle=_NOT_KNOWN,
            arguments=refine_arguments,
            read=elements_of(sought.REFINED),
            links=ELEMENT_LINKS,
        ),
    ),
    limits=_MASK_LIMITS,
    prefers=PHOTOGRAPH,
    panel=panel,
    extra=_OPENCV,
    medical=False,
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
