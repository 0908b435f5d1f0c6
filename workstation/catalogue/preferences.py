"""What each kind of operation likes in a series. A row names one; limits are another thing and stand in the row."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from workstation.catalogue import traits
from workstation.catalogue.check import PLANES
from workstation.catalogue.suits import Criterion, Preference
from workstation.catalogue.traits import Contrast, Kernel
from workstation.domain.geometry import Plane
from workstation.domain.series import Stack
from workstation.domain.words import NOTHING, Words, say, say_count

CHEST: Final = re.compile(r"chest|thora|lung|pulmo|胸|肺", re.IGNORECASE)
HEART: Final = re.compile(r"heart|cardiac|coron|chest|thora|心|冠|胸", re.IGNORECASE)
ABDOMEN: Final = re.compile(r"abd|pancrea|liver|腹|胰|肝", re.IGNORECASE)
LUMBAR: Final = re.compile(r"l[- ]?spine|lumb|lspine|腰", re.IGNORECASE)
KNEE: Final = re.compile(r"knee|膝", re.IGNORECASE)
LEG: Final = re.compile(r"\bleg|lower (limb|extremity)|full[- ]?leg|下肢|全长", re.IGNORECASE)
HIP: Final = re.compile(r"hip|pelvi|femor|髋|骨盆|股骨", re.IGNORECASE)


# How wide a slice is


def thin(weight: float, up_to_mm: float = 1.5) -> Criterion:
    """All that are thin enough are equal; twice as wide is half as good."""
    return Criterion(code="thin-slices", weight=weight, met=partial(_thin, up_to_mm), says=_width)


def _thin(up_to_mm: float, stack: Stack) -> float:
    width = traits.slice_width(stack)
    return 0.0 if not width else min(1.0, up_to_mm / (width - 0.05))


def as_wide_as(weight: float, low_mm: float, high_mm: float) -> Criterion:
    """As the rule book was made for; thinner is noisier, thicker is coarser."""
    return Criterion(code="slice-width", weight=weight, met=partial(_within, low_mm, high_mm), says=_width)


def _within(low_mm: float, high_mm: float, stack: Stack) -> float:
    width = traits.slice_width(stack)
    if not width:
        return 0.0
    return min(1.0, (width + 0.05) / low_mm, high_mm / (width - 0.05))


def _width(stack: Stack) -> Words:
    return say("{mm:.3g} mm", mm=traits.slice_width(stack) or 0.0)


# How it was reconstructed

_KERNELS: Final = {
    Kernel.LUNG: say("lung kernel"),
    Kernel.BONE: say("bone kernel"),
    Kernel.SHARP: say("sharp kernel"),
    Kernel.MEDIUM: say("medium kernel"),
    Kernel.SOFT: say("soft kernel"),
    Kernel.UNKNOWN: say("unknown kernel"),
}


def reconstructed(code: str, weight: float, likes: dict[Kernel, float]) -> Criterion:
    """`likes`: how good each kind of kernel is, 0 to 1; those not named are of no use."""
    return Criterion(code=code, weight=weight, met=partial(_kernel_met, likes), says=_kernel_words)


def _kernel_met(likes: dict[Kernel, float], stack: Stack) -> float:
    return likes.get(traits.kernel(stack), 0.0)


def _kernel_words(stack: Stack) -> Words:
    kind, name = _KERNELS[traits.kernel(stack)], stack.kernel.split("\\")[0].strip()
    return say("{kind} ({name})", kind=kind, name=name) if name else kind


SHARP: Final = {Kernel.LUNG: 1.0, Kernel.SHARP: 1.0, Kernel.BONE: 0.9, Kernel.MEDIUM: 0.5, Kernel.UNKNOWN: 0.25}
BONY: Final = {Kernel.BONE: 1.0, Kernel.SHARP: 0.7, Kernel.LUNG: 0.6, Kernel.MEDIUM: 0.5, Kernel.UNKNOWN: 0.25}
SOFT: Final = {Kernel.SOFT: 1.0, Kernel.MEDIUM: 0.6, Kernel.UNKNOWN: 0.5}


# Contrast agent, gating


def without_contrast(weight: float) -> Criterion:
    return Criterion(code="non-contrast", weight=weight, met=_unenhanced, says=_contrast_words)


def _unenhanced(stack: Stack) -> float:
    """Nothing is written about it in most scans without agent."""
    return {Contrast.NONE: 1.0, Contrast.NOT_STATED: 0.9, Contrast.GIVEN: 0.0}[traits.contrast(stack)]


def with_contrast(weight: float) -> Criterion:
    return Criterion(code="contrast", weight=weight, met=_enhanced, says=_contrast_words)


def _enhanced(stack: Stack) -> float:
    return float(traits.contrast(stack) is Contrast.GIVEN)


def _contrast_words(stack: Stack) -> Words:
    match traits.contrast(stack):
        case Contrast.GIVEN:
            return say("with contrast agent")
        case Contrast.NONE:
            return say("without contrast agent")
        case Contrast.NOT_STATED:
            return say("no contrast agent stated")


def one_moment(weight: float) -> Criterion:
    return Criterion(code="gated", weight=weight, met=_gated, says=_gated_words)


def _gated(stack: Stack) -> float:
    return float(traits.gated(stack))


def _gated_words(stack: Stack) -> Words:
    return say("ECG-gated")


# What it shows


def covers(weight: float, at_least_mm: float) -> Criterion:
    """All that reach far enough are equal."""
    return Criterion(code="coverage", weight=weight, met=partial(_covered, at_least_mm), says=_extent_words)


def _covered(at_least_mm: float, stack: Stack) -> float:
    return min(1.0, traits.extent(stack) / at_least_mm)


def _extent_words(stack: Stack) -> Words:
    return say("{mm:.0f} mm covered", mm=traits.extent(stack))


def of(weight: float, part: re.Pattern[str]) -> Criterion:
    return Criterion(code="body-part", weight=weight, met=partial(_of, part), says=partial(_part_words, part))


def _of(part: re.Pattern[str], stack: Stack) -> float:
    """Not stated is nearly as good: half of all scanners state it."""
    shown = traits.shows(stack, part)
    return 0.95 if shown is None else float(shown)


def _part_words(part: re.Pattern[str], stack: Stack) -> Words:
    return say("right body part") if traits.shows(stack, part) else NOTHING


def in_plane(weight: float, plane: Plane) -> Criterion:
    return Criterion(code="plane", weight=weight, met=partial(_in_plane, plane), says=_plane_words)


def _in_plane(plane: Plane, stack: Stack) -> float:
    return float(stack.plane is plane)


def _plane_words(stack: Stack) -> Words:
    return PLANES[stack.plane]


def t2(weight: float) -> Criterion:
    """Fat-suppressed T2 shows the same discs, though not as they are usually graded."""
    return Criterion(code="t2", weight=weight, met=_t2, says=_t2_words)


def _t2(stack: Stack) -> float:
    if not traits.t2_weighted(stack):
        return 0.0
    return 0.6 if traits.fat_suppressed(stack) else 1.0


def _t2_words(stack: Stack) -> Words:
    return say("T2, fat-suppressed") if traits.fat_suppressed(stack) else say("T2-weighted")


def from_the_front(weight: float) -> Criterion:
    return Criterion(code="front-view", weight=weight, met=_front, says=_front_words)


def _front(stack: Stack) -> float:
    front = traits.front_view(stack)
    return 0.5 if front is None else float(front)


def _front_words(stack: Stack) -> Words:
    return say("view from the front")


# How it came about


def original(weight: float) -> Criterion:
    return Criterion(code="original", weight=weight, met=_original, says=_original_words)


def _original(stack: Stack) -> float:
    return float(traits.original(stack))


def _original_words(stack: Stack) -> Words:
    return say("original pictures")


def whole(weight: float) -> Criterion:
    return Criterion(code="whole", weight=weight, met=_whole, says=_whole_words)


def _whole(stack: Stack) -> float:
    return float(traits.whole(stack))


def _whole_words(stack: Stack) -> Words:
    return say("no gap")


def lossless(weight: float) -> Criterion:
    return Criterion(code="lossless", weight=weight, met=_lossless, says=_lossless_words)


def _lossless(stack: Stack) -> float:
    return float(traits.lossless(stack))


def _lossless_words(stack: Stack) -> Words:
    return say("no lossy compression")


def more_slices() -> Criterion:
    """Decides among equals only."""
    return Criterion(code="most-slices", weight=0.2, met=_many, says=_slices_words)


def _many(stack: Stack) -> float:
    return min(1.0, stack.slices / 2048)


def _slices_words(stack: Stack) -> Words:
    return say_count("{count} slice", "{count} slices", stack.slices)


def more_pixels() -> Criterion:
    """Decides among equals only."""
    return Criterion(code="most-pixels", weight=0.2, met=_fine, says=_pixels_words)


def _fine(stack: Stack) -> float:
    return min(1.0, stack.rows * stack.columns / 2**24)


def _pixels_words(stack: Stack) -> Words:
    return say("{rows} × {columns} pixels", rows=stack.rows, columns=stack.columns)


_SOUND: Final = (original(1.5), whole(1.5), lossless(0.5), more_slices())

# The service's documents ask for thin slices for ribs, a soft-tissue reconstruction for lymph nodes, non-contrast scans
# for calcium, screening, vessels and pancreas, 1 to 3 mm for calcium. The rest is how such pictures are read.
LUNG_NODULES: Final = Preference(
    (covers(4, 180), thin(3), reconstructed("sharp-kernel", 2, SHARP), of(3, CHEST), *_SOUND)
)
LUNG_LOBES: Final = Preference(
    (covers(4, 180), thin(2.5), reconstructed("sharp-kernel", 1, SHARP), without_contrast(0.5), of(3, CHEST), *_SOUND)
)
RIBS: Final = Preference((covers(4, 220), thin(3), reconstructed("bone-kernel", 2, BONY), of(3, CHEST), *_SOUND))
# Agatston was defined on 3 mm, gated, without contrast agent: clinical rule books in `grading` say the same.
CALCIUM: Final = Preference(
    (
        without_contrast(5),
        as_wide_as(3, 2.5, 3.0),
        one_moment(2.5),
        covers(2, 100),
        reconstructed("soft-kernel", 2, SOFT),
        of(3, HEART),
        *_SOUND,
    )
)
CHEST_SCREENING: Final = Preference((covers(4, 180), without_contrast(3), thin(2.5), of(3, CHEST), *_SOUND))
CHEST_REGISTRATION: Final = Preference((covers(4, 180), thin(2), of(3, CHEST), *_SOUND))
PLAIN_VESSELS: Final = Preference(
    (covers(4, 180), without_contrast(3), thin(2), reconstructed("soft-kernel", 1.5, SOFT), of(3, CHEST), *_SOUND)
)
ENHANCED_VESSELS: Final = Preference(
    (with_contrast(5), covers(4, 180), thin(2.5), reconstructed("soft-kernel", 1.5, SOFT), of(3, CHEST), *_SOUND)
)
LYMPH_NODES: Final = Preference(
    (covers(4, 180), reconstructed("soft-kernel", 3, SOFT), with_contrast(1), thin(1.5, 3.0), of(3, CHEST), *_SOUND)
)
PANCREAS: Final = Preference(
    (
        without_contrast(4),
        covers(3, 180),
        reconstructed("soft-kernel", 2, SOFT),
        thin(1.5, 3.0),
        of(3, ABDOMEN),
        *_SOUND,
    )
)
SPINE_MRI: Final = Preference((in_plane(5, Plane.SAGITTAL), t2(4), of(3, LUMBAR), *_SOUND))
KNEE_RADIOGRAPH: Final = Preference((of(4, KNEE), from_the_front(3), original(1.5), lossless(0.5), more_pixels()))
LEG_RADIOGRAPH: Final = Preference((of(4, LEG), from_the_front(3), original(1.5), lossless(0.5), more_pixels()))
HIP_RADIOGRAPH: Final = Preference((of(4, HIP), from_the_front(3), original(1.5), lossless(0.5), more_pixels()))
PHOTOGRAPH: Final = Preference((original(1.5), more_pixels()))
