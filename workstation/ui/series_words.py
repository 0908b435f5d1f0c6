"""What people call a patient, a study and a series."""

from __future__ import annotations

from workstation.catalogue.check import PLANES
from workstation.domain.geometry import Plane
from workstation.domain.person_name import readable
from workstation.domain.series import Patient, Stack
from workstation.domain.words import Words, say, say_count


def series_title(stack: Stack) -> Words:
    """A radiograph's with its view, where the description doesn't tell it: Series 4 · R CC"""
    title = say("Series without a name")
    if stack.description:
        title = say("{text}", text=stack.description)
    elif stack.series_number is not None:
        title = say("Series {number}", number=stack.series_number)
    view = f"{stack.laterality} {stack.view_position}".strip() if stack.view_position else ""
    if view.replace(" ", "") in stack.description.upper().replace(" ", ""):
        return title
    return say("{line} · {fact}", line=title, fact=view)


def series_facts(stack: Stack) -> tuple[Words, ...]:
    """Such as: CT, axial, 318 slices, 1.25 mm"""
    parts = [say("{text}", text=stack.modality)] if stack.modality else []
    if stack.plane is not Plane.NONE:
        parts.append(PLANES[stack.plane])
    if stack.slices == 1:
        return (*parts, say("1 image"))
    if stack.geometry is None:
        return (*parts, say_count("{count} image", "{count} images", stack.slices))
    parts.append(say_count("{count} slice", "{count} slices", stack.slices))
    return (*parts, say("{mm:.3g} mm", mm=stack.geometry.step))


def series_line(stack: Stack) -> tuple[Words, ...]:
    """The same for a narrow place, such as: CT axial, 318 × 1.25 mm"""
    kind = say("{text}", text=stack.modality)
    if stack.plane is not Plane.NONE:
        plane = PLANES[stack.plane]
        kind = say("{modality} {plane}", modality=stack.modality, plane=plane) if stack.modality else plane
    if stack.slices == 1:
        return (kind, say("1 image"))
    if stack.geometry is None:
        return (kind, say_count("{count} image", "{count} images", stack.slices))
    return (kind, say("{slices} × {mm:.3g} mm", slices=stack.slices, mm=stack.geometry.step))


def patient_words(patient: Patient) -> Words:
    name = readable(patient.name) or patient.id
    return say("{text}", text=name) if name else say("No patient name")


def written_date(date: str) -> str:
    """20260314 → 2026-03-14; what is no date stays as it was written."""
    return f"{date[:4]}-{date[4:6]}-{date[6:8]}" if len(date) == 8 and date.isdigit() else date
