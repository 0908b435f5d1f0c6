"""Every documented code has one meaning, its own sentence, and the documents' rule on trying again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.data import shared
from workstation.cloud.meaning import is_documented, job_meaning, meaning
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.faults import FAULTS
from workstation.domain.sentences import SENTENCES, Retry, sentence
from workstation.domain.words import Language, render

RULES = {
    "no": {Retry.NO, Retry.AFTER_FIX},  # both: don't repeat it unchanged
    "backoff": {Retry.BACKOFF},
    "new_nonce": {Retry.NOW},
    "after_fix": {Retry.AFTER_FIX},
    "new_job": {Retry.NEW_JOB},
}
BILLED = {False: False, None: None, "only the algorithms that worked": True}


DOCUMENTED: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "documented_errors.json").read_text(encoding="utf-8")
)
ANSWERED = [  # those that come as the answer to a call, with each status that the documents show
    (code, int(str(status).replace("4xx", "400")))
    for code, row in DOCUMENTED.items()
    for _, status in row["seen"]
    if str(status).replace("4xx", "400").isdecimal()
]


def test_the_facts_are_the_references() -> None:
    errors = json.loads(shared("reference", "errors.json").read_text("utf-8"))["errors"]

    assert {code: (row["billed"], row["retry"]) for code, row in DOCUMENTED.items()} == {
        error["code"]: (error["billed"], error["retry"]) for error in errors
    }


@pytest.mark.parametrize("code", DOCUMENTED)
def test_a_documented_code_has_a_sentence_and_a_remedy_in_both_languages(code: str) -> None:
    said = sentence(WorkstationError(FAULTS[code].code, vendor_code=code))

    for words in (said.says, said.remedy):
        english, chinese = render(words, Language.ENGLISH), render(words, Language.CHINESE)
        assert english.endswith(".")
        assert chinese.endswith("。")
        assert chinese != english


@pytest.mark.parametrize("code", DOCUMENTED)
def test_the_rule_on_trying_again_is_the_documents(code: str) -> None:
    assert SENTENCES[FAULTS[code].code].retry in RULES[DOCUMENTED[code]["retry"]]


@pytest.mark.parametrize("code", DOCUMENTED)
def test_what_is_billed_is_the_documents(code: str) -> None:
    assert sentence(WorkstationError(FAULTS[code].code, vendor_code=code)).billed is BILLED[DOCUMENTED[code]["billed"]]


@pytest.mark.parametrize(("code", "status"), ANSWERED)
def test_an_answer_with_a_documented_code_and_status_means_what_the_documents_say(code: str, status: int) -> None:
    error = meaning("InvalidParameter" if code.isdecimal() else code, status, "", "R7")

    assert (error.code, error.facts) == (FAULTS[code].code, {"vendor_code": code, "request_id": "R7"})


@pytest.mark.parametrize("number", ["421", "422", "423", "424", "425", "426"])
def test_a_job_that_failed_says_the_number_of_its_message(number: str) -> None:
    error = job_meaning("InvalidParameter", f"{number}: something that repeats what was sent", "R7")

    assert error.code is ErrorCode.REFUSED_INPUT
    assert error.facts == {"vendor_code": number, "request_id": "R7"}


def test_a_job_that_failed_for_no_documented_reason_is_a_failed_job() -> None:
    assert job_meaning("Strange.Code").code is ErrorCode.JOB_FAILED


def test_the_number_of_the_call_is_told_for_the_services_support() -> None:
    said = sentence(meaning("InternalError", 500, "", "R-7"))

    assert str(said.remedy) == "Try again later; nothing was charged. For the service's support: call R-7."


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_is_said_in_its_own_words(code: str) -> None:
    said = sentence(WorkstationError(FAULTS[code].code, vendor_code=code, where="x"))

    assert str(said.says) == str(FAULTS[code].says)
    assert str(said.remedy) == str(FAULTS[code].remedy)


@pytest.mark.parametrize(
    ("code", "status", "message", "key"),
    [
        ("InvalidParameter", 424, "", "424"),
        ("InvalidParameter", 400, "424 - more than one series", "424"),
        ("InvalidParameter", 400, "paramsIllegal", "InvalidParameter"),
        ("InvalidParameter.TooLarge", 400, "424", "InvalidParameter.TooLarge"),
        ("InvalidParameter", 400, "the address 14240 is wrong", "InvalidParameter"),
        ("424", 200, "", "424"),
    ],
)
def test_input_numbers_are_found_as_status_or_in_the_text(code: str, status: int, message: str, key: str) -> None:
    assert meaning(code, status, message).facts["vendor_code"] == key


@pytest.mark.parametrize("status", [400, 403])
def test_the_status_does_not_change_what_a_code_means(status: int) -> None:
    assert meaning("ParameterError", status).code is ErrorCode.REFUSED_INPUT


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        ("Throttling.Api", ErrorCode.THROTTLED),
        ("Forbidden.RAM", ErrorCode.FORBIDDEN),
        ("InvalidSecurityToken.Expired", ErrorCode.WRONG_KEY),
        ("InternalError.Other", ErrorCode.SERVICE_FAILED),
        ("InvalidAction.NotFound", ErrorCode.NOT_ACTIVATED),
    ],
)
def test_codes_of_known_families_are_understood(code: str, meant: ErrorCode) -> None:
    assert meaning(code, 400).code is meant
    assert is_documented(code)


@pytest.mark.parametrize(
    ("status", "meant"),
    [(400, ErrorCode.REFUSED), (403, ErrorCode.FORBIDDEN), (429, ErrorCode.THROTTLED), (500, ErrorCode.SERVICE_FAILED)],
)
def test_an_unknown_code_is_judged_by_its_status(status: int, meant: ErrorCode) -> None:
    assert meaning("Unheard.Of", status).code is meant
    assert not is_documented("Unheard.Of")


def test_the_services_text_is_not_kept() -> None:
    error = meaning("InvalidParameter", 400, "URLList.1.URL=https://x/?signature=abc", "R7")

    assert error.facts == {"vendor_code": "InvalidParameter", "request_id": "R7"}


def test_a_job_that_failed_by_a_parameter_is_still_said_as_a_failed_job() -> None:
    said = sentence(WorkstationError(ErrorCode.JOB_FAILED, vendor_code="InvalidParameter"))

    assert str(said.says) == "The service could not finish the job (InvalidParameter)."
