"""Asking about jobs."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

from workstation.localcloud.operations.row import IMAGEPROCESS, VIAPI, Checked, Kind, Mode, Operation, Parameter
from workstation.localcloud.refusal import RpcRefusal

CHINA: Final = timezone(timedelta(hours=8))  # times of the list are written in the service's own zone
TIME_FORM: Final = "%Y-%m-%d %H:%M:%S"
STATUSES: Final = (
    "QUEUING", "PROCESSING", "PROCESS_SUCCESS", "PROCESS_FAILED", "TIMEOUT_FAILED", "LIMIT_RETRY_FAILED",
    "JOB_CANCELED",
)  # fmt: skip
LONGEST_SPAN: Final = timedelta(hours=24)
_MOST: Final = 500  # on a page
_MOST_PAGES: Final = 100_000


def read_time(text: str) -> datetime:
    """raises ValueError"""
    return datetime.strptime(text, TIME_FORM).replace(tzinfo=CHINA)


def _span(checked: Checked) -> None:
    times: dict[str, datetime] = {}
    for name in ("StartTime", "EndTime"):
        if name in checked.values:
            try:
                times[name] = read_time(checked.values[name])
            except ValueError:
                raise RpcRefusal("InvalidParameter.Convert", f"{name} must be like 2023-01-04 00:00:00.") from None
    if len(times) == 2:
        span = times["EndTime"] - times["StartTime"]
        if not timedelta(0) <= span <= LONGEST_SPAN:
            raise RpcRefusal("InvalidParameter", "StartTime to EndTime may be 24 hours at most.")


IMAGEPROCESS_JOB_RESULT: Final = Operation(
    product=IMAGEPROCESS,
    action="GetAsyncJobResult",
    mode=Mode.JOB_QUERY,
    parameters=(Parameter(wire="JobId"),),
)

VIAPI_JOB_RESULT: Final = Operation(
    product=VIAPI,
    action="GetAsyncJobResult",
    mode=Mode.JOB_QUERY,
    parameters=(Parameter(wire="JobId"),),
)

QUERY_JOB_LIST: Final = Operation(
    product=VIAPI,
    action="QueryAsyncJobList",
    mode=Mode.JOB_LIST,
    parameters=(
        Parameter(wire="JobId", required=False),
        Parameter(wire="PopProduct", required=False),
        Parameter(wire="PopApiName", required=False),
        Parameter(wire="Status", required=False, values=STATUSES),
        Parameter(wire="StartTime", required=False),
        Parameter(wire="EndTime", required=False),
        Parameter(wire="PageNum", kind=Kind.WHOLE, required=False, above=0, most=_MOST_PAGES),
        Parameter(wire="PageSize", kind=Kind.WHOLE, required=False, above=0, most=_MOST),
    ),
    rule=_span,
)

CANCEL_WAITING_JOB: Final = Operation(
    product=VIAPI,
    action="CancelWaitingAsyncJob",
    mode=Mode.JOB_CANCEL,
    parameters=(Parameter(wire="JobId"),),
)

QUERIES: Final = (IMAGEPROCESS_JOB_RESULT, VIAPI_JOB_RESULT, QUERY_JOB_LIST, CANCEL_WAITING_JOB)
