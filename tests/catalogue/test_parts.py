"""A volume whose header names quite another part of the body does not fit, however well its slices lie."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.stacks import chest_ct
from workstation.catalogue import operation_named
from workstation.catalogue.check import check, fits
from workstation.domain.series import Stack

OF_THE_TRUNK = (
    *("lung-nodule", "covid-pneumonia", "chest-screening", "calcium-score", "rib-fracture", "chest-vessels"),
    *("lymph-nodes", "pancreas", "ct-registration"),
)


def named(part: str, description: str = "") -> Stack:
    return replace(chest_ct(), body_part=part, description=description)


def codes(stack: Stack, operation: str) -> list[str]:
    return [reason.code for reason in check(stack, operation_named(operation)).reasons]


@pytest.mark.parametrize("operation", OF_THE_TRUNK)
@pytest.mark.parametrize("part", ["HEAD", "BRAIN", "KNEE", "ANKLE", "颅脑"])
def test_a_ct_of_head_or_limbs_does_not_fit(operation: str, part: str) -> None:
    assert "body-part" in codes(named(part), operation)
    assert not fits(named(part), operation_named(operation))


@pytest.mark.parametrize("operation", OF_THE_TRUNK)
@pytest.mark.parametrize(
    "part", ["", "CHEST", "ABDOMEN", "CHESTABDPELVIS", "NECK", "HEART", "SPINE", "UNKNOWN", "胸部"]
)
def test_what_is_named_after_any_of_the_trunk_may_reach_there(operation: str, part: str) -> None:
    assert "body-part" not in codes(named(part), operation)


def test_a_description_speaks_against_a_header_copied_from_a_protocol() -> None:
    assert "body-part" not in codes(named("HEAD", "Lung 1.0 Bl57"), "lung-nodule")


@pytest.mark.parametrize(("part", "lies"), [("KNEE", False), ("SHOULDER", False), ("SPINE", True), ("ABDOMEN", True)])
def test_a_knee_is_no_lumbar_spine(part: str, *, lies: bool) -> None:
    assert ("body-part" not in codes(named(part), "spine-mri")) is lies
