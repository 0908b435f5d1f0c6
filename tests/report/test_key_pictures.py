"""Key pictures: one a slice, with everything that the screen shows there, labels legible."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.report.readings import finding, reading, result, stack
from workstation.domain.decision import Decision, DecisionState
from workstation.domain.finding import Basis, Finding
from workstation.domain.geometry import Vector
from workstation.domain.placement import box_at
from workstation.domain.projection import slice_plane
from workstation.domain.shapes import Angle, Box2D, Label, Line, Mask, Point, Polyline, Shape, Sphere
from workstation.domain.volume import LabelVolume
from workstation.domain.words import say
from workstation.report.label_places import label_places
from workstation.report.marks import draw_marks
from workstation.report.pictures import KeyPicture, write_key_pictures

GRID = stack().geometry
assert GRID is not None


def at(slice_: float, row: float, column: float) -> Vector:
    x, y, z = (float(value) for value in GRID.to_patient((slice_, row, column)))
    return (x, y, z)


def found(number: int, *shapes: Shape) -> Finding:
    return replace(finding(1), id=f"7F3A/{number}", shapes=shapes)


def pictures(tmp_path: Path, *findings: Finding, masks: tuple[LabelVolume, ...] = ()) -> list[KeyPicture]:
    return write_key_pictures(reading(replace(result(*findings), masks=masks)), tmp_path)


def mask(*labels: int) -> LabelVolume:
    """Label n: rows 10·n … 10·n + 8, columns 20 … 39 of slices 4 … 8, widest on slice 6."""
    values = np.zeros(GRID.shape, dtype=np.uint8)
    for label in labels:
        values[4:9, 10 * label : 10 * label + 9, 20:40] = label
        values[6, 10 * label : 10 * label + 9, 40] = label
    return LabelVolume(name="m", values=values, geometry=GRID, names={2: say("Liver")}, basis=Basis.ALGORITHM)


SHAPES: dict[str, tuple[Shape, str]] = {
    "sphere": (Sphere(center=at(6, 30, 30), radius=3.0), "ellipse"),
    "box": (box_at((5, 20, 20), (7, 30, 30), GRID), "path"),
    "rectangle": (Box2D(corners=(at(6, 20, 20), at(6, 20, 30), at(6, 30, 30), at(6, 30, 20))), "path"),
    "point": (Point(at=at(6, 30, 30)), "dot"),
    "line": (Line(start=at(6, 20, 20), end=at(6, 30, 30)), "path"),
    "polyline": (Polyline(points=(at(6, 20, 20), at(6, 30, 30), at(6, 20, 40))), "path"),
    "angle": (Angle(start=at(6, 20, 20), vertex=at(6, 30, 20), end=at(6, 30, 30)), "path"),
    "label": (Label(text="L1", at=at(6, 30, 30)), "dot"),
}


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_is_drawn_on_its_slice(tmp_path: Path, name: str) -> None:
    shape, kind = SHAPES[name]
    (picture,) = pictures(tmp_path, found(1, shape))

    assert picture.slice_index == 6
    assert kind in [mark["kind"] for mark in picture.marked.marks]


def test_an_angle_and_a_label_say_their_text(tmp_path: Path) -> None:
    (picture,) = pictures(tmp_path, found(1, SHAPES["angle"][0]), found(2, SHAPES["label"][0]))

    assert {mark["text"] for mark in picture.marked.marks if mark["kind"] == "label"} == {"1", "90.0°", "2 · L1"}


def test_findings_of_one_slice_share_a_picture_and_are_numbered_on_it(tmp_path: Path) -> None:
    first, second = pictures(
        tmp_path,
        found(1, SHAPES["sphere"][0]),
        found(2, Sphere(center=at(15, 30, 30), radius=3.0)),
        found(3, SHAPES["point"][0]),
    )

    assert [[number for number, _ in picture.findings] for picture in (first, second)] == [[1, 3], [2]]
    assert {mark["text"] for mark in first.marked.marks if mark["kind"] == "label"} == {"1", "3"}
    assert not any(mark["kind"] == "label" for mark in second.marked.marks)


def test_a_mask_covers_its_own_pixels_in_the_picture_with_a_third_and_its_edge(tmp_path: Path) -> None:
    (picture,) = pictures(tmp_path, found(1, Mask(volume="m", label=3)), masks=(mask(3),))
    cover = np.array(Image.open(tmp_path / picture.marked.mask_file))
    fine = cover.shape[0] // GRID.rows

    assert picture.slice_index == 6
    covered = cover[fine // 2 :: fine, fine // 2 :: fine, 3] > 0
    expected = np.zeros((GRID.rows, GRID.columns), dtype=bool)
    expected[30:39, 20:41] = True
    assert np.array_equal(covered, expected)
    assert tuple(cover[34 * fine, 30 * fine]) == (0xE6, 0x9F, 0x00, round(255 * 0.35))
    assert tuple(cover[30 * fine, 30 * fine]) == (0xE6, 0x9F, 0x00, 255)


def test_a_label_that_no_finding_is_about_has_a_picture_and_a_name(tmp_path: Path) -> None:
    (picture,) = pictures(tmp_path, masks=(mask(2),))

    assert (picture.slice_index, picture.findings) == (6, ())
    assert [str(layer.name) for layer in picture.marked.layers] == ["Liver"]


def test_rejected_findings_are_on_no_picture(tmp_path: Path) -> None:
    findings = (found(1, SHAPES["sphere"][0]), found(2, SHAPES["point"][0]))
    rejected = {"7F3A/1": Decision(state=DecisionState.REJECTED)}
    (picture,) = write_key_pictures(reading(result(*findings), decisions=rejected), tmp_path)

    assert picture.marked.findings == {"7F3A/2"}


def test_no_more_than_six_slices_are_shown(tmp_path: Path) -> None:
    many = [found(n, Point(at=at(2 * n, 30, 30))) for n in range(1, 9)]

    assert [picture.slice_index for picture in pictures(tmp_path, *many)] == [2, 4, 6, 8, 10, 12]


def test_labels_of_a_crowd_hide_neither_each_other_nor_leave_the_picture() -> None:
    size = (233.0, 181.0)
    crowd = [(0.4 + 0.03 * (n % 4), 0.4 + 0.04 * (n // 4)) for n in range(12)]
    said = [((x, y, x, y), f"{n} · 髋关节") for n, (x, y) in enumerate(crowd)]
    placed = label_places(said, size)
    boxes = [(label.at[0] * size[0], label.at[1] * size[1], 50.0, 10.0) for label in placed]

    assert all(x >= 0 and x + w <= size[0] and y >= 0 and y + h <= size[1] for x, y, w, h in boxes)
    assert not any(abs(a[0] - b[0]) < a[2] and abs(a[1] - b[1]) < a[3] for a, b in combinations(boxes, 2))
    assert any(label.leader is not None for label in placed)


def test_where_labels_would_hide_a_small_picture_only_numbers_stand() -> None:
    levels = [found(n, Label(text=f"T{n}-T{n + 1}", at=at(6, 4 * n, 30))) for n in range(1, 13)]
    plane = slice_plane(GRID, 6)
    numbered = list(enumerate(levels, start=1))
    small, large = (
        [mark["text"] for mark in draw_marks(result(*levels), numbered, plane, size, Path()).marks if "text" in mark]
        for size in ((150.0, 150.0), (500.0, 500.0))
    )

    assert small == [str(n) for n in range(1, 13)]
    assert large == [f"{n} · T{n}-T{n + 1}" for n in range(1, 13)]
