"""Copies are the same slices, in canonical order, whole or not at all."""

from __future__ import annotations

import hashlib
import shutil
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from tests.data import shared
from tests.imaging.made import write_slice
from tests.imaging.studies import SALT, chest_ct, only_stack, read
from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.sentences import sentence
from workstation.domain.series import FileForm, Stack
from workstation.domain.work import CancelToken
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.series.facts import UNCOMPRESSED
from workstation.imaging.series.scan import scan
from workstation.imaging.upload.burnt_in import must_not_be_sent
from workstation.imaging.upload.leaving import describe_leaving
from workstation.imaging.upload.prepare import prepare

GEOMETRY = ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "Rows", "Columns", "SliceThickness")
PIXELS = ("BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "RescaleSlope", "RescaleIntercept")


def test_copies_come_in_canonical_order_with_the_pixels_of_the_original(tmp_path: Path) -> None:
    truth = chest_ct(tmp_path / "original", shuffled=True)

    prepared = prepare(only_stack(tmp_path / "original"), tmp_path / "copies", SALT)

    assert [path.name for path in prepared.files] == [f"{number:04d}.dcm" for number in range(1, 7)]
    copies = [read(path) for path in prepared.files]
    assert tuple(hashlib.sha256(ds.PixelData).hexdigest() for ds in copies) == truth.pixel_sha256
    assert [ds.InstanceNumber for ds in copies] == [1, 2, 3, 4, 5, 6]
    assert tuple(ds.SOPInstanceUID for ds in copies) == prepared.sent.sop_instance_uids
    assert {ds.SeriesInstanceUID for ds in copies} == {prepared.sent.series_uid}
    assert prepared.total_bytes == sum(path.stat().st_size for path in prepared.files)


@pytest.mark.parametrize(
    "options", [{}, {"signed": True}, {"oblique_deg": 10.0}, {"flip_rows": True, "feet_first": True}]
)
def test_geometry_and_pixel_layout_are_those_of_the_original(options: dict[str, object], tmp_path: Path) -> None:
    truth = chest_ct(tmp_path / "original", **options)

    prepared = prepare(only_stack(tmp_path / "original"), tmp_path / "copies", SALT)

    for original, copy in zip(map(read, truth.files), map(read, prepared.files), strict=True):
        assert [copy[keyword].value for keyword in GEOMETRY + PIXELS] == [
            original[keyword].value for keyword in GEOMETRY + PIXELS
        ]
    assert prepared.sent.geometry is not None
    assert prepared.sent.geometry.same_as(truth.geometry)


def test_simpleitk_reads_the_same_volume_from_the_copies(tmp_path: Path) -> None:
    sitk = pytest.importorskip("SimpleITK")
    truth = chest_ct(tmp_path / "original")

    prepared = prepare(only_stack(tmp_path / "original"), tmp_path / "copies", SALT)

    before = sitk.ReadImage([str(path) for path in truth.files])
    after = sitk.ReadImage([str(path) for path in prepared.files])
    assert (sitk.GetArrayFromImage(before) == sitk.GetArrayFromImage(after)).all()
    assert (before.GetOrigin(), before.GetSpacing(), before.GetDirection()) == (
        after.GetOrigin(),
        after.GetSpacing(),
        after.GetDirection(),
    )


def test_the_uid_map_leads_from_each_original_to_its_copy(tmp_path: Path) -> None:
    truth = chest_ct(tmp_path / "original")

    prepared = prepare(only_stack(tmp_path / "original"), tmp_path / "copies", SALT)

    originals = [read(path).SOPInstanceUID for path in truth.files]
    assert tuple(prepared.uid_map[uid] for uid in originals) == prepared.sent.sop_instance_uids
    assert prepared.uid_map[truth.series_uid] == prepared.sent.series_uid


def test_dciodvfy_finds_no_error_in_a_copy(tmp_path: Path) -> None:
    if shutil.which("dciodvfy") is None:
        pytest.skip("dciodvfy (dicom3tools) is not installed")
    chest_ct(tmp_path / "original")

    prepared = prepare(only_stack(tmp_path / "original"), tmp_path / "copies", SALT)

    said = subprocess.run(["dciodvfy", str(prepared.files[2])], capture_output=True, text=True)
    assert "CTImage" in said.stderr + said.stdout
    assert "Error" not in said.stderr + said.stdout


def test_real_implicit_slices_become_explicit_with_equal_pixels(tmp_path: Path) -> None:
    stack = scan([shared("data", "chest-ct")]).stacks[0]

    prepared = prepare(stack, tmp_path, SALT)

    for instance, path in zip(stack.instances, prepared.files, strict=True):
        assert read(path).PixelData == read(Path(instance.path)).PixelData
    assert read(prepared.files[0]).file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
    assert read(prepared.files[0]).ConvolutionKernel == "L"


def test_slices_without_uids_get_their_own_and_keep_their_compressed_bytes(tmp_path: Path) -> None:
    stack = only_stack(shared("data", "chest-ct-j2k", "dicom"))

    prepared = prepare(stack, tmp_path, SALT)

    copies = [read(path) for path in prepared.files]
    assert len({ds.SOPInstanceUID for ds in copies}) == 20
    assert {ds.SOPClassUID for ds in copies} == {"1.2.840.10008.5.1.4.1.1.2"}
    original = read(Path(stack.instances[0].path))
    assert copies[0].file_meta.TransferSyntaxUID == original.file_meta.TransferSyntaxUID
    assert (copies[0].pixel_array == original.pixel_array).all()


def test_decompressing_keeps_every_value(tmp_path: Path) -> None:
    stack = only_stack(shared("data", "chest-ct-j2k", "dicom"))

    prepared = prepare(stack, tmp_path, SALT, frozenset({"decompress"}))

    copy, original = read(prepared.files[3]), read(Path(stack.instances[3].path))
    assert copy.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
    assert copy.PixelData == original.pixel_array.astype("<u2").tobytes()


def test_decompressing_jpeg_lossless_gives_the_values_of_the_plain_file(tmp_path: Path) -> None:
    folder = shared("data", "transfer-syntaxes", "one-ct-slice")
    lossless = next(
        path for path in sorted(folder.iterdir()) if read(path).file_meta.TransferSyntaxUID == JPEGLosslessSV1
    )
    plain = next(
        path for path in sorted(folder.iterdir()) if read(path).file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    )

    prepared = prepare(only_stack(lossless), tmp_path, SALT, frozenset({"decompress"}))

    assert (read(prepared.files[0]).pixel_array == read(plain).pixel_array).all()


@pytest.mark.parametrize("syntax", [RLELossless, JPEGLSLossless])
def test_other_compressions_travel_as_they_are(syntax: str, tmp_path: Path) -> None:
    truth = chest_ct(tmp_path / "original", slices=2)
    values = []
    for path in truth.files:
        ds = read(path)
        values.append(ds.pixel_array)
        ds.compress(syntax, generate_instance_uid=False)
        ds.save_as(path)

    prepared = prepare(only_stack(tmp_path / "original"), tmp_path / "copies", SALT)

    assert read(prepared.files[0]).file_meta.TransferSyntaxUID == syntax
    assert np.array_equal([read(path).pixel_array for path in prepared.files], values)


def test_big_endian_slices_keep_their_values(tmp_path: Path) -> None:
    truth = chest_ct(tmp_path / "original", slices=1, signed=True)
    ds = read(truth.files[0])
    values = ds.pixel_array.copy()
    ds.PixelData = values.astype(">i2").tobytes()
    ds.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    ds.remove_private_tags()
    pydicom.dcmwrite(truth.files[0], ds, little_endian=False, implicit_vr=False, force_encoding=True)

    copy = read(prepare(only_stack(tmp_path / "original"), tmp_path / "copies", SALT).files[0])

    assert copy.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
    assert (copy.pixel_array == values).all()
    assert copy.PixelPaddingValue == -2000


def test_a_deflated_slice_leaves_with_its_values(tmp_path: Path) -> None:
    truth = chest_ct(tmp_path / "original", slices=1)
    ds = read(truth.files[0])
    values = ds.pixel_array.copy()
    ds.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    ds.save_as(truth.files[0])

    copy = read(prepare(only_stack(tmp_path / "original"), tmp_path / "copies", SALT).files[0])

    assert copy.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert (copy.pixel_array == values).all()


def test_every_frame_of_an_enhanced_ct_leaves_as_a_slice_of_its_own(tmp_path: Path) -> None:
    result = scan([shared("data", "enhanced-multiframe")])
    stack = next(s for s in result.stacks if s.instances[0].sop_class_uid.endswith(".1.2.1") and s.geometry is not None)

    prepared = prepare(stack, tmp_path, SALT)

    again = only_stack(tmp_path)
    assert again.geometry is not None
    assert stack.geometry is not None
    assert again.geometry.same_as(stack.geometry)
    original = pydicom.dcmread(stack.instances[0].path).pixel_array
    frames = [original[instance.frame] for instance in stack.instances]
    assert np.array_equal([read(path).pixel_array for path in prepared.files], frames)


def test_originals_are_never_touched(tmp_path: Path) -> None:
    truth = chest_ct(tmp_path / "original")
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in truth.files}

    prepare(only_stack(tmp_path / "original"), tmp_path / "copies", SALT)

    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in truth.files} == before


def test_a_file_cut_short_after_the_scan_names_its_slice_and_leaves_no_copy(tmp_path: Path) -> None:
    truth = chest_ct(tmp_path / "original")
    stack = only_stack(tmp_path / "original")
    whole = truth.files[3].read_bytes()
    truth.files[3].write_bytes(whole[:-100])

    with pytest.raises(WorkstationError) as refused:
        prepare(stack, tmp_path / "copies", SALT)

    assert str(sentence(refused.value).says) == "The file of slice 4 ends too early: 100 bytes are missing."
    assert list((tmp_path / "copies").iterdir()) == []


def test_a_file_exchanged_after_the_scan_is_not_sent(tmp_path: Path) -> None:
    truth = chest_ct(tmp_path / "original")
    stack = only_stack(tmp_path / "original")
    first, last = truth.files[0].read_bytes(), truth.files[5].read_bytes()
    size = min(len(first), len(last))
    stack = replace(stack, instances=(replace(stack.instances[0], file_bytes=size), *stack.instances[1:]))
    truth.files[0].write_bytes(last[:size])

    with pytest.raises(WorkstationError) as refused:
        prepare(stack, tmp_path / "copies", SALT)

    assert refused.value.code is ErrorCode.FILE_CHANGED


def test_a_full_disk_leaves_no_copy_behind(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")  # POSIX only
    chest_ct(tmp_path / "original")
    stack = only_stack(tmp_path / "original")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
        with pytest.raises(WorkstationError) as full:
            prepare(stack, tmp_path / "copies", SALT)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)

    assert full.value.code is ErrorCode.NO_SPACE
    assert list((tmp_path / "copies").iterdir()) == []


def test_a_cancelled_preparation_leaves_no_copy_behind(tmp_path: Path) -> None:
    chest_ct(tmp_path / "original")
    cancel = CancelToken()

    with pytest.raises(Cancelled):
        prepare(
            only_stack(tmp_path / "original"),
            tmp_path / "copies",
            SALT,
            reporter=lambda _: cancel.cancel(),
            cancel=cancel,
        )

    assert list((tmp_path / "copies").iterdir()) == []


def test_a_slice_that_says_its_text_is_burnt_in_stops_the_whole_series(tmp_path: Path) -> None:
    truth = chest_ct(tmp_path / "original")
    ds = read(truth.files[4])
    ds.BurnedInAnnotation = "YES"
    ds.save_as(truth.files[4])
    marked = next(
        s for s in scan([tmp_path / "original"]).stacks if str(truth.files[4]) in {i.path for i in s.instances}
    )

    with pytest.raises(WorkstationError) as refused:
        prepare(replace(marked, facts=()), tmp_path / "copies", SALT)

    assert refused.value.code is ErrorCode.BURNT_IN


def _with_overlay(folder: Path, syntax: str, bit: int) -> Stack:
    """One slice of value 1024 whose uppermost bits hold an overlay, and which says that it is in this bit."""
    pixels = np.full((4, 6), 1024 | 1 << 15, dtype=">u2" if syntax == ExplicitVRBigEndian else "<u2")
    folder.mkdir()
    write_slice(folder / "a.dcm", pixels=pixels, syntax=syntax, BitsStored=12, HighBit=11)
    ds = pydicom.dcmread(folder / "a.dcm")
    ds.add_new(0x60020100, "US", 16)
    ds.add_new(0x60020102, "US", bit)
    ds.save_as(folder / "a.dcm")
    (stack,) = scan([folder]).stacks
    return stack


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian])
def test_an_overlay_kept_in_unused_bits_of_the_pixels_is_cut_off_and_that_is_said(syntax: str, tmp_path: Path) -> None:
    stack = _with_overlay(tmp_path / "in", syntax, 15)

    prepared = prepare(stack, tmp_path / "out", SALT)

    assert set(np.frombuffer(read(prepared.files[0]).PixelData, "<u2")) == {1024}
    said = ["An overlay drawn into unused bits of the pixels was cut off; no gray value changed."]
    assert [str(note) for note in prepared.notes] == said
    assert [str(note) for note in describe_leaving(stack).notes] == said


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian])
def test_an_overlay_in_an_element_of_its_own_stays_here_by_itself(syntax: str, tmp_path: Path) -> None:
    prepared = prepare(_with_overlay(tmp_path / "in", syntax, 0), tmp_path / "out", SALT)

    assert prepared.notes == ()
    assert not any(element.tag.group & 0xFF00 == 0x6000 for element in read(prepared.files[0]))


def test_an_overlay_in_bits_of_the_gray_value_can_not_be_cut_off(tmp_path: Path) -> None:
    stack = _with_overlay(tmp_path / "in", ExplicitVRLittleEndian, 10)

    with pytest.raises(WorkstationError) as caught:
        prepare(stack, tmp_path / "out", SALT)

    assert caught.value.code is ErrorCode.BURNT_IN
    assert list((tmp_path / "out").iterdir()) == []


def test_a_secondary_capture_leaves_only_after_it_was_shown(tmp_path: Path) -> None:
    truth = chest_ct(tmp_path / "original", slices=1)
    ds = read(truth.files[0])
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    ds.save_as(truth.files[0])
    stack = only_stack(tmp_path / "original")

    assert must_not_be_sent(stack) is not None
    with pytest.raises(WorkstationError) as refused:
        prepare(stack, tmp_path / "copies", SALT)
    assert refused.value.code is ErrorCode.BURNT_IN
    assert len(prepare(stack, tmp_path / "copies", SALT, shown=True).files) == 1


def test_a_modality_table_leaves_without_its_explanation(tmp_path: Path) -> None:
    truth = chest_ct(tmp_path / "original", slices=1)
    ds = read(truth.files[0])
    table = pydicom.Dataset()
    table.LUTDescriptor, table.LUTExplanation, table.ModalityLUTType = [4096, 0, 16], "for Mr Wang", "HU"
    table.add_new("LUTData", "US", list(range(4096)))
    ds.ModalityLUTSequence = [table]
    del ds.RescaleSlope, ds.RescaleIntercept
    ds.save_as(truth.files[0])

    copy = read(prepare(only_stack(tmp_path / "original"), tmp_path / "copies", SALT).files[0])

    sent = copy.ModalityLUTSequence[0]
    assert sent.LUTData == list(range(4096))
    assert {element.keyword for element in sent} == {"LUTDescriptor", "LUTData", "ModalityLUTType"}
    assert "RescaleSlope" not in copy


def test_every_value_of_the_original_in_a_copy_was_announced(tmp_path: Path) -> None:
    chest_ct(tmp_path / "original")
    stack = only_stack(tmp_path / "original")

    leaving = describe_leaving(stack)
    prepared = prepare(stack, tmp_path / "copies", SALT)

    announced = {tag.keyword for tag in leaving.tags}
    ours = {
        "SOPClassUID", "SOPInstanceUID", "PatientName", "PatientID", "PatientIdentityRemoved", "DeidentificationMethod",
        "DeidentificationMethodCodeSequence", "StudyInstanceUID", "SeriesInstanceUID", "SeriesNumber", "InstanceNumber",
        "FrameOfReferenceUID", "LongitudinalTemporalInformationModified", "PixelData",
    }  # fmt: skip
    filled = {element.keyword for element in read(prepared.files[0]) if not element.is_empty}
    assert filled - ours == announced
    assert leaving.slices == 6
    assert leaving.total_bytes == pytest.approx(prepared.total_bytes, rel=0.1)
    position = next(tag for tag in leaving.tags if tag.keyword == "ImagePositionPatient")
    assert position.value != position.last
    assert leaving.private == 4


@pytest.mark.parametrize(
    "name",
    [
        ("enhanced-multiframe", "us-30-frames-jpeg.dcm"),
        ("malformed", "pydicom-data-OT-PAL-8-face.dcm"),
        ("malformed", "pydicom-SC_rgb_small_odd_big_endian.dcm"),
        ("malformed", "cornerstone-no-pixel-spacing.dcm"),
    ],
)
def test_colours_leave_as_they_are_seen(name: tuple[str, str], tmp_path: Path) -> None:
    """YBR of half the samples, a palette, bytes of big endian words, a colour transform inside the codec."""
    stack = scan([shared("data", *name)]).stacks[0]

    prepare(stack, tmp_path, SALT, frozenset({"decompress"}), shown=True)

    before, after = load_volume(stack).colour, load_volume(only_stack(tmp_path)).colour
    assert before is not None
    assert after is not None
    assert np.abs(before.astype(int) - after).max() <= 2


def test_a_private_class_of_object_does_not_leave(tmp_path: Path) -> None:
    truth = chest_ct(tmp_path / "original", slices=1)
    ds = read(truth.files[0])
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.276.0.19.55.1.5"
    ds.save_as(truth.files[0])
    (stack,) = scan([tmp_path / "original"]).stacks

    copy = read(prepare(stack, tmp_path / "copies", SALT).files[0])

    assert copy.SOPClassUID == copy.file_meta.MediaStorageSOPClassUID == "1.2.840.10008.5.1.4.1.1.2"


@pytest.mark.parametrize("folder", ["transfer-syntaxes", "chest-ct-j2k", "radiographs", "enhanced-multiframe"])
def test_what_a_compressed_series_shows_is_what_its_decompressed_copies_show(folder: str, tmp_path: Path) -> None:
    compressed = [
        stack
        for stack in scan([shared("data", folder)]).stacks
        if stack.instances[0].form is FileForm.DICOM and stack.instances[0].transfer_syntax not in UNCOMPRESSED
    ]
    refused: list[ErrorCode] = []
    for number, stack in enumerate(compressed):
        copies = tmp_path / str(number)
        try:
            shown = load_volume(stack)
            prepare(stack, copies, SALT, frozenset({"decompress"}), shown=True)
        except WorkstationError as error:
            refused.append(error.code)
            continue

        (sent,) = [again for again in scan([copies]).stacks if again.plane is stack.plane]
        copied = load_volume(sent)

        np.testing.assert_array_equal(copied.values, shown.values)
        assert (copied.colour is None) == (shown.colour is None)
        if shown.colour is not None and copied.colour is not None:
            np.testing.assert_array_equal(copied.colour, shown.colour)
    assert len(refused) < len(compressed)
    assert set(refused) <= {ErrorCode.NO_CODEC, ErrorCode.DECODE_FAILED, ErrorCode.BURNT_IN}
