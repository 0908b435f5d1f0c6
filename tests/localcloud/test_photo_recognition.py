"""What photographs show, as the local service says it: documented limits and codes, drawn pictures found again."""

from __future__ import annotations

import io
import json
import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from tests.localcloud.service import bucket, call_v1, eventually, serving
from workstation.localcloud.engine.asked import Analysis
from workstation.localcloud.engine.photo_colours import name_of, palette
from workstation.localcloud.engine_pool import built_in_engine
from workstation.localcloud.note import Running

VERSION = "2019-09-30"
MEGABYTE = 1024**2
Colour = tuple[int, int, int]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("photographs") / "state", engine=built_in_engine) as service:
        yield service


def link(running: Running, content: bytes, name: str = "photo") -> str:
    store = bucket(running)
    store.put_object(f"case/{name}", content)
    url: str = store.sign_url("GET", f"case/{name}", 600, slash_safe=True)
    return url


def filed(image: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def plain(width: int = 300, height: int = 200, mode: str = "RGB", form: str = "PNG") -> bytes:
    return filed(Image.new("RGB", (width, height), (200, 120, 90)).convert(mode), form)


ADDRESS = {
    "RecognizeImageColor": "Url", "DetectImageElements": "Url", "RecognizeImageStyle": "Url",
    "RecognizeLogo": "Tasks.1.ImageURL",
}  # fmt: skip


def asked(running: Running, action: str, content: bytes, **more: str) -> httpx.Response:
    if action == "EvaluateCertificateQuality":
        more = {"Type": "IDCard", **more}
    call = {ADDRESS.get(action, "ImageURL"): link(running, content), **more}
    return call_v1(running, action, call, Version=VERSION)


def data(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    inside: dict[str, Any] = answer.json()["Data"]
    return inside


def code(answer: httpx.Response) -> str:
    assert answer.status_code == 400, answer.text
    said: str = answer.json()["Code"]
    return said


# Limits and codes


@pytest.mark.parametrize(
    ("action", "good", "bad"),
    [
        ("TaggingImage", (6, 6), (5, 6)),
        ("RecognizeScene", (6, 6), (6, 5)),
        ("RecognizeImageColor", (2499, 8), (2500, 8)),
        ("DetectImageElements", (1280, 8), (8, 1281)),
        ("RecognizeImageStyle", (8, 2999), (8, 3000)),
        ("DetectFruits", (101, 101), (100, 101)),
        ("EvaluateCertificateQuality", (101, 4999), (101, 5000)),
        ("EvaluateCertificateQuality", (101, 101), (100, 300)),
        ("RecognizeFood", (100, 4096), (100, 4097)),
        ("RecognizeFood", (100, 100), (99, 100)),
    ],
)
def test_sizes_are_taken_up_to_the_documented_limit_and_not_beyond(
    running: Running, action: str, good: tuple[int, int], bad: tuple[int, int]
) -> None:
    data(asked(running, action, plain(*good)))

    assert code(asked(running, action, plain(*bad))) == "InvalidImage.Resolution"


FORMS = {
    "TaggingImage": "JPEG PNG BMP", "RecognizeScene": "JPEG PNG BMP", "RecognizeImageColor": "JPEG PNG BMP",
    "DetectImageElements": "JPEG PNG BMP", "RecognizeLogo": "JPEG PNG BMP GIF WEBP",
    "RecognizeImageStyle": "JPEG PNG BMP WEBP", "ClassifyingRubbish": "JPEG PNG", "DetectFruits": "JPEG PNG TIFF",
    "RecognizeVehicleType": "JPEG PNG", "EvaluateCertificateQuality": "JPEG PNG BMP", "RecognizeFood": "JPEG PNG BMP",
}  # fmt: skip


@pytest.mark.parametrize("action", FORMS)
@pytest.mark.parametrize("form", ["JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF"])
def test_only_documented_formats_are_taken(running: Running, action: str, form: str) -> None:
    answer = asked(running, action, plain(form=form))

    if form in FORMS[action].split():
        data(answer)
    else:
        assert code(answer) == "InvalidImage.Content"


@pytest.mark.parametrize(
    ("action", "most"),
    [
        ("TaggingImage", 3 * MEGABYTE),
        ("RecognizeImageColor", 19 * MEGABYTE // 2),
        ("RecognizeLogo", 10 * MEGABYTE),
        ("DetectFruits", 3 * MEGABYTE - 1),  # smaller than
        ("RecognizeFood", 10 * MEGABYTE - 1),
        ("EvaluateCertificateQuality", 10 * MEGABYTE - 1),
    ],
)
def test_files_are_taken_up_to_the_documented_size_and_not_beyond(running: Running, action: str, most: int) -> None:
    photo = plain()

    data(asked(running, action, photo + b"\0" * (most - len(photo))))
    assert code(asked(running, action, photo + b"\0" * (most + 1 - len(photo)))) == "InvalidParameter.TooLarge"


@pytest.mark.parametrize("action", ["RecognizeImageColor", "RecognizeImageStyle"])
@pytest.mark.parametrize("mode", ["L", "RGBA", "P"])
def test_colours_and_style_need_three_channels(running: Running, action: str, mode: str) -> None:
    assert code(asked(running, action, plain(mode=mode))) == "InvalidImage.Content"


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"], ids=["nothing", "text", "a head alone"])
def test_what_is_no_picture_is_refused(running: Running, content: bytes) -> None:
    assert code(asked(running, "TaggingImage", content)) == "InvalidImage.Content"


def test_half_a_picture_can_not_be_decoded(running: Running) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    whole = filed(Image.fromarray(noise))

    assert code(asked(running, "RecognizeScene", whole[: len(whole) // 2])) == "InvalidImage.Decode"


@pytest.mark.parametrize(
    ("action", "call"),
    [
        ("TaggingImage", {}),
        ("TaggingImage", {"ImageURL": "LINK", "Url": "LINK"}),
        ("TaggingImage", {"Url": "LINK"}),
        ("RecognizeImageColor", {"ImageURL": "LINK"}),
        ("RecognizeImageColor", {"Url": "LINK", "ColorCount": "0"}),
        ("RecognizeImageColor", {"Url": "LINK", "ColorCount": "11"}),
        ("RecognizeImageColor", {"Url": "LINK", "ColorCount": "2.5"}),
        ("RecognizeLogo", {"Tasks.2.ImageURL": "LINK"}),
        ("EvaluateCertificateQuality", {"ImageURL": "LINK"}),
        ("EvaluateCertificateQuality", {"ImageURL": "LINK", "Type": "Passport"}),
        ("GetAsyncJobResult", {"JobId": "none"}),
    ],
)
def test_wrong_and_missing_parameters_have_the_documented_code(
    running: Running, action: str, call: dict[str, str]
) -> None:
    url = link(running, plain())
    filled = {name: url if value == "LINK" else value for name, value in call.items()}

    assert code(call_v1(running, action, filled, Version=VERSION)) == "ParameterError"


def test_an_address_with_chinese_characters_and_one_elsewhere_have_their_own_codes(running: Running) -> None:
    def answer(url: str) -> str:
        return code(call_v1(running, "TaggingImage", {"ImageURL": url}, Version=VERSION))

    assert answer(link(running, plain()) + "中") == "IllegalUrlParameter"
    assert answer("http://example.com/a.png") == "InvalidImage.Region"
    assert answer(bucket(running).sign_url("GET", "case/nothing", 600, slash_safe=True)) == "InvalidImage.Download"


def broken(analysis: Analysis) -> dict[str, object]:
    raise ZeroDivisionError(analysis.action)


def test_a_defect_of_an_analysis_is_answered(tmp_path: Path) -> None:
    with serving(tmp_path / "state", engine=broken) as service:
        answer = asked(service, "TaggingImage", plain())

    assert (answer.status_code, answer.json()["Code"]) == (500, "InternalError.Algo")
    assert "TaggingImage" not in answer.json()["Message"]


# Colours


def lab(colour: Colour) -> tuple[float, float, float]:
    """sRGB → CIE L*a*b*, D65: written from CIE 15 for this test alone, number by number."""
    linear = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    red, green, blue = linear
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883

    def f(t: float) -> float:
        return float(t ** (1 / 3)) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116

    return 116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))


def delta_e(one: Colour, other: Colour) -> float:
    """CIE 1976."""
    return math.dist(lab(one), lab(other))


def of_hex(text: str) -> Colour:
    return int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16)


def drawn(seed: int, count: int) -> tuple[Image.Image, dict[Colour, float]]:
    """Rectangles and ellipses of clearly different colours with smooth edges, and the true share of each colour."""
    chance = random.Random(seed)
    colours: list[Colour] = []
    while len(colours) < count:
        colour = (chance.randrange(256), chance.randrange(256), chance.randrange(256))
        if all(delta_e(colour, other) > 25 for other in colours):
            colours.append(colour)
    large = Image.new("P", (1600, 1200), 0)
    draw = ImageDraw.Draw(large)
    for number in range(1, count):
        left, top = 1600 * (number - 1) // (count - 1), chance.randrange(100, 400)
        box = (left + 20, top, left + 1600 // (count - 1) - 20, top + chance.randrange(400, 700))
        (draw.rectangle if number % 2 else draw.ellipse)(box, fill=number)
    labels = np.asarray(large)
    shares = {colour: float((labels == number).mean()) for number, colour in enumerate(colours)}
    return Image.fromarray(np.array(colours, np.uint8)[labels]).resize((800, 600), Image.Resampling.LANCZOS), shares


def noisy(image: Image.Image) -> Image.Image:
    """As a camera in poor light."""
    noise = np.random.default_rng(1).normal(0, 8, (image.height, image.width, 3))
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "noise"])
@pytest.mark.parametrize(("seed", "count"), [(1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 8), (7, 10), (8, 10)])
def test_a_palette_is_that_which_was_drawn(running: Running, seed: int, count: int, kind: str) -> None:
    image, shares = drawn(seed, count)
    content = filed(image, "JPEG", quality=80) if kind == "JPEG" else filed(noisy(image) if kind == "noise" else image)
    found = data(asked(running, "RecognizeImageColor", content, ColorCount=str(count)))
    told = [(of_hex(one["Color"]), one["Percentage"]) for one in found["ColorTemplateList"]]

    assert len(told) == count
    for colour, share in shares.items():
        nearest, given = min(told, key=lambda one: delta_e(one[0], colour))
        assert delta_e(nearest, colour) <= 5
        assert given == pytest.approx(share, abs=0.02)
    assert sum(share for _, share in told) == pytest.approx(1, abs=1e-4)
    assert found["YingtaiBasis"]["all"] == "algorithm"


def test_colours_stand_by_their_share_and_three_are_told_where_none_are_counted(running: Running) -> None:
    image, _ = drawn(9, 5)
    told = data(asked(running, "RecognizeImageColor", filed(image)))["ColorTemplateList"]

    assert len(told) == 3
    assert [one["Percentage"] for one in told] == sorted((one["Percentage"] for one in told), reverse=True)


def test_no_more_colours_are_told_than_there_are(running: Running) -> None:
    told = data(asked(running, "RecognizeImageColor", plain(), ColorCount="10"))["ColorTemplateList"]

    assert [(one["Color"], one["Percentage"]) for one in told] == [("C8785A", 1.0)]


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ("270315", "red"), ("5A0014", "red"), ("F139CC", "magenta"), ("610492", "purple"), ("EC4886", "red"),
        ("000000", "black"), ("FFFFFF", "white"), ("808080", "gray"), ("FF8800", "orange"), ("FFFF00", "yellow"),
        ("00AA00", "green"), ("00FFFF", "cyan"), ("0000FF", "blue"),
    ],
)  # fmt: skip
def test_colours_are_named_as_the_document_names_them(colour: str, name: str) -> None:
    assert name_of(*of_hex(colour)) == name


# Elements


def iou(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Of two boxes: left, top, right, bottom."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(0.0, across) * max(0.0, down)
    return shared / (sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)) - shared)


def boxes(found: dict[str, Any], kind: str) -> list[tuple[float, ...]]:
    return [
        (one["X"], one["Y"], one["X"] + one["Width"], one["Y"] + one["Height"])
        for one in found["Elements"]
        if one["Type"] == kind
    ]


def test_drawn_things_and_lines_of_text_are_found_where_they_were_drawn(running: Running) -> None:
    image = Image.new("RGB", (1000, 700), (235, 240, 245))
    draw = ImageDraw.Draw(image)
    things = [(60, 80, 320, 400), (560, 300, 900, 640)]
    draw.rectangle((60, 80, 319, 399), fill=(180, 60, 40))
    draw.ellipse((560, 300, 899, 639), fill=(30, 90, 160))
    draw.text((420, 100), "WOUND CARE 2026", fill=(20, 20, 20), font_size=40)
    text = draw.textbbox((420, 100), "WOUND CARE 2026", font_size=40)
    found = data(asked(running, "DetectImageElements", filed(image, "JPEG", quality=95)))

    large, lines = boxes(found, "majorobject"), boxes(found, "character")
    assert len(large) == 2
    assert all(max(iou(box, thing) for box in large) >= 0.9 for thing in things)
    assert max(iou(line, text) for line in lines) >= 0.9
    assert all(0 <= one["Score"] <= 1 for one in found["Elements"])


def test_an_even_picture_has_no_elements(running: Running) -> None:
    assert data(asked(running, "DetectImageElements", plain()))["Elements"] == []


# Certificates


def card(
    *, blurred: float = 0, glare: bool = False, gray: bool = False, cut: bool = False, dark: bool = False
) -> bytes:
    """A drawn identity card on a table, with one thing wrong with it."""
    image = Image.new("RGB", (1000, 700), (70, 60, 55))
    draw = ImageDraw.Draw(image)
    left = -200 if cut else 150
    draw.rounded_rectangle((left, 130, left + 700, 570), 30, fill=(190, 215, 230))
    draw.rectangle((left + 480, 200, left + 640, 420), fill=(200, 150, 120))
    for line in range(5):
        draw.text((left + 40, 180 + 70 * line), f"NAME ADDRESS {line}1990", fill=(25, 25, 30), font_size=32)
    if glare:
        light = Image.new("L", image.size, 0)
        ImageDraw.Draw(light).ellipse((left + 180, 240, left + 420, 480), fill=255)
        image.paste((255, 255, 255), mask=light.filter(ImageFilter.GaussianBlur(20)))
    if blurred:
        image = image.filter(ImageFilter.GaussianBlur(blurred))
    if gray:
        image = image.convert("L").convert("RGB")
    if dark:
        image = image.point(lambda value: value // 8)
    return filed(image, "JPEG", quality=92)


def checks(running: Running, content: bytes, kind: str = "IDCard") -> dict[str, tuple[str, str]]:
    found = data(asked(running, "EvaluateCertificateQuality", content, Type=kind))
    return {one["Value"]: (one["Pass"], one["Score"]) for one in found["Elements"]}


def failed(running: Running, content: bytes, kind: str = "IDCard") -> set[str]:
    return {name for name, (passed, _) in checks(running, content, kind).items() if passed == "false"}


def test_a_good_photograph_of_a_card_passes_all_that_can_be_told(running: Running) -> None:
    found = checks(running, card())

    assert failed(running, card()) == set()
    assert {name for name, verdict in found.items() if verdict == ("verify", "score")} == {
        "nottargettype", "lackoffront", "electronic", "watermarksoverlay",
    }  # fmt: skip
    assert all(0 <= int(score) <= 100 for passed, score in found.values() if passed != "verify")


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (card(blurred=4), "textclarity"),
        (card(dark=True), "textclarity"),
        (card(glare=True), "reflection"),
        (card(gray=True), "copy"),
        (card(cut=True), "imageincomplete"),
    ],
    ids=["blurred", "dark", "glare", "photocopy", "cut off"],
)
def test_what_is_wrong_with_a_card_is_found(running: Running, content: bytes, wrong: str) -> None:
    assert wrong in failed(running, content)


def test_a_score_grows_with_the_blur(running: Running) -> None:
    scores = [int(checks(running, card(blurred=sigma))["textclarity"][1]) for sigma in (0, 1, 2, 4)]

    assert scores == sorted(scores)
    assert scores[0] < 25 < scores[-1]


def test_a_card_has_no_seal_and_a_licence_no_front(running: Running) -> None:
    assert "lackofseal" not in checks(running, card(), "IDCard")
    licence = checks(running, card(), "BusinessLicense")
    assert "lackoffront" not in licence
    assert licence["lackofseal"][0] == "false"


# Names, which are simulated


@pytest.mark.parametrize(
    "action",
    ["TaggingImage", "RecognizeScene", "RecognizeImageStyle", "ClassifyingRubbish", "DetectFruits",
     "RecognizeVehicleType", "RecognizeFood", "RecognizeLogo"],
)  # fmt: skip
def test_names_are_simulated_and_the_same_for_the_same_picture(running: Running, action: str) -> None:
    first, again = (data(asked(running, action, plain())) for _ in range(2))

    assert first == again
    assert first["YingtaiBasis"] == {"all": "simulated", "parts": {}}


def test_the_result_of_an_advertisement_is_encoded_three_times(running: Running) -> None:
    submitted = asked(running, "TaggingAdImage", plain()).json()
    assert "Data" not in submitted

    def state() -> dict[str, Any]:
        call = {"JobId": submitted["RequestId"]}
        return data(call_v1(running, "GetAsyncJobResult", call, Version=VERSION))

    assert eventually(lambda: state()["Status"] == "PROCESS_SUCCESS")
    result = json.loads(state()["Result"])
    ((tag,), info) = result["tags"], json.loads(result["tags"][0]["value"])["tagInfo"]
    ((person,),) = info["humanInfo"]
    top, left, bottom, right = person["bbox"]

    assert tag["confidence"] == -1
    assert info["objectInfo"] == [None]
    assert 0 <= left < right <= 300
    assert 0 <= top < bottom <= 200


def test_a_job_of_another_product_is_not_known_to_this_one(running: Running) -> None:
    submitted = asked(running, "TaggingAdImage", plain()).json()["RequestId"]

    assert code(call_v1(running, "GetAsyncJobResult", {"JobId": submitted})) == "InvalidParameter"


def test_of_four_colours_the_two_that_are_most_alike_become_one() -> None:
    stripes = [((120, 150, 190), 65), ((60, 70, 110), 14), ((45, 30, 25), 9), ((224, 180, 155), 12)]
    rows = [np.full((width, 60, 3), colour, dtype=np.uint8) for colour, width in stripes]

    found = palette(np.concatenate(rows), 3)

    assert [(code, share) for code, share, _ in found if code in ("7896BE", "E0B49B")] == [
        ("7896BE", 0.65),
        ("E0B49B", 0.12),
    ]


def test_a_dark_brown_is_black_to_the_eye() -> None:
    assert name_of(44, 30, 25) == "black"
    assert name_of(0x27, 0x03, 0x15) == "red"  # so in the document's example
