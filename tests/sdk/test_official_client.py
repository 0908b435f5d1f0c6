"""The vendor's official client against the local cloud; only the endpoint differs."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.localcloud.service import serving, uploaded
from workstation.localcloud.engine.asked import Analysis
from workstation.localcloud.note import Running

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-sdk" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
WHO = {"OrgName": "测试", "OrgId": "0001"}
SERIES = {"DataFormat": "DICOM", **WHO}
SLICES = {"DataSourceType": "HTTP_FILES"}
RIB_SLICES = {"SourceType": "HTTP_FILES"}


def telling_engine(analysis: Analysis) -> dict[str, object]:
    """Answers with what it was given, so that a test sees what arrived."""
    return {
        "Told": {
            "Files": {name: [file.stat().st_size for file in files] for name, files in analysis.files.items()},
            "Parameters": dict(analysis.parameters),
        },
        "YingtaiBasis": {"all": "simulated", "parts": {}},
    }


def called(
    running: Running,
    method: str,
    request: str,
    fields: Mapping[str, object],
    *,
    package: str = "alibabacloud_imageprocess20200320",
    old_signature: bool = False,
) -> dict[str, Any]:
    """What the official client got: its first answer, and how the job ended."""
    facts = {
        "access_key_id": running.access_key_id,
        "access_key_secret": running.access_key_secret,
        "endpoint": running.rpc.removeprefix("http://"),
        "old_signature": old_signature,
        "package": package,
        "method": method,
        "request": request,
        "fields": fields,
    }
    client = subprocess.run(
        [PYTHON, ROOT / "tests/sdk/official_client.py"],
        input=json.dumps(facts),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert client.returncode == 0, client.stderr
    answers: dict[str, Any] = json.loads(client.stdout)
    return answers


@pytest.fixture
def client() -> None:
    if not PYTHON.exists():
        pytest.skip("the official client is not here; `make sdk-env` installs it apart")


# method, model of the request, fields beside the series, what the service must see beside organisation and series
JOBS = {
    "DetectLungNodule": ("detect_lung_nodule", "DetectLungNoduleRequest", {"Threshold": 0.6}, {"Threshold": "0.60"}),
    "DetectCovid19Cad": ("detect_covid_19cad", "DetectCovid19CadRequest", {}, {}),
    "CalcCACS": ("calc_cacs", "CalcCACSRequest", SLICES, SLICES),
    "DetectRibFracture": ("detect_rib_fracture", "DetectRibFractureRequest", RIB_SLICES, RIB_SLICES),
    "AnalyzeChestVessel": ("analyze_chest_vessel", "AnalyzeChestVesselRequest", SLICES, SLICES),
    "ScreenChestCT": ("screen_chest_ct", "ScreenChestCTRequest", {"Mask": 11}, {"Mask": "11"}),
}


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("action", JOBS)
def test_the_official_client_submits_a_job_and_reads_its_result(tmp_path: Path, action: str) -> None:
    method, request, fields, seen = JOBS[action]
    with serving(tmp_path / "state", engine=telling_engine) as running:
        series = [{"URL": url} for url in uploaded(running, 21)]
        answers = called(running, method, request, {**SERIES, **fields, "URLList": series})

    assert answers["first"]["Message"]
    assert answers["job"]["Status"] == "PROCESS_SUCCESS"
    assert json.loads(answers["job"]["Result"])["Told"] == {
        "Files": {"URLList": [100] * 21},
        "Parameters": {**SERIES, **seen},
    }


@pytest.mark.usefixtures("client")
def test_the_old_signature_is_accepted_as_well(tmp_path: Path) -> None:
    with serving(tmp_path / "state", engine=telling_engine) as running:
        series = [{"URL": url} for url in uploaded(running, 21)]
        answers = called(
            running,
            "detect_lung_nodule",
            "DetectLungNoduleRequest",
            {**SERIES, "Threshold": 0.6, "URLList": series},
            old_signature=True,
        )

    assert answers["job"]["Status"] == "PROCESS_SUCCESS"


@pytest.mark.usefixtures("client")
def test_the_official_client_sends_both_series_of_a_registration(tmp_path: Path) -> None:
    with serving(tmp_path / "state", engine=telling_engine) as running:
        urls = uploaded(running, 17)
        sides = {
            "ReferenceList": [{"ReferenceURL": url} for url in urls[:8]],
            "FloatingList": [{"FloatingURL": url} for url in urls[8:]],
        }
        fields = {**SERIES, "DataSourceType": "HTTP_FILES", **sides}
        answers = called(running, "run_ctregistration", "RunCTRegistrationRequest", fields)

    assert json.loads(answers["job"]["Result"])["Told"] == {
        "Files": {"FloatingList": [100] * 9, "ReferenceList": [100] * 8},
        "Parameters": {**SERIES, "DataSourceType": "HTTP_FILES"},
    }


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize(
    ("method", "request_model"), [("detect_lymph", "DetectLymphRequest"), ("detect_panc", "DetectPancRequest")]
)
def test_the_official_client_names_files_as_the_source_of_nodes_and_pancreas(
    tmp_path: Path, method: str, request_model: str
) -> None:
    with serving(tmp_path / "state", engine=telling_engine) as running:
        fields = {"DataSourceType": "HTTP_FILES", "URLList": [{"URL": url} for url in uploaded(running, 20)]}
        answers = called(running, method, request_model, fields)

    assert answers["job"]["Status"] == "PROCESS_SUCCESS"
    assert json.loads(answers["job"]["Result"])["Told"] == {
        "Files": {"URLList": [100] * 20},
        "Parameters": {"DataSourceType": "HTTP_FILES"},
    }
