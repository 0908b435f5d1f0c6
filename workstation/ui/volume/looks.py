"""Ways to look at a volume from outside: what of it is seen, and in which colours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from workstation.domain.series import VoiWindow
from workstation.domain.words import Words, say
from workstation.imaging.rendering.scene import Look, Rgb, Stop
from workstation.ui.keys import Command

_WHITE: Final[Rgb] = (1.0, 1.0, 1.0)
_BLACK: Final[Rgb] = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Preset:
    """look: made from the window that the series is shown in. hu_only: means nothing on other values"""

    code: str
    name: Words
    look: Callable[[VoiWindow], Look]
    hu_only: bool = True


def _fixed(*stops: tuple[float, float, Rgb]) -> Callable[[VoiWindow], Look]:
    look = Look(stops=tuple(Stop(*stop) for stop in stops))
    return lambda _window: look


def _as_the_window(window: VoiWindow) -> Look:
    """From nothing at its lower end to solid and bright at the upper one."""
    low, width = window.center - window.width / 2, max(window.width, 1e-6)
    steps = ((0.0, 0.0, 0.35), (0.5, 0.12, 0.65), (1.0, 0.7, 1.0))
    return Look(stops=tuple(Stop(low + share * width, seen, (tone, tone, tone)) for share, seen, tone in steps))


def _brightest(window: VoiWindow) -> Look:
    """The gray of the highest value of each ray, as the window shows it."""
    low, width = window.center - window.width / 2, max(window.width, 1e-6)
    stops = (Stop(low, 0.0, _BLACK), Stop(low + width / 100, 1.0, (0.01, 0.01, 0.01)), Stop(low + width, 1.0, _WHITE))
    return Look(stops=stops, brightest=True)


_DULL: Final[Rgb] = (0.72, 0.45, 0.32)
_IVORY: Final[Rgb] = (1.0, 0.95, 0.84)

PRESETS: Final = (
    Preset(
        "bone",
        say("Bone"),
        _fixed((180, 0, _DULL), (300, 0.15, (0.86, 0.68, 0.5)), (500, 0.7, _IVORY), (1500, 0.9, _WHITE)),
    ),
    Preset(
        "lung",
        say("Lung and airways"),
        _fixed(
            (-950, 0, (0.45, 0.7, 0.95)),
            (-880, 0.016, (0.45, 0.7, 0.95)),
            (-600, 0.04, (0.8, 0.85, 0.95)),
            (-450, 0.2, (1.0, 0.8, 0.7)),
            (-300, 0, (1.0, 0.8, 0.7)),
        ),
    ),
    Preset(
        "vessels",
        say("Vessels"),
        _fixed(
            (120, 0, (0.6, 0.05, 0.05)),
            (200, 0.25, (0.85, 0.2, 0.12)),
            (400, 0.7, (1.0, 0.55, 0.35)),
            (700, 0.9, _IVORY),
        ),
    ),
    Preset(
        "skin",
        say("Skin"),
        _fixed((-500, 0, (0.7, 0.45, 0.36)), (-300, 0.25, (0.8, 0.58, 0.46)), (0, 0.9, (0.9, 0.7, 0.58))),
    ),
    Preset("mip", say("Brightest points (MIP)"), _brightest, hu_only=False),
    Preset("window", say("As the window"), _as_the_window, hu_only=False),
    Preset("surfaces", say("Masks and findings alone"), lambda _window: Look(stops=()), hu_only=False),
)
BY_CODE: Final[Mapping[str, Preset]] = {preset.code: preset for preset in PRESETS}
# The keys of windows choose what fits them best here.
BY_COMMAND: Final[Mapping[Command, str]] = {
    Command.WINDOW_BONE: "bone",
    Command.WINDOW_LUNG: "lung",
    Command.WINDOW_VESSEL: "vessels",
    Command.WINDOW_SOFT: "skin",
    Command.WINDOW_FILE: "window",
    Command.WINDOW_AUTO: "mip",
}


def presets_of(unit: str) -> tuple[Preset, ...]:
    """Those that mean something on values of this unit, the first one to begin with."""
    return tuple(preset for preset in PRESETS if unit == "HU" or not preset.hu_only)
