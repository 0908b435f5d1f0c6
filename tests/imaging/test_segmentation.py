"""SEG of others over the series: made by highdicom, checked against where the body is in the patient."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import highdicom as hd
import numpy as np
import numpy.typing as npt
import pydicom
import pytest
from PIL import Image, ImageCms
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes

from tests.data import shared
from tests.imaging.asymmetric import WAYS, Body, inside
from workstation.domain.answer import PlacementState
from workstation.domain.mask_cut import labels_on
from workstation.domain.overlaid import Overlaid
from workstation.domain.projection import slice_plane
from workstation.domain.series import Stack
from workstation.domain.shapes import Mask
from workstation.imaging.objects.read import read_objects
from workstation.imaging.series.scan import scan

Bools = npt.NDArray[np.bool_]
SOFTWARE = {
    "manufacturer": "Test",
    "manufacturer_model_name": "T",
    "software_versions": "1",
    "device_serial_number": "1",
}


def described(number: int, label: str = "Body", **more: Any) -> hd.seg.SegmentDescription:
    return hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=label,
        segmented_property_category=codes.SCT.Organ,
        segmented_property_type=codes.SCT.Liver,
        algorithm_type=hd.seg.SegmentAlgorithmTypeValues.MANUAL,
        **more,
    )


def segmentation(sources: list[Dataset], values: npt.NDArray[Any], kind: str = "BINARY", count: int = 1) -> Dataset:
    return hd.seg.Segmentation(
        source_images=sources,
        pixel_array=values,
        segmentation_type=kind,
        segment_descriptions=[described(number, f"Part {number}") for number in range(1, count + 1)],
        series_instance_uid=hd.UID(),
        series_number=9,
        sop_instance_uid=hd.UID(),
        instance_number=1,
        **SOFTWARE,
    )


def read(folder: Path) -> tuple[Stack, Overlaid]:
    """The one series of a folder, and the one object over it."""
    found = scan([folder])
    stack = max(found.stacks, key=lambda stack: stack.slices)
    (overlaid,) = read_objects(stack, found.objects)
    return stack, overlaid


def covered(stack: Stack, overlaid: Overlaid, number: int = 1) -> Bools:
    """Where a part is painted on the series' own pixels."""
    assert stack.geometry is not None
    masks = {mask.name: mask for mask in overlaid.masks}
    found = np.zeros(stack.geometry.shape, dtype=np.bool_)
    for shape in overlaid.findings[number - 1].shapes:
        assert isinstance(shape, Mask)
        for k in range(stack.geometry.slices):
            found[k] |= labels_on(masks[shape.volume], slice_plane(stack.geometry, k)) == shape.label
    return found


def where(stack: Stack) -> Bools:
    """The body on the same pixels, by their places."""
    assert stack.geometry is not None
    index = np.stack(np.meshgrid(*(np.arange(n) for n in stack.geometry.shape), indexing="ij"), axis=-1)
    return inside(stack.geometry.to_patient(index))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", ["BINARY", "FRACTIONAL", "LABELMAP"])
def test_a_segmentation_covers_the_body_however_the_slices_lie(tmp_path: Path, way: str, kind: str) -> None:
    body = Body(way)
    sources = body.write(tmp_path)
    values = body.mask().astype(np.float32 if kind == "FRACTIONAL" else np.uint8)
    segmentation(sources, values, kind).save_as(tmp_path / "seg.dcm")

    stack, overlaid = read(tmp_path)

    assert overlaid.placement.state is PlacementState.PROVEN
    assert np.array_equal(covered(stack, overlaid), where(stack))


def test_rows_of_509_columns_are_packed_without_padding(tmp_path: Path) -> None:
    body = Body(shape=(5, 21, 509), spacing=(6.0, 2.0, 0.25))
    sources = body.write(tmp_path)
    noise = np.random.default_rng(3).random(body.shape) < 0.5
    segmentation(sources, noise.astype(np.uint8)).save_as(tmp_path / "seg.dcm")

    stack, overlaid = read(tmp_path)

    assert np.array_equal(covered(stack, overlaid), noise)


def shuffled(seg: Dataset) -> None:
    """The same frames in another order."""
    count, size = int(seg.NumberOfFrames), int(seg.Rows) * int(seg.Columns)
    bits = np.unpackbits(np.frombuffer(seg.PixelData, dtype=np.uint8), bitorder="little")[: count * size]
    order = np.random.default_rng(5).permutation(count)
    seg.PerFrameFunctionalGroupsSequence = [seg.PerFrameFunctionalGroupsSequence[int(k)] for k in order]
    packed = np.packbits(bits.reshape(count, size)[order].ravel(), bitorder="little").tobytes()
    seg.PixelData = packed + b"\0" * (len(packed) % 2)


def without_step(seg: Dataset) -> None:
    measures = seg.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    if "SpacingBetweenSlices" in measures:
        del measures.SpacingBetweenSlices


def geometry_per_frame(seg: Dataset) -> None:
    """What is shared moves into each frame."""
    shared_groups = seg.SharedFunctionalGroupsSequence[0]
    for group in seg.PerFrameFunctionalGroupsSequence:
        group.PixelMeasuresSequence = shared_groups.PixelMeasuresSequence
        group.PlaneOrientationSequence = shared_groups.PlaneOrientationSequence
    del shared_groups.PixelMeasuresSequence, shared_groups.PlaneOrientationSequence


@pytest.mark.parametrize("change", [shuffled, without_step, geometry_per_frame])
def test_frames_are_laid_by_their_own_places(tmp_path: Path, change: Callable[[Dataset], None]) -> None:
    body = Body()
    seg = segmentation(body.write(tmp_path), body.mask().astype(np.uint8))
    change(seg)
    seg.save_as(tmp_path / "seg.dcm")

    stack, overlaid = read(tmp_path)

    assert np.array_equal(covered(stack, overlaid), where(stack))


def test_slices_that_a_segmentation_leaves_out_stay_empty(tmp_path: Path) -> None:
    body = Body()
    sources = body.write(tmp_path)
    values = body.mask()
    values[6:19] = False
    seg = segmentation(sources, values.astype(np.uint8))
    seg.save_as(tmp_path / "seg.dcm")

    stack, overlaid = read(tmp_path)

    assert int(seg.NumberOfFrames) < 15
    assert np.array_equal(covered(stack, overlaid), values)


def test_uneven_slices_keep_their_own_frames(tmp_path: Path) -> None:
    body = Body()
    sources = body.write(tmp_path)
    for k, z in enumerate([0.0, 4.0, 8.0, 9.1, 16.0, 23.0]):  # as of a head CT: thick, a thin one, thicker
        sources[k].ImagePositionPatient = [*sources[k].ImagePositionPatient[:2], z]
        sources[k].save_as(tmp_path / f"{k:03}.dcm")
    for k in range(6, body.shape[0]):
        (tmp_path / f"{k:03}.dcm").unlink()
    values = np.zeros((6, *body.shape[1:]), dtype=np.uint8)
    values[2, 5:9, 7:20] = 1
    segmentation(sources[:6], values).save_as(tmp_path / "seg.dcm")

    stack, overlaid = read(tmp_path)

    assert np.array_equal(covered(stack, overlaid), values.astype(bool))


@pytest.mark.parametrize("share", [0.35, 0.6])
def test_frames_between_the_slices_are_painted_on_the_nearest(tmp_path: Path, share: float) -> None:
    body = Body()
    sources = body.write(tmp_path)
    values = np.zeros(body.shape, dtype=np.uint8)
    values[9:12, 5:9, 7:20] = 1
    seg = segmentation(sources, values)
    for group in seg.PerFrameFunctionalGroupsSequence:
        x, y, z = group.PlanePositionSequence[0].ImagePositionPatient
        group.PlanePositionSequence[0].ImagePositionPatient = [x, y, z + share * body.spacing[0]]
        del group.DerivationImageSequence
    seg.save_as(tmp_path / "seg.dcm")

    stack, overlaid = read(tmp_path)

    assert np.array_equal(covered(stack, overlaid), np.roll(values, round(share), axis=0).astype(bool))


def test_segments_that_overlap_are_all_whole(tmp_path: Path) -> None:
    body = Body()
    sources = body.write(tmp_path)
    first, second = body.mask(), np.zeros(body.shape, dtype=np.bool_)
    second[8:20, 10:30, 5:25] = True
    values = np.stack([first, second], axis=-1).astype(np.uint8)
    segmentation(sources, values, count=2).save_as(tmp_path / "seg.dcm")

    stack, overlaid = read(tmp_path)

    assert np.array_equal(covered(stack, overlaid, 1), first)
    assert np.array_equal(covered(stack, overlaid, 2), second)


def test_another_frame_of_reference_contradicts_and_nothing_is_painted(tmp_path: Path) -> None:
    body = Body()
    seg = segmentation(body.write(tmp_path), body.mask().astype(np.uint8))
    seg.FrameOfReferenceUID = "1.2.3.999"
    seg.save_as(tmp_path / "seg.dcm")

    _, overlaid = read(tmp_path)

    assert overlaid.placement.state is PlacementState.CONTRADICTED
    assert not overlaid.paints
    assert overlaid.masks == ()
    assert [str(finding.label) for finding in overlaid.findings] == ["Part 1"]


def test_frames_elsewhere_than_the_images_they_name_contradict(tmp_path: Path) -> None:
    body = Body()
    seg = segmentation(body.write(tmp_path), body.mask().astype(np.uint8))
    for group in seg.PerFrameFunctionalGroupsSequence:
        x, y, z = group.PlanePositionSequence[0].ImagePositionPatient
        group.PlanePositionSequence[0].ImagePositionPatient = [x, y, z + 9.0]
    seg.save_as(tmp_path / "seg.dcm")

    _, overlaid = read(tmp_path)

    assert overlaid.placement.state is PlacementState.CONTRADICTED


def test_the_recommended_colour_is_painted(tmp_path: Path) -> None:
    body = Body()
    seg = segmentation(body.write(tmp_path), body.mask().astype(np.uint8))
    lab = (140, 190, 170)  # in bytes, as a picture in L*a*b* has them
    seg.SegmentSequence[0].RecommendedDisplayCIELabValue = [value * 257 for value in lab]
    colour = ImageCms.profileToProfile(
        Image.merge("LAB", [Image.new("L", (1, 1), value) for value in lab]),
        ImageCms.createProfile("LAB"),
        ImageCms.createProfile("sRGB"),
        outputMode="RGB",
    )
    seg.save_as(tmp_path / "seg.dcm")

    _, overlaid = read(tmp_path)

    assert np.abs(np.subtract(overlaid.colours[overlaid.findings[0].id], colour.getpixel((0, 0)))).max() <= 3


@pytest.mark.parametrize("name", ["seg-liver.dcm", "seg-liver-partial-overlaps.dcm"])
def test_real_segmentations_have_the_voxels_that_pydicom_counts(name: str, tmp_path: Path) -> None:
    folder = shared("data", "derived-objects")
    seg = pydicom.dcmread(folder / name)
    frames = seg.pixel_array.reshape(-1, seg.Rows, seg.Columns)
    expected: dict[int, int] = {}
    for group, frame in zip(seg.PerFrameFunctionalGroupsSequence, frames, strict=True):
        number = int(group.SegmentIdentificationSequence[0].ReferencedSegmentNumber)
        expected[number] = expected.get(number, 0) + int(frame.sum())

    found = scan([folder / "liver-source-ct", folder / name])
    (overlaid,) = read_objects(found.stacks[0], found.objects)

    masks = {mask.name: mask for mask in overlaid.masks}
    counted = [sum(masks[s.volume].voxels[s.label] for s in f.shapes if isinstance(s, Mask)) for f in overlaid.findings]
    assert counted == [expected[int(one.SegmentNumber)] for one in seg.SegmentSequence]


def test_a_damaged_segmentation_says_one_sentence_and_the_others_are_read(tmp_path: Path) -> None:
    body = Body()
    seg = segmentation(body.write(tmp_path), body.mask().astype(np.uint8))
    seg.save_as(tmp_path / "seg.dcm")
    whole = (tmp_path / "seg.dcm").read_bytes()
    seg.SOPInstanceUID = seg.file_meta.MediaStorageSOPInstanceUID = hd.UID()
    seg.save_as(tmp_path / "whole.dcm")
    (tmp_path / "seg.dcm").write_bytes(whole[: len(whole) - 300])

    found = scan([tmp_path])
    objects = read_objects(found.stacks[0], found.objects)

    assert sorted(one.fault is None for one in objects) == [False, True]
    assert "bytes" in str(next(one.fault for one in objects if one.fault is not None))
