"""Folders: one home for everything if wanted, and nothing in them for others to see."""

from __future__ import annotations

import os
import stat
from dataclasses import astuple
from pathlib import Path

import pytest

from workstation.domain.error import ErrorCode, WorkstationError
from workstation.settings.folders import find_folders


def test_a_home_holds_everything(tmp_path: Path) -> None:
    folders = find_folders({"YINGTAI_HOME": str(tmp_path / "home")})

    assert all(folder.is_relative_to(tmp_path / "home") for folder in astuple(folders))
    assert len(set(astuple(folders))) == 5
    assert not (tmp_path / "home").exists()


def test_without_one_the_systems_places_are_used() -> None:
    folders = find_folders({})

    assert all("yingtai" in folder.parts for folder in astuple(folders))
    assert len(set(astuple(folders))) == 5


@pytest.mark.skipif(os.name != "posix", reason="file modes exist on POSIX only")
def test_folders_are_created_for_the_owner_only(tmp_path: Path) -> None:
    folders = find_folders({"YINGTAI_HOME": str(tmp_path / "home")}).create()

    modes = {stat.S_IMODE(folder.stat().st_mode) for folder in (tmp_path / "home", *astuple(folders))}
    assert modes == {0o700}


def test_creating_them_twice_changes_nothing(tmp_path: Path) -> None:
    folders = find_folders({"YINGTAI_HOME": str(tmp_path)}).create()

    assert folders.create() == folders


def test_a_place_that_can_not_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkstationError) as caught:
        find_folders({"YINGTAI_HOME": str(tmp_path / "file")}).create()

    assert caught.value.code is ErrorCode.HOME_NOT_USABLE
