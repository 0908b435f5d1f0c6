"""The points of ShowAPI (API 2477): a gateway in front of the vendor's service, with flat fields instead of lists.

Answers are the vendor's own, whatever the points' schemas say: those of 5, 8, 12, 13 and 15 were pasted from other
operations, so each point is read by the parser of the operation that it passes on. What is sent is the vendor's call
with other names; `ds_id` is added by whoever holds the connection. A point with one address can't take a series of
slices: only point 9 can work as it is written, with one NIfTI file. Points 4, 10, 11 and 14 do not exist.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from workstation.catalogue import (
    calcium_score,
    chest_screening,
    covid_pneumonia,
    femoral_neck,
    job_question,
    knee_grades,
    lung_nodules,
    medical_qa,
    registration,
    skin_classes,
    spine_levels,
)
from workstation.catalogue.operation import CallInput, ConnectionKind, Lifecycle, Prices, Service, WireAnswer
from workstation.domain.answer import ServiceAnswer, WireFrame
from workstation.domain.error import ErrorCode, WorkstationError

PRODUCT: Final = "showapi"
VERSION: Final = "1.0.0"
RESULT: Final = "2477-2"  # asks for a job's result

Arguments = Callable[[CallInput], Mapping[str, str]]
Read = Callable[[WireAnswer], ServiceAnswer]

_URL: Final = {"URLList.1.URL": "URL"}
_SHORT_URL: Final = 600
_UNPRICED: Final = Prices(stated=False)  # `showapi_fee_num` tells how many calls were billed, no page what one costs
_ENDS_2026: Final = Lifecycle(known=False, behind=date(2026, 11, 26))
_ENDED_2024: Final = Lifecycle(known=False, behind=date(2024, 4, 24))
_UNKNOWN: Final = Lifecycle(known=False)
_ANSWER_SEPARATOR: Final = "、"


def _renamed(arguments: Arguments, names: Mapping[str, str], without: tuple[str, ...] = ()) -> Arguments:
    """The vendor's call with the point's names."""

    def flat(call: CallInput) -> Mapping[str, str]:
        return {names.get(name, name): text for name, text in arguments(call).items() if name not in without}

    return flat


def _traced(call: CallInput) -> Mapping[str, str]:
    """`TracerId` is required here. It is only an echo, so it says nothing."""
    return {**femoral_neck.arguments(call), "TracerId": uuid.uuid4().hex}


def _turn(call: CallInput) -> Mapping[str, str]:
    """One field for all answers to a question: they are joined as a Chinese text lists things.

    raises TEXT_LENGTH
    """
    whole = medical_qa.arguments(call)
    texts = [text for name, text in whole.items() if name.startswith("AnswerTextList.")]
    flat = {name: text for name, text in whole.items() if not name.startswith("AnswerTextList.")}
    if link := flat.pop("AnswerImageURLList.1.AnswerImageURL", ""):
        flat["AnswerImageURL"] = link
    if texts:
        flat["AnswerText"] = _ANSWER_SEPARATOR.join(texts)
        if (length := len(flat["AnswerText"])) > medical_qa.LONGEST_ANSWER:
            most = medical_qa.LONGEST_ANSWER
            raise WorkstationError(ErrorCode.TEXT_LENGTH, name=flat["QuestionType"], length=length, most=most)
    return flat


def _point(
    number: int,
    arguments: Arguments,
    read: Read,
    lifecycle: Lifecycle,
    *,
    asynchronous: bool = False,
    carries: int | None = 1,
    nifti: bool = False,
    frame: WireFrame | None = None,
    links: tuple[str, ...] = (),
    kept: tuple[str, ...] = (),
    url_limit: int | None = None,
) -> Service:
    return Service(
        source=f"showapi.{number}",
        product=PRODUCT,
        version=VERSION,
        action=f"2477-{number}",
        asynchronous=asynchronous,
        kinds=(ConnectionKind.SHOWAPI,),
        prices=_UNPRICED,
        lifecycle=lifecycle,
        frame=frame or WireFrame(),
        arguments=arguments,
        read=read,
        links=links,
        kept=kept,
        url_limit=url_limit,
        result_action=RESULT,
        carries=carries,
        nifti=nifti,
    )


NODULES: Final = _point(
    1,
    _renamed(lung_nodules.arguments, _URL),
    lung_nodules.parse,
    _ENDS_2026,
    asynchronous=True,
    frame=WireFrame(axes="xyz", base=0),
    url_limit=_SHORT_URL,
)
JOB_RESULT: Final = _point(2, job_question.arguments, job_question.parse, _UNKNOWN)
KNEE_GRADES: Final = _point(3, knee_grades.arguments, knee_grades.parse, _ENDED_2024)
SPINE: Final = _point(
    5,
    _renamed(spine_levels.arguments, {f"URLList.{n}.URL": f"URL{n}" for n in (1, 2, 3)}),
    spine_levels.parse,
    _ENDED_2024,
    carries=3,
)
REGISTRATION: Final = _point(
    6,
    _renamed(
        registration.arguments,
        {"ReferenceList.1.ReferenceURL": "ReferenceURL", "FloatingList.1.FloatingURL": "FloatingURL"},
    ),
    registration.parse,
    _ENDS_2026,
    asynchronous=True,
    links=registration.LINKS,
    kept=(registration.ARCHIVE,),
)
FEMORAL_NECK: Final = _point(7, _traced, femoral_neck.parse, _ENDED_2024)
MEDICAL_QA: Final = _point(8, _turn, medical_qa.parse, _ENDS_2026)
CALCIUM: Final = _point(
    9,
    _renamed(calcium_score.arguments, _URL),
    calcium_score.parse,
    _ENDS_2026,
    asynchronous=True,
    nifti=True,
    links=(calcium_score.MASK,),
    url_limit=_SHORT_URL,
)
SKIN: Final = _point(12, skin_classes.arguments, skin_classes.parse, _ENDS_2026)
COVID: Final = _point(
    13,
    _renamed(covid_pneumonia.arguments, _URL),
    covid_pneumonia.parse,
    _ENDS_2026,
    asynchronous=True,
    links=(covid_pneumonia.MASK,),
    url_limit=_SHORT_URL,
)
SCREENING: Final = _point(
    15,
    _renamed(chest_screening.arguments, _URL, without=("Mask",)),  # the point has no way to choose analyses
    chest_screening.parse,
    _UNKNOWN,
    asynchronous=True,
    links=chest_screening.LINKS,
)
