from __future__ import annotations

import threading
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pydicom
import pytest
from pydicom.pixels.processing import apply_modality_lut
from pydicom.pixels.utils import pixel_array
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.data import shared
from tests.imaging.made import write_slice
from workstation.app import App
from workstation.domain.error import Cancelled, ErrorCode, WorkstationError
from workstation.domain.series import FileForm, Stack
from workstation.domain.work import CancelToken, silent
from workstation.imaging.pixels import load
from workstation.imaging.pixels.load import first_slice, load_slice, load_volume
from workstation.imaging.series.scan import scan


def _one(folder: Path) -> Stack:
    (stack,) = scan([folder]).stacks
    return stack


def _pydicom(stack: Stack, index: int) -> npt.NDArray[Any]:
    """Rescaled gray by pydicom alone; functional groups are not its business, so those come from the stack."""
    instance = stack.instances[index]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = pydicom.dcmread(instance.path, force=True)
        if "TransferSyntaxUID" not in dataset.file_meta:
            dataset.file_meta.TransferSyntaxUID = pydicom.uid.UID(instance.transfer_syntax)
        stored = pixel_array(dataset, index=instance.frame)
        if "SharedFunctionalGroupsSequence" in dataset:
            return stored * (instance.slope or 1.0) + (instance.intercept or 0.0)
        return apply_modality_lut(stored, dataset)


def _gray(stack: Stack) -> bool:
    first = stack.instances[0]
    return (
        first.form is FileForm.DICOM
        and first.pixels.samples == 1
        and stack.instances[0].pixels.photometric != "PALETTE COLOR"
    )


@pytest.mark.parametrize(
    "folder",
    [
        "chest-ct",
        "chest-ct-j2k",
        "head-ct-tilt",
        "gaps-duplicates",
        "mixed-folder",
        "mr-head",
        "mr-spine",
        "radiographs",
        "enhanced-multiframe",
        "transfer-syntaxes",
        "dicomdir",
        "charsets",
    ],
)
def test_every_slice_equals_pydicoms(folder: str) -> None:
    compared = 0
    for stack in scan([shared("data", folder)]).stacks:
        for index in range(stack.slices) if _gray(stack) else ():
            try:
                theirs = _pydicom(stack, index)
            except (NotImplementedError, RuntimeError):
                continue
            ours = load_slice(stack, index)
            name = Path(stack.instances[index].path).name
            if ours.dtype == np.int16:
                assert np.array_equal(ours, theirs), name
            else:
                assert np.allclose(ours, theirs, rtol=1e-6, atol=1e-3), name
            compared += 1

    assert compared > 0


@pytest.mark.parametrize(
    "folder", ["chest-ct", "chest-ct-j2k/dicom", "mr-head", "gaps-duplicates/small-complete-series-150"]
)
def test_the_volume_is_its_slices_in_order(folder: str) -> None:
    stack = _one(shared("data", *folder.split("/")))
    volume = load_volume(stack)

    assert volume.values.shape == (stack.slices, stack.rows, stack.columns)
    assert all(np.array_equal(volume.values[k], load_slice(stack, k)) for k in range(stack.slices))


@pytest.mark.parametrize("folder", ["chest-ct/lung-dx-a0001", "mr-head/sag-mprage", "chest-ct-j2k/dicom"])
def test_place_and_values_are_those_of_simpleitk(folder: str) -> None:
    sitk = pytest.importorskip("SimpleITK")
    stack = _one(shared("data", *folder.split("/")))
    volume = load_volume(stack)
    image = sitk.ReadImage([instance.path for instance in stack.instances])
    affine = stack.geometry.affine() if stack.geometry else None
    assert affine is not None
    corner = [k - 1 for k in volume.values.shape]
    theirs = image.TransformIndexToPhysicalPoint([corner[2], corner[1], corner[0]])

    assert np.allclose((affine @ [*corner, 1])[:3], theirs, atol=0.05)
    assert np.array_equal(volume.values, sitk.GetArrayFromImage(image))


def test_a_ct_is_int16_in_hounsfield_units() -> None:
    volume = load_volume(_one(shared("data", "chest-ct")))

    assert (volume.values.dtype, volume.unit) == (np.int16, "HU")


def test_values_that_do_not_fit_make_the_volume_float32(tmp_path: Path) -> None:
    write_slice(tmp_path / "a", z=0, pixels=np.full((4, 6), 7, dtype=np.uint16))
    write_slice(tmp_path / "b", z=1, pixels=np.full((4, 6), 65535, dtype=np.uint16))
    volume = load_volume(_one(tmp_path))

    assert volume.values.dtype == np.float32
    assert volume.values[:, 0, 0].tolist() == [7 - 1024, 65535 - 1024]


def test_a_fractional_slope_is_kept(tmp_path: Path) -> None:
    write_slice(tmp_path / "a", pixels=np.full((4, 6), 3, dtype=np.uint16), RescaleSlope="0.5", RescaleIntercept="0.25")

    assert load_volume(_one(tmp_path)).values[0, 0, 0] == 1.75


def test_slopes_may_differ_between_slices(tmp_path: Path) -> None:
    for k in (1, 2):
        write_slice(tmp_path / str(k), z=k, pixels=np.full((4, 6), 10, np.uint16), RescaleSlope=k, RescaleIntercept=0)

    assert load_volume(_one(tmp_path)).values[:, 0, 0].tolist() == [10, 20]


@pytest.mark.parametrize(
    ("kind", "stored", "value"), [("u2", 0xF00F, 15), ("i2", -1, -1), ("i2", 0x0FFF, -1), ("i2", 0x7001, 1)]
)
def test_unused_bits_are_cut_and_the_sign_is_extended(tmp_path: Path, kind: str, stored: int, value: int) -> None:
    pixels = np.full((4, 6), stored, dtype=kind)
    write_slice(tmp_path / "a", pixels=pixels, BitsStored=12, HighBit=11, RescaleIntercept=0)

    assert load_volume(_one(tmp_path)).values[0, 0, 0] == value


def test_padding_is_told_in_rescaled_values(tmp_path: Path) -> None:
    write_slice(tmp_path / "a", pixels=np.zeros((4, 6), np.int16), PixelPaddingValue=-2000, RescaleIntercept=-24)

    assert load_volume(_one(tmp_path)).padding == (-2024, -2024)


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian])
@pytest.mark.parametrize("kind", ["Float", "DoubleFloat"])
@pytest.mark.parametrize(("value", "limit"), [(-5.25, None), (-1000.0, -900.1), (-900.1, -1000.0), (-1e30, None)])
@pytest.mark.parametrize("rescale", [(1, 0), (2, -3), (0.1, -1024)])
def test_padding_of_floats_is_told_in_rescaled_values(
    tmp_path: Path, syntax: str, kind: str, value: float, limit: float | None, rescale: tuple[float, float]
) -> None:
    order, width = ">" if syntax == ExplicitVRBigEndian else "<", 4 if kind == "Float" else 8
    path = write_slice(tmp_path / "a", pixels=np.zeros((2, 3), np.uint16))
    dataset = pydicom.dcmread(path)
    for keyword in ("PixelData", "BitsStored", "HighBit", "PixelRepresentation"):
        delattr(dataset, keyword)
    dataset.BitsAllocated = 8 * width
    dataset.RescaleSlope, dataset.RescaleIntercept = rescale
    other = value if limit is None else limit
    stored = np.array([[1, 2, 3], [value, other, 6]], f"{order}f{width}")
    setattr(dataset, f"{kind}PixelData", stored.tobytes())
    setattr(dataset, f"{kind}PixelPaddingValue", value)
    if limit is not None:
        setattr(dataset, f"{kind}PixelPaddingRangeLimit", limit)
    dataset.file_meta.TransferSyntaxUID = syntax
    pydicom.dcmwrite(
        path, dataset, implicit_vr=syntax == ImplicitVRLittleEndian, little_endian=order == "<", force_encoding=True
    )
    volume = load_volume(_one(tmp_path))

    assert volume.padding is not None
    low, high = volume.padding
    inside = (volume.values[0] >= low) & (volume.values[0] <= high)
    assert np.array_equal(inside, [[False, False, False], [True, True, False]])
    assert low == pytest.approx(min(value, other) * rescale[0] + rescale[1])


def test_padding_beyond_what_a_volume_can_hold_is_known(tmp_path: Path) -> None:
    path = write_slice(tmp_path / "a", pixels=np.zeros((1, 2), np.uint16), RescaleIntercept=0)
    dataset = pydicom.dcmread(path)
    del dataset.PixelData
    dataset.BitsAllocated = 64
    dataset.DoubleFloatPixelData = np.array([1, -1e300]).tobytes()
    dataset.DoubleFloatPixelPaddingValue = -1e300
    dataset.save_as(path)
    volume = load_volume(_one(tmp_path))

    assert volume.padding == (-np.inf, -np.inf)
    assert volume.values[0, 0].tolist() == [1, -np.inf]


def test_a_file_cut_after_the_scan_is_named_by_its_slice(tmp_path: Path) -> None:
    for z in range(5):
        write_slice(tmp_path / f"{z}", z=z)
    stack = _one(tmp_path)
    cut = tmp_path / "3"
    cut.write_bytes(cut.read_bytes()[:-10])

    with pytest.raises(WorkstationError) as caught:
        load_volume(stack)

    assert caught.value.code is ErrorCode.TRUNCATED
    assert caught.value.facts == {"missing_bytes": 10, "slice": 3}


def test_of_several_files_cut_after_the_scan_the_lowest_slice_is_named(tmp_path: Path) -> None:
    for z in range(100):
        write_slice(tmp_path / f"{z:03}", z=z)
    stack = _one(tmp_path)
    for z in (93, 15, 8, 7):
        cut = tmp_path / f"{z:03}"
        cut.write_bytes(cut.read_bytes()[:-10])

    with pytest.raises(WorkstationError) as caught:
        load_volume(stack)

    assert caught.value.facts["slice"] == 7


@pytest.mark.parametrize("after", [1, 5000])
def test_a_file_that_grew_after_the_scan_is_not_read_as_it_was(tmp_path: Path, after: int) -> None:
    path = write_slice(tmp_path / "a")
    stack = _one(tmp_path)
    path.write_bytes(path.read_bytes() + bytes(after))

    with pytest.raises(WorkstationError) as caught:
        load_volume(stack)

    assert caught.value.code is ErrorCode.FILE_CHANGED


@pytest.mark.parametrize("after", [0, 3, 4095, 4096, 100_000])
def test_what_stands_after_the_pixels_does_not_matter(tmp_path: Path, after: int) -> None:
    path = write_slice(tmp_path / "a", z=3)
    path.write_bytes(path.read_bytes() + b"\xfc\xff\xfc\xffOB\0\0" + after.to_bytes(4, "little") + bytes(after))

    assert load_volume(_one(tmp_path)).values[0, 0, 0] == 3


def test_every_slice_is_read_when_the_load_ends(tmp_path: Path) -> None:
    for z in range(203):
        write_slice(tmp_path / f"{z:03}", z=z)

    assert load_volume(_one(tmp_path)).values[:, 3, 5].tolist() == list(range(203))


def test_nothing_of_a_volume_that_was_dropped_is_left_in_the_next(tmp_path: Path) -> None:
    for z in range(20):
        write_slice(tmp_path / f"{z:02}", z=z, pixels=np.full((1024, 1024), 1024 + z, dtype=np.uint16))
    stack = _one(tmp_path)
    before = load_volume(stack)
    place = before.values.ctypes.data
    before.values.fill(-7)
    del before
    after = load_volume(stack).values

    assert after.ctypes.data == place
    assert (after == np.arange(20)[:, None, None]).all()


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2.5"])
def test_a_file_replaced_after_the_scan_is_not_read_as_the_old_one(tmp_path: Path, syntax: str) -> None:
    path = write_slice(tmp_path / "a")
    if syntax == pydicom.uid.RLELossless:
        dataset = pydicom.dcmread(path)
        dataset.compress(pydicom.uid.RLELossless)
        dataset.save_as(path)
    stack = _one(tmp_path)
    write_slice(path, SeriesDescription="another file", pixels=np.full((4, 6), 9, np.uint16))

    with pytest.raises(WorkstationError) as caught:
        load_volume(stack)

    assert caught.value.code is ErrorCode.FILE_CHANGED


def test_a_file_gone_after_the_scan_is_said(tmp_path: Path) -> None:
    write_slice(tmp_path / "a")
    stack = _one(tmp_path)
    (tmp_path / "a").unlink()

    with pytest.raises(WorkstationError) as caught:
        load_volume(stack)

    assert caught.value.code is ErrorCode.NOT_FOUND


@pytest.mark.parametrize(
    ("syntax", "name"),
    [
        ("1.2.840.10008.1.2.4.102", "MPEG-4 (H.264)"),
        ("1.2.840.10008.1.2.4.94", "JPIP Referenced"),
        ("1.2.3.4.5", "1.2.3.4.5"),
    ],
)
def test_a_compression_without_decoder_is_named(tmp_path: Path, syntax: str, name: str) -> None:
    path = write_slice(tmp_path / "a")
    dataset = pydicom.dcmread(path)
    dataset.PixelData = pydicom.encaps.encapsulate([bytes(64)])
    dataset["PixelData"].is_undefined_length = True
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.UID(syntax)
    dataset.save_as(path, implicit_vr=False, little_endian=True)

    with pytest.raises(WorkstationError) as caught:
        load_slice(_one(tmp_path), 0)

    assert caught.value.code is ErrorCode.NO_CODEC
    assert caught.value.facts["syntax"] == name


def test_jpeg_lossless_gives_the_uncompressed_pixels() -> None:
    folder = shared("data", "transfer-syntaxes", "one-ct-slice")
    stacks = [stack for path in sorted(folder.iterdir()) for stack in scan([path]).stacks]  # together they are copies
    by_syntax = {
        s.instances[0].transfer_syntax: load_slice(s, 0)
        for s in stacks
        if s.instances[0].transfer_syntax in ("1.2.840.10008.1.2", "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70")
    }

    assert len(by_syntax) == 3
    assert all(np.array_equal(values, by_syntax["1.2.840.10008.1.2"]) for values in by_syntax.values())


def test_damaged_pixels_raise_our_error_and_nothing_else() -> None:
    codes: set[ErrorCode] = set()
    for stack in scan([shared("data", "malformed")]).stacks:
        for index in range(stack.slices):
            try:
                load_slice(stack, index)
            except WorkstationError as error:
                codes.add(error.code)

    assert codes == {ErrorCode.DECODE_FAILED}


def test_a_small_file_that_claims_a_huge_image_is_refused(tmp_path: Path) -> None:
    path = write_slice(tmp_path / "a")
    dataset = pydicom.dcmread(path)
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.RLELossless
    dataset.Rows = dataset.Columns = 30000
    dataset.PixelData = pydicom.encaps.encapsulate([bytes(64)])
    dataset["PixelData"].is_undefined_length = True
    dataset.save_as(path)

    with pytest.raises(WorkstationError) as caught:
        load_volume(_one(tmp_path))

    assert caught.value.code is ErrorCode.TOO_LARGE


def test_a_cancelled_load_ends() -> None:
    cancel = CancelToken()
    cancel.cancel()

    with pytest.raises(Cancelled):
        load_volume(_one(shared("data", "chest-ct")), cancel=cancel)


def test_progress_ends_at_the_last_slice(tmp_path: Path) -> None:
    for z in range(20):
        write_slice(tmp_path / f"{z}", z=z)
    fractions: list[float] = []
    load_volume(_one(tmp_path), reporter=lambda progress: fractions.append(progress.fraction))

    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_the_first_slice_of_a_folder_is_the_middle_one_by_position(tmp_path: Path) -> None:
    for number, z in enumerate((4, 0, 3, 1, 2)):
        write_slice(tmp_path / f"{number}", z=z)
    first = first_slice([tmp_path])

    assert (first.index, first.values[0, 0]) == (2, 2)


@pytest.mark.parametrize("stored", [0, None])
def test_stored_bits_that_are_not_told_are_those_allocated(tmp_path: Path, stored: int | None) -> None:
    pixels = np.full((4, 6), 0xF00F, np.uint16)
    write_slice(tmp_path / "a", pixels=pixels, BitsStored=stored, HighBit=None, RescaleIntercept=0)

    assert load_volume(_one(tmp_path)).values[0, 0, 0] == 0xF00F


def test_a_slice_s_thickness_is_no_spacing(tmp_path: Path) -> None:
    """Nor is what a header says of the spacing: positions do."""
    for k in range(4):
        write_slice(tmp_path / str(k), z=2.5 * k, SliceThickness=5, SpacingBetweenSlices=5)
    volume = load_volume(_one(tmp_path))

    assert volume.geometry is not None
    assert volume.geometry.step == 2.5


def test_the_day_of_the_acquisition_is_read(tmp_path: Path) -> None:
    write_slice(tmp_path / "a", AcquisitionDate="20250314", StudyDate="20260314")

    assert _one(tmp_path).acquired == "20250314"


def test_a_window_keeps_a_processor_while_slices_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several threads read, or as many as are allowed; of these the one that asked is the first."""
    for z in range(80):
        write_slice(tmp_path / str(z), z=z)
    readers: set[int] = set()
    both = threading.Event()
    read_into = load.read_into

    def noted(*what: Any) -> None:
        readers.add(threading.get_ident())
        if len(readers) > 1:
            both.set()
        elif together:
            both.wait(5)  # or one reader may be through before another begins
        read_into(*what)

    monkeypatch.setattr(load, "read_into", noted)
    stack = _one(tmp_path)
    together = True
    load_volume(stack, threads=2)
    assert len(readers) == 2
    together = False
    monkeypatch.setenv("YINGTAI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(load, "THREADS_BESIDE", 1)
    app = App()
    for read in (app.desk().load, app.desk().straighten):
        readers.clear()
        read(stack, silent, CancelToken())
        assert readers == {threading.get_ident()}
    app.close()
