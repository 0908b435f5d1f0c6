"""Translation and the skin dialogue as the local service has them: what the documents demand, and nothing medical."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.localcloud.service import bucket, call_v1, serving
from workstation.localcloud.engine_pool import built_in_engine
from workstation.localcloud.note import Running

ORG = {"OrgId": "0001", "OrgName": "测试", "Department": "皮肤科"}
ANSWERS = {
    "age": ["41"],
    "bodyParts": ["躯干"],
    "symptoms": ["瘙痒", "脱屑"],
    "complications": ["无"],
    "diseaseCourse": ["一周以内"],
    "diseaseHistory": ["无"],
    "medications": ["无"],
    "allegries": ["青霉素"],
}


class Clock:
    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("texts") / "state", engine=built_in_engine, now=clock) as service:
        yield service


def code(answer: httpx.Response) -> str:
    assert answer.status_code != 200, answer.text
    said: str = answer.json()["Code"]
    return said


def picture(width: int = 300, height: int = 400, form: str = "JPEG") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (width, height), (190, 120, 90)).save(stream, form)
    return stream.getvalue()


def turn(running: Running, kind: str, *texts: str, session: str = "", **more: str) -> httpx.Response:
    lists = {f"AnswerTextList.{n}.AnswerText": text for n, text in enumerate(texts, start=1)}
    known = {"SessionId": session} if session else {}
    return call_v1(running, "RunMedQA", {**ORG, "QuestionType": kind, **known, **lists, **more})


def begun(running: Running) -> dict[str, Any]:
    data: dict[str, Any] = turn(running, "chiefComplaint", "起了好多红疙瘩").json()["Data"]
    return data


def at_the_pictures(running: Running) -> str:
    asked = begun(running)
    while asked["QuestionType"] != "images":
        kind = asked["QuestionType"]
        asked = turn(running, kind, *ANSWERS[kind], session=asked["SessionId"]).json()["Data"]
    session: str = asked["SessionId"]
    return session


def test_a_text_is_turned_word_by_word_and_says_so(running: Running) -> None:
    asked = {"FromLanguage": "zh_CN", "ToLanguage": "en", "Text": "新生儿黄疸问题怎么治疗"}
    data = call_v1(running, "TranslateMed", asked).json()["Data"]

    assert data["Words"] == 11
    assert data["Text"] == "[Simulated, word by word; not a translation] neonatal jaundice question how to treat"
    assert data["YingtaiBasis"]["all"] == "simulated"


def test_an_english_text_becomes_chinese_where_the_glossary_knows_it(running: Running) -> None:
    asked = {"FromLanguage": "en", "ToLanguage": "zh_CN", "Text": "Lymph node enlarged, 12 mm."}
    data = call_v1(running, "TranslateMed", asked).json()["Data"]

    assert data["Words"] == 5
    assert data["Text"] == "【模拟，逐词对照，并非翻译】淋巴结肿大， 12  mm 。"


@pytest.mark.parametrize(
    "wrong",
    [
        {"FromLanguage": "en", "ToLanguage": "en", "Text": "a"},
        {"FromLanguage": "de", "ToLanguage": "en", "Text": "a"},
        {"FromLanguage": "zh_CN", "ToLanguage": "en", "Text": "肺" * 500},
        {"FromLanguage": "en", "ToLanguage": "zh_CN", "Text": "lung " * 500},
    ],
)
def test_a_wrong_translation_is_refused(running: Running, wrong: dict[str, str]) -> None:
    assert code(call_v1(running, "TranslateMed", wrong)) == "InvalidParameter"


def test_text_is_asked_for(running: Running) -> None:
    assert code(call_v1(running, "TranslateMed", {"FromLanguage": "en", "ToLanguage": "zh_CN"})) == "MissingParameter"


def test_the_dialogue_goes_through_the_documented_order_to_a_report(running: Running) -> None:
    asked, order = begun(running), []
    while asked["QuestionType"] != "images":
        kind = asked["QuestionType"]
        order.append(kind)
        assert asked["Question"]
        assert (asked["AnswerType"] == "text") == ("Options" not in asked)
        assert "Reports" not in asked
        asked = turn(running, kind, *ANSWERS[kind], session=asked["SessionId"]).json()["Data"]
    assert order == list(ANSWERS)
    assert "Question" not in asked

    store = bucket(running)
    store.put_object("skin.jpg", picture())
    link = store.sign_url("GET", "skin.jpg", 600, slash_safe=True)
    shown = {"AnswerImageURLList.1.AnswerImageURL": link}
    data = turn(running, "images", session=asked["SessionId"], **shown).json()["Data"]

    assert {kind: data["Reports"][kind] for kind in ANSWERS} == ANSWERS
    assert sum(data["Reports"]["diagProb"].values()) == pytest.approx(1, abs=1e-3)
    assert all(name.startswith("模拟") for name in data["Reports"]["diagResults"])
    assert data["Reports"]["bbox"] == {"x1": 75, "y1": 100, "x2": 225, "y2": 300, "score": 0.5}
    assert data["YingtaiBasis"]["all"] == "simulated"


def test_pictures_may_come_as_base64(running: Running) -> None:
    session = at_the_pictures(running)
    sent = {"AnswerImageDataList.1.AnswerImageData": base64.b64encode(picture(form="PNG")).decode()}

    assert "Reports" in turn(running, "images", session=session, **sent).json()["Data"]


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (picture(256, 400), "InvalidImage.Resolution"),
        (picture(400, 2048), "InvalidImage.Resolution"),
        (picture(form="GIF"), "InvalidImage.Content"),
        (b"no picture at all", "InvalidImage.Content"),
        (picture()[:700], "InvalidImage.Decode"),
        (picture() + bytes(3 * 1024**2), "InvalidParameter.TooLarge"),
    ],
)
def test_a_picture_against_the_limits_is_refused_and_may_be_sent_anew(
    running: Running, content: bytes, refusal: str
) -> None:
    session, store = at_the_pictures(running), bucket(running)
    store.put_object("bad.jpg", content)
    store.put_object("good.jpg", picture())
    links = [store.sign_url("GET", name, 600, slash_safe=True) for name in ("bad.jpg", "good.jpg")]
    sent = [{"AnswerImageURLList.1.AnswerImageURL": link} for link in links]

    assert code(turn(running, "images", session=session, **sent[0])) == refusal
    assert "Reports" in turn(running, "images", session=session, **sent[1]).json()["Data"]


def test_a_later_question_needs_the_session(running: Running) -> None:
    assert code(turn(running, "age", "41")) == "MissingParameter"
    assert code(turn(running, "age", "41", session="0" * 32)) == "InvalidParameter"


def test_only_the_question_that_was_asked_may_be_answered_or_an_earlier_one_anew(running: Running) -> None:
    session = begun(running)["SessionId"]

    assert code(turn(running, "symptoms", "瘙痒", session=session)) == "InvalidParameter"
    assert turn(running, "age", "41", session=session).json()["Data"]["QuestionType"] == "bodyParts"
    assert turn(running, "age", "42", session=session).json()["Data"]["QuestionType"] == "bodyParts"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"Department": "儿科"}, "InvalidParameter"),
        ({"QuestionType": "allergies"}, "InvalidParameter"),
        ({"AnswerTextList.1.AnswerText": "x" * 501}, "InvalidParameter"),
        ({"AnswerTextList.3.AnswerText": "x"}, "InvalidParameter"),
        ({f"AnswerTextList.{n}.AnswerText": "x" for n in range(1, 52)}, "InvalidParameter"),
        ({"AnswerText": "x"}, "InvalidParameter"),
        ({"OrgId": ""}, "MissingParameter"),
    ],
)
def test_a_wrong_turn_is_refused_with_the_documented_code(
    running: Running, change: dict[str, str], refusal: str
) -> None:
    asked = {**ORG, "QuestionType": "chiefComplaint", "AnswerTextList.1.AnswerText": "痒"}

    assert code(call_v1(running, "RunMedQA", asked | change)) == refusal


def test_an_answer_without_text_or_picture_is_refused(running: Running) -> None:
    assert code(turn(running, "chiefComplaint")) == "MissingParameter"
    assert code(turn(running, "images", "text", session=at_the_pictures(running))) == "MissingParameter"


def test_feedback_is_taken_for_a_dialogue_that_is_known(running: Running) -> None:
    session = begun(running)["SessionId"]
    taken = call_v1(running, "FeedbackSession", {"SessionId": session, "Feedback": "备注"}).json()

    assert taken.keys() == {"RequestId", "YingtaiBasis"}
    assert code(call_v1(running, "FeedbackSession", {"SessionId": "0" * 32, "Feedback": "备注"})) == "InvalidParameter"
    assert code(call_v1(running, "FeedbackSession", {"SessionId": session})) == "MissingParameter"


def test_a_dialogue_is_forgotten_after_a_day(tmp_path: Path) -> None:
    moved = Clock()
    with serving(tmp_path / "state", engine=built_in_engine, now=moved) as service:
        session = begun(service)["SessionId"]
        moved.ahead = 24 * 3600 + 5.0
        late = {"Timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moved()))}
        asked = {**ORG, "QuestionType": "age", "SessionId": session, "AnswerTextList.1.AnswerText": "41"}

        assert code(call_v1(service, "RunMedQA", asked, **late)) == "InvalidParameter"


def test_a_dialogue_outlives_a_restart(tmp_path: Path) -> None:
    with serving(tmp_path / "state", engine=built_in_engine) as service:
        session = begun(service)["SessionId"]
    with serving(tmp_path / "state", engine=built_in_engine) as service:
        assert turn(service, "age", "41", session=session).json()["Data"]["QuestionType"] == "bodyParts"
