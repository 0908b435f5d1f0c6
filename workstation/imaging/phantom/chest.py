"""The anatomy of our chest phantom: Hounsfield units as a function of the place in the patient.

Everything is laid out in millimetres around CENTER (patient axes LPS: +x left, +y posterior, +z head), so that another
acquisition of the same seed sees the same patient.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from workstation.domain.geometry import Vector
from workstation.imaging.phantom.paint import SlicePatch, Tubes, paint_ball, paint_tubes

Plane = npt.NDArray[np.float32]

CENTER: Final[Vector] = (-6.0, -152.0, -431.0)  # middle of the chest, LPS mm
SOLID_HU: Final = (40.0, 60.0, 100.0, 180.0, 250.0)
GROUND_GLASS_HU: Final = (-350.0, -600.0)
NODULE_GAP_MM: Final = 26.0  # between the centers of two nodules
_AORTA: Final = ((24, 44, -160), (22, 46, 10), (20, 30, 34), (8, 0, 44), (-4, -20, 34), (-2, -26, 0))
_PULMONARY: Final = ((14, -26, 0), (16, -8, 16), (28, 10, 8))  # its trunk and the left branch
AORTA_RADIUS_MM: Final = 12.5
PULMONARY_RADIUS_MM: Final = 11.0
# relative to CENTER; diameter, HU
_CALCIUM: Final = (
    ((30.0, -58.0, -20.0), 8.0, 450.0),
    ((44.0, -40.0, -28.0), 9.0, 250.0),
    ((6.0, -55.0, -10.0), 10.0, 350.0),
    ((-18.0, -38.0, -20.0), 12.0, 180.0),
)
# pair of ribs from 0, side, angle from the back
_BROKEN: Final = ((3, 1.0, 1.5), (4, -1.0, 0.8), (5, 1.0, 1.2), (4, -1.0, 2.2))
_BROKEN_MM: Final = 11.0
_MEDIASTINUM_MM: Final = 25.0  # half width
_HILA: Final = ((-31.0, 8.0, 0.0), (33.0, 10.0, 4.0))
_CARINA: Final = (0.0, 12.0, 28.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nodule:
    """A ball of one density. `center`: patient LPS mm."""

    center: Vector
    diameter_mm: float
    hu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fracture:
    """A rib that is broken through: soft tissue fills a ball across it.

    center   patient LPS mm, on the axis of the rib
    rib      L1 … L12 on the left, R1 … R12 on the right
    segment  0 anterior, 1 axillary, 2 posterior
    """

    center: Vector
    diameter_mm: float
    rib: str
    segment: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GreatVessel:
    """A tube of one width through points, patient LPS mm."""

    name: str
    points: tuple[Vector, ...]
    radius_mm: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chest:
    """One patient: what differs from seed to seed. Tubes are relative to CENTER, mm. `calcium`: balls in the heart."""

    nodules: tuple[Nodule, ...]
    calcium: tuple[Nodule, ...]
    fractures: tuple[Fracture, ...]
    vessels: Tubes
    airway_walls: Tubes
    airways: Tubes
    great_vessels: Tubes
    ribs: Tubes
    marrow: Tubes
    cartilage: Tubes

    def hu(self, patch: SlicePatch) -> Plane:
        """Hounsfield units [row, column] of one slice, without noise. Balls and tubes are averaged over each voxel."""
        x, y, z = patch.grid()
        hu = _body(x, y, z)
        lung = _cover(lung_depth(x, y, z), 1.4)
        hu += lung * (_parenchyma(x, y, z) - hu)
        paint_tubes(hu, patch, self.vessels, 45.0)
        paint_tubes(hu, patch, self.great_vessels, 48.0)
        _paint_spine(hu, x, y, z)
        paint_tubes(hu, patch, self.cartilage, 110.0)
        paint_tubes(hu, patch, self.ribs, 620.0)
        paint_tubes(hu, patch, self.marrow, 190.0)
        paint_tubes(hu, patch, self.airway_walls, 10.0)
        paint_tubes(hu, patch, self.airways, -985.0)
        for gap in self.fractures:
            paint_ball(hu, patch, _relative(gap.center), gap.diameter_mm / 2, 60.0)
        for ball in (*self.nodules, *self.calcium):
            paint_ball(hu, patch, _relative(ball.center), ball.diameter_mm / 2, ball.hu)
        return hu


def make_chest(seed: int, nodules: int, *, calcium: bool = False, fractures: bool = False) -> Chest:
    """The same seed always gives the same patient; fewer nodules are the first of more."""
    balls = _place_nodules(seed, nodules)
    walls = Tubes.joined([(0, 2, 160), _CARINA], 10.5).plus(*(Tubes.joined([_CARINA, hilum], 8.0) for hilum in _HILA))
    ribs, cartilage = _ribs()
    return Chest(
        nodules=balls,
        calcium=_calcium(seed) if calcium else (),
        fractures=_fractures() if fractures else (),
        vessels=_vessel_trees(seed, balls),
        airway_walls=walls,
        airways=walls.thinner(1.6),
        great_vessels=Tubes.joined(_AORTA, AORTA_RADIUS_MM).plus(
            Tubes.joined([(-22, -14, 95), (-24, -8, 0)], 8.5),
            Tubes.joined(_PULMONARY, PULMONARY_RADIUS_MM),
            Tubes.joined([(14, -12, 12), (-26, 4, 2)], 9.0),
        ),
        ribs=ribs,
        marrow=ribs.thinner(1.5),
        cartilage=cartilage,
    )


def lung_depth(x: Plane, y: Plane, z: Plane) -> Plane:
    """How deep a point (relative to CENTER, mm) lies in a lung: about millimetres, negative outside."""
    narrow = _apex(z)
    thorax = (1 - np.sqrt((x / (128 * narrow)) ** 2 + ((y - 2) / (90 * narrow)) ** 2)) * (100 * narrow)
    middle = np.abs(x) - (_MEDIASTINUM_MM + 5 * np.sin(y * np.float32(0.04)))
    below = np.minimum((z - _dome(x, y)) * np.float32(0.75), -_heart(x, y, z) - 2)
    depth: Plane = np.minimum(np.minimum(thorax, middle), below)
    return depth


def great_vessels() -> tuple[GreatVessel, ...]:
    """The same in every patient."""
    return (
        GreatVessel(name="aorta", points=tuple(_absolute(at) for at in _AORTA), radius_mm=AORTA_RADIUS_MM),
        GreatVessel(
            name="pulmonary-artery", points=tuple(_absolute(at) for at in _PULMONARY), radius_mm=PULMONARY_RADIUS_MM
        ),
    )


def _calcium(seed: int) -> tuple[Nodule, ...]:
    """In the heart, each a little elsewhere from seed to seed."""
    moved = np.random.default_rng([seed, 13]).uniform(-2, 2, (len(_CALCIUM), 3)).round(2)
    return tuple(
        Nodule(center=_absolute((at[0] + by[0], at[1] + by[1], at[2] + by[2])), diameter_mm=diameter, hu=hu)
        for (at, diameter, hu), by in zip(_CALCIUM, moved.tolist(), strict=True)
    )


def _fractures() -> tuple[Fracture, ...]:
    return tuple(
        Fracture(
            center=_absolute(_rib_point(pair, side, angle)),
            diameter_mm=_BROKEN_MM,
            rib=f"{'L' if side > 0 else 'R'}{pair + 1}",
            segment=2 if angle < 1.0 else 1 if angle < 2.0 else 0,
        )
        for pair, side, angle in _BROKEN
    )


def _absolute(at: Vector) -> Vector:
    x, y, z = (round(a + b, 3) for a, b in zip(at, CENTER, strict=True))
    return (x, y, z)


def _relative(at: Vector) -> Vector:
    return (at[0] - CENTER[0], at[1] - CENTER[1], at[2] - CENTER[2])


def _cover(depth_mm: Plane, edge_mm: float) -> Plane:
    """Share 0..1 of a voxel inside, from the depth below the surface and the width of the edge."""
    cover: Plane = np.clip(depth_mm * np.float32(1 / edge_mm) + np.float32(0.5), 0, 1)
    return cover


def _ellipse(x: Plane, y: Plane, at: tuple[float, float], axes: tuple[float, float]) -> Plane:
    """Depth inside an ellipse, about millimetres."""
    squared = ((x - np.float32(at[0])) / np.float32(axes[0])) ** 2 + (
        (y - np.float32(at[1])) / np.float32(axes[1])
    ) ** 2
    depth: Plane = (1 - np.sqrt(squared)) * np.float32(min(axes))
    return depth


def _apex(z: Plane) -> Plane:
    """Scale of the chest along the body: 1 below, narrowing to the apex of the lungs."""
    rise = np.maximum(z + np.float32(20), 0) / np.float32(148)
    narrow: Plane = np.sqrt(np.maximum(1 - rise * rise, np.float32(0.01)))
    return narrow


def _dome(x: Plane, y: Plane) -> Plane:
    """Height of the diaphragm: two domes, the right one higher."""
    right = -68 - 0.012 * (x + 68) ** 2 - 0.006 * (y - 4) ** 2
    left = -80 - 0.012 * (x - 72) ** 2 - 0.006 * (y - 8) ** 2
    dome: Plane = np.where(x < 0, right, left).astype(np.float32)
    return dome


def _heart(x: Plane, y: Plane, z: Plane) -> Plane:
    """Depth inside the heart; it leans to the left and rests on the diaphragm."""
    lean = x - 20 + 0.25 * (z + 40)
    squared = (lean / 58) ** 2 + ((y + 30) / 46) ** 2 + ((z + 42) / 50) ** 2
    depth: Plane = ((1 - np.sqrt(squared)) * 48).astype(np.float32)
    return depth


def _body(x: Plane, y: Plane, z: Plane) -> Plane:
    """Air, table, fat, muscle, the fat between the lungs, heart and what lies below the diaphragm."""
    table = np.minimum(2.2 - np.abs(y - 127 + 0.0007 * x * x), 172 - np.abs(x))
    hu: Plane = (-1000 + _cover(table.astype(np.float32), 1.4) * 820 + 0 * z).astype(np.float32)
    hu += _cover(_ellipse(x, y, (0, 0), (174, 120)), 1.4) * (-105 - hu)
    hu += _cover(_ellipse(x, y, (0, 2), (158, 108)), 1.4) * (52 - hu)
    narrow = _apex(z)
    inner = (1 - np.sqrt((x / (128 * narrow)) ** 2 + ((y - 2) / (90 * narrow)) ** 2)) * (100 * narrow)
    hu += _cover(np.minimum(inner, z - _dome(x, y)).astype(np.float32), 1.4) * (-75 - hu)
    hu += _cover(_heart(x, y, z), 1.6) * (44 - hu)
    hu += _cover(_ellipse(x, y, (6, 34), (9, 6)), 1.4) * (30 - hu)  # the gullet
    bone = np.minimum(_ellipse(x, y, (0, -95), (17, 6)), 65 - np.abs(z - 12))
    hu += _cover(bone.astype(np.float32), 1.4) * (260 - hu)
    return hu


def _parenchyma(x: Plane, y: Plane, z: Plane) -> Plane:
    """Lung tissue: denser behind and in the lower lobes, with the fissures between the lobes."""
    wave = 3 * np.sin(x * np.float32(0.05)) + 2 * np.sin(y * np.float32(0.07))
    oblique = z - (14 + 0.9 * y + wave)  # below 0: lower lobe
    sheet = np.abs(oblique) * np.float32(0.74)
    horizontal = np.where((x < 0) & (oblique > 0), np.abs(z - 6 - wave), 99)
    fissure = np.clip(1.6 - np.minimum(sheet, horizontal), 0, 1)
    grain = (
        9 * np.sin(x * np.float32(0.31) + z * np.float32(0.17)) * np.sin(y * np.float32(0.29) - z * np.float32(0.13))
    )
    tissue: Plane = (-872 + 0.28 * y + 14 * (oblique < 0) + grain + 85 * fissure).astype(np.float32)
    return tissue


def _paint_spine(hu: Plane, x: Plane, y: Plane, z: Plane) -> None:
    """Vertebral bodies with cortex and discs every 24 mm, the canal, arches and spinous processes."""
    level = np.abs((z / np.float32(24)) % 1 - np.float32(0.5)) * 24  # 12 in the disc, 0 at mid body
    body = np.minimum(_ellipse(x, y, (0, 74), (19, 15)), np.float32(1e3) + 0 * z)
    disc = _cover((level - np.float32(9.5)).astype(np.float32), 1.5)
    arch = _ellipse(x, y, (0, 98), (13, 12))
    process = np.minimum(_ellipse(x, y, (0, 111), (3.5, 8)), (8 - level).astype(np.float32))
    hu += _cover(np.maximum(arch, process), 1.4) * (520 - hu)
    hu += _cover(body, 1.4) * (480 - hu)
    hu += _cover(body - 2, 1.4) * (190 - hu)
    hu += _cover(body, 1.4) * disc * (85 - hu)
    hu += _cover(_ellipse(x, y, (0, 98), (8.5, 8)), 1.4) * (20 - hu)


def _ribs() -> tuple[Tubes, Tubes]:
    """Twelve pairs of slanted ribs on the chest wall, and the cartilage that joins them to the sternum."""
    bones, joints = Tubes.none(), Tubes.none()
    for pair in range(12):
        for side in (-1.0, 1.0):
            points = [_rib_point(pair, side, angle) for angle in np.linspace(0.22, 2.72, 19).tolist()]
            bones = bones.plus(Tubes.joined(points[:15], 4.4))
            joints = joints.plus(Tubes.joined(points[14 : 19 if pair < 7 else 15], 4.0))
    return bones, joints


def _rib_point(pair: int, side: float, angle: float) -> Vector:
    """On the axis of a rib, relative to CENTER; `angle` from the back (0) to the front."""
    down = 118 - 22 * pair - 46 * (angle / 2.6) ** 1.3
    narrow = max(float(_apex(np.array([down], np.float32))[0]), 0.3)
    return (side * (128 * narrow + 6.5) * math.sin(angle), 2 + (90 * narrow + 6.5) * math.cos(angle), down)


def _place_nodules(seed: int, count: int) -> tuple[Nodule, ...]:
    """Nodules inside the lungs, clear of walls and of one another; the first lie nearest to the middle height."""
    rng = np.random.default_rng([seed, 11])
    found: list[Nodule] = []
    for _ in range(20_000):
        if len(found) >= count:
            break
        ground_glass = bool(rng.random() < 0.3)
        diameter = float(np.round(rng.uniform(8.0 if ground_glass else 5.0, 18.0), 2))
        hu = float(rng.choice(GROUND_GLASS_HU if ground_glass else SOLID_HU))
        reach = min(92.0, 16.0 + 14.0 * len(found))
        at = np.array([rng.uniform(-120, 120), rng.uniform(-85, 88), rng.uniform(-reach, reach)])
        if float(lung_depth(*at.astype(np.float32))) < diameter / 2 + 5:
            continue
        center = np.round(at + CENTER, 3)
        if any(np.linalg.norm(center - other.center) < NODULE_GAP_MM for other in found):
            continue
        place = (float(center[0]), float(center[1]), float(center[2]))
        found.append(Nodule(center=place, diameter_mm=diameter, hu=hu))
    return tuple(found)


def _vessel_trees(seed: int, nodules: tuple[Nodule, ...]) -> Tubes:
    """Wavy trees that fork from each hilum out to the pleura, tapering; they pass by the nodules."""
    rng = np.random.default_rng([seed, 12])
    centers = np.array([_relative(nodule.center) for nodule in nodules]).reshape(-1, 3)
    keep_off = np.array([nodule.diameter_mm / 2 + 2.5 for nodule in nodules])
    pieces: list[npt.NDArray[np.float32]] = []
    for hilum, outwards in zip(_HILA, (-1.0, 1.0), strict=True):
        ways = rng.standard_normal((18, 3))
        ways[:, 2] *= 1.5
        ways[:, 0] = outwards * (np.abs(ways[:, 0]) + 0.5)
        at = np.tile(np.array(hilum), (len(ways), 1))
        radius = rng.uniform(2.8, 4.2, len(ways))
        for step in range(25):
            ways = ways + rng.standard_normal(ways.shape) * 0.22
            ways /= np.linalg.norm(ways, axis=1, keepdims=True)
            then = at + ways * (3.6 + 1.6 * radius[:, None])
            depth = lung_depth(*then.T.astype(np.float32))
            clear = (np.linalg.norm(then[:, None] - centers, axis=2) > keep_off + radius[:, None]).all(axis=1)
            alive = (depth > (1.5 if step > 2 else -14)) & clear & (radius > 0.45)
            thinner = radius * 0.97
            pieces.append(np.column_stack([at, then, radius, thinner])[alive].astype(np.float32))
            at, ways, radius = then[alive], ways[alive], thinner[alive]
            if step % 3 == 2:
                turn = rng.standard_normal(ways.shape) * 0.55
                at = np.concatenate([at, at])
                ways = np.concatenate([ways + turn, ways - turn])
                radius = np.concatenate([radius * 0.86, radius * 0.74])
    return Tubes(np.concatenate(pieces))
