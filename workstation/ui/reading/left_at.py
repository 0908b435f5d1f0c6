"""Where a reader left series, for the next time they are shown in this sitting."""

from __future__ import annotations

from dataclasses import dataclass, field

from workstation.domain.geometry import Plane
from workstation.domain.series import VoiWindow
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
