"""Studies that journeys share, made by the program itself; and a user with an empty home for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.program import Program


def make(folder: Path, *options: str) -> Path:
    """A small chest phantom written by the command."""
    study = folder / "study"
    made = Program(folder / "home").run("phantom", "chest-ct", "--out", study, *options)
    assert made.code == 0, made.err
    return study


SMALL = ("--slices", "24", "--size", "128", "--spacing", "4")


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 slices of 128 × 128 with five nodules: enough where the engine is not the point."""
    return make(tmp_path_factory.mktemp("small"), *SMALL)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path / "home")
