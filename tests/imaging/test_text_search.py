"""Text burnt into frames: found, Chinese and English, small and on gray; nothing on clean ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from workstation.domain.covering import FoundText, over_texts
from workstation.imaging.phantom.lettering import letter
from workstation.imaging.redact.fill import covered
from workstation.imaging.text_search.rendering import rendering
from workstation.imaging.text_search.search import at_hand, texts_in

pytestmark = pytest.mark.skipif(not at_hand(), reason="the extra “ocr” is not installed")


def ground(seed: int) -> npt.NDArray[np.int16]:
    """A body of soft tissue with one bone, in air, with noise, 320 × 320, HU."""
    rows, columns = np.mgrid[:320, :320]
    body = ((rows - 160) / 120) ** 2 + ((columns - 160) / 150) ** 2 < 1
    noise = np.random.default_rng(seed).normal(0, 20, (320, 320))
    bone = (rows - 200) ** 2 + (columns - 160) ** 2 < 400
    return (np.where(bone, 1200, np.where(body, 40, -1000)) + noise).astype(np.int16)


LETTERED = [letter(ground(seed), np.random.default_rng(dice)) for seed, dice in ((0, 0), (1, 1), (9, 4))]
CLEAN = ground(0)


@pytest.fixture(scope="module")
def found() -> list[tuple[FoundText, ...]]:
    """In the lettered slices, then in the clean one: one process reads them all."""
    return list(texts_in([rendering(values, ()) for values in (*(one.values for one in LETTERED), CLEAN)]))


def test_lines_burnt_into_a_slice_are_found_so_that_all_their_ink_is_covered(
    found: list[tuple[FoundText, ...]],
) -> None:
    covers = [covered(over_texts(texts), 320, 320) for texts in found[:-1]]

    hidden = [[cover[ink].mean() for ink in frame.inks] for frame, cover in zip(LETTERED, covers, strict=True)]
    assert all(share > 0.98 for shares in hidden for share in shares)


def test_nothing_is_found_on_a_clean_slice(found: list[tuple[FoundText, ...]]) -> None:
    assert found[-1] == ()


def test_what_was_found_is_read(found: list[tuple[FoundText, ...]]) -> None:
    assert {text.replace(" ", "") for text in LETTERED[-1].texts} <= {one.text.replace(" ", "") for one in found[2]}
