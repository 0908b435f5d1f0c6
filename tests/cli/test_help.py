"""The command line's help is in the language that the program speaks, and fits a terminal of 80 columns."""

from __future__ import annotations

import gettext
import os
import re
from pathlib import Path

import click
import pytest
from rich.cells import cell_len

from workstation.app import run
from workstation.cli import spoken
from workstation.cli.main import yingtai

COMMANDS = [
    (), ("analyze",), ("bench",), ("check",), ("connection",), ("connection", "add"), ("connection", "list"),
    ("connection", "remove"), ("connection", "test"), ("jobs",), ("jobs", "cancel"), ("jobs", "list"),
    ("jobs", "resume"), ("jobs", "show"), ("localcloud",), ("open",), ("operations",), ("phantom",), ("scan",),
    ("scan-text",),
    ("view",),
]  # fmt: skip
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"\b[A-Za-z]+ [a-z]+ [a-z]+\b")  # words of a sentence


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINGTAI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "80")


def help_of(capfd: pytest.CaptureFixture[str], *command: str, lang: str = "zh") -> str:
    assert run(["--lang", lang, *command, "--help"]) == 0
    return capfd.readouterr().out


def paths_of(command: click.Command, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    inner = command.commands if isinstance(command, click.Group) else {}
    deeper = [path for name, one in inner.items() if not one.hidden for path in paths_of(one, (*above, name))]
    return [above, *deeper]


def test_every_command_is_among_those_whose_help_is_tested(capfd: pytest.CaptureFixture[str]) -> None:
    help_of(capfd)

    assert sorted(paths_of(yingtai)) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_is_all_chinese_where_the_program_speaks_chinese(
    capfd: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    lines = help_of(capfd, *command).splitlines()
    told = " ".join(" ".join(lines[1:]).split())

    assert ENGLISH.findall(told) == []
    assert CHINESE.search(told)
    assert [line for line in lines if cell_len(line) > 80] == []


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_has_no_chinese_where_the_program_speaks_english(
    capfd: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    told = help_of(capfd, *command, lang="en").replace("影台", "")

    assert CHINESE.findall(told) == []
    assert "Show this message and exit." in told


def test_help_follows_the_language_of_the_system(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    assert run(["scan", "--help"]) == 0
    assert capfd.readouterr().out.startswith("用法")


def test_wrong_usage_is_said_in_the_same_language(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "zh", "scan", "--nope"]) == 2
    assert "没有选项 '--nope'" in capfd.readouterr().err


def test_what_we_translate_is_what_click_says_itself() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(click.__file__).parent.glob("*.py"))
    escaped = [words.message.replace("\n", "\\n").replace("\t", "\\t") for words in spoken.CLICK_SAYS]

    assert [message for message in escaped if message not in source] == []


def test_a_command_leaves_the_process_as_it_was(capfd: pytest.CaptureFixture[str]) -> None:
    before = dict(os.environ), gettext.textdomain()
    help_of(capfd, "scan")

    assert (dict(os.environ), gettext.textdomain()) == before


def test_an_unknown_phantom_is_answered_with_every_kind_there_is(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["--lang", "en", "phantom", "heart", "--out", str(tmp_path / "out")]) == 2
    assert {"chest-ct", "spine-mr", "knee-xray", "hip-xray"} <= set(re.findall(r"[a-z-]+", capfd.readouterr().err))
