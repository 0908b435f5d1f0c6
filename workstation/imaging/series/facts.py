"""What a reader should know of a stack: gaps, tilt, screenshots … Tolerances are the domain's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.geometry import OBLIQUE_DEG, TILT_DEG, UNIFORM, Geometry, angle_off_plane_deg
from workstation.domain.series import FactCode, Instance, StackFact
from workstation.domain.words import say, say_count
from workstation.imaging.dicom.kinds import ULTRASOUND, is_ct, is_secondary_capture, modality_of
from workstation.imaging.dicom.series_info import SeriesInfo
from workstation.imaging.dicom.walk import BIG_ENDIAN, BIG_PIXELS, DEFLATED, EXPLICIT, IMPLICIT

UNCOMPRESSED: Final = frozenset({IMPLICIT, EXPLICIT, BIG_ENDIAN, DEFLATED})
_LOSSY: Final = frozenset(
    {"jpg", *(f"1.2.840.10008.1.2.4.{n}" for n in (50, 51, 53, 55, 81, 91, 93, 111, 112, 203, *range(100, 109)))}
)  # .91, .112 and .203 may be either; the file's own words are not asked here
_SYNTAXES: Final = {
    "1.2.840.10008.1.2.5": "RLE",
    "1.2.840.10008.1.2.8.1": "Deflate",
    "1.2.840.10008.1.2.4.50": "JPEG",
    "1.2.840.10008.1.2.4.51": "JPEG",
    "1.2.840.10008.1.2.4.53": "JPEG",
    "1.2.840.10008.1.2.4.55": "JPEG",
    "1.2.840.10008.1.2.4.57": "JPEG Lossless",
    "1.2.840.10008.1.2.4.70": "JPEG Lossless",
    "1.2.840.10008.1.2.4.80": "JPEG-LS",
    "1.2.840.10008.1.2.4.81": "JPEG-LS",
    "1.2.840.10008.1.2.4.90": "JPEG 2000",
    "1.2.840.10008.1.2.4.91": "JPEG 2000",
    "1.2.840.10008.1.2.4.201": "HTJ2K",
    "1.2.840.10008.1.2.4.202": "HTJ2K",
    "1.2.840.10008.1.2.4.203": "HTJ2K",
    "jpg": "JPEG",
    "png": "PNG",
    "webp": "WebP",
    "heic": "HEIC",
    **{f"1.2.840.10008.1.2.4.{number}": "MPEG-2" for number in ("100", "100.1", "101", "101.1")},
    **{f"1.2.840.10008.1.2.4.{n}{part}": "MPEG-4 (H.264)" for n in range(102, 107) for part in ("", ".1")},
    **{f"1.2.840.10008.1.2.4.{number}": "HEVC (H.265)" for number in (107, 108)},
    **{f"1.2.840.10008.1.2.4.{number}": "JPEG XL" for number in (110, 111, 112)},
}
_MAY_BE_PLAIN: Final = frozenset({"", "bmp", "tiff", BIG_PIXELS})
_LOCALIZER: Final = re.compile(
    r"(?<![a-z])(lo[ck]ali[sz](ers?|ateur|ador)|locator|scouts?|scout ?views?|fast ?view|topogram(s|me?|a)?|surviews?"
    r"|scano|scanogram)(?![a-z])|定位([像片相]|图(?!像))",
    re.IGNORECASE,
)
_PERHAPS: Final = re.compile(r"(?<![a-z])(survey|loc(?![ _.-]*ref))(?![a-z])|定位", re.IGNORECASE)
# Here a part of the brain is localized, or a place to treat.
_TASK: Final = re.compile(r"bold|fmri|function|放疗|立体定向|导航", re.IGNORECASE)
# A search for what is ill, the place of a needle: these are to be read.
_NO_LOCALIZER: Final = re.compile(
    r"(bone|skeletal|myeloma|metasta\w*|trauma|stir|dwi|dixon).*survey|survey.*(stir|dwi|dixon)"
    r"|needle|wire|biopsy|穿刺|活检|术前",
    re.IGNORECASE,
)
_MOST_NAMED: Final = {"MR": 200, "CT": 12, "PT": 12}  # images of one that only its name calls a localizer
_SCREEN: Final = re.compile(r"SCREEN|SECONDARY.CAPTURE", re.IGNORECASE)
_CAPTURES: Final = frozenset({"DV", "DI", "DF", "WSD", "SD", "SI", "DRW", "SYN"})  # PS3.3 C.8.6.1.1
_SLICED: Final = frozenset({"CT", "MR", "PT"})


def syntax_name(transfer_syntax: str) -> str:
    """What people call a compression; the UID where it has no name."""
    return _SYNTAXES.get(transfer_syntax, transfer_syntax)


def is_localizer(series: SeriesInfo, images: int) -> bool:
    """By its image type, or its name. Of radiographs a bone survey and a scanogram of both legs are to be read.

    images  of this name in the series: many that are called a survey are one of the whole body
    """
    if "LOCALIZER" in series.image_type:
        return True
    modality, name = series.modality or modality_of(series.sop_class_uid), series.description
    if images > _MOST_NAMED.get(modality, 0) or _TASK.search(name):
        return False
    return bool(_LOCALIZER.search(name) or (_PERHAPS.search(name) and not _NO_LOCALIZER.search(name)))


def in_hu(series: SeriesInfo) -> bool:
    """Whether rescaled values are Hounsfield units, as the file says; one that is no DICOM is taken for CT by them.

    A type that is not said means HU, but for a capture, which has to say it (PS3.3 C.11.1.1.2); "unspecified" is what
    the values of an original CT image can't be (C.8.2.1).
    """
    if series.modality != "CT" or series.file:
        return series.modality == "CT"
    kind = series.rescale_type
    if not kind:
        return bool(series.rescaled) and not is_secondary_capture(series.sop_class_uid)
    original = is_ct(series.sop_class_uid) and series.image_type[:1] == ("ORIGINAL",)
    return bool(series.rescaled) and (kind == "HU" or (kind == "US" and original))


def place_facts(geometry: Geometry, *, gantry: bool) -> Iterator[StackFact]:
    """Gap or uneven steps, slices beside the others or tilt, oblique. `gantry`: the scanner has one to tilt."""
    if geometry.slices > 1:
        yield from _step_facts(geometry)
        shear = geometry.shear_deg
        if not geometry.straight:
            drift = geometry.drift_mm
            yield StackFact(
                FactCode.SHIFTED, say("Slices lie up to {mm:.1f} mm beside a straight stack.", mm=drift), drift
            )
        elif shear > TILT_DEG:
            sentence = (
                say("The gantry was tilted: slices are sheared by {degrees:.1f}°.", degrees=shear)
                if gantry
                else say("Slices are sheared by {degrees:.1f}°.", degrees=shear)
            )
            yield StackFact(FactCode.TILT, sentence, shear)
    angle = angle_off_plane_deg(geometry.normal)
    if angle > OBLIQUE_DEG:
        yield StackFact(
            FactCode.OBLIQUE, say("Slices lie {degrees:.0f}° off the nearest main plane.", degrees=angle), angle
        )


def _step_facts(geometry: Geometry) -> Iterator[StackFact]:
    steps = np.diff(geometry.offsets)
    base = float(np.sort(steps)[(len(steps) - 1) // 2])
    times = np.rint(steps / base)
    whole = (times >= 1) & (np.abs(steps / base - times) <= UNIFORM * times + 1e-6 / base)
    holes = np.flatnonzero(times > 1)
    if whole.all() and len(holes) and not _wider(times):
        missing = int((times[holes] - 1).sum())
        where = int(holes[0]) + 1
        if len(holes) == 1:
            sentence = say_count(
                "{count} slice missing after slice {slice}.",
                "{count} slices missing after slice {slice}.",
                missing,
                slice=where,
            )
        else:
            sentence = say(
                "{missing} slices missing in {places} places, first after slice {slice}.",
                missing=missing,
                places=len(holes),
                slice=where,
            )
        yield StackFact(FactCode.GAP, sentence, float(missing))
    elif not geometry.uniform:
        low, high = float(steps.min()), float(steps.max())
        yield StackFact(
            FactCode.UNEVEN_SPACING,
            say("Steps between slices differ: {low:.2f} to {high:.2f} mm.", low=low, high=high),
            high,
        )


def _wider(times: npt.NDArray[np.float64]) -> bool:
    """Whether several steps in a row are equally many times the base: nobody loses every other slice of a part."""
    alike = (times[1:] == times[:-1]) & (times[1:] > 1)
    return bool((alike[1:] & alike[:-1]).any())


def content_facts(series: SeriesInfo, instances: Sequence[Instance], localizer: bool) -> Iterator[StackFact]:
    """What kind of pictures these are: localizer, derived, captured, burnt-in text, compressed, without UID."""
    if localizer:
        yield StackFact(FactCode.LOCALIZER, say("A localizer: for planning, not for reading."))
    if series.image_type[:1] == ("DERIVED",):
        yield StackFact(FactCode.DERIVED, say("Computed from other images."))
    screen = any(_SCREEN.search(value) for value in series.image_type)
    captured = is_secondary_capture(series.sop_class_uid) or series.conversion in _CAPTURES or screen
    if captured:
        yield StackFact(FactCode.SECONDARY, say("A secondary capture, such as a screenshot or a scanned film."))
    yield from _burnt_in(series, instances[0], captured, screen)
    syntaxes = sorted({instance.transfer_syntax for instance in instances} - UNCOMPRESSED - _MAY_BE_PLAIN)
    if syntaxes:
        names = ", ".join(dict.fromkeys(syntax_name(syntax) for syntax in syntaxes))
        lossy = not _LOSSY.isdisjoint(syntaxes)
        sentence = (
            say("Compressed with loss ({name}).", name=names) if lossy else say("Compressed ({name}).", name=names)
        )
        yield StackFact(FactCode.COMPRESSED, sentence)
    nameless = sum(not instance.sop_instance_uid for instance in instances)
    if series.file:
        return  # a NIfTI file or a photograph has no identifiers to miss
    if nameless:
        sentence = say_count(
            "{count} image has no identifier of its own.", "{count} images have no identifier of their own.", nameless
        )
        yield StackFact(FactCode.MISSING_UID, sentence, float(nameless))
    elif not series.series_uid:
        yield StackFact(FactCode.MISSING_UID, say("The series has no identifier."))
    if series.charset_guess:
        sentence = (
            say("Its texts don't fit the character set that they declare; read as {name}.", name=series.charset_guess)
            if series.charset_stated
            else say("Its texts declare no character set; read as {name}.", name=series.charset_guess)
        )
        yield StackFact(FactCode.CHARSET_GUESSED, sentence)


def _burnt_in(series: SeriesInfo, first: Instance, captured: bool, screen: bool) -> Iterator[StackFact]:
    """Yes when the file says so; likely in captures, ultrasound and coloured slices unless it says no."""
    if series.burnt_in == "YES":
        yield StackFact(FactCode.BURNT_IN, say("Text is burnt into the pictures, says the file."))
        return
    coloured = series.modality in _SLICED and first.pixels.samples > 1
    likely = captured or coloured or series.sop_class_uid in ULTRASOUND
    if screen or (likely and series.burnt_in != "NO"):
        yield StackFact(FactCode.BURNT_IN, say("Text, such as a name, may be burnt into the pictures."))
