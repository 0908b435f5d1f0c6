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
_THINNEST_MM: Final = 2.0  # of a box


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

    def seen_from(self, toward: Vector) -> Camera:
        """From a side of the patient: the head up; from head and feet the front."""
        up = np.array((0.0, -1.0, 0.0) if abs(toward[2]) > 0.9 else (0.0, 0.0, 1.0))
        return replace(self, right=_vector(np.cross(up, toward)), up=_vector(up))

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
class Box:
    """The part of a volume that is drawn: from `low` to `high` along its grid's own directions, mm from LPS' origin.

    axes  unit, at right angles
    """

    axes: tuple[Vector, Vector, Vector]
    low: Vector
    high: Vector

    def point(self, shares: Vector) -> Vector:
        """Where in the patient: 0 at `low`, 1 at `high`, along each direction."""
        along = [low + (high - low) * share for low, high, share in zip(self.low, self.high, shares, strict=True)]
        return _vector(np.array(along) @ np.array(self.axes))

    def facing(self, way: Vector) -> Face:
        """The face that looks that way most."""
        along = np.array(self.axes) @ np.array(way)
        axis = int(np.abs(along).argmax())
        return Face(axis, bool(along[axis] > 0))

    def moved(self, face: Face, mm: float, whole: Box) -> Box:
        """One face outwards by so much (less than nothing: inwards): within the whole, and not through the other."""
        low, high = list(self.low), list(self.high)
        at = face.axis
        if face.upper:
            high[at] = min(whole.high[at], max(low[at] + _THINNEST_MM, high[at] + mm))
        else:
            low[at] = max(whole.low[at], min(high[at] - _THINNEST_MM, low[at] - mm))
        return replace(self, low=(low[0], low[1], low[2]), high=(high[0], high[1], high[2]))


@dataclass(frozen=True, slots=True)
class Face:
    """Of a box: across one of its directions, at the far end of it or at the near one."""

    axis: int
    upper: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture: `width` × `height` pixels. box: None: all of the volume is drawn"""

    camera: Camera
    look: Look
    balls: tuple[Ball, ...] = ()
    cut: Cut | None = None
    box: Box | None = None
    width: int
    height: int
