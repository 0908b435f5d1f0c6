"""Which pictures fit an operation, what is done to them first, and why others don't."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.stacks import chest_ct
from workstation.catalogue import operation_named
from workstation.catalogue.check import check
from workstation.catalogue.operation import Operation
from workstation.catalogue.skin import SKIN_DISEASE
from workstation.catalogue.xray import FEMORAL_NECK_FRACTURE, HIP_KEYPOINTS, KNEE_KEYPOINTS, KNEE_XRAY
from workstation.domain.series import FactCode, FileForm, Instance, Patient, PixelFormat, Stack, StackFact, StudyInfo
from workstation.domain.words import say


def picture(
    modality: str = "CR",
    *,
    form: FileForm = FileForm.DICOM,
    kind: str = "1.2.840.10008.1.2.1",
    rows: int = 1000,
    columns: int = 800,
    spacing: tuple[float, float] | None = (0.2, 0.2),
    facts: tuple[StackFact, ...] = (),
    slices: int = 1,
) -> Stack:
    instance = Instance(
        path="/data/picture",
        file_bytes=2_000_000,
        sop_class_uid="1.2.840.10008.5.1.4.1.1.1",
        sop_instance_uid="1.2.3.4",
        transfer_syntax=kind,
        pixels=PixelFormat(rows=rows, columns=columns),
        spacing=spacing,
        form=form,
    )
    return Stack(
        id="1.2.3#0",
        series_uid="1.2.3",
        study=StudyInfo(uid="1.2"),
        patient=Patient(),
        modality=modality,
        instances=(instance,) * slices,
        geometry=None,
        facts=facts,
        files=1,
    )


def photo(rows: int = 768, columns: int = 1024, modality: str = "XC") -> Stack:
    return picture(modality, form=FileForm.PICTURE, kind="jpg", rows=rows, columns=columns, spacing=None)


def told(stack: Stack, operation: Operation) -> list[str]:
    return [str(reason.sentence) for reason in check(stack, operation).reasons]


@pytest.mark.parametrize("operation", [KNEE_XRAY, KNEE_KEYPOINTS, HIP_KEYPOINTS, FEMORAL_NECK_FRACTURE])
@pytest.mark.parametrize("modality", ["DX", "CR"])
def test_a_radiograph_fits_every_operation_on_one(operation: Operation, modality: str) -> None:
    assert check(picture(modality), operation).fits


@pytest.mark.parametrize("operation", [KNEE_XRAY, KNEE_KEYPOINTS, HIP_KEYPOINTS, FEMORAL_NECK_FRACTURE])
@pytest.mark.parametrize("part", ["CHEST", "THORAX", "SKULL", "LSPINE", "FOOT", "手"])
def test_a_radiograph_of_another_part_by_its_header_does_not_fit(operation: Operation, part: str) -> None:
    named = replace(picture(), body_part=part)

    assert [reason.code for reason in check(named, operation).reasons] == ["body-part"]


@pytest.mark.parametrize(
    ("part", "operations"),
    [
        ("KNEE", {"knee-xray", "knee-keypoints"}),
        ("HIP", {"knee-keypoints", "hip-keypoints", "femoral-neck-fracture"}),
        ("LEG", {"knee-xray", "knee-keypoints", "hip-keypoints", "femoral-neck-fracture"}),
        ("EXTREMITY", {"knee-xray", "knee-keypoints", "hip-keypoints", "femoral-neck-fracture"}),
    ],
)
def test_a_wide_word_for_a_part_leaves_open_what_is_meant(part: str, operations: set[str]) -> None:
    named = replace(picture(), body_part=part)
    rows = (KNEE_XRAY, KNEE_KEYPOINTS, HIP_KEYPOINTS, FEMORAL_NECK_FRACTURE)

    assert {row.name for row in rows if check(named, row).fits} == operations


def test_a_description_speaks_for_the_part_against_a_header_copied_from_a_protocol() -> None:
    named = replace(picture(), body_part="CHEST", description="左膝正位")

    assert check(named, KNEE_XRAY).fits
    assert told(named, HIP_KEYPOINTS) == ["By its header it shows CHEST; a hip is needed."]


def test_a_ct_is_no_radiograph() -> None:
    assert told(chest_ct(slices=20), KNEE_XRAY) == [
        "The modality is CT; DX, CR is needed.",
        "20 slices; at most 1 are allowed.",
    ]


def test_a_photograph_goes_to_the_skin_as_png() -> None:
    found = check(photo(), SKIN_DISEASE)

    assert found.fits
    assert [str(repair.sentence) for repair in found.repairs] == [
        "The picture is written anew as PNG, without the data in its file."
    ]


def test_an_exported_radiograph_fits_where_pictures_are_taken() -> None:
    exported = photo(modality="")

    assert check(exported, HIP_KEYPOINTS).fits
    assert check(exported, FEMORAL_NECK_FRACTURE).fits
    assert told(exported, KNEE_XRAY) == ["This is no DICOM file; DICOM is needed."]


def test_a_color_photograph_is_no_radiograph_and_a_gray_picture_no_skin() -> None:
    assert told(photo(), HIP_KEYPOINTS) == ["This is a color photograph; an X-ray picture is needed."]
    assert told(photo(modality=""), SKIN_DISEASE) == ["The picture is gray; a color photograph is needed."]


def test_a_radiograph_is_not_sent_to_the_skin() -> None:
    assert told(picture("DX"), SKIN_DISEASE) == ["The modality is DX; XC, GM, DMS is needed."]


def test_a_photograph_in_dicom_is_written_as_a_picture() -> None:
    found = check(picture("XC"), SKIN_DISEASE)

    assert found.fits
    assert [repair.code.value for repair in found.repairs] == ["convert"]


def test_a_large_photograph_fits_only_after_it_was_reduced() -> None:
    found = check(photo(1936, 2592), SKIN_DISEASE)

    assert not found.fits
    assert found.repairable
    assert told(photo(1936, 2592), SKIN_DISEASE) == [
        "The picture has 2592 × 1936 pixels; at most 1279 × 1279 are allowed."
    ]
    assert str(found.repairs[-1].sentence) == (
        "The picture is reduced from 2592 × 1936 to 1279 × 955 pixels by averaging areas."
    )


def test_pixels_that_are_not_square_are_refused_for_angles() -> None:
    assert told(picture(spacing=(0.2, 0.1)), HIP_KEYPOINTS) == [
        "The pixels are not square: angles measured on them would be wrong."
    ]


def test_a_secondary_capture_is_not_sent() -> None:
    captured = StackFact(FactCode.SECONDARY, say("A secondary capture, such as a screenshot or a scanned film."))

    assert told(picture(facts=(captured,)), KNEE_XRAY) == [
        "A secondary capture, such as a screenshot or a scanned film."
    ]


def test_a_radiograph_larger_than_100_mb_is_refused() -> None:
    assert [reason.code for reason in check(picture(rows=8000, columns=8000), HIP_KEYPOINTS).reasons] == [
        "file-too-large"
    ]


def test_a_picture_may_state_no_modality_but_none_is_not_named_as_one() -> None:
    assert told(picture("CT"), operation_named("segment-body"))[0] == "The modality is CT; XC, GM, DMS, ES is needed."
