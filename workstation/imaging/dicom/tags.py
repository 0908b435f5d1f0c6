"""The data elements that a scan collects, as the four bytes that stand in a little endian file."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Final

Tag = bytes


def tag(group: int, element: int) -> Tag:
    return struct.pack("<HH", group, element)


def number(key: Tag) -> tuple[int, int]:
    """(group, element) of a tag."""
    group, element = struct.unpack("<HH", key)
    return group, element


_BLOCKS: Final = range(0x10, 0x13)  # more makers in one group of one file were not met


@dataclass(frozen=True, slots=True)
class Private:
    """An element of a maker, in whichever block of its group that maker reserved (PS3.5 7.8.1).

    size    bytes of one value; 0: text
    places  of the reservation and of the element, for each block
    """

    creator: str
    group: int
    element: int
    size: int = 0
    places: tuple[tuple[Tag, Tag], ...] = field(init=False)

    def __post_init__(self) -> None:
        places = tuple((tag(self.group, at), tag(self.group, at << 8 | self.element)) for at in _BLOCKS)
        object.__setattr__(self, "places", places)


MEDIA_CLASS: Final = tag(0x0002, 0x0002)
SYNTAX: Final = tag(0x0002, 0x0010)
CHARSET: Final = tag(0x0008, 0x0005)
IMAGE_TYPE: Final = tag(0x0008, 0x0008)
SOP_CLASS: Final = tag(0x0008, 0x0016)
SOP_INSTANCE: Final = tag(0x0008, 0x0018)
STUDY_DATE: Final = tag(0x0008, 0x0020)
ACQUISITION_DATE: Final = tag(0x0008, 0x0022)
ACQUISITION_DATETIME: Final = tag(0x0008, 0x002A)
STUDY_TIME: Final = tag(0x0008, 0x0030)
ACQUISITION_TIME: Final = tag(0x0008, 0x0032)
CONTENT_TIME: Final = tag(0x0008, 0x0033)
ACCESSION: Final = tag(0x0008, 0x0050)
MODALITY: Final = tag(0x0008, 0x0060)
CONVERSION_TYPE: Final = tag(0x0008, 0x0064)
CODE_MEANING: Final = tag(0x0008, 0x0104)
MANUFACTURER: Final = tag(0x0008, 0x0070)
INSTITUTION: Final = tag(0x0008, 0x0080)
STUDY_DESCRIPTION: Final = tag(0x0008, 0x1030)
SERIES_DESCRIPTION: Final = tag(0x0008, 0x103E)
PLAYBACK_RATE: Final = tag(0x0008, 0x2144)
ANATOMIC_REGION: Final = tag(0x0008, 0x2218)
PATIENT_NAME: Final = tag(0x0010, 0x0010)
PATIENT_ID: Final = tag(0x0010, 0x0020)
BIRTH_DATE: Final = tag(0x0010, 0x0030)
SEX: Final = tag(0x0010, 0x0040)
AGE: Final = tag(0x0010, 0x1010)
CONTRAST: Final = tag(0x0018, 0x0010)
BODY_PART: Final = tag(0x0018, 0x0015)
CINE_RATE: Final = tag(0x0018, 0x0040)
THICKNESS: Final = tag(0x0018, 0x0050)
KVP: Final = tag(0x0018, 0x0060)
ECHO_TIME: Final = tag(0x0018, 0x0081)
INVERSION_TIME: Final = tag(0x0018, 0x0082)
ECHO_NUMBER: Final = tag(0x0018, 0x0086)
TRIGGER_TIME: Final = tag(0x0018, 0x1060)
FRAME_TIME: Final = tag(0x0018, 0x1063)
FRAME_TIMES: Final = tag(0x0018, 0x1065)
MAGNIFICATION: Final = tag(0x0018, 0x1114)
IMAGER_SPACING: Final = tag(0x0018, 0x1164)
KERNEL: Final = tag(0x0018, 0x1210)
FLIP_ANGLE: Final = tag(0x0018, 0x1314)
NOMINAL_SPACING: Final = tag(0x0018, 0x2010)
PATIENT_POSITION: Final = tag(0x0018, 0x5100)
VIEW_POSITION: Final = tag(0x0018, 0x5101)
US_REGIONS: Final = tag(0x0018, 0x6011)
B_VALUE: Final = tag(0x0018, 0x9087)
DIRECTION: Final = tag(0x0018, 0x9089)
STUDY_UID: Final = tag(0x0020, 0x000D)
SERIES_UID: Final = tag(0x0020, 0x000E)
SERIES_NUMBER: Final = tag(0x0020, 0x0011)
ACQUISITION_NUMBER: Final = tag(0x0020, 0x0012)
INSTANCE_NUMBER: Final = tag(0x0020, 0x0013)
POSITION: Final = tag(0x0020, 0x0032)
ORIENTATION: Final = tag(0x0020, 0x0037)
FRAME_OF_REFERENCE: Final = tag(0x0020, 0x0052)
PATIENT_ORIENTATION: Final = tag(0x0020, 0x0020)
LATERALITY: Final = tag(0x0020, 0x0060)
IMAGE_LATERALITY: Final = tag(0x0020, 0x0062)
TEMPORAL_POSITION: Final = tag(0x0020, 0x0100)
CONCATENATION_SOURCE: Final = tag(0x0020, 0x0242)
CONCATENATION_OFFSET: Final = tag(0x0020, 0x9228)
CARDIAC_PERCENT: Final = tag(0x0020, 0x9241)
SAMPLES: Final = tag(0x0028, 0x0002)
PHOTOMETRIC: Final = tag(0x0028, 0x0004)
FRAMES: Final = tag(0x0028, 0x0008)
INCREMENT_POINTER: Final = tag(0x0028, 0x0009)
ROWS: Final = tag(0x0028, 0x0010)
COLUMNS: Final = tag(0x0028, 0x0011)
PIXEL_SPACING: Final = tag(0x0028, 0x0030)
PIXEL_ASPECT: Final = tag(0x0028, 0x0034)
BITS_ALLOCATED: Final = tag(0x0028, 0x0100)
BITS_STORED: Final = tag(0x0028, 0x0101)
HIGH_BIT: Final = tag(0x0028, 0x0102)
SIGNED: Final = tag(0x0028, 0x0103)
PADDING: Final = tag(0x0028, 0x0120)
PADDING_LIMIT: Final = tag(0x0028, 0x0121)
FLOAT_PADDING: Final = tag(0x0028, 0x0122)
DOUBLE_PADDING: Final = tag(0x0028, 0x0123)
FLOAT_PADDING_LIMIT: Final = tag(0x0028, 0x0124)
DOUBLE_PADDING_LIMIT: Final = tag(0x0028, 0x0125)
BURNT_IN: Final = tag(0x0028, 0x0301)
CALIBRATION_TYPE: Final = tag(0x0028, 0x0A02)
WINDOW_CENTER: Final = tag(0x0028, 0x1050)
WINDOW_WIDTH: Final = tag(0x0028, 0x1051)
INTERCEPT: Final = tag(0x0028, 0x1052)
SLOPE: Final = tag(0x0028, 0x1053)
RESCALE_TYPE: Final = tag(0x0028, 0x1054)
WINDOW_NAMES: Final = tag(0x0028, 0x1055)
WINDOW_FUNCTION: Final = tag(0x0028, 0x1056)
LOSSY: Final = tag(0x0028, 0x2110)
LOSSY_RATIO: Final = tag(0x0028, 0x2112)
MODALITY_LUT: Final = tag(0x0028, 0x3000)
VOI_LUT: Final = tag(0x0028, 0x3010)
REFERENCE_TIME: Final = tag(0x0054, 0x1300)
PLANE_SPACING: Final = tag(0x3002, 0x0011)  # of the plane that an RT image lies in
SHARED_GROUPS: Final = tag(0x5200, 0x9229)
FRAME_GROUPS: Final = tag(0x5200, 0x9230)
FLOAT_PIXELS: Final = tag(0x7FE0, 0x0008)
DOUBLE_PIXELS: Final = tag(0x7FE0, 0x0009)
PIXELS: Final = tag(0x7FE0, 0x0010)

SIEMENS_B_VALUE: Final = Private("SIEMENS MR HEADER", 0x0019, 0x0C)
SIEMENS_DIRECTION: Final = Private("SIEMENS MR HEADER", 0x0019, 0x0E, size=8)
GE_B_VALUE: Final = Private("GEMS_PARM_01", 0x0043, 0x39)
PHILIPS_B_VALUE: Final = Private("PHILIPS IMAGING DD 001", 0x2001, 0x03, size=4)
UIH_B_VALUE: Final = Private("IMAGE PRIVATE HEADER", 0x0065, 0x09, size=8)
UIH_DIRECTION: Final = Private("IMAGE PRIVATE HEADER", 0x0065, 0x37, size=8)
PRIVATES: Final = (SIEMENS_B_VALUE, SIEMENS_DIRECTION, GE_B_VALUE, PHILIPS_B_VALUE, UIH_B_VALUE, UIH_DIRECTION)
PRIVATE_TAGS: Final = tuple(dict.fromkeys(key for private in PRIVATES for place in private.places for key in place))

PIXEL_TAGS: Final = frozenset({FLOAT_PIXELS, DOUBLE_PIXELS, PIXELS})
SEQUENCES: Final = frozenset(
    {MODALITY_LUT, VOI_LUT, US_REGIONS, SHARED_GROUPS, FRAME_GROUPS}
)  # only whether they are there
BINARY: Final = frozenset(
    {SAMPLES, ROWS, COLUMNS, BITS_ALLOCATED, BITS_STORED, HIGH_BIT, SIGNED, PADDING, PADDING_LIMIT}
)  # 16 bits each
FLOATS: Final[dict[Tag, int]] = {
    B_VALUE: 8,
    DIRECTION: 8,
    CARDIAC_PERCENT: 4,
    FLOAT_PADDING: 4,
    FLOAT_PADDING_LIMIT: 4,
    DOUBLE_PADDING: 8,
    DOUBLE_PADDING_LIMIT: 8,
    INCREMENT_POINTER: 2,
    **{key: private.size for private in PRIVATES if private.size for _, key in private.places},
}  # bytes of one value, for files of the other byte order
WANTED: Final = frozenset(
    value
    for value in list(globals().values())
    if isinstance(value, bytes) and len(value) == 4 and value not in PIXEL_TAGS
).union(PRIVATE_TAGS)
# What all files of a series have in common, so that it is decoded once.
SERIES_TAGS: Final = (
    CHARSET,
    IMAGE_TYPE,
    SOP_CLASS,
    MEDIA_CLASS,
    STUDY_DATE,
    STUDY_TIME,
    ACQUISITION_DATE,
    ACCESSION,
    MODALITY,
    CONVERSION_TYPE,
    MANUFACTURER,
    INSTITUTION,
    STUDY_DESCRIPTION,
    SERIES_DESCRIPTION,
    PATIENT_NAME,
    PATIENT_ID,
    BIRTH_DATE,
    SEX,
    AGE,
    CONTRAST,
    BODY_PART,
    ANATOMIC_REGION,
    THICKNESS,
    KERNEL,
    PATIENT_POSITION,
    VIEW_POSITION,
    STUDY_UID,
    SERIES_UID,
    SERIES_NUMBER,
    FRAME_OF_REFERENCE,
    BURNT_IN,
    RESCALE_TYPE,
    LATERALITY,
    IMAGE_LATERALITY,
    FRAME_TIME,
    FRAME_TIMES,
    INCREMENT_POINTER,
    LOSSY,
    LOSSY_RATIO,
    CINE_RATE,
    PLAYBACK_RATE,
)
