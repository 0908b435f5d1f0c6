"""The vendor's official client for image recognition: everything that it still has, with both signatures."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image, ImageDraw

from tests.localcloud.service import bucket, serving
from tests.sdk.test_official_client import PYTHON, called
from workstation.catalogue.photo_recognition import RECOGNITION
from workstation.localcloud.engine_pool import built_in_engine
from workstation.localcloud.note import Running

pytestmark = pytest.mark.long

PACKAGE = "alibabacloud_imagerecog20190930"
# Method of the client, name of the action, how it calls the address, other parameters. RecognizeLogo it has no more.
CALLS = (
    ("tagging_image", "TaggingImage", "ImageURL", {}),
    ("recognize_image_color", "RecognizeImageColor", "Url", {"ColorCount": 2}),
    ("detect_image_elements", "DetectImageElements", "Url", {}),
    ("recognize_image_style", "RecognizeImageStyle", "Url", {}),
    ("classifying_rubbish", "ClassifyingRubbish", "ImageURL", {}),
    ("detect_fruits", "DetectFruits", "ImageURL", {}),
    ("recognize_vehicle_type", "RecognizeVehicleType", "ImageURL", {}),
    ("evaluate_certificate_quality", "EvaluateCertificateQuality", "ImageURL", {"Type": "BusinessLicense"}),
    ("recognize_food", "RecognizeFood", "ImageURL", {}),
    ("recognize_scene", "RecognizeScene", "ImageURL", {}),
)


def installed() -> bool:
    """Whether the environment of the official clients is here, and has this one."""
    probe = f"import importlib.util as u, sys; sys.exit(u.find_spec('{PACKAGE}') is None)"
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", probe], check=False).returncode == 0


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, str]]:
    """A running service, and the link of a red rectangle on white."""
    if not installed():
        pytest.skip("the official client is not here; `make sdk-env` installs it apart")
    drawn, stream = Image.new("RGB", (300, 200), "white"), io.BytesIO()
    ImageDraw.Draw(drawn).rectangle((50, 40, 149, 139), fill=(200, 0, 0))
    drawn.save(stream, "PNG")
    with serving(tmp_path_factory.mktemp("recognition") / "state", engine=built_in_engine) as running:
        store = bucket(running)
        store.put_object("case/photo.png", stream.getvalue())
        yield running, store.sign_url("GET", "case/photo.png", 600, slash_safe=True)


@pytest.mark.parametrize(("method", "action", "address", "more"), CALLS, ids=[call[1] for call in CALLS])
@pytest.mark.parametrize("old_signature", [False, True], ids=["V3", "V1"])
def test_the_official_client_reads_what_our_parser_reads(
    photo: tuple[Running, str], method: str, action: str, address: str, more: dict[str, Any], old_signature: bool
) -> None:
    running, link = photo
    fields = {address: link, **more}
    told = called(running, method, f"{action}Request", fields, package=PACKAGE, old_signature=old_signature)["first"]
    ((service,),) = (row.services for row in RECOGNITION if row.services[0].action == action)

    read = service.parse(json.dumps(told), False)
    assert read.findings
    assert read.unknown == ()


def test_the_official_client_sees_the_drawn_colours_and_the_drawn_rectangle(photo: tuple[Running, str]) -> None:
    running, link = photo
    two = {"Url": link, "ColorCount": 2}
    colours = called(running, "recognize_image_color", "RecognizeImageColorRequest", two, package=PACKAGE)
    elements = called(running, "detect_image_elements", "DetectImageElementsRequest", {"Url": link}, package=PACKAGE)

    assert [one["Color"] for one in colours["first"]["Data"]["ColorTemplateList"]] == ["FFFFFF", "C80000"]
    (element,) = elements["first"]["Data"]["Elements"]
    assert [element[name] for name in ("X", "Y", "Width", "Height")] == [50, 40, 100, 100]


def test_the_official_client_submits_an_advertisement_and_asks_for_the_job(photo: tuple[Running, str]) -> None:
    running, link = photo
    answers = called(running, "tagging_ad_image", "TaggingAdImageRequest", {"ImageURL": link}, package=PACKAGE)
    ((service,),) = (row.services for row in RECOGNITION if row.services[0].action == "TaggingAdImage")

    assert answers["first"]["Message"]
    assert answers["job"]["Status"] == "PROCESS_SUCCESS"
    assert {finding.code for finding in service.parse(answers["job"]["Result"], True).findings} == {
        "ad-person",
        "ad-scene",
    }
