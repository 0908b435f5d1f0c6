"""Slice by slice what an original's header lets leave, and how much of it stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from workstation.domain.series import FileForm, Stack
from workstation.domain.words import say
from workstation.domain.work import CancelToken
from workstation.imaging.upload.deidentify import Elements, surviving
from workstation.imaging.upload.demanded import of_frame
from workstation.imaging.upload.opened import Original
from workstation.imaging.upload.originals import read_originals

OVERLAY_CUT: Final = say("An overlay drawn into unused bits of the pixels was cut off; no gray value changed.")


@dataclass(slots=True)
class Counts:
    """Attributes over all slices counted so far."""

    slices: int = 0
    kept: int = 0
    removed: int = 0
    private: int = 0

    def add(self, original: Original, survivors: Elements) -> None:
        self.slices += 1
        self.kept += len(survivors)
        self.removed += original.elements - len(survivors)
        self.private += original.private


def headers(stack: Stack, cancel: CancelToken | None = None) -> Iterator[tuple[int, Original, Elements]]:
    """Place and header of every slice that is DICOM, and what of it leaves; in no certain order.

    raises as `read_originals`
    """
    instances = [instance for instance in stack.instances if instance.form is FileForm.DICOM]
    for place, original in read_originals(instances, headers_only=True, cancel=cancel):
        yield place, original, of_frame(stack, instances[place], surviving(original.values, instances[place]))
