"""DetectLymph: enlarged lymph nodes of the chest as the documents' sample has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from workstation.localcloud.engine.asked import Analysis, Answer
from workstation.localcloud.engine.lymph_nodes import LymphNode, find_lymph_nodes
from workstation.localcloud.engine.truth import truth_about
from workstation.localcloud.engine.volume import CtVolume, read_series


def detect_lymph(asked: Analysis) -> Answer:
    """One axial chest CT series, 20 to 600 files in any order, to the documented `Data`. raises BadInput"""
    volume = read_series(asked.files["URLList"], least=20, most=600)
    drawn = _drawn(volume, asked.truth_dirs) if asked.truth_dirs else None
    nodes = drawn if drawn is not None else find_lymph_nodes(volume)
    basis = "algorithm" if drawn is None else "truth"
    return {"Lesions": [_lesion(node) for node in nodes], "YingtaiBasis": {"all": basis, "parts": {}}}


def _lesion(node: LymphNode) -> Answer:
    """Four decimals, as in the documents' sample; places from 0, x before y before z."""
    (z1, y1, x1), (z2, y2, x2) = node.first, node.last
    return {
        "Score": round(node.score, 4),
        "KeySlice": node.key_slice,
        "Boxes": [round(value, 4) for value in (x1, y1, z1, x2, y2, z2)],
        "Diametermm": [round(node.long_mm, 4), round(node.short_mm, 4)],
        "Recist": [[round(value, 4) for value in end] for end in (*node.long_axis, *node.short_axis)],
    }


def _drawn(volume: CtVolume, folders: Sequence[Path]) -> list[LymphNode] | None:
    """The balls drawn into a phantom of ours stand for its nodes."""
    truth = truth_about(volume.pixel_sha256, folders)
    return None if truth is None else [_node(ball, volume) for ball in truth["nodules"]]


def _node(ball: Mapping[str, Any], volume: CtVolume) -> LymphNode:
    """Its long axis along the row, its short axis along the column, on the slice nearest to its middle."""
    spacing, last_slice = np.array(volume.spacing_mm), len(volume.hu) - 1
    slice_, row, column = (float(value) for value in ball["index"])
    radius_mm = float(ball["diameter_mm"]) / 2
    key = int(np.clip(round(slice_), 0, last_slice))
    beside = float(abs(key - slice_) * spacing[0])
    cut_mm = float(np.sqrt(max(radius_mm**2 - beside**2, 0.0)))
    _, down, along = (radius_mm / spacing).tolist()
    first = max(0, min(key, int(np.ceil(slice_ - radius_mm / spacing[0]))))
    last = min(last_slice, max(key, int(np.floor(slice_ + radius_mm / spacing[0]))))
    across, along_cut = cut_mm / float(spacing[1]), cut_mm / float(spacing[2])
    return LymphNode(
        first=(first, row - down, column - along),
        last=(last, row + down, column + along),
        key_slice=key,
        long_axis=((column - along_cut, row), (column + along_cut, row)),
        short_axis=((column, row - across), (column, row + across)),
        long_mm=2 * cut_mm,
        short_mm=2 * cut_mm,
        score=1.0,
    )
