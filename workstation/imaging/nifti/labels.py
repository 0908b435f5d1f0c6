"""Maps of labels that were drawn over another series: objects of that series rather than series of their own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from workstation.domain.geometry import DUPLICATE_MM, Geometry
from workstation.domain.series import FactCode, FoundObject, Stack

KIND = "nifti-labels"


def are_labels(stack: Stack) -> bool:
    return stack.fact(FactCode.LABELS) is not None


def set_apart(stacks: Sequence[Stack]) -> tuple[tuple[Stack, ...], tuple[FoundObject, ...]]:
    """Stacks without those labels that lie on the grid of another one, and these as objects.

    The grid is the same if the same points of the patient are sampled, in whatever order the slices run. An object
    refers to the UID of each series on its grid, or to the id of its stack where there is no UID. Labels that fit no
    series stay a stack, and a file of several volumes stays whole.
    """
    maps = [stack for stack in stacks if are_labels(stack) and stack.fact(FactCode.MULTI_PHASE) is None]
    if not maps:
        return tuple(stacks), ()
    images = [stack for stack in stacks if not are_labels(stack)]
    objects = {}
    for labels in maps:
        refers_to = tuple(dict.fromkeys(stack.series_uid or stack.id for stack in _on_grid_of(labels, images)))
        if refers_to:
            objects[labels.id] = FoundObject(labels.instances[0].path, KIND, refers_to, description=labels.description)
    return tuple(stack for stack in stacks if stack.id not in objects), tuple(objects.values())


def _on_grid_of(labels: Stack, images: Iterable[Stack]) -> Iterable[Stack]:
    if labels.geometry is None:
        return
    size, corners = sorted(labels.geometry.shape), _corners(labels.geometry)
    for stack in images:
        geometry = stack.geometry
        if geometry is None or sorted(geometry.shape) != size or not geometry.uniform:
            continue
        apart = np.linalg.norm(corners[:, None] - _corners(geometry)[None], axis=2).min(axis=1)
        if apart.max() <= DUPLICATE_MM:
            yield stack


def _corners(geometry: Geometry) -> npt.NDArray[np.float64]:
    slices, rows, columns = (max(0, size - 1) for size in geometry.shape)
    ends = [(k, r, c) for k in (0, slices) for r in (0, rows) for c in (0, columns)]
    return geometry.to_patient(ends)
