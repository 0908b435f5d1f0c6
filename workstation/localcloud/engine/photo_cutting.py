"""What stands out of a photograph, by colour: a start from what differs from the picture's border, then GrabCut.

C. Rother, V. Kolmogorov, A. Blake, "GrabCut", ACM Transactions on Graphics 23 (2004) 309–314, as OpenCV has it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.localcloud.engine.asked import BadInput
from workstation.localcloud.engine.photo import Mask, Rgb

_WORKED_ON: Final = 640_000  # pixels; larger pictures are cut small, their edges afterwards
_RING: Final = 0.04  # of a side: the border that is taken for background
_COLORS: Final = 4  # of the background
_RARE: Final = 0.1  # of the border: what touches it and is no background
_ROUNDS: Final = 5
_SPECK: Final = 0.01  # of the largest piece
_PIECE: Final = 0.1
_LEAST_SHARE: Final = 0.001  # of the picture
_BAND: Final = 0.08  # of a mask's size: as far as a hand may be off
_SURE: Final = 12.0  # distance of colours (CIE Lab) that is no noise
_SMALL_SHARE: Final = 0.01  # of the picture: what stands out may be specks on what is meant
_MORE_INSIDE: Final = 2.0  # times as frequent in the middle as at the border: a colour of what is meant
_EDGE: Final = 3  # pixels on both sides of an edge that may be of either side
_NEAR_EDGE: Final = 9  # pixels around, whose colours are just inside and outside
_TOLD: Final = 8.0  # levels between these colours, from where they tell anything
Labels = npt.NDArray[np.uint8]
Lab = npt.NDArray[np.float32]  # [row, column, 3]
Colors = npt.NDArray[np.float32]  # [n, 3], CIE Lab


def main_object(rgb: Rgb, sure: Mask | None = None) -> Mask:
    """What differs from the border of the picture. `sure`: pixels that belong to it. raises BadInput"""
    import cv2

    small, scale = _reduced(rgb)
    start = _start(small)
    if sure is not None:
        known = cv2.resize(sure.astype(np.uint8), small.shape[1::-1], interpolation=cv2.INTER_NEAREST) > 0
        start[known] = cv2.GC_FGD
    found = _without_specks(_cut(small, start))
    if not found.any():
        raise BadInput("InvalidImage.Content", "nothing stands out in the picture")
    return found if scale == 1 else _sharpened(rgb, found)


def pieces(mask: Mask) -> list[Mask]:
    """Its parts that hang together, the largest first; small ones are left out."""
    import cv2

    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    areas = stats[1:, cv2.CC_STAT_AREA]
    order = np.argsort(-areas, kind="stable")
    return [labels == 1 + place for place in order if areas[place] >= _PIECE * areas.max()] if count > 1 else []


def refined(rgb: Rgb, mask: Mask) -> Mask:
    """The mask with its edge where the colours change; what lies deep in it or far from it stays. raises BadInput"""
    import cv2

    area = int(mask.sum())
    if not 0 < area < mask.size:
        raise BadInput("InvalidParameter.Unsuitable", "the mask is empty or covers all of the picture")
    small, _ = _reduced(rgb)
    coarse = cv2.resize(mask.astype(np.uint8), small.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    reach = max(3, round(_BAND * float(np.sqrt(coarse.sum()))))
    round_ = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    # Twice as far inside: ground that is held for part of the thing is never given back.
    inner, outer = cv2.erode(coarse, round_, iterations=2, borderValue=1), cv2.dilate(coarse, round_)
    start = np.where(coarse > 0, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    start[outer == 0] = cv2.GC_BGD
    start[inner > 0] = cv2.GC_FGD
    found = _cut(small, start)
    if not found.any():
        return mask
    return found if found.shape == mask.shape else _sharpened(rgb, found)


def cut_within(rgb: Rgb, start: Labels) -> Mask:
    """GrabCut from labels of OpenCV (sure and likely background and object)."""
    return _cut(rgb, start)


def _cut(rgb: Rgb, start: Labels) -> Mask:
    import cv2

    likely = np.isin(start, (cv2.GC_FGD, cv2.GC_PR_FGD))
    if likely.all() or not likely.any():
        return likely
    labels = start.copy()
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(1)  # the same picture gives the same answer
    cv2.grabCut(rgb[..., ::-1].copy(), labels, None, *models, _ROUNDS, cv2.GC_INIT_WITH_MASK)  # type: ignore[call-overload]
    return at_half_way(rgb, np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)))


def at_half_way(rgb: Rgb, mask: Mask) -> Mask:
    """The mask with its edge where colours are half way from what is just inside to what is just outside. GrabCut
    draws it a pixel too far: colours that are mixed of both belong to neither, and to the one that has more of them."""
    import cv2

    round_ = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _EDGE + 1, 2 * _EDGE + 1))
    inside = cv2.erode(mask.astype(np.uint8), round_, borderValue=1).astype(np.float32)
    outside = 1 - cv2.dilate(mask.astype(np.uint8), round_).astype(np.float32)
    smooth = cv2.GaussianBlur(rgb, (3, 3), 0).astype(np.float32)
    size = (2 * _NEAR_EDGE + 1, 2 * _NEAR_EDGE + 1)

    def mean(where: npt.NDArray[np.float32]) -> tuple[Lab, Mask]:
        weight = cv2.blur(where, size).astype(np.float32)
        sums = cv2.blur(smooth * where[..., None], size).astype(np.float32)
        return (sums / np.maximum(weight, 1e-6)[..., None]).astype(np.float32), weight > 1e-4

    (within, some), (without, others) = mean(inside), mean(outside)
    told = ((within - without) ** 2).sum(axis=2) > _TOLD**2
    band = (inside + outside == 0) & some & others & told
    nearer = ((smooth - within) ** 2).sum(axis=2) < ((smooth - without) ** 2).sum(axis=2)
    led: Mask = np.where(band, nearer, mask)
    return led


def _start(rgb: Rgb) -> Labels:
    """Sure background outside a box around what differs from the border; inside, what differs is likely object."""
    import cv2

    smooth = cv2.GaussianBlur(rgb, (3, 3), 0).astype(np.float32) / 255
    lab = cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB).astype(np.float32)
    colors, shares = _border_colors(lab)
    together = _standing_out(lab, colors[shares >= _RARE])
    if together.mean() < _SMALL_SHARE:
        ground = _of_the_border_alone(lab, colors, shares)
        # Where a large thing is cut by the border, its own colours hid it: then only specks on it stand out.
        if ground.any() and not ground[shares >= _RARE].all():
            together = _standing_out(lab, colors[ground])
    rows, columns = together.shape
    if together.mean() < _LEAST_SHARE:
        together[rows // 5 : rows - rows // 5, columns // 5 : columns - columns // 5] = True
    down, along = np.flatnonzero(together.any(axis=1)), np.flatnonzero(together.any(axis=0))
    spare = max(3, round(0.03 * max(rows, columns)))
    start = np.full(together.shape, cv2.GC_BGD, dtype=np.uint8)
    box = np.s_[max(0, down[0] - spare) : down[-1] + spare + 1, max(0, along[0] - spare) : along[-1] + spare + 1]
    start[box] = cv2.GC_PR_BGD
    start[together] = cv2.GC_PR_FGD
    return start


def _standing_out(lab: Lab, ground: Colors) -> Mask:
    """The large pieces that have none of the colours of the background."""
    import cv2

    away = np.min([np.linalg.norm(lab - color, axis=2) for color in ground], axis=0)
    gray = np.clip(away * 2, 0, 255).astype(np.uint8)
    level, _ = cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    together = np.zeros(lab.shape[:2], dtype=np.bool_)
    for piece in pieces(away > max(level / 2, _SURE)):
        together |= piece
    return together


def _border_colors(lab: Lab) -> tuple[Colors, npt.NDArray[np.float64]]:
    """The colours of the border and the share of it that each has."""
    import cv2

    width = max(2, round(_RING * min(lab.shape[:2])))
    ring = np.ones(lab.shape[:2], dtype=bool)
    ring[width:-width, width:-width] = False
    samples = np.ascontiguousarray(lab[ring])
    samples = samples[:: max(1, len(samples) // 8000)]
    cv2.setRNGSeed(1)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    count = min(_COLORS, len(samples))
    _, of, centers = cv2.kmeans(samples, count, None, stop, 3, cv2.KMEANS_PP_CENTERS)  # type: ignore[call-overload]
    return centers.astype(np.float32), np.bincount(of.ravel(), minlength=count) / len(samples)


def _of_the_border_alone(lab: Lab, colors: Colors, shares: npt.NDArray[np.float64]) -> Mask:
    """Which colours are no more frequent in the middle of the picture than at its border, or nearly such a one."""
    rows, columns = lab.shape[:2]
    middle = lab[rows // 4 : rows - rows // 4, columns // 4 : columns - columns // 4]
    away = np.stack([np.linalg.norm(middle - color, axis=2) for color in colors])
    nearest, near = away.argmin(axis=0), away.min(axis=0) < _SURE
    inside = np.array([(near & (nearest == place)).mean() for place in range(len(colors))])
    ground = (shares >= _RARE) & (inside < _MORE_INSIDE * shares)
    apart = np.linalg.norm(colors[:, None] - colors[None], axis=2)
    alike: Mask = (shares >= _RARE) & ((apart < _SURE) & ground).any(axis=1)
    return alike


def _without_specks(mask: Mask) -> Mask:
    import cv2

    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    if count < 2:
        return mask
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    kept: Mask = np.isin(labels, np.flatnonzero(areas >= max(1.0, _SPECK * areas.max())))
    return kept


def _reduced(rgb: Rgb) -> tuple[Rgb, float]:
    import cv2

    rows, columns = rgb.shape[:2]
    scale = min(1.0, (_WORKED_ON / (rows * columns)) ** 0.5)
    if scale == 1.0:
        return rgb, 1.0
    size = max(1, round(columns * scale)), max(1, round(rows * scale))
    small: Rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    return small, scale


def _sharpened(rgb: Rgb, small: Mask) -> Mask:
    """A mask of the reduced picture on the whole one: its edge is led by the gray values (K. He, J. Sun, X. Tang,
    "Guided Image Filtering", ECCV 2010)."""
    import cv2

    guide = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32) / np.float32(255)
    soft = cv2.resize(small.astype(np.float32), rgb.shape[1::-1], interpolation=cv2.INTER_LINEAR).astype(np.float32)
    reach = 2 * max(1, round(rgb.shape[0] / small.shape[0])) + 1

    def mean(values: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
        return cv2.blur(values, (2 * reach + 1, 2 * reach + 1)).astype(np.float32)

    guide_mean, soft_mean = mean(guide), mean(soft)
    slope = (mean(guide * soft) - guide_mean * soft_mean) / (mean(guide * guide) - guide_mean**2 + np.float32(1e-4))
    offset = soft_mean - slope * guide_mean
    led: Mask = mean(slope) * guide + mean(offset) >= 0.5
    return led
