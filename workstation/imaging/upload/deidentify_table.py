"""What may leave this PC: the attributes that survive de-identification, each with the values it may hold.

Everything that is not listed stays here: names, numbers, dates, free text, private and unknown elements, overlays,
curves, sequences. That is stricter than the Basic Application Level Confidentiality Profile (DICOM PS3.15 E.2, table
E.1-1), which lists what has to go. Text is only let through word by word from known vocabularies, because names hide in
free text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

Accept = Callable[[bytes], bytes | None]
Key = tuple[int, int]

_NUMBER: Final = re.compile(rb"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_KERNELS: Final = frozenset(
    b"SOFT STANDARD STND DETAIL LUNG BONE BONEPLUS EDGE CHEST ULTRA SHARP SMOOTH BODY ROUTINE A B C D E L YA YB YC YD "
    b"UA UB UC UD EA EB EC ED LA LB HA HB".split()
)
_KERNEL_FORMS: Final = re.compile(
    rb"[BHJTUDIS]\d\df|[BHJTUDIS]\d\d[su]|[BHQSTU][a-z]\d\d[a-z]?|FC\d\d|[BL]_(SOFT|SHARP|STANDARD)_[A-D]|F\d\d|[1-9]"
)
_VENDORS: Final[Mapping[str, bytes]] = MappingProxyType(
    {
        "SIEMENS": b"SIEMENS",
        "GE MEDICAL": b"GE MEDICAL SYSTEMS",
        "GE HEALTHCARE": b"GE MEDICAL SYSTEMS",
        "PHILIPS": b"Philips",
        "TOSHIBA": b"TOSHIBA",
        "CANON": b"CANON_MEC",
        "HITACHI": b"HITACHI",
        "FUJI": b"FUJIFILM",
        "UIH": b"UIH",
        "UNITED IMAGING": b"UIH",
        "NEUSOFT": b"NEUSOFT",
        "MINFOUND": b"MINFOUND",
        "ANKE": b"ANKE",
        "SHIMADZU": b"SHIMADZU",
        "SAMSUNG": b"SAMSUNG",
        "HOLOGIC": b"HOLOGIC",
        "CARESTREAM": b"CARESTREAM",
        "AGFA": b"AGFA",
        "KONICA": b"KONICA MINOLTA",
        "YINGTAI PHANTOM": b"YINGTAI PHANTOM",
    }
)
_MODALITIES: Final = frozenset(b"CT MR PT NM CR DX DR MG XA RF US XC OP IO PX GM SM ES ECG OT SC".split())
# PS3.16 annex L, the defined terms that are in use for the operations here, and what scanners write for them
_BODY_PARTS: Final = frozenset(
    b"""ABDOMEN ABDOMENPELVIS ANKLE ARM BRAIN BREAST CALCANEUS CAROTID CERVICALSPINE CHEST CHESTABDOMEN CHESTABDPELVIS
    COCCYX CSPINE CTSPINE ELBOW EXTREMITY EYE FEMUR FINGER FOOT FOREARM HAND HEAD HEADNECK HEART HIP HUMERUS JAW KIDNEY
    KNEE LEG LIVER LOWERLEG LSPINE LSSPINE LUMBARSPINE LUNG MANDIBLE NECK NECKCHEST NECKCHESTABDOMEN ORBIT PANCREAS
    PELVIS PROSTATE RIB SACRUM SHOULDER SKULL SPINE SPLEEN SSPINE STERNUM TEETH TESTIS THORAX THIGH THORACICSPINE
    THYROID TIBIA TLSPINE TOE TSPINE UTERUS WHOLEBODY WRIST ZYGOMA""".split()
)
_IMAGE_TYPES: Final = frozenset((b"CT_SOM5 SPI", b"CT_SOM5 SEQ", b"CT_SOM7 SPI", b"CT_SOM8 SPI")).union(
    b"""ORIGINAL DERIVED PRIMARY SECONDARY AXIAL LOCALIZER HELIX HELICAL SPIRAL SEQUENCE SEQ VOLUME MPR MIP MINIP
    REFORMATTED AVERAGE RESAMPLED CSA NONE NORM DIS2D DIS3D FM M ND P PHASE MAGNITUDE ADC DIFFUSION TRACEW SE IR GR FFE
    M_FFE M_SE M_IR OTHER RESCALED STATIC DYNAMIC EMISSION PROJECTION IMAGE SINGLE PLANE ATTEN_CORR WATER FAT IN_PHASE
    OUT_PHASE T1 T2 DENSITY ADD SUB PERFUSION""".split()
)

_POSITIONS: Final = "HFS HFP HFDR HFDL FFS FFP FFDR FFDL LFP LFS RFP RFS AFDR AFDL PFDR PFDL"
_DIRECTIONS: Final = "A P L R H F AL AR PL PR AF AH PF PH LF LH RF RH LA LP RA RP FA FP HA HP FL FR HL HR"


@dataclass(frozen=True, slots=True)
class Rule:
    """One attribute that may leave. `accept` gets the raw value and gives what is written, or None: it stays."""

    keyword: str
    vr: bytes
    accept: Accept
    text: bool = False  # words: also refused where they equal a word of the patient's identity


def split(raw: bytes) -> list[bytes]:
    return [value.strip(b" \0") for value in raw.split(b"\\")]


def numbers(low: float, high: float, least: int = 1, most: int = 1) -> Accept:
    """`least` to `most` decimal numbers inside a range, as they were written."""

    def accept(raw: bytes) -> bytes | None:
        values = split(raw)
        if not least <= len(values) <= most:
            return None
        for value in values:
            if len(value) > 16 or not _NUMBER.fullmatch(value) or not low <= float(value) <= high:
                return None
        return b"\\".join(values)

    return accept


def terms(allowed: frozenset[bytes] | str, most: int = 1) -> Accept:
    """Up to `most` words of a vocabulary; one foreign word and nothing is written."""
    words = frozenset(allowed.encode("ascii").split()) if isinstance(allowed, str) else allowed

    def accept(raw: bytes) -> bytes | None:
        values = split(raw)
        return b"\\".join(values) if 0 < len(values) <= most and words.issuperset(values) else None

    return accept


def known_terms(allowed: frozenset[bytes], least: int) -> Accept:
    """The words of a list that are in the vocabulary; the first `least` have to be."""

    def accept(raw: bytes) -> bytes | None:
        values = split(raw)
        if len(values) < least or not allowed.issuperset(values[:least]):
            return None
        return b"\\".join(value for value in values if value in allowed)

    return accept


def exactly(size: int) -> Accept:
    """A binary value of one size."""
    return lambda raw: raw if len(raw) == size else None


def doubles(low: float, high: float) -> Accept:
    """One FD value inside a range."""
    import struct

    def accept(raw: bytes) -> bytes | None:
        value = struct.unpack("<d", raw)[0] if len(raw) == 8 else math.nan
        return raw if low <= value <= high else None

    return accept


def _kernel(raw: bytes) -> bytes | None:
    """A reconstruction kernel by the forms that vendors use; a second value (iteration strength) is a digit."""
    values = split(raw)
    known = values[0] in _KERNELS or _KERNEL_FORMS.fullmatch(values[0]) is not None
    return b"\\".join(values) if known and all(value.isdigit() and len(value) == 1 for value in values[1:]) else None


def _vendor(raw: bytes) -> bytes | None:
    name = raw.decode("latin-1").strip(" \0").upper()
    return next((known for prefix, known in _VENDORS.items() if name.startswith(prefix)), None)


def _contrast(raw: bytes) -> bytes | None:
    """Whether a contrast agent was given, never its free text."""
    word = raw.strip(b" \0").upper()
    return b"YES" if word and word not in (b"NONE", b"NO", b"N", b"0", b"WITHOUT", b"NOT APPLIED") else None


def _burnt_in(raw: bytes) -> bytes | None:
    return b"NO" if raw.strip(b" \0") == b"NO" else None


_FAR: Final = 1e5  # mm
_US: Final = exactly(2)

RULES: Final[Mapping[Key, Rule]] = MappingProxyType(
    {
        (0x0008, 0x0008): Rule("ImageType", b"CS", known_terms(_IMAGE_TYPES, 2)),
        (0x0008, 0x0060): Rule("Modality", b"CS", terms(_MODALITIES)),
        (0x0008, 0x0068): Rule("PresentationIntentType", b"CS", terms(
            frozenset({b"FOR PROCESSING", b"FOR PRESENTATION"}))),
        (0x0008, 0x0070): Rule("Manufacturer", b"LO", _vendor, text=True),
        (0x0018, 0x0010): Rule("ContrastBolusAgent", b"LO", _contrast),
        (0x0018, 0x0015): Rule("BodyPartExamined", b"CS", terms(_BODY_PARTS), text=True),
        (0x0018, 0x0020): Rule("ScanningSequence", b"CS", terms("SE IR GR EP RM", 5)),
        (0x0018, 0x0021): Rule("SequenceVariant", b"CS", terms("SK MTC SS TRSS SP MP OSP NONE", 8)),
        (0x0018, 0x0022): Rule(
            "ScanOptions", b"CS",
            terms("PER RG CG PPG FC PFF PFP SP FS AXIAL HELIX HELICAL SEQ SPIRAL STANDARD NONE", 8), text=True,
        ),
        (0x0018, 0x0023): Rule("MRAcquisitionType", b"CS", terms("2D 3D")),
        (0x0018, 0x0050): Rule("SliceThickness", b"DS", numbers(0, 200)),
        (0x0018, 0x0060): Rule("KVP", b"DS", numbers(0, 1000)),
        (0x0018, 0x0080): Rule("RepetitionTime", b"DS", numbers(0, 1e6)),
        (0x0018, 0x0081): Rule("EchoTime", b"DS", numbers(0, 1e5)),
        (0x0018, 0x0082): Rule("InversionTime", b"DS", numbers(0, 1e5)),
        (0x0018, 0x0086): Rule("EchoNumbers", b"IS", numbers(0, 999)),
        (0x0018, 0x0087): Rule("MagneticFieldStrength", b"DS", numbers(0, 30)),
        (0x0018, 0x0088): Rule("SpacingBetweenSlices", b"DS", numbers(-200, 200)),
        (0x0018, 0x0091): Rule("EchoTrainLength", b"IS", numbers(0, 9999)),
        (0x0018, 0x1100): Rule("ReconstructionDiameter", b"DS", numbers(1, 3000)),
        (0x0018, 0x1120): Rule("GantryDetectorTilt", b"DS", numbers(-90, 90)),
        (0x0018, 0x1150): Rule("ExposureTime", b"IS", numbers(0, 1e6)),
        (0x0018, 0x1151): Rule("XRayTubeCurrent", b"IS", numbers(0, 1e4)),
        (0x0018, 0x1152): Rule("Exposure", b"IS", numbers(0, 1e4)),
        (0x0018, 0x1164): Rule("ImagerPixelSpacing", b"DS", numbers(1e-4, 100, 2, 2)),
        (0x0018, 0x1210): Rule("ConvolutionKernel", b"SH", _kernel, text=True),
        (0x0018, 0x1314): Rule("FlipAngle", b"DS", numbers(-360, 360)),
        (0x0018, 0x5100): Rule("PatientPosition", b"CS", terms(_POSITIONS)),
        (0x0018, 0x5101): Rule("ViewPosition", b"CS", terms("AP PA LL RL RLD LLD RLO LLO")),
        (0x0018, 0x9087): Rule("DiffusionBValue", b"FD", doubles(0, 1e5)),
        (0x0020, 0x0020): Rule("PatientOrientation", b"CS", terms(_DIRECTIONS, 2)),
        (0x0020, 0x0032): Rule("ImagePositionPatient", b"DS", numbers(-_FAR, _FAR, 3, 3)),
        (0x0020, 0x0037): Rule("ImageOrientationPatient", b"DS", numbers(-1.001, 1.001, 6, 6)),
        (0x0020, 0x0060): Rule("Laterality", b"CS", terms("L R")),
        (0x0020, 0x0062): Rule("ImageLaterality", b"CS", terms("L R U B")),
        (0x0020, 0x1041): Rule("SliceLocation", b"DS", numbers(-_FAR, _FAR)),
        (0x0028, 0x0002): Rule("SamplesPerPixel", b"US", _US),
        (0x0028, 0x0004): Rule("PhotometricInterpretation", b"CS", terms(
            "MONOCHROME1 MONOCHROME2 RGB YBR_FULL YBR_FULL_422 YBR_ICT YBR_RCT YBR_PARTIAL_420")),
        (0x0028, 0x0006): Rule("PlanarConfiguration", b"US", _US),
        (0x0028, 0x0010): Rule("Rows", b"US", _US),
        (0x0028, 0x0011): Rule("Columns", b"US", _US),
        (0x0028, 0x0030): Rule("PixelSpacing", b"DS", numbers(1e-4, 100, 2, 2)),
        (0x0028, 0x0034): Rule("PixelAspectRatio", b"IS", numbers(1, 1e6, 2, 2)),
        (0x0028, 0x0100): Rule("BitsAllocated", b"US", _US),
        (0x0028, 0x0101): Rule("BitsStored", b"US", _US),
        (0x0028, 0x0102): Rule("HighBit", b"US", _US),
        (0x0028, 0x0103): Rule("PixelRepresentation", b"US", _US),
        (0x0028, 0x0120): Rule("PixelPaddingValue", b"US", _US),  # SS where the pixels are signed
        (0x0028, 0x0121): Rule("PixelPaddingRangeLimit", b"US", _US),
        (0x0028, 0x0301): Rule("BurnedInAnnotation", b"CS", _burnt_in),
        (0x0028, 0x1050): Rule("WindowCenter", b"DS", numbers(-1e6, 1e6, 1, 8)),
        (0x0028, 0x1051): Rule("WindowWidth", b"DS", numbers(-1e6, 1e6, 1, 8)),
        (0x0028, 0x1052): Rule("RescaleIntercept", b"DS", numbers(-1e9, 1e9)),
        (0x0028, 0x1053): Rule("RescaleSlope", b"DS", numbers(-1e9, 1e9)),
        (0x0028, 0x1054): Rule("RescaleType", b"LO", terms("HU US OD HU_MOD PCT Z_EFF ED EDW MGML")),
        (0x0028, 0x1056): Rule("VOILUTFunction", b"CS", terms("LINEAR LINEAR_EXACT SIGMOID")),
        (0x0028, 0x2110): Rule("LossyImageCompression", b"CS", terms("00 01")),
        (0x0028, 0x2112): Rule("LossyImageCompressionRatio", b"DS", numbers(0, 1e4, 1, 8)),
        (0x0028, 0x2114): Rule("LossyImageCompressionMethod", b"CS", terms(
            "ISO_10918_1 ISO_14495_1 ISO_15444_1 ISO_15444_2 ISO_13818_2 ISO_14496_10 ISO_23008_2 ISO_15444_15", 8)),
        (0x2050, 0x0020): Rule("PresentationLUTShape", b"CS", terms("IDENTITY INVERSE")),
    }
)  # fmt: skip
SIGNED_LIKE_PIXELS: Final = frozenset({(0x0028, 0x0120), (0x0028, 0x0121)})

# Read to refuse their words anywhere else; never written.
IDENTITY: Final[frozenset[Key]] = frozenset(
    {
        (0x0008, 0x0050),  # Accession Number
        (0x0008, 0x0080),  # Institution Name
        (0x0008, 0x0081),  # Institution Address
        (0x0008, 0x0090),  # Referring Physician's Name
        (0x0008, 0x1010),  # Station Name
        (0x0008, 0x1040),  # Institutional Department Name
        (0x0008, 0x1050),  # Performing Physician's Name
        (0x0008, 0x1070),  # Operators' Name
        (0x0010, 0x0010),  # Patient's Name
        (0x0010, 0x0020),  # Patient ID
        (0x0010, 0x1000),  # Other Patient IDs
        (0x0010, 0x1001),  # Other Patient Names
        (0x0018, 0x1000),  # Device Serial Number
        (0x0020, 0x0010),  # Study ID
    }
)
_BETWEEN_WORDS: Final = re.compile(rb"[\s^=\\,;:_./()\-\0]+")


def identity_words(values: Mapping[Key, bytes]) -> frozenset[bytes]:
    """The words of the identifying values, upper case, of two letters or more."""
    words = {word for key in IDENTITY for word in _BETWEEN_WORDS.split(values.get(key, b"").upper())}
    return frozenset(word for word in words if len(word) > 1)


def kept(key: Key, raw: bytes, identity: frozenset[bytes]) -> bytes | None:
    """What of one value may leave; None: nothing."""
    rule = RULES.get(key)
    value = rule.accept(raw) if rule is not None else None
    if rule is None or value is None:
        return None
    if rule.text and not identity.isdisjoint(_BETWEEN_WORDS.split(value.upper())):
        return None
    return value
