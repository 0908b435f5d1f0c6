"""A ruler in a picture turns its pixels into millimetres."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from workstation.domain.calibration import Calibration, SpacingKind
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.geometry import Vector
from workstation.domain.measure import Measure, MeasureKind, picture_plane
from workstation.domain.measuring import Scale, figures_of
from workstation.domain.ruler import calibrated_by, with_ruler
from workstation.domain.series import FileForm, Instance, Patient, PixelFormat, Stack, StudyInfo
from workstation.domain.words import Language, render

_TRUE_IN_THE_PATIENT = {SpacingKind.PATIENT, SpacingKind.CALIBRATED, SpacingKind.REGIONS}
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def photo() -> Stack:
    picture = Instance(
        path="p.jpg", file_bytes=1, sop_class_uid="", sop_instance_uid="", transfer_syntax="jpg",
        pixels=PixelFormat(rows=400, columns=600, samples=3, photometric="RGB"), form=FileForm.PICTURE,
    )  # fmt: skip
    return Stack(
        id="d#0", series_uid="", study=StudyInfo(), patient=Patient(), instances=(picture,), geometry=None, files=1
    )


def drawn(kind: MeasureKind, *points: Vector) -> Measure:
    plane = picture_plane(400, 600, 0)
    return Measure(id="m", stack_id="d#0", kind=kind, points=points, plane=plane, in_pixels=True, at=NOW)


def scale_of(stack: Stack) -> Scale:
    return Scale(spacing=stack.instances[0].spacing, calibration=stack.calibration)


def test_a_length_and_an_area_are_in_millimetres_after_two_clicks_on_a_ruler() -> None:
    ruler = calibrated_by(drawn(MeasureKind.LENGTH, (100, 100, 0), (100, 300, 0)), 50, "Li", NOW)
    scale = scale_of(with_ruler(photo(), ruler))

    length = figures_of(drawn(MeasureKind.LENGTH, (0, 0, 0), (30, 40, 0)), scale)
    corners: tuple[Vector, ...] = ((0, 0, 0), (40, 0, 0), (40, 20, 0), (0, 20, 0))
    area = figures_of(drawn(MeasureKind.RECTANGLE, *corners), scale)

    assert ruler.mm_per_pixel == 0.25
    assert (length.length, render(length.length_unit, Language.ENGLISH)) == (12.5, "mm, calibrated by hand")
    assert (area.area, render(area.area_unit, Language.ENGLISH)) == (50.0, "mm², calibrated by hand")


def test_a_calibration_that_was_taken_back_leaves_pixels() -> None:
    ruler = calibrated_by(drawn(MeasureKind.LENGTH, (0, 0, 0), (100, 0, 0)), 10, "Li", NOW)

    assert with_ruler(photo(), replace(ruler, mm_per_pixel=0.0)) == photo()


@pytest.mark.parametrize("kind", [kind for kind in SpacingKind if kind not in _TRUE_IN_THE_PATIENT])
def test_a_size_that_is_none_of_the_patient_is_replaced_by_a_ruler(kind: SpacingKind) -> None:
    ruler = calibrated_by(drawn(MeasureKind.LENGTH, (0, 0, 0), (100, 0, 0)), 10, "Li", NOW)
    told = replace(photo().instances[0], spacing=(0.2, 0.2), calibration=Calibration(kind=kind, magnification=1.1))
    first = with_ruler(replace(photo(), instances=(told,)), ruler).instances[0]

    assert (first.spacing, first.calibration) == ((0.1, 0.1), Calibration(kind=SpacingKind.BY_HAND))


@pytest.mark.parametrize("kind", sorted(_TRUE_IN_THE_PATIENT))
def test_a_picture_whose_file_tells_its_size_in_the_patient_keeps_it(kind: SpacingKind) -> None:
    ruler = calibrated_by(drawn(MeasureKind.LENGTH, (0, 0, 0), (100, 0, 0)), 10, "Li", NOW)
    first = replace(photo().instances[0], spacing=(0.2, 0.2), calibration=Calibration(kind=kind))
    told = replace(photo(), instances=(first,))

    assert with_ruler(told, ruler) is told


@pytest.mark.parametrize(
    ("end", "millimetres", "code"), [((3, 0, 0), 10, ErrorCode.BAD_GEOMETRY), ((100, 0, 0), 0, ErrorCode.BAD_SPACING)]
)
def test_what_can_be_no_ruler_is_refused(end: Vector, millimetres: float, code: ErrorCode) -> None:
    with pytest.raises(WorkstationError) as refused:
        calibrated_by(drawn(MeasureKind.LENGTH, (0, 0, 0), end), millimetres, "Li", NOW)

    assert refused.value.code is code
