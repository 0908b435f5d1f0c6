"""Where a reader left series, for the next time they are shown in this sitting."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from workstation.domain.geometry import Plane
from workstation.domain.series import Stack, VoiWindow
from workstation.ui.viewport.camera import Framing


@dataclass(slots=True)
class LeftAt:
    """
    slices    by stack and plane, None for the slices as acquired
    windows   by stack; all its views show the same
    framings  as slices: zoom, place and turn where they are the reader's; None: all of it, where a rule asks for a zoom
    """

    slices: dict[tuple[str, Plane | None], int] = field(default_factory=dict)
    windows: dict[str, VoiWindow] = field(default_factory=dict)
    framings: dict[tuple[str, Plane | None], Framing | None] = field(default_factory=dict)

    def take_anew(self, before: Stack, now: Stack, *, at_first: bool) -> None:
        """More of a series was found while it is shown: the reader stays at the same image, however many lie before it
        now. Who has not gone anywhere yet begins in its middle."""
        k = self.slices.pop((now.id, None), None)
        if k is not None and not at_first:
            self.slices[now.id, None] = _same_slice(before, now, min(k, before.slices - 1))


def _same_slice(before: Stack, now: Stack, k: int) -> int:
    """The very image, else the one nearest to its place, else the one of its number."""
    image = before.instances[k]
    for number, other in enumerate(now.instances):
        if (other.sop_instance_uid, other.path, other.frame) == (image.sop_instance_uid, image.path, image.frame):
            return number
    if before.geometry is not None and now.geometry is not None:
        return int(np.abs(now.geometry.offsets - before.geometry.offsets[k]).argmin())
    return min(k, now.slices - 1)
