"""Series of known truth, shuffled: each frame in exactly one stack, each stack one phase."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Hashable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.imaging.built import build_stacks
from workstation.domain.geometry import Vector
from workstation.domain.series import FactCode, Instance, Patient, PixelFormat, Stack, StudyInfo
from workstation.imaging.dicom.attributes import Candidate
from workstation.imaging.dicom.moment import Moment
from workstation.imaging.dicom.series_info import SeriesInfo

ROW, COLUMN = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
SERIES = SeriesInfo(
    patient=Patient(id="1"), study=StudyInfo(uid="1.2"), series_uid="1.2.3", sop_class_uid="", modality="MR"
)


def _frame(number: int, position: Vector, series: SeriesInfo = SERIES, **moment: Any) -> Candidate:
    instance = Instance(
        path=f"{number:05d}",
        file_bytes=1,
        sop_class_uid="",
        sop_instance_uid=f"1.9.{number}",
        transfer_syntax="1.2.840.10008.1.2",
        pixels=PixelFormat(rows=4, columns=6),
        instance_number=number,
        position=position,
        row_cosine=ROW,
        column_cosine=COLUMN,
        spacing=(0.5, 0.5),
    )
    return Candidate(instance, series, Moment(**moment))


def _never(_: Instance, __: Instance) -> bool:
    return False


class Truth:
    """Frames with the phase that each belongs to."""

    def __init__(self) -> None:
        self.frames: list[Candidate] = []
        self.phase_of: dict[str, Hashable] = {}

    def add(self, phase: Hashable, z: float, series: SeriesInfo = SERIES, **moment: Any) -> None:
        frame = _frame(len(self.frames) + 1, (0.0, 0.0, z), series, **moment)
        self.frames.append(frame)
        self.phase_of[frame.instance.path] = phase

    def stacks(self, shuffle: random.Random) -> tuple[Stack, ...]:
        mixed = list(self.frames)
        shuffle.shuffle(mixed)
        return build_stacks(mixed, _never)

    def check(self, stacks: tuple[Stack, ...]) -> None:
        """Each frame in one stack, and the stacks are the phases, each ascending."""
        found = [{self.phase_of[i.path] for i in (*stack.instances, *stack.spare)} for stack in stacks]
        held = sorted(i.path for stack in stacks for i in (*stack.instances, *stack.spare))
        heights = [[i.position[2] for i in stack.instances if i.position] for stack in stacks]
        assert held == sorted(self.phase_of)
        assert all(len(phases) == 1 for phases in found)
        assert len(stacks) == len(set(self.phase_of.values()))
        assert heights == [sorted(set(levels)) for levels in heights]


def _type(*values: str, series: SeriesInfo = SERIES) -> SeriesInfo:
    return replace(series, image_type=("ORIGINAL", "PRIMARY", *values))


slices = st.integers(2, 8)
shuffles = st.randoms(use_true_random=False)


@given(slices, st.integers(2, 6), shuffles)
def test_echoes_of_every_slice_are_stacks(count: int, echoes: int, shuffle: random.Random) -> None:
    truth = Truth()
    for k in range(count):
        for echo in range(echoes):
            truth.add(echo, k * 3.0, echo=echo + 1, echo_time=10.0 * (echo + 1))
    stacks = truth.stacks(shuffle)

    truth.check(stacks)
    assert all(s.fact(FactCode.MULTI_ECHO) for s in stacks)
    assert str(stacks[0].facts[0].sentence) == f"Echo 1 of {echoes} of this series."


@given(slices, st.integers(2, 9), shuffles)
def test_heartbeats_whose_times_differ_from_slice_to_slice_are_phases(
    count: int, beats: int, shuffle: random.Random
) -> None:
    truth = Truth()
    for k in range(count):
        interval = 30.0 + shuffle.random() * 10
        for beat in range(beats):
            truth.add(beat, k * 8.0, trigger_time=beat * interval + k * 0.01, acquisition=k)

    truth.check(truth.stacks(shuffle))


@given(st.integers(3, 8), st.integers(8, 25), st.integers(1, 4), st.data(), shuffles)
def test_a_slice_of_fewer_phases_lacks_the_last_of_a_heartbeat(
    count: int, beats: int, fewer: int, data: st.DataObject, shuffle: random.Random
) -> None:
    """Its heart beat quicker while it was taken."""
    quick = data.draw(st.integers(0, count - 1))
    truth = Truth()
    for k in range(count):
        for beat in range(beats - fewer if k == quick else beats):
            truth.add(beat, k * 8.0, trigger_time=beat * (30.0 + 0.7 * k))
    stacks = truth.stacks(shuffle)

    truth.check(stacks)
    assert [s.slices for s in stacks] == [count] * (beats - fewer) + [count - 1] * fewer


@given(slices, st.integers(2, 7), st.integers(0, 5), st.booleans(), shuffles)
def test_a_dynamic_series_cut_short_keeps_its_last_phase_apart(
    count: int, times: int, lost: int, numbered: bool, shuffle: random.Random
) -> None:
    last = max(1 if numbered else 2, count - lost)
    if times == 2 and not numbered:
        last = count
    truth = Truth()
    for time in range(times):
        for k in range(count if time < times - 1 else last):
            moment: dict[str, Any] = {"temporal": time + 1} if numbered else {"time": f"{101500 + time * 10 + k}"}
            truth.add(time, k * 5.0, **moment)
    stacks = truth.stacks(shuffle)

    truth.check(stacks)
    gap = stacks[-1].fact(FactCode.GAP)
    assert (gap.measured if gap is not None else 0) == count - last


@given(st.integers(4, 9), st.integers(3, 6), st.booleans(), st.booleans(), st.data(), shuffles)
def test_a_slice_lost_from_a_pass_is_lost_from_no_other(
    count: int, passes: int, shuttle: bool, timed: bool, data: st.DataObject, shuffle: random.Random
) -> None:
    """Its times drift from slice to slice: the next slice at the place of the lost one is of a later pass."""
    ends = 1 if shuttle else 0  # there the passes before and after meet, and either may be the one
    lost = (data.draw(st.integers(0, passes - 1)), data.draw(st.integers(ends, count - 1 - ends)))
    truth = Truth()
    for time in range(passes):
        for turn in range(count):
            k = count - 1 - turn if shuttle and time % 2 else turn
            if (time, k) != lost:
                truth.add(time, k * 5.0, **({"time": f"{101500 + time * count + turn}"} if timed else {}))
    stacks = truth.stacks(shuffle)

    truth.check(stacks)
    assert [s.fact(FactCode.GAP) is not None for s in stacks] == [time == lost[0] for time in range(passes)]


@given(slices, st.integers(1, 4), st.sampled_from([0.0, 5.0]), st.booleans(), shuffles)
def test_diffusion_is_split_by_weighting_then_direction(
    count: int, directions: int, lowest: float, counted: bool, shuffle: random.Random
) -> None:
    truth = Truth()
    for k in range(count):
        truth.add("b0", k * 4.0, b_value=lowest, temporal=1 if counted else None)
        for many, b in enumerate((500.0, 1000.0)):
            for way in range(directions):
                temporal = 2 + many * directions + way if counted else None  # Siemens counts the volumes besides
                truth.add((b, way), k * 4.0, b_value=b, direction=(float(way), 1.0, 0.0), temporal=temporal)
    stacks = truth.stacks(shuffle)

    truth.check(stacks)
    assert str(stacks[0].facts[0].sentence) == f"b = {lowest:.0f} s/mm², 1 of 3 in this series."


@given(slices, shuffles)
def test_water_and_fat_of_one_series_are_stacks(count: int, shuffle: random.Random) -> None:
    truth = Truth()
    for k in range(count):
        for kind in ("W", "F", "IP", "OP"):
            truth.add(kind, k * 3.0, _type(kind, kind), echo_time=2.3)
    stacks = truth.stacks(shuffle)

    truth.check(stacks)
    assert {s.image_type[2] for s in stacks} == {"W", "F", "IP", "OP"}


@given(slices, st.integers(2, 3), shuffles)
def test_magnitude_and_phase_of_several_echoes_are_all_apart(count: int, echoes: int, shuffle: random.Random) -> None:
    truth = Truth()
    for k in range(count):
        for kind in ("M", "P"):
            for echo in range(echoes):
                truth.add((kind, echo), k * 3.0, _type(kind, "ND"), echo=echo + 1)

    truth.check(truth.stacks(shuffle))


@given(slices, st.integers(2, 3), st.integers(2, 4), shuffles)
def test_echoes_and_times_together_are_all_apart(count: int, echoes: int, times: int, shuffle: random.Random) -> None:
    truth = Truth()
    for time in range(times):
        for k in range(count):
            for echo in range(echoes):
                truth.add((time, echo), k * 3.0, echo=echo + 1, temporal=time + 1)
    stacks = truth.stacks(shuffle)

    truth.check(stacks)
    assert all(s.fact(FactCode.MULTI_ECHO) and s.fact(FactCode.MULTI_PHASE) for s in stacks)


@given(st.integers(3, 9), shuffles)
def test_two_acquisitions_that_lie_in_each_other_are_two_stacks(count: int, shuffle: random.Random) -> None:
    truth = Truth()
    for acquisition, start in ((1, 0.0), (2, 1.7)):
        for k in range(count):
            truth.add(acquisition, start + 5.0 * k, acquisition=acquisition)

    truth.check(truth.stacks(shuffle))


@given(st.integers(6, 9), st.integers(2, 4), shuffles)
def test_two_acquisitions_of_which_one_lacks_a_slice_are_two_stacks(
    count: int, lost: int, shuffle: random.Random
) -> None:
    truth = Truth()
    for acquisition, start in ((1, 0.0), (2, 1.7)):
        for k in range(count):
            if (acquisition, k) != (2, lost):
                truth.add(acquisition, start + 5.0 * k, acquisition=acquisition)
    stacks = truth.stacks(shuffle)

    truth.check(stacks)
    assert [s.fact(FactCode.GAP) is not None for s in stacks] == [False, True]


@given(st.integers(6, 9), st.integers(2, 4), shuffles)
def test_odd_and_even_slices_of_which_one_is_lost_are_one_stack(count: int, lost: int, shuffle: random.Random) -> None:
    truth = Truth()
    for k in range(2 * count):
        if k != lost:
            truth.add("all", 3.0 * k, acquisition=k % 2)

    truth.check(truth.stacks(shuffle))


@given(st.integers(3, 9), shuffles)
def test_two_acquisitions_that_interleave_evenly_are_one_stack(count: int, shuffle: random.Random) -> None:
    truth = Truth()
    for acquisition, start in ((1, 0.0), (2, 2.5)):
        for k in range(count):
            truth.add("all", start + 5.0 * k, acquisition=acquisition)

    truth.check(truth.stacks(shuffle))


@pytest.mark.parametrize(("name", "values"), [("kvp", (80.0, 140.0)), ("time", ("101500", "101630"))])
@given(count=st.integers(3, 9), shuffle=shuffles)
def test_runs_at_other_places_are_told_apart_by_voltage_or_time_alone(
    name: str, values: tuple[Hashable, Hashable], count: int, shuffle: random.Random
) -> None:
    truth = Truth()
    for value, start in zip(values, (0.0, 0.3), strict=True):
        for k in range(count):
            truth.add(value, start + 1.0 * k, **{name: value})

    truth.check(truth.stacks(shuffle))


NUMBERS = ("temporal", "echo", "b_value", "direction", "acquisition")
names = st.sampled_from(NUMBERS)


def _called(name: str, number: int) -> dict[str, Any]:
    values = {"b_value": 500.0 * number, "direction": (float(number), 1.0, 0.0)}
    return {name: values.get(name, number + 1)}


@given(st.integers(3, 9), st.integers(2, 6), names, st.floats(0.02, 0.15), shuffles)
def test_phases_that_drift_are_stacks(count: int, times: int, name: str, drift: float, shuffle: random.Random) -> None:
    truth = Truth()
    for time in range(times):
        for k in range(count):
            truth.add(time, 3.0 * k + drift * time, **_called(name, time))
    stacks = truth.stacks(shuffle)

    truth.check(stacks)
    assert all(s.slices == count and s.geometry is not None and s.geometry.uniform for s in stacks)


@given(st.integers(4, 9), st.lists(st.sampled_from([0.0, 0.3, 0.6]), min_size=2, max_size=6), names, shuffles)
def test_phases_at_a_few_shifted_places_are_stacks(
    count: int, shifts: list[float], name: str, shuffle: random.Random
) -> None:
    truth = Truth()
    for time, shift in enumerate(shifts):
        for k in range(count):
            truth.add(time, 5.0 * k + shift, **_called(name, time))

    truth.check(truth.stacks(shuffle))


@given(st.integers(6, 9), st.integers(2, 5), st.integers(1, 8), names, shuffles)
def test_drifting_phases_that_lack_slices_are_stacks(
    count: int, times: int, left: int, name: str, shuffle: random.Random
) -> None:
    left = min(left, count) if name != "acquisition" else count  # of the last
    truth = Truth()
    for time in range(times):
        lost = shuffle.randrange(1, count - 1) if time == 0 else None
        for k in range(left if time == times - 1 else count):
            if k != lost:
                truth.add(time, 3.0 * k + 0.07 * time, **_called(name, time))

    truth.check(truth.stacks(shuffle))


@given(st.integers(2, 4), st.integers(3, 9), names, st.booleans(), st.data(), shuffles)
def test_packages_of_slices_that_interleave_are_one_stack(
    packages: int, count: int, name: str, lacks: bool, data: st.DataObject, shuffle: random.Random
) -> None:
    lost = data.draw(st.integers(1, packages * count - 2)) if lacks else None
    truth = Truth()
    for k in range(packages * count):
        if k != lost:
            truth.add("all", 2.5 * k, **_called(name, k % packages))

    truth.check(truth.stacks(shuffle))


@given(st.integers(2, 3), st.integers(3, 6), st.integers(2, 4), shuffles)
def test_packages_taken_again_and_again_are_as_many_phases(
    packages: int, count: int, passes: int, shuffle: random.Random
) -> None:
    truth = Truth()
    for time in range(passes):
        for k in range(packages * count):
            truth.add(time, 2.5 * k, acquisition=time * packages + k % packages)

    truth.check(truth.stacks(shuffle))


@given(st.integers(3, 9), st.integers(1, 300), shuffles)
def test_two_acquisitions_far_from_each_other_are_two_stacks(count: int, more: int, shuffle: random.Random) -> None:
    truth = Truth()
    for acquisition, start in ((1, 0.0), (2, 5.0 * count + 200.0 + more)):
        for k in range(count):
            truth.add(acquisition, start + 5.0 * k, acquisition=acquisition)

    truth.check(truth.stacks(shuffle))


@given(st.integers(3, 9), st.integers(1, 30), shuffles)
def test_a_lost_rotation_is_a_gap_in_one_stack(count: int, lost: int, shuffle: random.Random) -> None:
    truth = Truth()
    for acquisition, start in ((1, 0.0), (3, 5.0 * (count + lost))):
        for k in range(count):
            truth.add("all", start + 5.0 * k, acquisition=acquisition)
    (stack,) = truth.stacks(shuffle)

    assert stack.fact(FactCode.GAP) is not None


@given(st.integers(4, 9), st.integers(1, 3), shuffles)
def test_two_acquisitions_that_overlap_are_two_stacks(count: int, common: int, shuffle: random.Random) -> None:
    truth = Truth()
    for acquisition, start in ((1, 0), (2, count - common)):
        for k in range(count):
            truth.add(acquisition, 5.0 * (start + k), acquisition=acquisition)

    truth.check(truth.stacks(shuffle))


@given(st.integers(2, 5), st.integers(2, 4), st.integers(2, 4), shuffles)
def test_table_positions_taken_again_and_again_are_as_many_phases(
    tables: int, rows: int, passes: int, shuffle: random.Random
) -> None:
    truth = Truth()
    for time in range(passes):
        for table in range(tables):
            for k in range(rows):
                truth.add(time, 5.0 * (table * rows + k), acquisition=time * tables + table + 1)

    truth.check(truth.stacks(shuffle))


@given(slices, shuffles)
def test_two_kernels_under_one_identifier_are_two_stacks(count: int, shuffle: random.Random) -> None:
    truth = Truth()
    for kernel in ("B30f", "B70f"):
        for k in range(count):
            truth.add(kernel, 2.0 * k, replace(SERIES, modality="CT", kernel=kernel))
    stacks = truth.stacks(shuffle)

    truth.check(stacks)
    assert [s.kernel for s in stacks] == ["B30f", "B70f"]


@pytest.mark.parametrize(
    ("moments", "series", "first", "brief"),
    [
        ([{"cardiac_percent": p} for p in (40.0, 75.0)], {}, "Heartbeat at 40 %, 1 of 2 in this series.", "40 %"),
        (
            [{"inversion_time": t} for t in (100.0, 180.0)],
            {},
            "Inversion time 100 ms, 1 of 2 in this series.",
            "TI 100 ms",
        ),
        ([{"flip_angle": a} for a in (3.0, 17.5)], {}, "Flip angle 3°, 1 of 2 in this series.", "3°"),
        ([{"kvp": v} for v in (80.0, 140.0)], {}, "80 kV, 1 of 2 in this series.", "80 kV"),
        ([{"b_value": b} for b in (50.0, 800.0)], {}, "b = 50 s/mm², 1 of 2 in this series.", "b = 50"),
        ([{"echo": e} for e in (1, 2)], {}, "Echo 1 of 2 of this series.", "echo 1/2"),
        ([{"temporal": t} for t in (1, 2)], {}, "Phase 1 of 2 of this series.", "phase 1/2"),
        ([{"direction": (x, 1.0, 0.0)} for x in (0.0, 1.0)], {}, "Diffusion direction 1 of 2.", "direction 1/2"),
        ([{}, {}], {"thickness": (0.75, 3.0)}, "Slices 0.75 mm thick, 1 of 2 in this series.", "0.75 mm"),
        ([{}, {}], {"kernel": ("B30f", "B70f")}, "Kernel B30f, 1 of 2 in this series.", "B30f"),
        (
            [{}, {}],
            {"image_type": tuple(("DERIVED", "PRIMARY", kind) for kind in ("DE_HIGH", "DE_LOW"))},
            "Image type DERIVED PRIMARY DE_HIGH, 1 of 2 in this series.",
            "type 1/2",
        ),
    ],
)
def test_a_phase_is_called_by_what_tells_it_from_the_others(
    moments: list[dict[str, Any]], series: dict[str, tuple[Any, Any]], first: str, brief: str
) -> None:
    truth = Truth()
    for number in (0, 1):
        info = replace(SERIES, **{name: both[number] for name, both in series.items()})
        for k in range(4):
            truth.add(number, 3.0 * k, info, **moments[number])
    stacks = truth.stacks(random.Random(0))

    truth.check(stacks)
    assert (str(stacks[0].facts[0].sentence), str(stacks[0].facts[0].brief)) == (first, brief)


def test_a_phase_without_the_value_of_the_others_is_called_by_its_number() -> None:
    truth = Truth()
    for number, voltage in enumerate((80.0, None)):
        for k in range(4):
            truth.add(number, 3.0 * k, kvp=voltage)

    assert [str(s.facts[0].sentence) for s in truth.stacks(random.Random(0))] == [
        "80 kV, 1 of 2 in this series.",
        "Phase 2 of 2 of this series.",
    ]


@given(slices, st.integers(2, 5), shuffles)
def test_passes_without_any_time_follow_the_image_numbers(count: int, passes: int, shuffle: random.Random) -> None:
    truth = Truth()
    for time in range(passes):
        for k in range(count):
            truth.add(time, 3.0 * k)

    truth.check(truth.stacks(shuffle))


@given(st.integers(4, 9), shuffles)
def test_one_image_at_a_place_that_is_taken_is_no_phase(count: int, shuffle: random.Random) -> None:
    truth = Truth()
    for k in range(count):
        truth.add("all", 3.0 * k, content_time=f"1015{k:02d}")
    truth.add("all", 3.0, content_time="101600")
    (stack,) = truth.stacks(shuffle)

    assert (stack.slices, len(stack.spare)) == (count, 1)
    assert stack.fact(FactCode.DUPLICATE_DIFFERS) is not None


def test_an_identifier_shared_by_all_images_of_all_times_loses_none() -> None:
    truth = Truth()
    for time in range(3):
        for k in range(4):
            truth.add(time, 2.0 * k, temporal=time + 1)
    truth.frames = [replace(f, instance=replace(f.instance, sop_instance_uid="1.9")) for f in truth.frames]

    truth.check(truth.stacks(random.Random(0)))


def test_a_film_at_one_place_stays_together() -> None:
    frames = [_frame(k, (0.0, 0.0, 7.0), trigger_time=30.0 * k, temporal=k) for k in range(12)]
    (stack,) = build_stacks(frames, _never)

    assert [i.instance_number for i in stack.instances] == list(range(12))
    assert stack.geometry is None


def test_two_legs_side_by_side_are_two_stacks() -> None:
    frames = [_frame(10 * leg + k, (200.0 * leg, 0.0, 3.0 * k)) for leg in (0, 1) for k in range(5)]
    stacks = build_stacks(frames, _never)

    assert [s.slices for s in stacks] == [5, 5]
    assert str(stacks[1].facts[0].sentence) == "Part 2 of 2 of this series."


def test_films_without_a_place_are_stacks_of_their_own() -> None:
    frames = []
    for film in ("a", "b"):
        for k in range(3):
            frame = _frame(k, (0.0, 0.0, 0.0))
            instance = replace(frame.instance, path=film, frame=k, position=None, sop_instance_uid=film)
            frames.append(replace(frame, instance=instance))
    stills = [
        replace(_frame(k, (0, 0, 0)), instance=replace(_frame(k, (0, 0, 0)).instance, position=None)) for k in (7, 8)
    ]
    by_path = defaultdict(set)
    for stack in build_stacks([*frames, *stills], _never):
        by_path[stack.slices].add(tuple(dict.fromkeys(i.path for i in stack.instances)))

    assert by_path == {3: {("a",), ("b",)}, 2: {("00007", "00008")}}


@pytest.mark.parametrize("stack_id", ["1", "2"])
def test_frames_of_two_stacks_of_an_enhanced_file_stay_apart(stack_id: str) -> None:
    frames = [
        _frame(10 * int(n) + k, (0.0, 0.0, 40.0 * int(n) + 3.0 * k), stack=n) for n in ("1", "2") for k in range(4)
    ]
    stacks = build_stacks(frames, _never)

    assert [s.slices for s in stacks] == [4, 4]
    assert {i.instance_number // 10 for i in stacks[int(stack_id) - 1].instances if i.instance_number} == {
        int(stack_id)
    }


@pytest.mark.parametrize(("apart", "offset"), [(6.0, 0.0), (6.0, 2.0), (3.0, 30.0)])
def test_two_modalities_under_one_identifier_are_never_one_stack(apart: float, offset: float) -> None:
    """A broken export may give CT and PET the same one: values in HU and in Bq/ml are no series."""
    frames = [_frame(k, (0.0, 0.0, apart * k), replace(SERIES, modality="CT")) for k in range(8)]
    frames += [_frame(10 + k, (0.0, 0.0, offset + apart * k), replace(SERIES, modality="PT")) for k in range(8)]
    random.Random(1).shuffle(frames)

    stacks = build_stacks(frames, _never)

    assert sorted((one.modality, one.slices) for one in stacks) == [("CT", 8), ("PT", 8)]
    assert sorted(one.id for one in stacks) == ["1.2.3#0", "1.2.3#1"]


def test_a_file_that_names_no_modality_stays_with_its_series() -> None:
    frames = [_frame(k, (0.0, 0.0, 3.0 * k), replace(SERIES, modality="CT" if k != 3 else "")) for k in range(8)]

    (stack,) = build_stacks(frames, _never)

    assert stack.slices == 8
