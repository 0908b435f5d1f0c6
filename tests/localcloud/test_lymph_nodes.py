"""Lymph nodes that were drawn into the fat between the lungs, and the documented answer around them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.localcloud.lung_scene import MIDDLE, as_files, chest
from workstation.localcloud.engine.asked import Analysis, BadInput
from workstation.localcloud.engine.lymph_answer import detect_lymph
from workstation.localcloud.engine.lymph_nodes import axes_of, find_lymph_nodes
from workstation.localcloud.engine.volume import CtVolume, read_series

NODES = (((0.0, -14.0, 20.0), 14.0), ((4.0, 16.0, -12.0), 10.0))  # place relative to MIDDLE, diameter, mm
WAYS = {
    "as usual": {},
    "mirrored": {"row_cosine": (-1, 0, 0)},
    "upside down": {"column_cosine": (0, -1, 0)},
    "oblique": {"oblique_deg": 10.0},
}


def scene(
    nodes: tuple[tuple[tuple[float, float, float], float], ...] = NODES, tube: bool = False, **way: object
) -> CtVolume:
    """A chest whose middle is fat; a tube of 10 mm runs up through it where it is asked for."""
    volume = chest((), (), **way)  # type: ignore[arg-type]
    index = np.stack(np.meshgrid(*(np.arange(n) for n in volume.hu.shape), indexing="ij"), axis=-1)
    at = volume.positions_mm[0] + index * np.array(volume.spacing_mm) @ volume.axes_lps - MIDDLE
    hu = volume.hu.astype(np.float64)
    noise = np.random.default_rng(5).normal(0, 8, hu.shape)
    hu = np.where((np.abs(at[..., 0]) < 26) & (np.abs(at[..., 1]) < 42) & (np.abs(at[..., 2]) < 60), -95 + noise, hu)
    for middle, diameter in nodes:
        hu = np.where(np.linalg.norm(at - np.array(middle), axis=-1) < diameter / 2, 40 + noise, hu)
    if tube:
        hu = np.where(np.hypot(at[..., 0] + 12, at[..., 1]) < 5, 45 + noise, hu)
    return replace(volume, hu=np.rint(hu).astype(np.int16))


@pytest.mark.parametrize("way", list(WAYS))
def test_both_nodes_are_found_with_their_place_and_size(way: str) -> None:
    volume = scene(**WAYS[way])

    found = [node for node in find_lymph_nodes(volume) if node.score > 0.5]

    for middle, diameter in NODES:
        boxes = [(np.array(node.first) + node.last) / 2 for node in found]
        gaps = [float(np.linalg.norm(volume.to_lps(at.tolist()) - MIDDLE - np.array(middle))) for at in boxes]
        node = found[int(np.argmin(gaps))]
        assert min(gaps) < 2.5
        assert node.short_mm == pytest.approx(diameter, abs=2.5)
        assert node.long_mm == pytest.approx(diameter, abs=2.5)
    assert len(found) == len(NODES)


def test_a_vessel_that_runs_up_is_no_likely_node() -> None:
    found = find_lymph_nodes(scene((), tube=True))

    assert not [node for node in found if node.score > 0.5]


def test_without_lungs_nothing_is_looked_for() -> None:
    volume = scene()
    volume.hu[:] = 40

    assert find_lymph_nodes(volume) == []


def test_axes_are_the_longest_diameter_and_the_one_across_in_millimetres() -> None:
    """A bar of 20 × 6 pixels of 0.5 × 1 mm, rows by columns."""
    rows, columns = np.meshgrid(np.arange(10, 30), np.arange(40, 46), indexing="ij")
    points = np.stack([rows.ravel(), columns.ravel()], axis=1)

    long_axis, short_axis, long_mm, short_mm = axes_of(points.astype(float), (0.5, 1.0))

    assert long_mm == pytest.approx(np.hypot(10, 6), abs=0.1)
    assert 6 <= short_mm < long_mm
    for (c1, r1), (c2, r2), mm in ((*long_axis, long_mm), (*short_axis, short_mm)):
        assert np.hypot((r2 - r1) * 0.5, c2 - c1) == pytest.approx(mm)


def test_the_answer_has_boxes_and_axes_as_the_documents_sample_has_them() -> None:
    files = tuple(as_files(scene()))
    answer = detect_lymph(Analysis("DetectLymph", {"URLList": files[::-1]}, {}))

    lesion = max(answer["Lesions"], key=lambda one: one["Diametermm"][1])  # type: ignore[call-overload]
    volume = read_series(files)
    x1, y1, z1, x2, y2, z2 = lesion["Boxes"]
    middle = volume.to_lps(((z1 + z2) / 2, (y1 + y2) / 2, (x1 + x2) / 2)) - MIDDLE
    assert middle == pytest.approx(np.array(NODES[0][0]), abs=2.0)
    assert z1 <= lesion["KeySlice"] <= z2
    assert [len(point) for point in lesion["Recist"]] == [2, 2, 2, 2]
    assert answer["YingtaiBasis"] == {"all": "algorithm", "parts": {}}


@pytest.mark.parametrize(
    ("change", "code"),
    [({"Modality": "MR"}, "InvalidParameter.Unsuitable"), ({"ImageOrientationPatient": [0, 1, 0, 0, 0, -1]}, "425")],
)
def test_what_is_no_axial_chest_ct_is_refused(change: dict[str, object], code: str) -> None:
    files = tuple(as_files(chest(), **change))

    with pytest.raises(BadInput) as refused:
        detect_lymph(Analysis("DetectLymph", {"URLList": files}, {}))

    assert refused.value.code == code
