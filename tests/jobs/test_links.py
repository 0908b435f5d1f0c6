"""Answers keep no signature: links in them end before their query, however the JSON writes them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.jobs.test_masks_of_answers import analysed
from tests.jobs.test_with_local_cloud import stack
from workstation.domain.series import Stack
from workstation.jobs.links import without_signatures
from workstation.localcloud.faults import Fault, FaultKind
from workstation.records import Records

__all__ = ["stack"]
LINK = "http://results.oss-cn-shanghai.aliyuncs.com/job/mask.nii.gz"
SIGNED = f"{LINK}?Expires=1790000000&OSSAccessKeyId=KEYID&Signature=a%2Fb%3D"


def written(value: object) -> list[str]:
    """JSON as several writers have it: plain, with escaped slashes and ampersands, and as text inside JSON."""
    plain = json.dumps(value)
    escaped = plain.replace("/", "\\/").replace("&", "\\u0026")
    return [plain, escaped, plain.replace("?", "\\u003F"), json.dumps({"Result": plain}), json.dumps({"R": escaped})]


def plain(text: str) -> object:
    """What a text says, with texts inside it read as JSON."""
    value = json.loads(text)
    if isinstance(value, dict) and isinstance(inside := next(iter(value.values())), str) and inside.startswith("{"):
        return plain(inside)
    return value


@pytest.mark.parametrize("text", written({"Mask": SIGNED, "Note": "seen? yes", "Next": 1}))
def test_the_query_of_a_link_is_dropped_and_nothing_else(text: str) -> None:
    assert plain(without_signatures(text)) == {"Mask": LINK, "Note": "seen? yes", "Next": 1}


def test_links_inside_a_sentence_lose_their_signature_too() -> None:
    text = json.dumps({"ErrorMessage": f"can't read <{SIGNED}>, nor '{SIGNED}' nor {SIGNED} today?"})

    assert json.loads(without_signatures(text)) == {
        "ErrorMessage": f"can't read <{LINK}>, nor '{LINK}' nor {LINK} today?"
    }


def test_text_without_links_stays_as_it_is() -> None:
    text = json.dumps({"Text": "what? \\ http: //no ?a=b", "Link": LINK, "Number": 1.5})

    assert without_signatures(text) == text


def test_a_finished_job_keeps_no_signature_of_its_result_files(tmp_path: Path, stack: Stack, ledger: Records) -> None:
    result = analysed(tmp_path, stack, ledger)

    assert len(result.masks) == 1
    assert "mask.nii.gz" in result.raw
    stored = ledger.answers.of_job(result.job.id)
    assert stored is not None
    assert all("Signature" not in text for text in (stored.answer, stored.raw, result.raw))


def test_no_byte_of_a_signature_stays_in_the_records(tmp_path: Path, stack: Stack) -> None:
    with Records(tmp_path / "records.db") as ledger:
        analysed(tmp_path, stack, ledger)
    kept = [file.read_bytes() for file in tmp_path.glob("records.db*") if file.is_file()]

    assert any(b"mask.nii.gz" in content for content in kept)
    assert not any(word in content for content in kept for word in (b"Signature=", b"Expires=", b"x-oss-signature"))


def test_a_link_that_is_over_is_asked_for_once_more(tmp_path: Path, stack: Stack, ledger: Records) -> None:
    over = (Fault(on="GetObject", kind=FaultKind.EXPIRED, after=stack.slices, count=1),)
    result = analysed(tmp_path, stack, ledger, faults=over)

    assert len(result.masks) == 1
    assert not any("could not be fetched" in str(note) for note in result.notes)


@pytest.mark.parametrize("kind", [FaultKind.HALF_BODY, FaultKind.DROP_AFTER, FaultKind.DROP_BEFORE])
def test_a_download_that_breaks_off_is_tried_again(
    tmp_path: Path, stack: Stack, ledger: Records, kind: FaultKind
) -> None:
    broken = (Fault(on="GetObject", kind=kind, after=stack.slices, count=2),)
    result = analysed(tmp_path, stack, ledger, faults=broken)

    assert len(result.masks) == 1
