"""Operations on MR of the spine."""

from __future__ import annotations

from datetime import date
from typing import Final

from workstation.catalogue import showapi, spine_levels
from workstation.catalogue.limits import Limits, documented, ours
from workstation.catalogue.operation import ConnectionKind, Lifecycle, Operation, Prices, Service
from workstation.catalogue.parts import SPINE
from workstation.catalogue.preferences import SPINE_MRI as PREFERS
from workstation.domain.geometry import Plane
from workstation.domain.words import say

ALIYUN_SPINE: Final = Service(
    source="imageprocess.DetectSpineMRI",
    product="imageprocess",
    version="2020-03-20",
    action="DetectSpineMRI",
    asynchronous=False,
    kinds=(ConnectionKind.LOCAL, ConnectionKind.ALIYUN, ConnectionKind.COMPATIBLE),
    prices=Prices(),
    lifecycle=Lifecycle(ends=date(2024, 4, 24)),
    arguments=spine_levels.arguments,
    read=spine_levels.parse,
)

SPINE_MRI: Final = Operation(
    name="spine-mri",
    title=say("Lumbar spine MR: vertebrae and discs"),
    family="mr",
    services=(ALIYUN_SPINE, showapi.SPINE),
    limits=Limits(
        modality=documented(("MR",)),
        plane=ours(Plane.SAGITTAL),
        part=SPINE,
        slices=documented((20, 300)),
    ),
    prefers=PREFERS,
    panel=spine_levels.panel,
    simulated=True,
)
