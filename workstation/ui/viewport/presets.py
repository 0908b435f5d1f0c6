"""Window presets by command. In Hounsfield units only: on other values they would mean nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workstation.domain.series import VoiFunction, VoiWindow
from workstation.imaging.pixels.voi import EXACT_BELOW, preset
from workstation.ui.keys import Command

PRESETS: Final[Mapping[Command, VoiWindow]] = {
    command: preset(code)
    for command, code in (
        (Command.WINDOW_SOFT, "mediastinum"),
        (Command.WINDOW_LUNG, "lung"),
        (Command.WINDOW_BONE, "bone"),
        (Command.WINDOW_BRAIN, "brain"),
        (Command.WINDOW_ABDOMEN, "abdomen"),
        (Command.WINDOW_LIVER, "liver"),
        (Command.WINDOW_VESSEL, "vessel"),
        (Command.WINDOW_CALCIUM, "calcium"),
    )
}


def window_of_range(low: float, high: float) -> VoiWindow:
    """The window that spans a range of values exactly: LINEAR counts from half a unit below (PS3.3 C.11.2.1.2.1)."""
    if 0 < high - low < EXACT_BELOW:  # such as a map of diffusion, or values from 0 to 1
        return VoiWindow(center=(low + high) / 2, width=high - low, function=VoiFunction.EXACT)
    return VoiWindow(center=(low + high) / 2 + 0.5, width=max(1.0, high - low + 1.0))
