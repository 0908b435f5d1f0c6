"""Translation, the skin dialogue and its feedback: the documented answers in full, and the traps of each."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from workstation.catalogue.medical_qa import FIRST, Answered, AnswerType, Question, spoken, turn_parameters
from workstation.catalogue.operation import PICTURE, CallInput, FreeText, Service
from workstation.catalogue.text import (
    ALIYUN_MEDICAL_QA,
    ALIYUN_QA_FEEDBACK,
    ALIYUN_TRANSLATION,
    MEDICAL_QA,
    QA_FEEDBACK,
    TRANSLATION,
)
from workstation.domain.answer import AnalysisResult, IndexRectangle, JobStamp, Placement, PlacementState, ServiceAnswer
from workstation.domain.blocks import BarsBlock, DialogueBlock, TableBlock, TextsBlock
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis
from workstation.domain.request import Parameters
from workstation.domain.words import say

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SESSION = "7fa1fcaa9a5845d5906f5648d6de284f"


def recorded(name: str) -> dict[str, Any]:
    file = Path(__file__).parent / "answers" / f"{name}.json"
    answer: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return answer


def read(service: Service, answer: object) -> ServiceAnswer:
    return service.parse(json.dumps(answer, ensure_ascii=False), False)


def result(service: Service, name: str, parameters: Parameters, answer: object) -> AnalysisResult:
    read_answer, raw = read(service, answer), json.dumps(answer)
    return AnalysisResult(
        operation=name,
        connection="local",
        basis=read_answer.basis,
        parameters=parameters,
        stack_id="",
        study_uid="",
        job=JobStamp(id="J", request_id="R", submitted=NOW, finished=NOW, cost_yuan=0.0),
        service_name="s",
        service_version="",
        placement=Placement(PlacementState.NOT_APPLICABLE, say("The answer names no place.")),
        findings=(),
        measurements=read_answer.measurements,
        texts=read_answer.texts,
        raw=raw,
    )


def turn(kind: str, *texts: str, question: str = "", before: tuple[Answered, ...] = ()) -> Parameters:
    return turn_parameters(SESSION, NOW, before, Answered(kind=kind, question=question, texts=texts))


# translation


def test_the_documented_translation_is_read_in_full() -> None:
    answer = read(ALIYUN_TRANSLATION, recorded("translation"))

    assert answer.texts == ("Neonatal jaundice question how to treat",)
    assert [(m.name, m.value) for m in answer.measurements] == [("words", 11.0)]
    assert answer.findings == ()
    assert answer.basis is Basis.VENDOR
    assert answer.unknown == ()


def test_a_translation_without_text_is_no_answer() -> None:
    with pytest.raises(WorkstationError) as caught:
        read(ALIYUN_TRANSLATION, {"Data": {"Words": 3}})

    assert caught.value.facts["where"] == "Data.Text"


def test_the_direction_becomes_the_two_languages_of_the_wire() -> None:
    call = CallInput(links={}, parameters={"text": "肺结节", "direction": "zh-en"}, org_name="o", org_id="1")

    assert ALIYUN_TRANSLATION.submit_call(call).body == {"FromLanguage": "zh_CN", "ToLanguage": "en", "Text": "肺结节"}


def test_text_limit_is_499_as_the_documents_say_both_below_500_and_500() -> None:
    (text, _) = TRANSLATION.parameters
    assert isinstance(text, FreeText)

    assert text.read("肺" * 499) == "肺" * 499
    assert len(text.read("lung " * 499).split()) == 499
    for longer in ("肺" * 500, "lung " * 500):
        with pytest.raises(WorkstationError) as caught:
            text.read(longer)
        assert caught.value.facts == {"name": "text", "length": 500, "most": 499}


def test_the_panel_shows_a_text_beside_its_translation() -> None:
    made = result(
        ALIYUN_TRANSLATION,
        "translation",
        {"text": "新生儿黄疸问题怎么治疗", "direction": "zh-en"},
        recorded("translation"),
    )

    (block,) = TRANSLATION.panel(made)

    assert isinstance(block, TextsBlock)
    assert [(str(text.head), text.text) for text in block.texts] == [
        ("Chinese", "新生儿黄疸问题怎么治疗"),
        ("English", "Neonatal jaundice question how to treat"),
    ]


# the dialogue


def test_the_documented_turn_is_read_in_full() -> None:
    answer = read(ALIYUN_MEDICAL_QA, recorded("medical-qa"))

    assert answer.texts == ("diagResults: 多形红斑; 玫瑰糠疹; 急性荨麻疹",)
    assert [(m.name, str(m.label), m.value) for m in answer.measurements] == [
        ("probability", "多形红斑", 0.992),
        ("probability", "玫瑰糠疹", 0.0053),
        ("probability", "急性荨麻疹", 0.0019),
    ]
    (lesion,) = answer.findings
    assert lesion.shapes == (IndexRectangle(slice=0.0, first=(1.0, 20.0), last=(355.0, 534.0)),)
    assert lesion.confidence == 0.8148
    assert answer.unknown == ()


def test_run_med_qa_bbox_is_read_as_object_and_as_list() -> None:
    listed = copy.deepcopy(recorded("medical-qa"))
    listed["Data"]["Reports"]["bbox"] = [listed["Data"]["Reports"]["bbox"]]

    assert read(ALIYUN_MEDICAL_QA, listed).findings == read(ALIYUN_MEDICAL_QA, recorded("medical-qa")).findings


def test_run_med_qa_values_of_the_report_may_be_json_texts() -> None:
    texts = copy.deepcopy(recorded("medical-qa"))
    reports = texts["Data"]["Reports"]
    texts["Data"]["Reports"] = {name: json.dumps(value, ensure_ascii=False) for name, value in reports.items()}

    assert read(ALIYUN_MEDICAL_QA, texts) == read(ALIYUN_MEDICAL_QA, recorded("medical-qa"))


def test_run_med_qa_a_single_text_may_stand_for_a_list() -> None:
    answer = read(
        ALIYUN_MEDICAL_QA, {"SessionId": "s", "QuestionType": "images", "Reports": {"age": "41", "symptoms": ["痒"]}}
    )

    assert answer.texts == ("age: 41", "symptoms: 痒")


def test_run_med_qa_a_report_before_the_images_step_does_not_end_the_dialogue() -> None:
    after = spoken(result(ALIYUN_MEDICAL_QA, "medical-qa", turn("chiefComplaint", "痒"), recorded("medical-qa")))

    assert after.asked == Question(kind="chiefComplaint", text="请描述一下您的病情？")
    assert after.session == SESSION


def test_run_med_qa_the_report_after_the_images_step_ends_the_dialogue() -> None:
    after = spoken(result(ALIYUN_MEDICAL_QA, "medical-qa", turn("images"), recorded("medical-qa")))

    assert after.asked is None


def test_run_med_qa_allegries_is_asked_and_answered_as_it_is_misspelt() -> None:
    asked = {"SessionId": SESSION, "QuestionType": "allegries", "Question": "过敏史？", "AnswerType": "text"}
    after = spoken(result(ALIYUN_MEDICAL_QA, "medical-qa", turn("medications", "无"), asked))
    assert after.asked == Question(kind="allegries", text="过敏史？")

    call = CallInput(links={}, parameters=turn("allegries", "青霉素"), org_name="o", org_id="0001")
    assert ALIYUN_MEDICAL_QA.submit_call(call).body["QuestionType"] == "allegries"


def test_run_med_qa_the_first_step_is_the_complaint_and_has_no_session() -> None:
    parameters = turn_parameters("", NOW, (), Answered(kind=FIRST.kind, question="", texts=("起了好多红疙瘩", "痒")))
    call = CallInput(links={}, parameters=parameters, org_name="组织", org_id="0001")

    assert ALIYUN_MEDICAL_QA.submit_call(call).body == {
        "OrgName": "组织",
        "OrgId": "0001",
        "Department": "皮肤科",
        "QuestionType": "chiefComplaint",
        "AnswerTextList.1.AnswerText": "起了好多红疙瘩",
        "AnswerTextList.2.AnswerText": "痒",
    }


def test_pictures_go_as_links_that_count_from_one() -> None:
    links = {PICTURE: ("http://a", "http://b")}
    body = (
        ALIYUN_MEDICAL_QA.submit_call(
            CallInput(links=links, parameters=turn("images"), org_name="o", org_id="1", form="jpg")
        )
    ).body

    assert body["AnswerImageURLList.1.AnswerImageURL"] == "http://a"
    assert body["AnswerImageURLList.2.AnswerImageURL"] == "http://b"
    assert body["SessionId"] == SESSION


@pytest.mark.parametrize(
    ("question", "given", "code"),
    [
        (Question(kind="age"), (" ",), ErrorCode.ANSWER_MISSING),
        (Question(kind="age"), ("x" * 501,), ErrorCode.TEXT_LENGTH),
        (Question(kind="age"), ("x",) * 51, ErrorCode.TOO_MANY_ANSWERS),
        (Question(kind="s", type=AnswerType.SINGLE, options=("a", "b")), ("a", "b"), ErrorCode.TOO_MANY_ANSWERS),
        (Question(kind="s", type=AnswerType.MULTIPLE, options=("a", "b")), ("a", "c"), ErrorCode.ANSWER_NOT_OFFERED),
    ],
)
def test_an_answer_that_the_service_would_not_take_is_refused_before(
    question: Question, given: tuple[str, ...], code: ErrorCode
) -> None:
    with pytest.raises(WorkstationError) as caught:
        question.read(given)

    assert caught.value.code is code


def test_the_panel_of_a_finished_dialogue_tells_report_shares_and_every_turn() -> None:
    before = (Answered(kind="age", question="多大？", texts=("41",)),)
    last = turn_parameters(SESSION, NOW, before, Answered(kind="images", question="", pictures=("arm.jpg",)))

    bars, table, dialogue = MEDICAL_QA.panel(result(ALIYUN_MEDICAL_QA, "medical-qa", last, recorded("medical-qa")))

    assert isinstance(bars, BarsBlock)
    assert (str(bars.bars[0].label), bars.bars[0].share) == ("多形红斑", 0.992)
    assert isinstance(table, TableBlock)
    assert [str(cell) for cell in table.rows[0].cells] == [
        "Diseases that the service thinks of",
        "多形红斑; 玫瑰糠疹; 急性荨麻疹",
    ]
    assert isinstance(dialogue, DialogueBlock)
    assert [(said.ours, said.text, said.pictures) for said in dialogue.turns] == [
        (False, "多大？", ()),
        (True, "41", ()),
        (True, "", ("arm.jpg",)),
    ]


def test_a_share_that_is_none_is_refused() -> None:
    broken = copy.deepcopy(recorded("medical-qa"))
    broken["Data"]["Reports"]["diagProb"]["多形红斑"] = 1.2

    with pytest.raises(WorkstationError):
        read(ALIYUN_MEDICAL_QA, broken)


# feedback


def test_the_answer_to_feedback_is_nothing_but_its_number() -> None:
    answer = read(ALIYUN_QA_FEEDBACK, recorded("qa-feedback"))

    assert (answer.texts, answer.findings, answer.measurements) == ((), (), ())
    assert [str(note) for note in answer.notes] == ["The feedback was taken."]
    assert answer.unknown == ()


def test_feedback_names_its_dialogue() -> None:
    call = CallInput(links={}, parameters={"session": SESSION, "text": "备注"}, org_name="o", org_id="1")

    assert ALIYUN_QA_FEEDBACK.submit_call(call).body == {"SessionId": SESSION, "Feedback": "备注"}
    assert not QA_FEEDBACK.card
