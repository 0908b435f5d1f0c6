"""Settings survive being written, being damaged, and other programs' versions of them."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from workstation.catalogue.operation import ConnectionKind
from workstation.domain.error import ErrorCode, WorkstationError
from workstation.settings.connection import LOCAL, new_connection
from workstation.settings.migrations import VERSION
from workstation.settings.settings import Settings
from workstation.settings.store import SettingsFile

ALIYUN = new_connection(
    "hospital-a", ConnectionKind.ALIYUN, bucket="ward-ct", rpc_endpoints={"viapi": "https://viapi.aliyuncs.com"}
)
POSIX = pytest.mark.skipif(os.name != "posix", reason="file modes exist on POSIX only")


def written(path: Path, text: str) -> SettingsFile:
    path.write_text(text, "utf-8")
    return SettingsFile(path)


def test_the_site_is_named_by_a_neutral_code_unless_set() -> None:
    assert (Settings().org_id, Settings().org_name) == ("site-01", "site-01")


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    loaded = SettingsFile(tmp_path / "settings.json").load()

    assert (loaded.settings, loaded.notice) == (Settings(), None)


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    saved = replace(
        Settings(), language="zh", theme="light", reader_name="王医生", monthly_limit_yuan=12.5, window_geometry="AdnQ"
    ).with_connection(ALIYUN)
    SettingsFile(tmp_path / "new" / "settings.json").save(saved)

    loaded = SettingsFile(tmp_path / "new" / "settings.json").load()
    assert (loaded.settings, loaded.notice) == (saved, None)


@POSIX
def test_folder_and_file_are_for_the_owner_only(tmp_path: Path) -> None:
    SettingsFile(tmp_path / "new" / "settings.json").save(Settings())

    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "new" / "settings.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not JSON",
        "[]",
        "{}",
        '{"version": 0}',
        '{"version": "1"}',
        '{"version": 1, "theme": "pink"}',
        '{"version": 1, "monthly_limit_yuan": "many"}',
        '{"version": 1, "monthly_limit_yuan": -1}',
        '{"version": 1, "monthly_limit_yuan": NaN}',
        '{"version": 1, "connections": []}',
        '{"version": 1, "connections": [{"name": "local", "kind": "local"}, {"name": "x", "kind": "aliyun"}]}',
        "[" * 100_000,
    ],
)
def test_a_file_that_can_not_be_read_is_kept_aside_and_said(tmp_path: Path, text: str) -> None:
    loaded = written(tmp_path / "settings.json", text).load()
    (kept,) = tmp_path.iterdir()

    assert loaded.settings == Settings()
    assert loaded.notice is not None
    assert (loaded.notice.code, loaded.notice.facts["kept"]) == (ErrorCode.SETTINGS_UNREADABLE, kept.name)
    assert kept.read_text("utf-8") == text


def test_a_newer_programs_file_is_kept_and_said(tmp_path: Path) -> None:
    loaded = written(tmp_path / "settings.json", json.dumps({"version": VERSION + 1})).load()

    assert loaded.notice is not None
    assert loaded.notice.code is ErrorCode.SCHEMA_TOO_NEW
    assert len(list(tmp_path.iterdir())) == 1


def test_settings_that_a_file_does_not_name_have_their_defaults(tmp_path: Path) -> None:
    loaded = written(tmp_path / "settings.json", '{"version": 1, "theme": "light", "unheard": 1}').load()

    assert loaded.settings == replace(Settings(), theme="light")


def test_a_change_keeps_what_another_process_wrote_meanwhile(tmp_path: Path) -> None:
    window, command = SettingsFile(tmp_path / "s.json"), SettingsFile(tmp_path / "s.json")
    window.load()
    command.update(lambda settings: settings.with_connection(ALIYUN))
    changed = window.update(lambda settings: replace(settings, theme="light"))

    assert changed == window.load().settings
    assert (changed.theme, changed.connection("hospital-a")) == ("light", ALIYUN)


def test_a_failed_write_leaves_the_old_settings(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "s.json")
    file.save(replace(Settings(), theme="light"))
    blocked = SettingsFile(tmp_path / "s.json" / "below")
    with pytest.raises(WorkstationError) as caught:
        blocked.save(Settings())

    assert caught.value.code is ErrorCode.CANNOT_WRITE
    assert file.load().settings.theme == "light"
    assert [entry.name for entry in tmp_path.iterdir()] == ["s.json"]


def test_a_connection_of_the_same_name_is_replaced() -> None:
    settings = Settings().with_connection(ALIYUN).with_connection(replace(ALIYUN, bucket="other"))

    assert [connection.name for connection in settings.connections] == ["local", "hospital-a"]
    assert settings.connection("hospital-a").bucket == "other"


def test_a_removed_connection_is_no_longer_the_chosen_one() -> None:
    settings = replace(Settings().with_connection(ALIYUN), last_connection="hospital-a")
    settings = settings.without_connection("hospital-a")

    assert (settings.connections, settings.last_connection) == ((LOCAL,), "local")


def test_the_local_connection_stays() -> None:
    assert Settings().without_connection("local") == Settings()


def test_a_name_that_does_not_exist_is_said() -> None:
    with pytest.raises(WorkstationError) as caught:
        Settings().connection("nowhere")

    assert caught.value.code is ErrorCode.NO_SUCH_CONNECTION


def test_no_key_is_ever_in_the_settings() -> None:
    assert not any("secret" in name or "key_id" in name for name in Settings.__dataclass_fields__)


def test_all_that_reading_settings_needs_is_there_after_the_first_look_even_where_there_are_none(
    tmp_path: Path,
) -> None:
    look = "import sys; from pathlib import Path; from workstation.settings.store import SettingsFile; "
    look += f"SettingsFile(Path({str(tmp_path / 'none.json')!r})).load(); sys.exit('pydantic' not in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0
