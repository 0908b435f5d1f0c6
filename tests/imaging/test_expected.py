"""Every folder and file of the test data against the truth that was written beside it, whatever that holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.data import shared
from workstation.domain.series import FactCode, ScanResult, Stack
from workstation.imaging.series.scan import scan

Truth = dict[str, Any]
_UNCOMPRESSED = {"", *(f"1.2.840.10008.1.2{end}" for end in ("", ".1", ".2", ".1.99"))}
_SPLIT = {FactCode.MULTI_ECHO, FactCode.MULTI_PHASE}
_TWICE = {FactCode.DUPLICATE, FactCode.DUPLICATE_DIFFERS, *_SPLIT}


def _expected() -> Truth:
    expected: Truth = json.loads(shared("data", "expected.json").read_text(encoding="utf-8"))
    return expected


def _codes(stacks: list[Stack]) -> set[FactCode]:
    return {fact.code for stack in stacks for fact in stack.facts}


def _of_series(result: ScanResult, uid: str) -> list[Stack]:
    return [stack for stack in result.stacks if stack.series_uid == uid]


def _wrong(stacks: list[Stack], truth: Truth) -> list[str]:
    """What does not agree with the truth of one series."""
    codes, wrong = _codes(stacks), []
    planes = {stack.plane.value for stack in stacks}
    if truth["plane"] != "several" and planes != {truth["plane"]}:
        wrong.append(f"plane {planes}")
    if truth["plane"] == "several" and len(stacks) < truth["orientations"]:
        wrong.append(f"{len(stacks)} stacks of {truth['orientations']} orientations")
    if sum(stack.files for stack in stacks) != truth["files"]:
        wrong.append("files")
    if {stack.modality for stack in stacks} != {truth["modality"]}:
        wrong.append("modality")
    if truth.get("duplicate_positions") and not codes & _TWICE:
        wrong.append("duplicates are not told")
    if truth.get("missing_sop_instance_uid") and FactCode.MISSING_UID not in codes:
        wrong.append("missing identifiers are not told")
    if (truth.get("shear_deg") or 0) > 1 and FactCode.TILT not in codes:
        wrong.append("tilt is not told")
    if ((truth.get("angle_off_plane_deg") or 0) > 10) != (FactCode.OBLIQUE in codes):
        wrong.append("oblique")
    if len(stacks) == 1 and truth.get("step_mm"):
        wrong += _wrong_steps(stacks[0], truth)
    elif truth["plane"] != "several" and len(stacks) > 1 and not codes & _SPLIT:
        wrong.append("the split is not told")
    return wrong


def _wrong_steps(stack: Stack, truth: Truth) -> list[str]:
    geometry = stack.geometry
    if geometry is None:
        return ["no geometry"]
    wrong = []
    if geometry.slices != truth["distinct_positions"]:
        wrong.append(f"{geometry.slices} slices")
    if geometry.step != pytest.approx(truth["step_mm"]["median"], abs=2e-3):
        wrong.append(f"step {geometry.step}")
    if geometry.uniform != truth["uniform_spacing"]:
        wrong.append(f"uniform {geometry.uniform}")
    if list(geometry.spacing) != pytest.approx(truth["pixel_spacing_mm"], abs=6e-4):
        wrong.append(f"spacing {geometry.spacing}")
    if not truth["uniform_spacing"] and not _codes([stack]) & {FactCode.GAP, FactCode.UNEVEN_SPACING}:
        wrong.append("unequal steps are not told")
    return wrong


def test_every_folder_holds_the_series_of_the_truth() -> None:
    compared = 0
    for name, folder in _expected()["folders"].items():
        result = scan([shared("data", *name.split("/"))])
        assert result.files == sum(1 for path in shared("data", *name.split("/")).rglob("*") if path.is_file()), name
        for truth in folder.get("series", ()):
            stacks = _of_series(result, truth["series_uid"])
            assert stacks, (name, truth["description"])
            assert _wrong(stacks, truth) == [], (name, truth["description"])
            compared += 1
        if "series_count" in folder:
            assert len({stack.series_uid for stack in result.stacks}) == folder["series_count"], name

    assert compared >= 20


def test_every_image_file_is_what_the_truth_says() -> None:
    files = {name: truth for name, truth in _expected()["files"].items() if truth.get("pixels") == "decode"}
    result = scan([shared("data", *folder) for folder in {tuple(name.split("/")[:1]) for name in files}])
    base = shared("data")
    by_file: dict[str, list[Stack]] = {}
    for stack in result.stacks:
        for path in {instance.path for instance in (*stack.instances, *stack.spare)}:
            by_file.setdefault(Path(path).relative_to(base).as_posix(), []).append(stack)
    objects = {Path(found.path).relative_to(base).as_posix() for found in result.objects}
    compared = 0
    for name, truth in files.items():
        assert name in by_file or name in objects, name
        for stack in by_file.get(name, ()):
            own = [i for i in (*stack.instances, *stack.spare) if i.path == str(base / name)]
            assert (own[0].pixels.rows, own[0].pixels.columns) == (truth["rows"], truth["cols"]), name
            assert (own[0].transfer_syntax not in _UNCOMPRESSED) == (truth["syntax"] not in _UNCOMPRESSED), name
            geometry = truth.get("frame_geometry")
            if isinstance(geometry, dict):
                assert (stack.plane.value, len(own)) == (geometry["plane"], truth["frames"]), name
            compared += 1

    assert compared >= 60
