"""The trial of the search: what it counts as hidden is gone from the copy that was sent."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from workstation.imaging.phantom.lettering import as_devices_do, letter, otherwise
from workstation.imaging.text_search.search import at_hand
from workstation.imaging.text_search.trial import try_search
from workstation.imaging.text_search.trial_frames import Ground

GROUND_KINDS = ("CT", "MR", "CR")


def ground(kind: str) -> Ground:
    """A body with a bone, in air, with noise; a radiograph is stored the other way up."""
    rows, columns = np.mgrid[:300, :300]
    body = ((rows - 150) / 110) ** 2 + ((columns - 150) / 140) ** 2 < 1
    noise = np.random.default_rng(len(kind)).normal(0, 20, (300, 300))
    bone = np.hypot(rows - 130, columns - 150) < 15
    values: npt.NDArray[np.int16] = (np.where(bone, 1500, np.where(body, 40, -1000)) + noise).astype(np.int16)
    return Ground(kind=kind, values=-values if kind == "CR" else values, inverted=kind == "CR")


@pytest.mark.skipif(not at_hand(), reason="the extra “ocr” is not installed")
@pytest.mark.long
def test_lines_on_frames_of_every_kind_are_gone_from_their_copies_and_all_else_is_as_it_was() -> None:
    trial = try_search([ground(kind) for kind in GROUND_KINDS], count=6, clean=6, manner=as_devices_do())

    assert (trial.hidden.hit, trial.exact.hit, trial.flagged.hit) == (6, 6, 0)
    assert set(trial.lines) >= set(GROUND_KINDS)


def test_letters_are_burnt_in_so_that_they_differ_from_their_ground() -> None:
    values = ground("CT").values

    frames = [letter(values, np.random.default_rng(seed), otherwise()) for seed in range(5)]

    assert all((frame.values[ink] != values[ink]).mean() > 0.9 for frame in frames for ink in frame.inks)
    assert all(12 <= frame.size_px <= 28 for frame in frames)
