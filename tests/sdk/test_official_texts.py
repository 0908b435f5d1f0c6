"""The vendor's official client holds the skin dialogue with the local cloud. Its client of today has no translation."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.localcloud.service import bucket, serving
from tests.sdk.test_official_client import PYTHON, WHO, called
from workstation.localcloud.engine_pool import built_in_engine
from workstation.localcloud.note import Running

FIRST = {"QuestionType": "chiefComplaint", "AnswerTextList": [{"AnswerText": "起了好多红疙瘩"}, {"AnswerText": "痒"}]}


@pytest.fixture(autouse=True)
def client() -> None:
    if not PYTHON.exists():
        pytest.skip("the official client is not here; `make sdk-env` installs it apart")


def turn(running: Running, **fields: object) -> dict[str, Any]:
    answers = called(running, "run_med_qa", "RunMedQARequest", {**WHO, "Department": "皮肤科", **fields})
    data: dict[str, Any] = answers["first"]["Data"]
    return data


def test_the_official_client_begins_a_dialogue_and_answers_the_next_question(tmp_path: Path) -> None:
    with serving(tmp_path / "state", engine=built_in_engine) as running:
        asked = turn(running, **FIRST)
        session = asked["SessionId"]
        following = turn(running, SessionId=session, QuestionType="age", AnswerTextList=[{"AnswerText": "41"}])

    assert asked["QuestionType"] == "age"
    assert following["QuestionType"] == "bodyParts"
    assert following["AnswerType"] == "multiple"
    assert "躯干" in following["Options"]


def test_the_official_client_sends_a_picture_and_gets_the_report(tmp_path: Path) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (400, 300)).save(stream, "JPEG")
    said = ("41", "躯干", "瘙痒", "无", "一周以内", "无", "无", "青霉素")
    with serving(tmp_path / "state", engine=built_in_engine) as running:
        store = bucket(running)
        store.put_object("arm.jpg", stream.getvalue())
        link = store.sign_url("GET", "arm.jpg", 600, slash_safe=True)
        asked = turn(running, **FIRST)
        for text in said:
            given = [{"AnswerText": text}]
            asked = turn(
                running, SessionId=asked["SessionId"], QuestionType=asked["QuestionType"], AnswerTextList=given
            )
        pictures = [{"AnswerImageURL": link}]
        ended = turn(running, SessionId=asked["SessionId"], QuestionType="images", AnswerImageURLList=pictures)

    assert asked["QuestionType"] == "images"
    assert ended["Reports"]["allegries"] == ["青霉素"]


def test_the_official_client_sends_feedback(tmp_path: Path) -> None:
    with serving(tmp_path / "state", engine=built_in_engine) as running:
        session = turn(running, **FIRST)["SessionId"]
        fields = {"SessionId": session, "Feedback": "备注"}
        answers = called(running, "feedback_session", "FeedbackSessionRequest", fields)

    assert answers["first"]["RequestId"]
