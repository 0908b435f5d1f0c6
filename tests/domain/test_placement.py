"""Proven, assumed, contradicted: and patient millimetres through the index, never through the service's own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.stacks import geometry
from workstation.domain.answer import (
    AnswerFinding,
    AnswerGrid,
    IndexBox,
    IndexPoint,
    IndexSphere,
    PatientPolyline,
    PlacementState,
    SentSeries,
    ServiceAnswer,
)
from workstation.domain.finding import Basis
from workstation.domain.geometry import Vector
from workstation.domain.placement import place
from workstation.domain.regrid import coarser_grid
from workstation.domain.shapes import Box3D, Label, Polyline, Sphere
from workstation.domain.words import Language, render, say

CENTER = (10.25, 200.5, 300.0)


def sent(row: Vector = (1.0, 0.0, 0.0), column: Vector = (0.0, 1.0, 0.0)) -> SentSeries:
    return SentSeries(
        geometry=geometry(40, row=row, column=column),
        series_uid="2.25.1",
        sop_instance_uids=tuple(f"2.25.1.{k}" for k in range(40)),
    )


def answer(series: SentSeries, **changes: object) -> ServiceAnswer:
    """What the service says: millimetres are origin + index × spacing, without direction cosines."""
    assert series.geometry is not None
    x, y, z = series.geometry.positions[0]
    step, row, column = series.geometry.spacing_zyx
    stated = (x + CENTER[2] * column, y + CENTER[1] * row, z + CENTER[0] * step)
    nodule = AnswerFinding(
        code="nodule",
        label=say("Nodule"),
        shapes=(IndexSphere(center=CENTER, diameter_mm=8.0, stated_mm=stated),),
        measurements=(),
        confidence=0.9,
        basis=Basis.VENDOR,
        sop_instance_uid="2.25.1.10",
    )
    whole = ServiceAnswer(
        findings=(nodule,),
        grid=AnswerGrid(origin=(x, y, z), spacing=(step, row, column)),
        basis=Basis.VENDOR,
        series_uid="2.25.1",
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


ORIENTATIONS: list[tuple[Vector, Vector]] = [
    ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    ((-1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    ((1.0, 0.0, 0.0), (0.0, -1.0, 0.0)),
    ((0.984807753012208, 0.0, 0.17364817766693033), (0.0, 1.0, 0.0)),
]


@pytest.mark.parametrize(("row", "column"), ORIENTATIONS)
def test_a_proven_finding_lies_at_its_index_whatever_the_orientation(row: Vector, column: Vector) -> None:
    series = sent(row, column)

    placement, (finding,) = place(answer(series), series, "7F3A")

    assert placement.state is PlacementState.PROVEN
    assert finding.id == "7F3A/1"
    assert series.geometry is not None
    assert isinstance(finding.shapes[0], Sphere)
    assert np.allclose(finding.shapes[0].center, series.geometry.to_patient(CENTER))


def test_an_answer_without_geometry_is_assumed_and_says_so() -> None:
    placement, (finding,) = place(answer(sent(), grid=AnswerGrid()), sent(), "7F3A")

    assert placement.state is PlacementState.ASSUMED
    assert finding.shapes


@pytest.mark.parametrize(
    "changes",
    [
        {"series_uid": "2.25.9"},
        {"grid": AnswerGrid(origin=(-180.0, -170.0, -299.0), spacing=(1.0, 0.7, 0.7))},
        {"grid": AnswerGrid(origin=(-180.0, -170.0, -300.0), spacing=(1.0, 0.8, 0.7))},
        {"grid": AnswerGrid(shape=(41, 512, 512))},
    ],
    ids=["series", "origin", "spacing", "size"],
)
def test_an_answer_that_contradicts_what_was_sent_is_listed_without_shapes(changes: dict[str, object]) -> None:
    placement, (finding,) = place(answer(sent(), **changes), sent(), "7F3A")

    assert placement.state is PlacementState.CONTRADICTED
    assert not placement.state.painted
    assert finding.shapes == ()


@pytest.mark.parametrize(
    "change",
    [
        {"sop_instance_uid": "2.25.1.30"},
        {"sop_instance_uid": "2.25.7"},
        {"shapes": (IndexSphere(center=(41.0, 1.0, 1.0), diameter_mm=5.0),)},
        {"shapes": (IndexSphere(center=CENTER, diameter_mm=5.0, stated_mm=(0.0, 0.0, 0.0)),)},
        {"shapes": (IndexPoint(at=(1.0, 600.0, 1.0)),)},
    ],
    ids=["other slice", "unknown slice", "outside", "millimetres disagree", "row outside"],
)
def test_a_finding_that_contradicts_itself_is_not_painted(change: dict[str, object]) -> None:
    whole = answer(sent())
    broken = replace(whole, findings=(replace(whole.findings[0], **change),))  # type: ignore[arg-type]

    assert place(broken, sent(), "7F3A")[0].state is PlacementState.CONTRADICTED


def test_nothing_found_on_the_right_grid_is_still_proven_and_text_has_no_place() -> None:
    assert place(answer(sent(), findings=()), sent(), "7F3A")[0].state is PlacementState.PROVEN
    nothing = ServiceAnswer(findings=(), grid=AnswerGrid(), basis=Basis.VENDOR)
    assert place(nothing, sent(), "7F3A")[0].state is PlacementState.NOT_APPLICABLE


def test_a_box_reaches_to_the_outer_edges_of_its_voxels() -> None:
    whole = answer(sent())
    boxed = replace(whole.findings[0], shapes=(IndexBox(first=(3, 4, 5), last=(3, 6, 9)),))

    (box,) = place(replace(whole, findings=(boxed,)), sent(), "7F3A")[1][0].shapes

    assert isinstance(box, Box3D)
    assert np.allclose(np.ptp(box.corners, axis=0), [5 * 0.7, 3 * 0.7, 1.0])


def test_a_box_of_a_shrunk_series_has_the_indices_of_the_original_and_the_same_place() -> None:
    original = geometry(40, rows=1024, columns=1024, spacing=(0.35, 0.35))
    series = replace(sent(), geometry=coarser_grid(original, (512, 512)), original=original)
    found = replace(answer(sent()).findings[0], shapes=(IndexBox(first=(3, 10, 20), last=(5, 12, 29)),))
    placed = answer(sent(), findings=(found,), grid=AnswerGrid())

    (box,) = place(placed, series, "job")[1][0].shapes

    assert isinstance(box, Box3D)
    assert (box.min_index, box.max_index) == ((3, 20, 40), (5, 25, 59))
    corners = original.to_index(box.corners)
    assert corners.min(axis=0) == pytest.approx([2.5, 19.5, 39.5], abs=1e-4)
    assert corners.max(axis=0) == pytest.approx([5.5, 25.5, 59.5], abs=1e-4)


def test_a_point_with_a_text_becomes_a_label() -> None:
    whole = answer(sent())
    labelled = replace(whole.findings[0], shapes=(IndexPoint(at=(3.0, 4.0, 5.0), text="L4"),))

    (label,) = place(replace(whole, findings=(labelled,)), sent(), "7F3A")[1][0].shapes

    assert isinstance(label, Label)


def test_a_balls_radius_is_half_the_diameter_stated() -> None:
    (ball,) = place(answer(sent()), sent(), "7F3A")[1][0].shapes

    assert isinstance(ball, Sphere)
    assert ball.radius == 4.0


def test_the_origin_alone_decides_where_the_findings_state_no_millimetres() -> None:
    """Half a millimetre off on one axis, and nothing else that could contradict."""
    whole = answer(sent())
    bare = replace(whole.findings[0], shapes=(IndexSphere(center=CENTER, diameter_mm=8.0),))
    assert whole.grid.origin is not None
    for axis in range(3):
        origin = tuple(mm + 0.5 * (k == axis) for k, mm in enumerate(whole.grid.origin))
        off = replace(whole, findings=(bare,), grid=replace(whole.grid, origin=origin))
        assert place(off, sent(), "7F3A")[0].state is PlacementState.CONTRADICTED
    assert place(replace(whole, findings=(bare,)), sent(), "7F3A")[0].state is PlacementState.PROVEN


@pytest.mark.parametrize(
    ("slice_", "state"), [(9, "contradicted"), (10, "proven"), (11, "proven"), (12, "contradicted")]
)
def test_the_slice_named_is_one_of_the_two_that_the_index_lies_between(slice_: int, state: str) -> None:
    whole = answer(sent())  # its index is 10.25
    named = replace(whole.findings[0], sop_instance_uid=f"2.25.1.{slice_}")

    assert place(replace(whole, findings=(named,)), sent(), "7F3A")[0].state.value == state


def test_rows_and_columns_of_unlike_spacing_are_not_mixed_up() -> None:
    """Spacing 0.5 between rows and 0.8 between columns; the same answer with the two swapped is another grid."""
    series = replace(sent(), geometry=geometry(40, spacing=(0.5, 0.8)))
    assert series.geometry is not None
    proven, (finding,) = place(answer(series), series, "7F3A")
    swapped = answer(series, grid=AnswerGrid(origin=answer(series).grid.origin, spacing=(1.0, 0.8, 0.5)))

    assert proven.state is PlacementState.PROVEN
    assert isinstance(finding.shapes[0], Sphere)
    way = np.array(finding.shapes[0].center) - series.geometry.positions[0]
    assert np.allclose(way, [300.0 * 0.8, 200.5 * 0.5, 10.25])
    assert place(swapped, series, "7F3A")[0].state is PlacementState.CONTRADICTED


def along(series: SentSeries, *indices: tuple[float, float, float]) -> ServiceAnswer:
    """A center line through these indices, stated in patient millimetres."""
    assert series.geometry is not None
    points = tuple(tuple(map(float, series.geometry.to_patient(at))) for at in indices)
    vessel = AnswerFinding(
        code="aorta",
        label=say("Aorta"),
        shapes=(PatientPolyline(points=points),),  # type: ignore[arg-type]
        measurements=(),
        confidence=None,
        basis=Basis.VENDOR,
    )
    return ServiceAnswer(findings=(vessel,), grid=AnswerGrid(), basis=Basis.VENDOR)


@pytest.mark.parametrize(("row", "column"), ORIENTATIONS)
def test_patient_coordinates_stay_as_they_are_and_are_assumed(row: Vector, column: Vector) -> None:
    series = sent(row, column)
    stated = along(series, (1, 20, 30), (30, 25, 35))

    placement, (finding,) = place(stated, series, "J")

    assert placement.state is PlacementState.ASSUMED
    assert "patient coordinates" in str(placement.sentence)
    (line,) = finding.shapes
    assert isinstance(line, Polyline)
    assert line.points == stated.findings[0].shapes[0].points  # type: ignore[union-attr]


def test_patient_coordinates_outside_the_series_are_contradicted() -> None:
    series = sent()

    placement, (finding,) = place(along(series, (1, 20, 30), (60, 25, 35)), series, "J")

    assert placement.state is PlacementState.CONTRADICTED
    assert finding.shapes == ()


@pytest.mark.parametrize("diameter_mm", [600.0, 1e308])
def test_a_ball_larger_than_the_series_is_listed_and_not_painted(diameter_mm: float) -> None:
    series = sent()
    (nodule,) = answer(series).findings
    huge = replace(nodule, shapes=(IndexSphere(center=CENTER, diameter_mm=diameter_mm),))

    placement, (found,) = place(answer(series, findings=(huge,)), series, "J")

    assert placement.state is PlacementState.CONTRADICTED
    assert found.shapes == ()


def test_millimetres_are_checked_against_what_was_sent_where_the_answer_gives_no_grid() -> None:
    """The example of the screening leaves its grid empty and copies the row into the slice."""
    series = sent()
    whole = answer(series, grid=AnswerGrid())
    (ball,) = whole.findings[0].shapes
    assert isinstance(ball, IndexSphere)
    copied = replace(ball, center=(30.5, 30.5, 300.0))
    other = replace(whole.findings[0], shapes=(copied,), sop_instance_uid="")

    assert place(whole, series, "J")[0].state is PlacementState.ASSUMED
    assert place(replace(whole, findings=(other,)), series, "J")[0].state is PlacementState.CONTRADICTED


def test_where_none_was_found_it_says_so_and_not_that_a_place_is_missing() -> None:
    series = sent()
    nothing = answer(series, findings=(), grid=AnswerGrid(), series_uid="")
    words_alone = replace(nothing, texts=("Sharp.",))

    assert render(place(nothing, series, "7F3A")[0].sentence, Language.ENGLISH).startswith("None was found")
    assert render(place(words_alone, series, "7F3A")[0].sentence, Language.ENGLISH) == "The answer names no place."
