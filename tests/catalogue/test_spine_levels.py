"""The documented answer in full, and the traps of this operation, each named after its entry."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.stacks import chest_ct, geometry
from workstation.catalogue.check import check
from workstation.catalogue.operation import CallInput, LifecycleStatus
from workstation.catalogue.spine import ALIYUN_SPINE, SPINE_MRI
from workstation.domain.answer import AnalysisResult, IndexPixel, PlacementState, SentSeries, ServiceAnswer
from workstation.domain.blocks import Level, StripBlock
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis
from workstation.domain.geometry import Geometry
from workstation.domain.placement import place
from workstation.domain.shapes import Label

RECORDED = json.loads((Path(__file__).parent / "answers" / "spine-mri.json").read_text(encoding="utf-8"))


def parse(answer: object) -> ServiceAnswer:
    return ALIYUN_SPINE.parse(json.dumps(answer), False)


def with_disc(**fields: object) -> dict[str, Any]:
    """The recorded answer with its first disc changed, alone; None takes a field away."""
    answer = copy.deepcopy(RECORDED)
    disc = answer["data"]["discs"][0] | fields
    answer["data"] = {"discs": [{name: value for name, value in disc.items() if value is not None}], "vertebras": []}
    return dict(answer)


def sagittal(slices: int = 21) -> Geometry:
    """Rows run to the feet, columns to the back."""
    return geometry(slices, rows=600, columns=400, row=(0.0, 1.0, 0.0), column=(0.0, 0.0, -1.0), step=4.0)


def result_of(answer: object, slices: int = 21) -> AnalysisResult:
    sent = SentSeries(geometry=sagittal(slices), series_uid="2.25.1", sop_instance_uids=())
    placement, findings = place(parse(answer), sent, "job")
    return AnalysisResult(
        operation="spine-mri",
        connection="c",
        basis=Basis.VENDOR,
        parameters={},
        stack_id="s#1",
        study_uid="1",
        job=None,  # type: ignore[arg-type]
        service_name="s",
        service_version="1",
        placement=placement,
        findings=findings,
    )


def test_the_documented_answer_is_read_in_full() -> None:
    answer = parse(RECORDED)

    assert [(f.code, str(f.label), f.shapes) for f in answer.findings] == [
        ("disc", "Disc L5-S1: normal", (IndexPixel(at=(527, 268), text="L5-S1"),)),
        ("disc", "Disc L4-L5: degeneration, circumferential bulge", (IndexPixel(at=(447, 254), text="L4-L5"),)),
        ("disc", "Disc L3-L4: normal", (IndexPixel(at=(365, 259), text="L3-L4"),)),
        ("disc", "Disc L2-L3: degeneration, circumferential bulge", (IndexPixel(at=(285, 272), text="L2-L3"),)),
        ("disc", "Disc L1-L2: degeneration, circumferential bulge", (IndexPixel(at=(210, 289), text="L1-L2"),)),
        ("disc", "Disc T12-L1: normal", (IndexPixel(at=(135, 296), text="T12-L1"),)),
        ("disc", "Disc T11-T12: normal", (IndexPixel(at=(65, 306), text="T11-T12"),)),
        ("vertebra", "Vertebra L5: degeneration", (IndexPixel(at=(488, 258), text="L5"),)),
        ("vertebra", "Vertebra L4: degeneration", (IndexPixel(at=(406, 254), text="L4"),)),
        ("vertebra", "Vertebra L3: degeneration", (IndexPixel(at=(325, 263), text="L3"),)),
        ("vertebra", "Vertebra L2: degeneration", (IndexPixel(at=(246, 279), text="L2"),)),
        ("vertebra", "Vertebra L1: degeneration", (IndexPixel(at=(172, 291), text="L1"),)),
    ]
    second = answer.findings[1]
    assert [(m.name, str(m.value)) for m in second.measurements] == [
        ("level", "L4-L5"),
        ("state", "degeneration, circumferential bulge"),
        ("codes", "v2,v3"),
    ]
    assert answer.basis is Basis.VENDOR
    assert answer.unknown == ()


def test_keys_are_lower_case_or_as_the_table_has_them() -> None:
    def capital(value: object) -> object:
        if isinstance(value, dict):
            return {name.capitalize(): capital(entry) for name, entry in value.items()}
        return [capital(entry) for entry in value] if isinstance(value, list) and value[:1] != [527] else value

    answer = parse({"RequestId": "1", "Data": capital(RECORDED["data"])})

    assert answer.findings == parse(RECORDED).findings
    assert answer.unknown == ()


@pytest.mark.parametrize("change", [{"success": False}, {"httpCode": 500}, {"success": "false"}])
def test_the_envelope_decides_whether_it_worked(change: dict[str, object]) -> None:
    with pytest.raises(WorkstationError) as error:
        parse(RECORDED | change)

    assert error.value.code is ErrorCode.BAD_ANSWER


def test_location_is_row_then_column() -> None:
    """The first number grows to the feet: L5-S1 lies lowest in the patient."""
    found = result_of(RECORDED).findings
    heights = {str(f.label).split(":")[0]: f.shapes[0].at[2] for f in found if isinstance(f.shapes[0], Label)}

    assert min(heights, key=heights.__getitem__) == "Disc L5-S1"
    assert max(heights, key=heights.__getitem__) == "Disc T11-T12"


@pytest.mark.parametrize("slices", [20, 21])
def test_without_a_slice_index_points_are_on_the_middle_slice_and_said_to_be_assumed(slices: int) -> None:
    result = result_of(RECORDED, slices)

    assert result.placement.state is PlacementState.ASSUMED
    assert str(result.placement.sentence) == (
        "Placement assumed: the service names no slice; its points are shown on the middle slice."
    )
    (label,) = result.findings[0].shapes
    assert isinstance(label, Label)
    assert label.text == "L5-S1"
    assert sagittal(slices).to_index(np.array(label.at)) == pytest.approx([10, 527, 268])


def test_a_location_outside_the_picture_is_not_painted() -> None:
    result = result_of(with_disc(location=[600, 268]))

    assert result.placement.state is PlacementState.CONTRADICTED
    assert result.findings[0].shapes == ()


def test_the_same_code_says_another_thing_of_disc_and_vertebra() -> None:
    answer = parse({"data": {name: [{"disease": "v3", "identification": "L1"}] for name in ("discs", "vertebras")}})

    assert [str(f.label) for f in answer.findings] == ["Disc L1: circumferential bulge", "Vertebra L1: other change"]


def test_every_code_of_a_disc_is_told() -> None:
    (disc,) = parse(with_disc(disease="v4, v5,v6,v7,v8,v9")).findings

    assert str(disc.label) == (
        "Disc L5-S1: asymmetric bulge, protrusion, extrusion, Schmorl node, other change, "
        "code v9 that is not documented"
    )


def test_a_level_without_location_is_listed_and_not_placed() -> None:
    (disc,) = parse(with_disc(location=None)).findings

    assert disc.shapes == ()


@pytest.mark.parametrize(
    "change",
    [
        {"location": [527]},
        {"location": [1, 2, 3]},
        {"identification": ""},
        {"disease": ",".join(f"v{n}" for n in range(99))},
    ],
)
def test_what_would_misplace_a_level_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(WorkstationError) as error:
        parse(with_disc(**change))

    assert error.value.code is ErrorCode.BAD_ANSWER


def test_an_answer_without_either_list_is_refused() -> None:
    with pytest.raises(WorkstationError) as error:
        parse({"success": True, "httpCode": 200, "requestId": "1"})

    assert error.value.code is ErrorCode.BAD_ANSWER


def test_the_strip_has_discs_between_vertebrae_from_head_to_foot() -> None:
    (strip,) = SPINE_MRI.panel(result_of(RECORDED))

    assert isinstance(strip, StripBlock)
    assert [(item.label, item.minor, item.level) for item in strip.items] == [
        ("T11-T12", True, Level.PLAIN),
        ("T12-L1", True, Level.PLAIN),
        ("L1", False, Level.NOTED),
        ("L1-L2", True, Level.NOTED),
        ("L2", False, Level.NOTED),
        ("L2-L3", True, Level.NOTED),
        ("L3", False, Level.NOTED),
        ("L3-L4", True, Level.PLAIN),
        ("L4", False, Level.NOTED),
        ("L4-L5", True, Level.NOTED),
        ("L5", False, Level.NOTED),
        ("L5-S1", True, Level.PLAIN),
    ]
    assert [str(word) for word in strip.items[3].words] == ["degeneration, circumferential bulge"]
    assert strip.items[3].finding == "job/5"


def test_the_call_says_everything_the_documents_ask_for_and_nothing_else() -> None:
    call = ALIYUN_SPINE.submit_call(
        CallInput(links={"series": ("http://x/1", "http://x/2")}, parameters={}, org_name="医院", org_id="0001")
    )

    assert (call.product, call.version, call.action) == ("imageprocess", "2020-03-20", "DetectSpineMRI")
    assert dict(call.body) == {
        "DataFormat": "DICOM",
        "OrgName": "医院",
        "OrgId": "0001",
        "URLList.1.URL": "http://x/1",
        "URLList.2.URL": "http://x/2",
    }


def test_it_answers_at_once_and_the_vendor_stopped_it_in_2024() -> None:
    assert not ALIYUN_SPINE.asynchronous
    assert ALIYUN_SPINE.lifecycle.status(date(2024, 4, 24)) is LifecycleStatus.STOPPED


@pytest.mark.parametrize(("slices", "fits"), [(19, False), (20, True), (300, True), (301, False)])
def test_twenty_to_three_hundred_sagittal_slices_fit(slices: int, fits: bool) -> None:
    series = chest_ct(slices, modality="MR", row=(0.0, 1.0, 0.0), column=(0.0, 0.0, -1.0))

    assert check(series, SPINE_MRI).fits is fits


def test_a_ct_is_refused_by_the_documents_and_an_axial_series_by_us() -> None:
    reasons = check(chest_ct(), SPINE_MRI).reasons

    assert [(reason.code, reason.source.value) for reason in reasons] == [("modality", "documented"), ("plane", "ours")]
