"""Radiographs and photographs as the local service has them: what the documents demand, and nothing medical."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ComputedRadiographyImageStorage, ExplicitVRLittleEndian, generate_uid

from tests.localcloud.service import bucket, call_v1, serving
from workstation.localcloud.engine_pool import built_in_engine
from workstation.localcloud.note import Running

ORG = {"OrgId": "0001", "OrgName": "weiyi"}
POINTS = ("DetectKneeKeypointXRay", "DetectHipKeypointXRay")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("pictures") / "state", engine=built_in_engine) as service:
        yield service


def link(running: Running, content: bytes, name: str = "picture") -> str:
    store = bucket(running)
    store.put_object(f"case/{name}", content)
    url: str = store.sign_url("GET", f"case/{name}", 600, slash_safe=True)
    return url


def plain(form: str = "PNG", width: int = 300, height: int = 400) -> bytes:
    y, x = np.mgrid[0:height, 0:width]
    stream = io.BytesIO()
    Image.fromarray(((x + y) % 256).astype(np.uint8)).convert("RGB").save(stream, form)
    return stream.getvalue()


def dicom(**elements: Any) -> bytes:
    """A radiograph of 300 × 240 pixels; keyword arguments replace elements."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = ComputedRadiographyImageStorage
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    ds.Modality, ds.Rows, ds.Columns = "DX", 300, 240
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PixelRepresentation = 1, "MONOCHROME2", 0
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, 12, 11
    ds.PixelData = np.arange(300 * 240, dtype="<u2").tobytes()
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    stream = io.BytesIO()
    ds.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def data(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    inside: dict[str, Any] = answer.json()["Data"]
    return inside


def code(answer: httpx.Response) -> str:
    assert answer.status_code != 200, answer.text
    said: str = answer.json()["Code"]
    return said


def knee(running: Running, content: bytes, **changes: str) -> httpx.Response:
    call = {"Url": link(running, content), "DataFormat": "DICOM", **ORG, **changes}
    return call_v1(running, "DetectKneeXRay", call)


def hip(running: Running, content: bytes, form: str, action: str = "ClassifyFNF", **changes: str) -> httpx.Response:
    call = {"ImageUrl": link(running, content), "DataFormat": form, **ORG, **changes}
    return call_v1(running, action, call)


def skin(running: Running, content: bytes) -> httpx.Response:
    return call_v1(running, "DetectSkinDisease", {"Url": link(running, content), **ORG})


def test_a_knee_is_a_tuple_of_six_inside_the_picture(running: Running) -> None:
    found = data(knee(running, dicom()))

    detections = found["KLDetections"]
    assert isinstance(detections, (dict, list))
    for each in detections if isinstance(detections, list) else [detections]:
        left, top, right, bottom, confidence, grade = each["Detections"]
        assert 0 <= left < right <= 240
        assert 0 <= top < bottom <= 300
        assert 0 < confidence <= 1
        assert grade in range(1, 8)
    assert found["YingtaiBasis"] == {"all": "simulated", "parts": {}}


def test_the_same_picture_gets_the_same_answer(running: Running) -> None:
    content = dicom()

    assert data(knee(running, content)) == data(knee(running, content))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (plain(), "InvalidParameter"),  # 423: not DICOM
        (b"", "InvalidParameter"),  # 422: nothing there
        (dicom(Modality="CT"), "InvalidParameter.Unsuitable"),
        (dicom(NumberOfFrames="2"), "InvalidParameter.Unsuitable"),
        (dicom(PixelData=b"\0\0"), "InvalidImage.Decode"),
        (dicom(Rows=1, Columns=1), "InvalidImage.Resolution"),
        (dicom(Rows=60_000, Columns=60_000), "InvalidImage.Resolution"),
    ],
    ids=["a photograph", "nothing", "a CT", "a film", "half the pixels", "one pixel", "a matrix beyond memory"],
)
def test_what_is_no_radiograph_of_a_knee_is_refused(running: Running, content: bytes, expected: str) -> None:
    assert code(knee(running, content)) == expected


def test_a_knee_must_be_called_dicom(running: Running) -> None:
    assert code(knee(running, dicom(), DataFormat="dcm")) == "InvalidParameter"


@pytest.mark.parametrize("action", POINTS)
def test_key_points_have_the_documented_names_and_sides(running: Running, action: str) -> None:
    points = data(hip(running, dicom(Rows=240, Columns=300), "dcm", action))["KeyPoints"]

    tags = [(point["Tag"]["Direction"], point["Tag"]["Label"]) for point in points]
    sides = [(side, f"v{number}") for side in "RL" for number in range(1, 11)]
    assert sorted(tags) == sorted(sides + ([("M", "v11")] if "Hip" in action else []))
    assert all(0 <= point["Coordinates"][0] < 300 and 0 <= point["Coordinates"][1] < 240 for point in points)


def test_the_echoes_have_the_documented_oddities(running: Running) -> None:
    found = data(hip(running, plain(), "png"))

    assert (found["OrgId"], found["OrgName"]) == (1, "weiyi")
    assert found["ImageUrl"].startswith("http://")


@pytest.mark.parametrize(("form", "sent"), [("PNG", "png"), ("JPEG", "jpg"), ("JPEG", "JPEG"), ("PNG", "PNG")])
def test_the_format_of_a_hip_may_be_written_in_either_case(running: Running, form: str, sent: str) -> None:
    assert data(hip(running, plain(form), sent))["Fractures"]


def test_a_fracture_has_a_type_and_a_box(running: Running) -> None:
    (fracture,) = data(hip(running, dicom(), "dcm"))["Fractures"]

    x1, y1, x2, y2 = fracture["Boxes"]
    assert 0 <= x1 < x2 <= 240
    assert 0 <= y1 < y2 <= 300
    assert fracture["Tag"]["Label"] in ("v1", "v2", "v3", "v4")


@pytest.mark.parametrize(
    ("content", "form", "expected"),
    [
        (plain("JPEG"), "png", "InvalidImage.Content"),
        (plain()[: len(plain()) // 2], "png", "InvalidImage.Decode"),
        (plain(width=1, height=1), "png", "InvalidImage.Resolution"),
        (b"no picture", "jpg", "InvalidImage.Content"),
        (plain(), "bmp", "InvalidParameter"),
        (plain(), "gif", "InvalidParameter"),
    ],
    ids=["JPEG called PNG", "half a PNG", "one pixel", "a text", "BMP of a hip fracture", "GIF"],
)
def test_a_picture_must_be_what_its_format_says(running: Running, content: bytes, form: str, expected: str) -> None:
    assert code(hip(running, content, form)) == expected


def test_key_points_are_found_on_a_bmp_too(running: Running) -> None:
    assert data(hip(running, plain("BMP"), "bmp", "DetectHipKeypointXRay"))["KeyPoints"]


def test_skin_classes_are_documented_names_with_probabilities(running: Running) -> None:
    results = data(skin(running, plain("JPEG")))["Results"]

    assert len(results) == 3
    assert all(0 < share < 1 for share in results.values())
    assert sum(results.values()) <= 1


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (plain("JPEG", 1280, 300), "InvalidImage.Resolution"),
        (plain("BMP"), "InvalidImage.Content"),
        (dicom(), "InvalidImage.Content"),
        (b"\0" * (20 * 1024**2 + 1), "InvalidParameter.TooLarge"),
    ],
    ids=["1280 pixels", "BMP", "DICOM", "more than 20 MB"],
)
def test_what_is_no_photograph_as_documented_is_refused(running: Running, content: bytes, expected: str) -> None:
    assert code(skin(running, content)) == expected


def test_a_photograph_may_have_1279_pixels(running: Running) -> None:
    assert data(skin(running, plain("PNG", 1279, 300)))["Results"]


@pytest.mark.parametrize("missing", ["Url", "OrgId", "OrgName"])
def test_a_photograph_without_what_is_demanded_is_refused(running: Running, missing: str) -> None:
    call = {"Url": link(running, plain()), **ORG}

    assert code(call_v1(running, "DetectSkinDisease", {n: v for n, v in call.items() if n != missing})) == (
        "MissingParameter"
    )


def test_a_link_that_has_no_file_is_refused(running: Running) -> None:
    nowhere = bucket(running).sign_url("GET", "case/nothing", 600, slash_safe=True)

    assert code(call_v1(running, "DetectSkinDisease", {"Url": nowhere, **ORG})) == "InvalidImage.Download"
