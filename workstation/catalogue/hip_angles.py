"""Key points of a front view of the pelvis, and the angles that they define.

source  Wiberg 1939, Sharp 1961, Tönnis; the horizontal is the line through both teardrops, else the row of the picture,
        which is said. Angles are measured in pixels, which are square on every picture that is sent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from workstation.catalogue.key_points import XY, KeyPoint, Limb, arms, line, measured_angle, read_points, turn_deg, way
from workstation.catalogue.measured_panel import angles_table
from workstation.catalogue.operation import WireAnswer
from workstation.domain.answer import AnalysisResult, AnswerFinding, IndexShape, ServiceAnswer
from workstation.domain.blocks import Block
from workstation.domain.words import Words, say

NAMES: Final[Mapping[str, Words]] = {
    "v1": say("Outermost edge of the acetabulum"),
    "v2": say("Inner end of the acetabular sourcil"),
    "v3": say("Outermost edge of the femur"),
    "v4": say("Femoral head center"),
    "v5": say("Innermost edge of the femoral head"),
    "v6": say("Teardrop"),
    "v7": say("Femoral neck center"),
    "v8": say("Lesser trochanter, upper end"),
    "v9": say("Middle of the medullary canal, proximal"),
    "v10": say("Middle of the medullary canal, distal"),
    "v11": say("Pubic symphysis, upper edge"),
    "v12": say("Farthest edge of the acetabulum"),
}
MEASURES: Final = ("center-edge", "sharp", "tonnis", "neck-shaft")


def parse(answer: WireAnswer) -> ServiceAnswer:
    """raises BAD_ANSWER, NO_BASIS"""
    return read_points(answer, NAMES, measured)


def measured(limb: Limb) -> list[AnswerFinding]:
    """What the sure points of one hip define; nothing that needs a point which is not there."""
    found = _roof(limb)
    if limb.has("v4", "v7", "v9", "v10"):
        head, neck, upper, lower = (limb.at(name) for name in ("v4", "v7", "v9", "v10"))
        degrees = abs(turn_deg(way(neck, head), way(upper, lower)))
        corner = _crossing((neck, head), (upper, lower))
        near = corner is not None and math.dist(corner, neck) < 3 * math.dist(neck, head)
        shapes: list[IndexShape] = [line(neck, head), line(upper, lower)]
        if corner is not None and near:
            shapes = [arms(head, corner, lower)]
        points = ("v4", "v7", "v9", "v10")
        found.append(measured_angle(limb, "neck-shaft", say("Neck–shaft angle"), degrees, shapes, points))
    return found


def _roof(limb: Limb) -> list[AnswerFinding]:
    """Angles of the acetabulum against the horizontal of the pelvis."""
    lateral = _lateral(limb)
    if lateral is None or not limb.has("v1"):
        return []
    edge, (side, reference) = limb.at("v1"), lateral
    verdict = None if reference else say("against the row of the picture: no pelvic reference")
    up = (side[1], -side[0]) if side[0] > 0 else (-side[1], side[0])
    found: list[AnswerFinding] = []
    if limb.has("v4"):
        head = limb.at("v4")
        out, above = _along(way(head, edge), side), _along(way(head, edge), up)
        shapes = [arms(_from(head, up, max(above, 1.0)), head, edge)]
        degrees, label = math.degrees(math.atan2(out, above)), say("Center–edge angle")
        found.append(measured_angle(limb, "center-edge", label, degrees, shapes, ("v4", "v1"), verdict, reference))
    if limb.has("v6"):
        tear = limb.at("v6")
        out, above = _along(way(tear, edge), side), _along(way(tear, edge), up)
        shapes = [arms(_from(tear, side, max(out, 1.0)), tear, edge)]
        degrees, label = math.degrees(math.atan2(above, out)), say("Sharp angle")
        found.append(measured_angle(limb, "sharp", label, degrees, shapes, ("v6", "v1"), verdict, reference))
    if limb.has("v2"):
        inner = limb.at("v2")
        out, above = _along(way(inner, edge), side), _along(way(inner, edge), up)
        shapes = [arms(_from(inner, side, max(out, 1.0)), inner, edge)]
        degrees, label = math.degrees(math.atan2(above, out)), say("Tönnis roof angle")
        found.append(measured_angle(limb, "tonnis", label, degrees, shapes, ("v2", "v1"), verdict, reference))
    return found


def _lateral(limb: Limb) -> tuple[XY, tuple[KeyPoint, ...]] | None:
    """Unit vector that points outwards along the horizontal of the pelvis, and the points that it is taken from; by
    the row of the picture (no points) where there are no two teardrops; None where nothing tells which way is out."""
    own, other = limb.points.get("v6"), limb.other.get("v6")
    if own is not None and other is not None and own.at[0] != other.at[0]:
        x, y = way(other.at, own.at)
        size = math.hypot(x, y)
        return (x / size, y / size), (own, other)
    symphysis = limb.middle.get("v11")
    if symphysis is not None and limb.has("v4") and limb.at("v4")[0] != symphysis.at[0]:
        return (math.copysign(1.0, limb.at("v4")[0] - symphysis.at[0]), 0.0), ()
    if limb.has("v3", "v5") and limb.at("v3")[0] != limb.at("v5")[0]:
        return (math.copysign(1.0, limb.at("v3")[0] - limb.at("v5")[0]), 0.0), ()
    return None


def _along(a: XY, unit: XY) -> float:
    return a[0] * unit[0] + a[1] * unit[1]


def _from(start: XY, unit: XY, length: float) -> XY:
    return (start[0] + unit[0] * length, start[1] + unit[1] * length)


def _crossing(a: tuple[XY, XY], b: tuple[XY, XY]) -> XY | None:
    """Where two lines meet; None for parallel ones."""
    along, across = way(*a), way(*b)
    size = along[0] * across[1] - along[1] * across[0]
    if abs(size) < 1e-9:
        return None
    gap = way(a[0], b[0])
    share = (gap[0] * across[1] - gap[1] * across[0]) / size
    return (a[0][0] + share * along[0], a[0][1] + share * along[1])


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    return angles_table(result, MEASURES, say("Angles of the hip"))
