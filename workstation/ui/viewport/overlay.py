"""What is laid over the slices: one result's findings, what was decided of them, and how sure their place is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from workstation.domain.answer import Placement
from workstation.domain.decision import OPEN, Decision, DecisionState
from workstation.domain.finding import Basis, Finding, worst
from workstation.domain.geometry import Geometry, Points
from workstation.domain.layers import Layer, layers_of
from workstation.domain.layers import number_of as number_of
from workstation.domain.projection import ViewPlane, center_of, project, slab_plane, slice_plane, slices_of
from workstation.domain.shapes import Mask, Shape
from workstation.domain.volume import LabelVolume
from workstation.ui.photo.drawn_layer import DrawnTracer
from workstation.ui.theme import finding_colour
from workstation.ui.viewport.brush import Drawable, Trace, colour_of, trace
from workstation.ui.viewport.file_marks import FileTracer
from workstation.ui.viewport.kept_traces import KeptTraces

_SIZES: Final = ("diameter", "long-axis", "length")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Overlay:
    """
    selected   finding id; "" for none
    placement  None where no result is shown
    basis      of the whole result
    layers     labels of the masks that are painted; None: every one
    local      made by the local cloud
    visible    whether the reader wants marks now; words and watermark stay
    in_pixels  places are pixels of the one picture shown, not millimetres in the patient
    slab_mm    how thick the picture is where it stands for a slab: what lies within it is marked
    """

    findings: tuple[Finding, ...] = ()
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    selected: str = ""
    placement: Placement | None = None
    visible: bool = True
    masks: tuple[LabelVolume, ...] = ()
    layers: tuple[Layer, ...] | None = None
    basis: Basis | None = None
    local: bool = False
    in_pixels: bool = False
    slab_mm: float = 0.0

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
    middle = _middle(finding, geometry, masks)
    if middle is None:
        return None
    at = round(float(middle[0]))
    return at if 0 <= at < geometry.slices else None


def unseen_at(finding: Finding, geometry: Geometry, masks: tuple[LabelVolume, ...]) -> float | None:
    """Where between two slices a finding lies that is seen on none: 8.5 is halfway from 8 to 9. None for any other."""
    k = center_slice(finding, geometry, masks)
    if k is None or any(project(shape, slice_plane(geometry, k), masks) for shape in finding.shapes):
        return None
    middle = _middle(finding, geometry, masks)
    if middle is None or not 0 < float(middle[0]) < geometry.slices - 1:
        return None
    return float(middle[0]) if slices_of(finding, geometry, masks) is None else None


def _middle(finding: Finding, geometry: Geometry, masks: tuple[LabelVolume, ...]) -> Points | None:
    center = center_of(finding)
    return geometry.to_index(center) if center is not None else _widest(finding, geometry, masks)


def _widest(finding: Finding, geometry: Geometry, masks: tuple[LabelVolume, ...]) -> Points | None:
    """An index on the slice that holds most of a mask."""
    for shape in finding.shapes:
        volume = next((m for m in masks if isinstance(shape, Mask) and m.name == shape.volume), None)
        if volume is not None and isinstance(shape, Mask) and shape.label in volume.voxels:
            _, rows, columns = volume.values.shape
            k = int(volume.covers[:, shape.label].argmax())
            return geometry.to_index(volume.geometry.to_patient((k, rows / 2, columns / 2)))
    return None


class OverlayTracer:
    """Cuts an overlay's findings with slices and keeps the cuts: scrolling back costs nothing."""

    def __init__(self) -> None:
        self.files = FileTracer()
        self.drawn = DrawnTracer()
        self._overlay = Overlay()
        self._geometry: Geometry | None = None
        self._layers: dict[tuple[str, int], Layer] = {}
        self._kept = KeptTraces()
        self._drawn: tuple[int, tuple[Drawable, ...]] | None = None  # of the slice asked for last
        self._cutting: tuple[int, ViewPlane] | None = None
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
        fresh = geometry is not self._geometry or overlay.findings != before.findings
        fresh = fresh or overlay.masks != before.masks or overlay.layers != before.layers
        self._overlay, self._geometry = overlay, geometry
        self._drawn = self._cutting = None
        if fresh:
            self._kept.clear()
            layers = layers_of(overlay.findings, overlay.masks) if overlay.layers is None else overlay.layers
            self._layers = {layer.key: layer for layer in layers}
            self._ticks = self._find_ticks()

    def drawables(self, k: int) -> tuple[Drawable, ...]:
        """What lies on slice k: what files from elsewhere show, then masks drawn here, and over it the findings."""
        if self._drawn is None or self._drawn[0] != k:
            self._drawn = (k, self._findings(k))
        return (*self.files.drawables(k), *self.drawn.drawables(k), *self._drawn[1])

    def _findings(self, k: int) -> tuple[Drawable, ...]:
        overlay, geometry = self._overlay, self._geometry
        if geometry is None or not overlay.painted or k >= geometry.slices:
            return ()
        kinds = {code: kind for kind, code in enumerate(dict.fromkeys(f.code for f in overlay.findings))}
        drawn = [self._nobodys(layer, k, geometry) for layer in self._layers.values() if not layer.finding]
        for place, finding in enumerate(overlay.findings, start=1):
            rejected = overlay.decisions.get(finding.id, OPEN).state is DecisionState.REJECTED
            number = number_of(finding, place)
            traces = self._traces(finding.id, finding.shapes, number, k, rejected, geometry)
            if not traces:
                continue  # most of many findings lie elsewhere
            alone = len(traces) == 1  # a text that is all there is belongs into the label
            drawn.append(
                Drawable(
                    finding_id=finding.id,
                    label=label_of(finding, number, tuple(t.text for t in traces if t.text) if alone else ()),
                    colour=finding_colour(number),
                    traces=traces,
                    selected=finding.id == overlay.selected,
                    rejected=rejected,
                    kind=kinds[finding.code],
                    texts=not alone,
                )
            )
        return tuple(drawable for drawable in drawn if drawable.traces)

    def _nobodys(self, layer: Layer, k: int, geometry: Geometry) -> Drawable:
        """A label of a mask that no finding is about; what it is, is said in the list of labels."""
        shapes = (Mask(volume=layer.mask, label=layer.label),)
        traces = self._traces(f"{layer.mask}\0{layer.label}", shapes, layer.colour, k, False, geometry)
        return Drawable(finding_id="", label="", colour=finding_colour(layer.colour), traces=traces)

    def _traces(
        self, name: str, shapes: tuple[Shape, ...], number: int, k: int, rejected: bool, geometry: Geometry
    ) -> tuple[Trace, ...]:
        def cut() -> tuple[Trace, ...]:
            plane = self._plane(k, geometry)
            return tuple(traced for shape in shapes for traced in self._cut(shape, number, plane, rejected))

        return self._kept.get((k, name, rejected), cut)

    def _plane(self, k: int, geometry: Geometry) -> ViewPlane:
        if self._cutting is None or self._cutting[0] != k:
            self._cutting = (k, slab_plane(geometry, k, self._overlay.slab_mm))
        return self._cutting[1]

    def _cut(self, shape: Shape, number: int, plane: ViewPlane, rejected: bool) -> tuple[Trace, ...]:
        """A label of a mask has a colour of its own, and is left out where it is hidden."""
        if isinstance(shape, Mask):
            layer = self._layers.get((shape.volume, shape.label))
            if layer is None:
                return ()
            number = layer.colour
        colour = colour_of(finding_colour(number), rejected)
        return tuple(trace(mark, colour) for mark in project(shape, plane, self._overlay.masks))

    def _find_ticks(self) -> tuple[tuple[str, int], ...]:
        overlay, geometry = self._overlay, self._geometry
        if geometry is None or overlay.placement is None or not overlay.placement.state.painted:
            return ()
        found = ((f.id, center_slice(f, geometry, overlay.masks)) for f in overlay.findings)
        return tuple((finding_id, k) for finding_id, k in found if k is not None)
