"""Classes of skin diseases: the documented answer in full, and its traps, each named after its entry."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workstation.catalogue.operation import CallInput
from workstation.catalogue.skin import ALIYUN_SKIN
from workstation.catalogue.skin_classes import CLASSES
from workstation.domain.answer import ServiceAnswer
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.words import Language, render

RECORDED = (Path(__file__).parent / "answers" / "skin-disease.json").read_text(encoding="utf-8")


def parse(results: object) -> ServiceAnswer:
    return ALIYUN_SKIN.parse(json.dumps({"Data": {"Results": results}}), False)


def test_the_documented_classes_are_read_in_full() -> None:
    answer = ALIYUN_SKIN.parse(RECORDED, False)

    assert [(str(f.label), f.confidence, f.shapes) for f in answer.findings] == [
        ("psoriasis (银屑病)", 0.9965, ()),
        ("eczema (湿疹)", 0.0023, ()),
        ("tinea corporis (体癣)", 0.0007, ()),
    ]
    assert render(answer.findings[0].label, Language.CHINESE) == "银屑病"
    assert answer.unknown == ()


def test_a_class_that_is_not_documented_is_shown_as_it_is() -> None:
    (found,) = parse({"鱼鳞病": 0.5}).findings

    assert str(found.label) == "鱼鳞病"


def test_names_with_look_alike_characters_are_known_after_normalisation() -> None:
    (found,) = parse({"⽩癜风": 0.5}).findings  # a Kangxi radical in place of 白

    assert str(found.label) == "vitiligo (白癜风)"


def test_all_documented_classes_have_words() -> None:
    assert len(CLASSES) == 51


@pytest.mark.parametrize("results", [None, [0.5], {"湿疹": 1.5}, {"湿疹": None}])
def test_classes_that_can_not_be_are_refused(results: object) -> None:
    with pytest.raises(WorkstationError) as refused:
        parse(results)
    assert refused.value.code is ErrorCode.BAD_ANSWER


def test_a_photograph_is_sent_as_documented() -> None:
    links = {"picture": ("http://store/0001.png",)}
    call = CallInput(links=links, parameters={}, org_name="demo", org_id="0001", form="png")

    assert ALIYUN_SKIN.submit_call(call).body == {"Url": "http://store/0001.png", "OrgId": "0001", "OrgName": "demo"}
