"""How a slice lies on the screen: turned by quarters, mirrored or not. Everything over it follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QTransform

Way = tuple[int, int]  # one step to the right or left, down or up


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Mirrored first (left and right change places), then turned clockwise by so many quarters."""

    turns: int = 0
    mirrored: bool = False

    def turned(self, quarters: int) -> Pose:
        """What is on the screen, turned clockwise."""
        return Pose(turns=(self.turns + quarters) % 4, mirrored=self.mirrored)

    def flipped(self, *, across: bool) -> Pose:
        """What is on the screen with left and right, or else top and bottom, in each other's place."""
        turns = -self.turns if across else 2 - self.turns
        return Pose(turns=turns % 4, mirrored=not self.mirrored)

    @property
    def upright(self) -> bool:
        return not self.turns and not self.mirrored

    @property
    def lying(self) -> bool:
        """Whether rows run down the screen."""
        return self.turns % 2 == 1

    @property
    def ways(self) -> tuple[Way, Way]:
        """Where a column further and a row further lead on the screen, (right, down)."""
        along, down = (-1 if self.mirrored else 1, 0), (0, 1)
        for _ in range(self.turns):
            along, down = (-along[1], along[0]), (-down[1], down[0])
        return along, down

    @staticmethod
    def of(to_widget: QTransform) -> Pose:
        """The pose of a transform that a camera made."""
        lying = abs(to_widget.m12()) > abs(to_widget.m11())
        down = to_widget.m21() if lying else to_widget.m22()  # where rows lead
        turns = (1 if down < 0 else 3) if lying else (0 if down > 0 else 2)
        return Pose(turns=turns, mirrored=to_widget.determinant() < 0)

    def laid(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """A slice [row, column, …] as it lies on the screen: a view, nothing is copied."""
        if self.upright:
            return values
        return np.rot90(values[:, ::-1] if self.mirrored else values, -self.turns)


UPRIGHT: Final = Pose()
