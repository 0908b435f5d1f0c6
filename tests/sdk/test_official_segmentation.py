"""The vendor's official client cuts things out of photographs; it still has seven of the ten operations."""

from __future__ import annotations

import io
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from PIL import Image

from tests.localcloud.service import bucket, serving
from tests.photos import Mask, encoded, overlap, photo, portrait, shape
from tests.sdk.test_official_client import PYTHON, called
from workstation.localcloud.engine_pool import built_in_engine
from workstation.localcloud.note import Running

pytest.importorskip("cv2", reason="the extra “ocr” is not installed")

PACKAGE = "alibabacloud_imageseg20191230"
pytestmark = pytest.mark.skipif(
    not PYTHON.exists(), reason="the official client is not here; `make sdk-env` installs it apart"
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("segmentation") / "state", engine=built_in_engine) as service:
        yield service


def link(running: Running, content: bytes, name: str = "photo") -> str:
    store = bucket(running)
    store.put_object(f"case/{name}.png", content)
    url: str = store.sign_url("GET", f"case/{name}.png", 600, slash_safe=True)
    return url


def covered(url: str) -> Mask:
    samples = np.asarray(Image.open(io.BytesIO(httpx.get(url, trust_env=False).content)))
    return np.asarray((samples[..., 3] if samples.ndim == 3 else samples) >= 128)


@pytest.mark.parametrize("old_signature", [False, True])
@pytest.mark.parametrize(
    ("method", "form"),
    [("SegmentBody", "mask"), ("SegmentCommodity", ""), ("SegmentCommonImage", "mask")],
)
def test_the_official_client_cuts_out_what_was_drawn(
    running: Running, method: str, form: str, *, old_signature: bool
) -> None:
    truth = shape("ellipse", 300, 400)
    fields = {"ImageURL": link(running, encoded(photo(truth))), **({"ReturnForm": form} if form else {})}
    answers = called(running, _python(method), f"{method}Request", fields, package=PACKAGE, old_signature=old_signature)

    assert overlap(covered(answers["first"]["Data"]["ImageURL"]), truth) > 0.98


@pytest.mark.parametrize("method", ["SegmentHead", "SegmentHair", "ParseFace"])
def test_the_official_client_asks_about_a_face(running: Running, method: str) -> None:
    picture, _, _ = portrait(260)
    fields = {"ImageURL": link(running, encoded(picture), "face")}
    elements = called(running, _python(method), f"{method}Request", fields, package=PACKAGE)["first"]["Data"][
        "Elements"
    ]

    assert len(elements) == (8 if method == "ParseFace" else 1)
    assert all(covered(element["ImageURL"]).any() for element in elements)


def test_the_official_client_sends_a_mask_in_the_body(running: Running) -> None:
    truth = shape("ellipse", 300, 400)
    coarse = np.roll(truth, 8, axis=1)
    fields = {
        "ImageURL": link(running, encoded(photo(truth))),
        "MaskImageURL": link(running, encoded(coarse), "mask"),
    }
    answers = called(running, "refine_mask", "RefineMaskRequest", fields, package=PACKAGE)
    (element,) = answers["first"]["Data"]["Elements"]

    assert overlap(covered(element["ImageURL"]), truth) > 0.98


def _python(action: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in action).removeprefix("_")
