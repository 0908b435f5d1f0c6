"""Operations on chest CT."""

from __future__ import annotations

from datetime import date
from typing import Final

from workstation.catalogue import (
    calcium_score,
    chest_vessels,
    covid_pneumonia,
    lung_nodules,
    lymph_nodes,
    rib_fracture,
    showapi,
)
from workstation.catalogue.limits import Limits, documented, ours
from workstation.catalogue.operation import ConnectionKind, Lifecycle, Operation, Parameter, Prices, Service
from workstation.catalogue.parts import TRUNK
from workstation.catalogue.preferences import CALCIUM, LUNG_LOBES, LUNG_NODULES, LYMPH_NODES, PLAIN_VESSELS, RIBS
from workstation.domain.answer import WireFrame
from workstation.domain.geometry import Plane
from workstation.domain.words import say

IMAGEPROCESS_KINDS: Final = (ConnectionKind.LOCAL, ConnectionKind.ALIYUN, ConnectionKind.COMPATIBLE)
CHEST_CT: Final = Prices(((500, 2.4), (3000, 1.2), (None, 0.6)))
FREE: Final = Prices()  # a public test: the price list has no entry
WITHDRAWN_2026: Final = Lifecycle(ends=date(2026, 11, 26))

ALIYUN_NODULES: Final = Service(
    source="imageprocess.DetectLungNodule",
    product="imageprocess",
    version="2020-03-20",
    action="DetectLungNodule",
    asynchronous=True,
    kinds=IMAGEPROCESS_KINDS,
    prices=CHEST_CT,
    lifecycle=WITHDRAWN_2026,
    frame=WireFrame(axes="xyz", base=0),
    arguments=lung_nodules.arguments,
    read=lung_nodules.parse,
    url_limit=600,
)

LUNG_NODULE: Final = Operation(
    name="lung-nodule",
    title=say("Lung nodules"),
    family="ct",
    services=(ALIYUN_NODULES, showapi.NODULES),
    limits=Limits(
        modality=documented(("CT",)),
        plane=ours(Plane.AXIAL),
        part=TRUNK,
        slices=documented((20, 600)),
        largest=documented((512, 512)),
        file_bytes=documented(1_048_576),
        url_length=documented(600),
    ),
    parameters=(
        Parameter(name="threshold", label=say("Lowest confidence"), default=0.60, low=0.01, high=1.0, decimals=2),
    ),
    prefers=LUNG_NODULES,
    panel=lung_nodules.panel,
    window="lung",
)

ALIYUN_COVID: Final = Service(
    source="imageprocess.DetectCovid19Cad",
    product="imageprocess",
    version="2020-03-20",
    action="DetectCovid19Cad",
    asynchronous=True,
    kinds=IMAGEPROCESS_KINDS,
    prices=CHEST_CT,
    lifecycle=WITHDRAWN_2026,
    arguments=covid_pneumonia.arguments,
    read=covid_pneumonia.parse,
    links=(covid_pneumonia.MASK,),
)

COVID_PNEUMONIA: Final = Operation(
    name="covid-pneumonia",
    title=say("COVID-19 pneumonia"),
    family="ct",
    services=(ALIYUN_COVID, showapi.COVID),
    limits=Limits(
        modality=documented(("CT",)),
        plane=documented(Plane.AXIAL),
        part=TRUNK,
        slices=documented((20, 2048)),
    ),
    prefers=LUNG_LOBES,
    panel=covid_pneumonia.panel,
    window="lung",
)

ALIYUN_LYMPH: Final = Service(
    source="imageprocess.DetectLymph",
    product="imageprocess",
    version="2020-03-20",
    action="DetectLymph",
    asynchronous=True,
    kinds=IMAGEPROCESS_KINDS,
    prices=Prices(),
    lifecycle=WITHDRAWN_2026,
    frame=WireFrame(axes="xyz", base=0),
    arguments=lymph_nodes.arguments,
    read=lymph_nodes.parse,
)

LYMPH_NODE: Final = Operation(
    name="lymph-nodes",
    title=say("Enlarged lymph nodes of the chest"),
    family="ct",
    services=(ALIYUN_LYMPH,),
    limits=Limits(
        modality=documented(("CT",)),
        plane=documented(Plane.AXIAL),
        part=TRUNK,
        slices=documented((20, 600)),
    ),
    prefers=LYMPH_NODES,
    panel=lymph_nodes.panel,
    window="mediastinum",
)

ALIYUN_CALCIUM: Final = Service(
    source="imageprocess.CalcCACS",
    product="imageprocess",
    version="2020-03-20",
    action="CalcCACS",
    asynchronous=True,
    kinds=IMAGEPROCESS_KINDS,
    prices=FREE,
    lifecycle=WITHDRAWN_2026,
    arguments=calcium_score.arguments,
    read=calcium_score.parse,
    links=(calcium_score.MASK,),
)

CALCIUM_SCORE: Final = Operation(
    name="calcium-score",
    title=say("Coronary calcium score"),
    family="ct",
    services=(ALIYUN_CALCIUM, showapi.CALCIUM),
    limits=Limits(
        modality=documented(("CT",)),
        plane=ours(Plane.AXIAL),
        part=TRUNK,
        slices=documented((20, 600)),
        step_mm=documented((1.0, 3.0)),
    ),
    prefers=CALCIUM,
    panel=calcium_score.panel,
    window="mediastinum",
)

ALIYUN_RIBS: Final = Service(
    source="imageprocess.DetectRibFracture",
    product="imageprocess",
    version="2020-03-20",
    action="DetectRibFracture",
    asynchronous=True,
    kinds=IMAGEPROCESS_KINDS,
    prices=FREE,
    lifecycle=WITHDRAWN_2026,
    frame=rib_fracture.FRAME,
    arguments=rib_fracture.arguments,
    read=rib_fracture.parse,
    links=(rib_fracture.MASK,),
)

RIB_FRACTURE: Final = Operation(
    name="rib-fracture",
    title=say("Rib fractures"),
    family="ct",
    services=(ALIYUN_RIBS,),
    limits=Limits(
        modality=documented(("CT",)),
        plane=ours(Plane.AXIAL),
        part=TRUNK,
        slices=documented((20, 600)),
    ),
    prefers=RIBS,
    panel=rib_fracture.panel,
    window="bone",
    simulated=True,
)

ALIYUN_VESSELS: Final = Service(
    source="imageprocess.AnalyzeChestVessel",
    product="imageprocess",
    version="2020-03-20",
    action="AnalyzeChestVessel",
    asynchronous=True,
    kinds=IMAGEPROCESS_KINDS,
    prices=FREE,
    lifecycle=WITHDRAWN_2026,
    arguments=chest_vessels.arguments,
    read=chest_vessels.parse,
    links=(chest_vessels.MASK,),
)

CHEST_VESSELS: Final = Operation(
    name="chest-vessels",
    title=say("Aorta and pulmonary artery"),
    family="ct",
    services=(ALIYUN_VESSELS,),
    limits=Limits(
        modality=documented(("CT",)),
        plane=ours(Plane.AXIAL),
        part=TRUNK,
        slices=documented((20, 600)),
    ),
    prefers=PLAIN_VESSELS,
    panel=chest_vessels.panel,
    window="mediastinum",
)
