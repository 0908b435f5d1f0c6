"""The elements of functional groups that tell frames apart (PS3.3 C.7.6.16), and where they stand."""

from __future__ import annotations

from typing import Final

from workstation.imaging.dicom.nest import Wanted
from workstation.imaging.dicom.tags import Tag, tag

SHARED: Final = tag(0x5200, 0x9229)
PER_FRAME: Final = tag(0x5200, 0x9230)
DIMENSIONS: Final = tag(0x0020, 0x9222)
AGENTS: Final = tag(0x0018, 0x0012)
REGION: Final = tag(0x0008, 0x2218)
CONCATENATION_OFFSET: Final = tag(0x0020, 0x9228)
SPACING_BETWEEN: Final = tag(0x0018, 0x0088)
DETECTORS: Final = tag(0x0054, 0x0022)
TIME_SLOTS: Final = tag(0x0054, 0x0070)
SLICES: Final = tag(0x0054, 0x0080)
TOP_VALUES: Final = frozenset({CONCATENATION_OFFSET, SPACING_BETWEEN, TIME_SLOTS, SLICES})

PLANE_POSITION: Final = tag(0x0020, 0x9113)
PLANE_ORIENTATION: Final = tag(0x0020, 0x9116)
MEASURES: Final = tag(0x0028, 0x9110)
TRANSFORMATION: Final = tag(0x0028, 0x9145)
VOI: Final = tag(0x0028, 0x9132)
CONTENT: Final = tag(0x0020, 0x9111)
ANATOMY: Final = tag(0x0020, 0x9071)
CARDIAC: Final = tag(0x0018, 0x9118)
TEMPORAL: Final = tag(0x0020, 0x9310)
ECHO: Final = tag(0x0018, 0x9114)
DIFFUSION: Final = tag(0x0018, 0x9117)
GRADIENT: Final = tag(0x0018, 0x9076)
MODIFIER: Final = tag(0x0018, 0x9115)
TIMING: Final = tag(0x0018, 0x9112)
X_RAY: Final = tag(0x0018, 0x9325)
RECONSTRUCTION: Final = tag(0x0018, 0x9314)
CONTRAST_USAGE: Final = tag(0x0018, 0x9341)
CONVERTED_SHARED: Final = tag(0x0020, 0x9170)
CONVERTED_FRAME: Final = tag(0x0020, 0x9171)
FRAME_TYPES: Final = (
    tag(0x0018, 0x9329),  # CTImageFrameTypeSequence
    tag(0x0018, 0x9226),  # MRImageFrameTypeSequence
    tag(0x0018, 0x9751),  # PETFrameTypeSequence
    tag(0x0018, 0x9412),  # XAXRFFrameCharacteristicsSequence
    tag(0x0018, 0x9504),  # XRay3DFrameTypeSequence
    tag(0x0018, 0x9806),  # USImageDescriptionSequence
)

POSITION: Final = tag(0x0020, 0x0032)
ORIENTATION: Final = tag(0x0020, 0x0037)
SPACING: Final = tag(0x0028, 0x0030)
THICKNESS: Final = tag(0x0018, 0x0050)
INTERCEPT: Final = tag(0x0028, 0x1052)
SLOPE: Final = tag(0x0028, 0x1053)
RESCALE_TYPE: Final = tag(0x0028, 0x1054)
WINDOW_CENTER: Final = tag(0x0028, 0x1050)
WINDOW_WIDTH: Final = tag(0x0028, 0x1051)
WINDOW: Final = (WINDOW_CENTER, WINDOW_WIDTH, tag(0x0028, 0x1055), tag(0x0028, 0x1056))  # names, function
STACK_ID: Final = tag(0x0020, 0x9056)
TEMPORAL_INDEX: Final = tag(0x0020, 0x9128)
FRAME_ACQUISITION: Final = tag(0x0020, 0x9156)
ACQUIRED: Final = tag(0x0018, 0x9074)
REFERENCED: Final = tag(0x0018, 0x9151)
INDEX_VALUES: Final = tag(0x0020, 0x9157)
POINTER: Final = tag(0x0020, 0x9165)
LATERALITY: Final = tag(0x0020, 0x9072)
MEANING: Final = tag(0x0008, 0x0104)
TRIGGER_DELAY: Final = tag(0x0020, 0x9153)
CARDIAC_PERCENT: Final = tag(0x0020, 0x9241)
TIME_OFFSET: Final = tag(0x0020, 0x930D)
EFFECTIVE_ECHO: Final = tag(0x0018, 0x9082)
B_VALUE: Final = tag(0x0018, 0x9087)
GRADIENT_WAY: Final = tag(0x0018, 0x9089)
INVERSIONS: Final = tag(0x0018, 0x9079)
FLIP_ANGLE: Final = tag(0x0018, 0x1314)
KVP: Final = tag(0x0018, 0x0060)
KERNEL: Final = tag(0x0018, 0x1210)
AGENT_GIVEN: Final = tag(0x0018, 0x9342)
FRAME_TYPE: Final = tag(0x0008, 0x9007)
COMPLEX: Final = tag(0x0008, 0x9208)
ECHO_NUMBER: Final = tag(0x0018, 0x0086)
ECHO_TIME: Final = tag(0x0018, 0x0081)
INVERSION_TIME: Final = tag(0x0018, 0x0082)
TEMPORAL_POSITION: Final = tag(0x0020, 0x0100)
ACQUISITION: Final = tag(0x0020, 0x0012)
TRIGGER_TIME: Final = tag(0x0018, 0x1060)
ACQUISITION_TIME: Final = tag(0x0008, 0x0032)
CONTENT_TIME: Final = tag(0x0008, 0x0033)
BODY_PART: Final = tag(0x0018, 0x0015)
AGENT: Final = tag(0x0018, 0x0010)


def _all(*keys: Tag) -> Wanted:
    return dict.fromkeys(keys)


_CONVERTED: Final = _all(
    ECHO_NUMBER, ECHO_TIME, INVERSION_TIME, FLIP_ANGLE, TEMPORAL_POSITION, ACQUISITION, TRIGGER_TIME, B_VALUE,
    ACQUISITION_TIME, CONTENT_TIME, KERNEL, BODY_PART, AGENT,
)  # fmt: skip
GROUPS: Final[Wanted] = {
    PLANE_POSITION: _all(POSITION),
    PLANE_ORIENTATION: _all(ORIENTATION),
    MEASURES: _all(SPACING, THICKNESS),
    TRANSFORMATION: _all(SLOPE, INTERCEPT, RESCALE_TYPE),
    VOI: _all(*WINDOW),
    CONTENT: _all(STACK_ID, TEMPORAL_INDEX, FRAME_ACQUISITION, ACQUIRED, REFERENCED, INDEX_VALUES),
    ANATOMY: {LATERALITY: None, REGION: _all(MEANING)},
    CARDIAC: _all(TRIGGER_DELAY, CARDIAC_PERCENT),
    TEMPORAL: _all(TIME_OFFSET),
    ECHO: _all(EFFECTIVE_ECHO),
    DIFFUSION: {B_VALUE: None, GRADIENT_WAY: None, GRADIENT: _all(GRADIENT_WAY)},
    MODIFIER: _all(INVERSIONS),
    TIMING: _all(FLIP_ANGLE),
    X_RAY: _all(KVP),
    RECONSTRUCTION: _all(KERNEL),
    CONTRAST_USAGE: _all(AGENT_GIVEN),
    CONVERTED_SHARED: _CONVERTED,
    CONVERTED_FRAME: _CONVERTED,
    **dict.fromkeys(FRAME_TYPES, _all(FRAME_TYPE, COMPLEX)),
}
TOP: Final[Wanted] = {
    SHARED: GROUPS,
    PER_FRAME: GROUPS,
    DIMENSIONS: _all(POINTER),
    AGENTS: _all(MEANING),
    REGION: _all(MEANING),
    DETECTORS: _all(POSITION, ORIENTATION),
}
