"""Two series of one patient."""

from __future__ import annotations

from typing import Final

from workstation.localcloud.operations.row import IMAGEPROCESS, ORGANISATION, Kind, Mode, Operation, Parameter

RUN_CT_REGISTRATION: Final = Operation(
    product=IMAGEPROCESS,
    action="RunCTRegistration",
    mode=Mode.JOB,
    file_bytes=16 * 1024**2,  # the documents name no limit; ours, so that 1200 files can't fill the disk
    link_s=5 * 60,
    parameters=(
        Parameter(wire="DataFormat", values=("DICOM",)),
        *ORGANISATION,
        Parameter(wire="DataSourceType", values=("HTTP_FILES",)),
        Parameter(wire="ReferenceList.N.ReferenceURL", kind=Kind.ADDRESS, items=(8, 600)),
        Parameter(wire="FloatingList.N.FloatingURL", kind=Kind.ADDRESS, items=(8, 600)),
    ),
)
