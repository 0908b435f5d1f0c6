"""Chest CT, sent as DICOM slices or as one NIfTI file."""

from __future__ import annotations

from typing import Final

from workstation.localcloud.operations.row import (
    IMAGEPROCESS,
    ORGANISATION,
    Checked,
    Kind,
    Mode,
    Operation,
    Parameter,
)
from workstation.localcloud.refusal import RpcRefusal

LARGEST_FILE: Final = 640 * 1024**2  # the documents name no limit: 600 slices of 512 × 512 pixels of 16 bits, twice
_SOURCES: Final = {"DICOM": "HTTP_FILES", "NIFTI": "HTTP_NII"}
_FRAMES: Final = {"DICOM": (20, 600), "NIFTI": (1, 1)}


def _operation(action: str, source_name: str) -> Operation:
    """`source_name`: how the operation calls the parameter that says whether it is slices or one file."""

    def rule(checked: Checked) -> None:
        form = checked.values["DataFormat"]
        if checked.values[source_name] != _SOURCES[form]:
            raise RpcRefusal("InvalidParameter", f"{source_name} must be {_SOURCES[form]} where DataFormat is {form}.")
        (least, most), count = _FRAMES[form], len(checked.addresses["URLList"])
        if not least <= count <= most:
            raise RpcRefusal("InvalidParameter", f"URLList.N.URL has {count} items; {least} to {most} may be.")

    return Operation(
        product=IMAGEPROCESS,
        action=action,
        mode=Mode.JOB,
        file_bytes=LARGEST_FILE,
        link_s=5 * 60,
        parameters=(
            Parameter(wire="DataFormat", values=tuple(_SOURCES)),
            *ORGANISATION,
            Parameter(wire=source_name, values=tuple(_SOURCES.values())),
            Parameter(wire="URLList.N.URL", kind=Kind.ADDRESS, items=(1, 600)),
        ),
        rule=rule,
    )


CALC_CACS: Final = _operation("CalcCACS", "DataSourceType")
DETECT_RIB_FRACTURE: Final = _operation("DetectRibFracture", "SourceType")
ANALYZE_CHEST_VESSEL: Final = _operation("AnalyzeChestVessel", "DataSourceType")
SERIES_OR_NIFTI: Final = (CALC_CACS, DETECT_RIB_FRACTURE, ANALYZE_CHEST_VESSEL)
