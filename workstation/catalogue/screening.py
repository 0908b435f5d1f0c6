"""Several analyses of one chest CT in one call."""

from __future__ import annotations

from typing import Final

from workstation.catalogue import chest_screening, showapi
from workstation.catalogue.chest import CHEST_CT, IMAGEPROCESS_KINDS
from workstation.catalogue.limits import Limits, documented, ours
from workstation.catalogue.operation import Lifecycle, Operation, Service
from workstation.catalogue.parts import TRUNK
from workstation.catalogue.preferences import CHEST_SCREENING as PREFERRED
from workstation.domain.geometry import Plane
from workstation.domain.words import say

ALIYUN_SCREENING: Final = Service(
    source="imageprocess.ScreenChestCT",
    product="imageprocess",
    version="2020-03-20",
    action="ScreenChestCT",
    asynchronous=True,
    kinds=IMAGEPROCESS_KINDS,
    prices=CHEST_CT,
    lifecycle=Lifecycle(),
    arguments=chest_screening.arguments,
    read=chest_screening.parse,
    links=chest_screening.LINKS,
    uses=chest_screening.uses,
    used=chest_screening.used,
)

CHEST_SCREENING: Final = Operation(
    name="chest-screening",
    title=say("Chest CT screening"),
    family="ct",
    services=(ALIYUN_SCREENING, showapi.SCREENING),
    limits=Limits(
        modality=documented(("CT",)),
        plane=ours(Plane.AXIAL),
        part=TRUNK,
        slices=documented((20, 600)),
        smallest=documented((512, 512)),
        largest=ours((512, 512)),  # what the vendor's newer page allows; the only size that satisfies both
        file_bytes=documented(3 * 1_048_576),
    ),
    parameters=chest_screening.PARAMETERS,
    together=chest_screening.some_wanted,
    prefers=PREFERRED,
    panel=chest_screening.panel,
    window="lung",
)
