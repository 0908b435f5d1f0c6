"""The JSON that scripts rely on: the keys of each shape, and what stands in them where it is easily got wrong."""

from __future__ import annotations

import json
from datetime import date

import jsonschema
import pytest

from tests.data import shared
from tests.stacks import chest_ct
from workstation.catalogue import OPERATIONS
from workstation.catalogue.check import check, recommend
from workstation.catalogue.chest import LUNG_NODULE
from workstation.cli.shapes import check_json, operations_json, scan_json, series_json
from workstation.domain.error import ErrorCode
from workstation.domain.series import FactCode, FoundObject, LeftOut, ScanResult, StackFact
from workstation.domain.words import Language, say
from workstation.imaging.series.scan import scan
from workstation.resources import resource

ENGLISH, CHINESE = Language.ENGLISH, Language.CHINESE
TODAY = date(2026, 7, 1)


def test_scan_accounts_for_stacks_objects_and_files_left_out() -> None:
    left = LeftOut("a/notes.txt", ErrorCode.NOT_DICOM, say("This is not a DICOM file."))
    found = ScanResult(
        stacks=(chest_ct(),),
        objects=(FoundObject("a/sr.dcm", "sr", ("1.2.3",)),),
        left_out=(left,),
        files=42,
        seconds=0.1,
    )
    told = json.loads(json.dumps(scan_json(found, ENGLISH)))

    assert told["schema"] == "yingtai-scan/1"
    assert told["files"] == 42
    assert told["objects"] == [
        {"path": "a/sr.dcm", "uid": "", "kind": "sr", "refers_to": ["1.2.3"], "tie": "named", "description": ""}
    ]
    assert told["left_out"] == [
        {"path": "a/notes.txt", "code": "not-dicom", "sentence": "This is not a DICOM file.", "facts": {}}
    ]
    (series,) = told["series"]
    assert set(series) == {
        *("id", "uid", "study_uid", "modality", "description", "plane", "slices", "rows", "columns", "spacing_mm"),
        *("uniform", "thickness_mm", "body_part", "laterality", "contrast", "kernel", "facts", "files"),
    }


def test_a_series_has_its_spacing_as_slice_row_column() -> None:
    told = series_json(chest_ct(step=2.5), ENGLISH)

    assert told["spacing_mm"] == [2.5, 0.7, 0.7]
    assert (told["plane"], told["uniform"], told["id"], told["uid"]) == ("axial", True, "1.2.3#0", "1.2.3")


def test_a_single_slice_has_no_spacing_between_slices() -> None:
    assert series_json(chest_ct(1), ENGLISH)["spacing_mm"] == [None, 0.7, 0.7]


def test_a_fact_is_told_as_code_sentence_facts_and_measure() -> None:
    fact = StackFact(FactCode.GAP, say("{count} slices missing.", count=2), 2.0)
    told = series_json(chest_ct(facts=(fact,)), ENGLISH)

    assert told["facts"] == [{"code": "gap", "sentence": "2 slices missing.", "facts": {"count": 2}, "measured": 2.0}]


def test_check_tells_each_limit_that_is_missed_with_measure_limit_and_source() -> None:
    stack = chest_ct(19, modality="MR")
    told = check_json([(stack, (check(stack, LUNG_NODULE),))], ENGLISH)
    ((operation,),) = [series["operations"] for series in json.loads(json.dumps(told))["series"]]

    assert told["schema"] == "yingtai-check/1"
    assert set(operation) == {"name", "fits", "reasons", "repairs", "better_series", "better_reason"}
    assert (operation["name"], operation["fits"], operation["better_series"]) == ("lung-nodule", False, None)
    reasons = {reason["code"]: reason for reason in operation["reasons"]}
    assert len(reasons) >= 2
    assert reasons["too-few-slices"] == {
        "code": "too-few-slices",
        "sentence": "19 slices; at least 20 are needed.",
        "facts": {"count": 19, "least": 20},
        "measured": 19,
        "limit": 20,
        "source": "documented",
    }


def test_check_tells_which_series_is_better_and_why() -> None:
    thick, thin = chest_ct(60, step=5.0), chest_ct(300, name="1.2.4#0")
    rows = [(stack, (check(stack, LUNG_NODULE, [thick, thin]),)) for stack in (thick, thin)]
    told = json.loads(json.dumps(check_json(rows, ENGLISH, recommend([thick, thin], LUNG_NODULE))))
    one = told["series"][0]["operations"][0]
    reason = {"code": "thin-slices", "sentence": "1 mm", "facts": {"mm": 1.0}}

    jsonschema.Draft202012Validator(_schema("yingtai-check-1.json")).validate(told)
    assert (one["better_series"], one["better_reason"]) == ("1.2.4#0", [reason])
    (best,) = told["recommended"]
    assert (best["operation"], best["study_uid"], best["series"]) == ("lung-nodule", "1.2.1", ["1.2.4#0"])
    assert reason in best["reasons"]


def _schema(name: str) -> dict[str, object]:
    schema: dict[str, object] = json.loads(resource("schema", name).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


@pytest.mark.parametrize("folder", ["mixed-folder", "derived-objects", "charsets", "gaps-duplicates", "radiographs"])
def test_what_scan_and_check_tell_is_valid_by_the_published_schemas(folder: str) -> None:
    found = scan([shared("data", folder)])
    stacks = found.stacks
    rows = [(stack, (check(stack, LUNG_NODULE, stacks),)) for stack in stacks]

    told = json.loads(json.dumps(scan_json(found, CHINESE)))
    jsonschema.Draft202012Validator(_schema("yingtai-scan-1.json")).validate(told)
    assert len(told["series"]) == len(stacks) > 0
    checked = json.loads(json.dumps(check_json(rows, CHINESE, recommend(stacks, LUNG_NODULE))))
    jsonschema.Draft202012Validator(_schema("yingtai-check-1.json")).validate(checked)


def test_sentences_are_in_the_language_asked_for_and_codes_are_not() -> None:
    stack = chest_ct(19)
    english, chinese = (
        check_json([(stack, (check(stack, LUNG_NODULE),))], language) for language in (ENGLISH, CHINESE)
    )

    assert english != chinese
    assert _codes(english) == _codes(chinese)


def _codes(told: dict[str, object]) -> list[str]:
    (series,) = json.loads(json.dumps(told))["series"]
    return [reason["code"] for operation in series["operations"] for reason in operation["reasons"]]


def test_every_operation_tells_where_it_is_offered_at_what_price_and_how_long() -> None:
    told = json.loads(json.dumps(operations_json(OPERATIONS, TODAY, ENGLISH)))

    assert told["schema"] == "yingtai-operations/1"
    for row in told["operations"]:
        assert set(row) == {
            *("name", "title", "sources", "family", "mode", "input", "limits", "parameters", "price", "lifecycle"),
            *("connections", "card", "medical"),
        }
        assert set(row["price"]) == set(row["lifecycle"]) == set(row["sources"])
        assert row["mode"] in ("async", "sync")


def test_the_vendors_notice_is_told_before_and_after_its_day() -> None:
    before, after = (operations_json([LUNG_NODULE], day, ENGLISH)["operations"] for day in (TODAY, date(2026, 11, 27)))
    (row,), (later,) = json.loads(json.dumps([before, after]))

    assert row["lifecycle"] == {
        "imageprocess.DetectLungNodule": {"status": "withdrawal_announced", "date": "2026-11-26"},
        "showapi.1": {"status": "unknown", "date": None},
    }
    assert later["lifecycle"]["imageprocess.DetectLungNodule"]["status"] == "stopped"
    assert row["limits"]["slices"] == {"value": [20, 600], "source": "documented"}
