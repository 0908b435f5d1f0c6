"""Which of the file's times a film is played by: PS3.3 C.7.6.5 and C.7.6.6, from values as pydicom writes them."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, generate_uid

from workstation.domain.film import ASSUMED, Film, RateSource
from workstation.imaging.dicom.header import HeaderReader
from workstation.imaging.dicom.series_info import film_of

TIME, TIMES, ELSEWHERE = 0x00181063, 0x00181065, 0x00540010
VECTOR = [0, 40, 40, 120]


def told(folder: Path, syntax: str = ExplicitVRLittleEndian, **values: object) -> Film | None:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.3.1"
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.Modality = generate_uid(), generate_uid(), "US"
    dataset.Rows = dataset.Columns = 2
    for name, value in values.items():
        setattr(dataset, name, value)
    file = folder / "one.dcm"
    dataset.save_as(file, enforce_file_format=True, little_endian=syntax == ExplicitVRLittleEndian, implicit_vr=False)
    return film_of(HeaderReader().read(str(file)).values)


@pytest.mark.parametrize(
    ("values", "source", "times"),
    [
        ({"FrameIncrementPointer": TIME, "FrameTime": 40, "FrameTimeVector": VECTOR}, RateSource.FRAME_TIME, (40,)),
        ({"FrameIncrementPointer": TIMES, "FrameTime": 40, "FrameTimeVector": VECTOR}, RateSource.FRAME_TIMES,
         (0, 40, 40, 120)),
        ({"FrameTime": 40, "CineRate": 10}, RateSource.FRAME_TIME, (40,)),
        ({"FrameTimeVector": VECTOR}, RateSource.FRAME_TIMES, (0, 40, 40, 120)),
        ({"FrameIncrementPointer": TIMES, "FrameTime": 40}, RateSource.FRAME_TIME, (40,)),
        ({"FrameIncrementPointer": ELSEWHERE, "FrameTime": 40, "CineRate": 20}, RateSource.CINE_RATE, (50,)),
        ({"RecommendedDisplayFrameRate": 25, "CineRate": 10}, RateSource.DISPLAY_RATE, (40,)),
        ({"FrameTime": 0, "CineRate": 10}, RateSource.CINE_RATE, (100,)),
    ],
)  # fmt: skip
def test_the_frame_increment_pointer_decides_and_rates_come_after(
    tmp_path: Path, values: dict[str, object], source: RateSource, times: tuple[float, ...]
) -> None:
    assert told(tmp_path, **values) == Film(source=source, frame_ms=times)


def test_a_film_that_says_nothing_has_no_rate_of_its_own(tmp_path: Path) -> None:
    assert told(tmp_path) is None
    assert ASSUMED.per_second(40) == pytest.approx(15)


def test_the_pointer_of_a_big_endian_file_is_read_too(tmp_path: Path) -> None:
    film = told(tmp_path, ExplicitVRBigEndian, FrameIncrementPointer=TIMES, FrameTime=40, FrameTimeVector=VECTOR)

    assert film is not None
    assert film.source is RateSource.FRAME_TIMES


def test_each_frame_stays_until_the_next_ones_time() -> None:
    film = Film(source=RateSource.FRAME_TIMES, frame_ms=(0.0, 40.0, 40.0, 120.0))

    assert film.lasting(4) == pytest.approx((40, 40, 120, 200 / 3))
    assert film.per_second(4) == pytest.approx(4000 / (200 + 200 / 3))
