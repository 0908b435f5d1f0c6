"""Enhanced multi-frame files made for one test: what their functional groups say is what the stacks hold."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk  # noqa: N813
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from tests.data import shared
from tests.imaging import hostile
from workstation.domain.error import ErrorCode
from workstation.domain.film import Film, RateSource
from workstation.domain.series import FactCode, Stack
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.series.scan import scan

ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.4.1"
LEGACY_CT = "1.2.840.10008.5.1.4.1.1.2.2"
Groups = dict[str, dict[str, object]]
_PLANE: Groups = {
    "PlaneOrientationSequence": {"ImageOrientationPatient": [1, 0, 0, 0, 1, 0]},
    "PixelMeasuresSequence": {"PixelSpacing": [0.5, 0.25], "SliceThickness": 2},
}


def _item(**elements: object) -> Dataset:
    item = Dataset()
    for keyword, value in elements.items():
        setattr(item, keyword, value)
    return item


def _group(groups: Groups) -> Dataset:
    return _item(**{sequence: [_item(**elements)] for sequence, elements in groups.items()})


def _at(z: float, **content: object) -> Groups:
    return {"PlanePositionSequence": {"ImagePositionPatient": [0, 0, z]}, "FrameContentSequence": content}


def _write(
    path: Path, frames: list[Groups], shared_groups: Groups | None = None, sop: str = ENHANCED_MR, **elements: object
) -> Path:
    """A file of 4 × 6 frames; frame k holds the value k, after the frame of its concatenation."""
    start = int(str(elements.get("ConcatenationFrameOffsetNumber", 0)))
    values = np.arange(start, start + len(frames), dtype=np.uint16)
    dataset = _item(
        SOPClassUID=sop,
        SOPInstanceUID=generate_uid(entropy_srcs=[str(path)]),
        StudyInstanceUID="1.2.3",
        SeriesInstanceUID="1.2.3.4",
        Modality="MR",
        PatientID="1",
        Rows=4,
        Columns=6,
        SamplesPerPixel=1,
        PhotometricInterpretation="MONOCHROME2",
        BitsAllocated=16,
        BitsStored=16,
        HighBit=15,
        PixelRepresentation=0,
        NumberOfFrames=len(frames),
        SharedFunctionalGroupsSequence=[
            _group(_PLANE | (shared_groups or {})),
        ],
        PerFrameFunctionalGroupsSequence=[_group(groups) for groups in frames],
        PixelData=np.repeat(values, 24).tobytes(),
    )
    for keyword, value in elements.items():
        setattr(dataset, keyword, value)
    dataset["PixelData"].VR = "OW"
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.save_as(path, enforce_file_format=True)
    return path


def _frames(stack: Stack) -> list[int]:
    return [instance.frame for instance in stack.instances]


def _split_truth(
    folder: Path, count: int, values: list[object], frame: Callable[[float, int], Groups]
) -> tuple[tuple[Stack, ...], list[set[int]]]:
    """Frames of every place and value, shuffled; the stacks, and the frames of each value."""
    order = [(k, v) for k in range(count) for v in range(len(values))]
    random.Random(7).shuffle(order)
    _write(folder / "a", [frame(k * 3.0, v) for k, v in order])
    truth = [{number for number, (_, v) in enumerate(order) if v == value} for value in range(len(values))]
    return scan([folder]).stacks, truth


_SPLITS: dict[str, Callable[[float, int], Groups]] = {
    "temporal": lambda z, v: _at(z, TemporalPositionIndex=v + 1),
    "cardiac": lambda z, v: _at(z) | {"CardiacSynchronizationSequence": {"NominalCardiacTriggerDelayTime": v * 40.0}},
    "percent": lambda z, v: _at(z) | {"CardiacSynchronizationSequence": {"NominalPercentageOfCardiacPhase": v * 10.0}},
    "b-value": lambda z, v: _at(z) | {"MRDiffusionSequence": {"DiffusionBValue": v * 500.0}},
    "echo": lambda z, v: _at(z) | {"MREchoSequence": {"EffectiveEchoTime": 5.0 * (v + 1)}},
    "inversion": lambda z, v: _at(z) | {"MRModifierSequence": {"InversionTimes": [100.0 * (v + 1)]}},
    "time": lambda z, v: _at(z, FrameReferenceDateTime=f"202601021015{v:02d}.{int(z):03d}"),
    "type": lambda z, v: _at(z) | {"MRImageFrameTypeSequence": {"FrameType": ["ORIGINAL", "PRIMARY", "WF"[v]]}},
    "converted": lambda z, v: _at(z) | {"UnassignedPerFrameConvertedAttributesSequence": {"TriggerTime": v * 31.5}},
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(_SPLITS))
def test_frames_are_split_by_what_their_groups_say(tmp_path: Path, name: str) -> None:
    values: list[object] = [0, 1] if name == "type" else [0, 1, 2]
    stacks, truth = _split_truth(tmp_path, 5, values, _SPLITS[name])

    assert sorted(sorted(_frames(s)) for s in stacks) == sorted(sorted(part) for part in truth)
    assert all(s.geometry is not None and s.geometry.step == pytest.approx(3.0) for s in stacks)
    assert stacks[0].files == 1


def test_an_otherwise_unnamed_dimension_splits_frames(tmp_path: Path) -> None:
    frames = [_at(3.0 * k, StackID="1", DimensionIndexValues=[k + 1, v + 1]) for v in (0, 1) for k in range(4)]
    pointers = [_item(DimensionIndexPointer=0x00209057), _item(DimensionIndexPointer=0x00189079)]
    _write(tmp_path / "a", frames, DimensionIndexSequence=pointers)

    assert [_frames(s) for s in scan([tmp_path]).stacks] == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_stacks_of_one_file_stay_apart(tmp_path: Path) -> None:
    frames = [_at(50.0 * s + 3.0 * k, StackID=str(s), InStackPositionNumber=k + 1) for k in range(4) for s in (1, 2)]
    _write(tmp_path / "a", frames)

    assert [_frames(s) for s in scan([tmp_path]).stacks] == [[0, 2, 4, 6], [1, 3, 5, 7]]


@pytest.mark.parametrize("keyword", ["AcquisitionDateTime", "AcquisitionTime", "ContentTime"])
def test_files_of_one_volume_each_are_told_apart_by_their_own_time(tmp_path: Path, keyword: str) -> None:
    for number, time in enumerate(("101500", "101502", "101504")):
        value = f"20260314{time}" if keyword == "AcquisitionDateTime" else time
        _write(tmp_path / f"{3 - number}.dcm", [_at(3.0 * k) for k in range(4)], **{keyword: value})
    stacks = scan([tmp_path]).stacks

    assert [s.slices for s in stacks] == [4, 4, 4]
    assert [{Path(i.path).name for i in s.instances} for s in stacks] == [{"3.dcm"}, {"2.dcm"}, {"1.dcm"}]


def test_volumes_of_ultrasound_are_a_stack_for_each_point_in_time(tmp_path: Path) -> None:
    """Their planes lie in the volume, not in the patient."""
    frames: list[Groups] = [
        {
            "PlanePositionVolumeSequence": {"ImagePositionVolume": [0, 0, 2.0 * plane]},
            "FrameContentSequence": {"TemporalPositionIndex": time + 1, "DimensionIndexValues": [time + 1, plane + 1]},
        }
        for time in range(3)
        for plane in range(5)
    ]
    path = _write(tmp_path / "a.dcm", frames, sop="1.2.840.10008.5.1.4.1.1.6.2", Modality="US")
    stacks = scan([path]).stacks

    assert [[i.frame for i in s.instances] for s in stacks] == [[5 * t + k for k in range(5)] for t in range(3)]
    assert "Phase 2 of 3 of this series." in [str(fact.sentence) for fact in stacks[1].facts]


def test_each_frame_has_its_own_rescaling_and_window(tmp_path: Path) -> None:
    frames = [
        _at(3.0 * k)
        | {
            "PixelValueTransformationSequence": {"RescaleSlope": k + 1, "RescaleIntercept": -k, "RescaleType": "US"},
            "FrameVOILUTSequence": {"WindowCenter": 10 + k, "WindowWidth": 100 + k},
        }
        for k in range(4)
    ]
    _write(tmp_path / "a", frames)
    (stack,) = scan([tmp_path]).stacks
    windows = [(i.window.center, i.window.width) for i in stack.instances if i.window]

    assert [(i.slope, i.intercept) for i in stack.instances] == [(1, 0), (2, -1), (3, -2), (4, -3)]
    assert windows == [(10, 100), (11, 101), (12, 102), (13, 103)]
    assert load_volume(stack).values[:, 0, 0].tolist() == [k * (k + 1) - k for k in range(4)]


def test_what_all_frames_share_reaches_the_stack(tmp_path: Path) -> None:
    region = _item(CodeValue="72696002", CodingSchemeDesignator="SCT", CodeMeaning="Knee")
    agent = _item(CodeValue="1", CodingSchemeDesignator="99", CodeMeaning="Iohexol")
    groups: Groups = {
        "FrameAnatomySequence": {"FrameLaterality": "L", "AnatomicRegionSequence": [region]},
        "CTReconstructionSequence": {"ConvolutionKernel": ["Br40d", "3"]},
        "ContrastBolusUsageSequence": {"ContrastBolusAgentAdministered": "YES"},
    }
    _write(tmp_path / "a", [_at(float(k)) for k in range(3)], groups, ContrastBolusAgentSequence=[agent])
    (stack,) = scan([tmp_path]).stacks

    assert (stack.laterality, stack.body_part, stack.contrast) == ("L", "Knee", "Iohexol")
    assert (stack.kernel, stack.thickness) == ("Br40d\\3", 2.0)


def test_an_agent_that_was_not_given_is_no_contrast(tmp_path: Path) -> None:
    agent = _item(CodeValue="1", CodingSchemeDesignator="99", CodeMeaning="Iohexol")
    groups: Groups = {"ContrastBolusUsageSequence": {"ContrastBolusAgentAdministered": "NO"}}
    _write(tmp_path / "a", [_at(float(k)) for k in range(3)], groups, ContrastBolusAgentSequence=[agent])

    assert [s.contrast for s in scan([tmp_path]).stacks] == [""]


def test_the_parts_of_a_concatenation_are_one_stack(tmp_path: Path) -> None:
    for part, start in ((2, 3), (1, 0)):
        _write(
            tmp_path / f"{3 - part}",
            [_at(2.0 * (start + k)) for k in range(3)],
            SOPInstanceUIDOfConcatenationSource="1.7",
            InConcatenationNumber=part,
            ConcatenationFrameOffsetNumber=start,
        )
    (stack,) = scan([tmp_path]).stacks

    assert (stack.slices, stack.files) == (6, 2)
    assert [i.instance_number for i in stack.instances] == [1, 2, 3, 4, 5, 6]
    assert load_volume(stack).values[:, 0, 0].tolist() == [0, 1, 2, 3, 4, 5]


def test_a_legacy_converted_file_says_what_its_slices_said(tmp_path: Path) -> None:
    groups: Groups = {
        "UnassignedSharedConvertedAttributesSequence": {
            "ConvolutionKernel": "B60f", "BodyPartExamined": "CHEST", "ContrastBolusAgent": "OMNI 350",
        }
    }  # fmt: skip
    _write(tmp_path / "a", [_at(float(k)) for k in range(3)], groups, LEGACY_CT, Modality="CT")
    (stack,) = scan([tmp_path]).stacks

    assert (stack.kernel, stack.body_part, stack.contrast) == ("B60f", "CHEST", "OMNI 350")


def test_numbers_that_are_none_are_missing_not_wrong(tmp_path: Path) -> None:
    path = _write(tmp_path / "a", [_at(float(k)) for k in range(3)])
    dataset = pydicom.dcmread(path)
    shared_group = dataset.SharedFunctionalGroupsSequence[0]
    shared_group.PixelMeasuresSequence[0].PixelSpacing = [0, 0]
    dataset.save_as(path)
    (stack,) = scan([tmp_path]).stacks

    assert stack.geometry is None
    assert stack.fact(FactCode.NO_POSITION) is not None


def test_a_film_tells_how_fast_it_runs() -> None:
    (stack,) = scan([shared("data", "enhanced-multiframe", "us-30-frames-jpeg.dcm")]).stacks

    assert stack.slices == 30
    assert stack.film == Film(source=RateSource.FRAME_TIME, frame_ms=(33.333,))


def test_images_of_one_place_over_time_are_told_as_such() -> None:
    (stack,) = scan([shared("data", "enhanced-multiframe", "moving-knee-enhanced-mr.dcm")]).stacks
    told = stack.fact(FactCode.MULTI_PHASE)

    assert told is not None
    assert told.measured == 19
    assert (stack.body_part, stack.laterality) == ("Knee", "R")


_SYNTAXES = ["1.2.840.10008.1.2", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"]


@pytest.mark.parametrize("syntax", _SYNTAXES)
@pytest.mark.parametrize("undefined", [False, True])
def test_groups_read_alike_however_they_are_written(tmp_path: Path, syntax: str, undefined: bool) -> None:
    region = _item(CodeValue="72696002", CodingSchemeDesignator="SCT", CodeMeaning="Knee")
    frames = [
        _at(3.0 * k, StackID="1", TemporalPositionIndex=v + 1, DimensionIndexValues=[k + 1, v + 1])
        | {
            "PixelValueTransformationSequence": {"RescaleSlope": k + 1, "RescaleIntercept": -k, "RescaleType": "US"},
            "MRDiffusionSequence": {"DiffusionBValue": 500.0 * v, "DiffusionGradientOrientation": [0.0, 0.6, 0.8]},
            "CardiacSynchronizationSequence": {"NominalPercentageOfCardiacPhase": 12.5},
            "FrameAnatomySequence": {"FrameLaterality": "L", "AnatomicRegionSequence": [region]},
        }
        for v in (0, 1)
        for k in range(3)
    ]
    plain = _write(tmp_path / "plain", frames)
    other = pydicom.dcmread(plain)
    for element in other.iterall():
        if element.VR == "SQ":
            element.is_undefined_length = undefined
            for item in element.value:
                item.is_undefined_length_sequence_item = undefined
    if syntax.endswith(".2.2"):
        other.PixelData = np.frombuffer(other.PixelData, "<u2").astype(">u2").tobytes()
    other.file_meta.TransferSyntaxUID = pydicom.uid.UID(syntax)
    (tmp_path / "other").mkdir()
    little, implicit = syntax != _SYNTAXES[1], syntax == _SYNTAXES[0]
    pydicom.dcmwrite(tmp_path / "other" / "b", other, implicit_vr=implicit, little_endian=little)
    found = [scan([path]).stacks for path in (plain, tmp_path / "other")]
    told = [
        [
            (s.body_part, s.laterality, s.facts, i.position, i.row_cosine, i.spacing, i.slope, i.intercept, i.frame)
            for s in stacks
            for i in s.instances
        ]
        for stacks in found
    ]

    assert len(found[0]) == 2
    assert told[0] == told[1]


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_damaged_in_the_groups_the_file_is_accounted_for(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    path = _write(tmp_path / "a", [_at(3.0 * k, StackID="1", TemporalPositionIndex=1) for k in range(4)])
    content = bytearray(path.read_bytes())
    for _ in range(chance.choice((1, 4))):
        at = chance.randrange(content.index(b"\x00\x52\x29\x92"), len(content) - 4)
        content[at : at + 2] = chance.randbytes(2)
    path.write_bytes(content)
    result = scan([path])

    assert sum(s.files for s in result.stacks) + len(result.left_out) == 1


def test_a_thousand_frames_are_all_read(tmp_path: Path) -> None:
    frames = [_at(2.0 * (k % 40), TemporalPositionIndex=k // 40 + 1, StackID="1") for k in range(1000)]
    _write(tmp_path / "a", frames)

    assert [s.slices for s in scan([tmp_path]).stacks] == [40] * 25


def test_more_compressed_frames_than_a_file_has_room_for_are_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(hostile.encapsulated(hostile.rle(2, 64), hostile.RLE, 64, 64, frames=100_000))

    found = scan([tmp_path])

    assert not found.stacks
    assert [left.code for left in found.left_out] == [ErrorCode.TRUNCATED]


def test_a_slope_of_zero_is_none(tmp_path: Path) -> None:
    scales = [{"PixelValueTransformationSequence": {"RescaleSlope": slope, "RescaleIntercept": 5}} for slope in (0, 2)]
    _write(tmp_path / "a", [_at(float(k)) | scale for k, scale in enumerate(scales)])

    assert load_volume(scan([tmp_path]).stacks[0]).values[:, 0, 0].tolist() == [5, 7]


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"])
def test_a_file_that_does_not_count_its_frames_has_one_with_its_groups(tmp_path: Path, syntax: str) -> None:
    scale: Groups = {"PixelValueTransformationSequence": {"RescaleSlope": 2, "RescaleIntercept": -1000}}
    for k in range(4):
        path = _write(tmp_path / str(k), [_at(3.0 * k, StackID="1") | scale], ConcatenationFrameOffsetNumber=k)
        dataset = pydicom.dcmread(path)
        del dataset.NumberOfFrames, dataset.ConcatenationFrameOffsetNumber
        if syntax.endswith(".2.2"):
            dataset.PixelData = np.frombuffer(dataset.PixelData, "<u2").astype(">u2").tobytes()
        dataset.file_meta.TransferSyntaxUID = pydicom.uid.UID(syntax)
        pydicom.dcmwrite(path, dataset, implicit_vr=False, little_endian=not syntax.endswith(".2.2"))

    (stack,) = scan([tmp_path]).stacks
    volume = load_volume(stack)
    theirs = [sitk.ReadImage(tmp_path / str(k)) for k in range(4)]

    assert [instance.position for instance in stack.instances] == [image.GetOrigin() for image in theirs]
    assert stack.geometry is not None
    assert stack.geometry.spacing == theirs[0].GetSpacing()[1::-1]
    assert np.array_equal(volume.values, np.concatenate([sitk.GetArrayFromImage(image) for image in theirs]))
    assert volume.values[:, 0, 0].tolist() == [-1000, -998, -996, -994]
