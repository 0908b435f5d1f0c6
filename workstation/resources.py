"""The one accessor to `resources/`: in a checkout beside the package, in a wheel inside it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_PACKED: Final = Path(__file__).parent / "_resources"
_CHECKOUT: Final = Path(__file__).parent.parent / "resources"


def resource(*parts: str) -> Path:
    """The path of one shipped file or folder; `parts` are its names below `resources/`.

    raises FileNotFoundError when the installation is incomplete
    """
    root = _PACKED if _PACKED.is_dir() else _CHECKOUT
    path = root.joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError("/".join(("resources", *parts)))
    return path
