"""Volumes and surfaces as a picture from any side, made in a process of its own.

In the program: `renderer`, `lessened`, `scene`. Only `drawing`, which runs in that process, imports VTK.
"""

from __future__ import annotations

from importlib.util import find_spec

EXTRA = "volume"  # of this program's extras; without it there is nothing to draw with


def drawable() -> bool:
    """Whether the library that draws is here."""
    return find_spec("vtkmodules") is not None
