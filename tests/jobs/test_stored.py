"""What the ledger keeps as text comes back exactly."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.stacks import geometry
from workstation.domain.answer import SentSeries
from workstation.domain.words import Fact, say, say_count
from workstation.jobs.stored import (
    OtherSeries,
    PlannedFile,
    canonical_json,
    facts_from_json,
    facts_json,
    notes_from_json,
    notes_json,
    others_from_json,
    others_json,
    plan_from_json,
    plan_json,
    sent_from_json,
    sent_json,
)

MM = st.floats(-2000, 2000, allow_nan=False)
STEP = st.floats(0.05, 20)


@given(start=st.tuples(MM, MM, MM), step=STEP, spacing=st.tuples(STEP, STEP), slices=st.integers(1, 30))
def test_the_geometry_sent_comes_back_bit_for_bit(
    start: tuple[float, float, float], step: float, spacing: tuple[float, float], slices: int
) -> None:
    place = geometry(slices, start=start, step=step, spacing=spacing)
    sent = SentSeries(geometry=place, series_uid="2.25.1", sop_instance_uids=("2.25.2", "2.25.3"))

    back = sent_from_json(sent_json(sent))

    assert back.geometry is not None
    assert np.array_equal(back.geometry.positions, place.positions)
    assert (back.geometry.spacing, back.geometry.row_cosine, back.geometry.column_cosine) == (
        place.spacing,
        place.row_cosine,
        place.column_cosine,
    )
    assert back.geometry.shape == place.shape
    assert (back.series_uid, back.sop_instance_uids) == ("2.25.1", ("2.25.2", "2.25.3"))


def test_where_the_originals_slices_lie_comes_back_too() -> None:
    sent = SentSeries(geometry=geometry(3), series_uid="", sop_instance_uids=(), original=geometry(5, rows=1024))

    back = sent_from_json(sent_json(sent)).original

    assert back is not None
    assert back.same_as(geometry(5, rows=1024))


def test_what_was_kept_before_there_were_repairs_is_still_read() -> None:
    kept = sent_json(SentSeries(geometry=geometry(3), series_uid="", sop_instance_uids=())).replace(
        ', "original": null', ""
    )

    assert "original" not in kept
    assert sent_from_json(kept).original is None


def test_a_series_without_geometry_comes_back_without() -> None:
    sent = SentSeries(geometry=None, series_uid="", sop_instance_uids=())

    assert sent_from_json(sent_json(sent)).geometry is None


def test_notes_keep_their_words_for_any_language() -> None:
    notes = (say("Dropped {what}", what=say("duplicates")), say_count("one slice", "{count} slices", 3))

    assert notes_from_json(notes_json(notes)) == notes
    assert notes_from_json("") == ()


def test_facts_keep_numbers_names_and_words() -> None:
    facts: dict[str, Fact] = {"count": 3, "share": 0.5, "vendor_code": "425", "reason": say("too few")}

    assert facts_from_json(facts_json(facts)) == facts


def test_a_plan_comes_back_and_never_names_another_folder() -> None:
    plan = (PlannedFile("0001.dcm", 10, "ab"), PlannedFile("floating/0001.nii.gz", 11, "cd"))

    assert [(file.role, file.form) for file in plan] == [("series", "dcm"), ("floating", "nii.gz")]
    assert plan_from_json(plan_json(plan)) == plan
    assert plan_from_json('[["../../etc/0001.dcm", 1, "ab"]]')[0].name == "0001.dcm"


def test_equal_parameters_are_equal_text_in_any_order() -> None:
    assert canonical_json({"a": 1, "b": 2.5}) == canonical_json({"b": 2.5, "a": 1})


def test_further_series_come_back_and_equal_ones_are_equal_text() -> None:
    one, two = OtherSeries("1.2#0", "1.2"), OtherSeries("1.3#1", "1.3")
    text = others_json({"a": one, "b": two})

    assert others_from_json(text) == {"a": one, "b": two}
    assert others_json({"b": two, "a": one}) == text
    assert others_from_json(others_json({})) == {}
