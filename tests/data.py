"""Where optional test data lies: beside the checkout. Tests that need it say so when it is absent."""

from __future__ import annotations

from pathlib import Path

import pytest

_SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared(*parts: str) -> Path:
    """A file or folder of the optional test data; skips the test where it is absent."""
    path = _SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"test data {'/'.join(parts)} is not here")
    return path
