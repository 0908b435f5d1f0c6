"""EvaluateCertificateQuality: a photograph of a document, by sharpness, exposure, glare, colour and completeness.

What no measure of pixels tells (kind of document, watermarks, a screen's copy) is answered as the service answers what
it can't tell: `verify`, with the word `score` in place of one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.localcloud.engine.asked import Analysis, Answer
from workstation.localcloud.engine.lab import Floats, lab_of
from workstation.localcloud.engine.photograph import photograph_of

Rgb = npt.NDArray[np.uint8]
CHECKS: Final = (
    "nottargettype", "lackoffront", "copy", "imageincomplete", "nationalemblemincomplete", "lackofseal", "electronic",
    "reflection", "watermarksoverlay", "textclarity",
)  # fmt: skip
_NOT_OF: Final = {"IDCard": ("lackofseal", "nationalemblemincomplete"), "BusinessLicense": ("lackoffront",)}
_FAILS: Final = 50  # from this score on
_AROUND_PX: Final = 15
_SHARP, _BLURRED = 0.42, 0.10  # slope of the steepest edges as a share of the step they make, per pixel
_LEAST_RANGE: Final = 90.0  # gray levels between dark and bright that a good exposure has at least
_GLARE: Final = 245
_RED: Final = 28.0  # a* of a red seal


def evaluate_certificate_quality(asked: Analysis) -> Answer:
    """raises BadInput"""
    rgb = photograph_of(asked).rgb
    left_out = _NOT_OF[asked.parameters["Type"]]
    elements = [_element(check, rgb) for check in CHECKS if check not in left_out]
    return {"Elements": elements, "YingtaiBasis": {"all": "algorithm", "parts": {}}}


def _element(check: str, rgb: Rgb) -> dict[str, str]:
    measure = MEASURES.get(check)
    if measure is None:
        return {"Value": check, "Pass": "verify", "Score": "score"}
    score = round(float(np.clip(measure(rgb), 0, 100)))
    return {"Value": check, "Pass": "false" if score >= _FAILS else "true", "Score": str(score)}


def _unclear(rgb: Rgb) -> float:
    """Soft edges, or an exposure that leaves little between dark and bright."""
    from scipy import ndimage

    gray = rgb.astype(np.float64).mean(axis=2)
    down, across = np.gradient(gray)
    slope = np.hypot(down, across)
    step = ndimage.maximum_filter(gray, _AROUND_PX) - ndimage.minimum_filter(gray, _AROUND_PX)
    edges = step > 30
    if edges.mean() < 1e-4:
        return 100.0
    steepest = float(np.percentile((slope / np.maximum(step, 1))[edges], 98))
    soft = 100 * (_SHARP - steepest) / (_SHARP - _BLURRED)
    dark, bright = np.percentile(gray, (2, 98))
    flat = 100 * (1 - float(bright - dark) / _LEAST_RANGE)
    return float(max(soft, flat))


def _glare(rgb: Rgb) -> float:
    """Spots of pure white that fade out softly and don't reach the edge; white paper ends at a line."""
    from scipy import ndimage

    lowest = rgb.min(axis=2)
    labels, count = ndimage.label(lowest >= _GLARE)
    if count == 0:
        return 0.0
    edge = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    places, spots = ndimage.find_objects(labels), 0
    for number in np.argsort(sizes[1:])[::-1][:20] + 1:
        if number in edge or sizes[number] < 1e-3 * labels.size:
            continue
        rows, columns = places[number - 1]
        near = (slice(max(0, rows.start - 4), rows.stop + 4), slice(max(0, columns.start - 4), columns.stop + 4))
        spot = labels[near] == number
        ring = ndimage.binary_dilation(spot, iterations=3) & ~ndimage.binary_dilation(spot, iterations=2)
        if ring.any() and float(np.median(lowest[near][ring])) > _GLARE - 50:
            spots += int(sizes[number])
    return float(2500 * spots / labels.size)


def _colourless(rgb: Rgb) -> float:
    """A photocopy has hardly any colour."""
    lab = lab_of(rgb[::2, ::2])
    chroma = float(np.percentile(np.hypot(lab[..., 1], lab[..., 2]), 90))
    return 100 * (1 - chroma / 8)


def _cut_off(rgb: Rgb) -> float:
    """The greatest share of a side along which something else than the ground reaches the picture's edge."""
    lab = lab_of(rgb)
    sides = (lab[0], lab[-1], lab[:, 0], lab[:, -1])
    corners = np.median(np.array([lab[0, 0], lab[0, -1], lab[-1, 0], lab[-1, -1]]), axis=0)
    shares = [float((_delta(side, corners) > 15).mean()) for side in sides]
    return 250 * max(shares)


def _without_seal(rgb: Rgb) -> float:
    """A seal is a compact area of red ink."""
    lab = lab_of(rgb)
    red = float(((lab[..., 1] > _RED) & (lab[..., 1] > lab[..., 2])).mean())
    return 100 * (1 - red / 0.006)


def _delta(lab: Floats, other: Floats) -> Floats:
    distance: Floats = np.sqrt(((lab - other) ** 2).sum(axis=-1))
    return distance


MEASURES: Final[Mapping[str, Callable[[Rgb], float]]] = {
    "copy": _colourless,
    "imageincomplete": _cut_off,
    "lackofseal": _without_seal,
    "reflection": _glare,
    "textclarity": _unclear,
}
