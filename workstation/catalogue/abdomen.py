"""Operations on CT of the abdomen."""

from __future__ import annotations

from typing import Final

from workstation.catalogue import pancreas
from workstation.catalogue.chest import IMAGEPROCESS_KINDS, WITHDRAWN_2026
from workstation.catalogue.limits import Limits, documented, ours
from workstation.catalogue.operation import Operation, Prices, Service
from workstation.catalogue.parts import TRUNK
from workstation.catalogue.preferences import PANCREAS as PREFERS
from workstation.domain.geometry import Plane
from workstation.domain.words import say

ALIYUN_PANCREAS: Final = Service(
    source="imageprocess.DetectPanc",
    product="imageprocess",
    version="2020-03-20",
    action="DetectPanc",
    asynchronous=True,
    kinds=IMAGEPROCESS_KINDS,
    prices=Prices(),
    lifecycle=WITHDRAWN_2026,
    arguments=pancreas.arguments,
    read=pancreas.parse,
    links=(pancreas.MASK,),
)

PANCREAS: Final = Operation(
    name="pancreas",
    title=say("Pancreatic cancer risk"),
    family="ct",
    services=(ALIYUN_PANCREAS,),
    limits=Limits(
        modality=documented(("CT",)),
        plane=ours(Plane.AXIAL),
        part=TRUNK,
        slices=documented((20, 600)),
    ),
    prefers=PREFERS,
    panel=pancreas.panel,
    window="pancreas",
    simulated=True,
)
