"""Values that are too long for their own representation stand as unknown ones (PS3.5 6.2.2)."""

from __future__ import annotations

from pathlib import Path

import highdicom as hd
import numpy as np
import pytest
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from tests.imaging.asymmetric import Body
from tests.imaging.test_drawn_objects import Array, annotation, graphic, report, state, structures
from tests.imaging.test_segmentation import covered, read
from workstation.domain.shapes import Contour, Polyline
from workstation.imaging.objects.file import numbers

SYNTAXES = [ExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian]


def ring(count: int, z: float) -> Array:
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.column_stack([14 * np.cos(turn), 11 * np.sin(turn), np.full(count, z)])


def written(dataset: Dataset, path: Path, syntax: str) -> None:
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.save_as(path, enforce_file_format=True)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_contour_of_very_many_points_is_painted(tmp_path: Path, syntax: str) -> None:
    body = Body()
    body.write(tmp_path)
    z = float(body.files[13].ImagePositionPatient[2])
    written(structures(body, [("CLOSED_PLANAR", ring(6000, z), "")]), tmp_path / "rt.dcm", syntax)

    stack, overlaid = read(tmp_path)

    at = body.points()[13]
    assert np.array_equal(covered(stack, overlaid)[13], (at[..., 0] / 14) ** 2 + (at[..., 1] / 11) ** 2 <= 1)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_graphic_of_very_many_points_is_drawn(tmp_path: Path, syntax: str) -> None:
    body = Body()
    body.write(tmp_path)
    points = ring(9000, 0.0)
    drawn = report(body, graphic("POLYGON", points, space=body.frame_of_reference))
    written(drawn, tmp_path / "sr.dcm", syntax)

    _, overlaid = read(tmp_path)

    (shape,) = overlaid.findings[0].shapes
    assert isinstance(shape, Contour)
    assert np.allclose(shape.points, points, atol=1e-4)


def test_a_graphic_of_very_many_points_of_a_presentation_state_is_drawn(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    points = np.column_stack([np.linspace(1, 40, 9000), np.linspace(2, 30, 9000)])
    line = hd.pr.GraphicObject("POLYLINE", points, "PIXEL")
    state(body, annotation(body, 4, graphic_objects=[line])).save_as(tmp_path / "pr.dcm")

    _, overlaid = read(tmp_path)

    (shape,) = overlaid.findings[0].shapes
    assert isinstance(shape, Polyline)
    assert np.allclose(body.pixels_of(4, np.array(shape.points)), points, atol=1e-3)


def test_a_damaged_graphic_is_not_said_to_be_on_another_series(tmp_path: Path) -> None:
    body = Body()
    body.write(tmp_path)
    good, bad = (hd.pr.GraphicObject("POINT", np.array([(8.0, 9.0)]), "PIXEL") for _ in range(2))
    made = state(body, annotation(body, 4, graphic_objects=[bad]), annotation(body, 5, graphic_objects=[good]))
    made.GraphicAnnotationSequence[0].GraphicObjectSequence[0].GraphicData = [1.0, 2.0, 3.0]
    made.save_as(tmp_path / "pr.dcm")

    _, overlaid = read(tmp_path)

    assert len(overlaid.findings) == 1
    assert [str(note) for note in overlaid.notes] == ["1 shape can't be drawn."]


def raw(tag: int, kind: str, value: bytes) -> Dataset:
    """As a file holds it."""
    return Dataset({Tag(tag): RawDataElement(Tag(tag), kind, len(value), value, 0, False, True)})


@pytest.mark.parametrize("value", [b"1\\2\\x.y", b"1\\nan\\2", b"1\\\\2", b"1e999", b"1\\2,5\\3", b"", b"\0\0"])
def test_what_is_no_number_is_none(value: bytes) -> None:
    assert numbers(raw(0x30060050, "DS", value), "ContourData") == ()
    assert numbers(raw(0x30060050, "UN", value), "ContourData") == ()
    assert numbers(raw(0x30060050, "UN", value + b"\\1" * 40_000), "ContourData") == ()


def test_bytes_that_are_too_few_for_numbers_are_none() -> None:
    assert numbers(raw(0x00700022, "FL", b"\1\2\3"), "GraphicData") == ()
    assert numbers(raw(0x00700022, "UN", b"\1" * 66_001), "GraphicData") == ()
