"""The dialogue as a value: what is asked next, what may be answered, and what comes back after a restart."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from tests.ui.fake_texts import NOW, SESSION, made
from workstation.catalogue.medical_qa import COMPLAINT, IMAGES, KINDS, REPORTS
from workstation.domain.answer import AnalysisResult
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.workspace.dialogue import (
    KEPT,
    Answer,
    Dialogue,
    begin,
    converse,
    dialogue_of,
    feedback,
    read_answers,
    told,
    turn,
)
from workstation.workspace.intents import TextRequest


def refused(dialogue: Dialogue, answer: Answer, later: timedelta = timedelta()) -> ErrorCode:
    with pytest.raises(WorkstationError) as caught:
        turn(dialogue, answer, NOW + later)
    return caught.value.code


def after(dialogue: Dialogue, *texts: str) -> Dialogue:
    return dialogue_of(made(turn(dialogue, Answer(texts=texts), NOW)))


def test_a_dialogue_begins_with_the_complaint_and_no_session() -> None:
    request = turn(begin("local", NOW), Answer(texts=(" 痒 ", "")), NOW)

    assert (request.operation, request.connection, request.pictures) == ("medical-qa", "local", ())
    assert request.parameters["kind"] == COMPLAINT
    assert request.parameters["session"] == ""
    assert request.parameters["texts"] == '["痒"]'


def test_every_turn_carries_the_session_and_all_that_was_said_before() -> None:
    second = turn(after(begin("local", NOW), "痒"), Answer(texts=("疼痛",)), NOW)

    assert second.parameters["session"] == SESSION
    assert json.loads(str(second.parameters["before"])) == [
        {"kind": "chiefComplaint", "question": "", "texts": ["痒"], "pictures": []}
    ]


def test_a_dialogue_is_whole_again_from_the_result_of_its_last_turn(tmp_path: Path) -> None:
    picture = tmp_path / "arm.jpg"
    picture.write_bytes(b"x")
    asked = after(after(begin("local", NOW), "痒"), "疼痛")
    ended = dialogue_of(made(turn(asked, Answer(pictures=(picture,)), NOW)))

    assert ended.over
    assert ended.began == NOW
    assert [(one.kind, one.texts, one.pictures) for one in ended.answered] == [
        ("chiefComplaint", ("痒",), ()),
        ("symptoms", ("疼痛",), ()),
        ("images", (), (told(picture),)),
    ]


def test_a_picture_is_told_by_its_content_and_not_by_its_name(tmp_path: Path) -> None:
    for name in ("Zhang San.JPG", "arm.jpg", "other.jpg"):
        (tmp_path / name).write_bytes(b"y" if name == "other.jpg" else b"x")

    names = [told(tmp_path / name) for name in ("Zhang San.JPG", "arm.jpg", "other.jpg")]

    assert names[0] == names[1] != names[2]
    assert not any("Zhang" in name or "arm" in name for name in names)


def test_what_was_not_offered_or_not_said_is_not_sent() -> None:
    asked = after(begin("local", NOW), "痒")

    assert refused(asked, Answer(texts=("灼热",))) is ErrorCode.ANSWER_NOT_OFFERED
    assert refused(asked, Answer()) is ErrorCode.ANSWER_MISSING


def test_pictures_have_to_be_there_and_are_at_most_fifty(tmp_path: Path) -> None:
    asked = after(after(begin("local", NOW), "痒"), "疼痛")

    assert refused(asked, Answer()) is ErrorCode.ANSWER_MISSING
    assert refused(asked, Answer(pictures=(tmp_path / "none.jpg",))) is ErrorCode.NOT_FOUND
    assert refused(asked, Answer(pictures=(tmp_path / "none.jpg",) * 51)) is ErrorCode.TOO_MANY_ANSWERS


def test_a_dialogue_of_yesterday_is_not_gone_on_with() -> None:
    asked = after(begin("local", NOW), "痒")

    assert refused(asked, Answer(texts=("疼痛",)), KEPT) is ErrorCode.DIALOGUE_EXPIRED
    assert turn(asked, Answer(texts=("疼痛",)), NOW + KEPT - timedelta(seconds=1))


def test_a_question_that_comes_again_and_again_ends_in_a_sentence() -> None:
    def deaf(request: TextRequest) -> AnalysisResult:
        return made(TextRequest(operation="medical-qa", connection="local", parameters=request.parameters))

    asked = after(begin("local", NOW), "痒")
    stuck = Dialogue(
        connection="local", began=NOW, session=SESSION, answered=asked.answered * 3, asked=begin("local", NOW).asked
    )

    with pytest.raises(WorkstationError) as caught:
        converse(stuck, {COMPLAINT: Answer(texts=("痒",))}, deaf, lambda: NOW)
    assert caught.value.code is ErrorCode.DIALOGUE_STUCK


def test_answers_are_given_as_they_are_asked_for_until_the_end(tmp_path: Path) -> None:
    picture = tmp_path / "arm.jpg"
    picture.write_bytes(b"x")
    calls: list[TextRequest] = []

    def call(request: TextRequest) -> AnalysisResult:
        calls.append(request)
        return made(request)

    answers = {
        IMAGES: Answer(pictures=(picture,)),
        "symptoms": Answer(texts=("无",)),
        COMPLAINT: Answer(texts=("痒",)),
        "age": Answer(texts=("41",)),
    }
    assert converse(begin("local", NOW), answers, call, lambda: NOW).over
    assert [asked.parameters["kind"] for asked in calls] == [COMPLAINT, "symptoms", IMAGES]


def test_a_question_without_an_answer_stops_the_dialogue_and_names_it() -> None:
    with pytest.raises(WorkstationError) as caught:
        converse(begin("local", NOW), {COMPLAINT: Answer(texts=("痒",))}, made, lambda: NOW)

    assert caught.value.facts["kind"] == "symptoms"


def test_feedback_names_the_session_and_may_not_be_empty() -> None:
    asked = after(begin("local", NOW), "痒")

    assert feedback(asked, "备注").parameters == {"session": SESSION, "text": "备注"}
    with pytest.raises(WorkstationError):
        feedback(asked, "  ")


def test_a_file_of_answers_is_read_with_paths_from_its_own_folder(tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    stored = {"age": 41, "symptoms": ["瘙痒", "脱屑"], "chiefComplaint": "痒", "images": ["a.jpg", "b.png"]}
    file.write_text(json.dumps(stored, ensure_ascii=False), encoding="utf-8")

    assert read_answers(file) == {
        "age": Answer(texts=("41",)),
        "symptoms": Answer(texts=("瘙痒", "脱屑")),
        "chiefComplaint": Answer(texts=("痒",)),
        "images": Answer(pictures=(tmp_path / "a.jpg", tmp_path / "b.png")),
    }


def test_pictures_may_stand_in_an_object_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    file.write_text('{"images": {"images": ["a.jpg"]}}', encoding="utf-8")

    assert read_answers(file) == {"images": Answer(pictures=(tmp_path / "a.jpg",))}


@pytest.mark.parametrize("text", ["[]", "{", '{"age": true}', '{"age": [["41"]]}', '{"age": null}'])
def test_a_file_that_is_something_else_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "answers.json"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(WorkstationError) as caught:
        read_answers(file)
    assert caught.value.code is ErrorCode.BAD_ANSWERS_FILE


def test_the_example_in_the_manual_answers_every_documented_question(tmp_path: Path) -> None:
    manual = (Path(__file__).parents[2] / "docs" / "texts.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", manual, re.DOTALL)
    file = tmp_path / "answers.json"
    file.write_text(example, encoding="utf-8")

    assert read_answers(file).keys() == KINDS.keys() - {REPORTS}
