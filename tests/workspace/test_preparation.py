"""Copies of two series that go together: apart in their folders, and of one patient whom nobody can name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pydicom import dcmread

from workstation.catalogue.chest import LUNG_NODULE
from workstation.catalogue.two_series import CT_REGISTRATION
from workstation.domain.covering import Covering, Subject, box
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.series import Patient, Stack
from workstation.domain.words import Language, render
from workstation.domain.work import CancelToken, silent
from workstation.imaging.phantom.make import PhantomOptions, make_phantom
from workstation.imaging.series.scan import scan
from workstation.jobs.ports import Prepared
from workstation.workspace.preparation import preparation

SALT = b"0123456789abcdef"
SMALL = PhantomOptions(slices=9, size=32, spacing_mm=20.0, nodules=0)


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """The same patient as `stack`, half a year later."""
    folder = tmp_path_factory.mktemp("later")
    make_phantom("chest-ct", folder, 1, replace(SMALL, follow_up=True))
    (found,) = scan([folder]).stacks
    return found


def filled(stack: Stack, other: Stack, folder: Path) -> Prepared:
    fill = preparation(stack, CT_REGISTRATION, {"floating": other})
    assert fill is not None
    return fill(folder, SALT, silent, CancelToken())


@pytest.fixture(scope="module")
def lettered(tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """`later` with one slice that says of itself that text is burnt into it."""
    folder = tmp_path_factory.mktemp("lettered")
    make_phantom("chest-ct", folder, 1, replace(SMALL, follow_up=True))
    named = sorted(folder.rglob("*.dcm"))[3]
    header = dcmread(named)
    header.BurnedInAnnotation = "YES"
    header.save_as(named)
    (found,) = scan([folder]).stacks
    return found


def test_a_second_series_with_text_in_it_leaves_only_covered(stack: Stack, lettered: Stack, tmp_path: Path) -> None:
    name = Covering(regions=(box(Subject.DRAWN, 2, 1, 20, 6),), reviewed=True)

    def fill(covering: Covering, folder: Path) -> Prepared:
        made = preparation(stack, CT_REGISTRATION, {"floating": lettered}, covering=covering)
        assert made is not None
        return made(folder, SALT, silent, CancelToken())

    with pytest.raises(WorkstationError) as refused:
        fill(Covering(), tmp_path / "refused")
    sent = fill(Covering(others=(name,)), tmp_path / "sent")

    first, second = (dcmread(sent.files[n]).pixel_array[1:7, 2:21] for n in (0, 20))
    assert refused.value.code is ErrorCode.BURNT_IN
    assert len(set(second.ravel().tolist())) == 1
    assert len(set(first.ravel().tolist())) > 1


def test_each_series_lies_in_the_folder_of_its_role_the_reference_first(
    stack: Stack, later: Stack, tmp_path: Path
) -> None:
    prepared = filled(stack, later, tmp_path)
    names = [file.relative_to(tmp_path).as_posix() for file in prepared.files]

    assert names == [f"reference/{n:04d}.dcm" for n in range(1, 21)] + [f"floating/{n:04d}.dcm" for n in range(1, 10)]


def test_the_copies_are_of_one_patient_and_two_studies_without_a_name(
    stack: Stack, later: Stack, tmp_path: Path
) -> None:
    prepared = filled(stack, later, tmp_path)
    headers = [dcmread(file, stop_before_pixels=True) for file in prepared.files]
    series = [ds.SeriesInstanceUID for ds in headers]

    assert len({ds.PatientID for ds in headers}) == 1
    assert {stack.patient.id, str(stack.patient.name)}.isdisjoint({ds.PatientID for ds in headers})
    assert len({ds.StudyInstanceUID for ds in headers}) == 2
    assert {stack.study.uid, later.study.uid}.isdisjoint({ds.StudyInstanceUID for ds in headers})
    assert len(set(series[:20])) == len(set(series[20:])) == 1
    assert series[0] != series[20]


def test_the_answer_is_placed_on_the_series_looked_at(stack: Stack, later: Stack, tmp_path: Path) -> None:
    sent = filled(stack, later, tmp_path).sent

    assert sent.geometry is not None
    assert stack.geometry is not None
    assert sent.geometry.same_as(stack.geometry)
    assert sent.moving is not None
    assert sent.moving.geometry is not None
    assert sent.moving.geometry.slices == 9
    assert sent.moving_id == later.id


def test_two_series_that_name_nobody_are_sent_with_a_note(tmp_path: Path, stack: Stack, later: Stack) -> None:

    notes = filled(replace(stack, patient=Patient()), replace(later, patient=Patient()), tmp_path).notes

    said = [render(note, Language.ENGLISH) for note in notes]
    assert said == ["The two series do not say that they are of the same patient."]


def test_without_the_second_series_no_copies_can_be_made(stack: Stack) -> None:
    assert preparation(stack, CT_REGISTRATION, {}) is None
    assert preparation(stack, LUNG_NODULE, {}) is not None
