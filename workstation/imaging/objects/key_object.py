"""Key object selection → the slices that it marks, and why (DICOM PS3.3 A.35.4, PS3.16 TID 2010)."""

from __future__ import annotations

from typing import Final

from workstation.domain.words import Words, say_count
from workstation.imaging.objects.content import Content
from workstation.imaging.objects.content_tree import tree_of
from workstation.imaging.objects.file import Texts, dataset_of
from workstation.imaging.objects.placing import BY_IMAGES, NOTHING_TO_PLACE, SeriesPlace

_DESCRIPTION: Final = "113012"  # Key Object Description (DCM)
_REASON: Final = "113011"  # Document Title Modifier


def read(path: str, name: str, series: SeriesPlace) -> Content:
    """raises NOT_FOUND, UNREADABLE, TOO_LARGE, TOO_MANY_RECORDS"""
    dataset = dataset_of(path)
    root = tree_of(dataset, Texts(dataset))
    marked: set[int] = set()
    others = 0
    for item in root.walk():
        for uid, frames in item.images:
            found = series.slices(uid, frames)
            marked.update(found)
            others += not found
    texts = [root.name[1]]
    texts += [item.text for item in root.walk() if item.name[0] in (_DESCRIPTION, _REASON) and item.text]
    notes: tuple[Words, ...] = ()
    if others:
        notes = (say_count("{count} image is in another series.", "{count} images are in other series.", others),)
    return Content(
        placement=BY_IMAGES if marked else NOTHING_TO_PLACE,
        slices=tuple(sorted(marked)),
        texts=tuple(filter(None, texts)),
        in_pixels=series.in_pixels,
        notes=notes,
    )
