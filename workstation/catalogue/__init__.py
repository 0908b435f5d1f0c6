"""The catalogue: every operation as one declarative row."""

from __future__ import annotations

from typing import Final

from workstation.catalogue.abdomen import PANCREAS
from workstation.catalogue.chest import (
    CALCIUM_SCORE,
    CHEST_VESSELS,
    COVID_PNEUMONIA,
    LUNG_NODULE,
    LYMPH_NODE,
    RIB_FRACTURE,
)
from workstation.catalogue.operation import Operation
from workstation.catalogue.own_reading import OWN
from workstation.catalogue.photo_recognition import RECOGNITION
from workstation.catalogue.photo_segmentation.rows import SEGMENTATIONS
from workstation.catalogue.queries import JOB_QUERY
from workstation.catalogue.screening import CHEST_SCREENING
from workstation.catalogue.skin import SKIN_DISEASE
from workstation.catalogue.spine import SPINE_MRI
from workstation.catalogue.text import MEDICAL_QA, QA_FEEDBACK, TRANSLATION
from workstation.catalogue.two_series import CT_REGISTRATION
from workstation.catalogue.xray import FEMORAL_NECK_FRACTURE, HIP_KEYPOINTS, KNEE_KEYPOINTS, KNEE_XRAY
from workstation.domain.error import ErrorCode, WorkstationError

OPERATIONS: Final[tuple[Operation, ...]] = (
    LUNG_NODULE,
    COVID_PNEUMONIA,
    CHEST_SCREENING,
    CALCIUM_SCORE,
    RIB_FRACTURE,
    CHEST_VESSELS,
    LYMPH_NODE,
    PANCREAS,
    CT_REGISTRATION,
    SPINE_MRI,
    KNEE_XRAY,
    KNEE_KEYPOINTS,
    HIP_KEYPOINTS,
    FEMORAL_NECK_FRACTURE,
    SKIN_DISEASE,
    *SEGMENTATIONS,
    *RECOGNITION,
    TRANSLATION,
    MEDICAL_QA,
    QA_FEEDBACK,
    JOB_QUERY,
)


def operation_named(name: str) -> Operation:
    """The row of this name; that of a reading without an analysis too. raises NO_SUCH_OPERATION"""
    for operation in (*OPERATIONS, OWN):
        if operation.name == name:
            return operation
    raise WorkstationError(ErrorCode.NO_SUCH_OPERATION, name=name)
