"""Orientations of frames → which are the same within a tolerance, and their normals."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from workstation.domain.error import WorkstationError
from workstation.domain.geometry import Vector, ascending_normal
from workstation.imaging.dicom.attributes import Candidate

Normals = Mapping[tuple[Vector, Vector], tuple[int, Vector]]

_SAME_COSINE: Final = 1e-3  # per component
_CELL: Final = 1.001 * _SAME_COSINE  # what is the same lies in a cell or in one beside it, also where it was rounded


@dataclass(slots=True, eq=False)
class Clusters:
    """Orientations that are not the same. They lie in a tree of cells, one level for each component: a frame may have
    an orientation of its own, and is to be compared with a few that lie near, never with all.
    """

    _known: list[tuple[float, ...]] = field(default_factory=list)
    _branches: dict[tuple[int, int], int] = field(default_factory=dict)  # node and cell → node below
    _leaves: dict[int, list[int]] = field(default_factory=dict)

    def near(self, six: tuple[float, ...]) -> list[int]:
        """The numbers of those that may be the same."""
        nodes, branches = [0], self._branches
        for component in six:
            cell = math.floor(component / _CELL)
            beside = (cell - 1, cell, cell + 1)
            nodes = [branches[node, at] for node in nodes for at in beside if (node, at) in branches]
        return [number for node in nodes for number in self._leaves[node]]

    def number(self, six: tuple[float, ...]) -> int:
        """The first that is the same, else a new one."""
        same = [
            number
            for number in self.near(six)
            if max(abs(a - b) for a, b in zip(six, self._known[number], strict=True)) <= _SAME_COSINE
        ]
        return min(same) if same else self._add(six)

    def _add(self, six: tuple[float, ...]) -> int:
        node = 0
        for component in six:
            node = self._branches.setdefault((node, math.floor(component / _CELL)), len(self._branches) + 1)
        self._leaves.setdefault(node, []).append(len(self._known))
        self._known.append(six)
        return len(self._known) - 1


def normals_of(frames: Iterable[Candidate]) -> Normals:
    """Orientation → number of its cluster and ascending normal; orientations that are none are not in it."""
    found = {(c.instance.row_cosine, c.instance.column_cosine) for c in frames}
    clusters, of_cluster = Clusters(), list[Vector]()
    normals: dict[tuple[Vector, Vector], tuple[int, Vector]] = {}
    for row, column in sorted((r, c) for r, c in found if r is not None and c is not None):
        try:
            normal = ascending_normal(row, column)
        except WorkstationError:
            continue
        number = clusters.number((*row, *column))
        if number == len(of_cluster):
            of_cluster.append(normal)
        normals[(row, column)] = (number, of_cluster[number])
    return normals


def direction(frame: Candidate, normals: Normals) -> tuple[int, Vector | None]:
    """Cluster number and normal of a frame; -1 where it has no place."""
    instance = frame.instance
    if instance.position is None or instance.row_cosine is None or instance.column_cosine is None:
        return -1, None
    return normals.get((instance.row_cosine, instance.column_cosine), (-1, None))
