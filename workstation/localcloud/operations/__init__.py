"""What the RPC front serves: one row per operation, facts of the documents only."""

from __future__ import annotations

from typing import Final

from workstation.localcloud.operations.abdomen import DETECT_PANC
from workstation.localcloud.operations.chest import DETECT_COVID, DETECT_LUNG_NODULE, DETECT_LYMPH
from workstation.localcloud.operations.photo_recognition import PHOTO_RECOGNITION
from workstation.localcloud.operations.photo_segmentation import SEGMENTATIONS
from workstation.localcloud.operations.pictures import PICTURES
from workstation.localcloud.operations.queries import QUERIES
from workstation.localcloud.operations.row import Operation
from workstation.localcloud.operations.screening import SCREEN_CHEST_CT
from workstation.localcloud.operations.series_or_nifti import SERIES_OR_NIFTI
from workstation.localcloud.operations.spine import DETECT_SPINE_MRI
from workstation.localcloud.operations.text import FEEDBACK_SESSION, RUN_MED_QA, TRANSLATE_MED
from workstation.localcloud.operations.two_series import RUN_CT_REGISTRATION

OPERATIONS: Final[tuple[Operation, ...]] = (
    DETECT_LUNG_NODULE,
    DETECT_COVID,
    SCREEN_CHEST_CT,
    *SERIES_OR_NIFTI,
    DETECT_LYMPH,
    DETECT_PANC,
    DETECT_SPINE_MRI,
    TRANSLATE_MED,
    RUN_MED_QA,
    FEEDBACK_SESSION,
    RUN_CT_REGISTRATION,
    *PICTURES,
    *PHOTO_RECOGNITION,
    *SEGMENTATIONS,
    *QUERIES,
)
