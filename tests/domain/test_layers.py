"""Labels of masks as layers: counted, named, and in the colour of what they are about."""

from __future__ import annotations

import numpy as np

from tests.stacks import geometry
from workstation.domain.finding import Basis, Finding
from workstation.domain.layers import layers_of
from workstation.domain.shapes import Mask
from workstation.domain.volume import LabelVolume
from workstation.domain.words import Words, say

GRID = geometry(4, rows=10, columns=10, step=2.0, spacing=(0.5, 1.0))


def mask(name: str, *labels: int, names: dict[int, Words] | None = None) -> LabelVolume:
    """Label n covers n voxels of the first slice."""
    values = np.zeros(GRID.shape, dtype=np.uint8)
    for place, label in enumerate(labels):
        values[0, place, :label] = label
    return LabelVolume(name=name, values=values, geometry=GRID, names=names or {}, basis=Basis.ALGORITHM)


def finding(number: int, *shapes: Mask) -> Finding:
    return Finding(
        id=f"job/{number}", code="x", label=say("Tail"), shapes=shapes, measurements=(), confidence=None,
        basis=Basis.ALGORITHM,
    )  # fmt: skip


def test_voxels_are_counted_for_each_label_that_has_any() -> None:
    assert mask("m", 3, 7).voxels == {3: 3, 7: 7}


def test_a_finding_s_only_label_has_its_number_s_colour_and_its_name() -> None:
    found = (finding(1), finding(2, Mask(volume="m", label=3)))
    (layer,) = layers_of(found, (mask("m", 3),))

    assert (layer.colour, layer.finding, str(layer.name)) == (2, "job/2", "Tail")
    assert (layer.voxels, layer.volume_ml) == (3, 0.003)


def test_labels_of_nobody_and_several_of_one_finding_follow_in_colours_of_their_own() -> None:
    found = (finding(1, Mask(volume="m", label=2), Mask(volume="m", label=3)),)
    layers = layers_of(found, (mask("m", 2, 3, 5, names={3: say("Head")}),))

    assert [layer.colour for layer in layers] == [2, 3, 4]
    assert [layer.finding for layer in layers] == ["job/1", "job/1", ""]
    assert [str(layer.name) for layer in layers] == ["Label 2", "Head", "Label 5"]


def test_a_label_that_no_voxel_has_is_no_layer() -> None:
    assert layers_of((finding(1, Mask(volume="m", label=9)),), (mask("m", 4),))[0].label == 4
