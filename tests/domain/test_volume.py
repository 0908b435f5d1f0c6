"""What a volume holds."""

from __future__ import annotations

import numpy as np

from workstation.domain.volume import Volume


def test_colour_counts_among_the_bytes_of_a_volume() -> None:
    gray = Volume(values=np.zeros((2, 3, 4), np.int16), geometry=None, unit="")
    coloured = Volume(values=gray.values, geometry=None, unit="", colour=np.zeros((2, 3, 4, 3), np.uint8))

    assert gray.nbytes == 48
    assert coloured.nbytes == 48 + 72
