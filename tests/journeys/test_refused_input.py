"""Input that can't be analysed: each says why, with its own exit code, before anything is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pydicom
import pytest
from PIL import Image

from tests.data import shared
from tests.journeys.conftest import SMALL, make
from tests.journeys.program import Program, Ran

NODULES = ("analyze", "{study}", "--operation", "lung-nodule", "--out", "{out}")


def refused(program: Program, study: Path, tmp_path: Path) -> Ran:
    """What `analyze` says; nothing was written, no job exists."""
    ran = program.analyze(study, tmp_path / "out", "--json")
    assert not (tmp_path / "out").exists()
    assert program.jobs() == []
    return ran


def codes(ran: Ran) -> set[str]:
    (series,) = ran.json["series"]
    return codes_of(series)


def codes_of(series: dict[str, Any]) -> set[str]:
    (operation,) = series["operations"]
    return {reason["code"] for reason in operation["reasons"]}


def test_a_magnetic_resonance_series_is_not_eligible(program: Program, tmp_path: Path) -> None:
    ran = refused(program, shared("data", "mr-head"), tmp_path)

    assert ran.code == 3
    assert "modality" in codes(ran)
    assert "MR" in ran.err


def test_each_of_several_series_that_do_not_fit_says_why(program: Program, tmp_path: Path) -> None:
    for seed in ("1", "2"):
        made = ("--out", tmp_path / "both" / seed, "--seed", seed, "--slices", "3", "--size", "32")
        assert program.run("phantom", "chest-ct", *made).code == 0
    ran = refused(program, tmp_path / "both", tmp_path)

    assert ran.code == 3
    assert ran.err.count("3 slices; at least 20 are needed.") == 2
    assert [codes_of(series) for series in ran.json["series"]] == [{"too-few-slices"}] * 2


def test_nineteen_slices_are_not_eligible_and_are_counted(program: Program, tmp_path: Path) -> None:
    ran = refused(program, make(tmp_path, "--slices", "19", "--size", "128", "--spacing", "4"), tmp_path)

    assert ran.code == 3
    assert codes(ran) == {"too-few-slices"}
    assert "19 slices; at least 20 are needed." in ran.err


def test_a_missing_slice_is_named_and_not_eligible(program: Program, tmp_path: Path) -> None:
    ran = refused(program, make(tmp_path, *SMALL, "--missing", "12"), tmp_path)

    assert ran.code == 3
    assert "gap" in codes(ran)


def truncated(study: Path, folder: Path, place: int) -> str:
    """A copy of the study whose file at that place of the canonical order lost its last bytes; the file's name."""
    folder.mkdir()
    files = sorted(study.glob("*.dcm"), key=lambda file: pydicom.dcmread(file).ImagePositionPatient[2])
    for number, file in enumerate(files):
        content = file.read_bytes()
        (folder / file.name).write_bytes(content[:-5000] if number == place else content)
    return files[place].name


@pytest.mark.parametrize("place", [0, 23])
def test_a_truncated_file_is_named_as_bad_input_and_nothing_is_sent(
    program: Program, study: Path, tmp_path: Path, place: int
) -> None:
    name = truncated(study, tmp_path / "copies", place)
    ran = refused(program, tmp_path / "copies", tmp_path)

    assert ran.code == 4
    assert (ran.json["code"], ran.json["facts"]) == ("truncated", {"missing_bytes": 5000})
    assert f"{name}: The file ends too early: 5,000 bytes are missing." in ran.err


def test_a_truncated_file_alone_is_bad_input(program: Program, study: Path, tmp_path: Path) -> None:
    name = truncated(study, tmp_path / "copies", 3)
    ran = program.analyze(tmp_path / "copies" / name, tmp_path / "out", "--json")

    assert (ran.code, ran.json["code"]) == (4, "truncated")


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [("dot.png", (1, 1), "The picture has 1 × 1 pixels"), ("wound.gif", (200, 200), "Pictures of the kind GIF")],
)
def test_a_picture_that_is_not_opened_says_why(
    program: Program, tmp_path: Path, name: str, size: tuple[int, int], said: str
) -> None:
    Image.new("RGB", size, (150, 60, 60)).save(tmp_path / name)
    ran = program.run("analyze", tmp_path / name, "--operation", "tag-image", "--out", tmp_path / "out")

    assert ran.code == 4
    assert said in ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (("scan", "{nowhere}"), 4, "not-found"),
        (("analyze", "{nowhere}", "--operation", "lung-nodule", "--out", "{out}"), 4, "not-found"),
        (("analyze", "{empty}", "--operation", "lung-nodule", "--out", "{out}"), 4, "nothing-found"),
        (("analyze", "{study}", "--operation", "no-such", "--out", "{out}"), 2, "no-such-operation"),
        ((*NODULES, "--series", "1.2.3"), 2, "no-such-series"),
        ((*NODULES, "--connection", "x"), 2, "no-such-connection"),
        ((*NODULES, "--param", "threshold=2"), 2, "bad-parameter"),
        (("jobs", "show", "none"), 2, "no-such-job"),
        (("connection", "test", "nowhere"), 2, "no-such-connection"),
    ],
)  # fmt: skip
def test_wrong_usage_and_bad_input_are_told_apart(
    program: Program, study: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, named: str
) -> None:
    (tmp_path / "empty").mkdir()
    places = {"nowhere": tmp_path / "x", "empty": tmp_path / "empty", "study": study, "out": tmp_path / "out"}
    ran = program.run(*(part.format(**places) for part in arguments), "--json")

    assert (ran.code, ran.json["code"]) == (code, named)
    assert ran.json["sentence"] in ran.err


def test_an_option_that_does_not_exist_is_wrong_usage(program: Program) -> None:
    ran = program.run("scan", ".", "--no-such-option")

    assert ran.code == 2
    assert ran.out == ""


def test_series_of_two_patients_are_asked_about(program: Program, tmp_path: Path) -> None:
    both = tmp_path / "both"
    for seed in ("1", "2"):
        made = program.run("phantom", "chest-ct", "--out", both / seed, "--seed", seed, *SMALL)
        assert made.code == 0
    asked = program.analyze(both, tmp_path / "out", "--json")

    assert (asked.code, asked.json["code"]) == (2, "several-patients")
    scanned = program.run("scan", both, "--json").json
    assert all(series["id"] in asked.json["facts"]["names"] for series in scanned["series"])


def test_scan_and_check_succeed_whatever_they_find(program: Program, study: Path, tmp_path: Path) -> None:
    folder = tmp_path / "notes"  # the program's own files lie beside it
    folder.mkdir()
    (folder / "notes.txt").write_text("nothing")
    scanned, checked = program.run("scan", folder, "--json"), program.run("check", folder, "--json")
    fits = program.run("check", study, "--operation", "lung-nodule", "--json")
    unfit = program.run("check", folder, "--operation", "lung-nodule", "--json")

    assert [ran.code for ran in (scanned, checked, fits, unfit)] == [0, 0, 0, 3]
    assert scanned.json["files"] == 1
    assert [left["path"] for left in scanned.json["left_out"]] == [str(folder / "notes.txt")]
    assert (checked.json["series"], unfit.json["series"]) == ([], [])


def test_an_archive_of_a_kind_that_is_not_unpacked_is_the_answer_where_it_is_all(
    program: Program, tmp_path: Path
) -> None:
    (tmp_path / "study.7z").write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(200))
    ran = refused(program, tmp_path / "study.7z", tmp_path)

    assert ran.code == 4
    assert ran.json["code"] == "no-unpacker"
    assert "study.7z: 7z can't be unpacked here." in ran.err


def test_of_many_damaged_files_a_few_are_named(program: Program, study: Path, tmp_path: Path) -> None:
    truncated(study, tmp_path / "copies", 3)
    for number in range(9):
        (tmp_path / "copies" / f"more{number}.dcm").write_bytes(b"")
    ran = refused(program, tmp_path / "copies", tmp_path)

    assert ran.err.count("The file is empty.\n") + ran.err.count("ends too early: 5,000 bytes are missing.\n") == 6
    assert "and 4 more like these" in ran.err
