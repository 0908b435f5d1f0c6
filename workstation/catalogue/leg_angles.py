"""Key points of a standing long film of the legs, and the axes and angles that they define.

source  Paley 2002 (mLDFA, MPTA, JLCA), MacDessi 2021 (signs): valgus is positive, an HKA below 180° is varus. Angles
        are measured in pixels, which are square on every picture that is sent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from workstation.catalogue.key_points import (
    Limb,
    arms,
    line,
    measured_angle,
    middle_of,
    read_points,
    turn_deg,
    way,
)
from workstation.catalogue.measured_panel import angles_table
from workstation.catalogue.operation import WireAnswer
from workstation.domain.answer import AnalysisResult, AnswerFinding, ServiceAnswer
from workstation.domain.blocks import Block
from workstation.domain.words import Words, say

NAMES: Final[Mapping[str, Words]] = {
    "v1": say("Femoral head center"),
    "v2": say("Femoral shaft center"),
    "v3": say("Femoral plateau, lateral edge"),
    "v4": say("Knee center of the femur"),
    "v5": say("Femoral plateau, medial edge"),
    "v6": say("Tibial plateau, lateral edge"),
    "v7": say("Knee center of the tibia"),
    "v8": say("Tibial plateau, medial edge"),
    "v9": say("Tibial shaft center"),
    "v10": say("Ankle center"),
}
_STRAIGHT: Final = 0.05  # degrees: less is printed as 180.0
HKA: Final = "hip-knee-ankle"
MEASURES: Final = (HKA, "mldfa", "mpta", "jlca", "femorotibial")


def parse(answer: WireAnswer) -> ServiceAnswer:
    """raises BAD_ANSWER, NO_BASIS"""
    return read_points(answer, NAMES, measured)


def measured(limb: Limb) -> list[AnswerFinding]:
    """What the sure points of one leg define; nothing that needs a point which is not there."""
    knee_names = [name for name in ("v4", "v7") if limb.has(name)]
    lateral = _lateral(limb)
    if not knee_names or lateral is None:
        return []
    knee = middle_of([limb.at(name) for name in knee_names])
    found: list[AnswerFinding] = []
    if limb.has("v1", "v10"):
        hip, ankle = limb.at("v1"), limb.at("v10")
        deviation = -lateral * turn_deg(way(hip, knee), way(knee, ankle))
        label, points = say("Hip–knee–ankle angle"), ("v1", *knee_names, "v10")
        found.append(
            measured_angle(limb, HKA, label, 180 + deviation, [arms(hip, knee, ankle)], points, _way(deviation))
        )
    if limb.has("v1", "v3", "v5"):
        hip, outer, inner = limb.at("v1"), limb.at("v3"), limb.at("v5")
        degrees = abs(turn_deg(way(knee, hip), way(inner, outer)))
        shapes, points = [line(hip, knee), line(inner, outer)], ("v1", *knee_names, "v3", "v5")
        found.append(measured_angle(limb, "mldfa", say("Lateral distal femoral angle"), degrees, shapes, points))
    if limb.has("v10", "v6", "v8"):
        ankle, outer, inner = limb.at("v10"), limb.at("v6"), limb.at("v8")
        degrees = abs(turn_deg(way(knee, ankle), way(outer, inner)))
        shapes, points = [line(ankle, knee), line(inner, outer)], ("v10", *knee_names, "v6", "v8")
        found.append(measured_angle(limb, "mpta", say("Medial proximal tibial angle"), degrees, shapes, points))
    if limb.has("v3", "v5", "v6", "v8"):
        femur, tibia = (limb.at("v5"), limb.at("v3")), (limb.at("v8"), limb.at("v6"))
        degrees = lateral * turn_deg(way(*femur), way(*tibia))
        shapes, points = [line(*femur), line(*tibia)], ("v3", "v5", "v6", "v8")
        found.append(measured_angle(limb, "jlca", say("Joint line convergence angle"), degrees, shapes, points))
    if limb.has("v2", "v9"):
        thigh, shin = limb.at("v2"), limb.at("v9")
        deviation = -lateral * turn_deg(way(thigh, knee), way(knee, shin))
        label, points = say("Anatomical femorotibial angle"), ("v2", *knee_names, "v9")
        found.append(
            measured_angle(
                limb, "femorotibial", label, 180 + deviation, [arms(thigh, knee, shin)], points, _way(deviation)
            )
        )
    return found


def _lateral(limb: Limb) -> float | None:
    """+1 where lateral is to the right on the picture, by the edges of the joint; None where neither is sure."""
    for outer, inner in (("v3", "v5"), ("v6", "v8")):
        if limb.has(outer, inner) and limb.at(outer)[0] != limb.at(inner)[0]:
            return math.copysign(1.0, limb.at(outer)[0] - limb.at(inner)[0])
    return None


def _way(deviation: float) -> Words:
    """A word, never a bare sign: papers disagree on it."""
    if abs(deviation) < _STRAIGHT:
        return say("straight")
    return say("valgus") if deviation > 0 else say("varus")


def panel(result: AnalysisResult) -> tuple[Block, ...]:
    return angles_table(result, MEASURES, say("Axes and angles of the leg"))
