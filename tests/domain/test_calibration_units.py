"""Whatever a spacing is worth, a length and an area say the same of it."""

from __future__ import annotations

import pytest

from workstation.domain.calibration import Calibration, SpacingKind, area_unit, length_unit
from workstation.domain.words import Language, render


@pytest.mark.parametrize("kind", SpacingKind)
def test_an_area_is_worth_what_a_length_is(kind: SpacingKind) -> None:
    length = render(length_unit((1.0, 1.0), Calibration(kind=kind)), Language.ENGLISH)
    area = render(area_unit((1.0, 1.0), Calibration(kind=kind)), Language.ENGLISH)

    assert area == length.replace("mm", "mm²", 1)
    assert (length == "mm") is (kind in (SpacingKind.PATIENT, SpacingKind.CALIBRATED, SpacingKind.REGIONS))
