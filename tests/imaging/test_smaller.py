"""A smaller volume is what SimpleITK makes by averaging blocks, and lies where that one lies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.data import shared
from workstation.domain.series import Stack
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.pixels.smaller import load_smaller
from workstation.imaging.series.scan import scan


def _largest(folder: Path) -> Stack:
    return max(scan([folder]).stacks, key=lambda stack: stack.slices)


@pytest.mark.parametrize("folder", ["chest-ct", "mr-spine", "head-ct-tilt"])
def test_blocks_are_averaged_as_simpleitk_does_it(folder: str) -> None:
    sitk = pytest.importorskip("SimpleITK")
    stack = _largest(shared("data", folder))
    whole, smaller = load_volume(stack), load_smaller(stack)
    assert whole.geometry is not None
    assert smaller.geometry is not None
    image = sitk.GetImageFromArray(whole.values.astype(np.float32))
    image.SetSpacing((whole.geometry.spacing[1], whole.geometry.spacing[0], 1.0))
    shrunk = sitk.BinShrink(image, (2, 2, 1))

    np.testing.assert_allclose(smaller.values, sitk.GetArrayFromImage(shrunk), atol=0.5001)
    # SimpleITK's image lies in its own rows and columns: the first pixel's way from the old one is the same.
    moved = smaller.geometry.positions[3] - whole.geometry.positions[3]
    along = [moved @ np.array(axis) for axis in (whole.geometry.row_cosine, whole.geometry.column_cosine)]
    np.testing.assert_allclose(along, shrunk.GetOrigin()[:2], atol=1e-6)
    assert smaller.geometry.spacing == pytest.approx((shrunk.GetSpacing()[1], shrunk.GetSpacing()[0]))
