"""Chest CT."""

from __future__ import annotations

from typing import Final

from workstation.localcloud.operations.row import IMAGEPROCESS, ORGANISATION, Kind, Mode, Operation, Parameter

LARGEST_CT_SLICE: Final = 16 * 1024**2  # where the documents set no limit: 2048 × 2048 pixels of 16 bits, and more

DETECT_LUNG_NODULE: Final = Operation(
    product=IMAGEPROCESS,
    action="DetectLungNodule",
    mode=Mode.JOB,
    file_bytes=1024**2,
    parameters=(
        Parameter(wire="DataFormat", values=("DICOM",)),
        *ORGANISATION,
        Parameter(wire="Threshold", kind=Kind.DECIMAL, required=False, above=0.0, most=1.0, decimals=2),
        Parameter(wire="URLList.N.URL", kind=Kind.ADDRESS, items=(20, 600), shorter_than=600),
    ),
)

DETECT_COVID: Final = Operation(
    product=IMAGEPROCESS,
    action="DetectCovid19Cad",
    mode=Mode.JOB,
    file_bytes=LARGEST_CT_SLICE,
    parameters=(
        Parameter(wire="DataFormat", values=("DICOM",)),
        *ORGANISATION,
        Parameter(wire="URLList.N.URL", kind=Kind.ADDRESS, items=(20, 2048)),
    ),
)

DETECT_LYMPH: Final = Operation(
    product=IMAGEPROCESS,
    action="DetectLymph",
    mode=Mode.JOB,
    file_bytes=LARGEST_CT_SLICE,
    parameters=(
        Parameter(wire="DataSourceType", values=("HTTP_FILES",)),
        Parameter(wire="URLList.N.URL", kind=Kind.ADDRESS, items=(20, 600)),
    ),
)
