"""What there is to cover in a series before a copy of it is sent: text in its pictures, faces in a photograph."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.covering import NAMED_IN_PIXELS, Covering, FaceCover, FoundText, over_texts
from workstation.domain.series import FileForm, Stack
from workstation.domain.words import Words, say
from workstation.domain.work import CancelToken, Reporter
from workstation.workspace.cards import ConsentView, CoverView
from workstation.workspace.intents import AnalysisRequest

ULTRASOUND: Final = "US"


def is_photo(stack: Stack) -> bool:
    return stack.instances[0].form is FileForm.PICTURE


def is_risky(stack: Stack) -> bool:
    """Whether names are likely in the pixels: photographs, ultrasound, captures, and what says so of itself."""
    named = any(fact.code in NAMED_IN_PIXELS for fact in stack.facts)
    return named or is_photo(stack) or stack.modality == ULTRASOUND


def can_find_text() -> bool:
    from workstation.imaging.text_search.search import at_hand

    return at_hand()


def can_find_faces() -> bool:
    from workstation.imaging.redact.faces import at_hand

    return at_hand()


def how_to_get() -> Words:
    """Beside a warning, where the search is not installed."""
    return say("To look for text and faces in pictures, install: pip install yingtai[{extra}]", extra="ocr")


def texts_of(stack: Stack, reporter: Reporter, cancel: CancelToken | None = None) -> tuple[FoundText, ...]:
    """In all frames. raises as `find_text`"""
    from workstation.imaging.text_search.search import find_text

    return find_text(stack, None, reporter, cancel)


def covering_of(
    stack: Stack, *, texts: bool, faces: FaceCover, reporter: Reporter, cancel: CancelToken | None = None
) -> Covering:
    """All that is found, covered. raises as `texts_of` and `cover_faces`: MISSING_EXTRA, FACE_LEFT …"""
    covering = Covering()
    if texts:
        covering = Covering(regions=over_texts(texts_of(stack, reporter, cancel)), reviewed=True)
    if faces is not FaceCover.NONE and is_photo(stack):
        from workstation.imaging.redact.faces import cover_faces

        found = cover_faces(stack, faces, cancel)
        covering = replace(covering, regions=(*covering.regions, *found.regions))
    return covering


def look(stack: Stack, reporter: Reporter, cancel: CancelToken | None = None) -> CoverView:
    """What a consent shows of a series before it is sent. raises as `covering_of`"""
    found = texts_of(stack, reporter, cancel)
    faces: list[tuple[FaceCover, Covering]] = []
    if is_photo(stack) and can_find_faces():
        from workstation.imaging.redact.faces import cover_faces

        every = (FaceCover.EYES, FaceCover.FACE, FaceCover.HEAD)
        faces = [(much, covering) for much in every if (covering := cover_faces(stack, much, cancel)).regions]
    frame = found[0].frame if found else stack.slices // 2
    return CoverView(texts=found, faces=tuple(faces), picture=_picture(stack, frame, cancel), searched=stack.slices)


def with_cover(
    consent: ConsentView, request: AnalysisRequest, reporter: Reporter, cancel: CancelToken | None = None
) -> ConsentView:
    """The same with what there is to cover, where names are likely in the pixels; or how to get the search.

    Asked for also where nothing leaves this PC, if the series goes only with its text covered. raises as `look`
    """
    stack = request.stack
    named = any(fact.code in NAMED_IN_PIXELS for fact in stack.facts)
    if not is_risky(stack) or not (consent.leaves_pc or (named and request.repair)):
        return consent
    if not can_find_text():
        return replace(consent, warnings=(*consent.warnings, how_to_get()))
    return replace(consent, cover=look(stack, reporter, cancel))


def _picture(stack: Stack, frame: int, cancel: CancelToken | None) -> npt.NDArray[np.uint8]:
    from workstation.imaging.pixels.load import load_pixels
    from workstation.imaging.pixels.voi import default_window, to_gray

    pixels = load_pixels(stack, frame, cancel)
    if pixels.colour is not None:
        return pixels.colour
    gray = to_gray(pixels.values, default_window(stack, frame, pixels.values))
    inverted = stack.instances[frame].pixels.photometric == "MONOCHROME1"
    return np.repeat((255 - gray if inverted else gray)[..., None], 3, axis=2)
