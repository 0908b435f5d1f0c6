"""Reading a CT series from files, in any order, with a reason for every refusal."""

from __future__ import annotations

import io

import numpy as np
import pytest

from tests.data import shared
from tests.localcloud.lung_scene import as_files, chest
from workstation.localcloud.engine.volume import BadInput, read_series

SMALL = chest((), (), shape=(24, 32, 32), spacing=(6.0, 6.0, 6.0))


def refusal(files: list[bytes], **limits: int) -> str:
    with pytest.raises(BadInput) as caught:
        read_series(files, **limits)
    return caught.value.code


def test_shuffled_files_give_the_ascending_volume() -> None:
    files = as_files(SMALL)

    volume = read_series([files[i] for i in np.random.default_rng(3).permutation(len(files))])

    assert np.array_equal(volume.hu, SMALL.hu)
    assert volume.sop_instance_uids == SMALL.sop_instance_uids
    assert volume.spacing_mm == pytest.approx(SMALL.spacing_mm, abs=1e-6)


def test_a_stack_with_its_normal_to_the_feet_still_ascends() -> None:
    flipped = chest((), (), shape=(24, 32, 32), spacing=(6.0, 6.0, 6.0), column_cosine=(0, -1, 0))

    volume = read_series(as_files(flipped)[::-1])

    assert np.all(np.diff(volume.positions_mm[:, 2]) > 0)
    assert np.allclose(volume.to_lps((3, 4, 5)), flipped.to_lps((3, 4, 5)), atol=1e-6)


def test_padding_reads_as_air() -> None:
    value = int(SMALL.hu[0, 0, 0]) + 1024

    volume = read_series(as_files(SMALL, PixelPaddingValue=value))

    assert volume.hu[0, 0, 0] == -1024


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Modality": "MR"}, "InvalidParameter.Unsuitable"),
        ({"ImageOrientationPatient": [0, 1, 0, 0, 0, -1]}, "425"),
        ({"PixelSpacing": [0, 1]}, "InvalidParameter.Unsuitable"),
    ],
)
def test_files_of_another_kind_are_refused_by_the_documented_code(changes: dict[str, object], code: str) -> None:
    assert refusal(as_files(SMALL, **changes)) == code


@pytest.mark.parametrize(
    ("keyword", "written", "code"),
    [
        ("NumberOfFrames", b"one ", "423"),
        ("ImagePositionPatient", b"here", "425"),
        ("ImagePositionPatient", b"1\\2 ", "425"),
        ("ImagePositionPatient", b"nan\\0\\0 ", "425"),
        ("ImagePositionPatient", b"", "425"),
        ("ImageOrientationPatient", b"", "425"),
        ("PixelSpacing", b"1 ", "425"),
        ("PixelSpacing", b"nan\\nan ", "425"),
        ("RescaleSlope", b"much", "InvalidImage.Content"),
        ("RescaleIntercept", b"inf ", "InvalidImage.Content"),
    ],
)
@pytest.mark.filterwarnings("ignore:Invalid value for VR")
@pytest.mark.parametrize("damaged", [slice(None), slice(5, 6)], ids=["all", "one"])
def test_numbers_that_are_none_are_refused_by_a_documented_code(
    keyword: str, written: bytes, code: str, damaged: slice
) -> None:
    from pydicom import dcmread
    from pydicom.datadict import dictionary_VR, tag_for_keyword
    from pydicom.dataelem import RawDataElement
    from pydicom.tag import Tag

    tag = Tag(tag_for_keyword(keyword) or 0)
    files = as_files(SMALL)
    for number in range(len(files))[damaged]:
        ds = dcmread(io.BytesIO(files[number]))
        ds[tag] = RawDataElement(tag, dictionary_VR(tag), len(written), written, 0, False, True)
        ds.save_as(stream := io.BytesIO())
        files[number] = stream.getvalue()

    assert refusal(files) == code


@pytest.mark.parametrize("side", [1, 60_000])
def test_a_matrix_that_no_scanner_makes_is_refused_before_memory_is_taken(side: int) -> None:
    assert refusal(as_files(SMALL, Rows=side, Columns=side)) == "InvalidImage.Resolution"


def test_an_empty_scale_is_none() -> None:
    volume = read_series(as_files(SMALL, RescaleSlope=None, RescaleIntercept=None))

    assert np.array_equal(volume.hu, SMALL.hu + 1024)


def test_too_few_frames_are_426() -> None:
    assert refusal(as_files(SMALL)[:19]) == "426"


def test_two_series_are_424() -> None:
    assert refusal(as_files(SMALL)[:12] + as_files(SMALL, SeriesInstanceUID="1.2.4")[12:]) == "424"


def test_a_missing_slice_is_refused() -> None:
    files = as_files(SMALL)

    assert refusal(files[:10] + files[11:]) == "InvalidParameter.Unsuitable"


def test_a_text_is_423_and_an_empty_file_422() -> None:
    files = as_files(SMALL)

    assert refusal([*files[1:], b"no picture" * 40]) == "423"
    assert refusal([*files[1:], b""]) == "422"


def test_a_truncated_file_is_refused_not_guessed() -> None:
    files = as_files(SMALL)

    assert refusal([*files[1:], files[0][:-500]]) in {"423", "InvalidImage.Content"}


def test_jpeg_2000_files_hold_the_pixels_that_pydicom_decodes() -> None:
    import pydicom

    files = sorted(shared("data", "chest-ct-j2k/dicom").iterdir())
    highest = max((pydicom.dcmread(file) for file in files), key=lambda ds: float(ds.ImagePositionPatient[2]))

    volume = read_series(files)

    expected = highest.pixel_array * float(highest.RescaleSlope) + float(highest.RescaleIntercept)
    assert np.array_equal(volume.hu[-1], np.clip(expected, -1024, None))
