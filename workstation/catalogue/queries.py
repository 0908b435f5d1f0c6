"""Asking about jobs: no analysis, so without a card."""

from __future__ import annotations

from typing import Final

from workstation.catalogue import job_query, job_question, showapi
from workstation.catalogue.chest import IMAGEPROCESS_KINDS
from workstation.catalogue.operation import InputKind, Lifecycle, Operation, Prices, Service
from workstation.domain.words import say

ALIYUN_JOB_QUERY: Final = Service(
    source="imageprocess.GetAsyncJobResult",
    product="imageprocess",
    version="2020-03-20",
    action=job_query.ACTION,
    asynchronous=False,
    kinds=IMAGEPROCESS_KINDS,
    prices=Prices(),
    lifecycle=Lifecycle(),
    arguments=job_question.arguments,
    read=job_question.parse,
)

JOB_QUERY: Final = Operation(
    name="job-query",
    title=say("State of a job"),
    family="text",
    input_kind=InputKind.TEXT,
    services=(ALIYUN_JOB_QUERY, showapi.JOB_RESULT),
    parameters=job_question.PARAMETERS,
    panel=job_question.panel,
    card=False,
)
