"""What photographs show: the document's examples in full, and its traps, each named after its entry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.catalogue.test_strange_answers import sent
from workstation.catalogue.job_query import PollStatus, read_poll
from workstation.catalogue.operation import CallInput, Operation
from workstation.catalogue.photo_recognition import (
    CERTIFICATE_QUALITY,
    CLASSIFY_RUBBISH,
    DETECT_FRUITS,
    IMAGE_COLOURS,
    IMAGE_ELEMENTS,
    IMAGE_STYLE,
    RECOGNITION,
    RECOGNITION_JOB,
    RECOGNIZE_FOOD,
    RECOGNIZE_LOGO,
    RECOGNIZE_SCENE,
    TAG_ADVERTISEMENT,
    TAG_IMAGE,
    VEHICLE_TYPE,
)
from workstation.domain.answer import AnswerFinding, IndexRectangle, PlacementState, ServiceAnswer
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.placement import place
from workstation.domain.words import Language, render

Json = dict[str, Any]


def recorded(row: Operation) -> Json:
    """A fresh copy of the document's example."""
    answer: Json = json.loads((Path(__file__).parent / "answers" / f"{row.name}.json").read_text(encoding="utf-8"))
    return answer


def parse(row: Operation, answer: Json) -> ServiceAnswer:
    (service,) = row.services
    return service.parse(json.dumps(answer), False)


def refused(row: Operation, answer: Json) -> bool:
    with pytest.raises(WorkstationError) as error:
        parse(row, answer)
    return error.value.code is ErrorCode.BAD_ANSWER


def body(row: Operation, **parameters: str) -> dict[str, str]:
    call = CallInput(
        links={"picture": ("http://store/0001.png",)},
        parameters=row.read_parameters(parameters),
        org_name="demo",
        org_id="1",
        form="png",
    )
    (service,) = row.services
    return dict(service.submit_call(call).body)


def sure(answer: ServiceAnswer) -> list[tuple[str, float | None]]:
    return [(str(finding.label), finding.confidence) for finding in answer.findings]


def figures(finding: AnswerFinding) -> dict[str, str | float]:
    values = {measured.name: measured.value for measured in finding.measurements}
    return {name: value if isinstance(value, (int, float)) else str(value) for name, value in values.items()}


@pytest.mark.parametrize("row", RECOGNITION, ids=lambda row: row.name)
def test_everything_in_the_documented_answer_is_read(row: Operation) -> None:
    answer = parse(row, recorded(row))

    assert answer.findings or answer.measurements
    assert answer.unknown == ()


# TaggingImage, RecognizeScene


def test_the_documented_tags_are_read_in_full() -> None:
    assert sure(parse(TAG_IMAGE, recorded(TAG_IMAGE))) == [
        ("沙发", 0.65), ("床", 0.41), ("家具", 0.24), ("长沙发", 0.13), ("卧室", 0.11),
    ]  # fmt: skip


def test_the_documented_scenes_are_read_in_full_and_said_in_the_readers_language() -> None:
    answer = parse(RECOGNIZE_SCENE, recorded(RECOGNIZE_SCENE))

    assert sure(answer) == [
        ("night view (夜景)", 0.83), ("seaside (海滨)", 0.31), ("street view (街景)", 0.13), ("square (广场)", 0.13),
        ("ship (船)", 0.12),
    ]  # fmt: skip
    assert render(answer.findings[0].label, Language.CHINESE) == "夜景"


@pytest.mark.parametrize("row", [TAG_IMAGE, RECOGNIZE_SCENE], ids=lambda row: row.name)
def test_confidence_of_tags_and_scenes_is_0_to_100(row: Operation) -> None:
    def tagged(confidence: object) -> Json:
        return {"Data": {"Tags": [{"Value": "船", "Confidence": confidence}]}}

    assert parse(row, tagged(0.9)).findings[0].confidence == pytest.approx(0.009)
    assert parse(row, tagged("100")).findings[0].confidence == 1.0
    assert refused(row, tagged(101))


def test_names_with_look_alike_characters_are_known_after_normalisation() -> None:
    answer = parse(RECOGNIZE_SCENE, {"Data": {"Tags": [{"Value": "⼴场", "Confidence": 13}]}})

    assert str(answer.findings[0].label) == "square (广场)"


def test_no_tags_are_an_answer_and_an_answer_without_tags_is_none() -> None:
    assert parse(TAG_IMAGE, {"Data": {"Tags": []}}).findings == ()
    assert refused(TAG_IMAGE, {"Data": {}})


# RecognizeImageColor


def test_the_documented_colours_are_read_in_full() -> None:
    answer = parse(IMAGE_COLOURS, recorded(IMAGE_COLOURS))

    assert [(str(found.label), figures(found)) for found in answer.findings] == [
        ("red", {"share": 45.9527, "colour": "#270315"}),
        ("red", {"share": 17.7192, "colour": "#5a0014"}),
        ("magenta", {"share": 16.9271, "colour": "#f139cc"}),
        ("purple", {"share": 10.7205, "colour": "#610492"}),
        ("red", {"share": 8.6806, "colour": "#ec4886"}),
    ]


@pytest.mark.parametrize(("wire", "code"), [(270315, "#270315"), (315, "#000315"), (0, "#000000"), ("#FFa", "#000ffa")])
def test_a_colour_of_digits_alone_comes_as_a_number_and_is_padded_to_six(wire: object, code: str) -> None:
    answer = parse(IMAGE_COLOURS, {"Data": {"ColorTemplateList": {"Color": wire, "Percentage": 1, "Label": "black"}}})

    assert figures(answer.findings[0])["colour"] == code


@pytest.mark.parametrize("wire", ["", None, "1234567", -5, "red", 27.5])
def test_what_is_no_colour_is_refused(wire: object) -> None:
    assert refused(IMAGE_COLOURS, {"Data": {"ColorTemplateList": [{"Color": wire, "Percentage": 1, "Label": "red"}]}})


def test_colours_are_asked_for_by_number() -> None:
    assert body(IMAGE_COLOURS, count="5") == {"Url": "http://store/0001.png", "ColorCount": "5"}
    assert body(IMAGE_COLOURS)["ColorCount"] == "3"
    with pytest.raises(WorkstationError):
        body(IMAGE_COLOURS, count="11")


# DetectImageElements, DetectFruits


def test_the_documented_elements_are_read_in_full() -> None:
    answer = parse(IMAGE_ELEMENTS, recorded(IMAGE_ELEMENTS))

    assert [str(found.label) for found in answer.findings] == [
        "text", "text", "article for sale", "decoration", "decoration", "text", "text", "decoration", "decoration",
    ]  # fmt: skip
    assert answer.findings[2].confidence == 0.983854711055756
    # X 51, Y 80, 464 wide, 392 high: edges of pixels, so half a pixel before their centers
    assert answer.findings[2].shapes == (IndexRectangle(slice=0.0, first=(79.5, 50.5), last=(471.5, 514.5)),)


@pytest.mark.parametrize("name", ["MajorHuman", "majorhuman", "MAJORHUMAN"])
def test_types_of_elements_are_compared_without_case(name: str) -> None:
    element = {"Type": name, "Score": 0.9, "X": 1, "Y": 2, "Width": 3, "Height": 4}

    assert str(parse(IMAGE_ELEMENTS, {"Data": {"Elements": [element]}}).findings[0].label) == "person"


@pytest.mark.parametrize("change", [{"Width": 0}, {"X": None}, {"Score": 1.2}, {"Type": ""}])
def test_an_element_that_can_not_be_is_refused(change: Json) -> None:
    element = {"Type": "character", "Score": 0.9, "X": 1, "Y": 2, "Width": 3, "Height": 4}

    assert refused(IMAGE_ELEMENTS, {"Data": {"Elements": [element | change]}})


def test_the_documented_fruit_is_read_in_full() -> None:
    (found,) = parse(DETECT_FRUITS, recorded(DETECT_FRUITS)).findings

    assert (str(found.label), found.confidence) == ("橙子", 0.8227852582931519)
    assert found.shapes == (
        IndexRectangle(
            slice=0.0, first=(44.33051300048828, 213.55966186523438), last=(482.3807067871094, 723.0120849609375)
        ),
    )


def test_a_box_of_texts_is_a_box() -> None:
    """As the table of fruits shows it."""
    texts = recorded(DETECT_FRUITS)
    texts["Data"]["Elements"]["Box"] = [str(number) for number in texts["Data"]["Elements"]["Box"]]

    assert parse(DETECT_FRUITS, texts) == parse(DETECT_FRUITS, recorded(DETECT_FRUITS))


@pytest.mark.parametrize(
    "row", [RECOGNIZE_LOGO, CLASSIFY_RUBBISH, DETECT_FRUITS, CERTIFICATE_QUALITY], ids=lambda row: row.name
)
def test_elements_may_be_an_array_or_a_single_object(row: Operation) -> None:
    listed = recorded(row)
    listed["Data"]["Elements"] = [listed["Data"]["Elements"]]

    assert parse(row, listed) == parse(row, recorded(row))


# RecognizeLogo


def test_the_documented_logo_is_read_in_full() -> None:
    answer = parse(RECOGNIZE_LOGO, recorded(RECOGNIZE_LOGO))

    (found,) = answer.findings
    assert str(found.label) == "优酷英文: logo of a television station"
    assert found.shapes == (IndexRectangle(slice=0.0, first=(28.5, 756.5), last=(52.5, 920.5)),)
    assert [(m.name, m.value if isinstance(m.value, float) else str(m.value)) for m in answer.measurements] == [
        ("class", "logo of a television station"),
        ("rate", 99.33),
        ("suggestion", "block: something should be done"),
    ]


def test_results_and_logos_may_be_arrays() -> None:
    listed = recorded(RECOGNIZE_LOGO)
    results = listed["Data"]["Elements"]["Results"]
    listed["Data"]["Elements"]["Results"] = [results | {"LogosData": [results["LogosData"]]}]

    assert parse(RECOGNIZE_LOGO, listed) == parse(RECOGNIZE_LOGO, recorded(RECOGNIZE_LOGO))


def test_the_rate_of_a_logo_is_0_to_100_and_no_confidence_of_a_logo() -> None:
    high = recorded(RECOGNIZE_LOGO)
    high["Data"]["Elements"]["Results"]["Rate"] = 100.5

    assert refused(RECOGNIZE_LOGO, high)
    assert parse(RECOGNIZE_LOGO, recorded(RECOGNIZE_LOGO)).findings[0].confidence is None


def test_a_picture_without_logo_is_an_answer() -> None:
    none = {"Data": {"Elements": [{"Results": [{"Label": "normal", "Rate": 99.9, "Suggestion": "pass"}]}]}}
    answer = parse(RECOGNIZE_LOGO, none)

    assert (answer.findings, str(answer.measurements[0].value)) == ((), "no logo")


def test_a_logo_is_asked_for_as_the_first_task() -> None:
    assert body(RECOGNIZE_LOGO) == {"Tasks.1.ImageURL": "http://store/0001.png"}


# RecognizeImageStyle, ClassifyingRubbish, RecognizeVehicleType


def test_the_documented_styles_are_read_in_full() -> None:
    assert sure(parse(IMAGE_STYLE, recorded(IMAGE_STYLE))) == [("promotional", None), ("Chinese style", None)]


@pytest.mark.parametrize("styles", ["chinese", '["chinese"]', ["chinese"]])
def test_styles_may_be_an_array_or_a_single_text(styles: object) -> None:
    assert sure(parse(IMAGE_STYLE, {"Data": {"Styles": styles}})) == [("Chinese style", None)]


@pytest.mark.parametrize("styles", [None, [1], [""], {"a": 1}])
def test_styles_that_can_not_be_are_refused(styles: object) -> None:
    assert refused(IMAGE_STYLE, {"Data": {"Styles": styles}})


def test_the_documented_rubbish_is_read_in_full() -> None:
    (found,) = parse(CLASSIFY_RUBBISH, recorded(CLASSIFY_RUBBISH)).findings

    assert (str(found.label), found.confidence) == ("纸板箱: recyclable (可回收垃圾)", 0.9406)
    assert figures(found) == {"bin": "recyclable (可回收垃圾)", "bin-confidence": 0.9406}


@pytest.mark.parametrize("flag", [True, "true"])
def test_a_sensitive_picture_has_a_note_and_no_rubbish(flag: object) -> None:
    answer = parse(CLASSIFY_RUBBISH, {"Data": {"Sensitive": flag}})

    assert (answer.findings, [str(note) for note in answer.notes]) == (
        (),
        ["The service calls the picture sensitive and tells nothing of it."],
    )


def test_the_documented_vehicles_are_read_in_full_and_mpv_mian_is_spelt_so() -> None:
    assert sure(parse(VEHICLE_TYPE, recorded(VEHICLE_TYPE))) == [
        ("saloon car", 1.0), ("multi-purpose vehicle", 0.0), ("other vehicle", 0.0),
        ("sport utility vehicle (SUV)", 0.0),
    ]  # fmt: skip


def test_threshold_of_vehicles_is_the_best_score_and_hides_nothing() -> None:
    other = recorded(VEHICLE_TYPE)
    other["Data"]["Threshold"] = 0.2

    assert parse(VEHICLE_TYPE, other) == parse(VEHICLE_TYPE, recorded(VEHICLE_TYPE))


# EvaluateCertificateQuality


def test_the_documented_certificate_is_read_in_full_though_it_breaks_its_own_rules() -> None:
    """`Pass` is a boolean there, the score no integer, and the check is one that a licence has not."""
    (found,) = parse(CERTIFICATE_QUALITY, recorded(CERTIFICATE_QUALITY)).findings

    assert str(found.label) == "The front side is missing"
    assert figures(found) == {"passed": "not passed", "score": 0.06514739990234375}


def checked(passed: object, score: object) -> Json:
    return {"Data": {"Elements": [{"Value": "reflection", "Pass": passed, "Score": score}]}}


@pytest.mark.parametrize(
    ("passed", "verdict"),
    [
        ("true", "passed"), (True, "passed"), ("false", "not passed"), (False, "not passed"),
        ("verify", "can't be told: a person should look"), ("ERROR", "the check failed"),
    ],
)  # fmt: skip
def test_pass_is_one_of_four_texts_or_a_boolean(passed: object, verdict: str) -> None:
    assert figures(parse(CERTIFICATE_QUALITY, checked(passed, "7")).findings[0]) == {"passed": verdict, "score": 7.0}


@pytest.mark.parametrize("score", ["score", "null", None])
def test_score_may_be_the_word_score_or_null(score: object) -> None:
    assert figures(parse(CERTIFICATE_QUALITY, checked("verify", score)).findings[0]).keys() == {"passed"}


@pytest.mark.parametrize(("passed", "score"), [("maybe", 1), ("", 1), ("true", 101), ("true", -1), ("true", "high")])
def test_a_check_that_can_not_be_is_refused(passed: object, score: object) -> None:
    assert refused(CERTIFICATE_QUALITY, checked(passed, score))


def test_a_certificate_is_asked_about_with_its_kind() -> None:
    assert body(CERTIFICATE_QUALITY, type="BusinessLicense") == {
        "ImageURL": "http://store/0001.png",
        "Type": "BusinessLicense",
    }


# RecognizeFood


def test_the_documented_dishes_are_read_in_full_and_calorie_is_a_number_or_the_word_unknown() -> None:
    answer = parse(RECOGNIZE_FOOD, recorded(RECOGNIZE_FOOD))

    assert [(str(found.label), found.confidence, figures(found)) for found in answer.findings] == [
        ("清蒸鲈鱼", 0.56878662109375, {"energy": 105.0}),
        ("鳜鱼", 0.0455322265625, {"energy": 117.0}),
        ("清蒸桂花鱼", 0.039886474609375, {"energy": 112.0}),
        ("沸腾鱼", 0.0296173095703125, {"energy": 118.0}),
        ("其他类", 0.0205230712890625, {}),
    ]


def test_the_price_row_out_of_order_ends_at_a_million() -> None:
    (service,) = RECOGNIZE_FOOD.services

    assert [service.price(calls) for calls in (499_999, 500_000, 999_999, 1_000_000)] == [
        0.0004, 0.00035, 0.00035, 0.0003,
    ]  # fmt: skip


# TaggingAdImage and its job


def test_the_documented_advertisement_is_read_in_full() -> None:
    answer = parse(TAG_ADVERTISEMENT, recorded(TAG_ADVERTISEMENT)["Data"])

    assert [(found.code, str(found.label), round(found.confidence or 0, 4)) for found in answer.findings] == [
        ("ad-person", "human-cartoon", 0.8926),
        ("ad-person", "human-cartoon", 0.792),
        ("ad-person", "human-cartoon", 0.8589),
        ("ad-person", "human-real-celebrity-明星姓名", 0.8368),
        ("ad-person", "human-cartoon", 0.7624),
        ("ad-scene", "gamescreen-gameeffect", 0.8965),
        ("ad-thing", "weapon", 0.8438),
    ]
    assert [figures(found) for found in answer.findings[1:3]] == [
        {"clothes": "ancient_costume", "clothes-confidence": 0.945527},
        {},
    ]


def test_bbox_of_an_advertisement_is_a_place_and_its_order_is_assumed() -> None:
    """Described as a time; five people of the example stand side by side if it is top, left, bottom, right."""
    answer = parse(TAG_ADVERTISEMENT, recorded(TAG_ADVERTISEMENT)["Data"])
    small = {"TagInfo": {"objectInfo": {"Category": "weapon", "Score": 0.5, "Bbox": [10, 20, 30, 60]}}}
    placement, (found,) = place(parse(TAG_ADVERTISEMENT, small), sent(TAG_ADVERTISEMENT), "J")

    first = answer.findings[0].shapes
    assert first == (IndexRectangle(slice=0.0, first=(246.5, 68.5), last=(614.5, 284.5)),)
    assert placement.state is PlacementState.ASSUMED
    assert len(found.shapes) == 1


def test_the_result_of_an_advertisement_is_encoded_three_times_and_its_keys_change_case() -> None:
    """The job's own page: JSON text in JSON text in the answer, arrays in arrays, `objectInfo` is `[null]`."""
    polled = read_poll(recorded(RECOGNITION_JOB))
    (service,) = TAG_ADVERTISEMENT.services
    answer = service.parse(polled.result_text, False)

    assert polled.status is PollStatus.DONE
    assert sure(answer) == [("human-real-normal", 0.9690580798778683), ("gamescreen-gameeffect", 0.44200169294841274)]
    assert answer.findings[0].shapes == (IndexRectangle(slice=0.0, first=(76.5, 279.5), last=(430.5, 568.5)),)
    assert figures(answer.findings[0]) == {"clothes": "modern", "clothes-confidence": 0.73934}
    assert answer.unknown == ()


def test_a_result_that_is_not_escaped_too_often_reads_the_same() -> None:
    inner = {"tagInfo": {"humanInfo": [[{"category": "a", "score": 0.5, "bbox": [1, 2, 3, 4]}]], "objectInfo": [None]}}
    (service,) = TAG_ADVERTISEMENT.services
    plain = json.dumps({"tags": [{"confidence": -1, "value": json.dumps(inner)}]})
    escaped = json.dumps(plain)[1:-1]

    assert service.parse(plain, False) == service.parse(escaped, False) == service.parse(json.dumps(plain), False)
    assert sure(service.parse(plain, False)) == [("a", 0.5)]


def test_what_an_advertisement_has_besides_is_noticed() -> None:
    info = {"TagInfo": {"sceneInfo": {"Category": "a", "Score": 0.5}, "musicInfo": {"Category": "b"}}}

    assert parse(TAG_ADVERTISEMENT, info).unknown == ("taginfo.musicinfo.category",)


def test_an_advertisement_without_tags_is_refused() -> None:
    assert refused(TAG_ADVERTISEMENT, {"tags": []})
    assert refused(TAG_ADVERTISEMENT, {"Data": {}})
