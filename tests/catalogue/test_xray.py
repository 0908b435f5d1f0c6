"""Answers about radiographs: the documents' examples in full, and their traps, each named after its entry."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from workstation.catalogue.operation import CallInput, Service
from workstation.catalogue.xray import (
    ALIYUN_FEMORAL_NECK,
    ALIYUN_HIP_POINTS,
    ALIYUN_KNEE_GRADES,
    ALIYUN_KNEE_POINTS,
)
from workstation.domain.answer import (
    AnswerFinding,
    IndexAngle,
    IndexPoint,
    IndexPolyline,
    IndexRectangle,
    ServiceAnswer,
)
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis

Json = dict[str, Any]


def recorded(name: str) -> Json:
    """A fresh copy of the documents' example."""
    text = (Path(__file__).parent / "answers" / f"{name}.json").read_text(encoding="utf-8")
    answer: Json = json.loads(text)
    return answer


def parse(service: Service, answer: Json) -> ServiceAnswer:
    return service.parse(json.dumps(answer), False)


def refused(service: Service, answer: Json) -> bool:
    with pytest.raises(WorkstationError) as error:
        parse(service, answer)
    return error.value.code is ErrorCode.BAD_ANSWER


def call(form: str) -> CallInput:
    links = {"picture": ("http://store/0001",)}
    return CallInput(links=links, parameters={}, org_name="weiyi", org_id="0001", form=form)


# DetectKneeXRay


def knee(*numbers: float | str) -> Json:
    return {"Data": {"KLDetections": [{"Detections": list(numbers)}]}}


def test_the_documented_knee_is_read_in_full() -> None:
    answer = parse(ALIYUN_KNEE_GRADES, recorded("knee-xray"))

    (found,) = answer.findings
    assert str(found.label) == "Knee in a lateral view: not graded"
    assert found.shapes == (
        IndexRectangle(slice=0.0, first=(1706.152587890625, 982.901611328125), last=(2205.1474609375, 1740.3193359375)),
    )
    assert found.confidence == 0.9964273571968079
    assert found.measurements == ()
    assert (answer.basis, answer.unknown) == (Basis.VENDOR, ())


@pytest.mark.parametrize(
    ("number", "label", "grade"),
    [
        (1, "Knee, KL 0: normal", 0.0),
        (2, "Knee, KL I: doubtful", 1.0),
        (5, "Knee, KL IV: severe", 4.0),
        (6, "Knee, operated: not graded", None),
        (7, "Knee in a lateral view: not graded", None),
        (8, "Knee, class 8 that is not documented", None),
    ],
)
def test_the_class_of_a_knee_is_one_higher_than_its_grade(number: int, label: str, grade: float | None) -> None:
    (found,) = parse(ALIYUN_KNEE_GRADES, knee(10, 20, 30, 40, 0.9, number)).findings

    assert str(found.label) == label
    assert [measured.value for measured in found.measurements] == ([] if grade is None else [grade])


def test_kl_detections_may_be_an_array_or_a_single_object() -> None:
    listed = recorded("knee-xray")
    listed["Data"]["KLDetections"] = [listed["Data"]["KLDetections"]]

    assert parse(ALIYUN_KNEE_GRADES, listed) == parse(ALIYUN_KNEE_GRADES, recorded("knee-xray"))


def test_quoted_and_bare_numbers_of_a_knee_are_read_alike() -> None:
    assert parse(ALIYUN_KNEE_GRADES, knee("10", "20", 30, 40, "0.9", 3)) == parse(
        ALIYUN_KNEE_GRADES, knee(10, 20, 30, 40, 0.9, 3)
    )


@pytest.mark.parametrize(
    "numbers", [(10, 20, 30, 40, 0.9), (30, 20, 10, 40, 0.9, 3), (10, 20, 30, 40, 1.9, 3), (10, 20, 30, 40, 0.9, 2.5)]
)
def test_a_knee_that_can_not_be_is_refused(numbers: tuple[float, ...]) -> None:
    assert refused(ALIYUN_KNEE_GRADES, knee(*numbers))


def test_a_knee_is_asked_for_as_documented() -> None:
    assert ALIYUN_KNEE_GRADES.submit_call(call("dcm")).body == {
        "Url": "http://store/0001",
        "DataFormat": "DICOM",
        "OrgName": "weiyi",
        "OrgId": "0001",
    }


# ClassifyFNF


def test_the_documented_fractures_are_read_in_full() -> None:
    answer = parse(ALIYUN_FEMORAL_NECK, recorded("femoral-neck-fracture"))

    assert [str(found.label) for found in answer.findings] == [
        "Femoral neck fracture, Garden III: complete, partly displaced"
    ] * 2
    assert [found.shapes for found in answer.findings] == [
        (IndexRectangle(slice=0.0, first=(72.5, 313.5), last=(157.5, 387.5)),),
        (IndexRectangle(slice=0.0, first=(64.5, 498.5), last=(144.5, 558.5)),),
    ]
    assert [found.confidence for found in answer.findings] == [0.6174649000167847, 0.5692939758300781]
    assert [[m.value for m in found.measurements] for found in answer.findings] == [["III"], ["III"]]
    assert answer.unknown == ()


def test_the_echoes_of_a_fracture_answer_are_not_used() -> None:
    """The number 1 in place of "0001", an internal host in place of the address sent."""
    other = recorded("femoral-neck-fracture")
    other["Data"] |= {"OrgId": "0001", "ImageUrl": "https://elsewhere/x", "OrgName": ""}

    assert parse(ALIYUN_FEMORAL_NECK, other) == parse(ALIYUN_FEMORAL_NECK, recorded("femoral-neck-fracture"))


def test_a_garden_type_that_is_not_documented_is_shown_as_it_is() -> None:
    other = recorded("femoral-neck-fracture")
    other["Data"]["Fractures"][0]["Tag"]["Label"] = "v9"

    first = parse(ALIYUN_FEMORAL_NECK, other).findings[0]
    assert str(first.label) == "Femoral neck fracture, type v9 that is not documented"


def test_no_fracture_is_an_answer() -> None:
    assert parse(ALIYUN_FEMORAL_NECK, {"Data": {"OrgId": 1, "Fractures": []}}).findings == ()


def test_a_fracture_without_a_whole_box_is_refused() -> None:
    other = recorded("femoral-neck-fracture")
    other["Data"]["Fractures"][0]["Boxes"] = [314, 73, 388]

    assert refused(ALIYUN_FEMORAL_NECK, other)


def test_the_format_of_a_hip_picture_is_sent_in_lower_case() -> None:
    assert ALIYUN_FEMORAL_NECK.submit_call(call("png")).body["DataFormat"] == "png"


# Key points of the leg


def point(side: str, label: str, x: float, y: float, value: float = 0.9) -> Json:
    return {"Coordinates": [x, y], "Value": value, "Tag": {"Label": label, "Direction": side}}


def key_points(*points: Json) -> Json:
    return {"Data": {"KeyPoints": list(points)}}


def of_code(answer: ServiceAnswer, code: str) -> AnswerFinding:
    (found,) = (finding for finding in answer.findings if finding.code == code)
    return found


def leg(side: str, *, turned: float = 1.0) -> list[Json]:
    """The rule book's first case, mirrored for the right leg."""

    def at(x: float) -> float:
        return x if turned > 0 else 2000 - x

    places = {
        "v1": (500, 300), "v4": (500, 1700), "v7": (500, 1700), "v10": (430, 3000), "v5": (455, 1703),
        "v3": (545, 1700), "v8": (457, 1716), "v6": (543, 1716),
    }  # fmt: skip
    return [point(side, name, at(x), y) for name, (x, y) in places.items()]


def test_the_documented_points_of_the_legs_are_read_in_full() -> None:
    example = recorded("knee-keypoints")
    answer = parse(ALIYUN_KNEE_POINTS, example)

    points = [found for found in answer.findings if found.code == "key-point"]
    wire = example["Data"]["KeyPoints"]
    assert len(points) == len(wire) == 20
    assert [found.confidence for found in points] == [each["Value"] for each in wire]
    assert str(points[0].label) == "Femoral head center, right"
    assert str(points[19].label) == "Ankle center, left"
    assert points[0].shapes == (IndexPoint(at=(0.0, 0.0, 198.0)),)
    assert points[1].shapes == (IndexPoint(at=(0.0, 426.0, 101.0)),)
    assert answer.unknown == ()


def test_low_probability_points_are_listed_but_neither_painted_nor_measured_by() -> None:
    answer = parse(ALIYUN_KNEE_POINTS, key_points(*leg("L")[:-5], *[{**p, "Value": 0.1} for p in leg("L")[-5:]]))

    unsure = [found for found in answer.findings if found.confidence == 0.1]
    assert len(unsure) == 5
    assert all(found.shapes == () for found in unsure)
    assert not any(found.code == "hip-knee-ankle" for found in answer.findings)
    assert [str(note) for note in answer.notes] == [
        "5 key points are less probable than 0.30: they are listed, not painted or measured by."
    ]


@pytest.mark.parametrize(("side", "turned"), [("L", 1.0), ("R", -1.0)])
def test_the_angles_of_a_leg_are_those_of_the_rule_book(side: str, turned: float) -> None:
    """reference case: dev −3.1, HKA 176.9 varus, mLDFA 88.1, MPTA 86.9, JLCA +1.9; mirrored identical"""
    answer = parse(ALIYUN_KNEE_POINTS, key_points(*leg(side, turned=turned)))

    figures = {found.code: found.measurements[0].value for found in answer.findings if found.measurements}
    assert figures == {
        "hip-knee-ankle": pytest.approx(176.9, abs=0.05),
        "mldfa": pytest.approx(88.1, abs=0.05),
        "mpta": pytest.approx(86.9, abs=0.05),
        "jlca": pytest.approx(1.9, abs=0.05),
    }
    hka = of_code(answer, "hip-knee-ankle")
    assert [str(m.value) for m in hka.measurements[1:]] == ["varus", "v1, v4, v7, v10"]
    assert str(hka.label) == f"Hip–knee–ankle angle, {'left' if side == 'L' else 'right'}"


def test_an_angle_of_a_leg_is_drawn_by_the_points_that_it_is_measured_by() -> None:
    answer = parse(ALIYUN_KNEE_POINTS, key_points(*leg("L")))

    assert of_code(answer, "hip-knee-ankle").shapes == (
        IndexAngle(start=(0.0, 300.0, 500.0), vertex=(0.0, 1700.0, 500.0), end=(0.0, 3000.0, 430.0)),
    )
    assert of_code(answer, "jlca").shapes == (
        IndexPolyline(points=((0.0, 1703.0, 455.0), (0.0, 1700.0, 545.0))),
        IndexPolyline(points=((0.0, 1716.0, 457.0), (0.0, 1716.0, 543.0))),
    )


def test_a_valgus_leg_is_called_so() -> None:
    points = [p for p in leg("L") if p["Tag"]["Label"] != "v10"]
    answer = parse(ALIYUN_KNEE_POINTS, key_points(*points, point("L", "v10", 560, 3000)))

    hka = of_code(answer, "hip-knee-ankle")
    assert hka.measurements[0].value == pytest.approx(182.6, abs=0.05)
    assert str(hka.measurements[1].value) == "valgus"


def test_a_short_film_has_no_mechanical_angle_of_the_hip() -> None:
    points = [p for p in leg("L") if p["Tag"]["Label"] not in ("v1", "v10")]

    codes = {found.code for found in parse(ALIYUN_KNEE_POINTS, key_points(*points)).findings}
    assert codes == {"key-point", "jlca"}


def test_coordinates_called_a_box_are_a_point_and_a_box_is_its_middle() -> None:
    box = point("L", "v4", 0, 0) | {"Coordinates": [10, 20, 30, 60]}

    (found,) = parse(ALIYUN_KNEE_POINTS, key_points(box)).findings
    assert found.shapes == (IndexPoint(at=(0.0, 40.0, 20.0)),)


def test_labels_in_capitals_are_the_same_points() -> None:
    example = recorded("knee-keypoints")
    loud = copy.deepcopy(example)
    for each in loud["Data"]["KeyPoints"]:
        each["Tag"]["Label"] = each["Tag"]["Label"].upper()

    assert parse(ALIYUN_KNEE_POINTS, loud) == parse(ALIYUN_KNEE_POINTS, example)


def test_a_key_point_of_three_numbers_is_refused() -> None:
    assert refused(ALIYUN_KNEE_POINTS, key_points(point("L", "v4", 0, 0) | {"Coordinates": [1, 2, 3]}))


# Key points of the hip


def test_the_documented_points_of_the_hip_are_read_in_full() -> None:
    example = recorded("hip-keypoints")
    answer = parse(ALIYUN_HIP_POINTS, example)

    points = [found for found in answer.findings if found.code == "key-point"]
    assert len(points) == len(example["Data"]["KeyPoints"]) == 21
    assert str(points[5].label) == "Teardrop, right"
    assert points[5].shapes == (IndexPoint(at=(0.0, 3957.0, 400.0)),)
    assert points[0].shapes == ()
    assert answer.unknown == ()


def test_the_direction_of_the_symphysis_is_the_midline() -> None:
    (found,) = parse(ALIYUN_HIP_POINTS, key_points(point("M", "v11", 730, 951))).findings

    assert str(found.label) == "Pubic symphysis, upper edge, midline"


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_angles_of_a_hip_are_those_of_the_rule_book(mirrored: bool) -> None:
    """reference cases: LCE 30.0, Sharp 40.6, Tönnis 8.1, neck–shaft 128.0; mirrored identical"""
    side, other = ("R", "L") if mirrored else ("L", "R")

    def at(name: str, x: float, y: float, of: str = side) -> Json:
        return point(of, name, 1000 - x if mirrored else x, y)

    def angle(*points: Json) -> dict[str, object]:
        found = parse(ALIYUN_HIP_POINTS, key_points(*points)).findings
        return {each.code: each.measurements[0].value for each in found if each.measurements}

    out = at("v11", 10, 300, "M")
    assert angle(out, at("v4", 100, 200), at("v1", 130, 148)) == {"center-edge": pytest.approx(30.0, abs=0.05)}
    teardrops = (at("v6", 60, 260), at("v6", -60, 260, other))
    assert angle(*teardrops, at("v1", 130, 200)) == {"sharp": pytest.approx(40.6, abs=0.05)}
    roof = angle(*teardrops, at("v2", 95, 153), at("v1", 130, 148))
    assert roof["tonnis"] == pytest.approx(8.1, abs=0.05)
    neck = (at("v7", 264, 350), at("v4", 200, 300), at("v9", 290, 400), at("v10", 290, 600))
    assert angle(*neck) == {"neck-shaft": pytest.approx(128.0, abs=0.05)}


def test_an_angle_without_a_pelvic_horizontal_says_so() -> None:
    points = (point("M", "v11", 10, 300), point("L", "v4", 100, 200), point("L", "v1", 130, 148))

    found = of_code(parse(ALIYUN_HIP_POINTS, key_points(*points)), "center-edge")
    assert str(found.measurements[1].value) == "against the row of the picture: no pelvic reference"


def test_a_tilted_pelvis_is_measured_against_its_teardrops() -> None:
    level = [
        point("L", "v6", 160, 300),
        point("R", "v6", 60, 300),
        point("L", "v4", 200, 200),
        point("L", "v1", 230, 148),
    ]

    def turned(each: Json) -> Json:
        x, y = each["Coordinates"]
        return {**each, "Coordinates": [x * 0.9848 - y * 0.1736 + 100, x * 0.1736 + y * 0.9848]}

    straight = of_code(parse(ALIYUN_HIP_POINTS, key_points(*level)), "center-edge")
    tilted = of_code(parse(ALIYUN_HIP_POINTS, key_points(*map(turned, level))), "center-edge")
    assert straight.measurements[0].value == pytest.approx(30.0, abs=0.05)
    assert tilted.measurements[0].value == pytest.approx(30.0, abs=0.05)
