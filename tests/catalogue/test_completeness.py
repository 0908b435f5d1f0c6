"""Every operation of the documents has all of its parts."""

from __future__ import annotations

import json
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.data import shared
from workstation.catalogue import OPERATIONS
from workstation.catalogue.operation import ConnectionKind, Operation, Service
from workstation.domain.blocks import no_blocks
from workstation.domain.words import Language, render
from workstation.localcloud.engine.analyses import ANALYSES
from workstation.localcloud.operations import OPERATIONS as SERVED
from workstation.localcloud.operations.row import Mode
from workstation.localcloud.operations.showapi import POINTS as SERVED_POINTS

ROOT = Path(__file__).parents[2]
ANSWERS = Path(__file__).parent / "answers"
IMAGEPROCESS = (
    "DetectCovid19Cad", "DetectLungNodule", "DetectKneeXRay", "DetectSpineMRI", "TranslateMed", "ClassifyFNF",
    "DetectKneeKeypointXRay", "CalcCACS", "DetectHipKeypointXRay", "RunCTRegistration", "RunMedQA", "FeedbackSession",
    "DetectSkinDisease", "DetectRibFracture", "ScreenChestCT", "AnalyzeChestVessel", "DetectLymph", "DetectPanc",
    "GetAsyncJobResult",
)  # fmt: skip
IMAGERECOG = (
    "TaggingImage", "TaggingAdImage", "RecognizeImageColor", "DetectImageElements", "RecognizeLogo",
    "RecognizeImageStyle", "ClassifyingRubbish", "DetectFruits", "RecognizeVehicleType", "EvaluateCertificateQuality",
    "RecognizeFood", "RecognizeScene", "GetAsyncJobResult",
)  # fmt: skip
IMAGESEG = (
    "SegmentBody", "SegmentHead", "SegmentFace", "SegmentHair", "ParseFace", "SegmentCommodity", "SegmentFurniture",
    "SegmentCommonImage", "SegmentVehicle", "RefineMask",
)  # fmt: skip
PHOTO = ("imagerecog", "imageseg")  # products that look at pictures, not at patients
ACTIONS = (
    *(("imageprocess", action) for action in IMAGEPROCESS),
    *(("imagerecog", action) for action in IMAGERECOG),
    *(("imageseg", action) for action in IMAGESEG),
)
NOT_TOLD = ("unknown", "not_checked", "absent_from_sdk")  # whether the vendor still has it
POINTS = (1, 2, 3, 5, 6, 7, 8, 9, 12, 13, 15)
DOCUMENTED = (*(f"{product}.{action}" for product, action in ACTIONS), *(f"showapi.{point}" for point in POINTS))


def row_of(source: str) -> tuple[Operation, Service]:
    """The only row with a service of this source."""
    ((row, service),) = [(row, s) for row in OPERATIONS for s in row.services if s.source == source]
    return row, service


def reference() -> dict[str, dict[str, Any]]:
    found = json.loads(shared("reference", "operations.json").read_text(encoding="utf-8"))
    return {one["id"]: one for one in found if one["service"] in ("imageprocess", "showapi", *PHOTO)}


def test_these_are_the_operations_of_the_documents() -> None:
    assert set(DOCUMENTED) == reference().keys()


@pytest.mark.parametrize("source", DOCUMENTED)
def test_an_operation_has_a_row_with_a_panel_and_a_recorded_answer(source: str) -> None:
    row, _ = row_of(source)

    assert row.panel is not no_blocks
    assert json.loads((ANSWERS / f"{row.name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("source", DOCUMENTED)
def test_an_operation_is_called_in_both_languages_and_stands_in_the_docs(source: str) -> None:
    row, _ = row_of(source)
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    said = [row.title, *(parameter.label for parameter in row.parameters)]

    assert all(render(words, Language.CHINESE) != render(words, Language.ENGLISH) for words in said)
    assert f"## {row.name}\n" in page
    assert f"`{source}`" in page


@pytest.mark.parametrize(("product", "action"), ACTIONS)
def test_an_operation_is_served_by_the_local_cloud_and_has_an_engine(product: str, action: str) -> None:
    (served,) = [one for one in SERVED if (one.product.code, one.action) == (product, action)]
    _, service = row_of(f"{product}.{action}")

    assert ConnectionKind.LOCAL in service.kinds
    assert (served.mode is Mode.JOB) == service.asynchronous
    if served.mode is not Mode.JOB_QUERY:
        module, _, name = ANALYSES[action].partition(":")
        assert callable(getattr(import_module(f"workstation.localcloud.engine.{module}"), name))


@pytest.mark.parametrize("point", POINTS)
def test_a_point_of_the_second_gateway_is_served_with_the_operation_behind_it(point: int) -> None:
    (served,) = [one for one in SERVED_POINTS if one.code == f"2477-{point}"]
    row, service = row_of(f"showapi.{point}")

    assert service.action == served.code
    assert f"imageprocess.{served.behind.action}" in [one.source for one in row.services]


@pytest.mark.parametrize("source", DOCUMENTED)
def test_price_life_cycle_and_kind_of_call_are_the_documents(source: str) -> None:
    _, service = row_of(source)
    told = reference()[source]
    life = told["lifecycle"]
    gone = life.get("withdrawn_on") or life.get("stopped_on")

    assert [list(tier) for tier in service.prices.tiers] == [[t["up_to"], t["cny"]] for t in told["price_tiers"]]
    assert service.lifecycle.ends == (date.fromisoformat(gone) if gone else None)
    assert service.lifecycle.known is (life["status"] not in NOT_TOLD)
    assert service.asynchronous is (told["mode"] == "async")


@pytest.mark.parametrize("source", DOCUMENTED)
def test_what_looks_at_pictures_alone_is_not_called_medical(source: str) -> None:
    row, service = row_of(source)

    assert row.medical is (service.product not in PHOTO)


def test_names_of_rows_and_sources_are_unique() -> None:
    names = [row.name for row in OPERATIONS]
    sources = [service.source for row in OPERATIONS for service in row.services]

    assert len(set(names)) == len(names)
    assert len(set(sources)) == len(sources)
    assert set(sources) <= set(DOCUMENTED)
