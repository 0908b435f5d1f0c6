from __future__ import annotations

import json
import logging
import os
import random
import re
from pathlib import Path
from typing import Any

import pytest

from tests.data import shared
from tests.imaging.made import write_slice
from workstation.domain.error import Cancelled, ErrorCode
from workstation.domain.series import FactCode, ScanResult, Stack
from workstation.domain.work import CancelToken
from workstation.imaging.dicom.fallback import read_header
from workstation.imaging.series.scan import scan

UNIFORM_FOLDERS = (
    "chest-ct/lung-dx-a0001",
    "chest-ct-j2k/dicom",
    "gaps-duplicates/small-complete-series-150",
    "gaps-duplicates/mr-two-slices",
    "mixed-folder/four-patients",
    "mixed-folder/two-kernels",
    "mr-head/sag-mprage",
    "mr-spine/derived-cervical-t2",
    "mr-spine/derived-whole-spine-t2",
    "head-ct-tilt/ge-18.5deg",
    "gaps-duplicates/ct-one-gap",
    "gaps-duplicates/ct-one-gap-tilted",
    "gaps-duplicates/ct-missing-slices",
)


def _expected(folder: str) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads(shared("data", "expected.json").read_text(encoding="utf-8"))
    of_folder: dict[str, Any] = expected["folders"][folder]
    return of_folder


def _scan(*parts: str) -> ScanResult:
    return scan([shared("data", *parts)])


def _facts(stack: Stack) -> dict[str, str]:
    return {str(fact.code): str(fact.sentence) for fact in stack.facts}


def _accounted(result: ScanResult) -> set[str]:
    in_stacks = {i.path for stack in result.stacks for i in (*stack.instances, *stack.spare)}
    return in_stacks | {o.path for o in result.objects} | {o.path for o in result.left_out}


@pytest.mark.parametrize("folder", UNIFORM_FOLDERS)
def test_plane_slices_spacing_and_evenness_are_those_of_the_truth(folder: str) -> None:
    found = {
        (s.series_uid, s.modality, str(s.plane), s.slices, round(s.geometry.step, 3), s.geometry.uniform)
        for s in _scan(*folder.split("/")).stacks
        if s.geometry is not None
    }
    truth = {
        (s["series_uid"], s["modality"], s["plane"], s["slices"], s["step_mm"]["median"], s["uniform_spacing"])
        for s in _expected(folder)["series"]
    }

    assert found == truth


def test_every_file_stands_somewhere_exactly_once() -> None:
    root = shared("data")
    result = _scan()
    on_disk = {str(path) for path in root.rglob("*") if path.is_file()}

    assert _accounted(result) == on_disk
    assert result.files == len(on_disk)
    assert sum(s.files for s in result.stacks) + len(result.objects) + len(result.left_out) == len(on_disk)


def test_one_missing_slice_is_named_with_its_place() -> None:
    (stack,) = _scan("gaps-duplicates", "ct-one-gap").stacks

    assert _facts(stack) == {"gap": "1 slice missing after slice 3."}


def test_holes_in_several_places_are_counted() -> None:
    (stack,) = _scan("gaps-duplicates", "ct-missing-slices").stacks

    assert _facts(stack)["gap"].startswith("3 slices missing in 2 places")


def test_a_tilted_gantry_is_measured() -> None:
    (stack,) = _scan("head-ct-tilt", "ge-18.5deg").stacks
    tilt = stack.fact(FactCode.TILT)

    assert tilt is not None
    assert tilt.measured == pytest.approx(18.5, abs=0.1)
    assert stack.fact(FactCode.UNEVEN_SPACING) is not None


def test_a_byte_copy_becomes_spare() -> None:
    (stack,) = _scan("gaps-duplicates", "ct-exact-duplicate").stacks

    assert (stack.slices, len(stack.spare), stack.files) == (20, 1, 21)
    assert set(_facts(stack)) == {"duplicate"}


def test_another_instance_at_the_same_place_is_kept_apart_and_said() -> None:
    (stack,) = _scan("gaps-duplicates", "ct-same-position-new-uid").stacks

    assert (stack.slices, len(stack.spare)) == (20, 1)
    assert set(_facts(stack)) == {"duplicate-differs"}


def test_images_at_one_place_only_are_all_kept_without_geometry() -> None:
    (stack,) = _scan("gaps-duplicates", "ct-same-position").stacks

    assert (stack.slices, stack.geometry, str(stack.plane)) == (4, None, "axial")
    assert "duplicate-differs" in _facts(stack)


def test_two_orientations_in_one_series_are_two_stacks() -> None:
    stacks = _scan("gaps-duplicates", "mr-two-orientations").stacks

    assert [stack.slices for stack in stacks] == [2, 2]
    assert {stack.id for stack in stacks} == {f"{stacks[0].series_uid}#{k}" for k in (0, 1)}


def test_echoes_are_stacks_of_their_own() -> None:
    stacks = _scan("gaps-duplicates", "mr-multi-echo").stacks

    assert [stack.slices for stack in stacks] == [3, 2, 2]
    assert all(stack.fact(FactCode.MULTI_ECHO) for stack in stacks)


def test_points_in_time_and_planes_of_a_localizer_are_stacks_of_their_own() -> None:
    stacks = _scan("mixed-folder", "three-plane-localizer").stacks

    assert sorted(stack.slices for stack in stacks) == [7, 7, 7, 10, 10, 10, 10, 10]
    assert sorted(str(s.plane) for s in stacks if s.fact(FactCode.LOCALIZER)) == ["axial", "coronal", "sagittal"]


def test_a_scout_stands_apart_from_its_slices() -> None:
    result = _scan("mixed-folder", "scout-and-axial")

    assert {(str(s.plane), s.slices, s.fact(FactCode.LOCALIZER) is not None) for s in result.stacks} == {
        ("axial", 8, False),
        ("sagittal", 1, True),
    }
    assert [o.kind for o in result.objects] == ["dicomdir"]


def test_patients_of_one_folder_are_never_merged() -> None:
    stacks = _scan("mixed-folder", "four-patients").stacks

    assert len({stack.patient.id for stack in stacks}) == 4
    assert [stack.slices for stack in stacks] == [6, 6, 6, 6]


def test_two_patients_under_one_series_uid_are_two_stacks(tmp_path: Path) -> None:
    for z in range(4):
        write_slice(tmp_path / str(z), z=z, PatientID=str(z % 2))
    stacks = scan([tmp_path]).stacks

    assert [(stack.patient.id, stack.slices) for stack in stacks] == [("0", 2), ("1", 2)]
    assert len({stack.id for stack in stacks}) == 2


def test_images_without_identifiers_are_one_stack() -> None:
    (stack,) = _scan("chest-ct-j2k", "dicom").stacks

    assert (stack.slices, stack.spare) == (20, ())
    assert set(_facts(stack)) == {"compressed", "missing-uid"}


def test_frames_of_enhanced_files_lie_where_the_truth_says() -> None:
    files: dict[str, Any] = json.loads(shared("data", "expected.json").read_text(encoding="utf-8"))["files"]
    stacks = {Path(s.instances[0].path).name: s for s in _scan("enhanced-multiframe").stacks}
    truth = {
        Path(k).name: v["frame_geometry"]
        for k, v in files.items()
        if k.startswith("enhanced") and "frame_geometry" in v
    }
    placed = {name: stacks[name].geometry for name, frames in truth.items() if frames.get("distinct_positions", 0) > 1}

    assert len(placed) >= 3
    assert all(geometry is not None for geometry in placed.values())
    assert {name: geometry.slices for name, geometry in placed.items() if geometry} == {
        name: truth[name]["distinct_positions"] for name in placed
    }


def test_names_are_those_of_the_truth_whatever_the_file_declares() -> None:
    files: dict[str, Any] = json.loads(shared("data", "expected.json").read_text(encoding="utf-8"))["files"]
    names = {Path(i.path).name: s.patient.name for s in _scan("charsets").stacks for i in s.instances}
    truth = {Path(k).name: _true_name(v) for k, v in files.items() if k.startswith("charsets")}

    assert len(names) > 10
    assert names == {name: truth[name] for name in names}


def _true_name(file: dict[str, Any]) -> str:
    """Pydicom leaves the escape sequences of GB 2312 in the text."""
    name: str = file.get("true_patient_name") or file["patient_name_as_pydicom_decodes"]
    return re.sub("\x1b[$()A-Z]+", "", name)


def test_objects_are_no_stacks_and_say_what_they_refer_to() -> None:
    result = _scan("derived-objects")
    kinds = {Path(o.path).name: o for o in result.objects}

    assert {s.modality for s in result.stacks} <= {"CT", "CR"}
    assert kinds["seg-liver.dcm"].kind == "seg"
    (liver,) = _scan("derived-objects", "liver-source-ct").stacks
    assert kinds["seg-liver.dcm"].refers_to == (liver.series_uid,)
    assert {o.kind for o in result.objects} >= {"seg", "sr", "rt-structure", "rt-dose", "rt-plan", "pdf", "mesh"}


def test_damaged_files_end_with_a_reason() -> None:
    result = _scan("malformed")
    reasons = {Path(o.path).name: o.code for o in result.left_out}

    assert reasons["made-cut-in-pixels.dcm"] is ErrorCode.TRUNCATED
    assert reasons["orthanc-2026-05-26-oob-monochrome-65535.dcm"] is ErrorCode.TRUNCATED
    assert reasons["orthanc-Issue22-NoPixelData.dcm"] is ErrorCode.NO_PIXELS
    assert reasons["made-jpeg-renamed.dcm"] is ErrorCode.NOT_AS_NAMED
    assert reasons["made-html-page.dcm"] is ErrorCode.NOT_AS_NAMED
    assert reasons["made-empty.dcm"] is ErrorCode.EMPTY_FILE
    assert all(str(o.sentence) for o in result.left_out)


def test_links_that_form_a_loop_are_walked_once(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    write_slice(tmp_path / "in" / "a")
    (tmp_path / "in" / "loop").symlink_to(tmp_path, target_is_directory=True)

    assert scan([tmp_path]).files == 1


def test_a_file_given_twice_counts_once(tmp_path: Path) -> None:
    path = write_slice(tmp_path / "a")
    (stack,) = scan([path, tmp_path, path]).stacks

    assert (stack.files, stack.spare) == (1, ())


def test_a_file_that_may_not_be_read_is_left_out(tmp_path: Path) -> None:
    path = write_slice(tmp_path / "a")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")

    assert [o.code for o in scan([tmp_path]).left_out] == [ErrorCode.UNREADABLE]


def test_archives_are_listed_by_content(tmp_path: Path) -> None:
    (tmp_path / "study").write_bytes(b"PK\x03\x04" + bytes(40))

    assert [o.kind for o in scan([tmp_path]).objects] == ["archive"]


def test_a_screenshot_and_a_marked_file_are_burnt_in(tmp_path: Path) -> None:
    write_slice(tmp_path / "a", SeriesInstanceUID="1.1", ImageType=["DERIVED", "SECONDARY", "SCREEN SAVE"])
    write_slice(tmp_path / "b", SeriesInstanceUID="1.2", BurnedInAnnotation="YES")
    write_slice(tmp_path / "c", SeriesInstanceUID="1.3", BurnedInAnnotation="NO")
    burnt = {s.series_uid: s.fact(FactCode.BURNT_IN) is not None for s in scan([tmp_path]).stacks}

    assert burnt == {"1.1": True, "1.2": True, "1.3": False}


def test_stacks_are_told_as_soon_as_their_folder_is_done(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write_slice(tmp_path / folder / "1", SeriesInstanceUID=f"1.{folder == 'b':d}")
    told: list[Stack] = []
    result = scan([tmp_path], found=told.append)

    assert tuple(stack.id for stack in told) == tuple(stack.id for stack in result.stacks)


def test_a_cancelled_scan_ends(tmp_path: Path) -> None:
    write_slice(tmp_path / "a")
    cancel = CancelToken()
    cancel.cancel()

    with pytest.raises(Cancelled):
        scan([tmp_path], cancel=cancel)


@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_damaged_the_file_is_accounted_for(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    good = write_slice(tmp_path / "good", z=0)
    damaged = bytearray(write_slice(tmp_path / "damaged", z=1).read_bytes())
    for _ in range(chance.choice((1, 3, 10))):
        at = chance.randrange(128, len(damaged) - 4)
        damaged[at : at + chance.choice((1, 2, 4))] = chance.randbytes(chance.choice((0, 1, 2, 4)))
    (tmp_path / "damaged").write_bytes(damaged)
    result = scan([good, tmp_path / "damaged"])

    assert _accounted(result) == {str(good), str(tmp_path / "damaged")}


class Heard(logging.Handler):
    """What reaches the program's own log."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.names.append(record.name)


def test_no_value_of_a_header_is_logged(tmp_path: Path) -> None:
    path = write_slice(tmp_path / "a", SpecificCharacterSet="ISO_IR 999", PatientName="Secret^N\u00e4me")
    heard = Heard()
    logging.getLogger().addHandler(heard)
    try:
        read_header(str(path))
        scan([tmp_path])
        logging.getLogger("pydicom.pixels.decoders.base").error("a value")
    finally:
        logging.getLogger().removeHandler(heard)

    assert heard.names == []
