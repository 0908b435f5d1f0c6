"""Of the series of one study each kind of operation gets the one that a radiologist would take."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.stacks import chest_ct
from workstation.catalogue import preferences as prefer
from workstation.catalogue.suits import Preference, listed
from workstation.catalogue.traits import Contrast, Kernel, contrast, kernel, original, t2_weighted
from workstation.domain.series import FactCode, Stack, StackFact
from workstation.domain.words import say

THIN_LUNG = replace(chest_ct(300, step=1.0, kernel="B70f"), description="Lung 1.0", contrast="")
THIN_BONE = replace(chest_ct(300, step=1.0, kernel="BONEPLUS"), description="Bone 1.0")
THIN_SOFT = replace(chest_ct(300, step=1.0, kernel="B30f"), description="Mediastinum 1.0")
THICK_LUNG = replace(chest_ct(60, step=5.0, kernel="B70f"), description="Lung 5.0")
PART_LUNG = replace(chest_ct(40, step=1.0, kernel="B70f"), description="Lung target")
ARTERIAL = replace(chest_ct(300, step=1.0, kernel="B30f"), description="CTA arterial", contrast="IOHEXOL")
CALCIUM = replace(chest_ct(44, step=3.0, kernel="B35f"), description="DS_CaSc 3.0 B35f")
PLAIN_3 = replace(chest_ct(100, step=3.0, kernel="B31f"), description="平扫 3.0")
REFORMAT = replace(THIN_LUNG, description="Lung MPR 1.0", facts=(StackFact(FactCode.DERIVED, say("Derived.")),))
CHEST = (PART_LUNG, THICK_LUNG, REFORMAT, CALCIUM, PLAIN_3, ARTERIAL, THIN_SOFT, THIN_BONE, THIN_LUNG)


def mr(description: str, *, axial: bool = False, slices: int = 15) -> Stack:
    row, column = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)) if axial else ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0))
    stack = chest_ct(slices, modality="MR", step=4.0, kernel="", row=row, column=column)
    return replace(stack, description=description, body_part="LSPINE", unit="")


def radiograph(description: str, body_part: str) -> Stack:
    return replace(chest_ct(1, modality="DX", kernel=""), description=description, body_part=body_part, unit="")


def chosen(preference: Preference, *stacks: Stack) -> list[str]:
    return [stack.description for stack in preference.best(stacks)]


@pytest.mark.parametrize(
    ("preference", "expected"),
    [
        (prefer.LUNG_NODULES, ["Lung 1.0"]),
        (prefer.RIBS, ["Bone 1.0"]),
        (prefer.CALCIUM, ["DS_CaSc 3.0 B35f"]),
        (prefer.PLAIN_VESSELS, ["Mediastinum 1.0"]),
        (prefer.ENHANCED_VESSELS, ["CTA arterial"]),
        (prefer.LYMPH_NODES, ["CTA arterial"]),
        (prefer.PANCREAS, ["平扫 3.0"]),
    ],
)
def test_a_chest_study_offers_each_operation_its_own_series(preference: Preference, expected: list[str]) -> None:
    assert chosen(preference, *CHEST) == expected


def test_a_named_lung_kernel_is_taken_for_the_lobes() -> None:
    assert chosen(prefer.LUNG_LOBES, THICK_LUNG, THIN_SOFT, ARTERIAL, THIN_LUNG) == ["Lung 1.0"]


def test_ribs_are_read_on_a_sharp_series_where_there_is_no_bone_kernel() -> None:
    assert chosen(prefer.RIBS, THIN_SOFT, THICK_LUNG, THIN_LUNG) == ["Lung 1.0"]


def test_calcium_takes_a_plain_3_mm_series_before_one_with_contrast_agent() -> None:
    assert chosen(prefer.CALCIUM, ARTERIAL, THIN_LUNG, PLAIN_3) == ["平扫 3.0"]


def test_thin_slices_of_a_part_of_the_lung_do_not_replace_the_whole_lung() -> None:
    assert chosen(prefer.LUNG_NODULES, PART_LUNG, THICK_LUNG) == ["Lung 5.0"]


def test_the_lumbar_spine_is_read_on_sagittal_t2() -> None:
    series = [mr("T1 sag"), mr("T2 tra", axial=True), mr("STIR sag"), mr("T2 fs sag"), mr("T2 TSE sag"), mr("T2* sag")]

    assert chosen(prefer.SPINE_MRI, *series) == ["T2 TSE sag"]
    assert str(listed(prefer.SPINE_MRI.why(series[4]))) == "sagittal, T2-weighted, right body part"


@pytest.mark.parametrize(("preference", "part"), [(prefer.KNEE_RADIOGRAPH, "KNEE"), (prefer.HIP_RADIOGRAPH, "HIP")])
def test_joints_are_measured_on_the_view_from_the_front(preference: Preference, part: str) -> None:
    views = [radiograph("chest AP", "CHEST"), radiograph("LAT", part), radiograph("", part), radiograph("AP", part)]

    assert chosen(preference, *views) == ["AP"]
    assert chosen(preference, *views[:3]) == [""]


def test_the_reason_tells_in_what_the_other_series_is_better() -> None:
    rather = prefer.LUNG_NODULES.why_rather(THIN_LUNG, THICK_LUNG)
    soft = prefer.LUNG_NODULES.why_rather(THIN_LUNG, replace(THICK_LUNG, kernel="B30f"))

    assert [(why.code, str(why.sentence)) for why in rather] == [("thin-slices", "1 mm")]
    assert str(listed(soft)) == "1 mm, sharp kernel (B70f)"


@pytest.mark.parametrize(
    ("step", "said"), [(0.625, "0.625 mm"), (1.25, "1.25 mm"), (3.0, "3 mm"), (0.97656, "0.977 mm")]
)
def test_a_width_is_told_as_it_was_chosen_at_the_scanner(step: float, said: str) -> None:
    why = prefer.LUNG_NODULES.why(chest_ct(300, step=step))

    assert said in [str(one.sentence) for one in why]


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (["LUNG", "YA", "YB", "YC", "L", "Bl57d\\3", "FC51", "FC52", "Lung Sharp"], Kernel.LUNG),
        (["BONE", "BONEPLUS", "FC30"], Kernel.BONE),
        (["B50f", "B60s", "B70f", "B80f", "Br59", "Hr68", "I70f\\3", "EDGE", "FC81", "B_SHARP_C", "D"], Kernel.SHARP),
        (["B20f", "B31s", "B40f", "Br36d", "Br40f\\3", "Qr36", "STANDARD", "SOFT", "FC08", "FC13", "B"], Kernel.SOFT),
        (["DETAIL", "CHST", "B46f"], Kernel.MEDIUM),
        (["", "32", "XYZ"], Kernel.UNKNOWN),
    ],
)
def test_kernels_are_known_by_every_vendors_names(names: list[str], kind: Kernel) -> None:
    assert [kernel(chest_ct(kernel=name)) for name in names] == [kind] * len(names)


@pytest.mark.parametrize(
    ("description", "agent", "state"),
    [
        ("Chest", "", Contrast.NOT_STATED),
        ("Chest", "OMNIPAQUE 350", Contrast.GIVEN),
        ("Chest", "APPLIED", Contrast.GIVEN),
        ("Chest", "None", Contrast.NONE),
        ("Abdomen", "ORAL", Contrast.NONE),
        ("Abdomen", "ORAL & IV", Contrast.GIVEN),
        ("胸部平扫", "IOHEXOL", Contrast.NONE),
        ("非增强 1.0", "", Contrast.NONE),
        ("动脉期 1.0", "", Contrast.GIVEN),
        ("Chest w/o contrast", "", Contrast.NONE),
        ("non-contrast", "", Contrast.NONE),
        ("C- 5.0", "", Contrast.NONE),
        ("C+ 1.0", "", Contrast.GIVEN),
        ("CTPA 1.0", "", Contrast.GIVEN),
    ],
)
def test_the_phase_is_told_by_words_before_the_agent(description: str, agent: str, state: Contrast) -> None:
    assert contrast(replace(chest_ct(), description=description, contrast=agent)) is state


@pytest.mark.parametrize("description", ["T2* sag", "T2 FLAIR", "T1 TSE", "T2map", "t2_star"])
def test_what_only_sounds_like_t2_is_none(description: str) -> None:
    assert not t2_weighted(mr(description))


@pytest.mark.parametrize("description", ["t2_tse_sag", "SAG T2", "T2W_TSE", "T2-FSE", "矢状T2", "FRFSE-T2"])
def test_t2_is_known_by_every_vendors_names(description: str) -> None:
    assert t2_weighted(mr(description))


def test_projections_are_no_original_pictures() -> None:
    assert not original(replace(chest_ct(), image_type=("DERIVED", "SECONDARY", "MIP")))
    assert not original(replace(chest_ct(), description="Cor MPR 3.0"))
    assert original(chest_ct())


@pytest.mark.parametrize("number", ["50", "81", "91", "203", "111", "112"])
def test_of_two_like_series_the_one_that_lost_nothing_is_taken(number: str) -> None:
    lossy = replace(chest_ct(300, transfer_syntax=f"1.2.840.10008.1.2.4.{number}"), description="lossy")
    plain = replace(chest_ct(300), description="plain")

    assert chosen(prefer.LUNG_NODULES, lossy, plain) == ["plain"]
