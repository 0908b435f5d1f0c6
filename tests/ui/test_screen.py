"""Whether there is a screen at all is known before the toolkit, which would end the process, is asked."""

from __future__ import annotations

import socket
import sys

import pytest

from workstation.ui.display import has_display


@pytest.mark.parametrize(
    ("platform", "environ", "there"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":54321"}, False),
        ("linux", {"DISPLAY": "no.such.host.invalid:0"}, False),
        ("linux", {"DISPLAY": "nonsense"}, False),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"QT_QPA_PLATFORM": "xcb"}, True),
        ("linux", {"QT_QPA_PLATFORM": "offscreen"}, False),
        ("linux", {"QT_QPA_PLATFORM": "minimal:enable_fonts", "DISPLAY": ":54321"}, False),
        ("win32", {"QT_QPA_PLATFORM": "offscreen"}, False),
        ("win32", {}, True),
        ("darwin", {}, True),
    ],
)
def test_a_window_needs_a_screen(platform: str, environ: dict[str, str], there: bool) -> None:
    assert has_display(platform, environ) is there


@pytest.mark.skipif(sys.platform != "linux", reason="X11 displays are reached at these addresses on Linux")
def test_a_display_that_answers_is_one() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind("\0/tmp/.X11-unix/X54322")
        server.listen()

        assert has_display("linux", {"DISPLAY": ":54322.0"})
