"""A series whose files are really there."""

from __future__ import annotations

import pytest

from workstation.domain.series import Stack
from workstation.imaging.phantom.make import PhantomOptions, make_phantom
from workstation.imaging.series.scan import scan


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """Twenty slices of our chest phantom."""
    folder = tmp_path_factory.mktemp("study")
    make_phantom("chest-ct", folder, options=PhantomOptions(slices=20, size=32, spacing_mm=10.0))
    (found,) = scan([folder]).stacks
    return found
