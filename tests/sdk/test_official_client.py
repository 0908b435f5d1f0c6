"""The vendor's official client against the local cloud; only the endpoint differs."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.localcloud.service import serving, uploaded

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-sdk" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


@pytest.mark.parametrize("old_signature", [False, True], ids=["v3", "v1"])
def test_the_official_client_submits_a_job_and_reads_its_result(tmp_path: Path, old_signature: bool) -> None:
    if not PYTHON.exists():
        pytest.skip("the official client is not here; `make sdk-env` installs it apart")
    with serving(tmp_path / "state") as running:
        facts = {
            "access_key_id": running.access_key_id,
            "access_key_secret": running.access_key_secret,
            "endpoint": running.rpc.removeprefix("http://"),
            "urls": uploaded(running, 21),
            "old_signature": old_signature,
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
    answer = json.loads(client.stdout)
    assert answer["message"]
    assert answer["job"]
    assert answer["status"] == "PROCESS_SUCCESS"
    series = json.loads(answer["result"])["Series"][0]
    assert series["Sizes"] == [100] * 21
    assert series["Parameters"] == {"DataFormat": "DICOM", "OrgName": "测试", "OrgId": "0001", "Threshold": "0.60"}
