"""Operations on radiographs: one picture of a knee, a hip, both legs."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from workstation.catalogue import femoral_neck, hip_angles, key_points, knee_grades, leg_angles, showapi
from workstation.catalogue.limits import Limit, Limits, Part, documented
from workstation.catalogue.operation import ConnectionKind, InputKind, Lifecycle, Operation, Prices, Service
from workstation.catalogue.preferences import HIP, HIP_RADIOGRAPH, KNEE, KNEE_RADIOGRAPH, LEG_RADIOGRAPH
from workstation.domain.words import say

_KINDS: Final = (ConnectionKind.LOCAL, ConnectionKind.ALIYUN, ConnectionKind.COMPATIBLE)
_STOPPED_2024: Final = Lifecycle(ends=date(2024, 4, 24))
_FREE: Final = Prices()
_RADIOGRAPH: Final[Limit[tuple[str, ...]]] = documented(("DX", "CR"))
_KNEE: Final = documented(Part(say("a knee"), KNEE))
_HIP: Final = documented(Part(say("a hip"), HIP))
# A picture of both legs is named after any of its joints.
_JOINTS: Final = re.compile(r"leg|knee|hip|pelvi|ankle|femor|tibia|lower|下肢|全长|膝|髋|踝", re.IGNORECASE)
_LEGS: Final = documented(Part(say("a whole leg"), _JOINTS))
_ONE: Final = documented((1, 1))
_MOST_BYTES: Final = documented(100 * 2**20)
POINT_FORMS: Final = ("dcm", "png", "jpg", "jpeg", "bmp", "tiff", "heic")

ALIYUN_KNEE_GRADES: Final = Service(
    source="imageprocess.DetectKneeXRay",
    product="imageprocess",
    version="2020-03-20",
    action="DetectKneeXRay",
    asynchronous=False,
    kinds=_KINDS,
    prices=_FREE,
    lifecycle=_STOPPED_2024,
    arguments=knee_grades.arguments,
    read=knee_grades.parse,
)

ALIYUN_KNEE_POINTS: Final = Service(
    source="imageprocess.DetectKneeKeypointXRay",
    product="imageprocess",
    version="2020-03-20",
    action="DetectKneeKeypointXRay",
    asynchronous=False,
    kinds=_KINDS,
    prices=_FREE,
    lifecycle=_STOPPED_2024,
    arguments=key_points.arguments,
    read=leg_angles.parse,
)

ALIYUN_HIP_POINTS: Final = Service(
    source="imageprocess.DetectHipKeypointXRay",
    product="imageprocess",
    version="2020-03-20",
    action="DetectHipKeypointXRay",
    asynchronous=False,
    kinds=_KINDS,
    prices=_FREE,
    lifecycle=_STOPPED_2024,
    arguments=key_points.arguments,
    read=hip_angles.parse,
)

ALIYUN_FEMORAL_NECK: Final = Service(
    source="imageprocess.ClassifyFNF",
    product="imageprocess",
    version="2020-03-20",
    action="ClassifyFNF",
    asynchronous=False,
    kinds=_KINDS,
    prices=_FREE,
    lifecycle=_STOPPED_2024,
    arguments=femoral_neck.arguments,
    read=femoral_neck.parse,
)

KNEE_XRAY: Final = Operation(
    name="knee-xray",
    title=say("Knee X-ray: osteoarthritis grade"),
    family="x-ray",
    input_kind=InputKind.PICTURE,
    services=(ALIYUN_KNEE_GRADES, showapi.KNEE_GRADES),
    limits=Limits(modality=_RADIOGRAPH, part=_KNEE, slices=_ONE, forms=documented(("dcm",)), whole=False),
    prefers=KNEE_RADIOGRAPH,
    panel=knee_grades.panel,
    simulated=True,
)

KNEE_KEYPOINTS: Final = Operation(
    name="knee-keypoints",
    title=say("Leg X-ray: axes and angles before knee surgery"),
    family="x-ray",
    input_kind=InputKind.PICTURE,
    services=(ALIYUN_KNEE_POINTS,),
    limits=Limits(
        modality=_RADIOGRAPH,
        part=_LEGS,
        slices=_ONE,
        forms=documented(POINT_FORMS),
        file_bytes=_MOST_BYTES,
        whole=False,
    ),
    prefers=LEG_RADIOGRAPH,
    panel=leg_angles.panel,
    simulated=True,
)

HIP_KEYPOINTS: Final = Operation(
    name="hip-keypoints",
    title=say("Hip X-ray: angles before hip surgery"),
    family="x-ray",
    input_kind=InputKind.PICTURE,
    services=(ALIYUN_HIP_POINTS,),
    limits=Limits(
        modality=_RADIOGRAPH,
        part=_HIP,
        slices=_ONE,
        forms=documented(POINT_FORMS),
        file_bytes=_MOST_BYTES,
        whole=False,
    ),
    prefers=HIP_RADIOGRAPH,
    panel=hip_angles.panel,
    simulated=True,
)

FEMORAL_NECK_FRACTURE: Final = Operation(
    name="femoral-neck-fracture",
    title=say("Hip X-ray: fracture of the femoral neck"),
    family="x-ray",
    input_kind=InputKind.PICTURE,
    services=(ALIYUN_FEMORAL_NECK, showapi.FEMORAL_NECK),
    limits=Limits(
        modality=_RADIOGRAPH,
        part=_HIP,
        slices=_ONE,
        forms=documented(("dcm", "png", "jpg", "jpeg")),
        file_bytes=_MOST_BYTES,
        whole=False,
    ),
    prefers=HIP_RADIOGRAPH,
    panel=femoral_neck.panel,
    simulated=True,
)
