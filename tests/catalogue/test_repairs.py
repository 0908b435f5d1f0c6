"""What the program can do about a series: said before, and what changes pixels only on request."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.stacks import chest_ct
from workstation.catalogue.check import check
from workstation.catalogue.chest import LUNG_NODULE
from workstation.catalogue.repairs import KEEPS_PIXELS, RepairCode
from workstation.domain.series import FactCode, FileForm, Stack, StackFact
from workstation.domain.words import say


def _moved(stack: Stack, shifts_mm: list[float] | None = None, along_mm: list[float] | None = None) -> Stack:
    """The stack with its slices moved in the plane (shear) or along the normal (uneven steps), with the facts."""
    geometry = stack.geometry
    assert geometry is not None
    positions = geometry.positions.copy()
    facts = []
    if shifts_mm is not None:
        positions[:, 1] += shifts_mm
        facts.append(StackFact(FactCode.TILT, say("Odd."), 15.0))
    if along_mm is not None:
        positions[:, 2] = positions[0, 2] + np.cumsum(along_mm)
        facts.append(StackFact(FactCode.UNEVEN_SPACING, say("Odd."), max(along_mm)))
    return replace(stack, geometry=replace(geometry, positions=positions), facts=tuple(facts))


def test_repairs_that_keep_every_pixel_leave_it_fit() -> None:
    stack = chest_ct(
        transfer_syntax="1.2.840.10008.1.2.4.90",
        numbers=tuple((k * 7) % 40 for k in range(40)),
        facts=(StackFact(FactCode.DUPLICATE, say("Odd.")), StackFact(FactCode.MISSING_UID, say("Odd."))),
    )

    eligibility = check(stack, LUNG_NODULE)

    assert eligibility.fits
    assert {repair.code for repair in eligibility.repairs} == {
        RepairCode.DROP_DUPLICATES,
        RepairCode.REORDER,
        RepairCode.DECOMPRESS,
        RepairCode.NEW_UIDS,
    }


def test_frames_of_one_file_are_sent_one_by_one() -> None:
    stack = chest_ct()
    one_file = replace(stack, instances=tuple(replace(i, path="0", frame=k) for k, i in enumerate(stack.instances)))

    eligibility = check(one_file, LUNG_NODULE)

    assert eligibility.fits
    assert [repair.code for repair in eligibility.repairs] == [RepairCode.SPLIT_FRAMES]


def test_a_nifti_series_is_written_as_dicom() -> None:
    stack = chest_ct(transfer_syntax="")
    nifti = replace(
        stack,
        instances=tuple(replace(i, path="a.nii", frame=k, form=FileForm.NIFTI) for k, i in enumerate(stack.instances)),
    )

    eligibility = check(nifti, LUNG_NODULE)

    assert eligibility.fits
    assert [repair.code for repair in eligibility.repairs] == [RepairCode.CONVERT]


@pytest.mark.parametrize(
    "stack",
    [
        _moved(chest_ct(40, rows=256, columns=256), shifts_mm=[k * 0.3 for k in range(40)]),
        _moved(chest_ct(40), along_mm=[0.0] + [1.0 + 0.1 * (k % 3) for k in range(39)]),
    ],
    ids=["tilted", "uneven"],
)
def test_a_tilted_or_uneven_series_can_be_resampled_but_does_not_fit(stack: Stack) -> None:
    eligibility = check(stack, LUNG_NODULE)

    assert not eligibility.fits
    assert eligibility.repairable
    (repair,) = eligibility.repairs
    assert repair.code is RepairCode.RESLICE
    assert repair.code not in KEEPS_PIXELS
    assert str(repair.sentence).startswith("Slices are resampled to a straight stack of even 1.")


def test_a_larger_matrix_can_be_averaged_down() -> None:
    eligibility = check(chest_ct(40, rows=1024, columns=1024), LUNG_NODULE)

    assert not eligibility.fits
    assert eligibility.repairable
    assert [str(repair.sentence) for repair in eligibility.repairs] == [
        "Slices are reduced from 1024 × 1024 to 512 × 512 pixels by averaging areas."
    ]


def test_straightened_slices_that_grew_too_large_are_averaged_down_as_well() -> None:
    eligibility = check(_moved(chest_ct(40), shifts_mm=[k * 0.3 for k in range(40)]), LUNG_NODULE)

    assert eligibility.repairable
    assert [repair.code for repair in eligibility.repairs] == [RepairCode.RESLICE, RepairCode.RESIZE]


@pytest.mark.parametrize(
    "stack",
    [
        _moved(chest_ct(40), along_mm=[0.0] + [1.0] * 20 + [2.0] + [1.0] * 18),
        replace(chest_ct(40), facts=(StackFact(FactCode.GAP, say("Odd."), 1.0),)),
        chest_ct(10, rows=1024, columns=1024),
        chest_ct(40, rows=1024, columns=1024, modality="MR"),
    ],
    ids=["a hole", "missing slices", "too few slices", "another modality"],
)
def test_nothing_is_offered_that_would_not_do(stack: Stack) -> None:
    eligibility = check(stack, LUNG_NODULE)

    assert not eligibility.repairable
    assert eligibility.repairs == ()
