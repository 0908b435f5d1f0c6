"""What there is to cover in a series before a copy of it is sent: text in its pictures, faces in a photograph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.catalogue import operation_named
from workstation.domain.covering import NAMED_IN_PIXELS, Covering, FaceCover, FoundText, Region, Subject
from workstation.domain.drawn_mask import DrawnMask
from workstation.domain.series import FileForm, Stack
from workstation.domain.series_name import series_name
from workstation.domain.words import Words, say
from workstation.domain.work import CancelToken, Reporter
from workstation.workspace.cards import ConsentView, CoverView
from workstation.workspace.intents import AnalysisRequest

ULTRASOUND: Final = "US"
_MOST_SEARCHED: Final = 60


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
    """All that is found, covered. raises as `cover_texts` and `cover_faces`: MISSING_EXTRA, TEXT_LEFT, FACE_LEFT …"""
    covering = Covering()
    if texts:
        from workstation.imaging.redact.texts import cover_texts

        covering = cover_texts(stack, reporter, cancel)
    if faces is not FaceCover.NONE and is_photo(stack):
        from workstation.imaging.redact.faces import cover_faces

        found = cover_faces(stack, faces, cancel)
        covering = replace(covering, regions=(*covering.regions, *found.regions))
    return covering


def check_drawn_over_faces(stack: Stack, covering: Covering, cancel: CancelToken | None = None) -> None:
    """Whether what was drawn by hand over faces of a photograph hides them. raises FACE_LEFT, as `find_faces`"""
    if covering.count(Subject.DRAWN) and is_photo(stack) and can_find_faces():
        from workstation.imaging.redact.faces import check_no_face_left

        check_no_face_left(stack, covering, cancel)


def still_seen(stack: Stack, covering: Covering, cancel: CancelToken | None = None) -> int | None:
    """How many faces are found in the covered picture; None where they can't be looked for. raises as `find_faces`"""
    if not is_photo(stack) or not can_find_faces():
        return None
    from workstation.imaging.redact.faces import faces_seen

    return faces_seen(stack, covering, cancel)


def texts_seen(stack: Stack, covering: Covering, found: Sequence[FoundText]) -> int:
    """How many of these texts are not wholly under what is covered."""
    from workstation.imaging.redact.fill import covered, hidden_by

    hidden = hidden_by(covering, stack.rows, stack.columns)
    quads = (Region(subject=Subject.TEXT, corners=text.corners) for text in found)
    return sum(bool((covered([quad], stack.rows, stack.columns) & ~hidden).any()) for quad in quads)


def _texts_to_cover(
    stack: Stack, reporter: Reporter, cancel: CancelToken | None
) -> tuple[tuple[FoundText, ...], tuple[FoundText, ...]]:
    from workstation.imaging.redact.texts import texts_to_cover

    return texts_to_cover(stack, reporter, cancel)


def look(
    stack: Stack, masks: tuple[DrawnMask, ...], reporter: Reporter, cancel: CancelToken | None = None
) -> CoverView:
    """What a consent shows of a series before it is sent.

    masks   that the reader drew on it: what they cover can be hidden
    raises  as `covering_of`, but for what is not installed

    Long series in which names are not likely are shown without a search, which would take minutes.
    """
    searchable = can_find_text() and (is_risky(stack) or stack.slices <= _MOST_SEARCHED)
    found, left = _texts_to_cover(stack, reporter, cancel) if searchable else ((), ())
    faces: list[tuple[FaceCover, Covering]] = []
    if is_photo(stack) and can_find_faces():
        from workstation.imaging.redact.faces import cover_faces

        every = (FaceCover.EYES, FaceCover.FACE, FaceCover.HEAD)
        faces = [(much, covering) for much in every if (covering := cover_faces(stack, much, cancel)).regions]
    frame = found[0].frame if found else stack.slices // 2
    fitting = tuple(mask for mask in masks if (mask.rows, mask.columns) == (stack.rows, stack.columns))
    return CoverView(
        texts=found,
        texts_left=len(left),
        faces=tuple(faces),
        masks=fitting,
        picture=_picture(stack, frame, cancel),
        frame=frame,
        searched=stack.slices if searchable else 0,
        pictures=stack.slices,
        stack=stack,
    )


def with_cover(
    consent: ConsentView,
    request: AnalysisRequest,
    drawn: Mapping[str, tuple[DrawnMask, ...]],
    reporter: Reporter,
    cancel: CancelToken | None = None,
    *,
    wanted: bool = False,
) -> ConsentView:
    """The same with what there is to cover, in each series where names are likely in the pixels; or how to get the
    search.

    Asked for also where nothing leaves this PC, if a series goes only with its text covered. raises as `look`
    drawn   masks of the reader by stack id
    wanted  a person asked for it: of every series
    """
    covers = []
    for place, stack in enumerate((request.stack, *request.others.values())):
        named = any(fact.code in NAMED_IN_PIXELS for fact in stack.facts)
        if wanted or (is_risky(stack) and (consent.leaves_pc or (named and request.repair))):
            seen = look(stack, drawn.get(stack.id, ()), reporter, cancel)
            first = FaceCover.NONE if operation_named(request.operation).faces else FaceCover.FACE
            covers.append(replace(seen, place=place, name=series_name(stack), first=first))
    return _with(consent, covers)


def with_picture_covers(
    consent: ConsentView, pictures: Sequence[Stack], reporter: Reporter, cancel: CancelToken | None = None
) -> ConsentView:
    """The same with what there is to cover in pictures that go along with a dialogue. raises as `look`"""
    return _with(
        consent,
        [
            replace(look(stack, (), reporter, cancel), place=place, name=say("Picture {number}", number=place + 1))
            for place, stack in enumerate(pictures)
        ],
    )


def _with(consent: ConsentView, covers: Sequence[CoverView]) -> ConsentView:
    if not covers:
        return consent
    warnings = consent.warnings if can_find_text() else (*consent.warnings, how_to_get())
    return replace(consent, covers=tuple(covers), warnings=warnings)


def _picture(stack: Stack, frame: int, cancel: CancelToken | None) -> npt.NDArray[np.uint8]:
    from workstation.imaging.pixels.load import load_pixels
    from workstation.imaging.pixels.voi import default_window, to_gray

    pixels = load_pixels(stack, frame, cancel)
    if pixels.colour is not None:
        return pixels.colour
    gray = to_gray(pixels.values, default_window(stack, frame, pixels.values))
    inverted = stack.instances[frame].pixels.photometric == "MONOCHROME1"
    return np.repeat((255 - gray if inverted else gray)[..., None], 3, axis=2)
