"""Texts through the ledger: what leaves, one job a turn, nothing twice, and what there was earlier."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from tests.jobs.fakes import FolderStore, TestClock
from tests.ui.fake_texts import BASIS, NEXT, SESSION
from workstation.catalogue.operation import ConnectionKind
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.request import CallKind, RpcAnswer, ServiceCall
from workstation.domain.work import CancelToken
from workstation.jobs.queries import list_jobs
from workstation.records import Records
from workstation.workspace.connections import ConnectionInfo, Opened
from workstation.workspace.dialogue import Answer, Dialogue, begin, dialogue_of, turn
from workstation.workspace.intents import TextRequest
from workstation.workspace.runs import JobFolders, Runs, Site, unheard
from workstation.workspace.texts import TextDesk


@dataclass
class Speaker:
    """Answers at once. `fault` is what the next call fails with."""

    calls: list[ServiceCall] = field(default_factory=list)
    fault: ErrorCode | None = None

    def call(self, call: ServiceCall, kind: CallKind, cancel: CancelToken | None = None) -> RpcAnswer:
        if self.fault is not None:
            code, self.fault = self.fault, None
            raise WorkstationError(code)
        self.calls.append(call)
        said = NEXT[call.body["QuestionType"]] if call.action == "RunMedQA" else {"Words": 1, "Text": "lung"}
        body: dict[str, object] = {"RequestId": "R", "Data": {"SessionId": SESSION, **said, "YingtaiBasis": BASIS}}
        return RpcAnswer(body=body, request_id="R", raw=json.dumps(body))


class Ticking(TestClock):
    """No two moments are the same."""

    def now(self) -> datetime:
        self.seconds += 1
        return super().now()


@dataclass
class OneConnection:
    root: Path
    speaker: Speaker

    def all(self) -> tuple[ConnectionInfo, ...]:
        clinic = ConnectionInfo(name="clinic", kind=ConnectionKind.COMPATIBLE, bucket="studies", host="oss.example")
        return (ConnectionInfo(name="local", kind=ConnectionKind.LOCAL), clinic)

    def open(self, name: str, product: str) -> Opened:
        return Opened(store=FolderStore(self.root), client=self.speaker, bucket="studies", prefix="yingtai")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Records]:
    with Records(tmp_path / "records.db") as records:
        yield records


@pytest.fixture
def speaker() -> Speaker:
    return Speaker()


@pytest.fixture
def texts(tmp_path: Path, ledger: Records, speaker: Speaker) -> TextDesk:
    connections, clock = OneConnection(tmp_path, speaker), Ticking()
    folders = JobFolders(tmp_path / "work", tmp_path / "results")
    runs = Runs(connections, ledger, clock, folders, lambda: Site("Site", "site-01", 100.0))
    return TextDesk(runs, connections, clock)


def translation(text: str, connection: str = "local") -> TextRequest:
    return TextRequest(operation="translation", connection=connection, parameters={"text": text, "direction": "zh-en"})


def said(texts: TextDesk, dialogue: Dialogue, *words: str) -> Dialogue:
    request = turn(dialogue, Answer(texts=words), texts.now())
    return dialogue_of(texts.analyse(request, unheard, CancelToken()))


def test_a_text_is_one_call_and_nothing_is_stored_there(texts: TextDesk, speaker: Speaker, tmp_path: Path) -> None:
    result = texts.analyse(translation("肺"), unheard, CancelToken())

    assert result.texts == ("lung",)
    assert (result.stack_id, result.study_uid) == ("", "")
    assert [call.action for call in speaker.calls] == ["TranslateMed"]
    assert FolderStore(tmp_path).stored == []


def test_an_offer_says_beforehand_that_the_answer_will_be_made_up(texts: TextDesk) -> None:
    assert {str(offer.cost) for offer in texts.offers("local")} == {
        "Local cloud, free. The answer will be simulated: it has no medical content."
    }


def test_what_leaves_is_counted_before_it_is_sent(texts: TextDesk) -> None:
    consent = texts.consent(translation("肺结节", "clinic"))

    assert consent.leaves_pc
    assert [str(line) for line in consent.leaves] == ["3 characters of text, as they are"]
    assert [str(line) for line in consent.warnings] == [
        "A name, number or date in the text leaves this PC with it: write none."
    ]


def test_the_same_words_after_a_stop_go_on_with_the_same_job(
    texts: TextDesk, speaker: Speaker, ledger: Records
) -> None:
    speaker.fault = ErrorCode.UNREACHABLE
    with pytest.raises(WorkstationError):
        texts.analyse(translation("肺"), unheard, CancelToken())
    texts.analyse(translation("肺"), unheard, CancelToken())

    assert len(speaker.calls) == 1
    assert len(list_jobs(ledger)) == 1


def test_a_turn_of_unknown_outcome_is_never_sent_again_by_itself(
    texts: TextDesk, speaker: Speaker, ledger: Records
) -> None:
    request = turn(begin("local", texts.now()), Answer(texts=("痒",)), texts.now())
    speaker.fault = ErrorCode.OUTCOME_UNKNOWN
    codes = []
    for _ in range(2):
        with pytest.raises(WorkstationError) as caught:
            texts.analyse(request, unheard, CancelToken())
        codes.append(caught.value.code)

    assert codes == [ErrorCode.OUTCOME_UNKNOWN, ErrorCode.OUTCOME_UNKNOWN]
    assert speaker.calls == []
    assert len(list_jobs(ledger)) == 1


def test_earlier_results_are_the_newest_first_and_of_a_dialogue_its_last_turn(texts: TextDesk) -> None:
    texts.analyse(translation("肺"), unheard, CancelToken())
    last = said(texts, said(texts, begin("local", texts.now()), "痒"), "疼痛")
    other = said(texts, begin("local", texts.now()), "红")
    assert last.result is not None
    assert other.result is not None

    earlier = texts.results()

    newest_first = [other.result.job.id, last.result.job.id]
    assert [result.job.id for result in earlier if result.operation == "medical-qa"] == newest_first
    assert [result.operation for result in earlier][-1] == "translation"


def test_a_dialogue_of_an_earlier_sitting_goes_on_where_it_was(texts: TextDesk, speaker: Speaker) -> None:
    said(texts, begin("local", texts.now()), "痒")

    (kept,) = texts.results()
    said(texts, dialogue_of(kept), "疼痛")

    assert speaker.calls[-1].body["SessionId"] == SESSION
    assert speaker.calls[-1].body["QuestionType"] == "symptoms"


def test_the_pictures_of_a_turn_are_gone_from_the_store_once_it_is_answered(
    texts: TextDesk, speaker: Speaker, tmp_path: Path
) -> None:
    from PIL import Image

    picture = tmp_path / "arm.png"
    Image.new("RGB", (300, 300)).save(picture)
    asked = said(texts, said(texts, begin("local", texts.now()), "痒"), "疼痛")
    texts.analyse(turn(asked, Answer(pictures=(picture,)), texts.now()), unheard, CancelToken())

    assert "AnswerImageURLList.1.AnswerImageURL" in speaker.calls[-1].body
    assert len(FolderStore(tmp_path).stored) == 1
    assert FolderStore(tmp_path).objects == set()
