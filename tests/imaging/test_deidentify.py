"""Copies hold nothing of the identity: held to the standard's own table and to an independent search of the bytes."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.datadict import dictionary_VM, dictionary_VR, tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.data import shared
from tests.imaging.leaks import find_leaks
from tests.imaging.studies import SALT, chest_ct, only_stack, read, received
from workstation.domain.series import Instance, PixelFormat
from workstation.imaging.series.scan import scan
from workstation.imaging.upload.deidentify import Pseudonyms, surviving
from workstation.imaging.upload.deidentify_table import RULES, kept
from workstation.imaging.upload.prepare import prepare

PLANTED: dict[str, Any] = {
    "AE": "PLANTEDAE",
    "AS": "077Y",
    "DA": "19770707",
    "DT": "19770707070707",
    "TM": "070707",
    "UI": "1.2.826.0.1.77777.7",
    "DS": "7777.7",
    "IS": "77777",
    "FD": 77.7,
    "FL": 77.5,
    "OB": b"PLANTED BYTES ",
    "OW": b"PLANTED BYTES ",
    "UN": b"PLANTED BYTES ",
    "US": 7777,
    "SS": 7777,
    "UL": 77777,
    "SL": 77777,
    "AT": 0x00100010,
    "UR": "http://planted.example/7",
    "PN": "Planted^Name",
}


def standard_table() -> list[tuple[int, str]]:
    """(tag, action) of every attribute in PS3.15 table E.1-1."""
    lines = Path(__file__).with_name("confidentiality_profile.tsv").read_text("ascii").splitlines()[1:]
    return [(int(group + element, 16), action) for group, element, action, _ in csv.reader(lines, delimiter="\t")]


def planted(tag: int) -> Any:
    try:
        vr = dictionary_VR(tag).split(" or ")[0]
    except KeyError:
        return "LO", "PLANTED TEXT"
    if vr == "SQ":
        item = Dataset()
        item.PatientName, item.PatientID = "Planted^Nested", "PLANTEDNESTED"
        return vr, Sequence([item])
    value = PLANTED.get(vr, "PLANTED TEXT")
    if vr in ("DS", "FD", "FL", "US") and dictionary_VM(tag) not in ("1", "1-n"):
        value = [value] * int(dictionary_VM(tag)[0])
    return vr, value


def with_everything(folder: Path) -> Path:
    """A slice that holds every attribute of the standard's table, with a value that would be known again."""
    path = chest_ct(folder, slices=1).files[0]
    ds = read(path)
    for tag, _ in standard_table():
        if tag >> 16 in (0x0000, 0x0002, 0x0004) or tag in (0x00080005, 0xFFFCFFFC):
            continue
        vr, value = planted(tag)
        ds.add_new(tag, vr, value)
    for tag in (0x50000010, 0x60004000, 0x60000022):  # curves, overlay comments and description
        ds.add_new(tag, "LT" if tag & 0xFFFF else "US", "PLANTED TEXT")
    ds.add_new(0x60003000, "OB", b"PLANTED OVERLAY ")
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.save_as(path)
    return path


def test_every_attribute_of_the_standards_table_is_gone_empty_or_replaced(tmp_path: Path) -> None:
    path = with_everything(tmp_path / "original")
    original = read(path)

    prepared = prepare(only_stack(tmp_path / "original"), tmp_path / "copies", SALT)

    copy = read(prepared.files[0])
    present = [(tag, action) for tag, action in standard_table() if tag in copy]
    assert len(standard_table()) == 651
    for tag, action in present:
        element = copy[tag]
        if "U" in action.split("/"):
            assert str(element.value).startswith("2.25.")
        elif tag in (tag_for_keyword("PatientName"), tag_for_keyword("PatientID")):
            assert str(element.value).startswith("ANON")
        else:
            assert element.is_empty or element.value == "YES", element.keyword
        assert "X" not in action.split("/"), element.keyword
        assert element.is_empty or element.value != original[tag].value


def test_nothing_planted_in_any_attribute_is_left_in_the_bytes(tmp_path: Path) -> None:
    with_everything(tmp_path / "original")

    prepare(only_stack(tmp_path / "original"), tmp_path / "copies", SALT)

    sent = received(tmp_path / "copies").upper()
    assert b"PLANTED" not in sent
    assert b"19770707" not in sent
    assert b"77777" not in sent


def test_no_listed_attribute_is_one_that_the_standard_removes() -> None:
    removed = {tag for tag, action in standard_table() if action != "Z/D"}

    assert {group << 16 | element for group, element in RULES}.isdisjoint(removed)


def test_the_listed_attributes_are_called_and_typed_as_in_the_standard() -> None:
    for (group, element), rule in RULES.items():
        tag = group << 16 | element
        assert tag_for_keyword(rule.keyword) == tag
        assert rule.vr.decode() in dictionary_VR(tag)


def test_no_identity_of_the_phantom_is_found_in_the_copies(tmp_path: Path) -> None:
    truth = chest_ct(tmp_path / "original")

    prepare(only_stack(tmp_path / "original"), tmp_path / "copies", SALT)

    assert find_leaks(truth.files, received(tmp_path / "copies")) == []


@pytest.mark.parametrize("folder", ["chest-ct", "chest-ct-j2k/dicom", "mixed-folder/two-kernels", "mr-head/sag-mprage"])
def test_no_identity_of_real_series_is_found_in_the_copies(folder: str, tmp_path: Path) -> None:
    stack = scan([shared("data", *folder.split("/"))]).stacks[0]

    prepare(stack, tmp_path, SALT)

    assert find_leaks([Path(instance.path) for instance in stack.instances], received(tmp_path)) == []


@pytest.mark.parametrize(
    "name",
    ["chrGB2312.dcm", "chrX1.dcm", "chrX2.dcm", "chrI2.dcm", "chrH32.dcm", "derived-gbk-undeclared.dcm"],
)
def test_a_name_in_any_character_set_stays_here(name: str, tmp_path: Path) -> None:
    path = shared("data", "charsets", name)

    prepare(only_stack(path), tmp_path, SALT, shown=True)

    assert find_leaks([path], path.read_bytes()) != []
    assert find_leaks([path], received(tmp_path)) == []


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le"])
def test_the_search_finds_a_planted_name_in_every_encoding(encoding: str, tmp_path: Path) -> None:
    truth = chest_ct(tmp_path, slices=1)
    name = read(truth.files[0]).PatientName.ideographic.split("^")[1]

    leaks = find_leaks(truth.files, b"\0\1" + name.encode(encoding) + b"\2")

    assert (("PatientName", name)) in {(leak.keyword, leak.value) for leak in leaks}


@pytest.mark.parametrize(
    ("received", "found"),
    [(b"\0\4Sun^Li ", True), (b"name=sun&", True), (b"Content-MD5: k8SuN2q+a==", False), (b"/sUn/9+", False)],
)
def test_a_short_name_is_found_as_a_word_and_not_in_random_digests(
    received: bytes, found: bool, tmp_path: Path
) -> None:
    truth = chest_ct(tmp_path, slices=1)

    assert ("Sun" in {leak.value for leak in find_leaks(truth.files, received)}) is found


def test_the_search_finds_every_kind_of_value_in_the_original_itself(tmp_path: Path) -> None:
    truth = chest_ct(tmp_path, slices=1)

    found = {leak.keyword for leak in find_leaks(truth.files, truth.files[0].read_bytes())}

    assert {
        "PatientName", "PatientID", "PatientBirthDate", "StudyDate", "StudyTime", "AccessionNumber", "InstitutionName",
        "StudyInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID", "ReferencedSOPInstanceUID", "OperatorsName",
        "PatientTelephoneNumbers", "StudyDescription", "(0029,1010)", "(0029,1011)", "(0029,1012)",
    } <= found  # fmt: skip


def test_the_copy_says_how_it_was_de_identified(tmp_path: Path) -> None:
    chest_ct(tmp_path / "original", slices=1)

    copy = read(prepare(only_stack(tmp_path / "original"), tmp_path / "copies", SALT).files[0])

    assert copy.PatientIdentityRemoved == "YES"
    assert copy.DeidentificationMethodCodeSequence[0].CodeValue == "113100"
    assert copy.LongitudinalTemporalInformationModified == "REMOVED"


def test_a_word_of_the_identity_does_not_leave_inside_a_listed_text() -> None:
    words = frozenset({b"CHEST", b"LI"})

    assert kept((0x0018, 0x0015), b"CHEST ", frozenset()) == b"CHEST"
    assert kept((0x0018, 0x0015), b"CHEST ", words) is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ((0x0018, 0x0015), b"ZHANG WEI"),
        ((0x0018, 0x0060), b"13912345678"),
        ((0x0018, 0x1210), b"ZHANG"),
        ((0x0018, 0x1210), b"A12345"),
        ((0x0008, 0x0070), b"Third People's Hospital"),
        ((0x0018, 0x0050), b"Zhang"),
        ((0x0028, 0x1050), b"40\\Zhang"),
        ((0x0028, 0x1054), b"Wang"),
        ((0x0020, 0x0032), b"1\\2"),
    ],
)
def test_a_name_or_number_in_a_listed_attribute_stays_here(key: tuple[int, int], value: bytes) -> None:
    assert kept(key, value, frozenset()) is None


@pytest.mark.parametrize("kernel", [b"B70f", b"Br38f\\3", b"STANDARD", b"LUNG", b"FC51", b"L ", b"B_SOFT_B"])
def test_kernels_of_the_vendors_leave(kernel: bytes) -> None:
    assert kept((0x0018, 0x1210), kernel, frozenset()) == kernel.strip()


def test_a_free_contrast_text_leaves_as_yes() -> None:
    assert kept((0x0018, 0x0010), b"Omnipaque for Mr Wang", frozenset()) == b"YES"


def test_uids_can_not_be_traced_without_the_jobs_secret() -> None:
    one, other = Pseudonyms(SALT), Pseudonyms(SALT[::-1])

    assert one.uid("1.2.3", "study") == Pseudonyms(SALT).uid("1.2.3", "study")
    assert one.uid("1.2.3", "study") != other.uid("1.2.3", "study")
    assert pydicom.uid.UID(one.uid("1.2.3", "study")).is_valid
    assert one.patient_id != other.patient_id


def test_slices_that_share_their_uid_get_one_each() -> None:
    pseudonyms = Pseudonyms(SALT)

    uids = {pseudonyms.instance_uid(original, index) for index, original in enumerate(["1.2", "1.2", "", "", "1.3"])}

    assert len(uids) == 5


def test_a_frame_leaves_with_the_place_that_its_functional_groups_gave() -> None:
    frame = Instance(
        path="x",
        file_bytes=1,
        sop_class_uid="1.2.840.10008.5.1.4.1.1.2.1",
        sop_instance_uid="1.2",
        transfer_syntax="1.2.840.10008.1.2.1",
        pixels=PixelFormat(rows=4, columns=4),
        frame=2,
        position=(1.5, -2.0, 3.25),
        row_cosine=(1.0, 0.0, 0.0),
        column_cosine=(0.0, 1.0, 0.0),
        spacing=(0.7, 0.8),
        intercept=-1024.0,
    )

    elements = surviving({}, frame)

    assert elements[(0x0020, 0x0032)] == (b"DS", b"1.5\\-2\\3.25")
    assert elements[(0x0028, 0x0030)] == (b"DS", b"0.7\\0.8")
    assert elements[(0x0028, 0x1052)] == (b"DS", b"-1024")
