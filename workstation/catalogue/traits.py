"""What a series is, read from its header: how sharp, how wide, with contrast agent or without, gated, which view."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from workstation.domain.series import FactCode, Stack


class Kernel(StrEnum):
    """How a CT was reconstructed: what it shows best."""

    LUNG = "lung"
    BONE = "bone"
    SHARP = "sharp"
    MEDIUM = "medium"
    SOFT = "soft"
    UNKNOWN = "unknown"


class Contrast(StrEnum):
    GIVEN = "given"
    NONE = "none"
    NOT_STATED = "not-stated"


# Names first: GE LUNG, BONEPLUS, EDGE, CHST, STANDARD; United Imaging B_SHARP_C, B_SOFT_B; Philips YA to YE, L, A to E.
_NAMED: Final = (
    (Kernel.LUNG, re.compile(r"LUNG|肺窗|肺组织|^Y[A-E]$|^L$", re.IGNORECASE)),
    (Kernel.BONE, re.compile(r"BONE|骨", re.IGNORECASE)),
    (Kernel.SHARP, re.compile(r"EDGE|SHARP|ULTRA|^E[A-D]?$|^D$", re.IGNORECASE)),
    (Kernel.MEDIUM, re.compile(r"DETAIL|CHST|^C$", re.IGNORECASE)),
    (Kernel.SOFT, re.compile(r"SOFT|SMOOTH|STANDARD|^STN?D|MEDIAST|纵隔|软组织|^[AB]$|^U[A-D]$", re.IGNORECASE)),
)
# Canon and Toshiba FC01; the tens tell the family.
_CANON: Final = re.compile(r"^FC(\d)\d$", re.IGNORECASE)
_CANON_TENS: Final = {"3": Kernel.BONE, "5": Kernel.LUNG, "8": Kernel.SHARP}
# Siemens B70f, Br40d, Bl57, I31s, Qr36: the second letter `l` is lung, the number grows with sharpness.
_SIEMENS: Final = re.compile(r"^[A-Z]{1,2}([a-z]?)(\d\d)[a-z]?")
_SHARP_FROM: Final = 50
_MEDIUM_FROM: Final = 45


def kernel(stack: Stack) -> Kernel:
    """By the reconstruction kernel's name; where there is none, by the words of the series description."""
    name = stack.kernel.split("\\")[0].strip()
    found = _by_name(name) if name else Kernel.UNKNOWN
    if found is Kernel.UNKNOWN:
        found = next((kind for kind, words in _NAMED if words.search(stack.description)), Kernel.UNKNOWN)
    return found


def _by_name(name: str) -> Kernel:
    canon = _CANON.match(name)
    if canon is not None:
        return _CANON_TENS.get(canon[1], Kernel.SOFT)
    named = next((kind for kind, words in _NAMED if words.search(name)), None)
    if named is not None:
        return named
    siemens = _SIEMENS.match(name)
    if siemens is None:
        return Kernel.UNKNOWN
    number = int(siemens[2])
    if number >= _SHARP_FROM:
        return Kernel.LUNG if siemens[1] == "l" else Kernel.SHARP
    return Kernel.MEDIUM if number >= _MEDIUM_FROM else Kernel.SOFT


def slice_width(stack: Stack) -> float | None:
    """mm that one slice stands for: the larger of thickness and step. A thick slab every millimetre is thick, a thin
    slice every centimetre leaves as much unseen. None for pictures without a place."""
    if stack.geometry is None:
        return stack.thickness
    return max(stack.geometry.step, stack.thickness or 0.0)


def extent(stack: Stack) -> float:
    """mm from the first slice to the end of the last, along the normal."""
    return stack.slices * stack.geometry.step if stack.geometry is not None else 0.0


_PLAIN_SCAN: Final = re.compile(
    r"non[- _]?con|without|\bw/?o\b|unenhanced|\bnative|\bplain\b|\bC-(?!\w)|\bNC\b|\bNECT\b|pre[- _]?con|no contrast"
    r"|平扫|[非无未]增强|CaSc|\bCACS|calcium",
    re.IGNORECASE,
)
_ENHANCED: Final = re.compile(
    r"\bC\+|\+C\b|\bCE\b|\bCECT\b|\bCTA\b|\bCTPA\b|\bCTV\b|contrast|arterial|venous|\bportal|\bpost[- _]|angio"
    r"|nephrographic|增强|[动静]脉|门脉|延迟|实质期|造影",
    re.IGNORECASE,
)
_NO_AGENT: Final = re.compile(r"^\W*$|^(no|none|n|nil|without|not given|na|n/a|无|未用|平扫)\W*$|^non\b", re.IGNORECASE)
_ORAL_ONLY: Final = re.compile(r"^(oral|口服)(?!.*(iv|静脉))", re.IGNORECASE)


def contrast(stack: Stack) -> Contrast:
    """The description tells the phase, the agent's attribute is often copied from the protocol: so words go first."""
    if _PLAIN_SCAN.search(stack.description):
        return Contrast.NONE
    if _ENHANCED.search(stack.description):
        return Contrast.GIVEN
    agent = stack.contrast.strip()
    if not agent:
        return Contrast.NOT_STATED
    return Contrast.NONE if _NO_AGENT.search(agent) or _ORAL_ONLY.search(agent) else Contrast.GIVEN


_GATED: Final = re.compile(
    r"CaSc|\bCACS|calci?um|\bCa[- _]?sc|SmartScore|Agatston|\bECG\b|\bEKG\b|gat(ed|ing)|diastol|systol|钙化|门控|心电",
    re.IGNORECASE,
)


def gated(stack: Stack) -> bool:
    """Taken at one moment of the heartbeat, as far as description and kernel tell."""
    return bool(_GATED.search(stack.description))


_T2: Final = re.compile(r"(?<![A-Z0-9])T2(?!\s*\*|\d|[- _]?(flair|map|star|gre|w?[- _]?ffe))", re.IGNORECASE)
_FAT_DARK: Final = re.compile(
    r"STIR|(?<![A-Z])(FS|SPIR|SPAIR|TIRM|FATSAT|FAT[- _]SAT|DIXON)(?![A-Z])|压脂|抑脂", re.IGNORECASE
)


def t2_weighted(stack: Stack) -> bool:
    return bool(_T2.search(stack.description))


def fat_suppressed(stack: Stack) -> bool:
    return bool(_FAT_DARK.search(stack.description))


_FRONT: Final = re.compile(r"(?<![A-Z])(AP|PA)(?![A-Z])|正位|前后位|后前位|frontal", re.IGNORECASE)
_ASIDE: Final = re.compile(
    r"(?<![A-Z])(LAT|LATERAL|LL|RL|AXIAL|SKYLINE|OBL|OBLIQUE|FROG)(?![A-Z])|[侧斜轴]位", re.IGNORECASE
)


def front_view(stack: Stack) -> bool | None:
    """A radiograph from the front or the back; None where the description tells no view."""
    if _ASIDE.search(stack.description):
        return False
    return True if _FRONT.search(stack.description) else None


_PROJECTED: Final = re.compile(r"(?<![A-Z])(MIP|MINIP|MPR|VRT?|SSD)(?![A-Z])|THICK SLAB|AVERAGE", re.IGNORECASE)


def original(stack: Stack) -> bool:
    """As it was reconstructed: no reformat, no projection, no screenshot."""
    if stack.fact(FactCode.DERIVED) is not None or stack.fact(FactCode.SECONDARY) is not None:
        return False
    return not any(_PROJECTED.search(text) for text in (*stack.image_type, stack.description))


# Not whole: an index would not mean one place, or slices are missing.
_FLAWS: Final = (
    *(FactCode.GAP, FactCode.UNEVEN_SPACING, FactCode.SHIFTED),
    *(FactCode.DUPLICATE_DIFFERS, FactCode.TILT, FactCode.LOCALIZER),
)


def whole(stack: Stack) -> bool:
    return not any(stack.fact(code) for code in _FLAWS)


# JPEG baseline and extended, JPEG-LS near-lossless, JPEG 2000, JPEG XL, HTJ2K: syntaxes that lose, or may.
_MAY_LOSE: Final = frozenset(
    f"1.2.840.10008.1.2.4.{number}" for number in ("50", "51", "53", "55", "81", "91", "93", "111", "112", "203")
)


def lossless(stack: Stack) -> bool:
    return all(instance.transfer_syntax not in _MAY_LOSE for instance in stack.instances[:1])


def shows(stack: Stack, part: re.Pattern[str]) -> bool | None:
    """Whether the series is of this part of the body; None where nothing tells."""
    if any(part.search(text) for text in (stack.body_part, stack.study.description, stack.description)):
        return True
    return False if stack.body_part else None


# Code strings of DICOM PS3.16 Annex L and what sites write. Wide words ("EXTREMITY", "LEG") name no other part.
_PARTS: Final = re.compile(
    r"skull|head|brain|orbit|sinus|facial|jaw|mandib|teeth|tooth|dental|neck|chest|thora|lung|heart|breast|ribs?\b"
    r"|sternum|abdom|kidney|spine|shoulder|clavic|scapula|\barm|upper (limb|ext)|humer|elbow|forearm|radius|ulna|wrist"
    r"|hand|finger|thumb|hip|pelvi|knee|patell|ankle|foot|feet|\btoe|calcan|heel"
    r"|头|颅|颌|牙|颈|胸|乳|肋|腹|脊|椎|肩|锁骨|肱|肘|腕|手|髋|骨盆|膝|髌|踝|足|跟骨",
    re.IGNORECASE,
)


def elsewhere(stack: Stack, part: re.Pattern[str]) -> bool:
    """Its header names a part of the body, and neither that nor any description is `part`."""
    return shows(stack, part) is False and bool(_PARTS.search(stack.body_part))
