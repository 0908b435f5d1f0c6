"""Cutting things out of photographs, as the local service does it: documented limits, known shapes found again."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import httpx
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from tests.localcloud.service import bucket, call_v1, result_of, serving, signed_v1
from tests.photos import encoded, overlap, photo, portrait, shape
from workstation.localcloud.engine_pool import built_in_engine
from workstation.localcloud.note import Running

pytest.importorskip("cv2", reason="the extra “ocr” is not installed")

VERSION = "2019-12-30"
WHOLE = ("SegmentBody", "SegmentCommodity", "SegmentCommonImage")
PEOPLE = ("SegmentHead", "SegmentFace", "SegmentHair")
ALL = (*WHOLE, *PEOPLE, "ParseFace", "SegmentFurniture", "SegmentVehicle", "RefineMask")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("photos") / "state", engine=built_in_engine) as service:
        yield service


def link(running: Running, content: bytes, name: str = "photo") -> str:
    store = bucket(running)
    store.put_object(f"case/{name}", content)
    url: str = store.sign_url("GET", f"case/{name}", 600, slash_safe=True)
    return url


def ask(running: Running, action: str, content: bytes, **more: str) -> httpx.Response:
    return call_v1(running, action, {"ImageURL": link(running, content), **more}, Version=VERSION)


def data(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    inside: dict[str, Any] = answer.json()["Data"]
    return inside


def code(answer: httpx.Response) -> str:
    assert answer.status_code != 200, answer.text
    said: str = answer.json()["Code"]
    return said


def fetched(url: str) -> npt.NDArray[np.uint8]:
    answer = httpx.get(url, trust_env=False)
    assert answer.status_code == 200
    return np.asarray(Image.open(io.BytesIO(answer.content)))


def blank(width: int, height: int, form: str = "PNG", mode: str = "RGB") -> bytes:
    stream = io.BytesIO()
    Image.new(mode, (width, height)).save(stream, form)
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["ellipse", "rectangle", "ring", "star", "two"])
def test_a_drawn_shape_is_cut_out_within_two_percent_of_its_area(running: Running, kind: str) -> None:
    truth = shape(kind, 420, 560)
    answer = data(ask(running, "SegmentCommonImage", encoded(photo(truth))))
    picture = fetched(answer["ImageURL"])
    found = picture[..., 3] >= 128

    assert picture.shape == (420, 560, 4)
    assert overlap(found, truth) > 0.98
    assert found.sum() == pytest.approx(truth.sum(), rel=0.02)
    assert answer["YingtaiBasis"] == {"all": "algorithm", "parts": {}}


def test_a_picture_larger_than_is_worked_on_keeps_its_edges(running: Running) -> None:
    truth = shape("star", 1900, 1500)
    answer = data(ask(running, "SegmentVehicle", encoded(photo(truth), "JPEG")))
    (element,) = answer["Elements"]
    found = fetched(element["ImageURL"])[..., 3] >= 128

    assert overlap(found, truth) > 0.98
    assert found.sum() == pytest.approx(truth.sum(), rel=0.02)


def test_each_thing_that_stands_alone_is_an_element(running: Running) -> None:
    truth = shape("two", 420, 560)
    elements = data(ask(running, "SegmentFurniture", encoded(photo(truth))))["Elements"]
    found = [fetched(element["ImageUrl"])[..., 3] >= 128 for element in elements]

    assert len(found) == 2
    assert not (found[0] & found[1]).any()
    assert overlap(found[0] | found[1], truth) > 0.98


def test_a_vehicle_s_origin_is_echoed_with_an_internal_address(running: Running) -> None:
    (element,) = data(ask(running, "SegmentVehicle", encoded(photo(shape("star", 300, 300)))))["Elements"]

    assert element["OriginImageURL"].startswith("http://internal.invalid/")


@pytest.mark.parametrize("width", [130, 200])
@pytest.mark.parametrize("action", ["SegmentFace", "SegmentHead", "SegmentHair"])
def test_a_drawn_head_lies_in_the_box_that_is_told(running: Running, action: str, width: int) -> None:
    picture, face, hair = portrait(width)
    truth = {"SegmentFace": face, "SegmentHead": face | hair, "SegmentHair": hair}[action]
    (element,) = data(ask(running, action, encoded(picture)))["Elements"]
    cut = fetched(element["ImageURL"])
    found = np.zeros(truth.shape, dtype=bool)
    left, top, across, height = (element[name] for name in ("X", "Y", "Width", "Height"))
    found[top : top + height, left : left + across] = cut[..., 3] >= 128

    assert cut.shape == (height, across, 4)
    assert overlap(found, truth) > 0.97
    assert found.sum() == pytest.approx(truth.sum(), rel=0.02)


@pytest.mark.parametrize("action", PEOPLE)
def test_a_picture_without_a_face_has_no_elements(running: Running, action: str) -> None:
    assert data(ask(running, action, encoded(photo(shape("ellipse", 300, 400)))))["Elements"] == []


def test_parts_of_a_face_are_simulated_masks_as_large_as_the_picture(running: Running) -> None:
    picture, face, _ = portrait(260)
    answer = data(ask(running, "ParseFace", encoded(picture)))
    masks = {element["Name"]: fetched(element["ImageURL"]) for element in answer["Elements"]}

    assert set(masks) == {"skin", "l_brow", "r_brow", "l_eye", "r_eye", "nose", "u_lip", "l_lip"}
    assert {mask.shape for mask in masks.values()} == {face.shape}
    assert all((face & (mask > 0)).any() for mask in masks.values())
    assert answer["YingtaiBasis"]["all"] == "simulated"


def test_a_face_to_be_parsed_must_be_there_and_not_small(running: Running) -> None:
    small, _, _ = portrait(50)

    assert code(ask(running, "ParseFace", encoded(photo(shape("star", 300, 300))))) == "InvalidImage.Content"
    assert code(ask(running, "ParseFace", encoded(small))) == "InvalidImage.Resolution"


def test_a_drawn_mask_is_led_to_the_edge(running: Running) -> None:
    truth = shape("ellipse", 420, 560)
    coarse = np.roll(truth, 10, axis=1) | np.roll(truth, -8, axis=0)
    mask = link(running, encoded(coarse), "mask")
    (element,) = data(ask(running, "RefineMask", encoded(photo(truth)), MaskImageURL=mask))["Elements"]
    found = fetched(element["ImageURL"]) >= 128

    assert element["ImageURL"].partition("?")[0].endswith(".jpeg")
    assert overlap(coarse, truth) < 0.95 < 0.98 < overlap(found, truth)
    assert found.sum() == pytest.approx(truth.sum(), rel=0.02)


def test_a_mask_of_another_size_or_none_is_refused(running: Running) -> None:
    picture = encoded(photo(shape("star", 300, 300)))
    other, empty = (link(running, blank(side, 300), f"mask-{side}") for side in (299, 300))

    assert code(ask(running, "RefineMask", picture, MaskImageURL=other)) == "InvalidParameter.Unsuitable"
    assert code(ask(running, "RefineMask", picture, MaskImageURL=empty)) == "InvalidParameter.Unsuitable"
    assert code(ask(running, "RefineMask", picture)) == "MissingImageURL"


@pytest.mark.parametrize(
    ("form", "shape_"), [("mask", (300, 400)), ("whiteBK", (300, 400, 3)), ("crop", (180, 176, 4))]
)
def test_the_client_s_return_form_is_kept(running: Running, form: str, shape_: tuple[int, ...]) -> None:
    picture = encoded(photo(shape("ellipse", 300, 400), noise=0))
    found = fetched(data(ask(running, "SegmentCommonImage", picture, ReturnForm=form))["ImageURL"])

    assert np.abs(np.array(found.shape) - shape_).max() <= 2
    assert found.max() == 255


def test_a_body_can_be_asked_for_as_a_job(running: Running) -> None:
    truth = shape("ellipse", 300, 400)
    first = ask(running, "SegmentBody", encoded(photo(truth)), Async="true").json()
    done = finished_job(running, first["RequestId"])

    assert "Data" not in first
    assert done["Status"] == "PROCESS_SUCCESS"
    assert overlap(fetched(result_of(done)["ImageURL"])[..., 3] >= 128, truth) > 0.98


def finished_job(running: Running, job: str) -> dict[str, Any]:
    """Asked of the product itself; those of others don't know the job."""
    asked = call_v1(running, "GetAsyncJobResult", {"JobId": job})
    assert asked.json()["Code"] == "InvalidParameter"
    deadline = time.monotonic() + 60
    while True:
        found: dict[str, Any] = call_v1(running, "GetAsyncJobResult", {"JobId": job}, Version=VERSION).json()["Data"]
        if found["Status"] not in ("QUEUING", "PROCESSING"):
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


def test_parameters_may_travel_in_the_query_of_a_post(running: Running) -> None:
    business = {"ImageURL": link(running, encoded(photo(shape("star", 200, 200))))}
    signed = signed_v1(running, "SegmentCommonImage", business, Version=VERSION)
    answer = httpx.post(f"{running.rpc}/?{urlencode(signed)}", trust_env=False, timeout=60)

    assert data(answer)["ImageURL"]


@pytest.mark.parametrize("action", ALL)
def test_a_call_without_its_picture_has_a_code_of_its_own(running: Running, action: str) -> None:
    assert code(call_v1(running, action, {}, Version=VERSION)) == "MissingImageURL"


@pytest.mark.parametrize("action", ["SegmentBody", "SegmentHead", "SegmentCommodity", "SegmentCommonImage"])
def test_a_value_that_is_not_documented_is_refused_as_the_document_s_table_has_it(
    running: Running, action: str
) -> None:
    """Of its two codes for that, 400 InvalidParameter is the one of input; 403 ParameterError names no case."""
    answer = ask(running, action, blank(200, 200), ReturnForm="purple")

    assert (answer.status_code, code(answer)) == (400, "InvalidParameter")


@pytest.mark.parametrize(
    ("action", "width", "height"),
    [
        *((action, 1280, 200) for action in WHOLE),
        *((action, 2001, 2001) for action in PEOPLE),
        *((action, 31, 31) for action in PEOPLE),
        ("SegmentHead", 1700, 100),
        ("SegmentHair", 4000, 2000),
        ("ParseFace", 99, 150),
        ("ParseFace", 2049, 2048),
        ("ParseFace", 401, 200),
        ("SegmentFurniture", 40, 100),
        ("SegmentFurniture", 1999, 100),
        ("SegmentVehicle", 32, 100),
        ("SegmentVehicle", 2000, 100),
        ("RefineMask", 2000, 100),
    ],
)
def test_a_picture_of_another_size_than_documented_is_refused(
    running: Running, action: str, width: int, height: int
) -> None:
    content = blank(width, height)
    more = {"MaskImageURL": link(running, content, "mask")} if action == "RefineMask" else {}

    assert code(ask(running, action, content, **more)) == "InvalidImage.Resolution"


@pytest.mark.parametrize(
    ("action", "content"),
    [
        ("SegmentBody", blank(300, 300, "GIF", "L")),
        ("SegmentHead", blank(300, 300, "PNG", "L")),
        ("SegmentHair", blank(300, 300, "PNG", "P")),
        ("SegmentCommonImage", blank(300, 300, "PNG", "I;16")),
        ("ParseFace", blank(300, 300, "BMP")),
        ("SegmentVehicle", blank(300, 300, "WEBP")),
        ("SegmentFace", b"no picture at all"),
        ("SegmentBody", blank(300, 300, "JPEG")[:400]),
    ],
)
def test_a_picture_of_another_kind_than_documented_is_refused(running: Running, action: str, content: bytes) -> None:
    assert code(ask(running, action, content)) == "InvalidImage.Content"


def test_a_file_of_more_bytes_than_documented_is_refused(running: Running) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (1100, 1100, 3), dtype=np.uint8)

    assert code(ask(running, "SegmentBody", encoded(noise))) == "InvalidParameter.TooLarge"


@pytest.mark.parametrize(
    ("action", "more"),
    [
        ("SegmentBody", {"Async": "yes"}),
        ("SegmentHead", {"ReturnForm": "crop"}),
        ("SegmentFace", {"ReturnForm": "mask"}),
        ("SegmentVehicle", {"Async": "true"}),
    ],
)
def test_what_neither_documents_nor_client_know_is_refused(running: Running, action: str, more: dict[str, str]) -> None:
    content = encoded(photo(shape("star", 200, 200)))

    assert code(ask(running, action, content, **more)) == "InvalidParameter"
