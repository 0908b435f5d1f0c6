"""The documented answer in full, partial failure, and the traps of this operation, each named after its entry."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.stacks import geometry
from workstation.catalogue import CHEST_SCREENING
from workstation.catalogue.operation import CallInput
from workstation.domain.answer import (
    AnalysisResult,
    IndexBox,
    IndexSphere,
    JobStamp,
    MaskShape,
    Placement,
    PlacementState,
    SentSeries,
    ServiceAnswer,
)
from workstation.domain.blocks import TableBlock
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis, Finding, Measurement
from workstation.domain.placement import place
from workstation.domain.volume import ResultVolume
from workstation.domain.words import say

SERVICE = CHEST_SCREENING.services[0]
RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).parent / "answers" / "chest-screening.json").read_text(encoding="utf-8")
)["Data"]
ALL = dict.fromkeys(("covid", "calcium", "nodules", "ribs", "vessels"), "yes")


def parse(data: object, files: Mapping[str, tuple[ResultVolume, ...]] | None = None) -> ServiceAnswer:
    return SERVICE.parse(json.dumps(data), False, files or {})


def states(answer: ServiceAnswer) -> dict[str, str]:
    return {m.name: str(m.value) for m in answer.measurements if m.name.startswith("analysis-")}


def whole() -> dict[str, Any]:
    """The documents' example without its failures, its geometry filled in."""
    data = copy.deepcopy(RECORDED)
    del data["ErrorMessage"]
    data["LungNodule"]["Series"][0] |= {"Origin": [-166.0, -171.7, -340.0], "Spacing": [0.8, 0.8, 1.25]}
    ribs = data["DetectRibFracture"]
    ribs |= {"Origin": [-340.0, -171.7, -166.0], "Spacing": [1.25, 0.8, 0.8]}
    ribs["Detections"][0] |= {"CoordinateImage": [338, 137, 220, 366, 159, 239]}
    return data


def test_the_documented_answer_is_read_in_full() -> None:
    answer = parse(RECORDED)

    assert states(answer) == {
        "analysis-covid-failed": "failed at the service",
        "analysis-calcium-failed": "failed at the service",
        "analysis-nodules-done": "done",
        "analysis-ribs-done": "done",
        "analysis-vessels-done": "done",
    }
    nodule, rib, aorta, pulmonary = answer.findings
    assert str(nodule.label) == "Nodule, left upper lobe"
    assert nodule.shapes == (
        IndexSphere(
            center=(198.35522, 198.35522, 308.9677), diameter_mm=9.730626, stated_mm=(51.242912, -32.231476, -46.816082)
        ),
    )
    assert nodule.confidence == 0.7012706
    assert [(m.name, str(m.value), m.unit) for m in nodule.measurements] == [
        ("diameter", "9.730626", "mm"),
        ("volume", "10959.221", "mm3"),
        ("mean", "261.3759", "HU"),
        ("type", "part-solid", ""),
    ]
    assert str(rib.label) == "Rib fracture, left rib 4"
    assert (rib.shapes, rib.confidence) == ((), 0.7916667)
    assert [(m.name, str(m.value)) for m in rib.measurements] == [
        ("rib", "L4"),
        ("segment", "anterior"),
        ("type", "displaced"),
    ]
    assert [(found.code, found.shapes) for found in (aorta, pulmonary)] == [("aorta", ()), ("pulmonary-artery", ())]
    assert [(m.name, m.value, m.unit) for m in aorta.measurements] == [
        ("max-diameter", 63.0, "mm"),
        ("max-area", 2722.0, "mm2"),
    ]
    assert [(m.name, m.value, m.unit) for m in pulmonary.measurements] == [
        ("max-diameter", 42.0, "mm"),
        ("max-area", 928.0, "mm2"),
        ("nearest-aorta-area", 2439.0, "mm2"),
    ]
    assert answer.series_uid == "1.3.6.1.4.1.14519.5.2.1.6279.6001.179049373636438705059720603192"
    assert answer.texts == ("肺部见1个实性结节，直径约为25.60mm，体积为11512.06mm³，平均CT值为-6.90HU。",)
    assert answer.basis is Basis.VENDOR
    assert answer.unknown == ()


def test_branches_listed_as_failed_are_not_shown_though_they_are_filled() -> None:
    answer = parse(RECORDED)

    assert not any(m.name in ("lesion-ratio", "calcium-score") for m in answer.measurements)
    assert [str(note) for note in answer.notes[:2]] == [
        "COVID-19 pneumonia: called failed, so what was answered all the same is not shown.",
        "Coronary calcium score: called failed, so what was answered all the same is not shown.",
    ]


def test_without_failures_every_branch_is_read() -> None:
    answer = parse(whole())

    assert list(states(answer).values()) == ["done"] * 5
    assert {m.name: m.value for m in answer.measurements if m.name in ("lesion-ratio", "calcium-score")} == {
        "lesion-ratio": pytest.approx(93.87283236994219),
        "calcium-score": 4.83,
    }


def test_masks_are_found_by_the_wire_path_of_their_branch() -> None:
    image = ResultVolume(name="m", values=np.ones((1, 1, 2), np.uint8), to_patient=np.eye(4))

    answer = parse(whole(), {"Covid.Mask": (image,)})

    assert [mask.name for mask in answer.masks] == ["lesions"]
    assert [f.shapes for f in answer.findings if f.code == "pneumonia-lesions"] == [
        (MaskShape(mask="lesions", label=1),)
    ]
    assert sorted(SERVICE.file_links(json.dumps(RECORDED))) == [
        "AnalyzeChestVessel.ResultURL",
        "CACS.ResultUrl",
        "Covid.Mask",
        "DetectRibFracture.ResultURL",
    ]


def test_boxes_are_xyz_beside_origin_and_spacing_that_are_zyx() -> None:
    answer = parse(whole())

    (box,) = [shape for f in answer.findings if f.code == "rib-fracture" for shape in f.shapes]
    assert isinstance(box, IndexBox)
    assert (box.first, box.last) == ((220, 137, 338), (239, 159, 366))
    assert answer.grid.origin == (-166.0, -171.7, -340.0)
    assert answer.grid.spacing == (1.25, 0.8, 0.8)


def test_a_branch_whose_grid_contradicts_the_others_is_listed_without_a_place() -> None:
    data = whole()
    data["DetectRibFracture"]["Spacing"] = [2.5, 0.8, 0.8]

    answer = parse(data)

    assert [f.shapes for f in answer.findings if f.code == "rib-fracture"] == [()]
    assert [bool(f.shapes) for f in answer.findings if f.code == "nodule"] == [True]
    assert "Rib fractures: its grid is not that of the others, so it is not painted." in map(str, answer.notes)


def test_a_branch_that_can_not_be_read_does_not_lose_the_others() -> None:
    data = whole()
    data["Covid"]["NewProbability"] = "much"

    answer = parse(data)

    assert states(answer)["analysis-covid-not-understood"] == "not understood"
    assert "COVID-19 pneumonia: the answer can't be understood at Covid.NewProbability." in map(str, answer.notes)
    assert [f.code for f in answer.findings] == [
        "coronary-calcium",
        "nodule",
        "rib-fracture",
        "aorta",
        "pulmonary-artery",
    ]


@pytest.mark.parametrize("message", ["Failed to execute [bone]", "timeout"])
def test_a_failure_that_names_nothing_known_is_said(message: str) -> None:
    answer = parse(whole() | {"ErrorMessage": message})

    assert str(answer.notes[0]) == "The service says that a part failed, and not which of those asked for."
    assert list(states(answer).values()) == ["done"] * 5


def test_a_failed_branch_that_is_left_out_is_failed_and_no_empty_result() -> None:
    answer = parse({"LungNodule": RECORDED["LungNodule"], "ErrorMessage": "Failed to execute [rib_fracture]"})

    assert list(states(answer)) == ["analysis-nodules-done", "analysis-ribs-failed"]
    assert [str(note) for note in answer.notes] == ["Rib fractures: failed at the service."]


def test_an_answer_without_any_branch_is_refused() -> None:
    with pytest.raises(WorkstationError) as error:
        parse({"Something": 1})

    assert error.value.code is ErrorCode.BAD_ANSWER


@pytest.mark.parametrize(
    ("chosen", "mask", "yuan"),
    [
        (("covid", "calcium", "nodules", "ribs", "vessels"), "31", 4.8),
        (("covid", "calcium"), "3", 2.4),
        (("covid", "calcium", "ribs"), "11", 2.4),
        (("vessels",), "16", 0.0),
        (("nodules",), "4", 2.4),
    ],
)
def test_mask_is_the_sum_of_the_analyses_and_two_of_them_are_billed(
    chosen: tuple[str, ...], mask: str, yuan: float
) -> None:
    parameters = {name: "yes" if name in chosen else "no" for name in ALL}
    call = SERVICE.submit_call(
        CallInput(links={"series": ("http://x/1",)}, parameters=parameters, org_name="o", org_id="0001")
    )

    assert dict(call.body) == {
        "DataFormat": "DICOM",
        "OrgName": "o",
        "OrgId": "0001",
        "Mask": mask,
        "URLList.1.URL": "http://x/1",
    }
    assert SERVICE.price(0, parameters) == pytest.approx(yuan)


def test_what_failed_is_not_billed() -> None:
    assert SERVICE.billed_uses(ALL, parse(whole())) == 2
    assert SERVICE.billed_uses(ALL, parse(RECORDED)) == 1  # the documents' example: covid failed
    assert SERVICE.billed_uses(ALL | {"nodules": "no"}, parse(RECORDED)) == 0


def test_nothing_asked_for_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(WorkstationError) as error:
        CHEST_SCREENING.read_parameters(dict.fromkeys(ALL, "no"))

    assert error.value.code is ErrorCode.BAD_PARAMETER
    assert CHEST_SCREENING.read_parameters({"ribs": "no"}) == ALL | {"ribs": "no"}


def test_only_512_pixels_satisfy_both_limits() -> None:
    limits = CHEST_SCREENING.limits

    assert limits.smallest is not None
    assert limits.largest is not None
    assert (limits.smallest.value, limits.largest.value) == ((512, 512), (512, 512))


def result(*findings: Finding) -> AnalysisResult:
    """A screening by all but the vessels, of which the score failed."""
    states = [
        Measurement(name=f"analysis-{name}", label=say("x"), value=say("x"), unit="", basis=Basis.ALGORITHM)
        for name in ("covid-done", "calcium-failed", "nodules-done")
    ]
    moment = datetime(2026, 3, 14, tzinfo=UTC)
    return AnalysisResult(
        operation="chest-screening",
        connection="local",
        basis=Basis.ALGORITHM,
        parameters=ALL | {"vessels": "no"},
        stack_id="1#0",
        study_uid="1",
        job=JobStamp(id="J", request_id="R", submitted=moment, finished=moment, cost_yuan=0.0),
        service_name="",
        service_version="",
        placement=Placement(PlacementState.PROVEN, say("x")),
        findings=findings,
        measurements=tuple(states),
    )


def found(number: int, code: str) -> Finding:
    return Finding(
        id=f"J/{number}", code=code, label=say(code), shapes=(), measurements=(), confidence=None, basis=Basis.ALGORITHM
    )


def test_the_panel_says_what_became_of_each_analysis_that_was_asked_for() -> None:
    table = CHEST_SCREENING.panel(result(found(1, "pneumonia-lesions"), found(2, "nodule"), found(3, "nodule")))[0]

    assert isinstance(table, TableBlock)
    assert [tuple(str(cell) for cell in row.cells) for row in table.rows] == [
        ("COVID-19 pneumonia", "done", "1.0"),
        ("Coronary calcium score", "failed at the service", "None"),
        ("Lung nodules", "done", "2.0"),
        ("Rib fractures", "no answer", "None"),
    ]


def test_findings_keep_their_numbers_in_the_table_of_their_own_analysis() -> None:
    blocks = CHEST_SCREENING.panel(result(found(1, "pneumonia-lesions"), found(2, "nodule"), found(3, "nodule")))

    (nodules,) = [block for block in blocks if isinstance(block, TableBlock) and str(block.title) == "Nodules"]
    assert [row.cells[0] for row in nodules.rows] == [2, 3]


@pytest.mark.parametrize("odd", ["failed", ["failed"], [{}, {}], 7])
def test_a_branch_that_is_no_object_does_not_lose_the_others(odd: object) -> None:
    answer = parse(whole() | {"CACS": odd})

    assert states(answer)["analysis-calcium-not-understood"] == "not understood"
    assert {"pneumonia-lesions", "nodule", "rib-fracture", "aorta"} < {finding.code for finding in answer.findings}


def test_image_z_that_copies_image_y_is_listed_and_not_painted() -> None:
    data = {"LungNodule": RECORDED["LungNodule"]}  # as printed
    series = geometry(300, step=1.25, spacing=(0.703125, 0.703125), start=(-166.0, -171.7, -340.0))
    answer = parse(data)
    sent = SentSeries(geometry=series, series_uid=answer.series_uid, sop_instance_uids=())
    unnamed = replace(answer, findings=tuple(replace(found, sop_instance_uid="") for found in answer.findings))

    placement, (nodule,) = place(unnamed, sent, "J")

    assert (placement.state, nodule.shapes) == (PlacementState.CONTRADICTED, ())
