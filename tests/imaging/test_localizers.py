"""Which series are for planning, by their names and how many images they have."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.imaging.made import write_slice
from workstation.domain.series import FactCode
from workstation.imaging.series.scan import scan


@pytest.mark.parametrize(
    ("modality", "description", "images", "said"),
    [
        ("MR", "AAHead_Scout_64ch", 128, True),
        ("MR", "Survey_MST", 3, True),
        ("MR", "3-plane loc", 9, True),
        ("MR", "localizer_haste", 1, True),
        ("MR", "Localisateur", 1, True),
        ("CT", "Scanogram", 1, True),
        ("CT", "Topogramme  0.6  T20f", 2, True),
        ("CT", "胸部定位像", 1, True),
        ("", "Localizers", 2, True),
        ("MR", "FastView", 20, True),
        ("MR", "Locator 3pl", 9, True),
        ("CT", "ScoutView", 2, True),
        ("CT", "Biopsy scout", 1, True),
        ("CT", "术前定位像", 1, True),
        ("CT", "肺结节术前定位", 5, False),
        ("MR", "放疗定位图像 T1", 20, False),
        ("MR", "T1 loc ref", 1, False),
        ("MR", "T1 LOC_REF", 1, False),
        ("CT", "Allocated", 1, False),
        ("CR", "Scanogram both legs", 1, False),
        ("DX", "Bone Survey", 1, False),
        ("CT", "WB LD Skeletal Survey 2.0", 1, False),
        ("CT", "TRAUMA_SURVEY_CAP", 20, False),
        ("CT", "Oncology survey", 20, False),
        ("CT", "胸部定位CT", 20, False),
        ("CT", "穿刺定位", 5, False),
        ("MR", "WB_Survey_STIR", 20, False),
        ("MR", "BREAST_NEEDLE_LOC_2", 5, False),
        ("MR", "visual_localizer_bold", 5, False),
    ],
)
def test_a_localizer_is_known_by_its_name(
    tmp_path: Path, modality: str, description: str, images: int, said: bool
) -> None:
    for number in range(images):
        write_slice(
            tmp_path / str(number), z=3.0 * number, InstanceNumber=number + 1, Modality=modality,
            SeriesDescription=description, SpecificCharacterSet="ISO_IR 192", ImageType=["ORIGINAL", "PRIMARY"],
        )  # fmt: skip

    (stack,) = scan([tmp_path]).stacks

    assert (stack.fact(FactCode.LOCALIZER) is not None) is said


def test_copies_make_no_more_images_of_a_localizer(tmp_path: Path) -> None:
    for folder in ("study", "backup"):
        for number in range(8):
            write_slice(
                tmp_path / f"{folder}{number}", z=3.0 * number, InstanceNumber=number + 1, Modality="CT",
                SeriesDescription="Topogram", SOPInstanceUID=f"1.2.{number}", ImageType=["ORIGINAL", "PRIMARY"],
            )  # fmt: skip

    (stack,) = scan([tmp_path]).stacks

    assert stack.fact(FactCode.LOCALIZER) is not None
