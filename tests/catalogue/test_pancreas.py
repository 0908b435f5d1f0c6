"""The documented answer in full, its mask, and the traps of this operation, each named after its entry."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.stacks import chest_ct
from workstation.catalogue.abdomen import ALIYUN_PANCREAS, PANCREAS
from workstation.catalogue.check import check
from workstation.catalogue.operation import CallInput
from workstation.domain.answer import MaskShape, ServiceAnswer
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis
from workstation.domain.volume import ResultVolume

RECORDED = json.loads((Path(__file__).parent / "answers" / "pancreas.json").read_text(encoding="utf-8"))["Data"]
LESION = RECORDED["Lesion"]


def mask(**voxels: int) -> dict[str, tuple[ResultVolume, ...]]:
    """So many voxels of each label, `l1=…`; a voxel is 10 × 10 × 10 mm, which is 1 cm3."""
    values = np.repeat([int(name[1:]) for name in voxels], list(voxels.values())).astype(np.uint8)
    image = np.concatenate([values, [0, 0]]).reshape(1, 1, -1).astype(np.uint8)
    return {"Lesion.Mask": (ResultVolume(name="m.nii.gz", values=image, to_patient=np.diag([10.0, 10.0, 10.0, 1.0])),)}


def parse(lesion: object, files: dict[str, tuple[ResultVolume, ...]] | None = None) -> ServiceAnswer:
    return ALIYUN_PANCREAS.parse(json.dumps({"Lesion": lesion}), False, files or {})


def test_the_documented_answer_is_read_in_full() -> None:
    answer = parse(LESION, mask(l1=40))

    assert [(m.name, str(m.label), m.value, m.unit) for m in answer.measurements] == [
        ("normal-probability", "Normal pancreas", pytest.approx(94.81), "%"),
        ("cancer-probability", "Pancreatic cancer", pytest.approx(4.41), "%"),
        ("other-probability", "Another lesion of the pancreas", pytest.approx(0.78), "%"),
    ]
    (region,) = answer.findings
    assert (region.code, str(region.label)) == ("pancreas-region", "Mask of the pancreas, label 1")
    assert region.shapes == (MaskShape(mask="pancreas", label=1),)
    assert [(m.name, m.value, m.unit) for m in region.measurements] == [("mask-volume", pytest.approx(40.0), "mL")]
    assert [found.name for found in answer.masks] == ["pancreas"]
    assert answer.basis is Basis.VENDOR
    assert answer.notes == ()
    assert answer.unknown == ()


def test_the_link_of_the_mask_is_found_and_fetched_by_its_wire_path() -> None:
    assert ALIYUN_PANCREAS.file_links(json.dumps(RECORDED)) == {"Lesion.Mask": LESION["Mask"]}


def test_possibilities_are_double_encoded_or_not() -> None:
    plain = LESION | {"Possibilities": ["0.9481", "0.0441", "0.0078"]}

    assert parse(plain).measurements == parse(LESION).measurements
    assert parse(plain | {"Possibilities": '["0.9481","0.0441","0.0078"]'}).measurements == parse(LESION).measurements


def test_volumes_are_texts_in_cm3_and_zero_is_not_measured() -> None:
    answer = parse(LESION | {"PancVol": "71.5", "PdacVol": "0", "NonPdacVol": "0.0"})

    assert [(m.name, m.value, m.unit) for m in answer.measurements[3:]] == [("pancreas-volume", 71.5, "mL")]


def test_a_label_is_named_only_where_its_volume_is_one_that_the_answer_states() -> None:
    volumes = {"PancVol": "60", "PdacVol": "4.05", "NonPdacVol": "0"}

    named = parse(LESION | volumes, mask(l1=60, l2=4)).findings
    unnamed = parse(LESION | volumes, mask(l1=50, l2=4)).findings
    alike = parse(LESION | {"PancVol": "4", "PdacVol": "0", "NonPdacVol": "0"}, mask(l1=4, l2=4)).findings

    assert [str(f.label) for f in named] == ["Pancreas", "Region marked as pancreatic cancer"]
    assert [str(f.label) for f in unnamed] == ["Mask of the pancreas, label 1", "Region marked as pancreatic cancer"]
    assert [str(f.label) for f in alike] == ["Mask of the pancreas, label 1", "Mask of the pancreas, label 2"]


def test_without_its_mask_the_answer_is_not_taken_for_an_empty_one() -> None:
    (region,) = parse(LESION).findings

    assert region.shapes == ()
    assert str(region.label) == "Mask of the pancreas, not available"


@pytest.mark.parametrize(
    "change",
    [
        {"Possibilities": ["0.9", "0.1"]},
        {"Possibilities": ["1.9", "0.1", "0.0"]},
        {"Possibilities": "likely"},
        {"PancVol": "-1"},
        {"PancVol": "much"},
    ],
)
def test_figures_that_can_not_be_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(WorkstationError) as error:
        parse(LESION | change)

    assert error.value.code is ErrorCode.BAD_ANSWER


@pytest.mark.parametrize("data", [{}, {"Lesion": {}}, {"Lesion": {"PancVol": "0"}}])
def test_an_answer_that_says_nothing_is_refused(data: object) -> None:
    with pytest.raises(WorkstationError) as error:
        ALIYUN_PANCREAS.parse(json.dumps(data), False)

    assert error.value.code is ErrorCode.BAD_ANSWER


def test_unknown_fields_are_noticed() -> None:
    assert parse(LESION | {"Stage": 2}).unknown == ("Lesion.Stage",)


def test_the_call_names_the_kind_of_source_and_neither_format_nor_organisation() -> None:
    call = ALIYUN_PANCREAS.submit_call(
        CallInput(links={"series": ("http://x/1", "http://x/2")}, parameters={}, org_name="医院", org_id="0001")
    )

    assert (call.product, call.version, call.action) == ("imageprocess", "2020-03-20", "DetectPanc")
    assert dict(call.body) == {
        "DataSourceType": "HTTP_FILES",
        "URLList.1.URL": "http://x/1",
        "URLList.2.URL": "http://x/2",
    }


@pytest.mark.parametrize(("slices", "fits"), [(19, False), (20, True), (600, True), (601, False)])
def test_twenty_to_six_hundred_slices_fit(slices: int, fits: bool) -> None:
    assert check(chest_ct(slices), PANCREAS).fits is fits


def test_a_series_that_is_not_axial_is_refused_by_us_as_the_documents_name_no_plane() -> None:
    (reason,) = check(chest_ct(column=(0.0, 0.0, -1.0)), PANCREAS).reasons

    assert (reason.code, reason.source.value) == ("plane", "ours")


def test_of_two_label_images_none_is_painted_and_a_picture_is_no_region() -> None:
    region = mask(l1=40)["Lesion.Mask"]
    picture = ResultVolume(name="ct.nii.gz", values=np.array([[[-1024, 40, 7]]], np.int16), to_patient=np.eye(4))

    two, beside = parse(LESION, {"Lesion.Mask": region * 2}), parse(LESION, {"Lesion.Mask": (picture, *region)})

    assert two.masks == ()
    assert [str(finding.label) for finding in two.findings] == ["Mask of the pancreas, not available"]
    assert [str(finding.label) for finding in beside.findings] == ["Mask of the pancreas, label 1"]
    assert [str(note) for note in beside.notes] == ["ct.nii.gz holds no labels: it is not painted."]
