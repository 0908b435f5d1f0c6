"""The points of the second gateway: the same actions under flat names, one field where the product has a list.

Facts of the gateway's own document (API 2477). Its answers are what the product behind answers; what it shows as
answers of points 5, 8, 12, 13 and 15 belongs to other actions. Points 4, 10, 11 and 14 do not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from workstation.localcloud.operations.chest import DETECT_COVID, DETECT_LUNG_NODULE
from workstation.localcloud.operations.pictures import CLASSIFY_FNF, DETECT_KNEE_XRAY, DETECT_SKIN_DISEASE
from workstation.localcloud.operations.queries import IMAGEPROCESS_JOB_RESULT
from workstation.localcloud.operations.row import (
    ORGANISATION,
    Checked,
    Kind,
    Operation,
    Parameter,
    Product,
)
from workstation.localcloud.operations.screening import SCREEN_CHEST_CT
from workstation.localcloud.operations.series_or_nifti import CALC_CACS
from workstation.localcloud.operations.spine import DETECT_SPINE_MRI
from workstation.localcloud.operations.text import LONGEST_ANSWER, QUESTION_TYPES, RUN_MED_QA
from workstation.localcloud.operations.two_series import RUN_CT_REGISTRATION

_GATEWAY: Final = Product("2477", "1.0.0")
_SOURCE: Final = "ds_id"
_DICOM: Final = Parameter(wire="DataFormat", values=("DICOM",))
_URL: Final = Parameter(wire="URL", kind=Kind.ADDRESS, shorter_than=600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """
    front     what the gateway takes
    behind    the product's action that it passes the call on to
    lists     fields of the gateway, in order, and the product's list that they become
    in_array  its document has an array of one where the product answers an object
    """

    front: Operation
    behind: Operation
    lists: Mapping[str, str] = field(default_factory=dict)
    in_array: bool = False

    @property
    def code(self) -> str:
        return self.front.action

    def passed_on(self, checked: Checked) -> Checked:
        """The call as the product has it. raises RpcRefusal where its own rule forbids it"""
        into = Checked({}, {}, {})
        for name, text in checked.values.items():
            if name in self.lists:
                into.lists[self.lists[name]] = (text,)
            elif name != _SOURCE:
                into.values[name] = text
        for name, addresses in checked.addresses.items():
            listed = self.lists.get(name, name)
            into.addresses[listed] = (*into.addresses.get(listed, ()), *addresses)
        self.behind.rule(into)
        return into


def _point(number: int, behind: Operation, *parameters: Parameter, in_array: bool = False, **lists: str) -> Point:
    front = Operation(
        product=_GATEWAY,
        action=f"{_GATEWAY.code}-{number}",
        mode=behind.mode,
        methods=frozenset({"POST"}),
        parameters=(Parameter(wire=_SOURCE), *parameters),
    )
    return Point(front=front, behind=behind, lists=lists, in_array=in_array)


POINTS: Final = (
    _point(
        1,
        DETECT_LUNG_NODULE,
        _DICOM,
        *ORGANISATION,
        _URL,
        Parameter(wire="Threshold", kind=Kind.DECIMAL, required=False, above=0.0, most=1.0, decimals=2),
        URL="URLList",
    ),
    _point(2, IMAGEPROCESS_JOB_RESULT, Parameter(wire="JobId")),
    _point(3, DETECT_KNEE_XRAY, _DICOM, *ORGANISATION, Parameter(wire="Url", kind=Kind.ADDRESS)),
    _point(
        5,
        DETECT_SPINE_MRI,
        _DICOM,
        *ORGANISATION,
        Parameter(wire="URL1", kind=Kind.ADDRESS),
        Parameter(wire="URL2", kind=Kind.ADDRESS, required=False),
        Parameter(wire="URL3", kind=Kind.ADDRESS, required=False),
        URL1="URLList",
        URL2="URLList",
        URL3="URLList",
    ),
    _point(
        6,
        RUN_CT_REGISTRATION,
        _DICOM,
        *ORGANISATION,
        Parameter(wire="DataSourceType", values=("HTTP_FILES",)),
        Parameter(wire="FloatingURL", kind=Kind.ADDRESS),
        Parameter(wire="ReferenceURL", kind=Kind.ADDRESS),
        in_array=True,
        FloatingURL="FloatingList",
        ReferenceURL="ReferenceList",
    ),
    _point(
        7,
        CLASSIFY_FNF,
        Parameter(wire="DataFormat", values=("jpeg", "jpg", "png", "dcm")),
        *ORGANISATION,
        Parameter(wire="ImageUrl", kind=Kind.ADDRESS),
        Parameter(wire="TracerId"),
    ),
    _point(
        8,
        RUN_MED_QA,
        *ORGANISATION,
        Parameter(wire="SessionId", required=False),
        Parameter(wire="Department", values=("皮肤科",)),
        Parameter(wire="QuestionType", values=QUESTION_TYPES),
        Parameter(wire="AnswerImageURL", kind=Kind.ADDRESS, required=False),
        Parameter(wire="AnswerText", required=False, shorter_than=LONGEST_ANSWER + 1),
        AnswerImageURL="AnswerImageURLList",
        AnswerText="AnswerTextList",
    ),
    _point(
        9,
        CALC_CACS,
        Parameter(wire="DataFormat", values=("DICOM", "NIFTI")),
        *ORGANISATION,
        _URL,
        Parameter(wire="DataSourceType", values=("HTTP_FILES", "HTTP_NII")),
        in_array=True,
        URL="URLList",
    ),
    _point(12, DETECT_SKIN_DISEASE, *ORGANISATION, Parameter(wire="Url", kind=Kind.ADDRESS)),
    _point(13, DETECT_COVID, _DICOM, *ORGANISATION, _URL, URL="URLList"),
    _point(15, SCREEN_CHEST_CT, _DICOM, *ORGANISATION, Parameter(wire="URL", kind=Kind.ADDRESS), URL="URLList"),
)
