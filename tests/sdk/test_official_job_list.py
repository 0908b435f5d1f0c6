"""The vendor's official client for jobs of all products against the local cloud."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.localcloud.service import call_v1, nodule_call, serving, uploaded
from tests.sdk.test_official_client import PYTHON, ROOT


def installed() -> bool:
    """Whether the environment of the official clients is here, and has this one."""
    probe = "import importlib.util as u, sys; sys.exit(u.find_spec('alibabacloud_viapi20230117') is None)"
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", probe], check=False).returncode == 0


def test_the_official_client_lists_a_job_and_cancels_it(tmp_path: Path) -> None:
    if not installed():
        pytest.skip("the official client is not here; `make sdk-env` installs it apart")
    with serving(tmp_path / "state", least_job_s=600.0) as running:
        job = call_v1(running, "DetectLungNodule", nodule_call(uploaded(running, 20))).json()["RequestId"]
        facts = {
            "access_key_id": running.access_key_id,
            "access_key_secret": running.access_key_secret,
            "endpoint": running.rpc.removeprefix("http://"),
            "job": job,
        }
        client = subprocess.run(
            [PYTHON, ROOT / "tests/sdk/official_job_list.py"],
            input=json.dumps(facts),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    assert client.returncode == 0, client.stderr
    assert json.loads(client.stdout) == {
        "listed": [[job, "imageprocess", "DetectLungNodule", "QUEUING"]],
        "total": 1,
        "success": [True, True],
        "status": "JOB_CANCELED",
    }
