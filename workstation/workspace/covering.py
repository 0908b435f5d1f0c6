"""What there is to cover in a series before a copy of it is sent: text in its pictures, faces in a photograph."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from workstation.domain.covering import NAMED_IN_PIXELS, Covering, FaceCover, FoundText, over_texts
from workstation.domain.series import FileForm, Stack
from workstation.domain.words import Words, say
from workstation.domain.work import CancelToken, Reporter

ULTRASOUND: Final = "US"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverView:
    """For the person who is to look at it.

    texts       found in the frames that were searched, each once
    faces       the regions that a cover of each size would have
    searched    frames, of all that the series has
    """

    texts: tuple[FoundText, ...]
    faces: tuple[tuple[FaceCover, Covering], ...] = ()
    searched: int = 1


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
    faces: tuple[tuple[FaceCover, Covering], ...] = ()
    if is_photo(stack) and can_find_faces():
        from workstation.imaging.redact.faces import cover_faces

        every = (FaceCover.EYES, FaceCover.FACE, FaceCover.HEAD)
        faces = tuple((much, cover_faces(stack, much, cancel)) for much in every)
    return CoverView(texts=found, faces=faces, searched=stack.slices)
