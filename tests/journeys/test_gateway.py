"""The second gateway by command: a picture, a dialogue, a series as one NIfTI file, and what it has no room for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.journeys.program import Program, Ran, Service
from tests.journeys.test_texts import answers

GATE = ("--connection", "gate", "--consent", "--max-cost", "0")


def connect(program: Program, service: Service, app_key: str = "") -> None:
    running = service.running
    asked = ("connection", "add", "gate", "--kind", "showapi", "--bucket", running.bucket, "--source-id", "ds-1")
    added = program.run(*asked, "--oss", running.oss, "--showapi", running.showapi, "--no-keys")
    assert added.code == 0, added.err
    keys = {
        "ACCESS_KEY_ID": running.access_key_id,
        "ACCESS_KEY_SECRET": running.access_key_secret,
        "APP_KEY": app_key or running.app_key,
    }
    program.environment |= {f"YINGTAI_GATE_{name}": value for name, value in keys.items()}


def skin(program: Program, folder: Path) -> Ran:
    Image.new("RGB", (640, 480), (190, 120, 90)).save(folder / "arm.png")
    return program.run("analyze", folder / "arm.png", "--operation", "skin-disease", *GATE, "--out", folder / "o")


def result(folder: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return value


def test_a_connection_to_it_is_tested_without_a_paid_call(program: Program) -> None:
    with program.service() as service:
        connect(program, service)
        told = program.run("connection", "test", "gate", "--json")
        connect(program, service, app_key="wrong")
        wrong = program.run("connection", "test", "gate", "--json")

    assert all(step["works"] for step in told.json["steps"])
    assert (wrong.code, wrong.json["steps"][0]["code"]) == (1, "wrong-key")


def test_without_its_data_source_a_connection_is_refused(program: Program) -> None:
    ran = program.run("connection", "add", "gate", "--kind", "showapi", "--bucket", "ward-ct", "--no-keys")

    assert ran.code == 2
    assert "source_id" in ran.err


@pytest.mark.long
def test_a_photograph_goes_through_it(program: Program, tmp_path: Path) -> None:
    with program.service() as service:
        connect(program, service)
        ran = skin(program, tmp_path)
        assert ran.code == 0, ran.err
        assert (service.calls("2477-12"), service.calls("DetectSkinDisease")) == (1, 0)
        assert service.objects() == []
    found = result(tmp_path / "o")
    assert (found["connection"], found["basis"], len(found["findings"])) == ("gate", "simulated", 3)
    raw = json.loads((tmp_path / "o" / "raw.json").read_text(encoding="utf-8"))
    assert raw["showapi_fee_num"] == 1


@pytest.mark.long
def test_a_dialogue_goes_through_it(program: Program, tmp_path: Path) -> None:
    with program.service() as service:
        connect(program, service)
        asked = ("analyze", "--operation", "medical-qa", "--answers", answers(tmp_path), *GATE)
        ran = program.run(*asked, "--out", tmp_path / "o")
        assert ran.code == 0, ran.err
        assert service.calls("2477-8") == 10
    assert "symptoms: 瘙痒、脱屑" in result(tmp_path / "o")["texts"]


def test_a_dialogue_with_more_pictures_than_a_call_has_room_for_does_not_begin(
    program: Program, tmp_path: Path
) -> None:
    file = answers(tmp_path, images=["arm.png", "arm.png"])
    with program.service() as service:
        connect(program, service)
        asked = ("analyze", "--operation", "medical-qa", "--answers", file, *GATE)
        ran = program.run(*asked, "--out", tmp_path / "o", "--json")
        assert (ran.code, ran.json["code"]) == (3, "no-room")
        assert service.calls("2477-8") == 0


@pytest.mark.long
def test_calcium_is_scored_from_one_nifti_file_as_from_slices(program: Program, tmp_path: Path) -> None:
    odd = ("--feet-first", "--shuffled", "--flip-rows", "--oblique", "10")
    small = ("--slices", "30", "--size", "128", "--spacing", "3")
    study = tmp_path / "study"
    made = program.run("phantom", "chest-ct-calcium", "--out", study, *small, *odd)
    assert made.code == 0, made.err
    asked = ("analyze", study, "--operation", "calcium-score")
    with program.service() as service:
        connect(program, service)
        here = program.run(*asked, "--out", tmp_path / "here")
        there = program.run(*asked, *GATE, "--out", tmp_path / "there")
        assert (here.code, there.code) == (0, 0), there.err
        assert service.calls("2477-9") == 1
    scores = [{m["name"]: m["value"] for m in result(tmp_path / out)["measurements"]} for out in ("here", "there")]
    assert scores[0]["calcium-score"] > 0
    assert scores[0] == scores[1]
    assert masks(tmp_path / "here") == masks(tmp_path / "there") != {}
    assert result(tmp_path / "there")["placement"]["state"] == "proven"
    assert any("NIfTI" in note for note in result(tmp_path / "there")["notes"])


def masks(out: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (out / "masks").iterdir()}


def test_a_series_without_room_in_a_call_is_refused_before_anything_leaves(
    program: Program, study: Path, tmp_path: Path
) -> None:
    with program.service() as service:
        connect(program, service)
        ran = program.analyze(study, tmp_path / "o", *GATE, "--json")
        assert (ran.code, ran.json["code"]) == (3, "no-room")
        assert service.calls("PutObject") == 0
    assert not program.jobs()


@pytest.mark.parametrize("kind", ["drop-after", "half-body"])
def test_a_paid_call_without_an_answer_is_sent_once(program: Program, tmp_path: Path, kind: str) -> None:
    with program.service(faults=[{"on": "2477-12", "count": 1, "kind": kind}]) as service:
        connect(program, service)
        ran = skin(program, tmp_path)
        assert ran.code == 6, ran.err
        assert sum(service.calls("2477-12", outcome) for outcome in ("200", "dropped-after")) == 1


@pytest.mark.long
def test_a_call_that_came_too_soon_is_made_later(program: Program, tmp_path: Path) -> None:
    with program.service(faults=[{"on": "2477-12", "count": 1, "kind": "throttle"}]) as service:
        connect(program, service)
        ran = skin(program, tmp_path)
        assert ran.code == 0, ran.err
        assert service.calls("2477-12") == 2
