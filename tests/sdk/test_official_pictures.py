"""The vendor's official client asks about a photograph; of the operations on one picture it still has this one."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from tests.localcloud.service import bucket, serving
from tests.sdk.test_official_client import PYTHON, WHO, called
from workstation.localcloud.engine_pool import built_in_engine


@pytest.mark.skipif(not PYTHON.exists(), reason="the official client is not here; `make sdk-env` installs it apart")
def test_the_official_client_asks_about_a_photograph(tmp_path: Path) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (300, 200), (200, 140, 120)).save(stream, "JPEG")
    with serving(tmp_path / "state", engine=built_in_engine) as running:
        store = bucket(running)
        store.put_object("case/photo.jpg", stream.getvalue())
        url = store.sign_url("GET", "case/photo.jpg", 600, slash_safe=True)
        answers = called(running, "detect_skin_disease", "DetectSkinDiseaseRequest", {**WHO, "Url": url})

    results = answers["first"]["Data"]["Results"]
    assert len(results) == 3
    assert all(0 < share < 1 for share in results.values())
