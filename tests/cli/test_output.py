"""How a command speaks: one document on standard output, sentences beside it, and a code for scripts."""

from __future__ import annotations

import json
import os

import pytest

from workstation.cli.output import Output
from workstation.domain.error import Blame, ErrorCode, WorkstationError
from workstation.domain.sentences import SENTENCES
from workstation.domain.words import Language

EXIT = {
    ErrorCode.DEFECT: 1,
    ErrorCode.NO_SPACE: 1,
    ErrorCode.UNREACHABLE: 1,
    ErrorCode.NO_CONSENT: 2,
    ErrorCode.TOO_EXPENSIVE: 2,
    ErrorCode.JOB_ACTIVE: 2,
    ErrorCode.SEVERAL_SERIES: 2,
    ErrorCode.NOT_ELIGIBLE: 3,
    ErrorCode.TRUNCATED: 4,
    ErrorCode.BURNT_IN: 4,
    ErrorCode.WRONG_SIGNATURE: 5,
    ErrorCode.LINK_EXPIRED: 5,
    ErrorCode.JOB_FAILED: 5,
    ErrorCode.OUTCOME_UNKNOWN: 6,
    ErrorCode.CANCELLED: 7,
}


@pytest.mark.parametrize("code", list(EXIT))
def test_an_error_ends_with_the_documented_exit_code(code: ErrorCode) -> None:
    assert Output(Language.ENGLISH).error(WorkstationError(code), as_json=False) == EXIT[code]


def test_every_error_has_one_of_the_documented_exit_codes() -> None:
    assert set(SENTENCES) == set(ErrorCode)
    assert {row.blame.value for row in SENTENCES.values()} <= set(range(1, 8)) == {blame.value for blame in Blame}


def test_an_error_in_json_is_one_document_with_its_sentence_beside_it(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    error = WorkstationError(ErrorCode.TOO_EXPENSIVE, cost=2.4, limit=1.0)
    Output(Language.CHINESE).error(error, as_json=True)
    out, err = capfdbinary.readouterr()
    told = json.loads(out)

    assert (told["schema"], told["code"], told["facts"]) == (
        "yingtai-error/1",
        "too-expensive",
        {"cost": 2.4, "limit": 1.0},
    )
    assert told["sentence"] in err.decode("utf-8")
    assert told["sentence"] != "This call costs ¥2.40, more than the limit of ¥1.00."


def test_a_message_never_reaches_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    output = Output(Language.ENGLISH)
    output.write("[bold]a message[/bold]")
    output.error(WorkstationError(ErrorCode.NOT_FOUND), as_json=False)
    out, err = capfd.readouterr()

    assert out == ""
    assert "[bold]a message[/bold]" in err  # a name in brackets is text, not markup


def test_a_file_name_that_is_no_utf8_leaves_the_document_readable(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    name = os.fsdecode(b"\xe9tude.dcm")
    Output(Language.ENGLISH).json({"path": name, "description": "胸部"})
    told = json.loads(capfdbinary.readouterr().out.decode("utf-8"))

    assert told == {"path": name, "description": "胸部"}
