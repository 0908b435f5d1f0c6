"""What a reader typed of a ruler is kept with the picture, also through a restart, and can be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from workstation.domain.ruler import RulerCalibration
from workstation.records import Records

RULER = RulerCalibration(stack_id="d#0", mm_per_pixel=0.25, by="Li", at=datetime(2026, 11, 21, tzinfo=UTC))


def test_the_newest_calibration_of_a_picture_holds_through_a_restart(tmp_path: Path) -> None:
    with Records(tmp_path / "records.db") as records:
        records.rulers.put(replace(RULER, mm_per_pixel=0.5))
        records.rulers.put(RULER)

    with Records(tmp_path / "records.db") as records:
        assert records.rulers.of_stack("d#0") == RULER
        assert records.rulers.of_stack("other#0") is None


def test_a_calibration_can_be_taken_back(tmp_path: Path) -> None:
    with Records(tmp_path / "records.db") as records:
        records.rulers.put(RULER)
        records.rulers.put(replace(RULER, mm_per_pixel=0.0))

        assert records.rulers.of_stack("d#0") is None
