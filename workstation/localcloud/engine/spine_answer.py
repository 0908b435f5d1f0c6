"""DetectSpineMRI, well-shaped and made up: a chain of levels along the brightest column, states from a digest.

No classical method at hand numbers vertebrae or grades discs honestly. Of our own phantoms the truth may be told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from workstation.localcloud.engine.asked import Analysis, Answer
from workstation.localcloud.engine.truth import truth_about
from workstation.localcloud.engine.volume import SAGITTAL, CtVolume, read_series

CHAIN: Final = (
    *(f"C{n}" for n in range(1, 8)), *(f"T{n}" for n in range(1, 13)), *(f"L{n}" for n in range(1, 6)), "S1",
)  # fmt: skip
_LEVEL_MM: Final = 34.0  # from one lumbar vertebra to the next
_DISC_STATES: Final = ("v1", "v1", "v1", "v2", "v2,v3", "v2,v5")
_VERTEBRA_STATES: Final = ("v1", "v1", "v1", "v2")


def detect_spine_mri(asked: Analysis) -> Answer:
    """One sagittal MR series, 20 to 300 files in any order, to the inside of the documented `data`. raises BadInput"""
    volume = read_series(asked.files["URLList"], least=20, most=300, modality="MR", plane=SAGITTAL)
    truth = truth_about(volume.pixel_sha256, asked.truth_dirs) if asked.truth_dirs else None
    discs, vertebras = _told(truth) if truth is not None else _made_up(volume)
    basis = "simulated" if truth is None else "truth"
    return {"discs": discs, "vertebras": vertebras, "YingtaiBasis": {"all": basis, "parts": {}}}


def _level(name: str, at: Sequence[float], state: str) -> Answer:
    """Whole (row, column), as in the documents' sample."""
    return {"disease": state, "identification": name, "location": [round(at[0]), round(at[1])]}


def _told(truth: dict[str, Any]) -> tuple[list[Answer], list[Answer]]:
    """From the feet up, as the sample has them."""
    return (
        [_level(one["level"], one["index"][1:], one["state"]) for one in reversed(truth["discs"])],
        [_level(one["level"], one["index"][1:], one["state"]) for one in reversed(truth["vertebrae"])],
    )


def _made_up(volume: CtVolume) -> tuple[list[Answer], list[Answer]]:
    """Levels at equal distances from the lowest tenth up to the top, on the middle slice."""
    digest = hashlib.sha256("".join(sorted(volume.pixel_sha256)).encode()).digest()
    picture = volume.hu[len(volume.hu) // 2].astype(np.float64)
    foot_down = float(volume.column_cosine[2]) < 0  # rows grow towards the feet
    rows = np.arange(len(picture)) if foot_down else np.arange(len(picture))[::-1]
    step = _LEVEL_MM / volume.spacing_mm[1]
    lowest = 0.9 * (len(rows) - 1)
    discs: list[Answer] = []
    vertebras: list[Answer] = []
    for number, level in enumerate(reversed(CHAIN[:-1])):
        disc, body = lowest - number * step, lowest - (number + 0.5) * step
        if body < 0:
            break
        below = CHAIN[CHAIN.index(level) + 1]
        state = _DISC_STATES[digest[number % 16] % len(_DISC_STATES)]
        discs.append(_level(f"{level}-{below}", _on_column(picture, int(rows[round(disc)])), state))
        state = _VERTEBRA_STATES[digest[16 + number % 16] % len(_VERTEBRA_STATES)]
        vertebras.append(_level(level, _on_column(picture, int(rows[round(body)])), state))
    return discs, vertebras


def _on_column(picture: np.ndarray[Any, np.dtype[np.float64]], row: int) -> tuple[float, float]:
    """The middle of gravity of some rows: roughly where the spine is."""
    band = picture[max(0, row - 3) : row + 4].sum(axis=0)
    band = band - band.min()
    total = float(band.sum())
    return (row, float(band @ np.arange(len(band)) / total) if total else (len(band) - 1) / 2)
