"""The documented answer, what is asked, and the traps of this operation, each named after its entry."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.stacks import chest_ct
from workstation.catalogue.operation import CallInput
from workstation.catalogue.two_series import ALIYUN_REGISTRATION, CT_REGISTRATION, check_second, same_patient, seconds
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis
from workstation.domain.series import Patient, Stack, StudyInfo
from workstation.domain.volume import ResultVolume
from workstation.domain.words import Language, render

RECORDED = json.loads((Path(__file__).parent / "answers" / "ct-registration.json").read_text(encoding="utf-8"))["Data"]


def image(name: str = "moved.nii.gz", shape: tuple[int, ...] = (3, 4, 5)) -> ResultVolume:
    return ResultVolume(name=name, values=np.zeros(shape, np.int16), to_patient=np.eye(4))


def call(reference: int = 2, floating: int = 3) -> CallInput:
    links = {
        "reference": tuple(f"r{n}" for n in range(1, reference + 1)),
        "floating": tuple(f"f{n}" for n in range(1, floating + 1)),
    }
    return CallInput(links=links, parameters={}, org_name="Site", org_id="007")


def said(stack: Stack, beside: Stack) -> list[str]:
    found = check_second(stack, beside, CT_REGISTRATION)
    return [render(reason.sentence, Language.ENGLISH) for reason in found.reasons]


def of(stack: Stack, patient: Patient, study: str) -> Stack:
    return replace(stack, patient=patient, study=StudyInfo(uid=study), id=f"{study}.9#0")


ZHANG = Patient(name="ZHANG^SAN", id="17", birth_date="19600102")


def test_the_documented_answer_is_read_in_full() -> None:
    moved = image()
    answer = ALIYUN_REGISTRATION.parse(json.dumps(RECORDED), False, {"NUrl": (moved,)})

    assert ALIYUN_REGISTRATION.file_links(json.dumps(RECORDED)) == {"NUrl": RECORDED["NUrl"], "DUrl": RECORDED["DUrl"]}
    assert answer.volumes == (moved,)
    assert (answer.findings, answer.masks, answer.notes, answer.unknown) == ((), (), (), ())
    assert answer.basis is Basis.VENDOR


def test_both_sides_are_sent_under_their_own_item_names_and_each_counts_from_one() -> None:
    assert ALIYUN_REGISTRATION.submit_call(call()).body == {
        "DataFormat": "DICOM",
        "DataSourceType": "HTTP_FILES",
        "OrgName": "Site",
        "OrgId": "007",
        "ReferenceList.1.ReferenceURL": "r1",
        "ReferenceList.2.ReferenceURL": "r2",
        "FloatingList.1.FloatingURL": "f1",
        "FloatingList.2.FloatingURL": "f2",
        "FloatingList.3.FloatingURL": "f3",
    }


def test_dicom_in_the_archive_is_kept_and_not_read() -> None:
    """D = DICOM, N = NIfTI: the names carry no hint."""
    assert ALIYUN_REGISTRATION.links == ("NUrl", "DUrl")
    assert ALIYUN_REGISTRATION.kept == ("DUrl",)


def test_an_answer_whose_files_could_not_be_read_says_so() -> None:
    answer = ALIYUN_REGISTRATION.parse(json.dumps(RECORDED), False)

    assert answer.volumes == ()
    assert [render(note, Language.ENGLISH) for note in answer.notes] == ["The moved series could not be read."]


def test_of_several_images_none_is_guessed() -> None:
    answer = ALIYUN_REGISTRATION.parse(json.dumps(RECORDED), False, {"NUrl": (image("a.nii"), image("b.nii"))})

    assert answer.volumes == ()
    assert answer.notes


def test_a_field_of_vectors_is_not_taken_for_the_moved_series() -> None:
    files = {"NUrl": (image("field.nii", (3, 4, 5, 3)), image("moved.nii"))}

    assert [v.name for v in ALIYUN_REGISTRATION.parse(json.dumps(RECORDED), False, files).volumes] == ["moved.nii"]


def test_an_answer_without_either_link_is_refused() -> None:
    with pytest.raises(WorkstationError) as refused:
        ALIYUN_REGISTRATION.parse("{}", False)

    assert refused.value.code is ErrorCode.BAD_ANSWER


def test_8_to_600_frames_per_side() -> None:
    first = chest_ct(600)
    later = of(chest_ct(7), first.patient, "2.2")

    assert said(later, first) == ["7 slices; at least 8 are needed."]
    assert said(of(chest_ct(8), first.patient, "2.2"), first) == []
    assert said(of(chest_ct(601), first.patient, "2.2"), first) == ["601 slices; at most 600 are allowed."]


def test_a_series_of_another_patient_is_refused() -> None:
    first = of(chest_ct(), ZHANG, "1.1")

    assert said(of(chest_ct(), replace(ZHANG, id="18"), "2.2"), first) == ["The other series is of another patient."]
    assert said(of(chest_ct(), replace(ZHANG, birth_date="19600103"), "2.2"), first)
    assert said(of(chest_ct(), replace(ZHANG, name="张三"), "2.2"), first) == []


def test_the_same_series_twice_is_refused() -> None:
    first = chest_ct()

    assert said(first, first) == ["It is the same series twice."]


def test_files_that_name_nobody_are_neither_the_same_patient_nor_another() -> None:
    nobody = Patient()

    assert same_patient(of(chest_ct(), nobody, "1.1"), of(chest_ct(), nobody, "2.2")) is None
    assert same_patient(of(chest_ct(), nobody, "1.1"), of(chest_ct(), nobody, "1.1")) is True
    assert same_patient(of(chest_ct(), Patient(name="A^B"), "1.1"), of(chest_ct(), Patient(name="C^D"), "2.2")) is False


def test_another_examination_of_the_patient_is_proposed_before_another_series_of_the_same() -> None:
    first = of(chest_ct(), ZHANG, "1.1")
    beside = replace(of(chest_ct(), ZHANG, "1.1"), id="1.1.8#0")
    earlier = of(chest_ct(step=5), ZHANG, "0.9")
    stranger = of(chest_ct(), replace(ZHANG, id="18"), "3.3")

    assert [s.id for s in seconds(first, (first, beside, stranger, earlier), CT_REGISTRATION)] == [
        earlier.id,
        beside.id,
    ]
