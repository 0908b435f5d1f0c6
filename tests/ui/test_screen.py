"""Whether there is a screen at all is known before the toolkit, which would end the process, is asked."""

from __future__ import annotations

import pytest

from workstation.ui.screen import has_display


@pytest.mark.parametrize(
    ("platform", "environ", "there"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"QT_QPA_PLATFORM": "offscreen"}, True),
        ("win32", {}, True),
        ("darwin", {}, True),
    ],
)
def test_a_window_needs_a_screen(platform: str, environ: dict[str, str], there: bool) -> None:
    assert has_display(platform, environ) is there
