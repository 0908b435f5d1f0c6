"""DetectCovid19Cad at the local cloud: what the documents demand of the call, and the link that the answer brings."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import pytest

from tests.localcloud.service import call_v1, counting_engine, finished, result_of, serving, uploaded
from workstation.localcloud.engine.asked import Analysis, AnswerFile

WHO = {"DataFormat": "DICOM", "OrgName": "o", "OrgId": "0001"}


def numbered(urls: list[str]) -> dict[str, str]:
    return {f"URLList.{n}.URL": url for n, url in enumerate(urls, start=1)}


@pytest.mark.parametrize(
    ("count", "change", "without", "code"),
    [
        pytest.param(19, {}, "", "InvalidParameter", id="19 frames"),
        pytest.param(2049, {}, "", "InvalidParameter", id="2049 frames"),
        pytest.param(20, {"DataFormat": "NIFTI"}, "", "InvalidParameter", id="no DICOM"),
        pytest.param(20, {"Threshold": "0.5"}, "", "InvalidParameter", id="a parameter of another action"),
        pytest.param(20, {"DataSourceType": "HTTP_FILES"}, "", "InvalidParameter", id="a source type it does not have"),
        pytest.param(20, {}, "OrgId", "MissingParameter", id="no organisation"),
        pytest.param(20, {}, "DataFormat", "MissingParameter", id="no format"),
        pytest.param(20, {}, "URLList.7.URL", "InvalidParameter", id="a hole in the list"),
        pytest.param(20, {"URLList.3.URL": "http://127.0.0.1/图.dcm"}, "", "IllegalUrlParameter", id="Chinese"),
        pytest.param(20, {"URLList.3.URL": "http://10.0.0.1/x.dcm"}, "", "InvalidImage.Region", id="another store"),
    ],
)
def test_a_call_that_the_documents_do_not_allow_is_refused(
    tmp_path: Path, count: int, change: dict[str, str], without: str, code: str
) -> None:
    with serving(tmp_path / "state", engine=counting_engine) as running:
        link = uploaded(running, 1)[0]
        asked = {**WHO, **numbered([link] * count), **change}
        asked.pop(without, None)
        answer = call_v1(running, "DetectCovid19Cad", asked)

    assert answer.status_code in (400, 403)
    assert answer.json()["Code"] == code


def mask_engine(analysis: Analysis) -> dict[str, object]:
    return {"Mask": AnswerFile("mask.nii.gz", b"a mask"), "YingtaiBasis": {"all": "simulated", "parts": {}}}


def test_the_mask_is_a_link_that_works_for_thirty_minutes(tmp_path: Path) -> None:
    later = [0.0]
    with serving(tmp_path / "state", engine=mask_engine, now=lambda: time.time() + later[0]) as running:
        job = call_v1(running, "DetectCovid19Cad", {**WHO, **numbered(uploaded(running, 20))}).json()["RequestId"]
        link = result_of(finished(running, job))["Mask"]
        first = httpx.get(link, trust_env=False)
        later[0] = 29 * 60.0
        before = httpx.get(link, trust_env=False)
        later[0] = 31 * 60.0
        after = httpx.get(link, trust_env=False)

    assert "/mask.nii.gz?" in link
    assert (first.content, before.status_code, after.status_code) == (b"a mask", 200, 403)
