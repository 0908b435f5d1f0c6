"""What a picture from any side is made of: plain values, in patient LPS millimetres."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.geometry import Vector

Rgb = tuple[float, float, float]  # 0 … 1
Matrix = tuple[tuple[float, float, float, float], ...]  # 4×4: a grid's own millimetres → LPS
NARROWEST_MM: Final = 5.0
WIDEST_MM: Final = 5000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """Looks along parallel rays, so that a millimetre is as long at the back as in front.

    at         what is in the middle of the picture
    right, up  of the picture, unit and at right angles
    height_mm  of the picture
    """

    at: Vector
    right: Vector = (1.0, 0.0, 0.0)
    up: Vector = (0.0, 0.0, 1.0)
    height_mm: float = 400.0

    @property
    def toward(self) -> Vector:
        """From what is looked at to the eye."""
        return _vector(np.cross(self.right, self.up))

    def turned(self, right_deg: float, up_deg: float) -> Camera:
        """What is seen follows the hand: its front goes to the right and up by these angles."""
        right, up, toward = (np.array(way) for way in (self.right, self.up, self.toward))
        a, b = math.radians(right_deg), math.radians(up_deg)
        right, toward = right * math.cos(a) + toward * math.sin(a), toward * math.cos(a) - right * math.sin(a)
        up = up * math.cos(b) + toward * math.sin(b)
        up = up / np.linalg.norm(up)
        right = right - up * (right @ up)  # what is lost by rounding in a thousand moves
        right = right / np.linalg.norm(right)
        return replace(self, right=_vector(right), up=_vector(up))

    def moved(self, right_mm: float, up_mm: float) -> Camera:
        """What is seen goes to the right and up."""
        at = np.array(self.at) - np.array(self.right) * right_mm - np.array(self.up) * up_mm
        return replace(self, at=_vector(at))

    def zoomed(self, factor: float) -> Camera:
        """Larger than 1: nearer."""
        return replace(self, height_mm=min(WIDEST_MM, max(NARROWEST_MM, self.height_mm / factor)))

    def place(self, point: Vector) -> Vector:
        """Millimetres right of the picture's middle, above it, and nearer to the eye."""
        away = np.array(point) - np.array(self.at)
        return (
            float(away @ np.array(self.right)),
            float(away @ np.array(self.up)),
            float(away @ np.array(self.toward)),
        )


def _vector(array: npt.NDArray[np.float64]) -> Vector:
    x, y, z = array
    return (float(x), float(y), float(z))


@dataclass(frozen=True, slots=True)
class Stop:
    """At this value: how much is seen of a millimetre (0 … 1), and its colour. Between stops both are even."""

    value: float
    opacity: float
    colour: Rgb


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """stops ascend by value; none: the volume is not drawn. brightest: only the highest value of each ray (MIP)"""

    stops: tuple[Stop, ...]
    brightest: bool = False


@dataclass(frozen=True, slots=True)
class Ball:
    center: Vector
    radius_mm: float
    colour: Rgb


@dataclass(frozen=True, slots=True)
class Cut:
    """What lies on the side that `normal` points to is left out of the volume."""

    at: Vector
    normal: Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture: `width` × `height` pixels."""

    camera: Camera
    look: Look
    balls: tuple[Ball, ...] = ()
    cut: Cut | None = None
    width: int
    height: int
