"""The part of the body that an operation on a volume is for, taken widely: headers are often copied from protocols."""

from __future__ import annotations

import re
from typing import Final

from workstation.catalogue.limits import Limit, Part, ours
from workstation.domain.words import say

# One scan goes from the neck to the pelvis, and its header names any of it. Heads, arms and legs are left.
TRUNK: Final[Limit[Part]] = ours(
    Part(
        say("chest or abdomen"),
        re.compile(
            r"neck|chest|thora|lung|pulmo|heart|cardi|coronary|breast|ribs?\b|stern|clavic|scapula|shoulder|spine|abdom"
            r"|liver|kidney|pancrea|pelvi|trunk|torso|body"
            r"|颈|胸|肺|心|冠脉|冠状动脉|乳|肋|肩|锁骨|脊|椎|腹|肝|肾|胰|盆|躯干|全身",
            re.IGNORECASE,
        ),
    )
)
SPINE: Final[Limit[Part]] = ours(
    Part(
        say("a spine"),
        re.compile(
            r"spine|spinal|lumb|sacr|vertebr|neck|abdom|pelvi|trunk|body|颈|腰|骶|脊|椎|腹|盆|躯干|全身", re.IGNORECASE
        ),
    )
)
