from __future__ import annotations

import random
import struct
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pydicom
import pytest
from pydicom import Dataset
from pydicom.dataelem import RawDataElement
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGLSLossless

from tests.data import shared
from tests.imaging.made import write_slice
from tests.imaging.studies import SALT
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.imaging.dicom import tags
from workstation.imaging.dicom.attributes import AttributeReader
from workstation.imaging.dicom.fallback import read_header
from workstation.imaging.dicom.header import Header, HeaderReader
from workstation.imaging.dicom.walk import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT
from workstation.imaging.pixels.load import load_volume
from workstation.imaging.series.scan import scan
from workstation.imaging.upload.prepare import prepare


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _read(reader: HeaderReader, path: Path) -> Header | ErrorCode:
    try:
        return reader.read(str(path))
    except WorkstationError as error:
        return error.code


def _content(header: Header | ErrorCode) -> object:
    return header if isinstance(header, ErrorCode) else (header.values, header.syntax, header.pixels)


def _unpadded(header: Header) -> dict[bytes, bytes]:
    """Text without its padding, which pydicom has cut off in some values already; empty values don't count, nor does a
    sequence of codes, which pydicom has taken apart."""
    values = {k: v if k in tags.BINARY else v.rstrip(b"\0 ") for k, v in header.values.items()}
    values.pop(tags.ANATOMIC_REGION, None)
    return {k: v for k, v in values.items() if v or k in tags.SEQUENCES}


@pytest.fixture(scope="module")
def data() -> Path:
    return shared("data")


def test_our_walker_reads_what_pydicom_reads(data: Path) -> None:
    compared = 0
    for path in _files(data):
        ours = _read(HeaderReader(), path)
        if isinstance(ours, ErrorCode) or ours.syntax == DEFLATED:
            continue
        theirs = read_header(str(path))
        assert _unpadded(ours) == _unpadded(theirs), path.name
        assert (ours.syntax, ours.pixels) == (theirs.syntax, theirs.pixels), path.name
        compared += 1

    assert compared > 700


def test_a_file_reads_the_same_alone_and_after_others(data: Path) -> None:
    seasoned = HeaderReader()
    files = _files(data)

    assert [_content(_read(seasoned, path)) for path in files] == [
        _content(_read(HeaderReader(), path)) for path in files
    ]
    assert any(isinstance(h := _read(seasoned, path), Header) and h.template is not None for path in files)


def test_the_pixel_offset_is_where_the_pixels_are(data: Path) -> None:
    path = next(iter(_files(data / "chest-ct")))
    header = HeaderReader().read(str(path))
    assert header.pixels is not None
    offset, length = header.pixels

    assert path.read_bytes()[offset : offset + length] == pydicom.dcmread(path).PixelData


@pytest.mark.parametrize("syntax", [IMPLICIT, EXPLICIT])
@pytest.mark.parametrize("seed", range(12))
def test_elements_in_another_order_are_the_same_file(tmp_path: Path, syntax: str, seed: int) -> None:
    stored = np.random.default_rng(seed).integers(0, 3000, (4, 6), dtype=np.uint16)
    path = write_slice(tmp_path / "ordered", 5, stored, syntax, WindowCenter=40, WindowWidth=400, RescaleSlope=2)
    data = path.read_bytes()
    start = 132 + 12 + int.from_bytes(data[140:144], "little")
    elements, at = [], start
    while at < len(data):
        head, width = (8, 2) if syntax == EXPLICIT else (8, 4)
        if data[at + 4 : at + 6] == b"OW":
            head, width = 12, 4
        end = at + head + int.from_bytes(data[at + head - width : at + head], "little")
        elements.append(data[at:end])
        at = end
    random.Random(seed).shuffle(elements)
    if not seed:
        elements.sort(key=lambda one: one[:4] != b"\xe0\x7f\x10\0")  # the pixels before all
    (tmp_path / "mixed").write_bytes(data[:start] + b"".join(elements))
    (ordered,), (mixed,) = (scan([tmp_path / name]).stacks for name in ("ordered", "mixed"))
    own = {"path": "", "pixel_offset": 0}

    assert replace(mixed.instances[0], **own) == replace(ordered.instances[0], **own)
    assert replace(mixed, instances=ordered.instances, geometry=None) == replace(ordered, geometry=None)
    assert np.array_equal(load_volume(mixed).values[0], stored.astype(int) * 2 - 1024)


def test_a_deflated_file_reads_like_the_same_file_inflated(data: Path) -> None:
    path = data / "transfer-syntaxes" / "others" / "image_dfl.dcm"
    header = HeaderReader().read(str(path))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = pydicom.dcmread(path)

    assert header.text(tags.SOP_INSTANCE) == dataset.SOPInstanceUID
    assert int.from_bytes(header.values[tags.ROWS], "little") == dataset.Rows
    assert header.pixels == (0, len(dataset.PixelData))


def test_a_nest_deeper_than_python_allows_is_unreadable_not_a_crash(data: Path) -> None:
    with pytest.raises(WorkstationError) as caught:
        HeaderReader().read(str(data / "malformed" / "orthanc-2026-05-06-Deeply-Nested-Sequence.dcm"))

    assert caught.value.code is ErrorCode.UNREADABLE


def test_a_large_private_element_before_the_wanted_ones_is_skipped(tmp_path: Path) -> None:
    path = write_slice(tmp_path / "a")
    dataset = pydicom.dcmread(path)
    block = dataset.private_block(0x0009, "BIG", create=True)
    block.add_new(1, "OB", bytes(300_000))
    dataset.save_as(path)

    assert HeaderReader().read(str(path)).text(tags.SERIES_UID) == dataset.SeriesInstanceUID


def test_an_element_that_is_new_in_the_next_file_is_not_missed(tmp_path: Path) -> None:
    paths = [write_slice(tmp_path / str(z), z=z) for z in range(3)]
    odd = write_slice(tmp_path / "odd", z=3, AcquisitionNumber=7)
    reader = HeaderReader()
    for path in paths:
        reader.read(str(path))

    assert reader.read(str(odd)).text(tags.ACQUISITION_NUMBER) == "7"


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT])
def test_values_of_any_length_read_the_same_alone_and_after_others(tmp_path: Path, syntax: str) -> None:
    """In lengths that repeat, in lengths never seen before, with wanted and unwanted elements that differ."""
    rng = random.Random(5)
    paths: list[Path] = []
    for number in range(120):
        usual = number % 3 != 0
        step = Dataset()
        step.ScheduledProcedureStepID = "7" * rng.randrange(2, 9)
        paths.append(
            write_slice(
                tmp_path / f"{number:03}",
                z=number if usual else number + rng.random(),
                syntax=syntax,
                SOPInstanceUID=f"1.2.{10**12 + number}"
                if usual
                else f"1.2.{rng.randrange(10 ** rng.randrange(1, 20))}",
                InstanceNumber=number,
                ContentTime="12" if usual else "12" * rng.randrange(1, 4),
                ImageComments="x" * (6 if usual else rng.randrange(40)),
                RequestAttributesSequence=[step],
                WindowCenter=40 if usual else rng.randrange(10_000),
            )
        )
    for path in paths[::4]:  # of an unknown length, and so never at a place that is known
        whole = pydicom.dcmread(path)
        whole["RequestAttributesSequence"].is_undefined_length = True
        whole.save_as(path)
    seasoned = HeaderReader()

    after_others = [_read(seasoned, path) for path in paths]

    assert [_content(one) for one in after_others] == [_content(_read(HeaderReader(), path)) for path in paths]
    assert sum(isinstance(one, Header) and one.template is not None for one in after_others) > len(paths) // 2


def test_an_instance_is_the_same_alone_and_after_others(data: Path) -> None:
    seasoned_headers, seasoned = HeaderReader(), AttributeReader()
    files = _files(data)

    assert [_instances(seasoned_headers, seasoned, path) for path in files] == [
        _instances(HeaderReader(), AttributeReader(), path) for path in files
    ]


def _instances(headers: HeaderReader, attributes: AttributeReader, path: Path) -> object:
    try:
        return attributes.candidates(headers.read(str(path)))
    except WorkstationError as error:
        return error.code, error.facts


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT])
def test_a_bare_data_set_is_walked_as_one_with_preamble(tmp_path: Path, syntax: str) -> None:
    whole = write_slice(tmp_path / "whole.dcm", syntax=syntax)
    data = whole.read_bytes()
    bare = tmp_path / "bare.dcm"
    bare.write_bytes(data[data.index(b"\x08\x00\x16\x00") :])

    walked, with_preamble = HeaderReader(plain_only=True).read(str(bare)), HeaderReader().read(str(whole))

    assert (walked.syntax, walked.text(tags.SERIES_UID)) == (syntax, with_preamble.text(tags.SERIES_UID))
    assert walked.pixels is not None
    assert with_preamble.pixels is not None
    assert walked.pixels[1] == with_preamble.pixels[1]


def test_a_text_that_begins_like_a_data_set_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\x08\x00\x08\x00CS\x04\x00ABCD" + b"and so on " * 50)

    with pytest.raises(WorkstationError) as caught:
        HeaderReader().read(str(path))
    assert caught.value.code is ErrorCode.NOT_DICOM


def test_settings_of_a_printer_that_begin_like_a_data_set_are_none(tmp_path: Path) -> None:
    """Numbers that look like the length of a group, but for their own length."""
    (tmp_path / "a").write_bytes(struct.pack("<HHI", 2, 0, 1) + b"\x95\x19\0\0<?xml version" * 20)

    assert _read(HeaderReader(), tmp_path / "a") is ErrorCode.NOT_DICOM


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, BIG_ENDIAN, DEFLATED])
def test_a_file_that_begins_with_the_mark_is_read_and_sent_as_one_with_preamble(tmp_path: Path, syntax: str) -> None:
    names = ("whole", "bare")
    for name in names:
        (tmp_path / name).mkdir()
        for z in range(2):
            path = write_slice(tmp_path / name / f"{z}", z=z, syntax=syntax)
            path.write_bytes(path.read_bytes()[128 if name == "bare" else 0 :])
    stacks = [scan([tmp_path / name]).stacks[0] for name in names]
    whole, bare = (load_volume(stack).values for stack in stacks)
    copies = [
        prepare(stack, tmp_path / f"copies-{name}", SALT).files for stack, name in zip(stacks, names, strict=True)
    ]
    sent = [[pydicom.dcmread(copy).PixelData for copy in of] for of in copies]

    assert np.array_equal(whole, bare)
    assert sent[0] == sent[1]


def test_a_text_that_begins_like_the_mark_is_no_dicom(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"DICM is the mark of a file." * 20)

    assert _read(HeaderReader(), tmp_path / "a") is ErrorCode.NOT_DICOM


def _declared(path: Path, written: str, declared: str, stored: npt.NDArray[np.uint16]) -> Path:
    """A file of which the elements are not as its meta information says; "": it says nothing."""
    big = written == BIG_ENDIAN
    write_slice(path, pixels=stored.byteswap() if big else stored, syntax=written, RescaleIntercept=0)
    data = path.read_bytes()
    uid = declared.encode() + b"\0" * (len(declared) % 2)
    meta = tags.MEDIA_CLASS + b"UI\x04\x001.2\0"
    if uid:
        meta += tags.SYNTAX + b"UI" + len(uid).to_bytes(2, "little") + uid
    path.write_bytes(bytes(128) + b"DICM" + meta + data[data.index(b"\0\x08\0\x16" if big else b"\x08\0\x16\0") :])
    return path


@pytest.mark.parametrize(
    ("written", "declared"),
    [(one, other) for one in (EXPLICIT, IMPLICIT) for other in (EXPLICIT, IMPLICIT, "")]
    + [(BIG_ENDIAN, BIG_ENDIAN), (BIG_ENDIAN, "")],
)
def test_pixels_are_found_where_they_are_whatever_the_file_declares(
    tmp_path: Path, written: str, declared: str
) -> None:
    stored = np.arange(24, dtype=np.uint16).reshape(4, 6)
    path = _declared(tmp_path / "a", written, declared, stored)
    theirs = pydicom.dcmread(path, force=True).get_item("PixelData")
    assert isinstance(theirs, RawDataElement)

    assert HeaderReader().read(str(path)).pixels == (theirs.value_tell, stored.nbytes)
    assert read_header(str(path)).pixels == (theirs.value_tell, stored.nbytes)
    assert np.array_equal(load_volume(scan([path]).stacks[0]).values[0], stored)


def test_items_of_a_codec_that_are_declared_plain_are_left_out_not_misread(tmp_path: Path) -> None:
    """Noise takes more bytes compressed than it has: the items are longer than the frame."""
    stored = np.random.default_rng(1).integers(0, 2**16, (16, 16)).astype(np.uint16)
    write_slice(tmp_path / "plain", pixels=stored)
    dataset = pydicom.dcmread(tmp_path / "plain")
    dataset.PixelData = encapsulate([stored.tobytes() + bytes(64)])
    dataset["PixelData"].is_undefined_length = True
    dataset.file_meta.TransferSyntaxUID = JPEGLSLossless
    dataset.save_as(tmp_path / "a")
    data = (tmp_path / "a").read_bytes()
    declared = EXPLICIT.encode() + b"\0"
    length = data.index(b"1.2.840.10008.1.2.4.80") - 2
    (tmp_path / "plain").write_bytes(
        data[:length] + len(declared).to_bytes(2, "little") + declared + data[length + 2 + 22 :]
    )
    (tmp_path / "a").unlink()
    found = scan([tmp_path])

    assert found.stacks == ()
    assert [one.code for one in found.left_out] == [ErrorCode.DECODE_FAILED]


@pytest.mark.parametrize(
    ("written", "declared"),
    [(BIG_ENDIAN, EXPLICIT), (BIG_ENDIAN, IMPLICIT), (EXPLICIT, BIG_ENDIAN), (IMPLICIT, BIG_ENDIAN)],
)
def test_a_file_in_another_byte_order_than_it_declares_is_left_out_not_misread(
    tmp_path: Path, written: str, declared: str
) -> None:
    path = _declared(tmp_path / "a", written, declared, np.arange(24, dtype=np.uint16).reshape(4, 6))
    found = scan([path])

    assert found.stacks == ()
    assert [one.code for one in found.left_out] == [ErrorCode.NO_PIXELS]
