"""`result.json`: valid by its schema, and read back as it was."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report.readings import NOON, finding, reading, result
from workstation.domain.answer import AnalysisResult, Curve, Placement, PlacementState
from workstation.domain.decision import Decision, DecisionState
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.domain.finding import Basis, Finding
from workstation.domain.shapes import Angle, Box2D, Box3D, Contour, Label, Line, Mask, Point, Polyline, Shape, Sphere
from workstation.domain.signature import Addendum, Signed
from workstation.domain.words import Language, say
from workstation.report.read_result import literal, read_result
from workstation.report.result_json import result_json
from workstation.resources import resource

SCHEMA = json.loads(resource("schema", "yingtai-result-1.json").read_text(encoding="utf-8"))
millimetres = st.integers(-9_999_999, 9_999_999).map(lambda tenth_microns: tenth_microns / 10_000)
points = st.tuples(millimetres, millimetres, millimetres)
indices = st.tuples(*[st.integers(0, 600)] * 3)
shapes: st.SearchStrategy[Shape] = st.one_of(
    st.builds(Sphere, center=points, radius=st.integers(1, 1_000_000).map(lambda n: n / 10_000)),
    st.builds(Point, at=points),
    st.builds(Line, start=points, end=points),
    st.builds(Angle, start=points, vertex=points, end=points),
    st.builds(Label, text=st.text(min_size=1, max_size=9), at=points),
    st.builds(Polyline, points=st.lists(points, min_size=2, max_size=5).map(tuple)),
    st.builds(Contour, points=st.lists(points, min_size=3, max_size=5).map(tuple)),
    st.builds(Box2D, corners=st.tuples(*[points] * 4)),
    st.builds(Mask, volume=st.text(min_size=1, max_size=9), label=st.integers(1, 255)),
    st.builds(Box3D, min_index=indices, max_index=indices, corners=st.tuples(*[points] * 8)),
)
decided = st.builds(
    Decision,
    state=st.sampled_from(DecisionState),
    comment=st.text(max_size=30),
    by=st.text(max_size=9),
    at=st.sampled_from([None, NOON]),
)


def told(found: Finding) -> Finding:
    """What of a finding a file can hold: its words in the file's language."""
    return replace(
        found,
        label=literal(found.label.message),
        measurements=tuple(
            replace(m, label=literal(m.label.message), value=literal(m.value.message) if m.name == "type" else m.value)  # type: ignore[union-attr]
            for m in found.measurements
        ),
    )


def facts(analysed: AnalysisResult) -> dict[str, object]:
    """All but the findings, which hold words, and the raw answer, which is a file of its own."""
    names = {field.name for field in fields(AnalysisResult)} - {"findings", "raw"}
    return {name: getattr(analysed, name) for name in names}


@settings(max_examples=40)
@given(st.lists(shapes, max_size=4), decided, st.sampled_from(Basis), st.none() | st.floats(0, 1))
def test_a_result_is_valid_and_reads_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory,
    drawn: list[Shape],
    decision: Decision,
    basis: Basis,
    confidence: float | None,
) -> None:
    found = replace(finding(1, basis=basis), shapes=tuple(drawn), confidence=confidence)
    analysed = result(found, basis=basis)
    data = result_json(analysed, {found.id: decision}, reading().stack.geometry, Language.ENGLISH)
    jsonschema.validate(data, SCHEMA)
    file = tmp_path_factory.getbasetemp() / "result.json"
    file.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    again, decisions = read_result(file)

    assert again.findings == (told(found),)
    assert decisions == {found.id: decision}
    assert facts(again) == facts(analysed)


flat_points = st.tuples(millimetres, millimetres, st.just(0.0))
flat_shapes: st.SearchStrategy[Shape] = st.one_of(
    st.builds(Point, at=flat_points),
    st.builds(Line, start=flat_points, end=flat_points),
    st.builds(Angle, start=flat_points, vertex=flat_points, end=flat_points),
    st.builds(Label, text=st.text(min_size=1, max_size=9), at=flat_points),
    st.builds(Polyline, points=st.lists(flat_points, min_size=2, max_size=5).map(tuple)),
    st.builds(Box2D, corners=st.tuples(*[flat_points] * 4)),
)


@settings(max_examples=40)
@given(st.lists(flat_shapes, min_size=1, max_size=4))
def test_shapes_on_a_picture_are_in_pixels_and_read_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[Shape]
) -> None:
    found = replace(finding(1), shapes=tuple(drawn))
    data = result_json(replace(result(found), in_pixels=True), {}, None, Language.ENGLISH)
    jsonschema.validate(data, SCHEMA)
    text = json.dumps(data)
    file = tmp_path_factory.getbasetemp() / "result.json"
    file.write_text(text, encoding="utf-8")
    again, _ = read_result(file)

    assert "_mm" not in text
    assert (again.in_pixels, again.findings[0].shapes) == (True, tuple(drawn))


def test_curves_notes_and_the_moved_series_read_back_as_they_were(tmp_path: Path) -> None:
    label = say("Diameter along the aorta")
    curve = Curve(
        name="diameter",
        label=label,
        x=(0.0, 5.0),
        y=(31.0, 42.5),
        x_unit="mm",
        y_unit="mm",
        basis=Basis.TRUTH,
        marked=1,
    )
    analysed = replace(result(), curves=(curve,), notes=(say("One part failed."),), moving_id="1.2.4#0")
    data = result_json(analysed, {}, None, Language.ENGLISH)
    jsonschema.validate(data, SCHEMA)
    file = tmp_path / "result.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    again, _ = read_result(file)

    assert again.curves == (replace(curve, label=literal(label.message)),)
    assert again.notes == (literal("One part failed."),)
    assert again.moving_id == "1.2.4#0"


def test_a_signed_result_carries_signature_and_addenda_and_a_draft_neither() -> None:
    added = Addendum(text="No growth.", by="Dr Wang", role="chief", at=NOON)
    signed = Signed(by="Dr Li", role="radiologist", at=NOON, digest="ab12", addenda=(added,))
    draft = result_json(result(), {}, None, Language.ENGLISH)
    data = result_json(result(), {}, None, Language.ENGLISH, signed)
    jsonschema.validate(data, SCHEMA)

    assert not {"signed", "addenda"} & draft.keys()
    at = "2026-03-14T12:00:00+00:00"
    assert data["signed"] == {"by": "Dr Li", "role": "radiologist", "at": at, "sha256": "ab12", "intact": True}
    assert data["addenda"] == [{"text": "No growth.", "by": "Dr Wang", "role": "chief", "at": at}]


@pytest.mark.parametrize("state", list(PlacementState))
def test_every_placement_and_an_empty_result_is_valid(state: PlacementState) -> None:
    analysed: AnalysisResult = replace(result(), placement=Placement(state, say("Somewhere.")))

    jsonschema.validate(result_json(analysed, {}, None, Language.CHINESE), SCHEMA)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nonsense", ErrorCode.NO_RESULT),
        ("[]", ErrorCode.NO_RESULT),
        ('{"schema": "other/1"}', ErrorCode.NO_RESULT),
        ('{"schema": "yingtai-result/1"}', ErrorCode.NO_RESULT),
        ('{"schema": "yingtai-result/2"}', ErrorCode.SCHEMA_TOO_NEW),
    ],
)
def test_a_file_that_is_no_result_is_refused(tmp_path: Path, text: str, code: ErrorCode) -> None:
    file = tmp_path / "result.json"
    file.write_text(text)
    with pytest.raises(WorkstationError) as refused:
        read_result(file)

    assert refused.value.code is code


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(WorkstationError) as refused:
        read_result(tmp_path / "result.json")

    assert refused.value.code is ErrorCode.NOT_FOUND
