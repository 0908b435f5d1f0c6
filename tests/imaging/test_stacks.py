from __future__ import annotations

import math
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.imaging.built import build_stacks
from tests.imaging.made import write_slice
from workstation.domain.geometry import Vector
from workstation.domain.series import FactCode, Instance, Patient, PixelFormat, Stack, StudyInfo
from workstation.imaging.dicom.attributes import Candidate
from workstation.imaging.dicom.moment import Moment
from workstation.imaging.dicom.series_info import SeriesInfo
from workstation.imaging.series.scan import scan

AXIAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))


def _candidate(position: Vector | None, number: int = 1, uid: str = "", **moment: Any) -> Candidate:
    series = SeriesInfo(
        patient=Patient(id="1"), study=StudyInfo(uid="1.2"), series_uid="1.2.3", sop_class_uid="", modality="CT"
    )
    instance = Instance(
        path=f"{number:04d}",
        file_bytes=1,
        sop_class_uid="",
        sop_instance_uid=uid or f"1.{number}",
        transfer_syntax="1.2.840.10008.1.2",
        pixels=PixelFormat(rows=4, columns=6),
        instance_number=number,
        position=position,
        row_cosine=AXIAL[0],
        column_cosine=AXIAL[1],
        spacing=(0.5, 0.5),
    )
    return Candidate(instance, series, Moment(**moment))


def _axial(heights: list[float]) -> list[Candidate]:
    return [_candidate((0.0, 0.0, z), number) for number, z in enumerate(heights)]


def _in_space(uid: str, heights: list[float], first: int = 1) -> list[Candidate]:
    frames = [_candidate((0.0, 0.0, z), first + number) for number, z in enumerate(heights)]
    return [replace(frame, series=replace(frame.series, frame_of_reference_uid=uid)) for frame in frames]


def _never(a: Instance, b: Instance) -> bool:
    return False


def _always(a: Instance, b: Instance) -> bool:
    return True


def _content(stacks: tuple[Stack, ...]) -> list[object]:
    return [
        (s.id, s.instances, s.spare, s.facts, None if s.geometry is None else s.geometry.positions.tolist())
        for s in stacks
    ]


heights = st.lists(st.integers(-500, 500).map(lambda n: n / 2), min_size=1, max_size=12)


@given(heights, st.randoms(use_true_random=False))
def test_any_order_of_files_gives_the_same_stacks(levels: list[float], shuffle: random.Random) -> None:
    frames = _axial(levels)
    mixed = list(frames)
    shuffle.shuffle(mixed)

    assert _content(build_stacks(mixed, _never)) == _content(build_stacks(frames, _never))


@given(heights)
def test_no_frame_is_lost_or_doubled(levels: list[float]) -> None:
    frames = _axial(levels)
    stacks = build_stacks(frames, lambda a, b: a.position == b.position)
    found = [i.path for stack in stacks for i in (*stack.instances, *stack.spare)]

    assert sorted(found) == sorted(frame.instance.path for frame in frames)


@given(heights.filter(lambda levels: len(set(levels)) == len(levels)))
def test_slices_ascend_to_the_head(levels: list[float]) -> None:
    (stack,) = build_stacks(_axial(levels))

    assert [i.position[2] for i in stack.instances if i.position] == sorted(levels)
    assert stack.geometry is not None


@given(st.integers(3, 30), st.integers(1, 5), st.data())
def test_a_gap_is_counted_and_placed(count: int, missing: int, data: st.DataObject) -> None:
    after = data.draw(st.integers(1, count - 1)) if count > 3 else 2
    levels = [float(k + (missing if k >= after else 0)) * 1.25 for k in range(count + 2)]
    (stack,) = build_stacks(_axial(levels))
    gap = stack.fact(FactCode.GAP)

    assert gap is not None
    assert gap.measured == missing
    assert f"after slice {after}." in str(gap.sentence)


@given(st.floats(-0.019, 0.019), st.integers(1, 8))
def test_steps_within_two_percent_are_even(off: float, which: int) -> None:
    levels = np.cumsum([0.0, *[2.0 * (1 + off * (k == which)) for k in range(9)]]).tolist()
    (stack,) = build_stacks(_axial(levels))

    assert stack.facts == ()


def test_uneven_steps_are_said_with_their_range() -> None:
    (stack,) = build_stacks(_axial([0.0, 2.0, 4.0, 6.5, 8.5, 10.5]))

    assert [(f.code, str(f.sentence)) for f in stack.facts] == [
        (FactCode.UNEVEN_SPACING, "Steps between slices differ: 2.00 to 2.50 mm.")
    ]


@given(st.integers(4, 12), st.integers(3, 12), st.sampled_from([2, 3, 4]), st.booleans())
def test_a_part_in_wider_steps_is_uneven_and_lacks_no_slices(near: int, far: int, times: int, below: bool) -> None:
    """The base of a skull in thin slices, the rest in thick ones."""
    near = max(near, far + 1)
    steps = [2.5] * near + [2.5 * times] * far
    (stack,) = build_stacks(_axial(np.cumsum([0.0, *(reversed(steps) if below else steps)]).tolist()))

    assert [(f.code, str(f.sentence)) for f in stack.facts] == [
        (FactCode.UNEVEN_SPACING, f"Steps between slices differ: 2.50 to {2.5 * times:.2f} mm.")
    ]


def test_single_slices_lost_here_and_there_are_gaps() -> None:
    (stack,) = build_stacks(_axial([float(k) for k in range(20) if k not in (4, 6, 12)]))

    assert [str(f.sentence) for f in stack.facts] == ["3 slices missing in 3 places, first after slice 4."]


@pytest.mark.parametrize(("degrees", "said"), [(0.9, False), (1.1, True)])
def test_a_tilt_beyond_one_degree_is_said(degrees: float, said: bool) -> None:
    lean = math.tan(math.radians(degrees))
    frames = [_candidate((0.0, k * lean, float(k)), k) for k in range(5)]
    (stack,) = build_stacks(frames)

    assert (stack.fact(FactCode.TILT) is not None) is said


@pytest.mark.parametrize("beside", [[0, 4, 0, 4, 0, 4], [0, 0, 0, 4, 4, 4]], ids=["zigzag", "jump"])
def test_slices_beside_the_others_are_said_and_are_no_tilt(beside: list[float]) -> None:
    (stack,) = build_stacks([_candidate((x, 0.0, float(k)), k) for k, x in enumerate(beside)])
    shifted = stack.fact(FactCode.SHIFTED)

    assert stack.fact(FactCode.TILT) is None
    assert shifted is not None
    assert stack.geometry is not None
    assert shifted.measured == stack.geometry.drift_mm
    assert "mm beside a straight stack" in str(shifted.sentence)


def test_a_time_series_is_split_by_what_separates_it() -> None:
    frames = [_candidate((0.0, 0.0, float(k % 3)), k, acquisition=k // 3, time=str(k)) for k in range(12)]
    stacks = build_stacks(frames)

    assert [s.slices for s in stacks] == [3, 3, 3, 3]
    assert [str(s.facts[0].sentence) for s in stacks][:2] == [
        "Phase 1 of 4 of this series.",
        "Phase 2 of 4 of this series.",
    ]


def test_a_folder_copied_twice_is_one_stack_with_copies() -> None:
    frames = [_candidate((0.0, 0.0, float(k % 5)), k, uid=f"1.{k % 5}", acquisition=1) for k in range(10)]
    (stack,) = build_stacks(frames, _always)

    assert (stack.slices, len(stack.spare), stack.geometry is not None) == (5, 5, True)
    assert [f.code for f in stack.facts] == [FactCode.DUPLICATE]


def test_images_without_position_follow_their_numbers() -> None:
    (stack,) = build_stacks([_candidate(None, number) for number in (3, 1, 2)])

    assert [i.instance_number for i in stack.instances] == [1, 2, 3]
    assert stack.geometry is None
    assert stack.fact(FactCode.NO_POSITION) is not None


@pytest.mark.parametrize(
    ("count", "image_type", "said"),
    [(1, (), True), (7, (), True), (8, (), False), (15, (), False), (7, ("DERIVED",), False)],
)
def test_a_few_images_in_three_planes_are_a_localizer(count: int, image_type: tuple[str, ...], said: bool) -> None:
    x, y, z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, -1.0)
    frames = []
    for number, (row, column) in enumerate(((x, y), (x, z), (y, z))):
        for k in range(count):
            frame = _candidate((k * 3.0, k * 3.0, k * 3.0), 100 * number + k)
            instance = replace(frame.instance, row_cosine=row, column_cosine=column)
            frames.append(replace(frame, instance=instance, series=replace(frame.series, image_type=image_type)))
    stacks = build_stacks(frames)

    assert [str(stack.plane) for stack in stacks] == ["axial", "sagittal", "coronal"]
    assert {stack.fact(FactCode.LOCALIZER) is not None for stack in stacks} == {said}


@pytest.mark.parametrize(("copied", "localizer"), [(True, True), (False, False)])
def test_several_images_of_each_place_in_three_planes_are_for_reading_unless_they_are_copies(
    copied: bool, localizer: bool
) -> None:
    x, y, z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, -1.0)
    frames = []
    for number, (row, column) in enumerate(((x, y), (x, z), (y, z))):
        for k in range(6):
            uid = f"1.{number}" if copied else ""
            frame = _candidate((0.0, 0.0, 0.0), 100 * number + k, uid, trigger_time=None if copied else 50.0 * k)
            frames.append(replace(frame, instance=replace(frame.instance, row_cosine=row, column_cosine=column)))
    stacks = build_stacks(frames, _always if copied else _never)

    assert [str(stack.plane) for stack in stacks] == ["axial", "sagittal", "coronal"]
    assert {stack.fact(FactCode.LOCALIZER) is not None for stack in stacks} == {localizer}


def test_slices_between_images_that_call_themselves_localizers_are_for_reading() -> None:
    x, y, z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, -1.0)
    frames = _axial([3.0 * k for k in range(10)])
    for number, (row, column) in enumerate(((x, z), (y, z)), start=100):
        frame = _candidate((0.0, 0.0, 0.0), number)
        instance = replace(frame.instance, row_cosine=row, column_cosine=column)
        series = replace(frame.series, image_type=("ORIGINAL", "PRIMARY", "LOCALIZER"))
        frames.append(replace(frame, instance=instance, series=series))
    stacks = build_stacks(frames)

    assert [(s.slices, s.fact(FactCode.LOCALIZER) is not None) for s in stacks] == [(10, False), (1, True), (1, True)]


def test_frames_of_two_frames_of_reference_are_two_stacks() -> None:
    stacks = build_stacks([*_in_space("1.8", [0, 5, 10]), *_in_space("1.9", [15, 20, 25], 4)])

    assert [(stack.frame_of_reference_uid, stack.slices) for stack in stacks] == [("1.8", 3), ("1.9", 3)]
    assert [stack.id for stack in stacks] == ["1.2.3#0", "1.2.3#1"]


def test_frames_of_reference_made_up_for_each_file_or_missing_in_some_split_nothing() -> None:
    every = [frame for z in range(4) for frame in _in_space(f"1.{z + 1}", [5.0 * z], z + 1)]
    some = [*_in_space("1.8", [0, 5, 10]), *_in_space("", [15, 20], 4)]

    assert [stack.slices for stack in build_stacks(every)] == [4]
    assert [stack.slices for stack in build_stacks(some)] == [5]


def test_slices_through_several_discs_come_in_the_order_they_were_taken() -> None:
    """Each few slices have a tilt of their own, which tells nothing of their order."""
    frames = []
    for disc, degrees in enumerate((12.0, -5.0, 0.0, 25.0)):
        c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        for k in range(3):
            frame = _candidate((0.0, -4.0 * k * s, -35.0 * disc + 4.0 * k * c), 10 * disc + k)
            frames.append(replace(frame, instance=replace(frame.instance, column_cosine=(0.0, c, s))))
    random.Random(1).shuffle(frames)

    assert [min(i.instance_number or 0 for i in one.instances) for one in build_stacks(frames)] == [0, 10, 20, 30]


@pytest.mark.parametrize(("count", "stacks"), [(3, 3), (4, 1), (36, 1)])
@pytest.mark.parametrize("copied", [False, True])
def test_projections_around_a_head_are_one_stack_to_turn_it_by(count: int, stacks: int, copied: bool) -> None:
    frames = []
    for number in range(count):
        turn = math.radians(5.0 * number)
        frame = _candidate((0.0, 0.0, 0.0), number)
        row, column = (math.cos(turn), math.sin(turn), 0.0), (0.0, 0.0, -1.0)
        frames.append(replace(frame, instance=replace(frame.instance, row_cosine=row, column_cosine=column)))
    frames += [replace(f, instance=replace(f.instance, path=f"copy {f.instance.path}")) for f in frames if copied]
    found = build_stacks(random.Random(1).sample(frames, len(frames)), _always)

    assert len(found) == stacks
    assert [i.instance_number for one in found for i in one.instances] == list(range(count))
    assert all(one.fact(FactCode.NO_POSITION) is None for one in found)
    assert sum(len(one.spare) for one in found) == (count if copied else 0)
    assert [one.geometry is None for one in found] == [stacks == 1] * stacks


def test_slices_beside_projections_stay_a_stack() -> None:
    frames = _axial([3.0 * k for k in range(10)])
    for number in range(6):
        turn = math.radians(10.0 * number)
        frame = _candidate((0.0, 0.0, 0.0), 100 + number)
        row, column = (math.cos(turn), math.sin(turn), 0.0), (0.0, 0.0, -1.0)
        frames.append(replace(frame, instance=replace(frame.instance, row_cosine=row, column_cosine=column)))

    assert [(one.slices, one.geometry is not None) for one in build_stacks(frames)] == [(10, True), (6, False)]


@pytest.mark.parametrize(("modality", "gantry"), [("CT", True), ("MR", False)])
def test_only_a_ct_has_a_gantry_to_tilt(tmp_path: Path, modality: str, gantry: bool) -> None:
    for k in range(5):
        write_slice(tmp_path / f"{k}", Modality=modality, ImagePositionPatient=[0, 1.0 * k, 5.0 * k])
    tilt = scan([tmp_path]).stacks[0].fact(FactCode.TILT)

    assert tilt is not None
    assert ("gantry" in str(tilt.sentence)) is gantry
