"""Before any command runs: a home that can't be used, and settings that can't be read, are said, never a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workstation.app import run


def started(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run(arguments)
    return code, *capfd.readouterr()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("YINGTAI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return tmp_path / "home"


def test_a_home_that_is_a_file_is_said_with_a_remedy(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    home.write_text("")
    code, out, err = started(capfd, "jobs", "list", "--json")

    assert (code, json.loads(out)["code"]) == (1, "home-not-usable")
    assert "YINGTAI_HOME" in err
    assert "Traceback" not in err


def test_settings_that_are_locked_away_stop_only_what_needs_them(
    home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (home / "config" / "settings.json").mkdir(parents=True)
    (tmp_path / "empty").mkdir()

    assert started(capfd, "scan", str(tmp_path / "empty"))[0] == 0
    code, _, err = started(capfd, "connection", "list")
    assert code == 1
    assert "own folder" in err


def test_damaged_settings_are_kept_aside_and_the_command_says_so(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "settings.json").write_text("{broken")
    code, _, err = started(capfd, "connection", "list")
    (kept,) = (home / "config").iterdir()

    assert code == 0
    assert kept.name in err
    assert kept.read_text() == "{broken"


def test_a_home_of_a_user_who_does_not_exist_is_a_folder_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YINGTAI_HOME", "~no-such-user/yingtai")

    assert started(capfd, "operations")[0] == 0


@pytest.mark.parametrize("options", [("--engine", "truth"), ("--truth", ".")])
def test_the_truth_engine_and_its_truth_are_given_together(
    home: Path, capfd: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    code, _, err = started(capfd, "localcloud", *options)

    assert code == 2
    assert "needs --" in err
