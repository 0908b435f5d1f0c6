"""Nothing of a call may be changed on its way: every row, both signatures, and the second gateway's key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.localcloud.service import serving, signed_v1, signed_v3, uploaded
from workstation.localcloud.engine.asked import Analysis
from workstation.localcloud.note import Running
from workstation.localcloud.operations import OPERATIONS
from workstation.localcloud.operations.row import Dialogue, Kind, Mode, Operation, Parameter

# What can be said before anybody looks at what is asked for.
BEFORE_THE_CALL = {
    "SignatureDoesNotMatch", "MissingParameter", "InvalidParameter", "ParameterError", "InvalidAccessKeyId.NotFound",
    "InvalidTimeStamp.Format", "InvalidTimeStamp.Expired", "InvalidSecurityToken.MismatchWithAccessKey",
}  # fmt: skip
TEXTS = {
    "OrgName": "测试 org", "ToLanguage": "en", "Threshold": "0.60", "Mask": "31", "QuestionType": "chiefComplaint",
    "PopProduct": "imageprocess", "PopApiName": "DetectPanc", "PageNum": "1", "PageSize": "10",
    "StartTime": "2023-01-04 00:00:00", "EndTime": "2023-01-04 01:00:00", "AnswerImageDataList": "aGk=",
    "ColorCount": "3",
}  # fmt: skip
ROWS = pytest.mark.parametrize("row", [pytest.param(row, id=f"{row.product.code}-{row.action}") for row in OPERATIONS])
PRINTED = st.characters(min_codepoint=0x21, max_codepoint=0x7E)


def echo(analysis: Analysis) -> dict[str, object]:
    return {"SessionId": "1", "YingtaiBasis": {"all": "simulated", "parts": {}}}


@dataclass(frozen=True)
class Scene:
    running: Running
    link: str
    client: httpx.Client

    def good(self, row: Operation) -> dict[str, str]:
        """A call with every parameter that the row lets stand together, as short as its lists may be."""
        form: dict[str, str] = {}
        for parameter in row.parameters:
            if row.dialogue is Dialogue.TURN and parameter.name == "SessionId":
                continue  # the first turn begins a dialogue
            least = parameter.items[0] if parameter.items else 1
            if row.action in ("CalcCACS", "DetectRibFracture", "AnalyzeChestVessel") and parameter.items:
                least = 20
            for number in range(1, least + 1):
                form[parameter.wire.replace(".N.", f".{number}.")] = self._value(parameter)
        return form

    def _value(self, parameter: Parameter) -> str:
        if parameter.kind is Kind.ADDRESS:
            return self.link
        return TEXTS.get(parameter.name) or (parameter.values or ("text",))[0]

    def v1(self, row: Operation, form: dict[str, str]) -> bytes:
        return urlencode(signed_v1(self.running, row.action, form, Version=row.product.version)).encode()

    def post(self, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        form = {"content-type": "application/x-www-form-urlencoded"}
        return self.client.post(self.running.rpc + "/", content=body, headers=headers or form)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("changed") / "state"
    with serving(folder, engine=echo) as running, httpx.Client(trust_env=False, timeout=60) as client:
        yield Scene(running, uploaded(running, 1)[0], client)


def refused(answer: httpx.Response) -> str:
    assert 400 <= answer.status_code < 500, answer.text
    code: str = answer.json()["Code"]
    return code


def said(body: bytes) -> list[tuple[str, str]]:
    return parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="surrogateescape")


@ROWS
def test_the_unchanged_call_gets_past_its_signature_and_parameters(scene: Scene, row: Operation) -> None:
    form = scene.good(row)
    by_header = urlencode(form).encode()
    headers = signed_v3(scene.running, row.action, by_header, x_acs_version=row.product.version)

    for answer in (scene.post(scene.v1(row, form)), scene.post(by_header, headers)):
        if "JobId" in form or row.dialogue is Dialogue.AFTERWARDS:  # nobody has that job or dialogue
            assert answer.status_code == 200 or "JobId" in answer.text or "SessionId" in answer.text
        else:
            assert answer.status_code == 200, answer.text


@ROWS
@settings(max_examples=7)
@given(data=st.data())
def test_no_byte_of_a_v1_call_may_change(scene: Scene, row: Operation, data: st.DataObject) -> None:
    body = scene.v1(row, scene.good(row))
    at = data.draw(st.integers(0, 2**16)) % len(body)  # the signature is not always as long
    changed = body[:at] + data.draw(PRINTED).encode() + body[at + 1 :]
    assume(said(changed) != said(body))  # `%2f` and `%2F` say the same

    assert refused(scene.post(changed)) in BEFORE_THE_CALL


@ROWS
@settings(max_examples=7)
@given(data=st.data())
def test_no_byte_of_a_v3_call_may_change(scene: Scene, row: Operation, data: st.DataObject) -> None:
    body = urlencode(scene.good(row)).encode()
    headers = signed_v3(scene.running, row.action, body, x_acs_version=row.product.version)
    where = data.draw(st.sampled_from(["body", *sorted(headers)]))
    text = body.decode() if where == "body" else headers[where]
    if where == "authorization":
        text, before = text.partition(" ")[2], text.partition(" ")[0] + " "
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(PRINTED)
    assume(letter != text[at])
    changed = text[:at] + letter + text[at + 1 :]
    if where == "body":
        body = changed.encode()
    else:
        headers[where] = (before if where == "authorization" else "") + changed

    assert refused(scene.post(body, headers)) in BEFORE_THE_CALL


@ROWS
@settings(max_examples=7)
@given(data=st.data())
def test_a_name_or_list_number_that_is_not_the_rows_is_refused_however_well_signed(
    scene: Scene, row: Operation, data: st.DataObject
) -> None:
    form = scene.good(row)
    name = data.draw(st.sampled_from(sorted(form)))
    number = data.draw(st.sampled_from(["", "0", "01", "9999", "-1", "+1", "１", " 1", "N"]))
    at = data.draw(st.integers(0, len(name)))
    front, dot, rest = name.partition(".")
    changed = data.draw(
        st.sampled_from([name[:at] + "x" + name[at:], name[:at] + name[at + 1 :], name.lower(), name.upper()])
        | st.just(f"{front}.{number}.{rest.partition('.')[2]}" if dot else f"{name}.{number}")
    )
    assume(changed and changed not in form)
    form[changed] = form.pop(name)

    own = {row.product.wrong[0]} if row.product.wrong else {"MissingParameter", "InvalidParameter"}
    assert refused(scene.post(scene.v1(row, form))) in own | {parameter.missing for parameter in row.parameters}


LISTS = [row for row in OPERATIONS if any("URL" in one.name and (one.items or (0,))[0] > 1 for one in row.parameters)]


@pytest.mark.parametrize("row", LISTS, ids=lambda row: row.action)
@settings(max_examples=7)
@given(data=st.data())
def test_the_order_of_a_list_is_signed(scene: Scene, row: Operation, data: st.DataObject) -> None:
    form = {name: f"{value}&n={name}" if "URL" in name else value for name, value in scene.good(row).items()}
    body = signed_v1(scene.running, row.action, form, Version=row.product.version)
    numbered = sorted(name for name in form if "URL" in name)
    one, other = data.draw(st.lists(st.sampled_from(numbered), min_size=2, max_size=2, unique=True))
    body[one], body[other] = body[other], body[one]

    assert refused(scene.post(urlencode(body).encode())) == "SignatureDoesNotMatch"


@settings(max_examples=25)
@given(data=st.data())
def test_no_letter_of_the_gateways_key_may_change(scene: Scene, data: st.DataObject) -> None:
    key = scene.running.app_key
    at = data.draw(st.integers(0, len(key)))
    wrong = data.draw(
        st.sampled_from([key[:at] + key[at + 1 :], key.swapcase(), key + key, ""])
        | st.builds(lambda letter: key[:at] + letter + key[at + 1 :], st.characters(codec="utf-8"))
    )
    assume(wrong != key)
    form = {"OrgName": "a", "OrgId": "b", "Url": scene.link}

    answer: dict[str, Any] = scene.client.post(
        f"{scene.running.showapi}/2477-12?{urlencode({'appKey': wrong})}", data=form
    ).json()

    assert answer["showapi_res_code"] in (-1002, -1010)
    assert (answer["showapi_fee_num"], answer["showapi_res_body"]) == (0, {})


def test_every_row_takes_part() -> None:
    assert {row.mode for row in OPERATIONS} == set(Mode)
    assert len(OPERATIONS) >= 20
