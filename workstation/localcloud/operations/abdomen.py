"""CT that covers the pancreas."""

from __future__ import annotations

from typing import Final

from workstation.localcloud.operations.chest import LARGEST_CT_SLICE
from workstation.localcloud.operations.row import IMAGEPROCESS, Kind, Mode, Operation, Parameter

DETECT_PANC: Final = Operation(
    product=IMAGEPROCESS,
    action="DetectPanc",
    mode=Mode.JOB,
    file_bytes=LARGEST_CT_SLICE,
    link_s=5 * 60,
    parameters=(
        Parameter(wire="DataSourceType", values=("HTTP_FILES",)),
        Parameter(wire="URLList.N.URL", kind=Kind.ADDRESS, items=(20, 600)),
    ),
)
