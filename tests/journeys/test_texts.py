"""A text and a dialogue by command, through a service that listens: outputs, what is sent, and an unknown outcome."""

from __future__ import annotations

import json
from pathlib import Path

from PIL import Image

from tests.journeys.program import Program

ANSWERS = {
    "chiefComplaint": ["起了好多红疙瘩，痒"],
    "age": ["41"],
    "bodyParts": ["躯干"],
    "symptoms": ["瘙痒", "脱屑"],
    "complications": ["无"],
    "diseaseCourse": ["一周以内"],
    "diseaseHistory": ["无"],
    "medications": ["无"],
    "allegries": ["青霉素"],
    "images": ["arm.png"],
}
OUTPUTS = {"result.json", "raw.json", "report.pdf", "report.png", "findings.csv"}


def answers(folder: Path, **changes: object) -> Path:
    Image.new("RGB", (800, 600), (190, 120, 90)).save(folder / "arm.png")
    file = folder / "answers.json"
    file.write_text(json.dumps(ANSWERS | changes, ensure_ascii=False), encoding="utf-8")
    return file


def test_a_text_is_translated_and_nothing_is_uploaded(program: Program, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("右肺上叶结节，建议随访。", encoding="utf-8")
    with program.service() as service:
        ran = program.run("analyze", "--operation", "translation", "--input", f"text=@{text}", "--out", tmp_path / "o")

        assert ran.code == 0, ran.err
        assert service.calls("TranslateMed") == 1
        assert service.calls("PutObject") == 0
    assert {file.name for file in (tmp_path / "o").iterdir()} >= OUTPUTS
    result = json.loads((tmp_path / "o" / "result.json").read_text(encoding="utf-8"))
    assert result["parameters"] == {"direction": "zh-en", "text": "右肺上叶结节，建议随访。"}
    assert result["basis"] == "simulated"
    assert result["series_id"] == ""
    assert "right lung upper lobe nodule" in result["texts"][0]


def test_a_dialogue_is_answered_from_a_file_to_its_report_and_feedback(program: Program, tmp_path: Path) -> None:
    with program.service() as service:
        asked = ("analyze", "--operation", "medical-qa", "--answers", answers(tmp_path))
        ran = program.run(*asked, "--out", tmp_path / "o")
        assert ran.code == 0, ran.err
        assert service.calls("RunMedQA") == len(ANSWERS)
        assert service.objects() == []  # the picture is deleted there once the answer is here

        result = json.loads((tmp_path / "o" / "result.json").read_text(encoding="utf-8"))
        session = f"session={result['parameters']['session']}"
        said = ("analyze", "--operation", "qa-feedback", "--param", session, "--input", "text=备注")
        told = program.run(*said, "--out", tmp_path / "f")
        assert told.code == 0, told.err
        assert service.calls("FeedbackSession") == 1
    assert {file.name for file in (tmp_path / "o").iterdir()} >= OUTPUTS
    assert "symptoms: 瘙痒; 脱屑" in result["texts"]
    assert result["placement"]["state"] == "proven"
    (lesion,) = result["findings"]
    assert lesion["basis"] == "simulated"


def test_a_missing_answer_ends_as_wrong_usage_and_names_the_question(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    file.write_text('{"chiefComplaint": "痒"}', encoding="utf-8")
    ran = program.run("analyze", "--operation", "medical-qa", "--answers", file, "--out", tmp_path / "o", "--json")

    assert ran.code == 2
    assert ran.json["code"] == "answer-missing"
    assert ran.json["facts"]["kind"] == "age"


def test_a_turn_of_unknown_outcome_is_not_sent_again(program: Program, tmp_path: Path) -> None:
    drop = {"on": "RunMedQA", "kind": "drop-after", "count": 1}
    asked = ("analyze", "--operation", "medical-qa", "--answers", answers(tmp_path), "--out", tmp_path / "o")
    with program.service(faults=[drop]) as service:
        first, calls = program.run(*asked), service.calls("RunMedQA", "dropped-after")

        assert first.code == 6, first.err
        assert (calls, service.calls("RunMedQA")) == (1, 0)
        assert [job["code"] for job in program.jobs()] == ["uncertain"]


def test_a_translation_of_unknown_outcome_is_not_sent_by_asking_again(program: Program, tmp_path: Path) -> None:
    down = {"on": "TranslateMed", "kind": "status", "status": 503, "count": 1}
    asked = ("analyze", "--operation", "translation", "--input", "text=肺", "--out", tmp_path / "o")
    with program.service(faults=[down]) as service:
        codes = [program.run(*asked).code, program.run(*asked).code]

        assert codes == [6, 6]
        assert service.calls("TranslateMed") == 0
    assert len(program.jobs()) == 1


def test_a_translation_that_was_not_taken_goes_on_when_it_is_asked_for_again(program: Program, tmp_path: Path) -> None:
    early = {"on": "TranslateMed", "kind": "skew", "seconds": 7200, "count": 1}
    asked = ("analyze", "--operation", "translation", "--input", "text=肺", "--out", tmp_path / "o")
    with program.service(faults=[early]):
        first, again = program.run(*asked), program.run(*asked)

    assert first.code == 5, first.err
    assert again.code == 0, again.err
    assert len(program.jobs()) == 1


def test_a_path_is_no_text(program: Program, tmp_path: Path) -> None:
    ran = program.run("analyze", tmp_path, "--operation", "translation", "--out", tmp_path / "o", "--json")

    assert ran.code == 2
    assert ran.json["facts"]["wanted"] == "--input text=…"
