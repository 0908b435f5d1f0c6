"""Objects without a picture of their own: what they refer to, checked against pydicom's reading of the whole file."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

import pydicom
import pytest
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import UID, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian, generate_uid

from tests.data import shared
from tests.imaging.made import write_slice
from workstation.domain.error import ErrorCode
from workstation.domain.object_words import object_name
from workstation.domain.series import FoundObject, Tie
from workstation.imaging.series.scan import scan
from workstation.imaging.series.ties import tied

_KEY_OBJECT = "1.2.840.10008.5.1.4.1.1.88.59"
_RT_DOSE = "1.2.840.10008.5.1.4.1.1.481.2"
_RT_PLAN = "1.2.840.10008.5.1.4.1.1.481.5"


def _named_in(dataset: Dataset, keyword: str) -> set[str]:
    """Every value of an element below the top level."""
    found: set[str] = set()
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value:
                found |= {str(item[keyword].value)} if item.get(keyword) else set()
                found |= _named_in(item, keyword)
    return found


def test_series_and_images_that_are_named_are_those_that_pydicom_finds() -> None:
    objects = [found for found in scan([shared("data", "derived-objects")]).objects if found.kind != "archive"]
    compared = 0
    for found in objects:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = pydicom.dcmread(found.path, force=True, stop_before_pixels=True)
            series = _named_in(dataset, "SeriesInstanceUID") - {dataset.get("SeriesInstanceUID")}
            instances = {uid for uid in _named_in(dataset, "ReferencedSOPInstanceUID") if "." in uid}
        assert set(found.named) == instances, Path(found.path).name
        assert series <= set(found.refers_to), Path(found.path).name
        compared += bool(series)

    assert compared >= 15


def _write_object(path: Path, sop_class: str, syntax: str = ExplicitVRLittleEndian, **elements: object) -> Path:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = UID(syntax)
    dataset.SOPClassUID = sop_class
    dataset.SOPInstanceUID = generate_uid(entropy_srcs=[str(path)])
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = "1.2.3", "1.2.3.9"
    for keyword, value in elements.items():
        setattr(dataset, keyword, value)
    dataset.save_as(path, enforce_file_format=True)
    return path


def _reference(uid: str) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", uid
    return item


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_an_object_that_names_images_only_belongs_to_their_series(tmp_path: Path, syntax: str) -> None:
    image = write_slice(tmp_path / "image")
    uid = str(pydicom.dcmread(image).SOPInstanceUID)
    path = _write_object(tmp_path / "keys", _KEY_OBJECT, syntax, ReferencedImageSequence=[_reference(uid)])
    result = scan([tmp_path])
    (found,) = result.objects

    assert (found.path, found.kind, found.tie) == (str(path), "key-object", Tie.NAMED)
    assert found.refers_to == (result.stacks[0].series_uid,)


def _evidence(series_uid: str, *uids: str) -> Dataset:
    study, series = Dataset(), Dataset()
    series.SeriesInstanceUID, series.ReferencedSOPSequence = series_uid, [_reference(uid) for uid in uids]
    study.StudyInstanceUID, study.ReferencedSeriesSequence = "1.2.3", [series]
    return study


def _two_series(folder: Path) -> tuple[str, str]:
    """The UIDs of an image of series 1.2.3.4 and of one of 1.2.3.5, in one space."""
    files = [
        write_slice(folder / uid, SeriesInstanceUID=uid, FrameOfReferenceUID="1.5.5") for uid in ("1.2.3.4", "1.2.3.5")
    ]
    first, second = (str(pydicom.dcmread(file).SOPInstanceUID) for file in files)
    return first, second


def test_an_object_that_names_a_series_belongs_to_those_of_its_images_too(tmp_path: Path) -> None:
    first, second = _two_series(tmp_path)
    evidence = [_evidence("1.2.3.4", first)]
    _write_object(
        tmp_path / "keys",
        _KEY_OBJECT,
        CurrentRequestedProcedureEvidenceSequence=evidence,
        ReferencedImageSequence=[_reference(second)],
    )
    (found,) = scan([tmp_path]).objects

    assert (found.refers_to, found.tie) == (("1.2.3.4", "1.2.3.5"), Tie.NAMED)


def test_images_that_were_given_another_series_uid_are_known_by_their_own(tmp_path: Path) -> None:
    _, second = _two_series(tmp_path)
    _write_object(
        tmp_path / "keys", _KEY_OBJECT, CurrentRequestedProcedureEvidenceSequence=[_evidence("7.7.7", second)]
    )
    (found,) = scan([tmp_path]).objects

    assert (found.refers_to, found.tie) == (("7.7.7", "1.2.3.5"), Tie.NAMED)


def test_an_object_belongs_to_its_space_where_nothing_that_it_names_is_here(tmp_path: Path) -> None:
    _two_series(tmp_path)
    elements = {"CurrentRequestedProcedureEvidenceSequence": [_evidence("7.7.7", "7.7.8")]}
    _write_object(tmp_path / "keys", _KEY_OBJECT, FrameOfReferenceUID="1.5.5", **elements)
    _write_object(tmp_path / "others", _KEY_OBJECT, FrameOfReferenceUID="1.5.6", **elements)
    near, far = scan([tmp_path]).objects

    assert (near.refers_to, near.tie) == (("7.7.7", "1.2.3.4", "1.2.3.5"), Tie.FRAME_OF_REFERENCE)
    assert str(object_name(near)) == "keys (lies in the same space; names no series here)"
    assert (far.refers_to, far.tie) == (("7.7.7",), Tie.NAMED)


def test_a_plan_whose_structures_name_a_series_that_is_not_here_belongs_to_its_space(tmp_path: Path) -> None:
    _two_series(tmp_path)
    plan = FoundObject("plan", "rt-plan", uid="1", named=("2",), frame_of_reference_uid="1.5.5")
    structures = FoundObject("structures", "rt-structures", ("7.7.7",), uid="2")
    stacks = scan([tmp_path]).stacks

    assert tied([plan, structures], stacks)[0].refers_to == ("7.7.7", "1.2.3.4", "1.2.3.5")
    structures = replace(structures, refers_to=("1.2.3.5",))
    assert tied([plan, structures], stacks)[0] == replace(plan, refers_to=("1.2.3.5",))


def test_an_object_that_names_nothing_belongs_to_its_space_and_says_so(tmp_path: Path) -> None:
    write_slice(tmp_path / "image", FrameOfReferenceUID="1.5.5")
    _write_object(tmp_path / "dose", _RT_DOSE, FrameOfReferenceUID="1.5.5")
    (found,) = scan([tmp_path]).objects

    assert (found.kind, found.refers_to, found.tie) == ("rt-dose", ("1.2.3.4",), Tie.FRAME_OF_REFERENCE)


def test_a_dose_belongs_to_the_series_that_its_plan_names(tmp_path: Path) -> None:
    image = write_slice(tmp_path / "image")
    uid = str(pydicom.dcmread(image).SOPInstanceUID)
    plan = _write_object(tmp_path / "plan", _RT_PLAN, ReferencedImageSequence=[_reference(uid)], RTPlanLabel="Pelvis")
    plan_uid = str(pydicom.dcmread(plan).SOPInstanceUID)
    _write_object(tmp_path / "dose", _RT_DOSE, ReferencedRTPlanSequence=[_reference(plan_uid)])
    objects = {found.kind: found for found in scan([tmp_path]).objects}

    assert objects["rt-dose"].refers_to == ("1.2.3.4",)
    assert objects["rt-plan"].description == "Pelvis"


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_a_report_is_called_by_its_title(tmp_path: Path, syntax: str) -> None:
    concept = Dataset()
    concept.CodeValue, concept.CodingSchemeDesignator, concept.CodeMeaning = "113000", "DCM", "Of Interest"
    _write_object(tmp_path / "keys", _KEY_OBJECT, syntax, ConceptNameCodeSequence=[concept], SeriesDescription="Notes")

    assert [found.description for found in scan([tmp_path]).objects] == ["Of Interest"]


def test_objects_that_name_each_other_end() -> None:
    first = FoundObject("a", "sr", uid="1", named=("2",))
    second = FoundObject("b", "sr", uid="2", named=("1",))

    assert tied([first, second], []) == (first, second)
    assert tied([first, replace(second, refers_to=("9",))], [])[0].refers_to == ("9",)


def test_a_cut_object_is_left_out_with_a_reason(tmp_path: Path) -> None:
    whole = shared("data", "derived-objects", "seg-liver.dcm").read_bytes()
    (tmp_path / "cut").write_bytes(whole[:3000])

    assert [out.code for out in scan([tmp_path]).left_out] == [ErrorCode.UNREADABLE]
