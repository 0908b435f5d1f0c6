"""RecognizeImageColor: colours by k-means clustering in L*a*b*, with the share of the picture that each has."""

from __future__ import annotations

import colorsys
import math
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.localcloud.engine.asked import Analysis, Answer
from workstation.localcloud.engine.lab import Floats, lab_of
from workstation.localcloud.engine.photograph import photograph_of

DEFAULT_COUNT: Final = 3
_BINS: Final = 32  # of each channel: colours that fall into one bin are taken as their mean
_ROUNDS: Final = 60
_STARTS: Final = 24
_NOISE_PX: Final = 5
_ENOUGH_PX: Final = 1_500_000
_SAME: Final = 2.0  # ΔE: below this two clusters are one colour to the eye
_CORE: Final = 0.5  # this share of a cluster, nearest to its middle, says its colour: edges between areas don't count


def recognize_image_color(asked: Analysis) -> Answer:
    """raises BadInput"""
    count = int(asked.parameters.get("ColorCount", DEFAULT_COUNT))
    found = palette(photograph_of(asked).rgb, count)
    templates = [{"Color": code, "Percentage": round(share, 6), "Label": label} for code, share, label in found]
    return {"ColorTemplateList": templates, "YingtaiBasis": {"all": "algorithm", "parts": {}}}


def palette(rgb: npt.NDArray[np.uint8], count: int) -> list[tuple[str, float, str]]:
    """(code, share, name) of at most `count` colours, the largest share first; fewer where there are no more.

    rgb     uint8 [row, column, 3]
    source  Lloyd's k-means; starts by k-means++'s rule without chance: the next start is the greatest weighted distance
    """
    colours, weights = _binned(_calmed(rgb))
    lab = lab_of(colours)
    own = _merged(lab, weights, _clusters(lab, weights, _joined(lab, weights, count)))
    total = float(weights.sum())
    found = []
    for cluster in np.unique(own):
        inside = own == cluster
        red, green, blue = _core(colours[inside], lab[inside], weights[inside])
        share = float(weights[inside].sum()) / total
        found.append((f"{red:02X}{green:02X}{blue:02X}", share, name_of(red, green, blue)))
    return sorted(found, key=lambda each: -each[1])


def _calmed(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Without the noise of a camera, which would make several colours of one; edges stay where they are.

    Of a large picture every second or third pixel is looked at: nobody waits, and no colour is made up at edges, as
    averages would.
    """
    from PIL import Image, ImageFilter

    by = math.isqrt(rgb.shape[0] * rgb.shape[1] // _ENOUGH_PX) + 1
    some = Image.fromarray(np.ascontiguousarray(rgb[by // 2 :: by, by // 2 :: by]))
    few = min(some.size) < _NOISE_PX
    calmed: npt.NDArray[np.uint8] = np.asarray(some if few else some.filter(ImageFilter.MedianFilter(_NOISE_PX)))
    return calmed


def _binned(rgb: npt.NDArray[np.uint8]) -> tuple[Floats, Floats]:
    """Mean colour and number of pixels of every bin that has any."""
    flat = rgb.reshape(-1, 3)
    step = 256 // _BINS
    key = (
        (flat[:, 0] // step).astype(np.int64) * _BINS * _BINS
        + flat[:, 1] // step * np.int64(_BINS)
        + flat[:, 2] // step
    )
    bins, place = np.unique(key, return_inverse=True)
    weights = np.bincount(place, minlength=len(bins)).astype(np.float64)
    sums = [np.bincount(place, weights=flat[:, channel], minlength=len(bins)) for channel in range(3)]
    return np.stack(sums, axis=1) / weights[:, None], weights


def _joined(lab: Floats, weights: Floats, count: int) -> Floats:
    """Middles of `count` clusters to start from: of more of them, those are joined that cost least. So few starts would
    settle for one colour of two that differ (J. H. Ward, "Hierarchical grouping …", J. Am. Stat. Assoc. 58, 1963)."""
    middles = lab[[int(weights.argmax())]]
    while len(middles) < min(max(_STARTS, count), len(lab)):
        far = _distances(lab, middles).min(axis=1)
        middles = np.vstack([middles, lab[int((far * weights).argmax())]])
    own = _clusters(lab, weights, middles)
    numbers = np.unique(own)
    sizes = np.array([weights[own == n].sum() for n in numbers])
    middles = np.array([np.average(lab[own == n], axis=0, weights=weights[own == n]) for n in numbers])
    while len(middles) > count:
        costs = _distances(middles, middles) * np.outer(sizes, sizes) / np.add.outer(sizes, sizes)
        np.fill_diagonal(costs, np.inf)
        one, other = sorted(int(place) for place in np.unravel_index(int(costs.argmin()), costs.shape))
        middles[one] = np.average(middles[[one, other]], axis=0, weights=sizes[[one, other]])
        sizes[one] += sizes[other]
        middles, sizes = np.delete(middles, other, axis=0), np.delete(sizes, other)
    return middles


def _clusters(lab: Floats, weights: Floats, middles: Floats) -> npt.NDArray[np.int64]:
    """The cluster of each bin, from these middles on."""
    own = np.zeros(len(lab), dtype=np.int64)
    for _ in range(_ROUNDS):
        own = _distances(lab, middles).argmin(axis=1)
        moved = middles.copy()
        for cluster in range(len(middles)):
            inside = own == cluster
            if inside.any():
                moved[cluster] = np.average(lab[inside], axis=0, weights=weights[inside])
        if np.abs(moved - middles).max() < 1e-3:
            break
        middles = moved
    return own


def _distances(lab: Floats, middles: Floats) -> Floats:
    """Squared, [bin, middle]."""
    squared: Floats = ((lab[:, None, :] - middles[None, :, :]) ** 2).sum(axis=2)
    return squared


def _merged(lab: Floats, weights: Floats, own: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Clusters that the eye does not tell apart become one."""
    own = own.copy()
    while True:
        numbers = np.unique(own)
        middles = np.array([np.average(lab[own == n], axis=0, weights=weights[own == n]) for n in numbers])
        far = _distances(middles, middles) + np.diag(np.full(len(numbers), np.inf))
        one, other = np.unravel_index(int(far.argmin()), far.shape)
        if len(numbers) == 1 or far[one, other] >= _SAME**2:
            return own
        own[own == numbers[other]] = numbers[one]


def _core(colours: Floats, lab: Floats, weights: Floats) -> tuple[int, int, int]:
    """The colour of the half that lies nearest to the cluster's densest colour."""
    densest = lab[int(weights.argmax())]
    order = np.argsort(((lab - densest) ** 2).sum(axis=1), kind="stable")
    reached = np.cumsum(weights[order])
    core = order[: int(np.searchsorted(reached, _CORE * reached[-1])) + 1]
    red, green, blue = np.rint(np.average(colours[core], axis=0, weights=weights[core])).astype(int)
    return int(red), int(green), int(blue)


def name_of(red: int, green: int, blue: int) -> str:
    """One of the document's eleven names. Its own examples call #270315 and #EC4886 red, #610492 purple."""
    hue, saturation, value = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
    if value < 0.13 or (value < 0.2 and saturation < 0.5):
        return "black"
    if saturation < 0.12:
        return "white" if value > 0.85 else "black" if value < 0.2 else "gray"
    degrees = hue * 360
    for name, below in (
        ("red", 15), ("orange", 45), ("yellow", 70), ("green", 165), ("cyan", 200), ("blue", 255), ("purple", 290),
        ("magenta", 322),
    ):  # fmt: skip
        if degrees < below:
            return name
    return "red"
