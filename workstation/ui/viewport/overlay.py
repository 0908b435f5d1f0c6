"""What is laid over the slices: one result's findings, what was decided of them, and how sure their place is."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from workstation.domain.answer import Placement
from workstation.domain.decision import OPEN, Decision, DecisionState
from workstation.domain.finding import Basis, Finding, worst
from workstation.domain.geometry import Geometry, Points
from workstation.domain.projection import Text, center_of, marks_of, slice_plane
from workstation.domain.shapes import Mask
from workstation.domain.volume import LabelVolume
from workstation.ui.theme import finding_colour
from workstation.ui.viewport.brush import Drawable, Trace, colour_of, trace

_KEPT: Final = 512  # traces of one finding on one slice
_SIZES: Final = ("diameter", "long-axis", "length")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Overlay:
    """
    selected   finding id; "" for none
    placement  None where no result is shown
    basis      of the whole result
    local      made by the local cloud
    visible    whether the reader wants marks now; words and watermark stay
    in_pixels  places are pixels of the one picture shown, not millimetres in the patient
    """

    findings: tuple[Finding, ...] = ()
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    selected: str = ""
    placement: Placement | None = None
    visible: bool = True
    masks: tuple[LabelVolume, ...] = ()
    basis: Basis | None = None
    local: bool = False
    in_pixels: bool = False

    @property
    def painted(self) -> bool:
        """Marks only appear where their place is proven or assumed."""
        return self.visible and self.placement is not None and self.placement.state.painted

    @property
    def simulated(self) -> bool:
        bases = [finding.basis for finding in self.findings]
        if self.basis is not None:
            bases.append(self.basis)
        return bool(bases) and worst(bases) is Basis.SIMULATED


def number_of(finding: Finding, place: int) -> int:
    """A finding's number never changes: it is the end of its id `job/n`. `place` from 1, for ids made otherwise."""
    tail = finding.id.rpartition("/")[2]
    return int(tail) if tail.isascii() and tail.isdigit() else place


def label_of(finding: Finding, number: int, texts: tuple[str, ...] = ()) -> str:
    """`1 · 8.4 mm · 0.92`: number, what a label shape says, size, confidence; what is not known is left out."""
    parts = [str(number), *texts]
    size = next((m for name in _SIZES if (m := finding.measurement(name)) is not None), None)
    if size is not None and isinstance(size.value, int | float):
        parts.append(f"{size.value:.1f} {size.unit}")
    if finding.confidence is not None:
        parts.append(f"{finding.confidence:.2f}")
    return " · ".join(parts)


def center_slice(finding: Finding, geometry: Geometry, masks: tuple[LabelVolume, ...]) -> int | None:
    """The slice nearest to a finding's middle, or where its mask is widest; None where it has no place here."""
    center = center_of(finding)
    middle = geometry.to_index(center) if center is not None else _widest(finding, geometry, masks)
    if middle is None:
        return None
    at = round(float(middle[0]))
    return at if 0 <= at < geometry.slices else None


def _widest(finding: Finding, geometry: Geometry, masks: tuple[LabelVolume, ...]) -> Points | None:
    """An index on the slice that holds most of a mask. Every fourth pixel is counted first: this runs in the window."""
    for shape in finding.shapes:
        volume = next((m for m in masks if isinstance(shape, Mask) and m.name == shape.volume), None)
        if volume is not None and isinstance(shape, Mask):
            for step in (4, 1):
                voxels = np.count_nonzero(volume.values[:, ::step, ::step] == shape.label, axis=(1, 2))
                if voxels.any():
                    _, rows, columns = volume.values.shape
                    return geometry.to_index(volume.geometry.to_patient((voxels.argmax(), rows / 2, columns / 2)))
    return None


class OverlayTracer:
    """Cuts an overlay's findings with slices and keeps the cuts: scrolling back costs nothing."""

    def __init__(self) -> None:
        self._overlay = Overlay()
        self._geometry: Geometry | None = None
        self._kept: OrderedDict[tuple[int, str, bool], tuple[tuple[Trace, ...], tuple[str, ...]]] = OrderedDict()
        self._ticks: tuple[tuple[str, int], ...] = ()

    @property
    def overlay(self) -> Overlay:
        return self._overlay

    @property
    def ticks(self) -> tuple[tuple[str, int], ...]:
        """(finding id, slice) of each finding with a place: for the scrubber."""
        return self._ticks

    def show(self, overlay: Overlay, geometry: Geometry | None) -> None:
        before = self._overlay
        fresh = geometry is not self._geometry or overlay.findings != before.findings or overlay.masks != before.masks
        self._overlay, self._geometry = overlay, geometry
        if fresh:
            self._kept.clear()
            self._ticks = self._find_ticks()

    def drawables(self, k: int) -> tuple[Drawable, ...]:
        """What of the findings lies on slice k."""
        overlay, geometry = self._overlay, self._geometry
        if geometry is None or not overlay.painted or k >= geometry.slices:
            return ()
        kinds = {code: kind for kind, code in enumerate(dict.fromkeys(f.code for f in overlay.findings))}
        drawn = []
        for place, finding in enumerate(overlay.findings, start=1):
            rejected = overlay.decisions.get(finding.id, OPEN).state is DecisionState.REJECTED
            number = number_of(finding, place)
            traces, texts = self._traces(finding, number, k, rejected, geometry)
            if traces:
                drawn.append(
                    Drawable(
                        finding_id=finding.id,
                        label=label_of(finding, number, texts),
                        colour=finding_colour(number),
                        traces=traces,
                        selected=finding.id == overlay.selected,
                        rejected=rejected,
                        kind=kinds[finding.code],
                    )
                )
        return tuple(drawn)

    def _traces(
        self, finding: Finding, number: int, k: int, rejected: bool, geometry: Geometry
    ) -> tuple[tuple[Trace, ...], tuple[str, ...]]:
        key = (k, finding.id, rejected)
        kept = self._kept.get(key)
        if kept is None:
            marks = marks_of(finding, slice_plane(geometry, k), self._overlay.masks)
            colour = colour_of(finding_colour(number), rejected)
            texts = tuple(mark.text for mark in marks if isinstance(mark, Text))
            kept = self._kept[key] = (tuple(trace(mark, colour) for mark in marks), texts)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return kept

    def _find_ticks(self) -> tuple[tuple[str, int], ...]:
        overlay, geometry = self._overlay, self._geometry
        if geometry is None or overlay.placement is None or not overlay.placement.state.painted:
            return ()
        found = ((f.id, center_slice(f, geometry, overlay.masks)) for f in overlay.findings)
        return tuple((finding_id, k) for finding_id, k in found if k is not None)
