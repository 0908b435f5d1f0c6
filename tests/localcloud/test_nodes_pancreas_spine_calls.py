"""DetectLymph, DetectPanc and DetectSpineMRI at the local cloud: what the documents demand of each call and answer."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import pytest

from tests.localcloud.service import call_v1, counting_engine, finished, result_of, serving, uploaded
from tests.localcloud.test_covid_call import numbered
from workstation.localcloud.engine.asked import Analysis, AnswerFile

FILES = {"DataSourceType": "HTTP_FILES"}
WHO = {"DataFormat": "DICOM", "OrgName": "o", "OrgId": "0001"}
OF = {"DetectLymph": FILES, "DetectPanc": FILES, "DetectSpineMRI": WHO}


@pytest.mark.parametrize(
    ("action", "count", "change", "without", "code"),
    [
        pytest.param("DetectLymph", 19, {}, "", "InvalidParameter", id="lymph, 19 frames"),
        pytest.param("DetectLymph", 601, {}, "", "InvalidParameter", id="lymph, 601 frames"),
        pytest.param("DetectLymph", 20, {"DataSourceType": "NIFTI"}, "", "InvalidParameter", id="lymph, NIfTI"),
        pytest.param("DetectLymph", 20, {"DataFormat": "DICOM"}, "", "InvalidParameter", id="lymph has no format"),
        pytest.param("DetectLymph", 20, {"OrgId": "0001"}, "", "InvalidParameter", id="lymph has no organisation"),
        pytest.param("DetectLymph", 20, {}, "DataSourceType", "MissingParameter", id="lymph, no kind of source"),
        pytest.param("DetectPanc", 19, {}, "", "InvalidParameter", id="pancreas, 19 frames"),
        pytest.param("DetectPanc", 601, {}, "", "InvalidParameter", id="pancreas, 601 frames"),
        pytest.param("DetectPanc", 20, {"OrgName": "o"}, "", "InvalidParameter", id="pancreas has no organisation"),
        pytest.param("DetectPanc", 20, {}, "URLList.7.URL", "InvalidParameter", id="pancreas, a hole in the list"),
        pytest.param("DetectSpineMRI", 19, {}, "", "InvalidParameter", id="spine, 19 frames"),
        pytest.param("DetectSpineMRI", 301, {}, "", "InvalidParameter", id="spine, 301 frames"),
        pytest.param("DetectSpineMRI", 20, {"DataFormat": "NIFTI"}, "", "InvalidParameter", id="spine, NIfTI"),
        pytest.param("DetectSpineMRI", 20, FILES, "", "InvalidParameter", id="spine has no kind of source"),
        pytest.param("DetectSpineMRI", 20, {}, "OrgId", "MissingParameter", id="spine, no organisation"),
    ],
)
def test_a_call_that_the_documents_do_not_allow_is_refused(
    tmp_path: Path, action: str, count: int, change: dict[str, str], without: str, code: str
) -> None:
    with serving(tmp_path / "state", engine=counting_engine) as running:
        asked = {**OF[action], **numbered(uploaded(running, 1) * count), **change}
        asked.pop(without, None)
        answer = call_v1(running, action, asked)

    assert answer.status_code == 400
    assert answer.json()["Code"] == code


def test_the_spine_answers_at_once_in_an_envelope_of_lower_case_keys(tmp_path: Path) -> None:
    with serving(tmp_path / "state", engine=counting_engine) as running:
        answer = call_v1(running, "DetectSpineMRI", {**WHO, **numbered(uploaded(running, 20))})

    body = answer.json()
    assert set(body) == {"data", "httpCode", "requestId", "success"}
    assert (body["httpCode"], body["success"]) == (200, True)
    assert body["data"]["Series"][0]["Sizes"] == [100] * 20


def mask_engine(analysis: Analysis) -> dict[str, object]:
    return {"Lesion": {"Mask": AnswerFile("mask.nii.gz", b"a mask")}, "YingtaiBasis": {"all": "simulated", "parts": {}}}


def test_the_mask_of_the_pancreas_is_a_link_that_works_for_five_minutes(tmp_path: Path) -> None:
    later = [0.0]
    with serving(tmp_path / "state", engine=mask_engine, now=lambda: time.time() + later[0]) as running:
        job = call_v1(running, "DetectPanc", {**FILES, **numbered(uploaded(running, 20))}).json()["RequestId"]
        link = result_of(finished(running, job))["Lesion"]["Mask"]
        first = httpx.get(link, trust_env=False)
        later[0] = 4 * 60.0
        before = httpx.get(link, trust_env=False)
        later[0] = 6 * 60.0
        after = httpx.get(link, trust_env=False)

    assert (first.content, before.status_code, after.status_code) == (b"a mask", 200, 403)
