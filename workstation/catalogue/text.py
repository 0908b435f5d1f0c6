"""Operations on text: nothing that was opened is sent."""

from __future__ import annotations

from datetime import date
from typing import Final

from workstation.catalogue import medical_qa, qa_feedback, showapi, translation
from workstation.catalogue.chest import IMAGEPROCESS_KINDS, WITHDRAWN_2026
from workstation.catalogue.limits import Limits, documented
from workstation.catalogue.operation import InputKind, Lifecycle, Operation, Prices, Service
from workstation.domain.words import say

FREE: Final = Prices()  # public test phase; in no price list of the documents
STOPPED_2024: Final = Lifecycle(ends=date(2024, 4, 24))

ALIYUN_TRANSLATION: Final = Service(
    source="imageprocess.TranslateMed",
    product="imageprocess",
    version="2020-03-20",
    action="TranslateMed",
    asynchronous=False,
    kinds=IMAGEPROCESS_KINDS,
    prices=FREE,
    lifecycle=STOPPED_2024,
    arguments=translation.arguments,
    read=translation.parse,
)

TRANSLATION: Final = Operation(
    name="translation",
    title=say("Medical translation"),
    family="text",
    input_kind=InputKind.TEXT,
    services=(ALIYUN_TRANSLATION,),
    parameters=translation.PARAMETERS,
    panel=translation.panel,
    simulated=True,
)

ALIYUN_MEDICAL_QA: Final = Service(
    source="imageprocess.RunMedQA",
    product="imageprocess",
    version="2020-03-20",
    action="RunMedQA",
    asynchronous=False,
    kinds=IMAGEPROCESS_KINDS,
    prices=FREE,
    lifecycle=WITHDRAWN_2026,
    arguments=medical_qa.arguments,
    read=medical_qa.parse,
)

MEDICAL_QA: Final = Operation(
    name="medical-qa",
    title=say("Skin questions and answers"),
    family="text",
    input_kind=InputKind.DIALOGUE,
    services=(ALIYUN_MEDICAL_QA, showapi.MEDICAL_QA),
    limits=Limits(
        forms=documented(("jpg", "png", "bmp")),
        smallest=documented((257, 257)),
        largest=documented((2047, 2047)),
        file_bytes=documented(3 * 1024**2),
        whole=False,
    ),
    panel=medical_qa.panel,
    simulated=True,
)

ALIYUN_QA_FEEDBACK: Final = Service(
    source="imageprocess.FeedbackSession",
    product="imageprocess",
    version="2020-03-20",
    action="FeedbackSession",
    asynchronous=False,
    kinds=IMAGEPROCESS_KINDS,
    prices=FREE,
    lifecycle=WITHDRAWN_2026,
    arguments=qa_feedback.arguments,
    read=qa_feedback.parse,
)

QA_FEEDBACK: Final = Operation(
    name="qa-feedback",
    title=say("Feedback on a dialogue"),
    family="text",
    input_kind=InputKind.TEXT,
    services=(ALIYUN_QA_FEEDBACK,),
    parameters=qa_feedback.PARAMETERS,
    panel=qa_feedback.panel,
    simulated=True,
    card=False,
)
