"""Masks over planes that are made off the window's thread are cut there, too."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.imaging.test_oblique import smooth_volume, turned
from workstation.domain import mask_cut, mask_slab
from workstation.domain.answer import Placement, PlacementState
from workstation.domain.finding import Basis, Finding
from workstation.domain.mask_cut import KeptCuts
from workstation.domain.projection import ViewPlane
from workstation.domain.shapes import Mask
from workstation.domain.slab import NO_SLAB, Slab, SlabKind
from workstation.domain.volume import LabelVolume
from workstation.domain.words import say
from workstation.imaging.pixels.oblique import Cutter
from workstation.ui.viewport.overlay import Overlay, OverlayTracer
from workstation.ui.viewport.plane_source import ObliqueSource

SLAB = Slab(SlabKind.MIP, 10.0)


def _labels() -> LabelVolume:
    volume = smooth_volume()
    assert volume.geometry is not None
    return LabelVolume(name="ball", values=np.ones(volume.geometry.shape, np.uint8), geometry=volume.geometry)


@pytest.mark.parametrize("slab", [NO_SLAB, SLAB])
def test_painting_cuts_no_mask_of_a_plane_that_was_made(
    slab: Slab, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    mask = _labels()
    source = ObliqueSource(Cutter(smooth_volume()), *turned(3), slab)
    k = source.count // 2
    worker = threading.Thread(target=lambda: source.take(k, source.make(k, quick=True, masks=(mask,)), quick=True))
    worker.start()
    worker.join()
    finding = Finding(
        id="1",
        code="mass",
        label=say("Mass"),
        shapes=(Mask(volume="ball", label=1),),
        measurements=(),
        confidence=None,
        basis=Basis.ALGORITHM,
    )
    placement = Placement(PlacementState.PROVEN, say("Known by construction."))
    overlay = Overlay(findings=(finding,), masks=(mask,), placement=placement, slab_mm=source.slab_mm)
    tracer = OverlayTracer()
    tracer.show(overlay, source.geometry)

    def refuse(*_: object) -> None:
        raise AssertionError("a mask is cut while it is painted")

    monkeypatch.setattr(mask_cut, "cut", refuse)
    monkeypatch.setattr(mask_slab, "cut", refuse)
    (drawn,) = tracer.drawables(k)

    fill = drawn.traces[0].fill
    assert fill is not None
    assert fill.convertToFormat(fill.Format.Format_ARGB32).pixelColor(fill.rect().center()).alpha() > 0
    with pytest.raises(AssertionError, match="is cut"):
        tracer.drawables(k + 1)


def test_the_cuts_of_a_few_planes_are_kept_for_each_mask() -> None:
    cuts, made = KeptCuts[str](), []
    first, second = _labels(), _labels()

    def get(mask: LabelVolume, z: float) -> str:
        plane = ViewPlane(
            position=(0.0, 0.0, z), right=(1, 0, 0), down=(0, 1, 0), spacing=(1, 1), rows=4, columns=4, thickness=1
        )
        return cuts.get(mask, plane, lambda: made.append(z) or str(z))

    assert [get(first, z) for z in (0, 1, 2, 0, 1, 2)] == ["0", "1", "2"] * 2
    assert made == [0, 1, 2]
    assert get(second, 0) == "0"
    assert made == [0, 1, 2, 0]
    for z in range(10, 20):
        get(first, z)
    del made[:]
    get(first, 0)
    get(second, 0)

    assert made == [0]
