"""Asking about jobs."""

from __future__ import annotations

from typing import Final

from workstation.localcloud.operations.row import IMAGEPROCESS, Mode, Operation, Parameter

IMAGEPROCESS_JOB_RESULT: Final = Operation(
    product=IMAGEPROCESS,
    action="GetAsyncJobResult",
    mode=Mode.JOB_QUERY,
    parameters=(Parameter(wire="JobId"),),
)
