"""Operations on photographs of the skin."""

from __future__ import annotations

from datetime import date
from typing import Final

from workstation.catalogue import showapi, skin_classes
from workstation.catalogue.limits import Limits, documented, ours
from workstation.catalogue.operation import ConnectionKind, InputKind, Lifecycle, Operation, Prices, Service
from workstation.catalogue.preferences import PHOTOGRAPH
from workstation.domain.words import say

ALIYUN_SKIN: Final = Service(
    source="imageprocess.DetectSkinDisease",
    product="imageprocess",
    version="2020-03-20",
    action="DetectSkinDisease",
    asynchronous=False,
    kinds=(ConnectionKind.LOCAL, ConnectionKind.ALIYUN, ConnectionKind.COMPATIBLE),
    prices=Prices(),
    lifecycle=Lifecycle(ends=date(2026, 11, 26)),
    arguments=skin_classes.arguments,
    read=skin_classes.parse,
)

SKIN_DISEASE: Final = Operation(
    name="skin-disease",
    title=say("Skin photograph: class of disease"),
    family="photo",
    input_kind=InputKind.PICTURE,
    services=(ALIYUN_SKIN, showapi.SKIN),
    limits=Limits(
        modality=ours(("XC", "GM", "DMS")),
        slices=documented((1, 1)),
        forms=documented(("png", "jpg")),
        largest=documented((1279, 1279)),
        file_bytes=documented(20 * 2**20),
        whole=False,
    ),
    prefers=PHOTOGRAPH,
    panel=skin_classes.panel,
    simulated=True,
)
