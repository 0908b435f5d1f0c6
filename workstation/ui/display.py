"""Whether a window can be shown to somebody: asked before Qt, which ends the whole process where it can't."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from typing import Final

_LOCAL: Final = re.compile(r"(?:unix)?:(\d+)(?:\.\d+)?")
_REMOTE: Final = re.compile(r"([^:/]+):(\d+)(?:\.\d+)?")
_X11_PORT: Final = 6000
_PATIENCE_S: Final = 2.0
_UNSEEN: Final = ("offscreen", "minimal")  # platforms of Qt that paint for nobody


def has_display(platform: str, environ: Mapping[str, str]) -> bool:
    """Whether there is a screen that answers. A platform named for Qt by the person is taken as it is."""
    named = environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if named in _UNSEEN:
        return False
    if platform != "linux" or named or environ.get("WAYLAND_DISPLAY"):
        return True
    return _x11_answers(environ.get("DISPLAY", ""))


def _x11_answers(display: str) -> bool:
    """Whether something listens at an X11 display's address (X(7), DISPLAY NAMES)."""
    local, remote = _LOCAL.fullmatch(display), _REMOTE.fullmatch(display)
    if local:
        number = int(local[1])
        # Linux servers listen in the abstract name space, others at the path, containers often at TCP alone.
        path = f"/tmp/.X11-unix/X{number}"
        return any(_opens(socket.AF_UNIX, at) for at in (f"\0{path}", path)) or _tcp("localhost", number)
    return _tcp(remote[1], int(remote[2])) if remote else False


def _tcp(host: str, number: int) -> bool:
    return _opens(socket.AF_INET, (host, _X11_PORT + number))


def _opens(family: int, address: str | tuple[str, int]) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(_PATIENCE_S)
            probe.connect(address)
    except (OSError, OverflowError):
        return False
    return True
