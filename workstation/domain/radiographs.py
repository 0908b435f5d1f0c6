"""Radiographs of one examination: the order in which they hang, and how a mammogram lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from workstation.domain.series import FactCode, Stack

MAMMOGRAPHY: Final = "MG"
PROJECTIONS: Final = frozenset({"CR", "DX", "RG", MAMMOGRAPHY})  # one picture a series, as a rule
_FOR_PROCESSING: Final = "1.2.840.10008.5.1.4.1.1.1.2.1"  # of a mammogram: made for a computer, not for the eye
_BACK_TO_BACK: Final = (("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO"))
_SIDE: Final = ("LL", "RL", "LAT", "LATERAL", "RLD", "LLD")  # after the view from the front


@dataclass(frozen=True, slots=True)
class Lying:
    """How a picture has to be laid to hang as readers expect.

    across, down  whether left and right, top and bottom, change places
    wall          the chest wall is at the first (-1) or last (1) column as stored; 0: it is of no matter
    """

    across: bool = False
    down: bool = False
    wall: int = 0


AS_STORED: Final = Lying()


def is_projection(stack: Stack) -> bool:
    """A radiograph to be read: a single picture, no screenshot."""
    return stack.modality in PROJECTIONS and stack.slices == 1 and stack.fact(FactCode.SECONDARY) is None


def back_to_back(stacks: Sequence[Stack]) -> tuple[str, ...]:
    """Ids of the stacks for two rows of two cells: cranio-caudal above oblique, the right breast at the left.

    "" for a view that is not there; () where there are not two of them. Of several the one made for the eye hangs, the
    larger of those.
    """
    hung = [_best(stacks, *place) for place in _BACK_TO_BACK]
    return tuple(one.id if one is not None else "" for one in hung) if sum(map(bool, hung)) > 1 else ()


def front_first(stacks: Sequence[Stack]) -> tuple[Stack, ...]:
    """Views from the side after all others, else as they come."""
    return tuple(sorted(stacks, key=lambda stack: stack.view_position.upper() in _SIDE))


def lying(stack: Stack) -> Lying:
    """A mammogram: the chest wall to the middle, where both breasts hang back to back (a right one at the left), the
    lateral side of a cranio-caudal view and the head of any other above. PatientOrientation (PS3.3 C.7.6.1.1.1) tells
    where rows and columns lead.

    One that does not say where its rows and columns lead is taken as made for the eye.
    """
    side = stack.laterality.upper()
    if stack.modality != MAMMOGRAPHY or stack.slices != 1 or side not in ("R", "L"):
        return AS_STORED
    inwards = 1 if side == "R" else -1  # where the chest wall is to be, on the screen
    row, column = stack.instances[0].directions or ("", "")
    wall = {"P": 1, "A": -1}.get(row[:1], inwards)
    if stack.view_position.upper().endswith("CC"):
        # Columns that lead to the breast's own side begin at the medial one.
        return Lying(across=wall != inwards, down=column[:1] == side, wall=wall)
    return Lying(across=wall != inwards, down="H" in column, wall=wall)


def _best(stacks: Sequence[Stack], laterality: str, view: str) -> Stack | None:
    alike = [
        one
        for one in stacks
        if one.modality == MAMMOGRAPHY
        and is_projection(one)
        and (one.laterality.upper(), one.view_position.upper()) == (laterality, view)
    ]
    return max(alike, key=lambda one: (one.instances[0].sop_class_uid != _FOR_PROCESSING, one.rows), default=None)
