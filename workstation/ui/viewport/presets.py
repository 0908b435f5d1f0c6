"""Window presets by command. In Hounsfield units only: on other values they would mean nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workstation.domain.series import VoiWindow
from workstation.ui.keys import Command

PRESETS: Final[Mapping[Command, VoiWindow]] = {
    Command.WINDOW_SOFT: VoiWindow(center=40, width=400),
    Command.WINDOW_LUNG: VoiWindow(center=-600, width=1500),
    Command.WINDOW_BONE: VoiWindow(center=350, width=2000),
    Command.WINDOW_BRAIN: VoiWindow(center=40, width=80),
    Command.WINDOW_ABDOMEN: VoiWindow(center=40, width=350),
    Command.WINDOW_LIVER: VoiWindow(center=90, width=150),
    Command.WINDOW_VESSEL: VoiWindow(center=200, width=600),
    Command.WINDOW_CALCIUM: VoiWindow(center=200, width=600),
}


def window_of_range(low: float, high: float) -> VoiWindow:
    """The window that spans a range of values."""
    return VoiWindow(center=(low + high) / 2 + 0.5, width=max(1.0, high - low + 1.0))
